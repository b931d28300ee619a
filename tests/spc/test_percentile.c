#include "spc/percentile.h"

#include "tests/harness.h"
#include "tests/spc/piston.h"
#include "tests/spc/samples.h"
#include "tests/spc/suites.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

START_TEST(sample_quantiles_meet_the_reference_by_type)
{
    static const struct {
        const char *key;
        double p;
        int type;
    } known[] = {{"q1_type7", 0.25, 7},        {"q3_type7", 0.75, 7},        {"q1_type6", 0.25, 6},        {"q3_type6", 0.75, 6},
                 {"p00135_type6", 0.00135, 6}, {"p99865_type6", 0.99865, 6}, {"p00135_type7", 0.00135, 7}, {"p99865_type7", 0.99865, 7},
                 {"p00135_type8", 0.00135, 8}, {"p99865_type8", 0.99865, 8}, {"median", 0.5, 6},           {"median", 0.5, 8}};
    const struct sample *samples = samples_load();
    for (int i = 0; i < SAMPLES; i++)
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
            ck_assert_close(sample_quantile(samples[i].sorted, samples[i].n, known[k].p, known[k].type),
                            reference_number_at(reference_at(samples[i].known, "moments"), known[k].key), 1e-12);
    ck_assert_double_nan(sample_quantile(samples[0].sorted, 0, 0.5, 7));
}
END_TEST

static struct fit given(const char *id, double a, double b)
{
    return (struct fit){.distribution = distribution_find(id), .n = 100, .parameters = {a, b}};
}

/* JASP's capability tables, which it verified with Minitab: 100 values, limits 0 and 12. The parameters have 8 digits. */
START_TEST(indices_by_percentiles_meet_published_ones)
{
    struct fit weibull = given("weibull", 4.1317916, 7.787275), lognormal = given("lognormal", 1.92172832782915, 0.273022707246043);
    struct specification limits = {0, 12, NAN};
    struct shape_capability by_weibull = capability_by_fit(&weibull, limits), by_lognormal = capability_by_fit(&lognormal, limits);
    ck_assert_close(by_weibull.pp.value, 1.11889, 1e-5);
    ck_assert_close(by_weibull.ppl.value, 1.28342, 2e-6);
    ck_assert_close(by_weibull.ppu.value, 0.942258, 1e-6);
    ck_assert_double_eq(by_weibull.ppk.value, by_weibull.ppu.value);
    ck_assert_close(by_weibull.overall.above, 2555.70, 2e-6);
    ck_assert_double_eq(by_weibull.overall.below, 0);
    ck_assert_close(by_lognormal.pp.value, 0.960996, 1e-6);
    ck_assert_close(by_lognormal.ppl.value, 1.78841, 3e-6);
    ck_assert_close(by_lognormal.ppk.value, 0.596234, 1e-6);
    ck_assert_close(by_lognormal.overall.above, 19568.07, 1e-6);
    ck_assert_close(capability_by_z(&weibull, limits).ppu.value, 0.93331, 1e-5);
}
END_TEST

/* For a normal fit with the overall sd both methods are Pp and Ppk (the percentiles stand for exactly 3 sigma to 5 digits only). */
START_TEST(both_methods_give_the_normal_indices_for_a_normal_fit)
{
    struct fit fit = given("normal", 10, 0.5);
    struct specification limits = {8, 11.5, NAN};
    struct shape_capability z = capability_by_z(&fit, limits), percentile = capability_by_fit(&fit, limits);
    ck_assert_close(z.pp.value, 3.5 / 3, 1e-12);
    ck_assert_close(z.ppl.value, 2 / 1.5, 1e-12);
    ck_assert_close(z.ppk.value, 1, 1e-12);
    ck_assert_close(z.z_usl, 3, 1e-12);
    double three = gsl_cdf_ugaussian_Qinv(0.00135) / 3;
    ck_assert_close(percentile.pp.value, 3.5 / 3 / three, 1e-12);
    ck_assert_close(percentile.ppk.value, 1 / three, 1e-12);
    ck_assert_close(percentile.z_bench, z_bench_of(10, 0.5, limits).bench, 1e-12);
    ck_assert_close(percentile.overall.above, 1349.898031630095, 1e-12);
    ck_assert_double_nan(z.ppk.bound);
}
END_TEST

