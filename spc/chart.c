#include "spc/chart_private.h"

#include "spc/constants.h"
#include "spc/moments.h"
#include "spc/streams.h"

#include <math.h>
#include <string.h>

/* --- subgroups */

static struct subgroup summarise_values(const double *values, int n)
{
    struct scatter spread = scatter_of(values, n);
    return (struct subgroup){.n = n,
                             .location = spread.mean,
                             .dispersion = NAN,
                             .mean = spread.mean,
                             .range = n > 1 ? spread.range : NAN,
                             .ss = spread.squares,
                             .count = NAN,
                             .size = n};
}

static void moving_range(struct subgroup *point, const struct subgroup *previous)
{
    point->dispersion = previous && !previous->excluded ? fabs(point->location - previous->location) : NAN;
}

static struct subgroup summarise_single(const double *values, int n, const struct subgroup *previous)
{
    struct subgroup point = {.n = n, .location = values[0], .mean = values[0], .range = NAN, .count = NAN, .size = n};
    moving_range(&point, previous);
    return point;
}

static struct subgroup summarise_range(const double *values, int n, const struct subgroup *previous)
{
    (void)previous;
    struct subgroup point = summarise_values(values, n);
    point.dispersion = point.range;
    return point;
}

static struct subgroup summarise_sd(const double *values, int n, const struct subgroup *previous)
{
    (void)previous;
    struct subgroup point = summarise_values(values, n);
    point.dispersion = n > 1 ? sqrt(point.ss / (n - 1)) : NAN;
    return point;
}

/* The value with `place` - 1 values before it in ascending order. */
static double ranked(const double *values, int n, int place)
{
    for (int i = 0; i < n; i++) {
        int below = 0, equal = 0;
        for (int j = 0; j < n; j++) {
            below += values[j] < values[i];
            equal += values[j] == values[i];
        }
        if (below < place && place <= below + equal)
            return values[i];
    }
    return NAN;
}

static struct subgroup summarise_median(const double *values, int n, const struct subgroup *previous)
{
    struct subgroup point = summarise_range(values, n, previous);
    point.location = (ranked(values, n, (n + 1) / 2) + ranked(values, n, n / 2 + 1)) / 2;
    return point;
}

static struct subgroup summarise_mean(const double *values, int n, const struct subgroup *previous)
{
    struct subgroup point = summarise_values(values, n);
    moving_range(&point, previous);
    return point;
}

/* Each value is a stream's: what is known without what they were before. */
static struct subgroup summarise_streams(const double *values, int n, const struct subgroup *previous)
{
    (void)previous;
    return streams_summarise(values, n, 1, NULL);
}

/* --- 3-sigma limits */

static void clipped(struct limit_line *line, struct relative relative, double sigma)
{
    *line = chart_line(relative.mean * sigma, relative.sd * sigma);
    line->lcl = line->lcl < 0 ? 0 : line->lcl;
}

static void limits_single(double center, double sigma, int n, struct limit_line *location, struct limit_line *dispersion)
{
    (void)n;
    *location = chart_line(center, sigma);
    clipped(dispersion, relative_range(2, false), sigma);
}

static void limits_range(double center, double sigma, int n, struct limit_line *location, struct limit_line *dispersion)
{
    *location = chart_line(center, sigma / sqrt(n));
    clipped(dispersion, relative_range(n, false), sigma);
}

static void limits_sd(double center, double sigma, int n, struct limit_line *location, struct limit_line *dispersion)
{
    *location = chart_line(center, sigma / sqrt(n));
    clipped(dispersion, relative_sd(n), sigma);
}

static void limits_median(double center, double sigma, int n, struct limit_line *location, struct limit_line *dispersion)
{
    *location = chart_line(center, sigma * constant_sd_median(n));
    clipped(dispersion, relative_range(n, false), sigma);
}

/* --- the table */

