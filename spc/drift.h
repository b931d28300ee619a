#ifndef GEMBA_SPC_DRIFT_H
#define GEMBA_SPC_DRIFT_H

#include "spc/capability.h"

#include <stddef.h>

/* When did it start: the change of the mean that makes the values most likely, spread unknown and constant. */
enum change_kind { CHANGE_STEP, CHANGE_DRIFT };

struct change_point {
    enum change_kind kind;
    size_t last;          /* number of values before the change: value[last] is the first after it */
    size_t lower, upper;  /* the likelihood's confidence set of `last`, its ends */
    double before, after; /* means; of a drift: where it starts, and the fitted mean at the newest value */
    double slope;         /* a value, of a drift; NAN of a step */
    double sd;            /* residual, divisor n - parameters */
    double gain;          /* ln likelihood ratio against no change */
    double p;             /* of such a gain without any change */
    const char *why;      /* numbers are NAN */
};

/* before NAN: the mean before the change is estimated; else it is known (the chart's centre). confidence of the interval: 0.95.
 * Step: Hinkley 1970; interval {t : l(max) - l(t) <= -ln(1 - sqrt(confidence))}, from the maximum of Brownian motion with drift (Siegmund 1986),
 * conservative; p: James, James, Siegmund 1987 (before known: likewise with one free end). Drift: Perry and Pignatiello 2006 with unknown start,
 * interval and p from the F distribution of the broken line's residuals; p is Bonferroni's bound over the places tried. */
struct change_point change_point_of(const double *values, size_t n, enum change_kind kind, double before, double confidence);
/* The kind that explains more, a step when both are as good. */
struct change_point change_point_best(const double *values, size_t n, double before, double confidence);

/* A straight line through the newest values and where its mean meets a limit. */
struct forecast {
    double slope, slope_lower, slope_upper; /* a unit of place */
    double sd;                              /* about the line */
    double mean_now;                        /* of the line at the newest place */
    int limit;                              /* -1 the lower limit is ahead, 1 the upper, 0 none */
    double distance, lower, upper;          /* from the newest place until the mean meets it, with its interval; not below 0 */
    const char *why;                        /* no trend, no limit on that side: distance is NAN */
};
/* places: part numbers or times of the values, rising; NULL: 0, 1, 2 ... The interval is Fieller's (Draper and Smith 1998, 3.2). */
struct forecast forecast_of(const double *values, const double *places, size_t n, struct specification limits, double confidence);

/* Both together, as people are told: when the mean began to move, and where it goes since then. Screens look again with every point, so that only
 * what is hardly ever chance is told: a change with p below TREND_CHANCE, a trend that is there at TREND_SURE and meets its limit within
 * TREND_HORIZON times as many values as show it. The forecast is through the values since such a change, at most the newest TREND_NEWEST, at least
 * TREND_FEWEST. since: the first of them. What is not worth telling has a why; a change keeps its figures then. Distances are in values. */
#define TREND_CHANCE 0.001
#define TREND_SURE 0.999
enum { TREND_NEWEST = 50, TREND_FEWEST = 8, TREND_HORIZON = 10 };
struct trend {
    struct change_point change;
    struct forecast forecast;
    size_t since;
};
struct trend trend_of(const double *values, size_t n, struct specification limits, double confidence);

#endif