static void absent(const struct index *index, const char *why)
{
    ck_assert_double_nan(index->value);
    ck_assert_str_eq(index->why, why);
}

START_TEST(one_sided_and_impossible_specifications_say_why)
{
    struct fit fit = given("weibull", 2, 4), none = {.distribution = fit.distribution, .why = "a value is zero or negative"};
    struct specification upper = {NAN, 12, NAN}, lower = {1, NAN, NAN}, no = {NAN, NAN, NAN}, natural = {0, 12, NAN};
    struct shape_capability c = capability_by_fit(&fit, upper);
    absent(&c.pp, "no lower specification limit");
    absent(&c.ppl, "no lower specification limit");
    ck_assert_double_eq(c.ppk.value, c.ppu.value);
    ck_assert_double_nan(c.overall.below);
    c = capability_by_z(&fit, lower);
    absent(&c.pp, "no upper specification limit");
    absent(&c.ppu, "no upper specification limit");
    ck_assert_double_eq(c.ppk.value, c.ppl.value);
    c = capability_by_fit(&fit, no);
    absent(&c.ppk, "no specification limits");
    absent(&c.pp, "no specification limits");
    ck_assert_double_nan(c.z_bench);
    c = capability_by_z(&fit, natural);
    absent(&c.ppl, "the limit lies outside what the fitted distribution can reach");
    absent(&c.pp, "the limit lies outside what the fitted distribution can reach");
    ck_assert_double_eq(c.ppk.value, c.ppu.value);
    c = capability_by_fit(&none, natural);
    absent(&c.pp, "a value is zero or negative");
    c = capability_by_z(&none, natural);
    absent(&c.ppk, "a value is zero or negative");
    struct fit endless = {.distribution = distribution_find("boxcox"), .parameters = {-1, 0.9, 0.1}};
    c = capability_by_fit(&endless, natural);
    absent(&c.ppk, "the fitted distribution has no finite percentile");
    c = capability_by_percentiles((struct percentiles){2, 2, 2}, natural);
    absent(&c.ppk, "the values do not vary");
}
END_TEST

/* Cnpk is the same form with the 0.5 and 99.5 % points; of the sample itself, with type 6 as Minitab takes them. */
START_TEST(indices_of_the_sample_itself_need_no_distribution)
{
    const struct sample *samples = samples_load();
    const struct sample *piston = &samples[0];
    struct percentiles at = percentiles_of_sample(piston->sorted, piston->n, 0.005, 6);
    ck_assert_double_eq(at.low, piston->sorted[0]);
    struct shape_capability c = capability_by_percentiles(at, (struct specification){73.95, 74.05, NAN});
    ck_assert_close(c.ppu.value, (74.05 - 74.001) / (74.03 - 74.001), 1e-9);
    ck_assert_close(c.ppl.value, (74.001 - 73.95) / (74.001 - 73.967), 1e-9);
    ck_assert_double_eq(c.ppk.value, fmin(c.ppl.value, c.ppu.value));
    ck_assert_double_nan(c.overall.above);
}
END_TEST

static struct capability piston_capability(struct reference known, bool unequal, struct specification *specification)
{
    struct piston piston = piston_rings(unequal);
    struct moments moments = piston_moments(&piston);
    struct within within = {0};
    for (int i = 0; i < PISTON_SUBGROUPS; i++)
        within_add_subgroup(&within, piston.values + (ptrdiff_t)PISTON_SIZE * i, piston.sizes[i]);
    *specification = (struct specification){reference_number_at(known, "LSL"), reference_number_at(known, "USL"), reference_number_at(known, "T")};
    free(piston.values);
    return capability_of(&moments, &within, *specification, 0, 0, reference_number_at(known, "conf"));
}

