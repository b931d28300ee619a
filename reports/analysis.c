#include "reports/analysis.h"
#include "storage/storage.h"

#include "config/config.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { FALSE_ALARM_RUNS = 3000 }; /* simulated, where nothing exact is known: to 2 % */

void analysis_warn(struct analysis *analysis, const char *format, ...)
{
    va_list arguments;
    if (analysis->n_warnings == ANALYSIS_WARNINGS)
        return;
    va_start(arguments, format);
    vsnprintf(analysis->warnings[analysis->n_warnings++], sizeof analysis->warnings[0], format, arguments);
    va_end(arguments);
}

bool analysis_measures(const struct analysis *analysis)
{
    return analysis->request.chart->summarise != NULL;
}

/* --- points */

static bool shows_range(const struct spc_chart *chart)
{
    const char *third = chart_third(chart);
    return (chart->dispersion && !strcmp(chart->dispersion, "R")) || (third && !strcmp(third, "R"));
}

/* A count must be one: not negative, whole, not above its sample. */
static int check_count(const struct analysis *analysis, size_t i, double count, double size, struct error *err)
{
    const struct spc_chart *chart = analysis->request.chart;
    const char *id = chart->id;
    char place[400] = "";
    bool fraction = chart_needs_whole_counts(chart) && count != floor(count), no_size = !(count < 0) && !fraction && size <= 0;
    bool too_many = chart_is_attribute(chart) && chart_is_share(chart) && count > size;
    if (!(count < 0) && !fraction && !no_size && !too_many)
        return 0;
    if (analysis->input->place)
        analysis->input->place(analysis->input->table, i, no_size, place, sizeof place);
    if (count < 0)
        return error_set(err, ERR_CONFIG, "%spoint %zu: %g is negative, which the chart %s cannot have", place, i + 1, count, id);
    if (fraction)
        return error_set(err, ERR_CONFIG, "%spoint %zu: %g is no whole number: the chart %s takes counts, not shares or percentages", place, i + 1,
                         count, id);
    if (no_size)
        return error_set(err, ERR_CONFIG, "%spoint %zu: its size is %g: a sample has more than nothing", place, i + 1, size);
    return error_set(err, ERR_CONFIG, "%spoint %zu: %g defectives in a sample of %g", place, i + 1, count, size);
}

/* Whatever the streams were before counts neither across stages nor over an excluded point. */
static void summarise_streams(struct analysis *analysis, size_t i, bool first)
{
    const struct analysis_input *input = analysis->input;
    struct subgroup *point = &analysis->points[i];
    if (first || analysis->points[i - 1].excluded)
        streams_forget(analysis->before, input->n_streams);
    *point = streams_summarise(input->values + input->starts[i], input->n_streams, input->stream_n, analysis->before);
    point->excluded = input->excluded && input->excluded[i];
}

size_t analysis_value_count(const struct analysis *analysis, size_t i)
{
    const struct analysis_input *input = analysis->input;
    size_t n = (size_t)analysis->points[i].n;
    if (!input->n_streams || n < 1)
        return n;
    n = 0;
    for (size_t k = input->starts[i]; k < input->starts[i + 1]; k++)
        n += !isnan(input->values[k]);
    return n;
}

static int summarise(struct analysis *analysis, size_t i, struct error *err)
{
    const struct analysis_input *input = analysis->input;
    const struct spc_chart *chart = analysis->request.chart;
    double *values = input->values + input->starts[i];
    struct subgroup *point = &analysis->points[i];
    if (input->n_streams) {
        summarise_streams(analysis, i, i == 0 || (input->stages && input->stages[i] != input->stages[i - 1]));
        return 0;
    }
    int n = 0, all = (int)(input->starts[i + 1] - input->starts[i]);
    for (int k = 0; k < all; k++) /* missing values leave their subgroup short */
        if (!isnan(values[k]))
            values[n++] = values[k];
    for (int k = n; k < all; k++)
        values[k] = NAN;
    bool first = i == 0 || (input->stages && input->stages[i] != input->stages[i - 1]);
    if (!chart->summarise) {
        double size = input->sizes ? input->sizes[i] : 1;
        if (n && check_count(analysis, i, values[0], size, err))
            return -1;
        *point = chart_count(chart, n ? values[0] : NAN, size, &analysis->request.settings);
    } else if (n == 0)
        *point = (struct subgroup){.n = 0, .location = NAN, .dispersion = NAN, .range = NAN, .mean = NAN};
    else if (n > CONSTANTS_MAX && shows_range(chart))
        return error_set(err, ERR_CONFIG,
                         "point %zu: %d values: the range of more than %d says too little; take a chart of standard deviations "
                         "(--chart xbar-s)",
                         i + 1, n, CONSTANTS_MAX);
    else if (chart->max_n == 1 && n > 1)
        return error_set(err, ERR_CONFIG, "point %zu: %d values: the chart %s takes one", i + 1, n, chart->id);
    else
        *point = chart->summarise(values, n, first ? NULL : &analysis->points[i - 1]);
    point->excluded = input->excluded && input->excluded[i];
    point->part = input->parts ? input->parts[i] : 0;
    return 0;
}

