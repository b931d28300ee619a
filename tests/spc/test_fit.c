#include "spc/fit.h"

#include "tests/harness.h"
#include "tests/spc/samples.h"
#include "tests/spc/suites.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 32 };

static struct fit fit_named(const char *id, const struct sample *sample)
{
    return fit_of(distribution_find(id), sample->sorted, sample->n, FIT_LIKELIHOOD);
}

/* Maximum likelihood of R's MASS, EnvStats and stats; quantiles of 0.135, 50 and 99.865 %. */
static const struct {
    const char *id, *parameters[2], *quantiles;
} known_fits[] = {
    {"normal", {"mean", "sd_mle"}, NULL}, {"lognormal", {"meanlog", "sdlog_mle"}, "q_mle"},
    {"weibull", {"shape", "scale"}, "q"}, {"gamma", {"shape", "scale"}, "q"},
    {"exponential", {NULL, NULL}, "q"},
};

static void check_known(const struct sample *sample, size_t which)
{
    static const double p[] = {0.00135, 0.5, 0.99865};
    const char *id = known_fits[which].id;
    struct fit fit = fit_named(id, sample);
    struct reference known = reference_at(sample->known, id);
    ck_assert_msg(!fit.why, "%s of %s: %s", id, sample->name, fit.why);
    ck_assert_str_eq(fit.method, "maximum likelihood");
    for (int i = 0; i < 2 && known_fits[which].parameters[i]; i++)
        ck_assert_close(fit.parameters[i], reference_number_at(known, known_fits[which].parameters[i]), 1e-6);
    ck_assert_close(fit.log_likelihood, reference_number_at(known, "loglik"), 1e-12);
    if (reference_has(known, "AD"))
        ck_assert_close(fit.ad, reference_number_at(known, "AD"), 1e-7);
    for (int i = 0; known_fits[which].quantiles && i < 3; i++)
        ck_assert_close(distribution_quantile(fit.distribution, fit.parameters, p[i]),
                        reference_number(reference_item(reference_at(known, known_fits[which].quantiles), i)), 1e-9);
}

START_TEST(likelihood_fits_meet_the_reference_samples)
{
    const struct sample *samples = samples_load();
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t k = 0; k < sizeof known_fits / sizeof known_fits[0]; k++)
            check_known(&samples[i], k);
    struct fit exponential = fit_named("exponential", &samples[1]);
    ck_assert_close(exponential.parameters[0], 1 / reference_number_at(samples[1].known, "exponential/rate"), 1e-12);
}
END_TEST

/* The reference's optimiser stopped early on some samples: nowhere may it have found a higher likelihood, and where it converged the parameters
 * agree. */
START_TEST(logistic_fits_are_at_least_as_likely_as_the_reference)
{
    const struct sample *samples = samples_load();
    int converged = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        struct fit fit = fit_named("logistic", &samples[i]);
        double best = reference_number_at(samples[i].known, "logistic/loglik");
        ck_assert_double_ge(fit.log_likelihood, best - 1e-12 * fabs(best));
        if (fit.log_likelihood > best + 2e-13 * fabs(best))
            continue;
        ck_assert_close(fit.parameters[0], reference_number_at(samples[i].known, "logistic/location"), 1e-6);
        ck_assert_close(fit.parameters[1], reference_number_at(samples[i].known, "logistic/scale"), 1e-6);
        converged++;
    }
    ck_assert_int_ge(converged, 2);
}
END_TEST

static double likelihood_of(const struct fit *fit, const double *p, const double *sorted)
{
    double sum = 0;
    for (size_t i = 0; i < fit->n; i++)
        sum += distribution_log_density(fit->distribution, p, sorted[i]);
    return sum;
}

/* No step of 1e-4 standard-error-like lengths in any parameter raises the likelihood, and its slope is level to 1e-6 of the curvature's scale. */
static void check_summit(const struct fit *fit, const double *sorted)
{
    for (int i = 0; i < fit->distribution->parameters; i++) {
        double p[DISTRIBUTION_PARAMETERS], value = fit->parameters[i], step = 1e-4 * (fabs(value) + 1e-3);
        memcpy(p, fit->parameters, sizeof p);
        p[i] = value + step;
        double above = likelihood_of(fit, p, sorted);
        p[i] = value - step;
        double below = likelihood_of(fit, p, sorted), here = fit->log_likelihood, bend = 2 * here - above - below;
        ck_assert_msg(here >= above && here >= below, "%s: %s = %.10g is not the summit: %.12g, here %.12g, %.12g", fit->distribution->id,
                      fit->distribution->parameter[i], value, below, here, above);
        /* The vertex of the parabola through the three points, in steps: beyond its own noise it lies within 1e-2 of a step, 1e-6 of the parameter.
         */
        ck_assert_double_lt(fabs(above - below) / (2 * bend), 1e-2 + 1e-12 * fabs(here) / bend);
    }
}