START_TEST(cpm_and_z_bench_meet_every_reference_case)
{
    struct reference cases = reference_at(reference_open("own/formulas.json"), "capability");
    for (size_t i = 0; i < reference_count(cases); i++) {
        struct reference known = reference_item(cases, i), overall = reference_at(known, "overall");
        struct specification specification;
        struct capability c = piston_capability(known, !strcmp(reference_key(cases, i), "piston_unequal"), &specification);
        struct index cpm = cpm_of(&c, specification, CPM_N);
        ck_assert_close(cpm.value, reference_number_at(overall, "Cpm_mse_N"), 1e-11);
        ck_assert_close(cpm.lower, reference_number(reference_item(reference_at(overall, "Cpm_ci"), 0)), 1e-9);
        ck_assert_close(cpm.upper, reference_number(reference_item(reference_at(overall, "Cpm_ci"), 1)), 1e-9);
        if (reference_has(overall, "Cpm_chan")) {
            ck_assert_close(cpm_of(&c, specification, CPM_CHAN).value, reference_number_at(overall, "Cpm_chan"), 1e-10);
            ck_assert_close(cpm_of(&c, specification, CPM_K).value, reference_number_at(overall, "Cpmk"), 1e-10);
        }
        struct z_bench within = z_bench_of(c.mean, c.sigma_within, specification), total = z_bench_of(c.mean, c.sd, specification);
        ck_assert_close(within.bench, reference_number_at(known, "within/pooled/Z_bench"), 1e-11);
        ck_assert_close(within.usl, reference_number_at(known, "within/pooled/Z_USL"), 1e-11);
        ck_assert_close(total.bench, reference_number_at(overall, "Z_bench"), 1e-11);
        ck_assert_close(total.lsl, reference_number_at(overall, "Z_LSL"), 1e-11);
    }
}
END_TEST

START_TEST(cpm_variants_are_named_and_differ_as_defined)
{
    static const double values[] = {9, 10, 11, 12, 10, 9, 11, 12};
    struct moments moments = moments_of(values, 8);
    struct within within = {0};
    within_add_subgroup(&within, values, 4);
    within_add_subgroup(&within, values + 4, 4);
    struct specification limits = {5, 17, 11};
    struct capability c = capability_of(&moments, &within, limits, 0, 0, 0.95);
    double off = c.mean - 11, n = 8, s2 = moments_variance(&moments);
    ck_assert_close(cpm_of(&c, limits, CPM_N).value, 2 / sqrt(s2 * (n - 1) / n + off * off), 1e-14);
    ck_assert_close(cpm_of(&c, limits, CPM_N_MINUS_1).value, 2 / sqrt(s2 + off * off * n / (n - 1)), 1e-14);
    ck_assert_close(cpm_of(&c, limits, CPM_CHAN).value, 2 / sqrt(s2 + off * off), 1e-14);
    ck_assert_close(cpm_of(&c, limits, CPM_WITHIN).value, c.cp.value / sqrt(1 + off * off / (c.sigma_within * c.sigma_within)), 1e-14);
    ck_assert_close(cpm_of(&c, limits, CPM_K).value, c.ppk.value / sqrt(1 + off * off / s2), 1e-14);
    for (int i = CPM_N; i <= CPM_K; i++)
        ck_assert_ptr_nonnull(cpm_words(i));
    struct specification off_center = {5, 17, 7};
    ck_assert_close(cpm_of(&c, off_center, CPM_N).value, (2 / 3.0) / sqrt(s2 * (n - 1) / n + pow(c.mean - 7, 2)), 1e-14);
    ck_assert_close(cpm_of(&c, off_center, CPM_CHAN).value, 2 / sqrt(s2 + pow(c.mean - 7, 2)), 1e-14);
    struct index index = cpm_of(&c, (struct specification){NAN, 17, 11}, CPM_CHAN);
    absent(&index, "no lower specification limit");
    ck_assert_close(cpm_of(&c, (struct specification){NAN, 17, 11}, CPM_N).value, 2 / sqrt(s2 * (n - 1) / n + off * off), 1e-14);
    index = cpm_of(&c, (struct specification){NAN, NAN, NAN}, CPM_N);
    absent(&index, "no specification limits");
    index = cpm_of(&c, (struct specification){NAN, 17, NAN}, CPM_N);
    absent(&index, "no target");
    index = cpm_of(&c, (struct specification){5, 17, 20}, CPM_N);
    absent(&index, "the target lies outside the limits");
    struct capability flat = capability_of(&(struct moments){.n = 5, .mean = 11}, &(struct within){0}, limits, 0, 0, 0.95);
    index = cpm_of(&flat, limits, CPM_N);
    absent(&index, "the values do not vary");
    index = cpm_of(&flat, limits, CPM_WITHIN);
    absent(&index, "no sigma within");
    ck_assert_str_eq(z_bench_of(0, 1, (struct specification){NAN, NAN, NAN}).why, "no specification limits");
    ck_assert_str_eq(z_bench_of(0, 0, limits).why, "no sigma");
    ck_assert_double_lt(z_bench_of(0, 1, limits).bench, -4.9);
}
END_TEST

