#ifndef GEMBA_SPC_DISTRIBUTION_H
#define GEMBA_SPC_DISTRIBUTION_H

#include <stddef.h>

enum { DISTRIBUTION_PARAMETERS = 4 };

/* Which values a distribution can describe. */
enum support { SUPPORT_REAL, SUPPORT_NONNEGATIVE, SUPPORT_POSITIVE, SUPPORT_THRESHOLD, SUPPORT_BOUNDED };

/* Which published table turns A2 of a fit into a p-value; TRANSFORMED: A2 of the transformed values as a normal sample. */
enum anderson_table {
    ANDERSON_NONE,
    ANDERSON_NORMAL,
    ANDERSON_TRANSFORMED,
    ANDERSON_EXPONENTIAL,
    ANDERSON_EXTREME,
    ANDERSON_LOGISTIC,
    ANDERSON_GAMMA,
};

struct standard_distribution; /* private: standard.h, transform.h, fitters.h */
struct transform;
struct fit;

/* A distribution is a row of this table: a standard distribution behind a rising transformation of x. Parameters are in the order of their names. */
struct distribution {
    const char *id;   /* "weibull3" */
    const char *name; /* "Weibull (3 parameters)" */
    int parameters;
    const char *parameter[DISTRIBUTION_PARAMETERS];
    enum support support;
    int aqdef; /* code of the Q-DAS field K2011; 0 where that list has none */
    enum anderson_table judged_by;
    const struct standard_distribution *standard;
    double (*shape)(const double *p); /* of the standard distribution; NULL without one */
    const struct transform *transform;
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

#endif
