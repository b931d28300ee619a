#include "spc/chart_private.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* The engine: from points to centre and sigma, and from a point to its verdict. */

const struct chart_settings chart_defaults = {.center = NAN,
                                              .spread = NAN,
                                              .lambda = 0.2,
                                              .width = 3,
                                              .k = 0.5,
                                              .h = 5,
                                              .span = 3,
                                              .lsl = NAN,
                                              .usl = NAN,
                                              .target = NAN,
                                              .accept = 0.00135,
                                              .accept_alpha = 0.00135,
                                              .reject = NAN,
                                              .reject_beta = NAN,
                                              .opportunities = 1};

bool chart_counts(const struct subgroup *point)
{
    return !point->excluded && point->n > 0 && !isnan(point->location);
}

struct limit_line chart_line(double center, double sigma)
{
    return (struct limit_line){.center = center, .lcl = center - 3 * sigma, .ucl = center + 3 * sigma, .sigma = sigma};
}

double chart_z_by_line(double value, double z, double place, const struct limit_line *line, double side)
{
    double edge = place == 3 ? line->ucl : place == -3 ? line->lcl : line->center + place * side;
    if (value == edge || isnan(edge))
        return isnan(edge) ? z : place;
    return value > edge ? fmax(z, nextafter(place, INFINITY)) : fmin(z, nextafter(place, -INFINITY));
}

double chart_reach(double alpha)
{
    return alpha > 0 ? gsl_cdf_ugaussian_Qinv(alpha / 2) / 3 : 1;
}

double chart_beyond_chance(double s, double alpha)
{
    return 2 * gsl_cdf_ugaussian_Q(s * chart_reach(alpha));
}

struct limit_line chart_location_line(double center, double sigma_of_mean, double alpha)
{
    return chart_line(center, alpha > 0 ? sigma_of_mean * gsl_cdf_ugaussian_Qinv(alpha / 2) / 3 : sigma_of_mean);
}

/* --- centre and sigma */

static void add_to_mean(struct chart_sums *sums, const struct subgroup *point)
{
    if (!chart_counts(point))
        return;
    if (!sums->points++)
        sums->origin = point->location;
    sums->sum += point->n * (point->location - sums->origin);
    sums->values += point->n;
}

static double mean_of(const struct chart_sums *sums)
{
    return sums->points ? sums->origin + sums->sum / sums->values : NAN;
}

static bool has_subgroups(const struct subgroup *points, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (chart_counts(&points[i]) && points[i].n > 1)
            return true;
    return false;
}

/* A chart for any n goes by moving ranges when there is nothing but single values. */
static const struct sigma_estimator *estimator_of(const struct spc_chart *chart, bool subgroups, const struct chart_settings *settings)
{
    if (settings->sigma)
        return settings->sigma;
    return sigma_estimator_find(chart->min_n == 1 && !subgroups ? "mr" : chart->sigma);
}

/* The estimator goes by the chart's own statistic: what the dispersion chart shows. */
static bool is_own(const struct spc_chart *chart, const struct sigma_estimator *estimator)
{
    const struct sigma_estimator *own = sigma_estimator_find(chart->sigma);
    return own == estimator || (own->basis == SIGMA_STEPS && estimator->basis == SIGMA_STEPS);
}

static const char too_large[] = "the values are too large to reckon with";

/* A sigma of nothing, or one that overflowed, is none. */
static void check_sigma(struct chart_estimate *estimate, const struct sigma_estimator *estimator)
{
    if (estimate->sigma == 0)
        estimate->why = estimator->basis == SIGMA_WITHIN ? "no spread within subgroups" : "the values do not vary";
    else if (!estimate->why && !(isfinite(estimate->center) && isfinite(estimate->sigma)))
        estimate->why = too_large;
    if (estimate->why)
        estimate->sigma = NAN;
    if (!isfinite(estimate->center))
        estimate->center = NAN;
}

/* What is given goes before what was calculated. */
static void give(struct chart_estimate *estimate, const struct chart_settings *settings)
{
    if (!isnan(settings->center))
        estimate->center = settings->center;
    if (!isnan(settings->spread)) {
        estimate->sigma = settings->spread;
        estimate->method = "given";
    }
    if (!isnan(estimate->center) && !isnan(estimate->sigma))
        estimate->why = NULL;
}

