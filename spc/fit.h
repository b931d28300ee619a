#ifndef GEMBA_SPC_FIT_H
#define GEMBA_SPC_FIT_H

#include "spc/anderson.h"
#include "spc/distribution.h"

/* How the spread of normal, lognormal and Box-Cox normal is estimated: by maximum likelihood (divisor n), or with divisor n - 1 as Minitab and
 * JASP print it. The other distributions have one estimator. */
enum fit_spread { FIT_LIKELIHOOD, FIT_UNBIASED };

struct fit {
    const struct distribution *distribution;
    size_t n;
    double parameters[DISTRIBUTION_PARAMETERS];
    double log_likelihood;
    double ad;          /* A2 against the fitted distribution; of Johnson and Box-Cox, of the transformed values as a normal sample */
    struct p_value p;   /* of ad, parameters being estimated; NAN where no table is published */
    int iterations;     /* 0: closed form */
    const char *method; /* "maximum likelihood", "percentiles" */
    const char *why;    /* why there is no fit: all numbers are NAN */
    const char *p_why;  /* why there is a fit, but no p */
};

/* Fits one distribution to ascending values. Sources: Johnson, Kotz, Balakrishnan 1994 (likelihood equations); Slifker and Shapiro 1980 and
 * Chou, Polansky, Mason 1998 (Johnson); Box and Cox 1964. 3-parameter fits are the local maximum of the likelihood: where it has none, why. */
struct fit fit_of(const struct distribution *distribution, const double *sorted, size_t n, enum fit_spread spread);
/* The Johnson family, SB, SL or SU, whose transformed values look most normal (largest Anderson-Darling p). */
struct fit fit_johnson(const double *sorted, size_t n);
/* One fit for every row of the table, best first: by A2 (smallest) or by log-likelihood (largest), absent ones last. fits: distribution_count. */
enum fit_order { FIT_BY_AD, FIT_BY_LIKELIHOOD };
void fit_all(const double *sorted, size_t n, enum fit_spread spread, enum fit_order order, struct fit *fits);

/* The power of Box and Cox within -5..5 that gives the smallest standard deviation of the standardised transform; group: values in a row that
 * form a subgroup, whose spread within counts (Minitab), 1 for overall (maximum likelihood). lower, upper: interval from the likelihood at the
 * confidence, NAN where it leaves -5..5. */
struct boxcox {
    double lambda, lower, upper;
    double sd;             /* of (x^lambda - 1) / (lambda gm^(lambda - 1)); divisor n - 1, within groups n - groups */
    double log_likelihood; /* profile, up to a constant: -n/2 ln(sd^2 with divisor n) */
    int iterations;
    const char *why;
};
struct boxcox boxcox_of(const double *values, size_t n, size_t group, double confidence);

#endif
