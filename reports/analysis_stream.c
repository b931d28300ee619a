#include "reports/analysis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Values that are not held: read, grouped and judged anew for each walk over the points. Memory is that of one block, however many there are. */

enum { BLOCK = 1 << 13 };

struct walk {
    const struct analysis *analysis;
    double *block;
    size_t first, filled; /* values in the block: where it begins, how many */
    struct subgroup before;
    bool begun;
};

/* The values of a subgroup without those that are missing; returns how many. */
static int next_values(struct walk *walk, size_t i, double **values)
{
    const struct analysis_input *input = walk->analysis->input;
    size_t first = i * input->group, end = first + input->group;
    if (first < walk->first || end > walk->first + walk->filled) {
        size_t room = input->group > BLOCK ? input->group : BLOCK;
        walk->first = first;
        walk->filled = spool_read(input->spool, first, walk->block, room);
    }
    size_t there = walk->filled - (first - walk->first), most = there < input->group ? there : input->group;
    double *all = walk->block + (first - walk->first);
    int n = 0;
    for (size_t k = 0; k < most; k++) {
        double value = all[k];
        if (!isnan(value))
            all[n++] = value;
    }
    for (size_t k = (size_t)n; k < most; k++)
        all[k] = NAN;
    *values = all;
    return n;
}

static void next_point(struct walk *walk, size_t i, struct subgroup *point, double **values)
{
    int n = next_values(walk, i, values);
    if (n)
        *point = walk->analysis->request.chart->summarise(*values, n, walk->begun ? &walk->before : NULL);
    else
        *point = (struct subgroup){.n = 0, .location = NAN, .dispersion = NAN, .range = NAN, .mean = NAN};
    walk->before = *point;
    walk->begun = true;
}

static struct walk walk_begin(const struct analysis *analysis)
{
    size_t group = analysis->input->group;
    return (struct walk){.analysis = analysis, .block = memory_zero(group > BLOCK ? group : BLOCK, sizeof(double))};
}

/* --- figures: one walk for the estimates, one for the verdicts */

struct totals {
    struct within within;
    struct moments block; /* of the values since the last merge, relative to nothing */
    double *kept;
    size_t n_kept;
    double origin, previous, products, sum, first; /* for the autocorrelation: relative to the first value */
    int64_t below, above;
};

static void merge_kept(struct analysis *analysis, struct totals *totals)
{
    struct moments block = moments_of(totals->kept, totals->n_kept);
    moments_merge(&analysis->moments, &block);
    totals->n_kept = 0;
}

static void add_values(struct analysis *analysis, struct totals *totals, const double *values, int n)
{
    const struct specification *specification = &analysis->request.specification;
    for (int k = 0; k < n; k++) {
        double value = values[k];
        totals->below += value < specification->lsl;
        totals->above += value > specification->usl;
        if (totals->n_kept == BLOCK)
            merge_kept(analysis, totals);
        totals->kept[totals->n_kept++] = value;
        if (isnan(totals->origin))
            totals->origin = totals->first = value;
        else
            totals->products += (totals->previous - totals->origin) * (value - totals->origin);
        totals->sum += value - totals->origin;
        totals->previous = value;
    }
}

/* sum (x_i - m)(x_(i+1) - m) from sums about the first value. */
static double autocorrelation(const struct analysis *analysis, const struct totals *totals)
{
    double n = (double)analysis->moments.n, m = totals->sum / n, last = totals->previous - totals->origin;
    double products = totals->products - m * (2 * totals->sum - last) + (n - 1) * m * m; /* the first value is the origin: 0 */
    return products / analysis->moments.m2;
}

