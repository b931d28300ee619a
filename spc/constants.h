#ifndef GEMBA_SPC_CONSTANTS_H
#define GEMBA_SPC_CONSTANTS_H

/* Control-chart constants for normal data, exact to double precision, n = 2..CONSTANTS_MAX for the range constants.
 * d2, d3: mean and standard deviation of the relative range; d4: its median; c4 = sqrt(2/(n-1)) Gamma(n/2)/Gamma((n-1)/2), any n >= 2.
 * Out of range: NAN. */
enum { CONSTANTS_MAX = 100 };

double constant_d2(int n);
double constant_d3(int n);
double constant_d4(int n);
double constant_c4(double n);     /* real n: c4(degrees of freedom + 1) */
double constant_sd_median(int n); /* of the median of n standard normal values; 1 for n = 1 */

/* Degrees of freedom of sigma from ranges or standard deviations of k subgroups of n, as used for intervals: rbar 0.9 k (n-1),
 * sbar f_n k (n-1) with f_2 .88 ... f_65 1 (research: Minitab, Bissell). */
double constant_sbar_df_factor(int n);

#endif
