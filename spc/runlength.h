#ifndef GEMBA_SPC_RUNLENGTH_H
#define GEMBA_SPC_RUNLENGTH_H

#include "spc/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Average run lengths: how many plotted points until the first signal, from a fresh start, of independent normal statistics with known limits.
 * shift: of the mean, in sigma of the plotted statistic (a shift of d process sigma is d sqrt(n) here). Exact to 1e-9 unless it says
 * otherwise. NAN for a design that makes no sense. */

/* One point beyond limit sigma, either side. */
double runlength_shewhart(double limit, double shift);

/* Tabular CUSUM, two-sided, reference k, decision h, both sums starting at head (FIR; 0 for none, at most h). Source: Brook and Evans 1972 as an
 * integral equation, by Gauss-Legendre; two sides joined as Lucas and Crosier 1982. */
double runlength_cusum(double k, double h, double head, double shift);
/* EWMA with the limits of its final variance, +- limit sqrt(lambda / (2 - lambda)) sigma. NAN where lambda is too small for the limit: below 0.01 at
 * 3 sigma. Source: Crowder 1987. */
double runlength_ewma(double lambda, double limit, double shift);
/* The same with the limits of the variance that the statistic has at each point from a fresh start, which our charts draw: they are narrower at
 * first, so false alarms come a little sooner (lambda 0.05 at 370: 340). Source: Steiner 1999. */
double runlength_ewma_widening(double lambda, double limit, double shift);
/* MEWMA of p variables, T2 of the final covariance against h4, after a shift of the mean vector by this Mahalanobis distance, to 1e-6; in control
 * and for the limit itself see multivariate.h. The caller lends runlength_mewma_room bytes (up to some 20 MB). Source: Rigdon 1995. */
double runlength_mewma(int p, double lambda, double h4, double shift, void *room, size_t bytes);
size_t runlength_mewma_room(int p, double lambda, double h4);

/* The decision interval or limit that gives this average run length in control. */
double runlength_cusum_h(double k, double arl0);
double runlength_ewma_limit(double lambda, double arl0);

/* A Shewhart chart with a rule set, judged by rules_judge itself. */
struct runlength {
    double arl;
    double error; /* standard error; 0: exact */
    int states;   /* of the Markov chain; 0: simulated */
    const char *why;
};
/* Markov chain over what the rules remember (Champ and Woodall 1987). For sets without trend and alternate rules; why when the room (bytes at `room`)
 * does not hold its states: runlength_room(RUNLENGTH_STATES) is enough for the named sets. */
enum { RUNLENGTH_STATES = 16384 };
size_t runlength_room(int states);
struct runlength runlength_chain(const struct spc_rule_set *rules, double shift, void *room, size_t bytes);
/* Mean of `runs` simulated runs, or of as many as twenty million points hold (half a second); the same seed gives the same figure. why when
 * these are too few. */
struct runlength runlength_simulated(const struct spc_rule_set *rules, enum rule_scope scope, double shift, int runs, uint64_t seed);

/* What a design costs and gives: points turned into time. */
struct design_price {
    double false_alarms_per_day; /* at one point per interval */
    double detect_s;             /* mean time to detect the shift, from its start at a point */
};
struct design_price runlength_price(double arl_in_control, double arl_shifted, double interval_s);

#endif
