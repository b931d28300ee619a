#include "spc/msa_bias.h"

#include "spc/constants.h"
#include "spc/d2star.h"
#include "spc/moments.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static const char missing[] = "a reading is missing or not a number";
static const char too_few[] = "fewer than two readings";
static const char no_spread[] = "the readings do not vary: the gauge's resolution hides its spread";

static const char *unfit(const double *values, int n)
{
    for (int i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return missing;
    return n < 2 ? too_few : NULL;
}

static double two_sided_p(double t, double df)
{
    return 2 * gsl_cdf_tdist_Q(fabs(t), df);
}

/* The mean less the reference: as a mean of differences it keeps what the mean, rounded, has lost. */
static double bias_of(const double *values, int n, double reference)
{
    long double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (long double)values[i] - (long double)reference;
    return (double)(sum / n);
}

struct type1 type1_study(const double *values, int n, const struct type1_settings *settings)
{
    struct type1 study = {.n = n, .mean = NAN, .sd = NAN, .bias = NAN, .cg = NAN, .cgk = NAN, .t = NAN, .p = NAN};
    study.of_tolerance = study.of_tolerance_biased = NAN;
    study.resolution_max = settings->tolerance / 20;
    study.resolution_poor = settings->resolution > study.resolution_max;
    if ((study.why = unfit(values, n)))
        return study;
    struct moments moments = moments_of(values, (size_t)n);
    study.mean = moments.mean;
    study.sd = moments_sd(&moments);
    study.bias = bias_of(values, n, settings->reference);
    study.why = study.sd == 0 ? no_spread : isnan(settings->reference) ? "no reference value" : !(settings->tolerance > 0) ? "no tolerance" : NULL;
    if (study.sd == 0)
        return study;
    double half = settings->percent / 200 * settings->tolerance, spread = settings->multiplier / 2 * study.sd;
    study.cg = half / spread;
    study.cgk = (half - fabs(study.bias)) / spread;
    study.t = study.bias * sqrt(n) / study.sd;
    study.p = two_sided_p(study.t, n - 1);
    study.of_tolerance = settings->percent / study.cg;
    study.of_tolerance_biased = study.cgk > 0 ? settings->percent / study.cgk : NAN;
    return study;
}

struct bias bias_study(const double *values, int n, double reference, enum bias_method method, double confidence)
{
    struct bias study = {n, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, false, unfit(values, n)};
    if (!study.why && method == BIAS_RANGE && n > CONSTANTS_MAX)
        study.why = "more than 100 readings: take the standard deviation";
    if (!study.why && isnan(reference))
        study.why = "no reference value";
    if (study.why)
        return study;
    struct moments moments = moments_of(values, (size_t)n);
    double shrink = 1;
    study.mean = moments.mean;
    study.bias = bias_of(values, n, reference);
    study.sd = moments_sd(&moments);
    study.df = n - 1;
    if (method == BIAS_RANGE) {
        study.sd = (moments.max - moments.min) / d2star(n, 1);
        study.df = d2star_df(n, 1);
        shrink = constant_d2(n) / d2star(n, 1);
    }
    study.sd_mean = study.sd / sqrt(n);
    if (study.sd == 0) {
        study.why = no_spread;
        return study;
    }
    double half_width = shrink * study.sd_mean * gsl_cdf_tdist_Qinv((1 - confidence) / 2, study.df);
    study.t = study.bias / study.sd_mean;
    study.p = two_sided_p(study.t, study.df);
    study.lower = study.bias - half_width;
    study.upper = study.bias + half_width;
    study.acceptable = study.lower <= 0 && study.upper >= 0;
    return study;
}
