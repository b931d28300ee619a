#include "spc/percentile.h"

#include "spc/fitters.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Intervals of the indices of a fitted distribution: how far the likelihood lets the parameters move, carried to the index. */

enum { MOST = DISTRIBUTION_PARAMETERS };

struct top {
    const struct distribution *distribution;
    const double *sorted;
    size_t n;
    int count;
    double at[MOST], step[MOST], height;
    double root[MOST][MOST]; /* Cholesky's, of the observed information in units of the steps */
};

static double height_at(const struct top *top, int i, double by_i, int j, double by_j)
{
    double p[MOST];
    memcpy(p, top->at, sizeof p);
    p[i] += by_i * top->step[i];
    p[j] += by_j * top->step[j];
    return fit_log_likelihood(top->distribution, p, top->sorted, top->n);
}

/* A step that costs a hundredth in ln likelihood, a seventh of a standard error: small enough to be quadratic, far above rounding. */
static bool find_step(struct top *top, int i)
{
    const double wanted = 0.01;
    top->step[i] = fmax(fabs(top->at[i]), 1e-3) * 1e-4;
    for (int turn = 0; turn < 60; turn++) {
        double lost = top->height - (height_at(top, i, 1, i, 0) + height_at(top, i, -1, i, 0)) / 2;
        if (lost > wanted / 2 && lost < wanted * 2)
            return true;
        double factor = lost > 0 && isfinite(lost) ? sqrt(wanted / lost) : lost <= 0 ? 10 : 0.1;
        top->step[i] *= fmin(100, fmax(0.01, factor));
    }
    return false;
}

static bool factor(struct top *top)
{
    for (int i = 0; i < top->count; i++)
        for (int j = 0; j <= i; j++) {
            double curve =
                i == j ? 2 * top->height - height_at(top, i, 1, i, 0) - height_at(top, i, -1, i, 0)
                       : (height_at(top, i, 1, j, -1) + height_at(top, i, -1, j, 1) - height_at(top, i, 1, j, 1) - height_at(top, i, -1, j, -1)) / 4;
            for (int k = 0; k < j; k++)
                curve -= top->root[i][k] * top->root[j][k];
            if (i == j && !(curve > 0))
                return false;
            top->root[i][j] = i == j ? sqrt(curve) : curve / top->root[j][j];
        }
    return true;
}

static bool find_top(struct top *top, const struct fit *fit, const double *sorted)
{
    *top = (struct top){.distribution = fit->distribution, .sorted = sorted, .n = fit->n, .count = fit->distribution->parameters};
    memcpy(top->at, fit->parameters, sizeof top->at);
    top->height = fit_log_likelihood(top->distribution, top->at, sorted, top->n);
    for (int i = 0; i < top->count; i++)
        if (!find_step(top, i))
            return false;
    return factor(top);
}

/* The standard error of a function whose slopes, a step each, are given: the length of root^-1 slopes. */
static double error_of(const struct top *top, const double *slopes)
{
    double solved[MOST], sum = 0;
    for (int i = 0; i < top->count; i++) {
        solved[i] = slopes[i];
        for (int k = 0; k < i; k++)
            solved[i] -= top->root[i][k] * solved[k];
        solved[i] /= top->root[i][i];
        sum += solved[i] * solved[i];
    }
    return sqrt(sum);
}

static const char *obstacle(const struct fit *fit)
{
    if (fit->distribution->support == SUPPORT_THRESHOLD)
        return "no interval: the likelihood of an estimated threshold has no quadratic top";
    if (!fit->method || strncmp(fit->method, "maximum likelihood", 18))
        return "no interval: the fit is not by maximum likelihood";
    return NULL;
}

static void no_intervals(struct shape_capability *shape, const char *why)
{
    struct index *const all[] = {&shape->pp, &shape->ppl, &shape->ppu, &shape->ppk};
    for (int i = 0; i < 4; i++)
        if (!isnan(all[i]->value))
            all[i]->why = why;
}

static void fill(struct index *index, double error, bool logarithm, double confidence)
{
    double tail = (1 - confidence) / 2, wide = gsl_cdf_ugaussian_Qinv(tail) * error, narrow = gsl_cdf_ugaussian_Qinv(2 * tail) * error;
    if (isnan(index->value))
        return;
    if (logarithm && index->value > 0) {
        index->lower = index->value * exp(-wide / index->value);
        index->upper = index->value * exp(wide / index->value);
        index->bound = index->value * exp(-narrow / index->value);
    } else {
        index->lower = index->value - wide;
        index->upper = index->value + wide;
        index->bound = index->value - narrow;
    }
    if (!isfinite(index->lower) || !isfinite(index->upper)) {
        index->lower = index->upper = index->bound = NAN;
        index->why = "no interval: the fit does not say how far the index could lie";
    }
}

/* The smaller of both sides, with the smaller of their limits: where the sides are alike, which one is smaller is chance too. */
static struct index smaller(const struct index *lower, const struct index *upper)
{
    if (isnan(lower->value) || isnan(upper->value))
        return isnan(lower->value) ? *upper : *lower;
    return (struct index){.value = fmin(lower->value, upper->value),
                          .lower = fmin(lower->lower, upper->lower),
                          .upper = fmin(lower->upper, upper->upper),
                          .bound = fmin(lower->bound, upper->bound),
                          .why = lower->why ? lower->why : upper->why};
}

void shape_intervals(struct shape_capability *shape, shape_method *indices, const struct fit *fit, const double *sorted,
                     struct specification specification, double confidence)
{
    struct top top;
    double slopes[3][MOST];
    if (fit->why)
        return;
    const char *why = obstacle(fit);
    if (!why && !find_top(&top, fit, sorted))
        why = "no interval: the likelihood has no quadratic top here";
    if (why) {
        no_intervals(shape, why);
        return;
    }
    for (int i = 0; i < top.count; i++) {
        struct fit up = *fit, down = *fit;
        up.parameters[i] += top.step[i];
        down.parameters[i] -= top.step[i];
        struct shape_capability above = indices(&up, specification), below = indices(&down, specification);
        slopes[0][i] = (above.pp.value - below.pp.value) / 2;
        slopes[1][i] = (above.ppl.value - below.ppl.value) / 2;
        slopes[2][i] = (above.ppu.value - below.ppu.value) / 2;
    }
    fill(&shape->pp, error_of(&top, slopes[0]), true, confidence);
    fill(&shape->ppl, error_of(&top, slopes[1]), false, confidence);
    fill(&shape->ppu, error_of(&top, slopes[2]), false, confidence);
    shape->ppk = smaller(&shape->ppl, &shape->ppu);
}
