#include "spc/chart.h"

#include "spc/constants.h"
#include "spc/moments.h"

#include <math.h>
#include <string.h>

static struct subgroup summarise_single(const double *values, int n, const struct subgroup *previous)
{
    double range = previous && !previous->excluded ? fabs(values[0] - previous->location) : NAN;
    return (struct subgroup){.n = n, .location = values[0], .dispersion = range};
}

static struct subgroup summarise_range(const double *values, int n, const struct subgroup *previous)
{
    (void)previous;
    struct moments moments = moments_of(values, (size_t)n);
    return (struct subgroup){.n = n, .location = moments.mean, .dispersion = n > 1 ? moments.max - moments.min : NAN};
}

static struct subgroup summarise_sd(const double *values, int n, const struct subgroup *previous)
{
    (void)previous;
    struct moments moments = moments_of(values, (size_t)n);
    return (struct subgroup){.n = n, .location = moments.mean, .dispersion = moments_sd(&moments)};
}

/* Average moving range / d2(2). A range counts when both its points are in the set and neither is excluded. */
static double estimate_mr(const struct subgroup *points, size_t count, double *df, const char **why)
{
    double sum = 0;
    *df = 0;
    for (size_t i = 1; i < count; i++) {
        if (points[i].excluded || points[i - 1].excluded || isnan(points[i].dispersion))
            continue;
        sum += points[i].dispersion;
        *df += 1;
    }
    if (!*df)
        *why = "no two points in a row";
    return *df ? sum / *df / constant_d2(2) : NAN;
}

/* Mean and standard deviation of a dispersion statistic of n values, in units of sigma. */
struct relative {
    double mean, sd;
};

static struct relative relative_range(int n)
{
    return (struct relative){constant_d2(n), constant_d3(n)};
}

static struct relative relative_sd(int n)
{
    double c4 = constant_c4(n);
    return (struct relative){c4, sqrt(1 - c4 * c4)};
}

/* The subgroups' own estimates of sigma, each weighted by the inverse of its relative variance (minimum variance; SPC.md "Sigma"). */
struct weighted {
    double sigma, freedom; /* freedom: sum of n - 1 */
    int mean_n;
};

static struct weighted estimate_weighted(const struct subgroup *points, size_t count, struct relative (*relative)(int n), const char **why)
{
    double sum = 0, weights = 0, values = 0, subgroups = 0;
    for (size_t i = 0; i < count; i++) {
        if (points[i].excluded || points[i].n < 2 || isnan(points[i].dispersion))
            continue;
        struct relative unit = relative(points[i].n);
        double weight = unit.mean * unit.mean / (unit.sd * unit.sd);
        sum += weight * points[i].dispersion / unit.mean;
        weights += weight;
        values += points[i].n;
        subgroups++;
    }
    if (subgroups)
        return (struct weighted){sum / weights, values - subgroups, (int)lround(values / subgroups)};
    *why = "no subgroup of two values or more";
    return (struct weighted){.sigma = NAN};
}

static double estimate_rbar(const struct subgroup *points, size_t count, double *df, const char **why)
{
    struct weighted weighted = estimate_weighted(points, count, relative_range, why);
    *df = 0.9 * weighted.freedom;
    return weighted.sigma;
}

static double estimate_sbar(const struct subgroup *points, size_t count, double *df, const char **why)
{
    struct weighted weighted = estimate_weighted(points, count, relative_sd, why);
    *df = isnan(weighted.sigma) ? 0 : constant_sbar_df_factor(weighted.mean_n) * weighted.freedom;
    return weighted.sigma;
}

static void draw(struct limit_line *line, double center, double sigma)
{
    line->center = center;
    line->sigma = sigma;
    line->lcl = center - 3 * sigma;
    line->ucl = center + 3 * sigma;
}

