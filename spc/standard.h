/* Private to the distributions and their fits: the standard distributions that the others are made from. */
#ifndef GEMBA_SPC_STANDARD_H
#define GEMBA_SPC_STANDARD_H

#include <stdbool.h>

/* shape: the one parameter that no transformation of x can take away (gamma's shape, folded normal's mean / sd); 0 for the rest. */
struct standard_distribution {
    double (*log_density)(double shape, double z);
    double (*below)(double shape, double z);
    double (*above)(double shape, double z);
    double (*quantile)(double shape, double probability, bool upper);
    /* First and second derivative of log_density, where it is concave: what a location-scale fit climbs by. */
    void (*climb)(double z, double *slope, double *curvature);
};
extern const struct standard_distribution standard_normal, standard_logistic, standard_smallest, standard_largest, standard_exponential,
    standard_gamma, standard_folded;

/* ln Gamma(a) - [(a - 1/2) ln a - a + ln(2 pi) / 2]: what Stirling's formula lacks. a > 0. */
double stirling_rest(double a);
/* ln(1 + x) - x without cancellation. x > -1. */
double log1p_rest(double x);
/* ln a - psi(a) without cancellation. a > 0. */
double log_minus_digamma(double a);

#endif
