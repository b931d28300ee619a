#include "spc/normality.h"

#include "spc/moments.h"
#include "spc/standard.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A polynomial by rising powers. */
static double polynomial(const double *c, int terms, double x)
{
    double sum = 0;
    for (int i = terms - 1; i >= 0; i--)
        sum = sum * x + c[i];
    return sum;
}

static double cdf(double z)
{
    return standard_normal.below(0, z);
}

static struct normality anderson(const double *sorted, size_t n)
{
    struct moments moments = moments_of(sorted, n);
    double p[] = {moments.mean, moments_sd(&moments)}, count = (double)n;
    double a2 = anderson_darling(distribution_find("normal"), p, sorted, n);
    return (struct normality){a2, a2 * (1 + 0.75 / count + 2.25 / (count * count)), anderson_p(ANDERSON_NORMAL, a2, n, 0), NULL};
}

/* Blom's approximate expected order statistic, i from 0. */
static double score(size_t i, size_t n)
{
    return gsl_cdf_ugaussian_Pinv(((double)i + 0.625) / ((double)n + 0.25));
}

/* The weights of W: Royston's polynomials for the outer one or two, the scores, rescaled, for the rest. */
struct weights {
    double outer, second, divisor;
    bool two;
};

static struct weights weights_of(size_t n)
{
    static const double c1[] = {0, 0.221157, -0.147981, -2.071190, 4.434685, -2.706056};
    static const double c2[] = {0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633};
    struct weights weights = {.outer = M_SQRT1_2, .divisor = 1, .two = n > 5};
    if (n == 3)
        return weights;
    double squares = 0, root = 1 / sqrt((double)n), first = score(0, n), next = score(1, n);
    for (size_t i = 0; i < n / 2; i++)
        squares += 2 * score(i, n) * score(i, n);
    double length = sqrt(squares);
    weights.outer = polynomial(c1, 6, root) - first / length;
    weights.second = polynomial(c2, 6, root) - next / length;
    double left = squares - 2 * first * first, room = 1 - 2 * weights.outer * weights.outer;
    if (weights.two) {
        left -= 2 * next * next;
        room -= 2 * weights.second * weights.second;
    }
    weights.divisor = sqrt(left / room);
    return weights;
}

/* 1 - W. */
static double lack_of_w(const double *sorted, size_t n)
{
    struct moments moments = moments_of(sorted, n);
    struct weights weights = weights_of(n);
    double along = 0, length = 0;
    for (size_t i = 0; i < n / 2; i++) {
        double a = i == 0 ? weights.outer : i == 1 && weights.two ? weights.second : -score(i, n) / weights.divisor;
        along += a * (sorted[n - 1 - i] - sorted[i]);
        length += 2 * a * a;
    }
    double whole = sqrt(length * moments.m2);
    return (whole - along) * (whole + along) / (length * moments.m2);
}

static struct normality shapiro_wilk(const double *sorted, size_t n)
{
    static const double g[] = {-2.273, 0.459}, c3[] = {0.544, -0.39978, 0.025054, -6.714e-4}, c4[] = {1.3822, -0.77857, 0.062767, -0.0020322};
    static const double c5[] = {-1.5861, -0.31082, -0.083751, 0.0038915}, c6[] = {-0.4803, -0.082676, 0.0030302};
    double lack = lack_of_w(sorted, n), y = log(lack), count = (double)n, u = log(count), mean, sd;
    struct normality result = {.statistic = 1 - lack, .adjusted = NAN, .p = {.relation = '='}};
    if (n == 3) {
        result.p.p = fmax(0, 6 / M_PI * (asin(sqrt(result.statistic)) - asin(sqrt(0.75))));
        return result;
    }
    if (n <= 11) {
        double gamma = polynomial(g, 2, count);
        if (y >= gamma) {
            result.p.p = 1e-99;
            return result;
        }
        y = -log(gamma - y);
        mean = polynomial(c3, 4, count);
        sd = exp(polynomial(c4, 4, count));
    } else {
        mean = polynomial(c5, 4, u);
        sd = exp(polynomial(c6, 3, u));
    }
    result.p.p = cdf(-(y - mean) / sd);
    return result;
}

/* Correlation of the values with their normal scores. */
static double score_correlation(const double *sorted, size_t n)
{
    struct moments moments = moments_of(sorted, n);
    double products = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        double s = score(i, n);
        products += s * (sorted[i] - moments.mean);
        squares += s * s;
    }
    return products / sqrt(squares * moments.m2);
}

static struct normality shapiro_francia(const double *sorted, size_t n)
{
    double r = score_correlation(sorted, n), u = log((double)n), v = log(u);
    double mean = -1.2725 + 1.0521 * (v - u), sd = 1.0308 - 0.26758 * (v + 2 / u);
    return (struct normality){.statistic = r * r, .adjusted = NAN, .p = {cdf(-(log1p(-r * r) - mean) / sd), '='}};
}

