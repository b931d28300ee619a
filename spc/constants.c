#include "spc/constants_table.h"

#include <math.h>
#include <stddef.h>

static const struct range_constants *range_of(int n)
{
    static const struct range_constants none = {NAN, NAN, NAN};
    return n >= 2 && n <= CONSTANTS_MAX ? &range_constants[n - 2] : &none;
}

double constant_d2(int n)
{
    return range_of(n)->d2;
}

double constant_d3(int n)
{
    return range_of(n)->d3;
}

double constant_d4(int n)
{
    return range_of(n)->d4;
}

/* With x = (n - 1)/2, c4 = Gamma(x + 1/2) / (Gamma(x) sqrt(x)). The difference of two log-gammas loses seven digits at n = 1e6; this asymptotic
 * series of ln c4 (coefficients (4^-k - 1) B_2k / (k (2k - 1)), Bernoulli numbers) does not, and below x = 10 the recurrence leads up to it. */
double constant_c4(double n)
{
    static const double series[] = {-1.0 / 8, 1.0 / 192, -1.0 / 640, 17.0 / 14336, -31.0 / 18432, 691.0 / 180224.0, -5461.0 / 425984};
    if (!(n >= 2))
        return NAN;
    double x = (n - 1) / 2, start = x, factor = 1;
    for (; x < 10; x++)
        factor *= x / (x + 0.5);
    double sum = 0, x2 = x * x;
    for (size_t i = sizeof series / sizeof series[0]; i-- > 0;)
        sum = sum / x2 + series[i];
    return factor * sqrt(x / start) * exp(sum / x);
}

double constant_sbar_df_factor(int n)
{
    static const struct {
        int up_to;
        double factor;
    } steps[] = {{2, 0.88}, {3, 0.92}, {4, 0.94}, {5, 0.95}, {7, 0.96}, {9, 0.97}, {17, 0.98}, {64, 0.99}};
    if (n < 2)
        return NAN;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (n <= steps[i].up_to)
            return steps[i].factor;
    return 1;
}