static void include(struct analysis *analysis, int panel, double value)
{
    if (value < analysis->low[panel]) /* false for a missing one */
        analysis->low[panel] = value;
    if (value > analysis->high[panel])
        analysis->high[panel] = value;
}

void analysis_note(struct analysis *analysis, const struct verdict *verdict)
{
    const struct limit_line *lines[] = {&verdict->location, &verdict->dispersion, &verdict->within};
    analysis->signals += (verdict->location_rules | verdict->dispersion_rules | verdict->within_rules) != 0;
    for (int i = 0; i < 3; i++) {
        include(analysis, i, verdict->plotted[i]);
        include(analysis, i, lines[i]->lcl);
        include(analysis, i, lines[i]->center);
        include(analysis, i, lines[i]->ucl);
    }
    if (!isnan(verdict->location.center))
        analysis->last = *verdict;
}

/* Whether something of the limits comes from the points: all was given, or the specification says it. */
static bool is_calculated(const struct analysis_request *request)
{
    const struct chart_settings *settings = &request->settings;
    bool given = !isnan(settings->center) && (!isnan(settings->spread) || chart_is_attribute(request->chart));
    return !given && strcmp(request->chart->id, "pre-control") != 0;
}

void analysis_doubt_limits(struct analysis *analysis)
{
    const struct chart_estimate *estimate = &analysis->estimate;
    if (estimate->why)
        analysis_warn(analysis, "no limits: %s", estimate->why);
    else if (is_calculated(&analysis->request) && estimate->points < analysis->fewest)
        analysis->fewest = estimate->points;
}

static void warn_of_few(struct analysis *analysis)
{
    if (analysis->fewest < LIMITS_FEW)
        analysis_warn(analysis, "provisional: limits%s from %zu point%s, fewer than %d", analysis->input->stages ? " of a stage" : "",
                      analysis->fewest, analysis->fewest == 1 ? "" : "s", LIMITS_FEW);
}

/* --- stages: each has its own centre, sigma, and memory of patterns */

static void judge_stage(struct analysis *analysis, size_t first, size_t end)
{
    struct analysis_request *request = &analysis->request;
    struct chart_state state = {0};
    size_t from = first, to = end;
    if (request->baseline_last) {
        from = (size_t)request->baseline_first - 1;
        to = (size_t)request->baseline_last < end ? (size_t)request->baseline_last : end;
    }
    if (analysis->parts)
        chart_parts(analysis->points + from, to - from, &request->settings, analysis->parts, analysis->input->n_parts);
    analysis->estimate = chart_estimate_with(request->chart, analysis->points + from, to - from, &request->settings);
    bool limited = false;
    for (size_t i = first; i < end; i++) {
        struct verdict *verdict = &analysis->verdicts[i];
        *verdict = chart_judge_with(&state, request->chart, request->rules, &analysis->points[i], &analysis->estimate, &request->settings);
        if (analysis->points[i].n < 1) /* no size, no limits */
            verdict->location = verdict->dispersion = verdict->within = (struct limit_line){NAN, NAN, NAN, NAN};
        analysis_note(analysis, verdict);
        limited |= !isnan(verdict->location.lcl) || !isnan(verdict->location.ucl);
    }
    if (!limited && !analysis->estimate.why && !strcmp(request->chart->id, "acceptance"))
        analysis->estimate.why = "the tolerance is too narrow for what is accepted";
    analysis_doubt_limits(analysis);
}

