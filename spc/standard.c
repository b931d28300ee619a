#include "spc/standard.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>

static const double log_sqrt_2pi = 0.91893853320467274178;

/* Exact probabilities of 0 and 1 never reach the inverses below: distribution.c refuses them. */

static double normal_log_density(double shape, double z)
{
    (void)shape;
    return -z * z / 2 - log_sqrt_2pi;
}

static double normal_below(double shape, double z)
{
    (void)shape;
    return erfc(-z * M_SQRT1_2) / 2;
}

static double normal_above(double shape, double z)
{
    return normal_below(shape, -z);
}

static double normal_quantile(double shape, double probability, bool upper)
{
    (void)shape;
    return upper ? gsl_cdf_ugaussian_Qinv(probability) : gsl_cdf_ugaussian_Pinv(probability);
}

static double logistic_log_density(double shape, double z)
{
    (void)shape;
    return -fabs(z) - 2 * log1p(exp(-fabs(z)));
}

static double logistic_below(double shape, double z)
{
    (void)shape;
    return 1 / (1 + exp(-z));
}

static double logistic_above(double shape, double z)
{
    return logistic_below(shape, -z);
}

static double logistic_quantile(double shape, double probability, bool upper)
{
    (void)shape;
    double z = log(probability) - log1p(-probability);
    return upper ? -z : z;
}

static void logistic_climb(double z, double *slope, double *curvature)
{
    *slope = -tanh(z / 2);
    *curvature = -2 * logistic_below(0, z) * logistic_below(0, -z);
}

static double smallest_log_density(double shape, double z)
{
    (void)shape;
    return z - exp(z);
}

static double smallest_below(double shape, double z)
{
    (void)shape;
    return -expm1(-exp(z));
}

static double smallest_above(double shape, double z)
{
    (void)shape;
    return exp(-exp(z));
}

static double smallest_quantile(double shape, double probability, bool upper)
{
    (void)shape;
    return log(upper ? -log(probability) : -log1p(-probability));
}

static void smallest_climb(double z, double *slope, double *curvature)
{
    *curvature = -exp(z);
    *slope = 1 + *curvature;
}

static double largest_log_density(double shape, double z)
{
    return smallest_log_density(shape, -z);
}

static double largest_below(double shape, double z)
{
    return smallest_above(shape, -z);
}

static double largest_above(double shape, double z)
{
    return smallest_below(shape, -z);
}

static double largest_quantile(double shape, double probability, bool upper)
{
    return -smallest_quantile(shape, probability, !upper);
}

static void largest_climb(double z, double *slope, double *curvature)
{
    smallest_climb(-z, slope, curvature);
    *slope = -*slope;
}

static double exponential_log_density(double shape, double z)
{
    (void)shape;
    return z < 0 ? -INFINITY : -z;
}

static double exponential_below(double shape, double z)
{
    (void)shape;
    return z <= 0 ? 0 : -expm1(-z);
}

static double exponential_above(double shape, double z)
{
    (void)shape;
    return z <= 0 ? 1 : exp(-z);
}

static double exponential_quantile(double shape, double probability, bool upper)
{
    (void)shape;
    return upper ? -log(probability) : -log1p(-probability);
}

double log1p_rest(double x)
{
    if (fabs(x) > 0.1)
        return log1p(x) - x;
    double sum = 0, power = -x * x;
    for (int k = 2; k < 24; k++, power *= -x)
        sum += power / k;
    return sum;
}

/* Bernoulli's series from 16 up; below, by the recurrence of Gamma. */
double stirling_rest(double a)
{
    if (a < 16)
        return lgamma(a) - (a - 0.5) * log(a) + a - log_sqrt_2pi;
    double s = 1 / (a * a);
    return (1.0 / 12 - s * (1.0 / 360 - s * (1.0 / 1260 - s * (1.0 / 1680 - s * (1.0 / 1188 - s * (691.0 / 360360)))))) / a;
}

double log_minus_digamma(double a)
{
    double sum = 0, low = a;
    for (; a < 16; a++)
        sum += 1 / a;
    double s = 1 / (a * a);
    return 1 / (2 * a) + s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * (691.0 / 32760)))))) + sum +
           log(low / a);
}

static double gamma_log_density(double shape, double z)
{
    if (z <= 0)
        return -INFINITY;
    double d = (z - shape) / shape, rest = d > -0.5 ? log1p_rest(d) : log(z / shape) - d;
    return shape * rest - log(z) + 0.5 * log(shape) - log_sqrt_2pi - stirling_rest(shape);
}