/* Boyles 1991: the interval holds Cpm of the process as often as it says, on target and off it. */
START_TEST(the_cpm_interval_covers_what_it_says)
{
    enum { ROUNDS = 6000, N = 40 };
    unsigned long long seed = 31;
    for (double shift = 0; shift < 2; shift += 0.9) {
        struct specification limits = {-4, 4, 0};
        double truth = 4 / (3 * sqrt(1 + shift * shift));
        int covered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            struct moments moments = {0};
            for (int i = 0; i < N; i++)
                moments_add(&moments, shift + random_normal(&seed));
            struct capability c = capability_of(&moments, &(struct within){0}, limits, 0, 0, 0.95);
            struct index cpm = cpm_of(&c, limits, CPM_N);
            covered += cpm.lower <= truth && truth <= cpm.upper;
        }
        ck_assert_msg(fabs(covered / (double)ROUNDS - 0.95) < 0.015, "shift %g: %.4f", shift, covered / (double)ROUNDS);
    }
}
END_TEST

START_TEST(between_and_within_add_up)
{
    enum { GROUPS = 4000, N = 5 };
    unsigned long long seed = 6;
    double *means = malloc(GROUPS * sizeof *means);
    struct within within = {0};
    for (int i = 0; i < GROUPS; i++) {
        double level = 2 * random_normal(&seed), values[N];
        for (int k = 0; k < N; k++)
            values[k] = level + random_normal(&seed);
        means[i] = moments_of(values, N).mean;
        within_add_subgroup(&within, values, N);
    }
    double df;
    const char *method, *why;
    double sigma = within_sigma(&within, &df, &method, &why);
    struct between_within both = between_within_of(means, GROUPS, N, sigma, 0, (struct specification){-9, 12, NAN});
    ck_assert_close(both.between, 2, 0.04);
    ck_assert_close(both.both, sqrt(5), 0.04);
    ck_assert_close(both.cp.value, 21 / (6 * both.both), 1e-12);
    ck_assert_close(both.cpk.value, 9 / (3 * both.both), 1e-12);
    double level[3] = {1, 1, 1};
    both = between_within_of(level, 3, N, 1, 1, (struct specification){-2, NAN, NAN});
    ck_assert_double_eq(both.between, 0);
    ck_assert_close(both.cpk.value, 1, 1e-14);
    absent(&both.cp, "no upper specification limit");
    both = between_within_of(level, 1, N, 1, 1, (struct specification){-2, 4, NAN});
    ck_assert_str_eq(both.why, "fewer than two subgroups");
    absent(&both.cpk, "fewer than two subgroups");
    free(means);
}
END_TEST

START_TEST(a_machine_study_is_overall_and_wants_fifty_parts)
{
    struct moments moments = {0};
    for (int i = 0; i < 50; i++)
        moments_add(&moments, i % 10);
    struct machine_capability c = machine_capability_of(&moments, (struct specification){-10, 20, NAN}, 0.95);
    ck_assert_close(c.cmk.value, 14.5 / (3 * moments_sd(&moments)), 1e-14);
    ck_assert_close(c.cm.value, 30 / (6 * moments_sd(&moments)), 1e-14);
    ck_assert_ptr_null(c.words);
    moments.n = 49;
    ck_assert_ptr_nonnull(strstr(machine_capability_of(&moments, (struct specification){-10, 20, NAN}, 0.95).words, "50"));
}
END_TEST

Suite *percentile_suite(void)
{
    Suite *suite = suite_create("percentile");
    add_test(suite, sample_quantiles_meet_the_reference_by_type);
    add_test(suite, indices_by_percentiles_meet_published_ones);
    add_test(suite, both_methods_give_the_normal_indices_for_a_normal_fit);
    add_test(suite, one_sided_and_impossible_specifications_say_why);
    add_test(suite, indices_of_the_sample_itself_need_no_distribution);
    add_test(suite, cpm_and_z_bench_meet_every_reference_case);
    add_test(suite, cpm_variants_are_named_and_differ_as_defined);
    add_test(suite, the_cpm_interval_covers_what_it_says);
    add_test(suite, between_and_within_add_up);
    add_test(suite, a_machine_study_is_overall_and_wants_fifty_parts);
    return suite;
}
