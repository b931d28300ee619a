#include "spc/distribution.h"

#include "spc/fitters.h"
#include "spc/standard.h"

#include <math.h>
#include <string.h>

static const struct standardised beneath = {-INFINITY, 0}, beyond = {INFINITY, 0};

static struct standardised location_scale(const double *p, double x)
{
    return (struct standardised){(x - p[0]) / p[1], -log(p[1])};
}

static double location_scale_restore(const double *p, double z)
{
    return p[0] + p[1] * z;
}

/* p[0], p[1]: location and scale of ln(x - p[2]). */
static struct standardised log_location_scale(const double *p, double x, double threshold)
{
    if (x <= threshold)
        return beneath;
    double y = log(x - threshold);
    return (struct standardised){(y - p[0]) / p[1], -log(p[1]) - y};
}

static struct standardised log_standardise(const double *p, double x)
{
    return log_location_scale(p, x, 0);
}

static double log_restore(const double *p, double z)
{
    return exp(p[0] + p[1] * z);
}

static struct standardised log3_standardise(const double *p, double x)
{
    return log_location_scale(p, x, p[2]);
}

static double log3_restore(const double *p, double z)
{
    return p[2] + exp(p[0] + p[1] * z);
}

static struct standardised weibull_from(double shape, double scale, double x)
{
    if (x <= 0)
        return beneath;
    return (struct standardised){shape * log(x / scale), log(shape) - log(x)};
}

static struct standardised weibull_standardise(const double *p, double x)
{
    return weibull_from(p[0], p[1], x);
}

static double weibull_restore(const double *p, double z)
{
    return p[1] * exp(z / p[0]);
}

static struct standardised weibull3_standardise(const double *p, double x)
{
    return weibull_from(p[0], p[1], x - p[2]);
}

static double weibull3_restore(const double *p, double z)
{
    return p[2] + weibull_restore(p, z);
}

static struct standardised exponential_standardise(const double *p, double x)
{
    return (struct standardised){x / p[0], -log(p[0])};
}

static double exponential_restore(const double *p, double z)
{
    return p[0] * z;
}

static struct standardised rayleigh_standardise(const double *p, double x)
{
    return weibull_from(2, p[0] * M_SQRT2, x);
}

static double rayleigh_restore(const double *p, double z)
{
    return p[0] * M_SQRT2 * exp(z / 2);
}

static double first_parameter(const double *p)
{
    return p[0];
}

static double mean_over_sd(const double *p)
{
    return p[0] / p[1];
}

static struct standardised scaled(const double *p, double x)
{
    return (struct standardised){x / p[1], -log(p[1])};
}

static double scaled_restore(const double *p, double z)
{
    return p[1] * z;
}

/* Johnson: z = gamma + eta f((x - epsilon) / lambda), p in that order. */
static struct standardised bounded_standardise(const double *p, double x)
{
    double u = (x - p[3]) / p[2];
    if (u <= 0)
        return beneath;
    if (u >= 1)
        return beyond;
    return (struct standardised){p[0] + p[1] * (log(u) - log1p(-u)), log(p[1] / p[2]) - log(u) - log1p(-u)};
}

static double bounded_restore(const double *p, double z)
{
    return p[3] + p[2] / (1 + exp(-(z - p[0]) / p[1]));
}

static struct standardised johnson_log_standardise(const double *p, double x)
{
    if (x <= p[2])
        return beneath;
    return (struct standardised){p[0] + p[1] * log(x - p[2]), log(p[1]) - log(x - p[2])};
}

static double johnson_log_restore(const double *p, double z)
{
    return p[2] + exp((z - p[0]) / p[1]);
}

static struct standardised unbounded_standardise(const double *p, double x)
{
    double u = (x - p[3]) / p[2];
    return (struct standardised){p[0] + p[1] * asinh(u), log(p[1] / p[2]) - 0.5 * log1p(u * u)};
}

static double unbounded_restore(const double *p, double z)
{
    return p[3] + p[2] * sinh((z - p[0]) / p[1]);
}

/* p: lambda, mean and sd of (x^lambda - 1) / lambda. */
static struct standardised boxcox_standardise(const double *p, double x)
{
    if (x <= 0)
        return beneath;
    double y = log(x), power = p[0] == 0 ? y : expm1(p[0] * y) / p[0];
    return (struct standardised){(power - p[1]) / p[2], (p[0] - 1) * y - log(p[2])};
}

static double boxcox_restore(const double *p, double z)
{
    double power = p[1] + p[2] * z;
    if (p[0] == 0)
        return exp(power);
    if (p[0] * power <= -1)
        return p[0] > 0 ? 0 : INFINITY;
    return exp(log1p(p[0] * power) / p[0]);
}

