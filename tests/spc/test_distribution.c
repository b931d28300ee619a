#include "spc/distribution.h"

#include "spc/standard.h"
#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf.h>
#include <math.h>
#include <string.h>

/* Parameters to look at each distribution with. */
static const struct {
    const char *id;
    double p[DISTRIBUTION_PARAMETERS];
} examples[] = {
    {"normal", {3, 2}},
    {"lognormal", {1, 0.5}},
    {"lognormal3", {1, 0.5, -4}},
    {"weibull", {1.5, 4}},
    {"weibull3", {2.5, 4, 10}},
    {"gamma", {2.2, 1.6}},
    {"exponential", {3.5}},
    {"logistic", {-1, 0.7}},
    {"loglogistic", {1, 0.4}},
    {"smallest", {5, 2}},
    {"largest", {5, 2}},
    {"folded", {0.7, 1.1}},
    {"rayleigh", {2}},
    {"johnson_sb", {0.3, 0.8, 5, 1}},
    {"johnson_sl", {-1, 1.4, 2}},
    {"johnson_su", {-0.4, 0.9, 2, 7}},
    {"boxcox", {0.3, 1.2, 0.4}},
    {"boxcox", {0, 1.2, 0.4}},
    {"boxcox", {-0.5, 1, 0.1}},
};
enum { EXAMPLES = sizeof examples / sizeof examples[0] };

static const double probabilities[] = {1e-12, 1e-6, 0.00135, 0.025, 0.3, 0.5, 0.8, 0.99865, 1 - 1e-6};
enum { PROBABILITIES = sizeof probabilities / sizeof probabilities[0] };

START_TEST(the_table_is_whole)
{
    for (size_t i = 0; i < distribution_count; i++) {
        const struct distribution *distribution = &distributions[i];
        size_t seen = 0;
        for (size_t k = 0; k < EXAMPLES; k++)
            seen += !strcmp(examples[k].id, distribution->id);
        ck_assert_msg(seen > 0, "%s is not tested", distribution->id);
        ck_assert_ptr_eq(distribution_find(distribution->id), distribution);
        for (int k = 0; k < DISTRIBUTION_PARAMETERS; k++)
            ck_assert_int_eq(distribution->parameter[k] != NULL, k < distribution->parameters);
    }
    ck_assert_ptr_null(distribution_find("cauchy"));
}
END_TEST

START_TEST(quantiles_undo_both_tails)
{
    for (size_t i = 0; i < EXAMPLES; i++)
        for (int k = 0; k < PROBABILITIES; k++) {
            const struct distribution *distribution = distribution_find(examples[i].id);
            double q = probabilities[k], low = distribution_quantile(distribution, examples[i].p, q);
            double high = distribution_upper_quantile(distribution, examples[i].p, q);
            ck_assert_close(distribution_below(distribution, examples[i].p, low), q, fmax(1e-11, 3e-16 / q));
            ck_assert_close(distribution_above(distribution, examples[i].p, high), q, fmax(1e-11, 3e-15 / q));
            ck_assert_double_lt(fabs(distribution_below(distribution, examples[i].p, low) + distribution_above(distribution, examples[i].p, low) - 1),
                                1e-14);
        }
}
END_TEST

struct density {
    const struct distribution *distribution;
    const double *p;
};

static double density_at(double x, void *context)
{
    const struct density *density = context;
    return exp(distribution_log_density(density->distribution, density->p, x));
}

START_TEST(densities_are_the_slopes_of_their_distributions)
{
    gsl_integration_workspace *workspace = gsl_integration_workspace_alloc(200);
    for (size_t i = 0; i < EXAMPLES; i++) {
        struct density density = {distribution_find(examples[i].id), examples[i].p};
        gsl_function function = {density_at, &density};
        for (int k = 1; k < 8; k++) {
            double from = distribution_quantile(density.distribution, density.p, k / 10.0), mass, error;
            double to = distribution_quantile(density.distribution, density.p, (k + 1) / 10.0);
            gsl_integration_qag(&function, from, to, 0, 1e-12, 200, GSL_INTEG_GAUSS31, workspace, &mass, &error);
            ck_assert_msg(fabs(mass - 0.1) < 1e-12, "%s: %.15g", examples[i].id, mass);
        }
    }
    gsl_integration_workspace_free(workspace);
}
END_TEST

/* The same probabilities from GSL, each in its own parameters. */
START_TEST(probabilities_and_densities_meet_gsl)
{
    const struct distribution *gamma = distribution_find("gamma"), *weibull = distribution_find("weibull"), *normal = distribution_find("normal");
    const struct distribution *logistic = distribution_find("logistic"), *lognormal = distribution_find("lognormal");
    const struct distribution *exponential = distribution_find("exponential"), *largest = distribution_find("largest"),
                              *rayleigh = distribution_find("rayleigh");
    for (double x = 0.05; x < 12; x += 0.35) {
        ck_assert_close(distribution_below(gamma, (double[]){2.2, 1.6}, x), gsl_cdf_gamma_P(x, 2.2, 1.6), 1e-12);
        ck_assert_close(distribution_log_density(gamma, (double[]){2.2, 1.6}, x), log(gsl_ran_gamma_pdf(x, 2.2, 1.6)), 1e-11);
        ck_assert_close(distribution_above(weibull, (double[]){1.5, 4}, x), gsl_cdf_weibull_Q(x, 4, 1.5), 1e-12);
        ck_assert_close(distribution_below(normal, (double[]){3, 2}, x), gsl_cdf_gaussian_P(x - 3, 2), 1e-12);
        ck_assert_close(distribution_above(normal, (double[]){3, 2}, x), gsl_cdf_gaussian_Q(x - 3, 2), 1e-12);
        ck_assert_close(distribution_below(logistic, (double[]){3, 2}, x), gsl_cdf_logistic_P(x - 3, 2), 1e-12);
        ck_assert_close(distribution_below(lognormal, (double[]){1, 0.5}, x), gsl_cdf_lognormal_P(x, 1, 0.5), 1e-12);
        ck_assert_close(distribution_above(exponential, (double[]){3.5}, x), gsl_cdf_exponential_Q(x, 3.5), 1e-12);
        ck_assert_close(distribution_below(largest, (double[]){5, 2}, x), gsl_cdf_gumbel1_P((x - 5) / 2, 1, 1), 1e-12);
        ck_assert_close(distribution_below(rayleigh, (double[]){2}, x), gsl_cdf_rayleigh_P(x, 2), 1e-12);
    }
}
END_TEST

