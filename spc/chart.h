#ifndef GEMBA_SPC_CHART_H
#define GEMBA_SPC_CHART_H

#include "spc/rules.h"

#include <stdbool.h>
#include <stddef.h>

/* One plotted subgroup (for i-mr: one value and its moving range). */
struct subgroup {
    int n;
    double location;   /* mean; the value itself for i-mr */
    double dispersion; /* range, standard deviation, or moving range; NAN for the first point of i-mr and after a gap */
    bool excluded;     /* stays drawn; leaves centre, sigma, and both moving ranges that touch it */
};

/* The limits that hold for one point of one of the two charts. A dispersion chart's lower limit below 0 is 0 and cannot signal. */
struct limit_line {
    double center, lcl, ucl, sigma; /* sigma of the plotted statistic: (ucl - center) / 3 before clipping */
};

/* A chart is a row of this table: adding one is one row and the functions it names. */
struct spc_chart {
    const char *id;                    /* "xbar-r" */
    const char *name;                  /* "Xbar-R" */
    const char *location, *dispersion; /* "Xbar", "R"; as printed and as JSON names ("i", "mr") */
    const char *sigma;                 /* estimator's id: "rbar", "sbar", "mr" */
    int min_n, max_n;                  /* subgroup sizes it can take */
    /* The subgroup of values[n]; previous: the point before, or NULL (i-mr). */
    struct subgroup (*summarise)(const double *values, int n, const struct subgroup *previous);
    /* Sigma of the process from points; used: how many points carried it. NAN with a reason. */
    double (*estimate)(const struct subgroup *points, size_t count, double *df, const char **why);
    void (*limits)(double center, double sigma, int n, struct limit_line *location, struct limit_line *dispersion);
};

extern const struct spc_chart spc_charts[];
extern const size_t spc_chart_count;
const struct spc_chart *spc_chart_find(const char *id);

/* Centre and sigma of a set of points: what "calculated" limits are made from. */
struct chart_estimate {
    double center, sigma; /* of the process, within subgroups */
    double df;            /* degrees of freedom of sigma, for intervals */
    size_t points;        /* that counted (not excluded) */
    const char *why;      /* when center or sigma is NAN */
};
/* Centre is the mean of all counted values (weighted by n). Source: SPC.md "Sigma"; Montgomery 2009 ch. 6. */
struct chart_estimate chart_estimate(const struct spc_chart *chart, const struct subgroup *points, size_t count);

/* A live chart: what must be remembered to judge the next point. Zero-initialised is a fresh stage. */
struct chart_state {
    struct rule_state location, dispersion;
    bool after_excluded; /* the newest point was excluded: the moving range that follows touches it, and is bridged too */
};
struct verdict {
    uint32_t location_rules, dispersion_rules; /* bit i = rule i + 1 */
    struct limit_line location, dispersion;    /* that held */
};
/* Judges one point against center and sigma (process, within) in O(1); both NAN: no limits yet, nothing fires. An excluded point is bridged. */
struct verdict chart_judge(struct chart_state *state, const struct spc_chart *chart, const struct spc_rule_set *rules, const struct subgroup *point,
                           double center, double sigma);

#endif