/* P (side -1) or Q (side 1) of a large shape. Source: Temme 1979 (uniform expansion), first three terms. */
static double gamma_uniform(double shape, double z, int side)
{
    double d = (z - shape) / shape, eta = copysign(sqrt(-2 * log1p_rest(d)), d), c0;
    double c1 = -1.0 / 540 - eta * (1.0 / 288 - eta * (1.0 / 378 - eta * 77.0 / 77760)), c2 = 25.0 / 6048 - eta * 139.0 / 51840;
    if (fabs(eta) < 0.1)
        c0 = -1.0 / 3 + eta * (1.0 / 12 - eta * (2.0 / 135 - eta * (1.0 / 864 + eta * (1.0 / 2835 - eta * 139.0 / 777600))));
    else
        c0 = 1 / d - 1 / eta;
    double rest = exp(-shape * eta * eta / 2) / sqrt(2 * M_PI * shape) * (c0 + (c1 + c2 / shape) / shape);
    return erfc(side * eta * sqrt(shape / 2)) / 2 + side * rest;
}

enum { UNIFORM_FROM = 20000 }; /* from a shape of some 1e5 on GSL's incomplete gamma and its inverses fail, and end the program */

static double gamma_above(double shape, double z)
{
    if (z <= 0)
        return 1;
    return isinf(z) ? 0 : shape > UNIFORM_FROM ? gamma_uniform(shape, z, 1) : gsl_cdf_gamma_Q(z, shape, 1);
}

static double gamma_below(double shape, double z)
{
    if (z <= 0)
        return 0;
    return isinf(z) ? 1 : shape > UNIFORM_FROM ? gamma_uniform(shape, z, -1) : gsl_cdf_gamma_P(z, shape, 1);
}

/* The root of a rising function of ln z, by halving a bracket and Newton steps that stay inside it. */
static double positive_quantile(const struct standard_distribution *standard, double shape, double probability, bool upper, double guess)
{
    double low = -745, high = 709, u = fmin(fmax(log(guess), low), high), goal = log(probability);
    for (int i = 0; i < 200; i++) {
        double z = exp(u), tail = upper ? standard->above(shape, z) : standard->below(shape, z);
        double miss = upper ? goal - log(tail) : log(tail) - goal; /* rises with u */
        if (miss > 0)
            high = u;
        else
            low = u;
        double step = miss * tail / (exp(standard->log_density(shape, z)) * z);
        if (fabs(step) <= 1e-15 * fmax(1, fabs(u)))
            return exp(u - step);
        u = u - step > low && u - step < high ? u - step : (low + high) / 2;
    }
    return exp(u);
}

/* Start: Wilson and Hilferty 1931; for small values the first term of the series. */
static double gamma_quantile(double shape, double probability, bool upper)
{
    double w = 1 - 1 / (9 * shape) + normal_quantile(0, probability, upper) / (3 * sqrt(shape)), guess = shape * w * w * w;
    if (w < 0.3)
        guess = exp((log(upper ? 1 - probability : probability) + lgamma(shape + 1)) / shape);
    return positive_quantile(&standard_gamma, shape, probability, upper, fmax(guess, 1e-300));
}

/* |N(shape, 1)|. */
static double folded_log_density(double shape, double z)
{
    return z < 0 ? -INFINITY : -(z - shape) * (z - shape) / 2 + log1p(exp(-2 * shape * z)) - log_sqrt_2pi;
}

static double folded_below(double shape, double z)
{
    return z <= 0 ? 0 : (erf((z + shape) * M_SQRT1_2) + erf((z - shape) * M_SQRT1_2)) / 2;
}

static double folded_above(double shape, double z)
{
    return z <= 0 ? 1 : normal_above(0, z - shape) + normal_above(0, z + shape);
}

static double folded_quantile(double shape, double probability, bool upper)
{
    return positive_quantile(&standard_folded, shape, probability, upper, shape + 1);
}

const struct standard_distribution standard_normal = {normal_log_density, normal_below, normal_above, normal_quantile, NULL};
const struct standard_distribution standard_logistic = {logistic_log_density, logistic_below, logistic_above, logistic_quantile, logistic_climb};
const struct standard_distribution standard_smallest = {smallest_log_density, smallest_below, smallest_above, smallest_quantile, smallest_climb};
const struct standard_distribution standard_largest = {largest_log_density, largest_below, largest_above, largest_quantile, largest_climb};
const struct standard_distribution standard_exponential = {exponential_log_density, exponential_below, exponential_above, exponential_quantile, NULL};
const struct standard_distribution standard_gamma = {gamma_log_density, gamma_below, gamma_above, gamma_quantile, NULL};
const struct standard_distribution standard_folded = {folded_log_density, folded_below, folded_above, folded_quantile, NULL};
