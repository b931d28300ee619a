#ifndef GEMBA_SPC_TAIL_H
#define GEMBA_SPC_TAIL_H

#include <stdbool.h>

/* Quantiles by halving on GSL's distribution functions, whose own inverses of beta and F do not end for every argument. To the last digits that
 * the distribution function carries; NAN where it has none. 0 < tail < 1. */
double tail_beta(double tail, bool upper, double a, double b); /* beyond it lies tail */
double tail_f(double tail, double df1, double df2);            /* above it lies tail */

/* P(F > f); NAN where f or the degrees of freedom are none, which GSL would not survive. */
double tail_f_above(double f, double df1, double df2);

#endif
