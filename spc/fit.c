#include "spc/fit.h"

#include "spc/fitters.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

double fit_log_likelihood(const struct distribution *distribution, const double *p, const double *sorted, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += distribution_log_density(distribution, p, sorted[i]);
    return sum;
}

/* The tables for normal samples were made for the n - 1 estimate of the spread: p is that of A2 with it, whatever spread is shown. */
static void judge(struct fit *fit, const double *sorted)
{
    const double *p = fit->parameters;
    enum anderson_table table = fit->distribution->judged_by;
    double by_table = fit->ad = anderson_darling(fit->distribution, p, sorted, fit->n);
    if (table == ANDERSON_NORMAL || table == ANDERSON_TRANSFORMED)
        by_table = anderson_darling_transformed(fit->distribution, p, sorted, fit->n);
    if (table == ANDERSON_TRANSFORMED)
        fit->ad = by_table;
    fit->p = anderson_p(table, by_table, fit->n, p[0]);
    if (isnan(fit->p.p))
        fit->p_why = !isfinite(fit->ad)        ? "A2 is without bound: a value lies where the fitted curve has no area left"
                     : table == ANDERSON_NONE  ? "there is no table of A2 for this distribution with its parameters estimated"
                     : fit->n < ANDERSON_LEAST ? "fewer than five values: no table of A2 holds"
                                               : "the table of A2 does not reach here";
    if (!isfinite(fit->ad))
        fit->ad = NAN;
}

static const char *obstacle(const struct distribution *distribution, const double *sorted, size_t n)
{
    if (n < 2)
        return "fewer than two values";
    for (size_t i = 0; i < n; i++)
        if (!isfinite(sorted[i]))
            return "a value is not a number";
    if (sorted[0] == sorted[n - 1])
        return "the values do not vary";
    if (distribution->support == SUPPORT_POSITIVE && sorted[0] <= 0)
        return "a value is zero or negative";
    if (distribution->support == SUPPORT_NONNEGATIVE && sorted[0] < 0)
        return "a value is negative";
    if (n <= (size_t)distribution->parameters)
        return "not more values than parameters";
    return NULL;
}

static void withdraw(struct fit *fit)
{
    for (int i = 0; i < DISTRIBUTION_PARAMETERS; i++)
        fit->parameters[i] = NAN;
    fit->log_likelihood = fit->ad = NAN;
    fit->p = (struct p_value){NAN, '='};
}

/* Where the last parameter is a normal scale with divisor n. */
static bool has_normal_scale(const struct distribution *distribution)
{
    return !strcmp(distribution->id, "normal") || !strcmp(distribution->id, "lognormal") || !strcmp(distribution->id, "boxcox");
}

struct fit fit_of(const struct distribution *distribution, const double *sorted, size_t n, enum fit_spread spread)
{
    struct fit fit = {.distribution = distribution, .n = n, .why = obstacle(distribution, sorted, n)};
    if (!fit.why)
        distribution->fit(&fit, sorted, n);
    if (!fit.why && spread == FIT_UNBIASED && has_normal_scale(distribution)) {
        fit.parameters[distribution->parameters - 1] *= sqrt((double)n / (double)(n - 1));
        fit.method = "mean and standard deviation (n - 1)";
    }
    fit.log_likelihood = fit.why ? NAN : fit_log_likelihood(distribution, fit.parameters, sorted, n);
    if (!fit.why && !isfinite(fit.log_likelihood))
        fit.why = too_close;
    if (fit.why) {
        withdraw(&fit);
        return fit;
    }
    judge(&fit, sorted);
    return fit;
}

struct fit fit_johnson(const double *sorted, size_t n)
{
    static const char *const families[] = {"johnson_sb", "johnson_sl", "johnson_su"};
    struct fit best = fit_of(distribution_find(families[0]), sorted, n, FIT_LIKELIHOOD);
    for (int i = 1; i < 3; i++) {
        struct fit fit = fit_of(distribution_find(families[i]), sorted, n, FIT_LIKELIHOOD);
        if (!fit.why && (best.why || fit.p.p > best.p.p))
            best = fit;
    }
    return best;
}

static bool better(const struct fit *a, const struct fit *b, enum fit_order order)
{
    double first = order == FIT_BY_AD ? a->ad : -a->log_likelihood, second = order == FIT_BY_AD ? b->ad : -b->log_likelihood;
    return isnan(second) ? !isnan(first) : first < second;
}

void fit_all(const double *sorted, size_t n, enum fit_spread spread, enum fit_order order, struct fit *fits)
{
    for (size_t i = 0; i < distribution_count; i++) {
        struct fit fit = fit_of(&distributions[i], sorted, n, spread);
        size_t place = i;
        for (; place > 0 && better(&fit, &fits[place - 1], order); place--)
            fits[place] = fits[place - 1];
        fits[place] = fit;
    }
}
