#include "spc/quantile.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

/* For small df the lower tail is P(x) ~ (x / 2)^(df / 2) / Gamma(df / 2 + 1). */
static double first_guess(double lower, double df)
{
    double spread = 2 / (9 * df), root = 1 - spread + gsl_cdf_ugaussian_Pinv(lower) * sqrt(spread);
    if (root > 0.1)
        return df * root * root * root;
    return 2 * exp((log(lower) + gsl_sf_lngamma(df / 2 + 1)) * 2 / df);
}

/* How far x is below the quantile, in probability; taken from the tail that keeps its digits. */
static double missing(double x, double lower, double df)
{
    return lower < 0.5 ? lower - gsl_cdf_chisq_P(x, df) : gsl_cdf_chisq_Q(x, df) - (1 - lower);
}

/* The expansion by Cornish and Fisher 1937 up to df^(-3/2): above many df its error is below a double's, and GSL's distribution function, which
 * Newton would need, no longer converges everywhere. */
static const double many = 1e5;

static double expanded(double lower, double df)
{
    double z = gsl_cdf_ugaussian_Pinv(lower), square = z * z, root = sqrt(2 * df);
    return df + root * z + 2.0 / 3 * (square - 1) + z * (square - 7) / (9 * root) - (6 * square * square + 14 * square - 32) / (405 * df) +
           z * (9 * square * square + 256 * square - 433) / (4860 * root * df);
}

double chi_square_quantile(double lower, double df)
{
    if (!(df > 0) || isinf(df) || !(lower > 0 && lower < 1))
        return NAN;
    if (df > many)
        return expanded(lower, df);
    double low = 0, high = INFINITY, x = first_guess(lower, df);
    for (int i = 0; i < 100; i++) {
        double step = missing(x, lower, df) / gsl_ran_chisq_pdf(x, df), next = x + step;
        if (step > 0)
            low = x;
        else
            high = x;
        if (!(next > low && next < high))
            next = isinf(high) ? 2 * x : (low + high) / 2;
        if (fabs(next - x) <= 1e-15 * x)
            return next;
        x = next;
    }
    return x;
}