static void judge(struct analysis *analysis)
{
    const int *stages = analysis->input->stages;
    size_t first = 0;
    for (size_t i = 1; i <= analysis->n_points; i++)
        if (i == analysis->n_points || (stages && stages[i] != stages[i - 1])) {
            judge_stage(analysis, first, i);
            first = i;
        }
}

/* --- all values together */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct within collect(struct analysis *analysis)
{
    struct within within = {0};
    const struct analysis_input *input = analysis->input;
    for (size_t i = 0; i < analysis->n_points; i++) {
        const struct subgroup *point = &analysis->points[i];
        if (point->excluded || point->n < 1)
            continue;
        size_t n = analysis_value_count(analysis, i);
        for (size_t k = input->starts[i], at = analysis->n_values; k < input->starts[i + 1] && at < analysis->n_values + n; k++)
            if (!isnan(input->values[k]))
                analysis->values[at++] = input->values[k];
        within_add_subgroup(&within, analysis->values + analysis->n_values, (int)n);
        if (n == 1 && i && !analysis->points[i - 1].excluded && analysis->points[i - 1].n == 1)
            within_add_moving_range(&within, fabs(point->mean - analysis->points[i - 1].mean));
        analysis->n_values += n;
    }
    return within;
}

static void judge_capability(struct analysis *analysis, const struct within *within)
{
    const struct analysis_request *request = &analysis->request;
    struct specification specification = request->specification;
    struct within_estimate estimate = {0};
    int64_t below = 0, above = 0;
    for (size_t i = 0; i < analysis->n_values; i++) {
        below += analysis->values[i] < specification.lsl;
        above += analysis->values[i] > specification.usl;
    }
    estimate.sigma = within_sigma(within, &estimate.df, &estimate.method, &estimate.why);
    if (request->settings.sigma && analysis->input->n_streams)
        estimate = (struct within_estimate){analysis->estimate.sigma, analysis->estimate.df, analysis->estimate.method, analysis->estimate.why};
    else if (request->settings.sigma) {
        struct sigma_input input = {analysis->points, analysis->n_points, request->settings.published, false};
        estimate = (struct within_estimate){.method = request->settings.sigma->id};
        estimate.sigma = request->settings.sigma->of(&input, &estimate.df, &estimate.why);
    }
    analysis_capability(analysis, &estimate, below, above);
}

struct specification analysis_specification(const struct analysis *analysis)
{
    struct specification specification = analysis->request.specification;
    const char *natural = analysis->request.natural;
    if (natural)
        *(strcmp(natural, "lsl") ? &specification.usl : &specification.lsl) = NAN;
    return specification;
}

const char *analysis_index(const struct analysis *analysis, char *why, size_t size)
{
    const struct index *cpk = &analysis->capability.cpk;
    const struct spc_chart *chart = analysis->request.chart;
    bool limited = !analysis->estimate.why, overall = analysis->capability.method && !strcmp(analysis->capability.method, "overall");
    bool named = limited && chart_tells_control(chart) && !analysis->signals && !overall && !isnan(cpk->value);
    if (named)
        snprintf(why, size, "in control: no signals");
    else if (overall)
        snprintf(why, size, "sigma is that of all values, not within subgroups");
    else if (!chart_tells_control(chart))
        snprintf(why, size, "not known to be in control: the chart %s does not show it", chart->id);
    else if (analysis->signals)
        snprintf(why, size, "not in control: %zu of %zu points signal", analysis->signals, analysis->n_points);
    else if (!limited)
        snprintf(why, size, "not known to be in control: %s", analysis->estimate.why);
    else
        snprintf(why, size, "Cpk is not known: %s", cpk->why ? cpk->why : "no limits");
    return named ? "Cpk" : "Ppk";
}

void analysis_capability(struct analysis *analysis, const struct within_estimate *within, int64_t below, int64_t above)
{
    struct within_estimate estimate = *within;
    struct specification specification = analysis_specification(analysis);
    if (estimate.sigma == 0)
        estimate = (struct within_estimate){.sigma = NAN, .method = estimate.method, .why = "the values do not vary"};
    analysis->capability = capability_by_sigma(&analysis->moments, &estimate, specification, below, above, analysis->request.confidence);
    analysis->cpm = cpm_of(&analysis->capability, specification, CPM_N);
    analysis->ccpk = ccpk_of(&analysis->capability, specification);
}