static void draw(const char *id, const double *p, double *values, size_t n, unsigned long long *seed)
{
    for (size_t i = 0; i < n; i++)
        values[i] = distribution_quantile(distribution_find(id), p, random_uniform(seed));
    gsl_sort(values, 1, n);
}

/* For each distribution that is fitted by likelihood: the fit to a sample of it is a summit, lies near the truth, and its A2 is small. */
START_TEST(likelihood_fits_are_summits_near_the_truth)
{
    enum { N = 4000 };
    static const struct {
        const char *id;
        double p[DISTRIBUTION_PARAMETERS], within;
    } truths[] = {
        {"normal", {3, 2}, 0.1},          {"lognormal", {1, 0.5}, 0.1},   {"lognormal3", {1, 0.5, 4}, 0.15}, {"weibull", {1.5, 4}, 0.1},
        {"weibull3", {2.5, 4, 10}, 0.15}, {"gamma", {2.2, 1.6}, 0.1},     {"gamma", {0.3, 2}, 0.1},          {"exponential", {3.5}, 0.1},
        {"logistic", {-1, 0.7}, 0.1},     {"loglogistic", {1, 0.4}, 0.1}, {"smallest", {5, 2}, 0.1},         {"largest", {5, 2}, 0.1},
        {"folded", {2, 1.1}, 0.1},        {"rayleigh", {2}, 0.1},         {"boxcox", {0.5, 3, 0.7}, 0.25},
    };
    double values[N];
    unsigned long long seed = 4;
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
        draw(truths[i].id, truths[i].p, values, N, &seed);
        struct fit fit = fit_of(distribution_find(truths[i].id), values, N, FIT_LIKELIHOOD);
        ck_assert_msg(!fit.why, "%s: %s", truths[i].id, fit.why);
        for (int k = 0; k < fit.distribution->parameters; k++)
            ck_assert_msg(fabs(fit.parameters[k] - truths[i].p[k]) < truths[i].within * (fabs(truths[i].p[k]) + 0.5), "%s: %s = %g, truth %g",
                          truths[i].id, fit.distribution->parameter[k], fit.parameters[k], truths[i].p[k]);
        ck_assert_double_lt(fit.ad, 2.5);
        check_summit(&fit, values);
    }
}
END_TEST

START_TEST(fits_of_the_reference_samples_are_summits)
{
    const struct sample *samples = samples_load();
    for (size_t i = 1; i < SAMPLES; i++)
        for (size_t k = 0; k < distribution_count; k++) {
            struct fit fit = fit_of(&distributions[k], samples[i].sorted, samples[i].n, FIT_LIKELIHOOD);
            bool edge = !strcmp(fit.distribution->id, "boxcox") && fabs(fit.parameters[0]) == 5;
            bool at_zero = !strcmp(fit.distribution->id, "folded") && fit.parameters[0] == 0;
            if (!fit.why && !strcmp(fit.method, "maximum likelihood") && !edge && !at_zero)
                check_summit(&fit, samples[i].sorted);
        }
}
END_TEST

/* R package Johnson (RE.Johnson). Of piston_trial it gives an SL with eta 4e11, which is the normal distribution. */
START_TEST(johnson_fits_meet_the_reference_samples)
{
    const struct sample *samples = samples_load();
    for (size_t i = 1; i < SAMPLES; i++) {
        struct reference known = reference_at(samples[i].known, "johnson_RE");
        struct fit fit = fit_johnson(samples[i].sorted, samples[i].n);
        const char *family = reference_text(reference_at(known, "family"));
        bool log = !strcmp(family, "SL");
        ck_assert_int_eq(strcasecmp(fit.distribution->id + strlen("johnson_"), family), 0);
        ck_assert_close(fit.p.p, reference_number_at(known, "p_ad"), 1e-9);
        ck_assert_close(fit.parameters[0], reference_number_at(known, "gamma"), 1e-9);
        ck_assert_close(fit.parameters[1], reference_number_at(known, "eta"), 1e-9);
        ck_assert_close(fit.parameters[log ? 2 : 3], reference_number_at(known, "epsilon"), 1e-9);
        if (!log)
            ck_assert_close(fit.parameters[2], reference_number_at(known, "lambda"), 1e-9);
        ck_assert_str_eq(fit.method, "percentiles");
    }
    struct fit piston = fit_johnson(samples[0].sorted, samples[0].n);
    ck_assert_ptr_null(piston.why);
    ck_assert_double_gt(piston.p.p, 0.89);
}
END_TEST

