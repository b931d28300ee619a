/* The rising transformations of x that stand before the standard distributions, with their inverses. */
#include "spc/transform.h"

#include <math.h>

static const struct standardised beneath = {-INFINITY, 0}, beyond = {INFINITY, 0};

static struct standardised linear_to_z(const double *p, double x)
{
    return (struct standardised){(x - p[0]) / p[1], -log(p[1])};
}

static double linear_to_x(const double *p, double z)
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

static struct standardised log_to_z(const double *p, double x)
{
    return log_location_scale(p, x, 0);
}

static double log_to_x(const double *p, double z)
{
    return exp(p[0] + p[1] * z);
}

static struct standardised log3_to_z(const double *p, double x)
{
    return log_location_scale(p, x, p[2]);
}

static double log3_to_x(const double *p, double z)
{
    return p[2] + exp(p[0] + p[1] * z);
}

static struct standardised weibull_from(double shape, double scale, double x)
{
    if (x <= 0)
        return beneath;
    return (struct standardised){shape * log(x / scale), log(shape) - log(x)};
}

static struct standardised weibull_to_z(const double *p, double x)
{
    return weibull_from(p[0], p[1], x);
}

static double weibull_to_x(const double *p, double z)
{
    return p[1] * exp(z / p[0]);
}

static struct standardised weibull3_to_z(const double *p, double x)
{
    return weibull_from(p[0], p[1], x - p[2]);
}

static double weibull3_to_x(const double *p, double z)
{
    return p[2] + weibull_to_x(p, z);
}

static struct standardised exponential_to_z(const double *p, double x)
{
    return (struct standardised){x / p[0], -log(p[0])};
}

static double exponential_to_x(const double *p, double z)
{
    return p[0] * z;
}

static struct standardised rayleigh_to_z(const double *p, double x)
{
    return weibull_from(2, p[0] * M_SQRT2, x);
}

static double rayleigh_to_x(const double *p, double z)
{
    return p[0] * M_SQRT2 * exp(z / 2);
}

static struct standardised scale_to_z(const double *p, double x)
{
    return (struct standardised){x / p[1], -log(p[1])};
}

static double scale_to_x(const double *p, double z)
{
    return p[1] * z;
}

/* Johnson: z = gamma + eta f((x - epsilon) / lambda), p in that order. */
static struct standardised bounded_to_z(const double *p, double x)
{
    double u = (x - p[3]) / p[2];
    if (u <= 0)
        return beneath;
    if (u >= 1)
        return beyond;
    return (struct standardised){p[0] + p[1] * (log(u) - log1p(-u)), log(p[1] / p[2]) - log(u) - log1p(-u)};
}

static double bounded_to_x(const double *p, double z)
{
    return p[3] + p[2] / (1 + exp(-(z - p[0]) / p[1]));
}

static struct standardised johnson_log_to_z(const double *p, double x)
{
    if (x <= p[2])
        return beneath;
    return (struct standardised){p[0] + p[1] * log(x - p[2]), log(p[1]) - log(x - p[2])};
}

static double johnson_log_to_x(const double *p, double z)
{
    return p[2] + exp((z - p[0]) / p[1]);
}

static struct standardised unbounded_to_z(const double *p, double x)
{
    double u = (x - p[3]) / p[2];
    return (struct standardised){p[0] + p[1] * asinh(u), log(p[1] / p[2]) - 0.5 * log1p(u * u)};
}

static double unbounded_to_x(const double *p, double z)
{
    return p[3] + p[2] * sinh((z - p[0]) / p[1]);
}

/* p: lambda, mean and sd of (x^lambda - 1) / lambda. */
static struct standardised boxcox_to_z(const double *p, double x)
{
    if (x <= 0)
        return beneath;
    double y = log(x), power = p[0] == 0 ? y : expm1(p[0] * y) / p[0];
    return (struct standardised){(power - p[1]) / p[2], (p[0] - 1) * y - log(p[2])};
}

static double boxcox_to_x(const double *p, double z)
{
    double power = p[1] + p[2] * z;
    if (p[0] == 0)
        return exp(power);
    if (p[0] * power <= -1)
        return p[0] > 0 ? 0 : INFINITY;
    return exp(log1p(p[0] * power) / p[0]);
}

const struct transform transform_linear = {linear_to_z, linear_to_x};
const struct transform transform_log = {log_to_z, log_to_x};
const struct transform transform_log3 = {log3_to_z, log3_to_x};
const struct transform transform_weibull = {weibull_to_z, weibull_to_x};
const struct transform transform_weibull3 = {weibull3_to_z, weibull3_to_x};
const struct transform transform_scale = {scale_to_z, scale_to_x};
const struct transform transform_exponential = {exponential_to_z, exponential_to_x};
const struct transform transform_rayleigh = {rayleigh_to_z, rayleigh_to_x};
const struct transform transform_bounded = {bounded_to_z, bounded_to_x};
const struct transform transform_johnson_log = {johnson_log_to_z, johnson_log_to_x};
const struct transform transform_unbounded = {unbounded_to_z, unbounded_to_x};
const struct transform transform_boxcox = {boxcox_to_z, boxcox_to_x};
