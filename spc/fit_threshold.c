/* Three-parameter fits: for each threshold the other two are a fit of the shifted values, and the score of the threshold along that profile
 * tells where the likelihood has a local maximum. */
#include "spc/fitters.h"

#include <math.h>

struct profile {
    const double *sorted;
    size_t n;
    int steps;
    double (*score)(struct profile *profile, double threshold, double *p);
};

/* Source: Cohen 1951; Johnson, Kotz, Balakrishnan 1994, ch. 14. p: location, scale, threshold. */
static double lognormal_score(struct profile *profile, double threshold, double *p)
{
    struct view view = view_logs(profile->sorted, profile->n, threshold);
    struct spread spread = view_spread(&view);
    double sum = 0;
    for (size_t i = 0; i < profile->n; i++)
        sum += (1 + (view_at(&view, i) - spread.mean) / (spread.sd * spread.sd)) / (profile->sorted[i] - threshold);
    p[0] = log(view.reference - threshold) + spread.mean;
    p[1] = spread.sd;
    p[2] = threshold;
    return sum;
}

/* Source: Smith and Naylor 1987. p: shape, scale, threshold. */
static double weibull_score(struct profile *profile, double threshold, double *p)
{
    struct view view = view_logs(profile->sorted, profile->n, threshold);
    double location, scale, sum = 0;
    int steps = fit_location_scale(&standard_smallest, &view, &location, &scale);
    if (steps < 0)
        return NAN;
    profile->steps += steps;
    for (size_t i = 0; i < profile->n; i++) {
        double z = (view_at(&view, i) - location) / scale;
        sum += (exp(z) / scale - (1 / scale - 1)) / (profile->sorted[i] - threshold);
    }
    p[0] = 1 / scale;
    p[1] = (view.reference - threshold) * exp(location);
    p[2] = threshold;
    return sum;
}

/* The threshold lies exp(u) below the smallest value. */
static double score_at(struct profile *profile, double u, double *p)
{
    return profile->score(profile, profile->sorted[0] - exp(u), p);
}

/* Halves a bracket whose score falls from positive (at `far`) to negative (at `near`) as the threshold rises. */
static void close_in(struct profile *profile, double near, double far, double *p)
{
    enum { STEPS = 100 };
    for (int i = 0; i < STEPS && fabs(far - near) > 1e-14 * fmax(1, fabs(far)); i++) {
        double middle = (near + far) / 2;
        profile->steps++;
        if (score_at(profile, middle, p) < 0)
            near = middle;
        else
            far = middle;
    }
    score_at(profile, (near + far) / 2, p);
}

/* Thresholds from a 10^-5 to 1000 times the range below the smallest value. */
static void fit_profile(struct fit *fit, struct profile *profile)
{
    enum { PLACES = 64 };
    double range = profile->sorted[profile->n - 1] - profile->sorted[0], first = log(1e-5 * range), step = log(1e8) / (PLACES - 1);
    double best = -INFINITY, p[DISTRIBUTION_PARAMETERS] = {0}, near = NAN;
    for (int i = 0; i < PLACES; i++) {
        double far = score_at(profile, first + i * step, p);
        if (near < 0 && far > 0) {
            close_in(profile, first + (i - 1) * step, first + i * step, p);
            double height = fit_log_likelihood(fit->distribution, p, profile->sorted, profile->n);
            for (int k = 0; k < 3 && height > best; k++)
                fit->parameters[k] = p[k];
            best = fmax(best, height);
        }
        near = far;
    }
    fit->method = "maximum likelihood";
    fit->iterations = profile->steps;
    if (isinf(best))
        fit->why = "the likelihood has no maximum inside: the threshold runs away";
}

void fit_lognormal3(struct fit *fit, const double *sorted, size_t n)
{
    fit_profile(fit, &(struct profile){.sorted = sorted, .n = n, .score = lognormal_score});
}

void fit_weibull3(struct fit *fit, const double *sorted, size_t n)
{
    fit_profile(fit, &(struct profile){.sorted = sorted, .n = n, .score = weibull_score});
}
