#ifndef GEMBA_SPC_OUTLIER_H
#define GEMBA_SPC_OUTLIER_H

#include <stddef.h>

/* Grubbs' test for one outlier: G = max |x - mean| / s against ((n - 1) / sqrt(n)) sqrt(t2 / (n - 2 + t2)), t at alpha / (2n), or alpha / n for
 * the side on which the value lies. Source: Grubbs 1969; NIST/SEMATECH e-Handbook 1.3.5.17.1. The p-values are Bonferroni's bound, at most 1. */
struct grubbs {
    size_t index; /* of the suspect, from 0 */
    double g, critical, critical_one_sided;
    double p, p_one_sided;
    const char *why; /* fewer than three values, or no spread: the numbers are NAN */
};
struct grubbs grubbs_of(const double *values, size_t n, double alpha);

/* What would make capability figures doubtful. words: NULL when nothing does. */
struct doubt {
    double value, limit;
    const char *words;
};
/* Lag-1 autocorrelation beyond 2 / sqrt(n): limits from within-subgroup spread would be too narrow (or too wide, when negative). */
struct doubt doubt_autocorrelation(const double *values, size_t n);
/* Fewer than 5 different values between the control limits of the individual value (mean +- 3 sigma): the gauge is too coarse. Ascending values,
 * ten at least.
 * Source: AIAG MSA 4th ed., ch. 1 E; Wheeler's chunky data. */
struct doubt doubt_resolution(const double *sorted, size_t n, double lower, double upper);

#endif
