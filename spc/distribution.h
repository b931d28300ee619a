#ifndef GEMBA_SPC_DISTRIBUTION_H
#define GEMBA_SPC_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>

enum { DISTRIBUTION_PARAMETERS = 4 };

/* Which values a distribution can describe. */
enum support { SUPPORT_REAL, SUPPORT_NONNEGATIVE, SUPPORT_POSITIVE, SUPPORT_THRESHOLD, SUPPORT_BOUNDED };

/* What a point of a sample becomes on the scale of the standard distribution: z rises with x (falls with none), log_slope = ln dz/dx. */
struct standardised {
    double z, log_slope;
};

struct standard_distribution; /* private to distribution.c */
struct fit;

/* A distribution is a row of this table. Most are a standard distribution behind a rising transformation of x. Outside the support z is
 * -INFINITY or INFINITY. Parameters are in the order of their names. */
struct distribution {
    const char *id;   /* "weibull3" */
    const char *name; /* "Weibull (3 parameters)" */
    int parameters;
    const char *parameter[DISTRIBUTION_PARAMETERS];
    enum support support;
    int aqdef; /* code of the Q-DAS field K2011; 0 where that list has none */
    const struct standard_distribution *standard;
    double (*shape)(const double *p); /* of the standard distribution; NULL without one */
    struct standardised (*standardise)(const double *p, double x);
    double (*restore)(const double *p, double z); /* the x of a z */
    /* Fills parameters, method, iterations or why from ascending values that vary and lie in the support. */
    void (*fit)(struct fit *fit, const double *sorted, size_t n);
};

extern const struct distribution distributions[];
extern const size_t distribution_count;
const struct distribution *distribution_find(const char *id); /* NULL when unknown */

/* P(X < x), P(X > x): each exact in its own tail; ln of the density, -INFINITY outside the support. */
double distribution_below(const struct distribution *distribution, const double *p, double x);
double distribution_above(const struct distribution *distribution, const double *p, double x);
double distribution_log_density(const struct distribution *distribution, const double *p, double x);
/* The x with P(X < x) = probability, or with P(X > x) = probability; NAN unless 0 < probability < 1. */
double distribution_quantile(const struct distribution *distribution, const double *p, double probability);
double distribution_upper_quantile(const struct distribution *distribution, const double *p, double probability);
/* The x with P(X < x) = probability (upper: P(X > x)) of chi-square with any df > 0. GSL's own fails from some 5e4 degrees of freedom on. */
double chi_square_quantile(double df, double probability, bool upper);

#endif
