#include "spc/sigma.h"

#include "spc/constants.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* --- what the estimators share */

struct relative relative_range(int n, bool published)
{
    double d2 = constant_d2(n);
    return (struct relative){published ? round(d2 * 1000) / 1000 : d2, constant_d3(n)};
}

struct relative relative_sd(int n)
{
    double c4 = constant_c4(n);
    return (struct relative){c4, sqrt(1 - c4 * c4)};
}

/* P(range of n < w) = n times the integral of phi(x) (Phi(x + w) - Phi(x))^(n - 1): the trapezoid rule is exact here but for rounding. */
static double range_below(int n, double w)
{
    double sum = 0, step = 1.0 / 16;
    for (int i = -12 * 16; i <= 9 * 16; i++) {
        double x = i * step, inside = (erfc(-(x + w) / M_SQRT2) - erfc(-x / M_SQRT2)) / 2;
        sum += exp(-x * x / 2) * pow(inside, n - 1);
    }
    return sum * n * step / sqrt(2 * M_PI);
}

double relative_range_quantile(int n, double probability)
{
    double low = 0, high = 20;
    if (n < 2 || !(probability > 0 && probability < 1))
        return NAN;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        *(range_below(n, middle) < probability ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

/* Order-preserving integers of doubles, so that the median is found by halving a range of integers. */
static uint64_t rank_of(double value)
{
    uint64_t bits;
    value += 0.0; /* -0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double value_of(uint64_t rank)
{
    uint64_t bits = rank >> 63 ? rank & ~(UINT64_C(1) << 63) : ~rank;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double order_statistic(const struct subgroup *points, size_t count, double (*get)(const struct subgroup *, size_t), size_t place)
{
    uint64_t low = 0, high = UINT64_MAX;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        size_t below = 0;
        for (size_t i = 0; i < count; i++) {
            double value = get(points, i);
            below += !isnan(value) && rank_of(value) <= middle;
        }
        if (below >= place)
            high = middle;
        else
            low = middle + 1;
    }
    return value_of(low);
}

double sigma_median(const struct subgroup *points, size_t count, double (*get)(const struct subgroup *points, size_t i))
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += !isnan(get(points, i));
    if (!n)
        return NAN;
    double lower = order_statistic(points, count, get, (n + 1) / 2);
    return n % 2 ? lower : (lower + order_statistic(points, count, get, n / 2 + 1)) / 2;
}

/* --- within subgroups */

static bool has_spread(const struct subgroup *point)
{
    return !point->excluded && point->n > 1 && !isnan(point->location);
}

static double by_sums(const char *id, const struct sigma_input *input, double *df, const char **why)
{
    const struct sigma_estimator *estimator = sigma_estimator_find(id);
    struct sigma_sums sums = {0};
    for (size_t i = 0; i < input->count; i++)
        estimator->add(&sums, input, &input->points[i], i ? &input->points[i - 1] : NULL);
    return estimator->end(&sums, input, df, why);
}

/* The subgroups' own estimates of sigma, each weighted by the inverse of its relative variance (minimum variance; SPC.md "Sigma"). */
static void add_weighted(struct sigma_sums *sums, const struct subgroup *point, double statistic, bool ranges, bool published)
{
    if (!has_spread(point) || isnan(statistic))
        return;
    if (sums->n != point->n) {
        struct relative unit = ranges ? relative_range(point->n, published) : relative_sd(point->n);
        sums->n = point->n;
        sums->unit = unit.mean;
        sums->weight = unit.mean * unit.mean / (unit.sd * unit.sd);
    }
    sums->sum += sums->weight * statistic / sums->unit;
    sums->weights += sums->weight;
    sums->values += point->n;
    sums->subgroups++;
}

static const char no_subgroup[] = "no subgroup of two values or more";

static void add_range(struct sigma_sums *sums, const struct sigma_input *how, const struct subgroup *point, const struct subgroup *before)
{
    (void)before;
    add_weighted(sums, point, how->own ? point->dispersion : point->range, true, how->published);
}

static double end_range(const struct sigma_sums *sums, const struct sigma_input *how, double *df, const char **why)
{
    (void)how;
    *df = 0.9 * (sums->values - sums->subgroups);
    *why = sums->subgroups > 0 ? *why : no_subgroup;
    return sums->subgroups > 0 ? sums->sum / sums->weights : NAN;
}

static double of_rbar(const struct sigma_input *input, double *df, const char **why)
{
    return by_sums("rbar", input, df, why);
}

static void add_sd(struct sigma_sums *sums, const struct sigma_input *how, const struct subgroup *point, const struct subgroup *before)
{
    (void)before;
    add_weighted(sums, point, how->own ? point->dispersion : sqrt(point->ss / (point->n - 1)), false, how->published);
}

static double end_sd(const struct sigma_sums *sums, const struct sigma_input *how, double *df, const char **why)
{
    (void)how;
    *df = 0;
    *why = sums->subgroups > 0 ? *why : no_subgroup;
    if (!(sums->subgroups > 0))
        return NAN;
    *df = constant_sbar_df_factor((int)lround(sums->values / sums->subgroups)) * (sums->values - sums->subgroups);
    return sums->sum / sums->weights;
}

static double of_sbar(const struct sigma_input *input, double *df, const char **why)
{
    return by_sums("sbar", input, df, why);
}

static void add_squares(struct sigma_sums *sums, const struct sigma_input *how, const struct subgroup *point, const struct subgroup *before)
{
    (void)how;
    (void)before;
    if (has_spread(point)) {
        sums->sum += point->ss;
        sums->weights += point->n - 1;
    }
}

static double end_squares(const struct sigma_sums *sums, const struct sigma_input *how, double *df, const char **why)
{
    (void)how;
    *df = sums->weights;
    *why = *df > 0 ? *why : no_subgroup;
    return *df > 0 ? sqrt(sums->sum / *df) / constant_c4(*df + 1) : NAN;
}

static double of_pooled(const struct sigma_input *input, double *df, const char **why)
{
    return by_sums("pooled", input, df, why);
}

/* --- between neighbours */

static double step_at(const struct subgroup *points, size_t i)
{
    if (i == 0 || points[i].excluded || points[i - 1].excluded)
        return NAN;
    return fabs(points[i].location - points[i - 1].location);
}

/* As step_at, where the points know their moving range: it is missing after a gap too. */
static double range_at(const struct subgroup *points, size_t i)
{
    return i == 0 || points[i].excluded || points[i - 1].excluded ? NAN : points[i].dispersion;
}

typedef double step_get(const struct subgroup *points, size_t i);

static step_get *steps_of(const struct sigma_input *input)
{
    return input->own ? range_at : step_at;
}

/* Mean of the moving ranges up to `most`. */
static double mean_step(const struct sigma_input *input, double most, double *count)
{
    double sum = 0;
    step_get *get = steps_of(input);
    *count = 0;
    for (size_t i = 1; i < input->count; i++) {
        double step = get(input->points, i);
        if (step <= most) { /* false for a missing one */
            sum += step;
            *count += 1;
        }
    }
    return *count > 0 ? sum / *count : NAN;
}

static const char no_steps[] = "no two points in a row";

static void add_step(struct sigma_sums *sums, const struct sigma_input *how, const struct subgroup *point, const struct subgroup *before)
{
    if (!before || point->excluded || before->excluded)
        return;
    double step = how->own ? point->dispersion : fabs(point->location - before->location);
    if (!isnan(step)) {
        sums->sum += step;
        sums->weights++;
    }
}

static double end_step(const struct sigma_sums *sums, const struct sigma_input *how, double *df, const char **why)
{
    *df = sums->weights;
    *why = *df > 0 ? *why : no_steps;
    return *df > 0 ? sums->sum / *df / relative_range(2, how->published).mean : NAN;
}

static double of_mr(const struct sigma_input *input, double *df, const char **why)
{
    return by_sums("mr", input, df, why);
}

static double of_median_mr(const struct sigma_input *input, double *df, const char **why)
{
    mean_step(input, INFINITY, df);
    *why = *df > 0 ? *why : no_steps;
    double d4 = constant_d4(2);
    return sigma_median(input->points, input->count, steps_of(input)) / (input->published ? round(d4 * 1000) / 1000 : d4);
}

/* Moving ranges beyond the upper limit of their mean are left out, once (Nelson 1982). */
static double of_nelson_mr(const struct sigma_input *input, double *df, const char **why)
{
    struct relative unit = relative_range(2, input->published);
    double most = mean_step(input, INFINITY, df) * (1 + 3 * unit.sd / unit.mean);
    *why = *df > 0 ? *why : no_steps;
    return mean_step(input, most, df) / unit.mean;
}

/* ln(1 - e^-x), x > 0, exact at both ends. */
static double log_one_less(double x)
{
    return x > M_LN2 ? log1p(-exp(-x)) : log(-expm1(-x));
}

/* What the root of half the mean square of n successive differences has for a mean, in sigma (the c4' of Minitab). The form is a sum of
 * lambda_j z_j^2 with lambda_j = 1 - cos(pi j / (n + 1)); the mean of its root is the integral over s of (1 - product (1 + 2 s lambda_j / n)^-1/2)
 * s^-3/2 / (2 sqrt pi), and the product is a Chebyshev polynomial of the second kind: (a/2)^n U_n(1 + 1/a), a = 2 s / n. */
static double mssd_mean(double n)
{
    double sum = 0, step = 1.0 / 16;
    for (int i = -80 * 16; i <= 80 * 16; i++) {
        double t = i * step, a = 2 * exp(t) / n, root = sqrt(1 + 2 * a);
        double theta = log1p((1 + root) / a); /* cosh theta = 1 + 1/a; the product is a/2 e^theta to the n, times a ratio of sines */
        double power = n * log1p((a + 2 * a / (root + 1)) / 2);
        double sines = log_one_less(2 * (n + 1) * theta) - log_one_less(2 * theta);
        sum += -expm1(-(power + sines) / 2) * exp(-t / 2);
    }
    return sum * step / (2 * sqrt(M_PI));
}

static double of_sqrt_mssd(const struct sigma_input *input, double *df, const char **why)
{
    double squares = 0;
    step_get *get = steps_of(input);
    *df = 0;
    for (size_t i = 1; i < input->count; i++) {
        double step = get(input->points, i);
        if (!isnan(step)) {
            squares += step * step;
            *df += 1;
        }
    }
    *why = *df > 0 ? *why : no_steps;
    return *df > 0 ? sqrt(squares / 2 / *df) / mssd_mean(*df) : NAN;
}

/* --- all values */

static void add_value(struct sigma_sums *sums, const struct sigma_input *how, const struct subgroup *point, const struct subgroup *before)
{
    (void)how;
    (void)before;
    if (point->excluded || point->n < 1 || isnan(point->location))
        return;
    double n = sums->values, off = point->mean - sums->unit; /* unit: the mean so far */
    sums->sum += point->ss + off * off * n * point->n / (n + point->n);
    sums->unit += off * point->n / (n + point->n);
    sums->values += point->n;
}

static double end_value(const struct sigma_sums *sums, const struct sigma_input *how, double *df, const char **why)
{
    (void)how;
    *df = sums->values - 1;
    *why = sums->values >= 2 ? *why : "fewer than two values";
    return sums->values >= 2 ? sqrt(sums->sum / *df) : NAN;
}

static double of_overall(const struct sigma_input *input, double *df, const char **why)
{
    return by_sums("overall", input, df, why);
}

const struct sigma_estimator sigma_estimators[] = {
    {"rbar", "average range / d2", SIGMA_WITHIN, of_rbar, add_range, end_range},
    {"sbar", "average standard deviation / c4", SIGMA_WITHIN, of_sbar, add_sd, end_sd},
    {"pooled", "pooled standard deviation / c4", SIGMA_WITHIN, of_pooled, add_squares, end_squares},
    {"mr", "average moving range / d2", SIGMA_STEPS, of_mr, add_step, end_step},
    {"median-mr", "median moving range / d4", SIGMA_STEPS, of_median_mr, NULL, NULL},
    {"sqrt-mssd", "root of half the mean squared successive difference", SIGMA_STEPS, of_sqrt_mssd, NULL, NULL},
    {"nelson-mr", "average moving range without those beyond its limit", SIGMA_STEPS, of_nelson_mr, NULL, NULL},
    {"overall", "standard deviation of all values", SIGMA_ALL, of_overall, add_value, end_value},
};
const size_t sigma_estimator_count = sizeof sigma_estimators / sizeof sigma_estimators[0];

const struct sigma_estimator *sigma_estimator_find(const char *id)
{
    for (size_t i = 0; i < sigma_estimator_count; i++)
        if (id && !strcmp(sigma_estimators[i].id, id))
            return &sigma_estimators[i];
    return NULL;
}
