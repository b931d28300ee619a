#include "spc/anderson.h"

#include "spc/standard.h"
#include "spc/transform.h"

#include <math.h>

/* Sum of (2i - 1) [ln F(x_i) + ln(1 - F(x_n+1-i))] with F given at z, which rises with x. */
struct sample {
    const struct distribution *distribution;
    const double *p, *sorted;
    size_t n;
    double mean, sd; /* of z, taken off before F is asked */
    double shape;
    const struct standard_distribution *standard;
};

static double z_at(const struct sample *sample, size_t i)
{
    return (sample->distribution->transform->to_z(sample->p, sample->sorted[i]).z - sample->mean) / sample->sd;
}

static double a2_of(const struct sample *sample)
{
    double sum = 0;
    for (size_t i = 0; i < sample->n; i++) {
        double low = sample->standard->below(sample->shape, z_at(sample, i));
        double high = sample->standard->above(sample->shape, z_at(sample, sample->n - 1 - i));
        sum += (2 * (double)i + 1) * (log(low) + log(high));
    }
    return -(double)sample->n - sum / (double)sample->n;
}

double anderson_darling(const struct distribution *distribution, const double *p, const double *sorted, size_t n)
{
    struct sample sample = {.distribution = distribution, .p = p, .sorted = sorted, .n = n, .sd = 1, .standard = distribution->standard};
    sample.shape = distribution->shape ? distribution->shape(p) : 0;
    return a2_of(&sample);
}

double anderson_darling_transformed(const struct distribution *distribution, const double *p, const double *sorted, size_t n)
{
    struct sample sample = {.distribution = distribution, .p = p, .sorted = sorted, .n = n, .sd = 1, .standard = &standard_normal};
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += z_at(&sample, i) / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (z_at(&sample, i) - mean) * (z_at(&sample, i) - mean);
    sample.mean = mean;
    sample.sd = sqrt(squares / (double)(n - 1));
    return a2_of(&sample);
}

static struct p_value normal_p(double a2, double n)
{
    double a = a2 * (1 + 0.75 / n + 2.25 / (n * n)), p;
    if (a < 0.2)
        p = -expm1(-13.436 + 101.14 * a - 223.73 * a * a);
    else if (a < 0.34)
        p = -expm1(-8.318 + 42.796 * a - 59.938 * a * a);
    else if (a < 0.6)
        p = exp(0.9177 - 4.279 * a - 1.38 * a * a);
    else
        p = exp(1.2937 - 5.709 * a + 0.0186 * a * a);
    return a < 10 ? (struct p_value){p, '='} : (struct p_value){3.7e-24, '<'};
}

/* Upper-tail points of A2 at the levels of `levels`; the last columns may be absent (0). */
enum { LEVELS = 6 };
static const double levels[LEVELS] = {0.25, 0.10, 0.05, 0.025, 0.01, 0.005};
static const double exponential_points[LEVELS] = {0.736, 1.062, 1.321, 1.591, 1.959, 2.244};
static const double extreme_points[LEVELS] = {0.474, 0.637, 0.757, 0.877, 1.038};
static const double logistic_points[LEVELS] = {0.426, 0.563, 0.660, 0.769, 0.906, 1.010};

/* Gamma, by its shape; between rows by 1 / shape. To three decimals those of the limiting process with the scores of both parameters taken out, from
 * the eigenvalues of its covariance; from shape 1 on they are D'Agostino and Stephens' table 4.21, and for a large shape the normal's. */
static const struct {
    double shape, points[LEVELS];
} gamma_rows[] = {
    {0.25, {0.531, 0.735, 0.894, 1.057, 1.278, 1.450}}, {0.5, {0.502, 0.685, 0.825, 0.967, 1.159, 1.306}},
    {1, {0.486, 0.657, 0.786, 0.917, 1.092, 1.227}},    {2, {0.477, 0.643, 0.768, 0.894, 1.062, 1.190}},
    {3, {0.475, 0.639, 0.762, 0.886, 1.052, 1.179}},    {4, {0.473, 0.637, 0.759, 0.883, 1.048, 1.173}},
    {5, {0.472, 0.635, 0.758, 0.881, 1.045, 1.170}},    {8, {0.471, 0.634, 0.755, 0.878, 1.041, 1.166}},
    {12, {0.471, 0.633, 0.754, 0.876, 1.039, 1.163}},   {INFINITY, {0.470, 0.631, 0.752, 0.873, 1.035, 1.159}},
};
enum { GAMMA_ROWS = sizeof gamma_rows / sizeof gamma_rows[0] };

static struct p_value p_between(const double *points, double a)
{
    if (a <= points[0])
        return (struct p_value){levels[0], a == points[0] ? '=' : '>'};
    for (int i = 1; i < LEVELS && points[i] > 0; i++)
        if (a <= points[i]) {
            double part = (a - points[i - 1]) / (points[i] - points[i - 1]);
            return (struct p_value){levels[i - 1] * pow(levels[i] / levels[i - 1], part), '='};
        }
    return (struct p_value){levels[points[LEVELS - 1] > 0 ? LEVELS - 1 : LEVELS - 2], '<'};
}

static struct p_value gamma_p(double a2, double shape)
{
    double points[LEVELS], place = 1 / shape;
    int row = 1;
    if (!(shape >= gamma_rows[0].shape))
        return (struct p_value){NAN, '='};
    while (row < GAMMA_ROWS - 1 && gamma_rows[row].shape < shape)
        row++;
    double from = 1 / gamma_rows[row - 1].shape, to = 1 / gamma_rows[row].shape, part = (from - place) / (from - to);
    for (int i = 0; i < LEVELS; i++)
        points[i] = gamma_rows[row - 1].points[i] + part * (gamma_rows[row].points[i] - gamma_rows[row - 1].points[i]);
    return p_between(points, a2);
}

struct p_value anderson_p(enum anderson_table table, double a2, size_t n, double shape)
{
    double count = (double)n;
    if (!isfinite(a2) || n < ANDERSON_LEAST)
        return (struct p_value){NAN, '='};
    switch (table) {
    case ANDERSON_NORMAL:
    case ANDERSON_TRANSFORMED:
        return normal_p(a2, count);
    case ANDERSON_EXPONENTIAL:
        return p_between(exponential_points, a2 * (1 + 0.6 / count));
    case ANDERSON_EXTREME:
        return p_between(extreme_points, a2 * (1 + 0.2 / sqrt(count)));
    case ANDERSON_LOGISTIC:
        return p_between(logistic_points, a2 * (1 + 0.25 / count));
    case ANDERSON_GAMMA:
        return gamma_p(a2, shape);
    case ANDERSON_NONE:
        break;
    }
    return (struct p_value){NAN, '='};
}
