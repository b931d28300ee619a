#include "spc/chart_private.h"

#include "spc/constants.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* How charts of measured values show a point. */

static bool missing(const struct subgroup *point)
{
    return point->n < 1 || isnan(point->location);
}

/* --- Shewhart charts */

struct chart_limits chart_location_limits(const struct chart_frame *frame, double center, double sigma)
{
    struct limit_line line = chart_location_line(center, sigma, frame->settings->alpha);
    return (struct chart_limits){line, line.sigma};
}

struct chart_limits chart_spread_limits(const struct chart_frame *frame, double sigma, int n, bool is_range)
{
    double alpha = frame->settings->alpha;
    struct relative unit = is_range ? relative_range(n, frame->settings->published) : relative_sd(n);
    double low = unit.mean - 3 * unit.sd, high = unit.mean + 3 * unit.sd;
    if (alpha > 0 && is_range && n > 1) {
        low = relative_range_quantile(n, alpha / 2);
        high = relative_range_quantile(n, 1 - alpha / 2);
    } else if (alpha > 0 && n > 1) {
        low = sqrt(gsl_cdf_chisq_Pinv(alpha / 2, n - 1) / (n - 1));
        high = sqrt(gsl_cdf_chisq_Qinv(alpha / 2, n - 1) / (n - 1));
    }
    double up = (high - unit.mean) / 3 * sigma, down = (unit.mean - low) / 3 * sigma, center = unit.mean * sigma;
    if (alpha == 0) /* the same number on both sides, to the last bit */
        up = down = unit.sd * sigma;
    struct limit_line line = {.center = center, .lcl = center - 3 * down, .ucl = center + 3 * up, .sigma = up};
    if (line.lcl < 0)
        line.lcl = 0;
    return (struct chart_limits){line, down};
}

/* Limits depend on the process, the size and the settings, which seldom change from point to point; quantiles of the relative range cost a
 * thousand exponentials. False: they are to be made anew. */
bool chart_limits_hold(const struct chart_frame *frame)
{
    struct chart_kept *kept = &frame->state->kept;
    const struct chart_estimate *process = frame->process;
    const struct chart_settings *settings = frame->settings;
    if (kept->sigma > 0 && kept->n == frame->point->n && kept->center == process->center && kept->sigma == process->sigma &&
        kept->alpha == settings->alpha && kept->published == settings->published &&
        (kept->extra == process->extra || (isnan(kept->extra) && isnan(process->extra))))
        return true;
    kept->n = frame->point->n;
    kept->published = settings->published;
    kept->center = process->center;
    kept->sigma = process->sigma;
    kept->extra = process->extra;
    kept->alpha = settings->alpha;
    return false;
}

void chart_show(const struct chart_frame *frame, enum chart_panel at, double value, struct plotted *panels)
{
    const struct chart_limits *limits = &frame->state->kept.limits[at];
    panels[at].value = value;
    panels[at].line = limits->line;
    panels[at].z = chart_z(value, &limits->line, limits->line.sigma, limits->down);
}

static void show_both(const struct chart_frame *frame, double relative_sigma, int n, bool is_range, struct plotted *panels)
{
    const struct chart_estimate *process = frame->process;
    struct chart_limits *limits = frame->state->kept.limits;
    if (!chart_limits_hold(frame)) {
        limits[CHART_LOCATION] = chart_location_limits(frame, process->center, process->sigma * relative_sigma);
        limits[CHART_DISPERSION] = chart_spread_limits(frame, process->sigma, n, is_range);
    }
    chart_show(frame, CHART_LOCATION, frame->point->location, panels);
    chart_show(frame, CHART_DISPERSION, frame->point->dispersion, panels);
}

static void plot_single(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    show_both(frame, 1, 2, true, panels);
}

static void plot_range(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    show_both(frame, 1 / sqrt(frame->point->n), frame->point->n, true, panels);
}

static void plot_sd(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    show_both(frame, 1 / sqrt(frame->point->n), frame->point->n, false, panels);
}

static void plot_median(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    show_both(frame, constant_sd_median(frame->point->n), frame->point->n, true, panels);
}

const struct chart_kind chart_kind_single = {.plot = plot_single};
const struct chart_kind chart_kind_range = {.plot = plot_range};
const struct chart_kind chart_kind_sd = {.plot = plot_sd};
const struct chart_kind chart_kind_median = {.plot = plot_median};

/* --- three-way: the means as individuals, their moving range, and the spread within subgroups (Wheeler 1995) */

static void measure_within(const char *id, const struct subgroup *points, size_t count, const struct chart_settings *settings,
                           struct chart_estimate *estimate)
{
    struct sigma_input input = {points, count, settings->published, false};
    const char *why = NULL;
    double df;
    estimate->extra = sigma_estimator_find(id)->of(&input, &df, &why);
}

