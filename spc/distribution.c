#include "spc/distribution.h"

#include "spc/fitters.h"
#include "spc/standard.h"
#include "spc/transform.h"

#include <math.h>
#include <string.h>

static double first_parameter(const double *p)
{
    return p[0];
}

static double mean_over_sd(const double *p)
{
    return p[0] / p[1];
}

/* id, name, parameters, their names, support, K2011, table for A2; standard, its shape, transformation, fit. */
/* clang-format off */
const struct distribution distributions[] = {
    {"normal", "normal", 2, {"mean", "sd"}, SUPPORT_REAL, 1, ANDERSON_NORMAL,
     &standard_normal, NULL, &transform_linear, fit_normal},
    {"lognormal", "lognormal", 2, {"location", "scale"}, SUPPORT_POSITIVE, 2, ANDERSON_NORMAL,
     &standard_normal, NULL, &transform_log, fit_lognormal},
    {"lognormal3", "lognormal (3 parameters)", 3, {"location", "scale", "threshold"}, SUPPORT_THRESHOLD, 2, ANDERSON_NONE,
     &standard_normal, NULL, &transform_log3, fit_lognormal3},
    {"weibull", "Weibull", 2, {"shape", "scale"}, SUPPORT_POSITIVE, 30, ANDERSON_EXTREME,
     &standard_smallest, NULL, &transform_weibull, fit_weibull},
    {"weibull3", "Weibull (3 parameters)", 3, {"shape", "scale", "threshold"}, SUPPORT_THRESHOLD, 30, ANDERSON_NONE,
     &standard_smallest, NULL, &transform_weibull3, fit_weibull3},
    {"gamma", "gamma", 2, {"shape", "scale"}, SUPPORT_POSITIVE, 0, ANDERSON_GAMMA,
     &standard_gamma, first_parameter, &transform_scale, fit_gamma},
    {"exponential", "exponential", 1, {"scale"}, SUPPORT_NONNEGATIVE, 0, ANDERSON_EXPONENTIAL,
     &standard_exponential, NULL, &transform_exponential, fit_exponential},
    {"logistic", "logistic", 2, {"location", "scale"}, SUPPORT_REAL, 0, ANDERSON_LOGISTIC,
     &standard_logistic, NULL, &transform_linear, fit_logistic},
    {"loglogistic", "log-logistic", 2, {"location", "scale"}, SUPPORT_POSITIVE, 0, ANDERSON_LOGISTIC,
     &standard_logistic, NULL, &transform_log, fit_loglogistic},
    {"smallest", "smallest extreme value", 2, {"location", "scale"}, SUPPORT_REAL, 0, ANDERSON_EXTREME,
     &standard_smallest, NULL, &transform_linear, fit_smallest},
    {"largest", "largest extreme value", 2, {"location", "scale"}, SUPPORT_REAL, 0, ANDERSON_EXTREME,
     &standard_largest, NULL, &transform_linear, fit_largest},
    {"folded", "folded normal", 2, {"mean", "sd"}, SUPPORT_NONNEGATIVE, 11, ANDERSON_NONE,
     &standard_folded, mean_over_sd, &transform_scale, fit_folded},
    {"rayleigh", "Rayleigh", 1, {"scale"}, SUPPORT_POSITIVE, 12, ANDERSON_EXPONENTIAL,
     &standard_smallest, NULL, &transform_rayleigh, fit_rayleigh},
    {"johnson_sb", "Johnson SB", 4, {"gamma", "eta", "lambda", "epsilon"}, SUPPORT_BOUNDED, 91, ANDERSON_TRANSFORMED,
     &standard_normal, NULL, &transform_bounded, fit_johnson_sb},
    {"johnson_sl", "Johnson SL", 3, {"gamma", "eta", "epsilon"}, SUPPORT_THRESHOLD, 91, ANDERSON_TRANSFORMED,
     &standard_normal, NULL, &transform_johnson_log, fit_johnson_sl},
    {"johnson_su", "Johnson SU", 4, {"gamma", "eta", "lambda", "epsilon"}, SUPPORT_REAL, 91, ANDERSON_TRANSFORMED,
     &standard_normal, NULL, &transform_unbounded, fit_johnson_su},
    {"boxcox", "Box-Cox normal", 3, {"lambda", "mean", "sd"}, SUPPORT_POSITIVE, 0, ANDERSON_TRANSFORMED,
     &standard_normal, NULL, &transform_boxcox, fit_boxcox},
};
/* clang-format on */
const size_t distribution_count = sizeof distributions / sizeof distributions[0];

const struct distribution *distribution_find(const char *id)
{
    for (size_t i = 0; i < distribution_count; i++)
        if (!strcmp(distributions[i].id, id))
            return &distributions[i];
    return NULL;
}

static double shape_of(const struct distribution *distribution, const double *p)
{
    return distribution->shape ? distribution->shape(p) : 0;
}

double distribution_below(const struct distribution *distribution, const double *p, double x)
{
    return distribution->standard->below(shape_of(distribution, p), distribution->transform->to_z(p, x).z);
}

double distribution_above(const struct distribution *distribution, const double *p, double x)
{
    return distribution->standard->above(shape_of(distribution, p), distribution->transform->to_z(p, x).z);
}

double distribution_log_density(const struct distribution *distribution, const double *p, double x)
{
    struct standardised at = distribution->transform->to_z(p, x);
    return isinf(at.z) ? -INFINITY : distribution->standard->log_density(shape_of(distribution, p), at.z) + at.log_slope;
}

static double quantile(const struct distribution *distribution, const double *p, double probability, bool upper)
{
    if (!(probability > 0 && probability < 1))
        return NAN;
    return distribution->transform->to_x(p, distribution->standard->quantile(shape_of(distribution, p), probability, upper));
}

double distribution_quantile(const struct distribution *distribution, const double *p, double probability)
{
    return quantile(distribution, p, probability, false);
}

double distribution_upper_quantile(const struct distribution *distribution, const double *p, double probability)
{
    return quantile(distribution, p, probability, true);
}
