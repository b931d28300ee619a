/* Maximum likelihood where it is a closed form or a concave climb. */
#include "spc/fitters.h"

#include <math.h>

static const char likelihood[] = "maximum likelihood";
const char too_close[] = "the values lie too close together to be told apart";

struct view view_plain(const double *sorted, size_t n)
{
    return (struct view){.x = sorted, .n = n, .reference = sorted[n / 2]};
}

struct view view_logs(const double *sorted, size_t n, double threshold)
{
    return (struct view){.x = sorted, .n = n, .reference = sorted[n / 2], .threshold = threshold, .logs = true};
}

double view_at(const struct view *view, size_t i)
{
    double d = view->x[i] - view->reference, distance = view->reference - view->threshold;
    if (!view->logs)
        return d;
    return d > -0.5 * distance ? log1p(d / distance) : log((view->x[i] - view->threshold) / distance);
}

struct spread view_spread(const struct view *view)
{
    double n = (double)view->n, mean = 0, squares = 0, rest = 0;
    for (size_t i = 0; i < view->n; i++)
        mean += view_at(view, i);
    mean /= n;
    for (size_t i = 0; i < view->n; i++) {
        double d = view_at(view, i) - mean;
        squares += d * d;
        rest += d;
    }
    return (struct spread){mean + rest / n, sqrt((squares - rest * rest / n) / n)};
}

/* The likelihood of ln f(a t + b) + ln a and its derivatives; t are the values of the view, standardised. */
struct hill {
    double value, by_a, by_b, by_aa, by_ab, by_bb;
};

static struct hill hill_at(const struct standard_distribution *standard, const struct view *view, const struct spread *unit, double a, double b)
{
    double n = (double)view->n;
    struct hill hill = {.value = n * log(a), .by_a = n / a, .by_aa = -n / (a * a)};
    for (size_t i = 0; i < view->n; i++) {
        double t = (view_at(view, i) - unit->mean) / unit->sd, z = a * t + b, slope, curvature;
        standard->climb(z, &slope, &curvature);
        hill.value += standard->log_density(0, z);
        hill.by_a += slope * t;
        hill.by_b += slope;
        hill.by_aa += curvature * t * t;
        hill.by_ab += curvature * t;
        hill.by_bb += curvature;
    }
    return hill;
}

/* Newton's method on a concave surface; a step that does not climb is halved. */
int fit_location_scale(const struct standard_distribution *standard, const struct view *view, double *location, double *scale)
{
    enum { STEPS = 200, HALVINGS = 60 };
    struct spread unit = view_spread(view);
    double a = 1.2, b = 0;
    struct hill here = hill_at(standard, view, &unit, a, b);
    for (int step = 1; step <= STEPS; step++) {
        double det = here.by_aa * here.by_bb - here.by_ab * here.by_ab;
        double da = -(here.by_bb * here.by_a - here.by_ab * here.by_b) / det, db = -(here.by_aa * here.by_b - here.by_ab * here.by_a) / det;
        bool last = fabs(da) <= 1e-10 * a && fabs(db) <= 1e-10 * (1 + fabs(b));
        struct hill there = here;
        int halving = 0;
        for (; !last && halving < HALVINGS; halving++, da /= 2, db /= 2) {
            there = a + da > 0 ? hill_at(standard, view, &unit, a + da, b + db) : here;
            if (a + da > 0 && there.value >= here.value - 1e-13 * fabs(here.value))
                break;
        }
        if (!isfinite(da) || !isfinite(db) || halving == HALVINGS)
            return -1;
        a += da;
        b += db;
        if (last) {
            *scale = unit.sd / a;
            *location = unit.mean - b * *scale;
            return step;
        }
        here = there;
    }
    return -1;
}

static void climb(struct fit *fit, const struct standard_distribution *standard, const struct view *view, double *location, double *scale)
{
    fit->method = likelihood;
    fit->iterations = fit_location_scale(standard, view, location, scale);
    if (fit->iterations < 0)
        fit->why = "the likelihood has no maximum that can be found";
}

void fit_normal(struct fit *fit, const double *sorted, size_t n)
{
    struct view view = view_plain(sorted, n);
    struct spread spread = view_spread(&view);
    fit->parameters[0] = view.reference + spread.mean;
    fit->parameters[1] = spread.sd;
    fit->method = likelihood;
}

void fit_lognormal(struct fit *fit, const double *sorted, size_t n)
{
    struct view view = view_logs(sorted, n, 0);
    struct spread spread = view_spread(&view);
    fit->parameters[0] = log(view.reference) + spread.mean;
    fit->parameters[1] = spread.sd;
    fit->method = likelihood;
}