static void measure_three_r(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_estimate *estimate)
{
    measure_within("rbar", points, count, settings, estimate);
}

static void measure_three_s(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_estimate *estimate)
{
    measure_within("sbar", points, count, settings, estimate);
}

static void plot_three(const struct chart_frame *frame, double within, bool is_range, struct plotted panels[CHART_PANELS])
{
    const struct chart_estimate *process = frame->process;
    struct chart_limits *limits = frame->state->kept.limits;
    if (!chart_limits_hold(frame)) {
        limits[CHART_LOCATION] = chart_location_limits(frame, process->center, process->sigma);
        limits[CHART_DISPERSION] = chart_spread_limits(frame, process->sigma, 2, true);
        limits[CHART_THIRD] = chart_spread_limits(frame, process->extra, frame->point->n, is_range);
    }
    chart_show(frame, CHART_LOCATION, frame->point->location, panels);
    chart_show(frame, CHART_DISPERSION, frame->point->dispersion, panels);
    chart_show(frame, CHART_THIRD, within, panels);
}

static void plot_three_r(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    plot_three(frame, frame->point->range, true, panels);
}

static void plot_three_s(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    const struct subgroup *point = frame->point;
    plot_three(frame, point->n > 1 ? sqrt(point->ss / (point->n - 1)) : NAN, false, panels);
}

const struct chart_kind chart_kind_three_r = {.third = "R", .measure = measure_three_r, .plot = plot_three_r};
const struct chart_kind chart_kind_three_s = {.third = "S", .measure = measure_three_s, .plot = plot_three_s};

/* --- run chart: the median of the points, and patterns about it */

static double counted_location(const struct subgroup *points, size_t i)
{
    return chart_counts(&points[i]) ? points[i].location : NAN;
}

static void measure_run(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_estimate *estimate)
{
    (void)settings;
    estimate->center = sigma_median(points, count, counted_location);
}

static void plot_run(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    double value = frame->point->location, center = frame->process->center;
    panels[CHART_LOCATION].value = value;
    panels[CHART_LOCATION].line.center = center;
    panels[CHART_LOCATION].z = value > center ? 0.5 : value < center ? -0.5 : 0;
}

const struct chart_kind chart_kind_run = {.patterns = PATTERNS_DISPERSION, .unlimited = true, .measure = measure_run, .plot = plot_run};

/* --- charts with a memory; an excluded point is shown as it would be, and not remembered */

/* Source: Lucas and Saccucci 1990; the variance is exact for any n: v_i = (1 - lambda)^2 v_(i-1) + lambda^2 / n_i. */
static void plot_ewma(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    const struct chart_settings *s = frame->settings;
    struct chart_state *state = frame->state;
    struct plotted *panel = &panels[CHART_LOCATION];
    double center = frame->process->center, variance = state->memory[1], kept = 1 - s->lambda;
    if (isnan(center) || isnan(frame->process->sigma))
        return;
    double before = state->filled ? state->memory[0] : center;
    if (!missing(frame->point)) {
        panel->value = s->lambda * frame->point->location + kept * before;
        variance = kept * kept * variance + s->lambda * s->lambda / frame->point->n;
    }
    double reach = s->width * frame->process->sigma * sqrt(variance);
    panel->line = (struct limit_line){.center = center, .lcl = center - reach, .ucl = center + reach, .sigma = reach / 3};
    panel->z = chart_z(panel->value, &panel->line, reach / 3, reach / 3);
    if (!frame->point->excluded && !missing(frame->point)) {
        state->memory[0] = panel->value;
        state->memory[1] = variance;
        state->filled = 1;
    }
}

/* Tabular CUSUM in sigmas of the subgroup mean; head start: Lucas and Crosier 1982. */
static void plot_cusum(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    const struct chart_settings *s = frame->settings;
    struct chart_state *state = frame->state;
    double target = isnan(s->target) ? frame->process->center : s->target;
    if (isnan(target) || isnan(frame->process->sigma))
        return;
    panels[CHART_LOCATION].line = (struct limit_line){.center = 0, .lcl = NAN, .ucl = s->h, .sigma = s->h / 3};
    panels[CHART_DISPERSION].line = (struct limit_line){.center = 0, .lcl = -s->h, .ucl = NAN, .sigma = s->h / 3};
    if (missing(frame->point))
        return;
    double y = (frame->point->location - target) * sqrt(frame->point->n) / frame->process->sigma;
    double upper = state->filled ? state->memory[0] : s->head, lower = state->filled ? state->memory[1] : -s->head;
    double sums[] = {fmax(0, upper + y - s->k), fmin(0, lower + y + s->k)};
    for (int i = 0; i < 2; i++) {
        panels[i].value = sums[i];
        panels[i].z = sums[i] / (s->h / 3);
        if (!frame->point->excluded)
            state->memory[i] = sums[i];
    }
    if (!frame->point->excluded)
        state->filled = 1;
}