/* R's MASS::boxcox with a continuous search; it stops within 1e-7 of its bound of 5, and short of -5. */
START_TEST(box_cox_powers_meet_the_reference_samples)
{
    const struct sample *samples = samples_load();
    for (size_t i = 0; i < SAMPLES; i++) {
        struct reference known = reference_at(samples[i].known, "boxcox");
        struct boxcox boxcox = boxcox_of(samples[i].values, samples[i].n, 1, 0.95);
        bool edge = fabs(boxcox.lambda) == 5;
        ck_assert_close(boxcox.lambda, reference_number_at(known, "lambda_mle"), edge ? 5e-4 : 1e-6);
        if (edge)
            continue;
        ck_assert_close(boxcox.lambda, reference_number_at(known, "lambda_min_sdW"), 1e-6);
        ck_assert_close(boxcox.sd, reference_number_at(known, "sdW_min"), 1e-9);
        ck_assert_close(boxcox.log_likelihood, reference_number_at(known, "loglik"), 1e-9);
        if (strcmp(samples[i].name, "mixture100")) {
            ck_assert_close(boxcox.lower, reference_number(reference_item(reference_at(known, "ci95"), 0)), 1e-6);
            ck_assert_close(boxcox.upper, reference_number(reference_item(reference_at(known, "ci95"), 1)), 1e-6);
        } else {
            ck_assert_double_nan(boxcox.lower);
        }
    }
}
END_TEST

/* With subgroups the level of each does not matter to the power that is chosen: two groups far apart, each lognormal about its level. */
START_TEST(box_cox_within_subgroups_ignores_their_levels)
{
    double values[500];
    unsigned long long seed = 8;
    for (int i = 0; i < 500; i++)
        values[i] = exp(0.02 * (i / 5) + 0.1 * random_normal(&seed));
    struct boxcox within = boxcox_of(values, 500, 5, 0.95), overall = boxcox_of(values, 500, 1, 0.95);
    ck_assert_double_lt(fabs(within.lambda), 0.12);
    ck_assert_double_lt(within.sd, 0.3 * overall.sd);
    ck_assert_double_gt(within.upper, within.lambda);
    ck_assert_double_lt(within.lower, within.lambda);
}
END_TEST

/* Lognormal samples: the power of the process is 0. */
START_TEST(the_box_cox_interval_covers_what_it_says)
{
    enum { ROUNDS = 1000, N = 60 };
    unsigned long long seed = 33;
    int covered = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double values[N];
        draw("lognormal", (double[]){1, 0.6}, values, N, &seed);
        struct boxcox boxcox = boxcox_of(values, N, 1, 0.90);
        covered += boxcox.lower <= 0 && 0 <= boxcox.upper;
    }
    ck_assert_msg(fabs(covered / (double)ROUNDS - 0.90) < 0.03, "%.4f", covered / (double)ROUNDS);
}
END_TEST

START_TEST(the_unbiased_spread_is_that_of_the_sample)
{
    const struct sample *samples = samples_load();
    for (size_t i = 0; i < SAMPLES; i++) {
        struct fit normal = fit_of(distribution_find("normal"), samples[i].sorted, samples[i].n, FIT_UNBIASED);
        struct fit lognormal = fit_of(distribution_find("lognormal"), samples[i].sorted, samples[i].n, FIT_UNBIASED);
        ck_assert_close(normal.parameters[1], reference_number_at(samples[i].known, "normal/sd"), 1e-11);
        ck_assert_close(lognormal.parameters[1], reference_number_at(samples[i].known, "lognormal/sdlog_unbiased"), 1e-9);
        ck_assert_close(normal.ad, reference_number_at(samples[i].known, "anderson_darling/A2"), 1e-9);
        ck_assert_close(normal.p.p, reference_number_at(samples[i].known, "anderson_darling/p_DAgostinoStephens"), 1e-8);
    }
}
END_TEST

