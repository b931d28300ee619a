#ifndef GEMBA_SPC_D2STAR_H
#define GEMBA_SPC_D2STAR_H

/* Mean range over g samples of m as an estimate of sigma: d2* = sqrt(d2^2 + d3^2 / g) makes its square unbiased for the variance, where d2
 * makes itself unbiased (Duncan 1955; AIAG MSA). m 2..CONSTANTS_MAX, g >= 1; else NAN. */
double d2star(int m, int g);
/* Degrees of freedom of that estimate: those of the standard deviation with the same mean, c4(df + 1) = d2 / d2*. */
double d2star_df(int m, int g);

#endif
