/* Johnson's families by percentiles. Sources: Slifker and Shapiro 1980 (the equations); Chou, Polansky, Mason 1998 (z from 0.25 to 1.25 by 0.01;
 * the one whose transformed values have the largest Anderson-Darling p). */
#include "spc/fitters.h"
#include "spc/transform.h"

#include <math.h>

/* The four symmetric percentiles at -3z, -z, z, 3z, as distances: lower tail, middle, upper tail. */
struct four_points {
    double z, lower, middle, upper;
    double center; /* halfway between the inner two */
};

/* Position n p + 1/2, interpolated; the ends beyond the sample. */
static double percentile(const double *sorted, size_t n, double z)
{
    double position = (double)n * standard_normal.below(0, z) + 0.5, whole = floor(position);
    if (position < 1)
        return sorted[0];
    if (whole >= (double)n)
        return sorted[n - 1];
    const double *at = &sorted[(size_t)whole - 1];
    return at[0] + (position - whole) * (at[1] - at[0]);
}

static struct four_points four_points_of(const double *sorted, size_t n, double z)
{
    double a = percentile(sorted, n, -3 * z), b = percentile(sorted, n, -z), c = percentile(sorted, n, z), d = percentile(sorted, n, 3 * z);
    return (struct four_points){.z = z, .lower = b - a, .middle = c - b, .upper = d - c, .center = (b + c) / 2};
}

static void solve_bounded(const struct four_points *at, double *p)
{
    double u = at->middle / at->upper, l = at->middle / at->lower, product = (1 + u) * (1 + l);
    p[1] = at->z / acosh(sqrt(product) / 2);
    p[0] = p[1] * asinh((l - u) * sqrt(product - 4) / (2 * (u * l - 1)));
    p[2] = at->middle * sqrt((product - 2) * (product - 2) - 4) / (u * l - 1);
    p[3] = at->center - p[2] / 2 + at->middle * (l - u) / (2 * (u * l - 1));
}

static void solve_log(const struct four_points *at, double *p)
{
    double ratio = at->upper / at->middle;
    p[1] = 2 * at->z / log(ratio);
    p[0] = p[1] * log((ratio - 1) / sqrt(at->upper * at->middle));
    p[2] = at->center - at->middle / 2 * (ratio + 1) / (ratio - 1);
}

static void solve_unbounded(const struct four_points *at, double *p)
{
    double u = at->upper / at->middle, l = at->lower / at->middle;
    p[1] = 2 * at->z / acosh((u + l) / 2);
    p[0] = p[1] * asinh((l - u) / (2 * sqrt(u * l - 1)));
    p[2] = 2 * at->middle * sqrt(u * l - 1) / ((u + l - 2) * sqrt(u + l + 2));
    p[3] = at->center + at->middle * (l - u) / (2 * (u + l - 2));
}

enum family { BOUNDED, LOG, UNBOUNDED };

/* Which family the percentiles admit; near the border between two the equations lose all digits. */
static bool admits(enum family family, const struct four_points *at)
{
    static const double border = 1e-6;
    double ratio = at->upper * at->lower / (at->middle * at->middle);
    switch (family) {
    case BOUNDED:
        return at->lower > 0 && at->upper > 0 && ratio < 1 - border;
    case LOG:
        return at->upper > at->middle * (1 + border);
    case UNBOUNDED:
        return ratio > 1 + border;
    }
    return false;
}

static bool covers(const struct distribution *distribution, const double *p, const double *sorted, size_t n)
{
    return isfinite(distribution->transform->to_z(p, sorted[0]).z) && isfinite(distribution->transform->to_z(p, sorted[n - 1]).z);
}

static void fit_family(struct fit *fit, enum family family, const double *sorted, size_t n)
{
    static void (*const solve[])(const struct four_points *, double *) = {solve_bounded, solve_log, solve_unbounded};
    double best = -1;
    fit->method = "percentiles";
    for (int i = 25; i <= 125; i++) {
        double p[DISTRIBUTION_PARAMETERS] = {0};
        struct four_points at = four_points_of(sorted, n, i / 100.0);
        if (!(at.middle > 0) || !admits(family, &at))
            continue;
        solve[family](&at, p);
        fit->iterations++;
        if (!covers(fit->distribution, p, sorted, n))
            continue;
        double a2 = anderson_darling_transformed(fit->distribution, p, sorted, n), likely = fmax(0, anderson_p(ANDERSON_NORMAL, a2, n, 0).p);
        for (int k = 0; k < DISTRIBUTION_PARAMETERS && likely > best; k++)
            fit->parameters[k] = p[k];
        best = fmax(best, likely);
    }
    if (best < 0)
        fit->why = "no percentiles of the sample belong to this family";
}

void fit_johnson_sb(struct fit *fit, const double *sorted, size_t n)
{
    fit_family(fit, BOUNDED, sorted, n);
}

void fit_johnson_sl(struct fit *fit, const double *sorted, size_t n)
{
    fit_family(fit, LOG, sorted, n);
}

void fit_johnson_su(struct fit *fit, const double *sorted, size_t n)
{
    fit_family(fit, UNBOUNDED, sorted, n);
}