/* Critical points as functions of n, fitted up to 100; above it they drift off, and the square of the statistic is Shapiro and Francia's. */
static struct normality ryan_joiner(const double *sorted, size_t n)
{
    enum { FITTED_TO = 100 };
    static const double p[] = {0.10, 0.05, 0.01};
    struct normality result = shapiro_francia(sorted, n);
    double r = result.statistic = sqrt(result.statistic), k = (double)n, root = sqrt(k);
    if (n > FITTED_TO)
        return result;
    double points[] = {1.0071 - 0.1371 / root - 0.3682 / k + 0.7780 / (k * k), 1.0063 - 0.1288 / root - 0.6118 / k + 1.3505 / (k * k),
                       0.9963 - 0.0211 / root - 1.4106 / k + 3.1791 / (k * k)};
    int i = r > points[1] ? 0 : 1;
    double part = (points[i] - r) / (points[i] - points[i + 1]);
    if (r > points[0])
        result.p = (struct p_value){p[0], '>'};
    else if (r < points[2])
        result.p = (struct p_value){p[2], '<'};
    else
        result.p = (struct p_value){p[i] + part * (p[i + 1] - p[i]), '='};
    return result;
}

static double lilliefors_p(double d, double n)
{
    static const double low[] = {2.76773, -19.828315, 80.709644, -138.55152, 81.218052};
    static const double middle[] = {-4.901232, 40.662806, -97.490286, 94.029866, -32.355711};
    static const double high[] = {6.198765, -19.558097, 23.186922, -12.234627, 2.423045};
    double size = fmin(n, 100), k = n > 100 ? d * pow(n / 100, 0.49) : d;
    double p = exp(-7.01256 * k * k * (size + 2.78019) + 2.99587 * k * sqrt(size + 2.78019) - 0.122119 + 0.974598 / sqrt(size) + 1.67997 / size);
    if (p <= 0.1)
        return p;
    double s = (sqrt(n) - 0.01 + 0.85 / sqrt(n)) * d;
    if (s <= 0.302)
        return 1;
    return s <= 0.5 ? polynomial(low, 5, s) : s <= 0.9 ? polynomial(middle, 5, s) : s <= 1.31 ? polynomial(high, 5, s) : 0;
}

static struct normality lilliefors(const double *sorted, size_t n)
{
    struct moments moments = moments_of(sorted, n);
    double sd = moments_sd(&moments), count = (double)n, d = 0;
    for (size_t i = 0; i < n; i++) {
        double p = cdf((sorted[i] - moments.mean) / sd);
        d = fmax(d, fmax((double)(i + 1) / count - p, p - (double)i / count));
    }
    return (struct normality){.statistic = d, .adjusted = NAN, .p = {lilliefors_p(d, count), '='}};
}

static struct normality cramer_von_mises(const double *sorted, size_t n)
{
    struct moments moments = moments_of(sorted, n);
    double sd = moments_sd(&moments), count = (double)n, sum = 1 / (12 * count), p;
    for (size_t i = 0; i < n; i++) {
        double miss = cdf((sorted[i] - moments.mean) / sd) - (2 * (double)i + 1) / (2 * count);
        sum += miss * miss;
    }
    double w = sum * (1 + 0.5 / count);
    if (w < 0.0275)
        p = -expm1(-13.953 + 775.5 * w - 12542.61 * w * w);
    else if (w < 0.051)
        p = -expm1(-5.903 + 179.546 * w - 1515.29 * w * w);
    else if (w < 0.092)
        p = exp(0.886 - 31.62 * w + 10.897 * w * w);
    else
        p = exp(1.111 - 34.242 * w + 12.832 * w * w);
    return (struct normality){.statistic = sum, .adjusted = NAN, .p = w < 1.1 ? (struct p_value){p, '='} : (struct p_value){7.37e-10, '<'}};
}

const struct normality_test normality_tests[] = {
    {"anderson-darling", "Anderson-Darling", "A2", 8, SIZE_MAX, anderson},
    {"shapiro-wilk", "Shapiro-Wilk", "W", 3, 5000, shapiro_wilk},
    {"ryan-joiner", "Ryan-Joiner", "RJ", 4, SIZE_MAX, ryan_joiner},
    {"lilliefors", "Lilliefors", "D", 5, SIZE_MAX, lilliefors},
    {"cramer-von-mises", "Cramer-von Mises", "W2", 8, SIZE_MAX, cramer_von_mises},
    {"shapiro-francia", "Shapiro-Francia", "W'", 5, 5000, shapiro_francia},
};
const size_t normality_test_count = sizeof normality_tests / sizeof normality_tests[0];

const struct normality_test *normality_find(const char *id)
{
    for (size_t i = 0; i < normality_test_count; i++)
        if (!strcmp(normality_tests[i].id, id))
            return &normality_tests[i];
    return NULL;
}

static bool can_be_squared(const double *sorted, size_t n)
{
    struct moments moments = moments_of(sorted, n);
    return isfinite(moments.mean) && isfinite(moments.m2) && moments.m2 > 0;
}

struct normality normality_of(const struct normality_test *test, const double *sorted, size_t n)
{
    struct normality none = {NAN, NAN, {NAN, '='}, NULL};
    if (n < test->min_n)
        none.why = "too few values for this test";
    else if (n > test->max_n)
        none.why = "too many values for this test";
    else if (!isfinite(sorted[0]) || !isfinite(sorted[n - 1]))
        none.why = "a value is not a number";
    else if (sorted[0] == sorted[n - 1])
        none.why = "the values do not vary";
    else if (!can_be_squared(sorted, n))
        none.why = "the values are too large, or too close together, to be squared";
    struct normality result = none.why ? none : test->of(sorted, n);
    if (result.why || isfinite(result.statistic))
        return result;
    none.why = "a value lies where the fitted normal curve has no area left";
    return none;
}
