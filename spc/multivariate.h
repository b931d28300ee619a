#ifndef GEMBA_SPC_MULTIVARIATE_H
#define GEMBA_SPC_MULTIVARIATE_H

#include <stdbool.h>
#include <stddef.h>

/* Charts of variables that move together: Hotelling's T2, its guilty variable, generalised variance, MEWMA. Montgomery 2009 ch. 11. */
enum { MULTIVARIATE_MAX = 16 };

/* What a stable period knows of p variables: m subgroups of n (or m single vectors, n = 1). Symmetric matrices are p x p, row by row. */
struct t2_model {
    int p, m, n;
    double df; /* of the covariance */
    double mean[MULTIVARIATE_MAX];
    double covariance[MULTIVARIATE_MAX * MULTIVARIATE_MAX];
    double root[MULTIVARIATE_MAX * MULTIVARIATE_MAX]; /* its Cholesky factor, lower */
    double determinant;
    const char *why; /* there is no model: all else is NAN */
    int culprit;     /* ... because of this variable; -1: of none in particular */
};
/* values[(i * n + k) * p + v]: subgroup i, part k, variable v. n > 1: covariance within subgroups; n = 1: that of all vectors. */
struct t2_model t2_model(const double *values, int m, int n, int p);
/* Why there is no model, with the names of its variables: "seat-dia does not vary". Returns out. */
char *t2_why(const struct t2_model *model, const char *const *names, char *out, size_t size);

/* T2 of the mean x[p] of n parts. NAN without a model. */
double t2_statistic(const struct t2_model *model, const double *x, int n);
/* The upper limit: for the points that made the model (phase I), or those that follow it (phase II). Half of the false alarms lie below
 * alpha = 0.5, the centre line. Tracy, Young, Mason 1992 for n = 1. */
enum t2_phase { T2_MADE_THE_MODEL, T2_FOLLOWS };
double t2_limit(const struct t2_model *model, enum t2_phase phase, double alpha);
/* 1 - (1 - 0.0027)^p: the false alarms of p charts of three sigma. */
double t2_alpha(int p);

/* What a variable adds to T2: given all others, d = T2 - T2 without it; and alone. p is the chance of such a d at a point that follows the model
 * (or made it), whatever the others are; d and alone pass their limits in one such point of twenty. Returns the variable with the largest d, the
 * guilty one; -1 without a model. parts[p]. Mason, Tracy, Young 1995. */
struct t2_part {
    int variable;
    double given_others, limit, p;
    double alone, alone_limit;
};
int t2_decompose(const struct t2_model *model, const double *x, int n, enum t2_phase phase, struct t2_part *parts);
/* The same, most first. Returns how many of them, from the first on, are to be named: the guilty one, and those behind it whose d is beyond its
 * limit; 0 without a model. */
int t2_blame(const struct t2_model *model, const double *x, int n, enum t2_phase phase, struct t2_part *parts);

/* Determinant of the covariance of one subgroup values[k * p + v]; n > p, else NAN. */
double generalised_variance(const double *values, int n, int p);
/* Of subgroups as those of the model: mean b1 |Sigma|, limits |Sigma| (b1 +- 3 sqrt b2), the lower not below 0; b1 and b2 are the moments of
 * Montgomery 2009, section 11.6. |Sigma| is the model's determinant over its own b1, that of all its degrees of freedom, which makes it unbiased
 * (Anderson 2003, section 7.5). False without them. */
bool generalised_variance_limits(const struct t2_model *model, double *lcl, double *center, double *ucl);

/* Who made the |S| of a subgroup vectors[n * p]: of each variable the variance beside the model's, alone or given all others, whichever is the less
 * likely (F, either side, p doubled for the choice); the least likely first. Returns how many are to be named, as t2_blame. */
struct spread_part {
    int variable;
    double ratio, p;
};
int generalised_variance_blame(const struct t2_model *model, const double *vectors, struct spread_part *parts);

/* MEWMA: z = lambda (x - mean) + (1 - lambda) z, T2 of z by its own covariance. Zero-initialised is a fresh start. */
struct mewma_state {
    double z[MULTIVARIATE_MAX];
    double steps;
};
/* asymptotic: the covariance that z has in the long run from the first point on, as the limits below assume. */
double mewma_next(struct mewma_state *state, const struct t2_model *model, const double *x, int n, double lambda, bool asymptotic);
/* Average run length in control of limit h, and the limit h4 of a run length; p >= 2, lambda 0.01..1. Rigdon 1995's integral equation. */
double mewma_arl(int p, double lambda, double h);
double mewma_limit(int p, double lambda, double arl);

#endif