void fit_logistic(struct fit *fit, const double *sorted, size_t n)
{
    struct view view = view_plain(sorted, n);
    climb(fit, &standard_logistic, &view, &fit->parameters[0], &fit->parameters[1]);
    fit->parameters[0] += view.reference;
}

void fit_smallest(struct fit *fit, const double *sorted, size_t n)
{
    struct view view = view_plain(sorted, n);
    climb(fit, &standard_smallest, &view, &fit->parameters[0], &fit->parameters[1]);
    fit->parameters[0] += view.reference;
}

void fit_largest(struct fit *fit, const double *sorted, size_t n)
{
    struct view view = view_plain(sorted, n);
    climb(fit, &standard_largest, &view, &fit->parameters[0], &fit->parameters[1]);
    fit->parameters[0] += view.reference;
}

void fit_loglogistic(struct fit *fit, const double *sorted, size_t n)
{
    struct view view = view_logs(sorted, n, 0);
    climb(fit, &standard_logistic, &view, &fit->parameters[0], &fit->parameters[1]);
    fit->parameters[0] += log(view.reference);
}

/* ln of a Weibull value is of the smallest extreme value distribution. */
void fit_weibull(struct fit *fit, const double *sorted, size_t n)
{
    struct view view = view_logs(sorted, n, 0);
    double location = NAN, scale = NAN;
    climb(fit, &standard_smallest, &view, &location, &scale);
    fit->parameters[0] = 1 / scale;
    fit->parameters[1] = view.reference * exp(location);
}

static double mean_power(const double *sorted, size_t n, int power)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += power == 1 ? sorted[i] : sorted[i] * sorted[i];
    return sum / (double)n;
}

void fit_exponential(struct fit *fit, const double *sorted, size_t n)
{
    fit->parameters[0] = mean_power(sorted, n, 1);
    fit->method = likelihood;
}

void fit_rayleigh(struct fit *fit, const double *sorted, size_t n)
{
    fit->parameters[0] = sqrt(mean_power(sorted, n, 2) / 2);
    fit->method = likelihood;
}

/* ln a - psi(a) = ln(mean) - mean of ln x; the left side falls nearly as 1 / a, so a proportional step closes in at once. Start: Minka 2002. */
void fit_gamma(struct fit *fit, const double *sorted, size_t n)
{
    enum { STEPS = 200 };
    double mean = mean_power(sorted, n, 1), gap = 0, rest = 0;
    for (size_t i = 0; i < n; i++) {
        double d = (sorted[i] - mean) / mean;
        gap -= d > -0.5 ? log1p_rest(d) : log(sorted[i] / mean) - d;
        rest += d;
    }
    gap /= (double)n; /* what the mean lacks cancels against the sum of d */
    mean += mean * rest / (double)n;
    if (!(gap > 0)) {
        fit->why = too_close;
        return;
    }
    double a = (3 - gap + sqrt((gap - 3) * (gap - 3) + 24 * gap)) / (12 * gap), factor = 2;
    for (fit->iterations = 0; fit->iterations < STEPS && fabs(factor - 1) > 1e-15; fit->iterations++) {
        factor = log_minus_digamma(a) / gap;
        a *= factor;
    }
    fit->parameters[0] = a;
    fit->parameters[1] = mean / a;
    fit->method = likelihood;
}

/* The score of the folded normal's mean when its variance is what the second moment leaves: mean of x tanh(mu x / sd^2), less mu. */
static double folded_score(const double *sorted, size_t n, double square, double mu)
{
    double variance = square - mu * mu, sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += sorted[i] * tanh(mu * sorted[i] / variance);
    return sum / (double)n - mu;
}

/* Source: Leone, Nelson, Nottingham 1961; Tsagris, Beneki, Hassani 2014. The score is positive below its root and negative above. Where every tanh is
 * 1 nothing is folded, and the normal fit has the digits. */
void fit_folded(struct fit *fit, const double *sorted, size_t n)
{
    fit_normal(fit, sorted, n);
    if (fit->parameters[0] * sorted[0] > 20 * fit->parameters[1] * fit->parameters[1])
        return;
    enum { STEPS = 200 };
    double square = mean_power(sorted, n, 2), root = sqrt(square), low = 1e-4 * root, high = root * (1 - 1e-12);
    int steps = 0;
    if (folded_score(sorted, n, square, low) <= 0)
        high = low = 0;
    for (; steps < STEPS && high - low > 1e-15 * root; steps++) {
        double middle = (low + high) / 2;
        if (folded_score(sorted, n, square, middle) > 0)
            low = middle;
        else
            high = middle;
    }
    fit->parameters[0] = (low + high) / 2;
    fit->parameters[1] = sqrt(square - fit->parameters[0] * fit->parameters[0]);
    fit->iterations = steps;
}
