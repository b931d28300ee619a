/* Box and Cox 1964. The standardised transform w = (x^lambda - 1) / (lambda gm^(lambda - 1)) has, up to a shift, the values gm h with
 * h = expm1(lambda y) / lambda, y = ln(x / gm): its spread is compared between powers. */
#include "spc/fitters.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

struct powers {
    const double *values;
    size_t n, group;
    double log_mean; /* ln gm */
};

/* Sum of squares of h within groups, and half its derivative by lambda. */
struct ripple {
    double squares, slope;
};

static void term(const struct powers *powers, double lambda, double value, double *h, double *dh)
{
    double y = log(value) - powers->log_mean, g = lambda * y;
    *h = fabs(g) < 1e-8 ? y * (1 + g / 2) : expm1(g) / lambda;
    *dh = fabs(g) < 1e-3 ? y * y * (0.5 + g * (1.0 / 3 + g * (1.0 / 8 + g * (1.0 / 30 + g / 144)))) : (y * exp(g) - *h) / lambda;
}

static struct ripple ripple_of(const struct powers *powers, double lambda)
{
    struct ripple ripple = {0};
    for (size_t first = 0; first < powers->n; first += powers->group) {
        size_t end = first + powers->group < powers->n ? first + powers->group : powers->n;
        double h, dh, mean = 0;
        for (size_t i = first; i < end; i++) {
            term(powers, lambda, powers->values[i], &h, &dh);
            mean += h / (double)(end - first);
        }
        for (size_t i = first; i < end; i++) {
            term(powers, lambda, powers->values[i], &h, &dh);
            ripple.squares += (h - mean) * (h - mean);
            ripple.slope += (h - mean) * dh;
        }
    }
    return ripple;
}

static const double furthest = 5;

/* The power between `low`, where the slope is negative (or ln squares below goal), and `high`, where it is not. */
static double halve(const struct powers *powers, double low, double high, double goal, bool of_slope, int *steps)
{
    enum { STEPS = 100 };
    for (int i = 0; i < STEPS && fabs(high - low) > 1e-14; i++, ++*steps) {
        double middle = (low + high) / 2;
        struct ripple ripple = ripple_of(powers, middle);
        if (of_slope ? ripple.slope > 0 : log(ripple.squares) > goal)
            high = middle;
        else
            low = middle;
    }
    return (low + high) / 2;
}

/* Smallest on a grid, then where the slope changes sign beside it; at the end of the range when it falls outwards. */
static double best_power(const struct powers *powers, int *steps)
{
    static const double grid = 0.125;
    double best = -furthest, least = INFINITY;
    for (double lambda = -furthest; lambda <= furthest; lambda += grid) {
        double squares = ripple_of(powers, lambda).squares;
        if (squares < least) {
            least = squares;
            best = lambda;
        }
        ++*steps;
    }
    bool rises = ripple_of(powers, best).slope > 0;
    if ((best == -furthest && rises) || (best == furthest && !rises))
        return best;
    return rises ? halve(powers, best - grid, best, 0, true, steps) : halve(powers, best, best + grid, 0, true, steps);
}

/* Where the likelihood has fallen by half a chi-square quantile, towards `end`. */
static double likelihood_edge(const struct powers *powers, double best, double end, double drop)
{
    int steps = 0;
    double goal = log(ripple_of(powers, best).squares) + drop;
    if (log(ripple_of(powers, end).squares) < goal)
        return NAN;
    return halve(powers, best, end, goal, false, &steps);
}

static struct boxcox no_power(const char *why)
{
    return (struct boxcox){.lambda = NAN, .lower = NAN, .upper = NAN, .sd = NAN, .log_likelihood = NAN, .why = why};
}

struct boxcox boxcox_of(const double *values, size_t n, size_t group, double confidence)
{
    struct boxcox result = {0};
    struct powers powers = {.values = values, .n = n, .group = group > 1 ? group : n};
    bool varies = false;
    for (size_t i = 0; i < n; i++) {
        if (!(values[i] > 0) || isinf(values[i]))
            return no_power("a value is zero or negative");
        varies |= values[i] != values[0];
        powers.log_mean += log(values[i]) / (double)n;
    }
    if (n < 3 || !varies)
        return no_power(n < 3 ? "fewer than three values" : "the values do not vary");
    if (!(ripple_of(&powers, 1).squares > 0))
        return no_power("no spread within subgroups");
    result.lambda = best_power(&powers, &result.iterations);
    double groups = ceil((double)n / (double)powers.group), squares = ripple_of(&powers, result.lambda).squares, count = (double)n;
    double z = gsl_cdf_ugaussian_Qinv((1 - confidence) / 2), drop = z * z / count;
    result.lower = likelihood_edge(&powers, result.lambda, -furthest, drop);
    result.upper = likelihood_edge(&powers, result.lambda, furthest, drop);
    result.sd = exp(powers.log_mean) * sqrt(squares / (count - groups));
    result.log_likelihood = -count / 2 * (2 * powers.log_mean + log(squares / count));
    return result;
}

void fit_boxcox(struct fit *fit, const double *sorted, size_t n)
{
    struct boxcox best = boxcox_of(sorted, n, 1, 0.95);
    double lambda = best.lambda, mean = 0, squares = 0;
    fit->why = best.why;
    fit->iterations = best.iterations;
    fit->method = "maximum likelihood";
    for (size_t i = 0; i < n; i++)
        mean += lambda == 0 ? log(sorted[i]) : expm1(lambda * log(sorted[i])) / lambda;
    mean /= (double)n;
    for (size_t i = 0; i < n; i++) {
        double d = (lambda == 0 ? log(sorted[i]) : expm1(lambda * log(sorted[i])) / lambda) - mean;
        squares += d * d;
    }
    fit->parameters[0] = lambda;
    fit->parameters[1] = mean;
    fit->parameters[2] = sqrt(squares / (double)n);
}