START_TEST(outside_the_support_there_is_nothing)
{
    static const struct {
        const char *id;
        double p[DISTRIBUTION_PARAMETERS], x;
    } outside[] = {{"weibull", {1.5, 4}, 0},
                   {"gamma", {2, 3}, -1},
                   {"folded", {1, 1}, -0.1},
                   {"exponential", {2}, -1},
                   {"weibull3", {2, 4, 10}, 9},
                   {"boxcox", {0.5, 3, 1}, 0},
                   {"johnson_sb", {0.3, 0.8, 5, 1}, 1},
                   {"johnson_sl", {-1, 1.4, 2}, 2}};
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        const struct distribution *distribution = distribution_find(outside[i].id);
        ck_assert_double_eq(distribution_below(distribution, outside[i].p, outside[i].x), 0);
        ck_assert_double_eq(distribution_above(distribution, outside[i].p, outside[i].x), 1);
        ck_assert(distribution_log_density(distribution, outside[i].p, outside[i].x) == -INFINITY);
    }
    const double bounded[] = {0.3, 0.8, 5, 1};
    ck_assert_double_eq(distribution_above(distribution_find("johnson_sb"), bounded, 6), 0);
    ck_assert_double_nan(distribution_quantile(distribution_find("normal"), (double[]){0, 1}, 0));
    ck_assert_double_nan(distribution_upper_quantile(distribution_find("normal"), (double[]){0, 1}, 1));
}
END_TEST

/* Abramowitz and Stegun tables 6.1 and 6.3, and GSL. */
START_TEST(special_functions_meet_gsl_and_published_values)
{
    ck_assert_close(log_minus_digamma(1), 0.57721566490153286061, 1e-14);
    ck_assert_close(log_minus_digamma(0.5), -log(2) + 1.96351002602142347944, 1e-14);
    ck_assert_close(stirling_rest(1), 1 - 0.91893853320467274178, 1e-14);
    for (double a = 1e-3; a < 1e5; a *= 1.7) {
        ck_assert_msg(fabs(log_minus_digamma(a) - (log(a) - gsl_sf_psi(a))) < 1e-13 * (1 + 1 / a), "a = %g", a);
        ck_assert_msg(fabs(stirling_rest(a) - (gsl_sf_lngamma(a) - (a - 0.5) * log(a) + a - 0.5 * log(2 * M_PI))) < 1e-14 * (1 + a * log(a + 1)),
                      "a = %g", a);
    }
    for (double x = -0.99; x < 5; x += 0.0713)
        ck_assert_close(log1p_rest(x), gsl_sf_log_1plusx_mx(x), 1e-13);
    ck_assert_close(log1p_rest(1e-9), -0.5e-18, 1e-9);
}
END_TEST

/* P(shape, shape + z sqrt(shape)) from its power series with 60 digits; far above, the normal limit with its corrections (Wilson, Hilferty 1931). */
START_TEST(gamma_stays_exact_for_huge_shapes)
{
    static const struct {
        double shape, x, below;
    } known[] = {{20001, 19152.450649637867, 5.837332780048496e-10}, {20001, 19859.575108272977, 0.15865322741762633},
                 {20001, 20425.274675181066, 0.9985653258239413},    {26001.3, 25033.804883733257, 6.237996152603166e-10},
                 {26001.3, 25840.050813955542, 0.15865369604298332}, {26001.3, 26001.3, 0.5008246912236071},
                 {56000, 54580.140852056094, 7.239543443825019e-10}, {56000, 56236.64319132399, 0.8413454640622278}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        ck_assert_close(standard_gamma.below(known[i].shape, known[i].x), known[i].below, 2e-12);
        ck_assert_close(standard_gamma.above(known[i].shape, known[i].x), 1 - known[i].below, 2e-12);
    }
    for (double x = 19000; x < 21000; x += 100)
        ck_assert_close(standard_gamma.below(20000, x), standard_gamma.below(nextafter(20000, 1e9), x), 2e-11);
    for (double shape = 1e7; shape < 1e15; shape *= 10)
        for (double z = -3; z <= 3; z++) {
            double x = shape + z * sqrt(shape);
            ck_assert_double_lt(fabs(standard_gamma.below(shape, x) - gsl_cdf_ugaussian_P(3 * sqrt(shape) * (cbrt(x / shape) - 1 + 1 / (9 * shape)))),
                                3e-8);
        }
}
END_TEST

Suite *distribution_suite(void)
{
    Suite *suite = suite_create("distribution");
    add_test(suite, the_table_is_whole);
    add_test(suite, quantiles_undo_both_tails);
    add_test(suite, densities_are_the_slopes_of_their_distributions);
    add_test(suite, probabilities_and_densities_meet_gsl);
    add_test(suite, outside_the_support_there_is_nothing);
    add_test(suite, special_functions_meet_gsl_and_published_values);
    add_test(suite, gamma_stays_exact_for_huge_shapes);
    return suite;
}
