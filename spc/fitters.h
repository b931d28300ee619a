/* Private to the fits: one function a distribution, named in the table. Values are ascending, vary, and lie in the support. */
#ifndef GEMBA_SPC_FITTERS_H
#define GEMBA_SPC_FITTERS_H

#include "spc/fit.h"
#include "spc/standard.h"

#include <stdbool.h>

/* A sample seen as x - reference, or as ln((x - threshold) / (reference - threshold)); exact for values close together. */
struct view {
    const double *x;
    size_t n;
    double reference, threshold;
    bool logs;
};
struct view view_plain(const double *sorted, size_t n);
struct view view_logs(const double *sorted, size_t n, double threshold);
double view_at(const struct view *view, size_t i);
struct spread {
    double mean, sd; /* sd: divisor n */
};
struct spread view_spread(const struct view *view);

/* Maximum likelihood of a location and scale of the view. Returns the steps taken, -1 when it did not converge. */
int fit_location_scale(const struct standard_distribution *standard, const struct view *view, double *location, double *scale);
extern const char too_close[]; /* a `why` */
/* ln likelihood of a fit's parameters. */
double fit_log_likelihood(const struct distribution *distribution, const double *p, const double *sorted, size_t n);

void fit_normal(struct fit *fit, const double *sorted, size_t n);
void fit_lognormal(struct fit *fit, const double *sorted, size_t n);
void fit_weibull(struct fit *fit, const double *sorted, size_t n);
void fit_exponential(struct fit *fit, const double *sorted, size_t n);
void fit_rayleigh(struct fit *fit, const double *sorted, size_t n);
void fit_gamma(struct fit *fit, const double *sorted, size_t n);
void fit_logistic(struct fit *fit, const double *sorted, size_t n);
void fit_loglogistic(struct fit *fit, const double *sorted, size_t n);
void fit_smallest(struct fit *fit, const double *sorted, size_t n);
void fit_largest(struct fit *fit, const double *sorted, size_t n);
void fit_folded(struct fit *fit, const double *sorted, size_t n);
void fit_weibull3(struct fit *fit, const double *sorted, size_t n);
void fit_lognormal3(struct fit *fit, const double *sorted, size_t n);
void fit_johnson_sb(struct fit *fit, const double *sorted, size_t n);
void fit_johnson_sl(struct fit *fit, const double *sorted, size_t n);
void fit_johnson_su(struct fit *fit, const double *sorted, size_t n);
void fit_boxcox(struct fit *fit, const double *sorted, size_t n);

#endif
