#include "spc/drift.h"

#include "spc/moments.h"
#include "spc/standard.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>

/* The values as deviations from one of them, and what is known. */
struct series {
    const double *values;
    size_t n;
    double origin;
    double before; /* about the origin; NAN: unknown */
    double total, squares;
};

static bool known(const struct series *series)
{
    return !isnan(series->before);
}

static double at(const struct series *series, size_t i)
{
    return series->values[i] - series->origin;
}

static struct series series_of(const double *values, size_t n, double before)
{
    struct moments moments = moments_of(values, n);
    struct series series = {.values = values, .n = n, .origin = isnan(before) ? moments.mean : before, .before = isnan(before) ? NAN : 0};
    for (size_t i = 0; i < n; i++) {
        series.total += at(&series, i);
        series.squares += at(&series, i) * at(&series, i);
    }
    return series;
}

/* Residual sum of squares without a change. */
static double residual_level(const struct series *series)
{
    return known(series) ? series->squares : series->squares - series->total * series->total / (double)series->n;
}

/* A change after `last` values, walked from the newest value back: sums of the values after it, and of their ramps 1, 2, ... */
struct walk {
    double after, ramp; /* sums of values after the change; of ramp x value */
    double count;
    double mean_before, mean_after, slope, residual;
};

static void walk_step(struct walk *walk, const struct series *series)
{
    double n = (double)series->n, m = walk->count, rest = series->total - walk->after, before = known(series) ? 0 : rest / (n - m);
    walk->mean_before = before;
    walk->mean_after = walk->after / m;
    walk->residual = residual_level(series);
    if (known(series))
        walk->residual -= walk->after * walk->after / m;
    else
        walk->residual -= (walk->mean_after - before) * (walk->mean_after - before) * m * (n - m) / n;
}

/* The line before + slope x ramp. */
static void walk_drift(struct walk *walk, const struct series *series)
{
    double n = (double)series->n, m = walk->count, ramps = m * (m + 1) / 2, squares = m * (m + 1) * (2 * m + 1) / 6;
    double products = walk->ramp, free = squares;
    if (!known(series)) {
        products -= ramps * series->total / n;
        free -= ramps * ramps / n;
    }
    walk->slope = products / free;
    walk->mean_before = known(series) ? 0 : (series->total - walk->slope * ramps) / n;
    walk->mean_after = walk->mean_before + walk->slope * m;
    walk->residual = residual_level(series) - products * products / free;
}

/* Goes one value back. */
static void walk_back(struct walk *walk, const struct series *series, enum change_kind kind)
{
    walk->count++;
    walk->after += at(series, series->n - (size_t)walk->count);
    walk->ramp += walk->after; /* every ramp grows by one, and the new value's is 1 */
    if (kind == CHANGE_STEP)
        walk_step(walk, series);
    else
        walk_drift(walk, series);
}

/* Fewest values before and after a change: a step needs one before it where its mean is unknown, a drift two. */
static size_t least_before(const struct series *series, enum change_kind kind)
{
    return known(series) ? 0 : kind == CHANGE_STEP ? 1 : 2;
}

static struct walk best_walk(const struct series *series, enum change_kind kind)
{
    struct walk walk = {0}, best = {.residual = INFINITY};
    size_t least = least_before(series, kind), most = series->n - least;
    while ((size_t)walk.count < most) {
        walk_back(&walk, series, kind);
        if (walk.count >= (kind == CHANGE_DRIFT ? 2 : 1) && walk.residual < best.residual)
            best = walk;
    }
    return best;
}

/* The outermost places whose residuals are at most `most`. */
static void interval(struct change_point *change, const struct series *series, double most)
{
    struct walk walk = {0};
    size_t least = least_before(series, change->kind);
    change->lower = change->upper = change->last;
    while ((size_t)walk.count < series->n - least) {
        walk_back(&walk, series, change->kind);
        size_t last = series->n - (size_t)walk.count;
        if (walk.residual > most || walk.count < (change->kind == CHANGE_DRIFT ? 2 : 1))
            continue;
        change->lower = last < change->lower ? last : change->lower;
        change->upper = last > change->upper ? last : change->upper;
    }
}

/* Siegmund's correction for overshoot: nu(x), from 1 at 0 to 2 / x2. */
static double nu(double x)
{
    double half = x / 2, below = standard_normal.below(0, half), density = exp(standard_normal.log_density(0, half));
    return x < 1e-8 ? 1 : (2 / x) * (below - 0.5) / (half * below + density);
}

/* P(max |Z_k| >= b) over all places, Z_k standard normal for each. */
static double step_p(const struct series *series, double b)
{
    double n = (double)series->n, sum = 0;
    for (size_t k = 1; k < series->n; k++) {
        double t = (double)k / n, room = known(series) ? t : t * (1 - t);
        sum += nu(b / sqrt(n * room)) / room / n;
    }
    return fmin(1, b * exp(standard_normal.log_density(0, b)) * sum + 2 * standard_normal.above(0, b));
}

/* The normal z as unlikely as t with df degrees of freedom. */
static double as_normal(double t, double df)
{
    double tail = gsl_cdf_tdist_Q(t, df);
    return tail > 0 ? gsl_cdf_ugaussian_Qinv(tail) : 38;
}

static struct change_point no_change(enum change_kind kind, const char *why)
{
    return (struct change_point){.kind = kind, .before = NAN, .after = NAN, .slope = NAN, .sd = NAN, .gain = NAN, .p = NAN, .why = why};
}

struct change_point change_point_of(const double *values, size_t n, enum change_kind kind, double before, double confidence)
{
    enum { FEWEST = 6 };
    if (n < FEWEST)
        return no_change(kind, "fewer than six values");
    struct series series = series_of(values, n, before);
    double level = residual_level(&series), df = (double)n - (known(&series) ? 1 : 2);
    if (!(level > 0))
        return no_change(kind, "the values do not vary");
    struct walk best = best_walk(&series, kind);
    best.residual = fmax(best.residual, 1e-20 * level);
    double t = sqrt((level - best.residual) / (best.residual / df));
    struct change_point change = {.kind = kind, .last = n - (size_t)best.count};
    change.before = series.origin + best.mean_before;
    change.after = series.origin + best.mean_after;
    change.slope = kind == CHANGE_DRIFT ? best.slope : NAN;
    change.sd = sqrt(best.residual / (kind == CHANGE_STEP ? df : df - 1)); /* a drift's start is one more parameter */
    change.gain = (double)n / 2 * log(level / best.residual);
    double allowed = -log1p(-sqrt(confidence)) * 2 / (double)n, f = gsl_cdf_tdist_Qinv((1 - confidence) / 2, df - 1);
    change.p = kind == CHANGE_STEP ? step_p(&series, as_normal(t, df)) : fmin(1, 2 * (double)n * gsl_cdf_tdist_Q(t, df));
    interval(&change, &series, best.residual * (kind == CHANGE_STEP ? exp(allowed) : 1 + f * f / (df - 1)));
    return change;
}

struct change_point change_point_best(const double *values, size_t n, double before, double confidence)
{
    struct change_point step = change_point_of(values, n, CHANGE_STEP, before, confidence);
    struct change_point drift = change_point_of(values, n, CHANGE_DRIFT, before, confidence);
    return drift.gain > step.gain ? drift : step;
}