static int estimate(struct analysis *analysis, struct error *err)
{
    struct analysis_request *request = &analysis->request;
    struct walk walk = walk_begin(analysis);
    struct totals totals = {.kept = memory_zero(BLOCK, sizeof(double)), .origin = NAN};
    struct chart_sums sums = chart_sums_begin(request->chart, analysis->input->group > 1, &request->settings);
    struct within_estimate within = {0};
    struct subgroup point, before = {0};
    size_t from = request->baseline_last ? (size_t)request->baseline_first - 1 : 0;
    size_t to = request->baseline_last ? (size_t)request->baseline_last : analysis->n_points;
    double *values;
    for (size_t i = 0; i < analysis->n_points; i++) {
        next_point(&walk, i, &point, &values);
        add_values(analysis, &totals, values, point.n);
        within_add_subgroup(&totals.within, values, point.n);
        if (i && point.n == 1 && before.n == 1)
            within_add_moving_range(&totals.within, fabs(point.mean - before.mean));
        if (i >= from && i < to)
            chart_sums_add(&sums, &point);
        before = point;
    }
    merge_kept(analysis, &totals);
    free(totals.kept);
    free(walk.block);
    if (!analysis->moments.n)
        return error_set(err, ERR_CONFIG, "there are no values");
    analysis->estimate = chart_sums_estimate(&sums);
    within.sigma = within_sigma(&totals.within, &within.df, &within.method, &within.why);
    if (request->settings.sigma)
        within = (struct within_estimate){analysis->estimate.sigma, analysis->estimate.df, analysis->estimate.method, analysis->estimate.why};
    analysis_capability(analysis, &within, totals.below, totals.above);
    static const char too_many[] = "more than a million values: study a part of them";
    analysis->both = (struct between_within){.between = NAN, .within = within.sigma, .both = NAN, .why = too_many};
    analysis->both.cp = analysis->both.cpl = analysis->both.cpu = analysis->both.cpk =
        (struct index){.value = NAN, .lower = NAN, .upper = NAN, .bound = NAN, .why = too_many};
    analysis->model = (struct time_model){.p_location = NAN, .p_spread = NAN, .p_trend = NAN, .p_shape = NAN, .why = too_many};
    double lag1 = autocorrelation(analysis, &totals), limit = 2 / sqrt((double)analysis->moments.n);
    if (fabs(lag1) > fmax(limit, 0.05)) /* with so many values the limit itself means nothing */
        analysis_warn(analysis, "neighbouring values depend on each other (lag-1 autocorrelation %.3f): limits from within subgroups mislead", lag1);
    return 0;
}

static bool note(void *context, size_t i, const struct subgroup *point, const struct verdict *verdict)
{
    (void)i;
    (void)point;
    analysis_note(context, verdict);
    return true;
}

int analysis_stream(struct analysis *analysis, struct error *err)
{
    if (!analysis->n_points)
        return error_set(err, ERR_CONFIG, "there are no values");
    if ((size_t)analysis->request.baseline_last > analysis->n_points)
        return error_set(err, ERR_USAGE, "the baseline ends at point %ld, but there are only %zu points", analysis->request.baseline_last,
                         analysis->n_points);
    if (estimate(analysis, err))
        return -1;
    analysis_each(analysis, note, analysis);
    analysis_doubt_limits(analysis);
    for (size_t i = 0; i < normality_test_count && i < ANALYSIS_TESTS; i++)
        analysis->normality[i] = (struct normality){.statistic = NAN,
                                                    .adjusted = NAN,
                                                    .p = {NAN, 0},
                                                    .why = "more than a million values: a test would find their rounding; study a part of them"};
    return 0;
}

void analysis_each(const struct analysis *analysis, analysis_visit *visit, void *context)
{
    const struct analysis_request *request = &analysis->request;
    if (analysis->points) {
        for (size_t i = 0; i < analysis->n_points && visit(context, i, &analysis->points[i], &analysis->verdicts[i]); i++)
            ;
        return;
    }
    struct walk walk = walk_begin(analysis);
    struct chart_state state = {0};
    struct subgroup point;
    double *values;
    bool more = true;
    for (size_t i = 0; i < analysis->n_points && more; i++) {
        static const struct limit_line none = {NAN, NAN, NAN, NAN};
        next_point(&walk, i, &point, &values);
        struct verdict verdict = chart_judge_with(&state, request->chart, request->rules, &point, &analysis->estimate, &request->settings);
        if (point.n < 1) /* no size, no limits */
            verdict.location = verdict.dispersion = verdict.within = none;
        more = visit(context, i, &point, &verdict);
    }
    free(walk.block);
}
