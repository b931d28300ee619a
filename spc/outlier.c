#include "spc/outlier.h"

#include "spc/moments.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

static double critical(double n, double tail)
{
    double t = gsl_cdf_tdist_Qinv(tail, n - 2);
    return (n - 1) / sqrt(n) * sqrt(t * t / (n - 2 + t * t));
}

struct grubbs grubbs_of(const double *values, size_t n, double alpha)
{
    struct grubbs result = {.g = NAN, .critical = NAN, .critical_one_sided = NAN, .p = NAN, .p_one_sided = NAN};
    struct moments moments = moments_of(values, n);
    if (n < 3 || !(moments.m2 > 0)) {
        result.why = n < 3 ? "fewer than three values" : "the values do not vary";
        return result;
    }
    for (size_t i = 1; i < n; i++)
        if (fabs(values[i] - moments.mean) > fabs(values[result.index] - moments.mean))
            result.index = i;
    double count = (double)n, g = fabs(values[result.index] - moments.mean) / moments_sd(&moments);
    double room = (count - 1) * (count - 1) / count - g * g; /* 0 when all but one are equal */
    double tail = room > 0 ? gsl_cdf_tdist_Q(g * sqrt((count - 2) / room), count - 2) : 0;
    result.g = g;
    result.critical = critical(count, alpha / (2 * count));
    result.critical_one_sided = critical(count, alpha / count);
    result.p = fmin(1, 2 * count * tail);
    result.p_one_sided = fmin(1, count * tail);
    return result;
}

struct doubt doubt_autocorrelation(const double *values, size_t n)
{
    struct doubt doubt = {.value = autocorrelation_lag1(values, n), .limit = n ? 2 / sqrt((double)n) : NAN};
    if (doubt.value > doubt.limit)
        doubt.words = "neighbouring values are alike (autocorrelation): limits from the spread within subgroups are too narrow";
    else if (doubt.value < -doubt.limit)
        doubt.words = "neighbouring values alternate (autocorrelation): over-adjustment, or two streams in one column";
    return doubt;
}

struct doubt doubt_resolution(const double *sorted, size_t n, double lower, double upper)
{
    enum { FEWEST = 10 }; /* fewer values may be few by themselves */
    struct doubt doubt = {.value = 0, .limit = 5};
    double previous = NAN;
    for (size_t i = 0; i < n; i++) {
        if (sorted[i] >= lower && sorted[i] <= upper && sorted[i] != previous)
            doubt.value++;
        previous = sorted[i];
    }
    if (n >= FEWEST && doubt.value < doubt.limit)
        doubt.words = "fewer than 5 different values within the limits: the gauge's resolution is too coarse for these figures";
    return doubt;
}
