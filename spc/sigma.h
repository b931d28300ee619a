#ifndef GEMBA_SPC_SIGMA_H
#define GEMBA_SPC_SIGMA_H

#include "spc/chart.h"

/* Where an estimator finds spread: within subgroups, between neighbours, or in all values. */
enum sigma_basis { SIGMA_WITHIN, SIGMA_STEPS, SIGMA_ALL };

struct sigma_input {
    const struct subgroup *points;
    size_t count;
    bool published; /* d2 to 3 decimals */
    bool own;       /* the points' dispersion is what this estimator goes by */
};

/* What the estimators need of the points so far, where they need no more than sums. Zero-initialised is none. */
struct sigma_sums {
    int n; /* of the newest subgroup, and what its own estimate of sigma is divided and weighted by */
    double unit, weight;
    double sum, weights, values, subgroups;
};

/* An estimator is a row of this table (SPC.md "Sigma"). df: degrees of freedom for intervals; NAN with a reason. An excluded point, and each
 * step that touches it, is left out. */
struct sigma_estimator {
    const char *id;   /* "rbar" */
    const char *name; /* "average range" */
    enum sigma_basis basis;
    double (*of)(const struct sigma_input *input, double *df, const char **why);
    /* The same point by point; NULL: it must see all at once. before: the neighbour, or NULL; how: published and own. */
    void (*add)(struct sigma_sums *sums, const struct sigma_input *how, const struct subgroup *point, const struct subgroup *before);
    double (*end)(const struct sigma_sums *sums, const struct sigma_input *how, double *df, const char **why);
};
extern const struct sigma_estimator sigma_estimators[];
extern const size_t sigma_estimator_count;
const struct sigma_estimator *sigma_estimator_find(const char *id); /* NULL when unknown */

/* Mean and standard deviation of the range or standard deviation of n normal values, in units of sigma. */
struct relative {
    double mean, sd;
};
struct relative relative_range(int n, bool published);
struct relative relative_sd(int n);
/* Quantile of the relative range: P(range < result sigma) = probability. */
double relative_range_quantile(int n, double probability);

/* The middle of what get() returns for points (NAN is left out), without room for a sorted copy: O(64 count). */
double sigma_median(const struct subgroup *points, size_t count, double (*get)(const struct subgroup *points, size_t i));

#endif