const struct distribution distributions[] = {
    {.id = "normal", .name = "normal", .parameters = 2, .parameter = {"mean", "sd"}, .support = SUPPORT_REAL, .aqdef = 1,
     .standard = &standard_normal, .standardise = location_scale, .restore = location_scale_restore, .fit = fit_normal},
    {.id = "lognormal", .name = "lognormal", .parameters = 2, .parameter = {"location", "scale"}, .support = SUPPORT_POSITIVE, .aqdef = 2,
     .standard = &standard_normal, .standardise = log_standardise, .restore = log_restore, .fit = fit_lognormal},
    {.id = "lognormal3", .name = "lognormal (3 parameters)", .parameters = 3, .parameter = {"location", "scale", "threshold"}, .support = SUPPORT_THRESHOLD, .aqdef = 2,
     .standard = &standard_normal, .standardise = log3_standardise, .restore = log3_restore, .fit = fit_lognormal3},
    {.id = "weibull", .name = "Weibull", .parameters = 2, .parameter = {"shape", "scale"}, .support = SUPPORT_POSITIVE, .aqdef = 30,
     .standard = &standard_smallest, .standardise = weibull_standardise, .restore = weibull_restore, .fit = fit_weibull},
    {.id = "weibull3", .name = "Weibull (3 parameters)", .parameters = 3, .parameter = {"shape", "scale", "threshold"}, .support = SUPPORT_THRESHOLD, .aqdef = 30,
     .standard = &standard_smallest, .standardise = weibull3_standardise, .restore = weibull3_restore, .fit = fit_weibull3},
    {.id = "gamma", .name = "gamma", .parameters = 2, .parameter = {"shape", "scale"}, .support = SUPPORT_POSITIVE, .aqdef = 0,
     .standard = &standard_gamma, .shape = first_parameter, .standardise = scaled, .restore = scaled_restore, .fit = fit_gamma},
    {.id = "exponential", .name = "exponential", .parameters = 1, .parameter = {"scale"}, .support = SUPPORT_NONNEGATIVE, .aqdef = 0,
     .standard = &standard_exponential, .standardise = exponential_standardise, .restore = exponential_restore, .fit = fit_exponential},
    {.id = "logistic", .name = "logistic", .parameters = 2, .parameter = {"location", "scale"}, .support = SUPPORT_REAL, .aqdef = 0,
     .standard = &standard_logistic, .standardise = location_scale, .restore = location_scale_restore, .fit = fit_logistic},
    {.id = "loglogistic", .name = "log-logistic", .parameters = 2, .parameter = {"location", "scale"}, .support = SUPPORT_POSITIVE, .aqdef = 0,
     .standard = &standard_logistic, .standardise = log_standardise, .restore = log_restore, .fit = fit_loglogistic},
    {.id = "smallest", .name = "smallest extreme value", .parameters = 2, .parameter = {"location", "scale"}, .support = SUPPORT_REAL, .aqdef = 0,
     .standard = &standard_smallest, .standardise = location_scale, .restore = location_scale_restore, .fit = fit_smallest},
    {.id = "largest", .name = "largest extreme value", .parameters = 2, .parameter = {"location", "scale"}, .support = SUPPORT_REAL, .aqdef = 0,
     .standard = &standard_largest, .standardise = location_scale, .restore = location_scale_restore, .fit = fit_largest},
    {.id = "folded", .name = "folded normal", .parameters = 2, .parameter = {"mean", "sd"}, .support = SUPPORT_NONNEGATIVE, .aqdef = 11,
     .standard = &standard_folded, .shape = mean_over_sd, .standardise = scaled, .restore = scaled_restore, .fit = fit_folded},
    {.id = "rayleigh", .name = "Rayleigh", .parameters = 1, .parameter = {"scale"}, .support = SUPPORT_POSITIVE, .aqdef = 12,
     .standard = &standard_smallest, .standardise = rayleigh_standardise, .restore = rayleigh_restore, .fit = fit_rayleigh},
    {.id = "johnson_sb", .name = "Johnson SB", .parameters = 4, .parameter = {"gamma", "eta", "lambda", "epsilon"}, .support = SUPPORT_BOUNDED, .aqdef = 91,
     .standard = &standard_normal, .standardise = bounded_standardise, .restore = bounded_restore, .fit = fit_johnson_sb},
    {.id = "johnson_sl", .name = "Johnson SL", .parameters = 3, .parameter = {"gamma", "eta", "epsilon"}, .support = SUPPORT_THRESHOLD, .aqdef = 91,
     .standard = &standard_normal, .standardise = johnson_log_standardise, .restore = johnson_log_restore, .fit = fit_johnson_sl},
    {.id = "johnson_su", .name = "Johnson SU", .parameters = 4, .parameter = {"gamma", "eta", "lambda", "epsilon"}, .support = SUPPORT_REAL, .aqdef = 91,
     .standard = &standard_normal, .standardise = unbounded_standardise, .restore = unbounded_restore, .fit = fit_johnson_su},
    {.id = "boxcox", .name = "Box-Cox normal", .parameters = 3, .parameter = {"lambda", "mean", "sd"}, .support = SUPPORT_POSITIVE, .aqdef = 0,
     .standard = &standard_normal, .standardise = boxcox_standardise, .restore = boxcox_restore, .fit = fit_boxcox},
};
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
    return distribution->standard->below(shape_of(distribution, p), distribution->standardise(p, x).z);
}

double distribution_above(const struct distribution *distribution, const double *p, double x)
{
    return distribution->standard->above(shape_of(distribution, p), distribution->standardise(p, x).z);
}

double distribution_log_density(const struct distribution *distribution, const double *p, double x)
{
    struct standardised at = distribution->standardise(p, x);
    return isinf(at.z) ? -INFINITY : distribution->standard->log_density(shape_of(distribution, p), at.z) + at.log_slope;
}

static double quantile(const struct distribution *distribution, const double *p, double probability, bool upper)
{
    if (!(probability > 0 && probability < 1))
        return NAN;
    return distribution->restore(p, distribution->standard->quantile(shape_of(distribution, p), probability, upper));
}

double distribution_quantile(const struct distribution *distribution, const double *p, double probability)
{
    return quantile(distribution, p, probability, false);
}

double distribution_upper_quantile(const struct distribution *distribution, const double *p, double probability)
{
    return quantile(distribution, p, probability, true);
}

double chi_square_quantile(double df, double probability, bool upper)
{
    return df > 0 && probability > 0 && probability < 1 ? 2 * standard_gamma.quantile(df / 2, probability, upper) : NAN;
}