/* Subgroups of one size whose means and spreads can be told apart. */
static void judge_between(struct analysis *analysis)
{
    const struct capability *c = &analysis->capability;
    double *means = memory_zero(analysis->n_points + 1, sizeof *means), n = 0;
    size_t count = 0;
    bool alike = true;
    for (size_t i = 0; i < analysis->n_points; i++)
        if (!analysis->points[i].excluded && analysis->points[i].n > 0) {
            double values = (double)analysis_value_count(analysis, i);
            alike &= values > 1 && (count == 0 || values == n);
            n = values;
            means[count++] = analysis->points[i].mean;
        }
    analysis->both = between_within_of(means, count, n, c->sigma_within, c->mean, analysis_specification(analysis));
    if (alike)
        between_within_intervals(&analysis->both, count, n, c->df_within, analysis->request.confidence);
    else
        analysis->both = between_within_of(means, count, n, NAN, c->mean, analysis_specification(analysis));
    if (!alike)
        analysis->both.why = "between and within need subgroups of one size, two or more";
    free(means);
}

/* By the study's own subgroups of two and more; single values by fives in a row. */
static void judge_in_time(struct analysis *analysis)
{
    int *sizes = memory_zero(analysis->n_points + 1, sizeof *sizes), groups = 0;
    double *values = memory_zero(analysis->n_values + 1, sizeof *values), *scratch = memory_zero(analysis->n_values + 1, sizeof *scratch);
    bool single = true;
    size_t at = 0, kept = 0;
    for (size_t i = 0; i < analysis->n_points; i++)
        single &= analysis_value_count(analysis, i) <= 1;
    for (size_t i = 0; i < analysis->n_points && !single; i++) {
        size_t n = analysis->points[i].excluded ? 0 : analysis_value_count(analysis, i);
        if (n > 1) {
            memcpy(values + kept, analysis->values + at, n * sizeof *values);
            kept += n;
            sizes[groups++] = (int)n;
        }
        at += n;
    }
    for (; single && kept + TIME_MODEL_PSEUDO <= analysis->n_values; kept += TIME_MODEL_PSEUDO)
        sizes[groups++] = TIME_MODEL_PSEUDO;
    analysis->model = time_model_of(single ? analysis->values : values, sizes, groups, scratch);
    free(sizes);
    free(values);
    free(scratch);
}

static int fit_shapes(struct analysis *analysis, struct error *err)
{
    const char *name = analysis->request.fit;
    const struct distribution *one = name && strcmp(name, "auto") ? distribution_find(name) : NULL;
    if (!name || !analysis->n_values)
        return 0;
    if (strcmp(name, "auto") && !one) {
        const char *names[64];
        size_t count = 0;
        for (; count < distribution_count && count < 64; count++)
            names[count] = distributions[count].id;
        const char *nearest = text_nearest(name, names, count);
        if (nearest)
            return error_set(err, ERR_USAGE, "unknown distribution '%.60s': did you mean '%s'?", name, nearest);
        return error_set(err, ERR_USAGE, "unknown distribution '%.60s': auto, normal, lognormal, weibull, gamma, ...: `man gemba` lists them", name);
    }
    analysis->n_fits = one ? 1 : distribution_count;
    analysis->fits = memory_zero(analysis->n_fits, sizeof *analysis->fits);
    if (one)
        analysis->fits[0] = fit_of(one, analysis->sorted, analysis->n_values, FIT_LIKELIHOOD);
    else
        fit_all(analysis->sorted, analysis->n_values, FIT_LIKELIHOOD, FIT_BY_AD, analysis->fits);
    const struct analysis_request *request = &analysis->request;
    analysis->shape = capability_by_fit(&analysis->fits[0], analysis_specification(analysis));
    analysis->by_z = capability_by_z(&analysis->fits[0], analysis_specification(analysis));
    shape_intervals(&analysis->shape, capability_by_fit, &analysis->fits[0], analysis->sorted, analysis_specification(analysis), request->confidence);
    shape_intervals(&analysis->by_z, capability_by_z, &analysis->fits[0], analysis->sorted, analysis_specification(analysis), request->confidence);
    return 0;
}

