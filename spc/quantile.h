#ifndef GEMBA_SPC_QUANTILE_H
#define GEMBA_SPC_QUANTILE_H

/* The value that a chi-square variable with df > 0 degrees of freedom stays below with probability lower, 0 < lower < 1. Works for every df
 * (GSL's own inverse gives up at some df above 2000). Source: start by Wilson and Hilferty 1931, then Newton on GSL's distribution function; above
 * 1e5 df the expansion by Cornish and Fisher 1937. */
double chi_square_quantile(double lower, double df);

#endif