/* Mean of the last `span` subgroup means. */
static void plot_ma(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    struct chart_state kept = *frame->state, *state = frame->point->excluded ? &kept : frame->state;
    struct plotted *panel = &panels[CHART_LOCATION];
    int span = frame->settings->span < 1 ? 1 : frame->settings->span > CHART_SPAN_MAX ? CHART_SPAN_MAX : frame->settings->span;
    if (isnan(frame->process->center) || isnan(frame->process->sigma))
        return;
    if (!missing(frame->point)) {
        state->window[state->filled % span] = frame->point->location;
        state->sizes[state->filled % span] = 1.0 / frame->point->n;
        state->filled = state->filled + 1 < 2 * span ? state->filled + 1 : span;
    }
    int width = state->filled < span ? state->filled : span;
    double sum = 0, variance = 0;
    for (int i = state->filled < span ? 0 : state->filled % span, left = width; left > 0; left--, i = (i + 1) % span) { /* oldest first */
        sum += state->window[i];
        variance += state->sizes[i];
    }
    if (width == 0)
        return;
    panel->value = missing(frame->point) ? NAN : sum / width;
    panel->line = chart_location_line(frame->process->center, frame->process->sigma * sqrt(variance) / width, frame->settings->alpha);
    panel->z = chart_z(panel->value, &panel->line, panel->line.sigma, panel->line.sigma);
}

const struct chart_kind chart_kind_ewma = {.patterns = PATTERNS_BEYOND, .plot = plot_ewma};
const struct chart_kind chart_kind_cusum = {.patterns = PATTERNS_BEYOND, .plot = plot_cusum};
const struct chart_kind chart_kind_ma = {.patterns = PATTERNS_BEYOND, .plot = plot_ma};

bool chart_remembers(const struct spc_chart *chart)
{
    return chart->kind == &chart_kind_ewma || chart->kind == &chart_kind_cusum;
}

void chart_resume(struct chart_state *state, const struct spc_chart *chart, const struct verdict *shown, const struct chart_estimate *process,
                  const struct chart_settings *settings)
{
    const struct chart_kind *kind = chart->kind;
    if (isnan(shown->plotted[0]))
        return;
    if (kind == &chart_kind_ewma) {
        double reach = (shown->location.ucl - shown->location.center) / (settings->width * process->sigma);
        state->memory[1] = reach * reach;
    } else if (kind == &chart_kind_cusum)
        state->memory[1] = shown->plotted[1];
    else if (kind != &chart_kind_z)
        return;
    state->memory[0] = shown->plotted[0];
    state->filled = 1;
}

/* --- Z-MR: short runs on one chart */

bool z_is_pooled(const struct chart_settings *settings)
{
    return settings->z == Z_CONSTANT || settings->z == Z_RELATIVE;
}

static double z_scale(const struct chart_settings *settings, double value)
{
    return settings->z == Z_RELATIVE ? log(value) : value;
}

static void plot_z(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    struct chart_state *state = frame->state;
    struct chart_part all = {.center = frame->process->center, .sigma = frame->process->sigma};
    const struct chart_part *part = frame->settings->parts ? &frame->settings->parts[frame->point->part] : &all;
    double value = z_scale(frame->settings, frame->point->location);
    if (isnan(part->center) || isnan(part->sigma) || !isfinite(value)) { /* no z: it is not on the chart, and no pattern goes on over it */
        if (!frame->point->excluded) {
            rules_break(&state->location);
            rules_break(&state->dispersion);
            state->filled = 0;
        }
        return;
    }
    double z = (value - part->center) / part->sigma;
    double step = state->filled && !isnan(frame->point->dispersion) ? fabs(z - state->memory[0]) : NAN;
    if (!chart_limits_hold(frame)) {
        state->kept.limits[CHART_LOCATION] = chart_location_limits(frame, 0, 1);
        state->kept.limits[CHART_DISPERSION] = chart_spread_limits(frame, 1, 2, true);
    }
    chart_show(frame, CHART_LOCATION, z, panels);
    chart_show(frame, CHART_DISPERSION, step, panels);
    if (!frame->point->excluded && !isnan(z)) {
        state->memory[0] = z;
        state->filled = 1;
    }
}

const struct chart_kind chart_kind_z = {.plot = plot_z};