struct chart_estimate chart_estimate_with(const struct spc_chart *chart, const struct subgroup *points, size_t count,
                                          const struct chart_settings *settings)
{
    struct chart_estimate estimate = {.center = NAN, .sigma = NAN, .extra = NAN, .method = chart->sigma};
    struct chart_sums sums = {0};
    for (size_t i = 0; i < count; i++)
        add_to_mean(&sums, &points[i]);
    estimate.center = mean_of(&sums);
    estimate.points = sums.points;
    if (!estimate.points)
        estimate.why = "no points";
    else if (chart->sigma) {
        const struct sigma_estimator *estimator = estimator_of(chart, has_subgroups(points, count), settings);
        struct sigma_input input = {points, count, settings->published, is_own(chart, estimator)};
        estimate.method = estimator->id;
        estimate.sigma = estimator->of(&input, &estimate.df, &estimate.why);
        check_sigma(&estimate, estimator);
    }
    if (chart->kind->measure && estimate.points)
        chart->kind->measure(points, count, settings, &estimate);
    if (!estimate.why && !isfinite(estimate.center)) {
        estimate.center = NAN;
        estimate.why = too_large;
    }
    give(&estimate, settings);
    return estimate;
}

bool chart_sums_can(const struct spc_chart *chart, bool subgroups, const struct chart_settings *settings)
{
    return chart->sigma && !chart->kind->measure && estimator_of(chart, subgroups, settings)->add && !settings->parts;
}

struct chart_sums chart_sums_begin(const struct spc_chart *chart, bool subgroups, const struct chart_settings *settings)
{
    const struct sigma_estimator *estimator = estimator_of(chart, subgroups, settings);
    return (struct chart_sums){
        .settings = settings, .estimator = estimator, .how = {.published = settings->published, .own = is_own(chart, estimator)}};
}

void chart_sums_add(struct chart_sums *sums, const struct subgroup *point)
{
    add_to_mean(sums, point);
    sums->estimator->add(&sums->sigma, &sums->how, point, sums->begun ? &sums->before : NULL);
    sums->before = *point;
    sums->begun = true;
}

struct chart_estimate chart_sums_estimate(const struct chart_sums *sums)
{
    struct chart_estimate estimate = {
        .center = mean_of(sums), .sigma = NAN, .extra = NAN, .method = sums->estimator->id, .points = sums->points, .why = "no points"};
    if (sums->points) {
        estimate.why = NULL;
        estimate.sigma = sums->estimator->end(&sums->sigma, &sums->how, &estimate.df, &estimate.why);
        check_sigma(&estimate, sums->estimator);
    }
    give(&estimate, sums->settings);
    return estimate;
}

struct chart_estimate chart_estimate(const struct spc_chart *chart, const struct subgroup *points, size_t count)
{
    return chart_estimate_with(chart, points, count, &chart_defaults);
}

/* --- verdicts */

/* Rules that look at one point alone, and at rows of one stream. */
static uint32_t beyond_only(const struct spc_rule_set *rules, uint32_t fired)
{
    for (int i = 0; i < rules->count; i++)
        if (rules->rules[i].primitive != RULE_BEYOND && rules->rules[i].primitive != RULE_SAME)
            fired &= ~(UINT32_C(1) << i);
    return fired;
}

uint32_t chart_rules_applied(const struct spc_chart *chart, const struct spc_rule_set *asked, int panel)
{
    const struct spc_rule_set *rules = chart_rules(chart, asked);
    bool all = panel == CHART_LOCATION && chart->kind->patterns == PATTERNS_ALL;
    uint32_t apply = rules_in_scope(rules, all ? RULES_ALL : RULES_DISPERSION), beyond = beyond_only(rules, apply);
    return chart->kind->unlimited ? apply & ~beyond : chart->kind->patterns == PATTERNS_BEYOND ? beyond : apply;
}