START_TEST(ranking_puts_the_best_first_and_the_impossible_last)
{
    const struct sample *samples = samples_load();
    struct fit fits[MOST];
    ck_assert_uint_le(distribution_count, MOST);
    for (size_t i = 0; i < SAMPLES; i++)
        for (int order = FIT_BY_AD; order <= FIT_BY_LIKELIHOOD; order++) {
            size_t seen = 0;
            fit_all(samples[i].sorted, samples[i].n, FIT_LIKELIHOOD, order, fits);
            for (size_t k = 0; k < distribution_count; k++) {
                double rank = order == FIT_BY_AD ? fits[k].ad : -fits[k].log_likelihood;
                if (k && !isnan(rank))
                    ck_assert_double_ge(rank, order == FIT_BY_AD ? fits[k - 1].ad : -fits[k - 1].log_likelihood);
                seen |= (size_t)1 << (fits[k].distribution - distributions);
                ck_assert_int_eq(fits[k].why != NULL, isnan(fits[k].log_likelihood));
            }
            ck_assert_uint_eq(seen, ((size_t)1 << distribution_count) - 1);
        }
    fit_all(samples[2].sorted, samples[2].n, FIT_LIKELIHOOD, FIT_BY_AD, fits);
    ck_assert_ptr_nonnull(strstr("johnson_sl johnson_sb boxcox gamma", fits[0].distribution->id));
}
END_TEST

static const char *why_not(const char *id, const double *sorted, size_t n)
{
    struct fit fit = fit_of(distribution_find(id), sorted, n, FIT_LIKELIHOOD);
    ck_assert_double_nan(fit.parameters[0]);
    ck_assert_double_nan(fit.ad);
    ck_assert_double_nan(fit.p.p);
    ck_assert_double_nan(fit.log_likelihood);
    return fit.why;
}

START_TEST(a_folded_normal_far_from_zero_is_the_normal)
{
    double values[] = {1e6, 1e6 + 0.001, 1e6 + 0.002, 1e6 + 0.004};
    struct fit folded = fit_of(distribution_find("folded"), values, 4, FIT_LIKELIHOOD),
               normal = fit_of(distribution_find("normal"), values, 4, FIT_LIKELIHOOD);
    ck_assert_double_eq(folded.parameters[0], normal.parameters[0]);
    ck_assert_double_eq(folded.parameters[1], normal.parameters[1]);
    ck_assert_close(folded.log_likelihood, normal.log_likelihood, 1e-6);
}
END_TEST

START_TEST(what_cannot_be_fitted_says_why)
{
    const double negative[] = {-1, 1, 2, 3, 4}, zero[] = {0, 1, 2, 3, 4}, same[] = {2, 2, 2, 2, 2}, broken[] = {1, 2, 3, 4, INFINITY};
    ck_assert_str_eq(why_not("lognormal", negative, 5), "a value is zero or negative");
    ck_assert_str_eq(why_not("weibull", zero, 5), "a value is zero or negative");
    ck_assert_str_eq(why_not("boxcox", zero, 5), "a value is zero or negative");
    ck_assert_str_eq(why_not("exponential", negative, 5), "a value is negative");
    ck_assert_str_eq(why_not("folded", negative, 5), "a value is negative");
    ck_assert_str_eq(why_not("weibull3", zero, 3), "not more values than parameters");
    for (size_t k = 0; k < distribution_count; k++) {
        ck_assert_str_eq(why_not(distributions[k].id, same, 5), "the values do not vary");
        ck_assert_str_eq(why_not(distributions[k].id, broken, 5), "a value is not a number");
        ck_assert_str_eq(why_not(distributions[k].id, same, 1), "fewer than two values");
    }
    ck_assert_str_eq(fit_johnson(same, 5).why, "the values do not vary");
    ck_assert_str_eq(boxcox_of(negative, 5, 1, 0.95).why, "a value is zero or negative");
    ck_assert_str_eq(boxcox_of(same, 5, 1, 0.95).why, "the values do not vary");
    ck_assert_str_eq(boxcox_of((double[]){1, 1, 2, 2, 3, 3}, 6, 2, 0.95).why, "no spread within subgroups");
    struct fit with_zero = fit_of(distribution_find("exponential"), zero, 5, FIT_LIKELIHOOD);
    ck_assert_ptr_null(with_zero.why);
    ck_assert_double_eq(with_zero.parameters[0], 2);
    ck_assert_double_nan(with_zero.ad);
}
END_TEST