void chart_parts(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_part *parts, size_t n_parts)
{
    struct chart_part all = {0};
    bool pooled = z_is_pooled(settings);
    for (size_t i = 0; i < n_parts; i++)
        parts[i] = all;
    for (size_t i = 0; i < count; i++) {
        const struct subgroup *point = &points[i], *before = i ? &points[i - 1] : NULL;
        if (!chart_counts(point))
            continue;
        struct chart_part *part = &parts[point->part], *spread = pooled ? &all : part;
        double value = z_scale(settings, point->location);
        if (part->n++ == 0)
            part->origin = value;
        part->center += value - part->origin; /* sums until the end */
        if (before && before->part == point->part && chart_counts(before) && !isnan(point->dispersion)) {
            spread->sigma += fabs(value - z_scale(settings, before->location));
            spread->steps++;
        }
    }
    for (size_t i = 0; i < n_parts; i++) {
        const struct chart_part *spread = pooled ? &all : &parts[i];
        double sigma = spread->steps > 0 ? spread->sigma / (double)spread->steps / relative_range(2, settings->published).mean : NAN;
        parts[i].center = parts[i].origin + parts[i].center / (double)parts[i].n; /* no values: NAN */
        parts[i].why = parts[i].n == 0 ? "no values" : spread->steps == 0 ? "no two values in a row" : sigma == 0 ? "the values do not vary" : NULL;
        parts[i].sigma = sigma > 0 ? sigma : NAN;
        parts[i].steps = spread->steps;
    }
}

/* --- charts against the specification */

/* Each limit lies inside its specification limit by as much as lets a process that is just good enough pass, or one that is just bad enough be
 * found. Source: Freund 1957; Montgomery 2009 ch. 10.2. */
static double acceptance_reach(const struct chart_settings *s, int n)
{
    if (!isnan(s->reject) && !isnan(s->reject_beta))
        return gsl_cdf_ugaussian_Qinv(s->reject) + gsl_cdf_ugaussian_Qinv(s->reject_beta) / sqrt(n);
    return gsl_cdf_ugaussian_Qinv(s->accept) - gsl_cdf_ugaussian_Qinv(s->accept_alpha) / sqrt(n);
}

static void plot_acceptance(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    const struct chart_settings *s = frame->settings;
    struct plotted *panel = &panels[CHART_LOCATION];
    double value = frame->point->location, sigma = frame->process->sigma, reach = acceptance_reach(s, frame->point->n) * sigma;
    bool both = !isnan(s->lsl) && !isnan(s->usl);
    panel->value = value;
    panel->line = (struct limit_line){both ? (s->lsl + s->usl) / 2 : frame->process->center, s->lsl + reach, s->usl - reach, NAN};
    panel->line.sigma = sigma / sqrt(frame->point->n);
    if (both && panel->line.lcl > panel->line.ucl) /* the tolerance is too narrow for this chart: no limits */
        panel->line.lcl = panel->line.ucl = NAN;
    panel->z = value > panel->line.ucl   ? 3 + (value - panel->line.ucl) / panel->line.sigma
               : value < panel->line.lcl ? -3 - (panel->line.lcl - value) / panel->line.sigma
                                         : 0;
}

/* Green is the middle half of the tolerance, yellow the rest of it, red beyond. Source: Shainin 1965; Montgomery 2009 ch. 10.2. */
static const struct spc_rule_set pre_control_rules = {
    .id = "pre-control",
    .name = "Pre-control",
    .distances = {0, 1.5, 3},
    .count = 3,
    .rules = {{.primitive = RULE_BEYOND, .k = 1, .n = 1, .s = 3, .zone = 2, .words = "red: beyond the specification"},
              {.primitive = RULE_K_OF_N, .k = 2, .n = 2, .s = 1.5, .zone = 1, .words = "2 yellow in a row on one side"},
              {.primitive = RULE_RANGE, .n = 2, .s = 1.5, .zone = 1, .words = "2 yellow in a row on opposite sides"}},
};

static void plot_pre_control(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    struct plotted *panel = &panels[CHART_LOCATION];
    double lsl = frame->settings->lsl, usl = frame->settings->usl;
    panel->value = frame->point->location;
    panel->line = (struct limit_line){.center = (lsl + usl) / 2, .lcl = lsl, .ucl = usl, .sigma = (usl - lsl) / 6};
    panel->z = chart_z(panel->value, &panel->line, panel->line.sigma, panel->line.sigma);
}

const struct chart_kind chart_kind_acceptance = {.patterns = PATTERNS_BEYOND, .plot = plot_acceptance};
const struct chart_kind chart_kind_pre_control = {.rules = &pre_control_rules, .plot = plot_pre_control};
