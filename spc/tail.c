#include "spc/tail.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

double tail_beta(double tail, bool upper, double a, double b)
{
    double low = 0, high = 1;
    for (;;) {
        double x = (low + high) / 2, reached = upper ? gsl_cdf_beta_Q(x, a, b) : gsl_cdf_beta_P(x, a, b);
        if (isnan(reached))
            return NAN;
        if (x == low || x == high)
            return x;
        if ((reached < tail) != upper)
            low = x;
        else
            high = x;
    }
}

/* With y beta of half the degrees of freedom, the second first, f = df2 (1 - y) / (df1 y); a small upper tail of f is a small y. */
double tail_f(double tail, double df1, double df2)
{
    double y = tail_beta(tail, false, df2 / 2, df1 / 2);
    return df2 * (1 - y) / (df1 * y);
}

double tail_f_above(double f, double df1, double df2)
{
    const double most = 1e15;
    bool sound = f >= 0 && !isinf(f) && df1 > 0 && df1 < most && df2 > 0 && df2 < most;
    return sound ? gsl_cdf_fdist_Q(f, df1, df2) : NAN;
}