/* Left-skewed values have no 3-parameter lognormal: the likelihood rises as the threshold falls for ever. */
START_TEST(a_threshold_that_runs_away_is_no_fit)
{
    double values[300];
    unsigned long long seed = 2;
    draw("smallest", (double[]){5, 1}, values, 300, &seed);
    ck_assert_str_eq(why_not("lognormal3", values, 300), "the likelihood has no maximum inside: the threshold runs away");
}
END_TEST

/* Any small or odd sample: every number is finite or has its reason. */
START_TEST(odd_samples_never_break_a_fit)
{
    unsigned long long seed = 77;
    struct fit fits[MOST];
    for (int turn = 0; turn < 400; turn++) {
        double values[40], level = pow(10, random_below(&seed, 13) - 6), spread = pow(10, -random_below(&seed, 12));
        size_t n = 2 + (size_t)random_below(&seed, 38);
        int steps = 1 + random_below(&seed, 20);
        for (size_t i = 0; i < n; i++)
            values[i] = level * (1 + spread * round(steps * random_normal(&seed)));
        gsl_sort(values, 1, n);
        fit_all(values, n, turn % 2, FIT_BY_AD, fits);
        for (size_t k = 0; k < distribution_count; k++)
            for (int i = 0; i < fits[k].distribution->parameters; i++)
                ck_assert_msg(fits[k].why || (isfinite(fits[k].parameters[i]) && isfinite(fits[k].log_likelihood)),
                              "%s, turn %d: parameter %d %g, %g", fits[k].distribution->id, turn, i, fits[k].parameters[i], fits[k].log_likelihood);
    }
}
END_TEST

/* Share of samples of a distribution, refitted, whose p falls below 5 %. Gamma at several shapes, n = 50. */
START_TEST(anderson_darling_rejects_five_percent_of_its_own_samples)
{
    enum { ROUNDS = 4000, N = 50 };
    static const struct {
        const char *id;
        double p[DISTRIBUTION_PARAMETERS];
    } truths[] = {{"normal", {3, 2}},     {"lognormal", {1, 0.5}}, {"weibull", {1.5, 4}},   {"smallest", {5, 2}},      {"largest", {5, 2}},
                  {"exponential", {3.5}}, {"rayleigh", {2}},       {"logistic", {-1, 0.7}}, {"loglogistic", {1, 0.4}}, {"gamma", {0.5, 2}},
                  {"gamma", {1, 2}},      {"gamma", {3, 2}},       {"gamma", {20, 2}}};
    unsigned long long seed = 12;
    double values[N];
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
        int five = 0, ten = 0;
        for (int round = 0; round < ROUNDS; round++) {
            draw(truths[i].id, truths[i].p, values, N, &seed);
            struct p_value p = fit_of(distribution_find(truths[i].id), values, N, FIT_LIKELIHOOD).p;
            five += p.p < 0.05;
            ten += p.p < 0.10;
        }
        ck_assert_msg(fabs(five / (double)ROUNDS - 0.05) < 0.013 && fabs(ten / (double)ROUNDS - 0.10) < 0.018, "%s %g: %.4f at 5 %%, %.4f at 10 %%",
                      truths[i].id, truths[i].p[0], five / (double)ROUNDS, ten / (double)ROUNDS);
    }
}
END_TEST

/* The limiting distribution of A2, found apart from this program: eigenvalues of the covariance of the empirical process whose score of the
 * estimated parameters is taken out (Durbin 1973; numpy, 800 Gauss-Legendre places), its tail by Imhof 1961. Points at 25, 10, 5, 2.5, 1, 0.5 %. */
