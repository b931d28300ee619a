#ifndef GEMBA_SPC_CHART_H
#define GEMBA_SPC_CHART_H

#include "spc/rules.h"

#include <stdbool.h>
#include <stddef.h>

/* One subgroup as it arrives. For charts of single values: the value and its moving range. */
struct subgroup {
    int n;
    double location;        /* mean, median; the value itself where n is 1; the rate of a count */
    double dispersion;      /* range, standard deviation, or moving range; NAN for the first moving range and after a gap */
    bool excluded;          /* stays drawn; leaves centre, sigma, and both moving ranges that touch it */
    double mean, range, ss; /* of the values, for other estimators than the chart's own; ss: squares about the mean */
    double count, size;     /* of attribute charts: events, and the sample or area they were counted in; of group: see streams.h */
    int part;               /* z-mr: its place in chart_settings.parts */
    double high, low;       /* group: the largest and the smallest stream; location: the mean of all, range: of their ranges */
    int streams, steps;     /* group: streams that count, and ranges that `range` is the mean of */
};

/* The limits that hold for one point of one of the charts. A lower limit that cannot be reached (a range below 0) is 0 and cannot signal. */
struct limit_line {
    double center, lcl, ucl, sigma; /* sigma of the plotted statistic: (ucl - center) / 3 before clipping */
};

struct chart_kind; /* chart_private.h: how it is measured and plotted */

/* A chart is a row of this table: adding one is one row and the functions it names. */
struct spc_chart {
    const char *id;                    /* "xbar-r" */
    const char *name;                  /* "Xbar-R" */
    const char *location, *dispersion; /* "Xbar", "R"; dispersion NULL: one chart only */
    const char *sigma;                 /* its own estimator's id: "rbar", "sbar", "mr"; NULL: the chart's own way */
    int min_n, max_n;                  /* subgroup sizes it can take; 0: it takes counts or events */
    /* The subgroup of values[n]; previous: the point before, or NULL (moving ranges). NULL: see chart_count. */
    struct subgroup (*summarise)(const double *values, int n, const struct subgroup *previous);
    void (*limits)(double center, double sigma, int n, struct limit_line *location,
                   struct limit_line *dispersion); /* 3 sigma; NULL: plotted otherwise */
    const struct chart_kind *kind;
};

extern const struct spc_chart spc_charts[];
extern const size_t spc_chart_count;
const struct spc_chart *spc_chart_find(const char *id); /* NULL when unknown */

/* Centre and sigma of a set of points: what "calculated" limits are made from. */
struct chart_estimate {
    double center, sigma; /* of the process, within subgroups */
    double df;            /* degrees of freedom of sigma, for intervals */
    size_t points;        /* that counted (not excluded) */
    const char *why;      /* when center or sigma is NAN */
    double extra;         /* sigma within of three-way, sigma z of Laney, p of g, shape of t (sigma is its scale); else NAN */
    const char *method;   /* id of the estimator used */
    bool entered;         /* the limits of the location chart are these, not 3 sigma; NAN: none on that side */
    double lcl, ucl;
};
/* Centre is the mean of all counted values (weighted by n). Source: SPC.md "Sigma"; Montgomery 2009 ch. 6. */
struct chart_estimate chart_estimate(const struct spc_chart *chart, const struct subgroup *points, size_t count);

/* The limits of the newest point of a Shewhart chart, and what they were made from: made anew when one of these changes. */
struct chart_limits {
    struct limit_line line; /* its sigma is that of the upper side */
    double down;
};
struct chart_kept {
    int n;
    bool published;
    double center, sigma, extra, alpha;
    struct chart_limits limits[3];
};

/* A live chart: what must be remembered to judge the next point. Zero-initialised is a fresh stage. */
enum { CHART_SPAN_MAX = 32 };
struct chart_state {
    struct rule_state location, dispersion;
    bool after_excluded; /* the newest point was excluded: the moving range that follows touches it, and is bridged too */
    int filled;          /* subgroups in the window; of the weighted and summed charts: their memory is begun */
    double memory[2];    /* EWMA and its relative variance, both sums of CUSUM, z before */
    double window[CHART_SPAN_MAX], sizes[CHART_SPAN_MAX];
    struct rule_state within;
    struct chart_kept kept;
};
struct verdict {
    uint32_t location_rules, dispersion_rules; /* bit i = rule i + 1 */
    struct limit_line location, dispersion;    /* that held */
    uint32_t within_rules;                     /* of the third chart of three-way */
    struct limit_line within;
    double plotted[3]; /* what the location, dispersion and third chart show; NAN: nothing */
};
/* Judges one point against center and sigma (process, within) in O(1); both NAN: no limits yet, nothing fires. An excluded point is bridged. */
struct verdict chart_judge(struct chart_state *state, const struct spc_chart *chart, const struct spc_rule_set *rules, const struct subgroup *point,
                           double center, double sigma);

#endif
