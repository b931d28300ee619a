#ifndef GEMBA_SPC_MOMENTS_H
#define GEMBA_SPC_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

/* Central moments of a stream. Zero-initialised is empty. */
struct moments {
    int64_t n;
    double mean, m2, m3, m4; /* sums of powers of deviations from the mean */
    double min, max;
};

/* Adds one finite value. Source: Pebay 2008 (SAND2008-6212), single pass. */
void moments_add(struct moments *moments, double value);
/* The moments of both together, as if added one by one. Source: Chan, Golub, LeVeque 1979; Pebay 2008. */
void moments_merge(struct moments *into, const struct moments *other);
/* Batch, of finite values. Decimals of up to 9 places are taken as what they say, not as the doubles next to them, and summed exactly; else
 * compensated mean and two-pass sums. 1e-12 relative on the NIST StRD univariate sets. */
struct moments moments_of(const double *values, size_t count);

/* What a subgroup is judged by, in a fraction of the time: mean, max - min, sum of squares about the mean. n at least 1. */
struct scatter {
    double mean, range, squares;
};
struct scatter scatter_of(const double *values, int n);

double moments_variance(const struct moments *moments); /* n - 1; NAN under 2 values */
double moments_sd(const struct moments *moments);
double moments_skewness(const struct moments *moments); /* g1 adjusted (G1); NAN under 3 or without spread */
double moments_kurtosis(const struct moments *moments); /* excess, adjusted (G2); NAN under 4 or without spread */

/* Lag-1 autocorrelation, NIST definition. NAN under 2 values or without spread. */
double autocorrelation_lag1(const double *values, size_t count);

#endif