enum { ANY = CONSTANTS_MAX };
const struct spc_chart spc_charts[] = {
    {"i-mr", "I-MR", "I", "MR", "mr", 1, 1, summarise_single, limits_single, &chart_kind_single},
    {"xbar-r", "Xbar-R", "Xbar", "R", "rbar", 2, ANY, summarise_range, limits_range, &chart_kind_range},
    {"xbar-s", "Xbar-S", "Xbar", "S", "sbar", 2, ANY, summarise_sd, limits_sd, &chart_kind_sd},
    {"median-r", "Median-R", "Median", "R", "rbar", 2, ANY, summarise_median, limits_median, &chart_kind_median},
    {"i-mr-r", "I-MR-R", "Xbar", "MR", "mr", 2, ANY, summarise_mean, limits_single, &chart_kind_three_r},
    {"i-mr-s", "I-MR-S", "Xbar", "MR", "mr", 2, ANY, summarise_mean, limits_single, &chart_kind_three_s},
    {"run", "Run", "Run", NULL, "rbar", 1, ANY, summarise_range, NULL, &chart_kind_run},
    {"ewma", "EWMA", "EWMA", NULL, "rbar", 1, ANY, summarise_range, NULL, &chart_kind_ewma},
    {"cusum", "CUSUM", "C+", "C-", "rbar", 1, ANY, summarise_range, NULL, &chart_kind_cusum},
    {"ma", "Moving average", "MA", NULL, "rbar", 1, ANY, summarise_range, NULL, &chart_kind_ma},
    {"z-mr", "Z-MR", "Z", "MR", "mr", 1, 1, summarise_single, NULL, &chart_kind_z},
    {"acceptance", "Acceptance", "Xbar", NULL, "rbar", 1, ANY, summarise_range, NULL, &chart_kind_acceptance},
    {"pre-control", "Pre-control", "I", NULL, "mr", 1, 1, summarise_single, NULL, &chart_kind_pre_control},
    {"group", "Group", "Max", "Min", "rbar", 1, ANY, summarise_streams, NULL, &chart_kind_group},
    {"p", "P", "P", NULL, NULL, 0, 0, NULL, NULL, &chart_kind_p},
    {"np", "NP", "NP", NULL, NULL, 0, 0, NULL, NULL, &chart_kind_np},
    {"c", "C", "C", NULL, NULL, 0, 0, NULL, NULL, &chart_kind_c},
    {"u", "U", "U", NULL, NULL, 0, 0, NULL, NULL, &chart_kind_u},
    {"laney-p", "Laney P'", "P", NULL, NULL, 0, 0, NULL, NULL, &chart_kind_laney_p},
    {"laney-u", "Laney U'", "U", NULL, NULL, 0, 0, NULL, NULL, &chart_kind_laney_u},
    {"dpmo", "DPMO", "DPMO", NULL, NULL, 0, 0, NULL, NULL, &chart_kind_dpmo},
    {"g", "G", "G", NULL, NULL, 0, 0, NULL, NULL, &chart_kind_g},
    {"t", "T", "T", NULL, NULL, 0, 0, NULL, NULL, &chart_kind_t},
};
const size_t spc_chart_count = sizeof spc_charts / sizeof spc_charts[0];

const struct spc_chart *spc_chart_find(const char *id)
{
    for (size_t i = 0; i < spc_chart_count; i++)
        if (!strcmp(spc_charts[i].id, id))
            return &spc_charts[i];
    return NULL;
}

bool chart_is_attribute(const struct spc_chart *chart)
{
    return chart->kind->family == CHART_ATTRIBUTE;
}

bool chart_is_event(const struct spc_chart *chart)
{
    return chart->kind->family == CHART_EVENT;
}

bool chart_has_streams(const struct spc_chart *chart)
{
    return chart->kind == &chart_kind_group;
}

bool chart_needs_whole_counts(const struct spc_chart *chart)
{
    return chart_is_attribute(chart) || chart->kind == &chart_kind_g;
}

bool chart_has_zones(const struct spc_chart *chart)
{
    return chart->kind->patterns == PATTERNS_ALL && chart->kind != &chart_kind_g && chart->kind != &chart_kind_t;
}

bool chart_goes_by_specification(const struct spc_chart *chart)
{
    return chart->kind == &chart_kind_pre_control;
}

double chart_zone(const struct spc_chart *chart)
{
    return chart_goes_by_specification(chart) ? 1.5 : 1;
}

bool chart_tells_control(const struct spc_chart *chart)
{
    return chart->kind != &chart_kind_run && chart->kind != &chart_kind_acceptance && chart->kind != &chart_kind_pre_control;
}

bool chart_shows_values(const struct spc_chart *chart)
{
    return chart->kind == &chart_kind_single || chart->kind == &chart_kind_run || chart->kind == &chart_kind_pre_control;
}

bool chart_is_in_sigmas(const struct spc_chart *chart)
{
    return chart->kind == &chart_kind_cusum || chart->kind == &chart_kind_z;
}

bool chart_takes_alpha(const struct spc_chart *chart)
{
    const struct chart_kind *kind = chart->kind;
    return kind != &chart_kind_run && kind != &chart_kind_ewma && kind != &chart_kind_cusum && kind != &chart_kind_acceptance &&
           kind != &chart_kind_pre_control;
}

const char *chart_third(const struct spc_chart *chart)
{
    return chart->kind->third;
}

const struct spc_rule_set *chart_rules(const struct spc_chart *chart, const struct spc_rule_set *asked)
{
    if (chart_has_streams(chart) && !streams_rules_are(asked))
        return streams_rules(2);
    return chart->kind->rules ? chart->kind->rules : asked;
}
