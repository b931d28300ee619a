#ifndef GEMBA_SPC_ANDERSON_H
#define GEMBA_SPC_ANDERSON_H

#include "spc/distribution.h"

/* A p-value; relation '<' or '>' where only a table's edge is known. p NAN: none. */
struct p_value {
    double p;
    char relation; /* '=', '<', '>' */
};

/* A2 of ascending values against a distribution. INFINITY when a value is outside the support. Source: Anderson and Darling 1954. */
double anderson_darling(const struct distribution *distribution, const double *p, const double *sorted, size_t n);
/* A2 of a normal sample whose mean and sd (n - 1) are estimated, seen through the distribution's transformation: what Johnson and Box-Cox
 * are judged by. p: the parameters of that transformation. */
double anderson_darling_transformed(const struct distribution *distribution, const double *p, const double *sorted, size_t n);

/* p of A2 when the parameters were estimated from the same n values. Sources: normal: D'Agostino and Stephens 1986, table 4.9; exponential,
 * extreme value, logistic, gamma: their tables 4.14, 4.17, 4.22, 4.21, between rows by ln p. shape: of gamma, from 0.25. From ANDERSON_LEAST values:
 * with fewer the corrections for n do not hold. */
enum { ANDERSON_LEAST = 5 };
struct p_value anderson_p(enum anderson_table table, double a2, size_t n, double shape);

#endif