START_TEST(anderson_tables_are_those_of_the_limiting_process)
{
    static const double chances[] = {0.25, 0.10, 0.05, 0.025, 0.01, 0.005};
    static const struct {
        enum anderson_table table;
        double shape, tolerance, points[6];
    } limits[] = {
        {ANDERSON_NORMAL, 0, 0.02, {0.4694, 0.6306, 0.7516, 0.8730, 1.0348, 1.1584}},
        {ANDERSON_EXPONENTIAL, 0, 0.01, {0.7354, 1.0613, 1.3206, 1.5899, 1.9580, 2.2434}},
        {ANDERSON_EXTREME, 0, 0.02, {0.4724, 0.6348, 0.7567, 0.8792, 1.0380}},
        {ANDERSON_LOGISTIC, 0, 0.04, {0.4248, 0.5625, 0.6652, 0.7681, 0.9052, 1.0095}}, /* the printed 0.660 of 5 % is 0.665 */
        {ANDERSON_GAMMA, 0.25, 0.01, {0.5310, 0.7353, 0.8940, 1.0570, 1.2785, 1.4498}},
        {ANDERSON_GAMMA, 0.7, 0.01, {0.4928, 0.6688, 0.8026, 0.9382, 1.1204, 1.2606}},
        {ANDERSON_GAMMA, 1, 0.01, {0.4856, 0.6567, 0.7862, 0.9170, 1.0924, 1.2268}},
        {ANDERSON_GAMMA, 1.5, 0.01, {0.4800, 0.6475, 0.7738, 0.9012, 1.0716, 1.2017}},
        {ANDERSON_GAMMA, 2, 0.01, {0.4773, 0.6430, 0.7679, 0.8937, 1.0616, 1.1899}},
        {ANDERSON_GAMMA, 5, 0.01, {0.4725, 0.6354, 0.7578, 0.8809, 1.0449, 1.1702}},
        {ANDERSON_GAMMA, 20, 0.01, {0.4702, 0.6317, 0.7531, 0.8749, 1.0372, 1.1612}},
        {ANDERSON_GAMMA, 50, 0.01, {0.4697, 0.6310, 0.7522, 0.8738, 1.0357, 1.1595}},
    };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        for (int k = 0; k < 6 && limits[i].points[k] > 0; k++)
            ck_assert_close(anderson_p(limits[i].table, limits[i].points[k], 1000000000, limits[i].shape).p, chances[k], limits[i].tolerance);
    ck_assert_double_nan(anderson_p(ANDERSON_GAMMA, 0.7, 50, 0.1).p);
    ck_assert_double_nan(anderson_p(ANDERSON_NORMAL, 0.7, 4, 0).p);
}
END_TEST

/* D'Agostino and Stephens 1986, the points themselves. */
START_TEST(anderson_tables_give_their_own_points)
{
    size_t many = 1000000000;
    ck_assert_close(anderson_p(ANDERSON_EXPONENTIAL, 1.321, many, 0).p, 0.05, 1e-6);
    ck_assert_close(anderson_p(ANDERSON_EXTREME, 0.637, many, 0).p, 0.10, 1e-3);
    ck_assert_close(anderson_p(ANDERSON_LOGISTIC, 0.906, many, 0).p, 0.01, 1e-6);
    ck_assert_close(anderson_p(ANDERSON_GAMMA, 0.786, many, 1).p, 0.05, 1e-9);
    ck_assert_close(anderson_p(ANDERSON_NORMAL, 0.752, many, 0).p, 0.05, 0.02);
    ck_assert_int_eq(anderson_p(ANDERSON_EXTREME, 0.3, 50, 0).relation, '>');
    ck_assert_int_eq(anderson_p(ANDERSON_EXTREME, 3, 50, 0).relation, '<');
    ck_assert_double_eq(anderson_p(ANDERSON_EXTREME, 3, 50, 0).p, 0.01);
    ck_assert_int_eq(anderson_p(ANDERSON_NORMAL, 30, 50, 0).relation, '<');
    ck_assert_double_nan(anderson_p(ANDERSON_NONE, 0.3, 50, 0).p);
    ck_assert_double_nan(anderson_p(ANDERSON_NORMAL, INFINITY, 50, 0).p);
}
END_TEST

Suite *fit_suite(void)
{
    Suite *suite = suite_create("fit");
    add_test(suite, likelihood_fits_meet_the_reference_samples);
    add_test(suite, logistic_fits_are_at_least_as_likely_as_the_reference);
    add_test(suite, likelihood_fits_are_summits_near_the_truth);
    add_test(suite, fits_of_the_reference_samples_are_summits);
    add_test(suite, johnson_fits_meet_the_reference_samples);
    add_test(suite, box_cox_powers_meet_the_reference_samples);
    add_test(suite, box_cox_within_subgroups_ignores_their_levels);
    add_test(suite, the_box_cox_interval_covers_what_it_says);
    add_test(suite, the_unbiased_spread_is_that_of_the_sample);
    add_test(suite, ranking_puts_the_best_first_and_the_impossible_last);
    add_test(suite, a_folded_normal_far_from_zero_is_the_normal);
    add_test(suite, what_cannot_be_fitted_says_why);
    add_test(suite, a_threshold_that_runs_away_is_no_fit);
    add_test(suite, odd_samples_never_break_a_fit);
    add_test(suite, anderson_darling_rejects_five_percent_of_its_own_samples);
    add_test(suite, anderson_tables_are_those_of_the_limiting_process);
    add_test(suite, anderson_tables_give_their_own_points);
    return suite;
}