static void doubt(struct analysis *analysis)
{
    const struct capability *c = &analysis->capability;
    struct doubt autocorrelation = doubt_autocorrelation(analysis->values, analysis->n_values);
    struct doubt resolution = doubt_resolution(analysis->sorted, analysis->n_values, c->mean - 3 * c->sigma_within, c->mean + 3 * c->sigma_within);
    if (autocorrelation.words && !analysis->input->n_streams) /* neighbours there are other streams */
        analysis_warn(analysis, "%s (lag-1 autocorrelation %.3f)", autocorrelation.words, autocorrelation.value);
    if (resolution.words)
        analysis_warn(analysis, "%s", resolution.words);
    bool specified = !isnan(analysis->request.specification.lsl) || !isnan(analysis->request.specification.usl);
    if (specified && analysis->signals)
        analysis_warn(analysis, "the process is not in control: Cp and Cpk promise more than it gives; go by Pp and Ppk");
}

int analysis_make(struct analysis *analysis, const struct analysis_request *request, const struct analysis_input *input, struct error *err)
{
    static const struct limit_line none = {NAN, NAN, NAN, NAN};
    *analysis = (struct analysis){.request = *request, .input = input, .n_points = input->points, .fewest = SIZE_MAX};
    analysis->rules = chart_rules(request->chart, request->rules);
    analysis->last = (struct verdict){.location = none, .dispersion = none, .within = none};
    for (int i = 0; i < 3; i++) {
        analysis->low[i] = INFINITY;
        analysis->high[i] = -INFINITY;
    }
    if (!input->vector_p)
        analysis->false_alarm = chart_false_alarms(request->chart, &request->settings, request->rules, FALSE_ALARM_RUNS).arl;
    if (input->spool) {
        if (analysis_stream(analysis, err))
            return -1;
        warn_of_few(analysis);
        return 0;
    }
    analysis->points = memory_zero(input->points + 1, sizeof *analysis->points);
    analysis->verdicts = memory_zero(input->points + 1, sizeof *analysis->verdicts);
    if (input->n_streams)
        analysis->before = memory_zero((size_t)input->n_streams, sizeof *analysis->before);
    if (input->n_parts)
        analysis->parts = memory_zero(input->n_parts, sizeof *analysis->parts);
    analysis->request.settings.parts = analysis->parts;
    if (!input->points)
        return error_set(err, ERR_CONFIG, "there are no values");
    if ((size_t)request->baseline_last > input->points)
        return error_set(err, ERR_USAGE, "the baseline ends at point %ld, but there are only %zu points", request->baseline_last, input->points);
    if (input->vector_p) {
        analysis_vectors(analysis);
        return 0;
    }
    for (size_t i = 0; i < input->points; i++)
        if (summarise(analysis, i, err))
            return -1;
    judge(analysis);
    warn_of_few(analysis);
    if (!analysis_measures(analysis))
        return 0;
    analysis->values = memory_zero(input->starts[input->points] + 1, sizeof *analysis->values);
    analysis->sorted = memory_zero(input->starts[input->points] + 1, sizeof *analysis->sorted);
    struct within within = collect(analysis);
    memcpy(analysis->sorted, analysis->values, analysis->n_values * sizeof *analysis->sorted);
    qsort(analysis->sorted, analysis->n_values, sizeof *analysis->sorted, ascending);
    analysis->moments = moments_of(analysis->values, analysis->n_values);
    judge_capability(analysis, &within);
    judge_between(analysis);
    judge_in_time(analysis);
    for (size_t i = 0; i < normality_test_count && i < ANALYSIS_TESTS; i++)
        analysis->normality[i] = normality_of(&normality_tests[i], analysis->sorted, analysis->n_values);
    doubt(analysis);
    analysis_beyond(analysis);
    return fit_shapes(analysis, err);
}

void analysis_free(struct analysis *analysis)
{
    free(analysis->points);
    free(analysis->verdicts);
    free(analysis->parts);
    free(analysis->before);
    free(analysis->values);
    free(analysis->sorted);
    free(analysis->fits);
    free(analysis->shown);
    free(analysis->trend_points);
}