static uint32_t judge_panel(struct rule_state *state, const struct spc_rule_set *rules, enum chart_patterns patterns, const struct plotted *panel)
{
    if (isnan(panel->value)) {
        rules_break(state);
        return 0;
    }
    if (patterns == PATTERNS_STREAMS)
        rules_stream(state, panel->stream);
    uint32_t fired = rules_judge(state, rules, patterns == PATTERNS_ALL ? RULES_ALL : RULES_DISPERSION, panel->value, panel->z);
    return patterns >= PATTERNS_BEYOND ? beyond_only(rules, fired) : fired;
}

/* Limits that people entered. Each side has its own sigma. On a side without a limit a point goes by the process' sigma up to one and no farther:
 * zones compare strictly, so it is never beyond. */
static void enter_limits(struct plotted *panel, const struct chart_estimate *process)
{
    struct limit_line *line = &panel->line;
    double up = (process->ucl - line->center) / 3, down = (line->center - process->lcl) / 3;
    bool above = panel->value > line->center;
    line->lcl = process->lcl;
    line->ucl = process->ucl;
    line->sigma = fabs(up - down) <= 1e-9 * up ? up : NAN;
    if (isnan(above ? up : down))
        panel->z = above ? fmin(panel->z, 1) : fmax(panel->z, -1);
    else
        panel->z = chart_z(panel->value, line, up, down);
}

static bool has_limits(const struct spc_chart *chart, const struct limit_line *line)
{
    return !isnan(line->center) && (chart->kind->unlimited || !isnan(line->ucl) || !isnan(line->lcl));
}

struct verdict chart_judge_with(struct chart_state *state, const struct spc_chart *chart, const struct spc_rule_set *asked,
                                const struct subgroup *point, const struct chart_estimate *process, const struct chart_settings *settings)
{
    static const struct plotted nothing = {NAN, 0, {NAN, NAN, NAN, NAN}, 0};
    struct plotted panels[CHART_PANELS];
    for (int i = 0; i < CHART_PANELS; i++)
        panels[i] = nothing;
    const struct spc_rule_set *rules = chart_rules(chart, asked);
    struct chart_frame frame = {state, settings, process, point, chart};
    chart->kind->plot(&frame, panels);
    if (process->entered && !isnan(panels[CHART_LOCATION].line.center))
        enter_limits(&panels[CHART_LOCATION], process);
    struct verdict verdict;
    verdict.location = panels[CHART_LOCATION].line;
    verdict.dispersion = panels[CHART_DISPERSION].line;
    verdict.within = panels[CHART_THIRD].line;
    verdict.location_rules = verdict.dispersion_rules = verdict.within_rules = 0;
    for (int i = 0; i < CHART_PANELS; i++)
        verdict.plotted[i] = panels[i].value;
    if (!has_limits(chart, &verdict.location))
        return verdict;
    enum chart_patterns patterns = chart->kind->patterns, second = patterns >= PATTERNS_BEYOND ? patterns : PATTERNS_DISPERSION,
                        third = patterns == PATTERNS_STREAMS ? PATTERNS_BEYOND : PATTERNS_DISPERSION;
    bool streams = patterns == PATTERNS_STREAMS, moving = chart->max_n == 1 || (chart->kind->third && (!streams || point->n == 1));
    bool bridged_range = state->after_excluded && moving; /* of streams it is the third chart that shows ranges */
    state->after_excluded = point->excluded;
    if (point->excluded)
        return verdict;
    verdict.location_rules = judge_panel(&state->location, rules, patterns, &panels[CHART_LOCATION]);
    if (chart->dispersion && (streams || !bridged_range))
        verdict.dispersion_rules = judge_panel(&state->dispersion, rules, second, &panels[CHART_DISPERSION]);
    if (chart->kind->third && !(streams && bridged_range))
        verdict.within_rules = judge_panel(&state->within, rules, third, &panels[CHART_THIRD]);
    return verdict;
}

struct verdict chart_judge(struct chart_state *state, const struct spc_chart *chart, const struct spc_rule_set *rules, const struct subgroup *point,
                           double center, double sigma)
{
    struct chart_estimate process = {.center = center, .sigma = sigma, .extra = NAN};
    return chart_judge_with(state, chart, rules, point, &process, &chart_defaults);
}