static void draw_dispersion(struct limit_line *line, struct relative relative, double sigma)
{
    draw(line, relative.mean * sigma, relative.sd * sigma);
    if (line->lcl < 0)
        line->lcl = 0;
}

static void limits_single(double center, double sigma, int n, struct limit_line *location, struct limit_line *dispersion)
{
    (void)n;
    draw(location, center, sigma);
    draw_dispersion(dispersion, relative_range(2), sigma);
}

static void limits_range(double center, double sigma, int n, struct limit_line *location, struct limit_line *dispersion)
{
    draw(location, center, sigma / sqrt(n));
    draw_dispersion(dispersion, relative_range(n), sigma);
}

static void limits_sd(double center, double sigma, int n, struct limit_line *location, struct limit_line *dispersion)
{
    draw(location, center, sigma / sqrt(n));
    draw_dispersion(dispersion, relative_sd(n), sigma);
}

const struct spc_chart spc_charts[] = {
    {"i-mr", "I-MR", "I", "MR", "mr", 1, 1, summarise_single, estimate_mr, limits_single},
    {"xbar-r", "Xbar-R", "Xbar", "R", "rbar", 2, CONSTANTS_MAX, summarise_range, estimate_rbar, limits_range},
    {"xbar-s", "Xbar-S", "Xbar", "S", "sbar", 2, CONSTANTS_MAX, summarise_sd, estimate_sbar, limits_sd},
};
const size_t spc_chart_count = sizeof spc_charts / sizeof spc_charts[0];

const struct spc_chart *spc_chart_find(const char *id)
{
    for (size_t i = 0; i < spc_chart_count; i++)
        if (!strcmp(spc_charts[i].id, id))
            return &spc_charts[i];
    return NULL;
}

static bool counts(const struct subgroup *point)
{
    return !point->excluded && point->n > 0 && !isnan(point->location);
}

struct chart_estimate chart_estimate(const struct spc_chart *chart, const struct subgroup *points, size_t count)
{
    struct chart_estimate estimate = {.center = NAN, .sigma = NAN};
    double origin = 0, sum = 0, values = 0;
    for (size_t i = 0; i < count; i++) {
        if (!counts(&points[i]))
            continue;
        if (!estimate.points++)
            origin = points[i].location;
        sum += points[i].n * (points[i].location - origin);
        values += points[i].n;
    }
    if (!estimate.points) {
        estimate.why = "no points";
        return estimate;
    }
    estimate.center = origin + sum / values;
    estimate.sigma = chart->estimate(points, count, &estimate.df, &estimate.why);
    if (estimate.sigma == 0) {
        estimate.sigma = NAN;
        estimate.why = chart->max_n > 1 ? "no spread within subgroups" : "the values do not vary";
    }
    return estimate;
}

static uint32_t judge_statistic(struct rule_state *state, const struct spc_rule_set *rules, enum rule_scope scope, double value,
                                const struct limit_line *line)
{
    if (isnan(value)) {
        rules_break(state);
        return 0;
    }
    double distance = value - line->center;
    return rules_judge(state, rules, scope, value, distance == 0 ? 0 : distance / line->sigma);
}

struct verdict chart_judge(struct chart_state *state, const struct spc_chart *chart, const struct spc_rule_set *rules, const struct subgroup *point,
                           double center, double sigma)
{
    struct verdict verdict = {0};
    bool bridged_range = state->after_excluded && point->n == 1;
    chart->limits(center, sigma, point->n, &verdict.location, &verdict.dispersion);
    if (isnan(center) || isnan(sigma))
        return verdict;
    state->after_excluded = point->excluded;
    if (point->excluded)
        return verdict;
    verdict.location_rules = judge_statistic(&state->location, rules, RULES_ALL, point->location, &verdict.location);
    if (!bridged_range)
        verdict.dispersion_rules = judge_statistic(&state->dispersion, rules, RULES_DISPERSION, point->dispersion, &verdict.dispersion);
    return verdict;
}
