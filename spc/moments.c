#include "spc/moments.h"

#include <math.h>
#include <stdbool.h>

enum { DECIMALS_MAX = 9 };

/* A sum with its rounding errors kept beside it (Neumaier 1974). */
struct sum {
    double value, error;
};

static void sum_add(struct sum *sum, double term)
{
    double next = sum->value + term;
    sum->error += fabs(sum->value) >= fabs(term) ? (sum->value - next) + term : (term - next) + sum->value;
    sum->value = next;
}

static double sum_total(struct sum sum)
{
    return sum.value + sum.error;
}

/* The mean as the nearest double and what that double lacks. */
static struct sum exact_mean(const double *values, size_t count)
{
    struct sum total = {0}, rest = {0};
    for (size_t i = 0; i < count; i++)
        sum_add(&total, values[i]);
    double mean = sum_total(total) / (double)count;
    for (size_t i = 0; i < count; i++)
        sum_add(&rest, values[i] - mean);
    return (struct sum){.value = mean, .error = sum_total(rest) / (double)count};
}

void moments_add(struct moments *moments, double value)
{
    double before = (double)moments->n, n = before + 1, share = 1 / n; /* apart from the value: nothing need wait for the division */
    double delta = value - moments->mean, step = delta * share, step2 = step * step, term = delta * step * before;
    if (!moments->n || value < moments->min)
        moments->min = value;
    if (!moments->n || value > moments->max)
        moments->max = value;
    moments->n++;
    moments->mean += step;
    moments->m4 += term * step2 * (n * n - 3 * n + 3) + 6 * step2 * moments->m2 - 4 * step * moments->m3;
    moments->m3 += term * step * (n - 2) - 3 * step * moments->m2;
    moments->m2 += term;
}

void moments_merge(struct moments *into, const struct moments *other)
{
    if (!other->n)
        return;
    if (!into->n) {
        *into = *other;
        return;
    }
    double a = (double)into->n, b = (double)other->n, n = a + b;
    double delta = other->mean - into->mean, d = delta / n, d2 = d * d;
    double m2 = into->m2 + other->m2 + delta * d * a * b;
    double m3 = into->m3 + other->m3 + delta * d2 * a * b * (a - b) + 3 * d * (a * other->m2 - b * into->m2);
    double m4 = into->m4 + other->m4 + delta * d2 * d * a * b * (a * a - a * b + b * b) + 6 * d2 * (a * a * other->m2 + b * b * into->m2) +
                4 * d * (a * other->m3 - b * into->m3);
    into->mean += b * d;
    into->m2 = m2, into->m3 = m3, into->m4 = m4;
    into->n += other->n;
    into->min = fmin(into->min, other->min);
    into->max = fmax(into->max, other->max);
}

/* Decimals that say all values exactly: each is the double nearest to an integer / 10^decimals, and sums of them fit an int64. -1: they are no such
 * decimals. */
static int common_decimals(const double *values, size_t count)
{
    const double most = 0x1p62 / (double)count / 2;
    double scale = 1, largest = 0;
    int decimals = 0;
    for (size_t i = 0; i < count; i++) {
        while (nearbyint(values[i] * scale) / scale != values[i] && decimals <= DECIMALS_MAX) {
            scale *= 10;
            decimals++;
        }
        largest = fmax(largest, fabs(values[i]));
        if (decimals > DECIMALS_MAX || !(largest * scale < 0x1p53 && largest * scale < most))
            return -1;
    }
    return decimals;
}

/* The mean, and what deviations from it are taken from: of decimals, an integer that is n * 10^decimals times the mean. */
struct middle {
    bool exact;
    double scale, unit; /* 10^decimals, and n times that */
    int64_t n, total;
    struct sum mean;
};

static struct middle middle_of(const double *values, size_t count)
{
    int decimals = common_decimals(values, count);
    if (decimals < 0)
        return (struct middle){.mean = exact_mean(values, count)};
    struct middle middle = {.exact = true, .scale = pow(10, decimals), .n = (int64_t)count};
    middle.unit = (double)count * middle.scale;
    for (size_t i = 0; i < count; i++)
        middle.total += llrint(values[i] * middle.scale);
    middle.mean.value = (double)((long double)middle.total / middle.unit);
    return middle;
}

static double deviation(const struct middle *middle, double value)
{
    if (middle->exact)
        return (double)(llrint(value * middle->scale) * middle->n - middle->total) / middle->unit;
    return (value - middle->mean.value) - middle->mean.error;
}

struct moments moments_of(const double *values, size_t count)
{
    if (!count)
        return (struct moments){0};
    struct middle middle = middle_of(values, count);
    struct sum m2 = {0}, m3 = {0}, m4 = {0};
    struct moments moments = {.n = (int64_t)count, .mean = middle.mean.value, .min = values[0], .max = values[0]};
    for (size_t i = 0; i < count; i++) {
        double d = deviation(&middle, values[i]);
        moments.min = values[i] < moments.min ? values[i] : moments.min;
        moments.max = values[i] > moments.max ? values[i] : moments.max;
        sum_add(&m2, d * d);
        sum_add(&m3, d * d * d);
        sum_add(&m4, d * d * d * d);
    }
    if (moments.min == moments.max) {
        moments.mean = moments.min;
        return moments;
    }
    moments.m2 = sum_total(m2);
    moments.m3 = sum_total(m3);
    moments.m4 = sum_total(m4);
    return moments;
}

/* Deviations from the first value are exact or nearly so where the values are alike, and what rounding leaves of their mean is taken back
 * (Chan, Golub, LeVeque 1983, corrected two-pass). */
struct scatter scatter_of(const double *values, int n)
{
    double origin = values[0], low = origin, high = origin, sum = 0, rest = 0, squares = 0;
    for (int i = 1; i < n; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
        sum += values[i] - origin;
    }
    double shift = sum / n;
    for (int i = 0; i < n; i++) {
        double d = (values[i] - origin) - shift;
        rest += d;
        squares += d * d;
    }
    if (low == high)
        return (struct scatter){.mean = origin};
    return (struct scatter){.mean = origin + (shift + rest / n), .range = high - low, .squares = fmax(0, squares - rest * rest / n)};
}

double moments_variance(const struct moments *moments)
{
    return moments->n < 2 ? NAN : moments->m2 / (double)(moments->n - 1);
}

double moments_sd(const struct moments *moments)
{
    return sqrt(moments_variance(moments));
}

double moments_skewness(const struct moments *moments)
{
    double n = (double)moments->n;
    if (moments->n < 3 || moments->m2 <= 0)
        return NAN;
    double g1 = sqrt(n) * moments->m3 / (moments->m2 * sqrt(moments->m2));
    return g1 * sqrt(n * (n - 1)) / (n - 2);
}

double moments_kurtosis(const struct moments *moments)
{
    double n = (double)moments->n;
    if (moments->n < 4 || moments->m2 <= 0)
        return NAN;
    double g2 = n * moments->m4 / (moments->m2 * moments->m2) - 3;
    return (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6);
}

double autocorrelation_lag1(const double *values, size_t count)
{
    if (count < 2)
        return NAN;
    struct middle middle = middle_of(values, count);
    struct sum products = {0}, squares = {0};
    double before = 0;
    int varies = 0;
    for (size_t i = 0; i < count; i++) {
        double d = deviation(&middle, values[i]);
        sum_add(&squares, d * d);
        if (i)
            sum_add(&products, before * d);
        varies |= values[i] != values[0];
        before = d;
    }
    return varies ? sum_total(products) / sum_total(squares) : NAN;
}
