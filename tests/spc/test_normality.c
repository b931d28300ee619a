#include "spc/normality.h"

#include "spc/outlier.h"
#include "tests/harness.h"
#include "tests/spc/samples.h"
#include "tests/spc/suites.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* R 4.2 shapiro.test and package nortest. The polynomials of the p-values have 4 to 8 digits; both programs hold the same. */
static const struct {
    const char *id, *statistic, *p;
} known_tests[] = {
    {"anderson-darling", "anderson_darling/A2", "anderson_darling/p_DAgostinoStephens"},
    {"shapiro-wilk", "shapiro_wilk/W", "shapiro_wilk/p"},
    {"lilliefors", "lilliefors/D", "lilliefors/p"},
    {"cramer-von-mises", "cramer_von_mises/W2", "cramer_von_mises/p"},
    {"shapiro-francia", "shapiro_francia/W", "shapiro_francia/p"},
};

START_TEST(normality_tests_meet_the_reference_samples)
{
    const struct sample *samples = samples_load();
    for (int i = 0; i < SAMPLES; i++)
        for (size_t k = 0; k < sizeof known_tests / sizeof known_tests[0]; k++) {
            struct normality result = normality_of(normality_find(known_tests[k].id), samples[i].sorted, samples[i].n);
            ck_assert_msg(!result.why, "%s of %s: %s", known_tests[k].id, samples[i].name, result.why);
            ck_assert_close(result.statistic, reference_number_at(samples[i].known, known_tests[k].statistic), 1e-11);
            ck_assert_close(result.p.p, reference_number_at(samples[i].known, known_tests[k].p), 1e-9);
        }
}
END_TEST

START_TEST(the_adjusted_anderson_darling_statistic_is_given_too)
{
    const struct sample *samples = samples_load();
    for (int i = 0; i < SAMPLES; i++) {
        struct normality result = normality_of(&normality_tests[0], samples[i].sorted, samples[i].n);
        ck_assert_close(result.adjusted, reference_number_at(samples[i].known, "anderson_darling/A2star"), 1e-11);
    }
}
END_TEST

static void normal_sample(double *values, size_t n, unsigned long long *seed)
{
    for (size_t i = 0; i < n; i++)
        values[i] = 3 + 2 * random_normal(seed);
    gsl_sort(values, 1, n);
}

/* The share of normal samples that a test at 5 % rejects is 5 %, whatever n: the p-values are uniform at that point. */
START_TEST(every_test_rejects_five_percent_of_normal_samples)
{
    enum { ROUNDS = 4000 };
    static const size_t sizes[] = {8, 10, 12, 30, 100, 300};
    unsigned long long seed = 20;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        int rejected[16] = {0};
        double values[300];
        for (int round = 0; round < ROUNDS; round++) {
            normal_sample(values, sizes[s], &seed);
            for (size_t k = 0; k < normality_test_count; k++)
                rejected[k] += normality_of(&normality_tests[k], values, sizes[s]).p.p < 0.05;
        }
        for (size_t k = 0; k < normality_test_count; k++)
            ck_assert_msg(fabs(rejected[k] / (double)ROUNDS - 0.05) < 0.017, "%s, n = %zu: %.4f", normality_tests[k].id, sizes[s],
                          rejected[k] / (double)ROUNDS);
    }
}
END_TEST

START_TEST(shapiro_wilk_covers_three_to_five_thousand_values)
{
    const struct normality_test *test = normality_find("shapiro-wilk");
    struct normality three = normality_of(test, (double[]){1, 2, 4}, 3);
    ck_assert_close(three.statistic, 27 / 28.0, 1e-13);
    ck_assert_close(three.p.p, 6 / M_PI * (asin(sqrt(27 / 28.0)) - asin(sqrt(0.75))), 1e-12);
    ck_assert_double_le(normality_of(test, (double[]){0, 1, 1}, 3).p.p, 1e-7);
    double *values = malloc(5001 * sizeof *values);
    for (int i = 0; i < 5001; i++)
        values[i] = i;
    ck_assert_ptr_null(normality_of(test, values, 5000).why);
    ck_assert_str_eq(normality_of(test, values, 5001).why, "too many values for this test");
    ck_assert_str_eq(normality_of(test, values, 2).why, "too few values for this test");
    free(values);
}
END_TEST

/* Ryan and Joiner 1976: critical points of n = 10 are 0.9347 (5 %) and 0.8804 (1 %), of n = 50 0.9764 and 0.9664. */
START_TEST(ryan_joiner_meets_its_published_critical_points)
{
    const struct normality_test *test = normality_find("ryan-joiner");
    double values[50];
    for (int i = 0; i < 50; i++)
        values[i] = exp(i / 8.0);
    struct normality result = normality_of(test, values, 50);
    ck_assert_int_eq(result.p.relation, '<');
    ck_assert_double_lt(result.statistic, 0.9664);
    for (int i = 0; i < 10; i++)
        values[i] = i;
    result = normality_of(test, values, 10);
    ck_assert_int_eq(result.p.relation, '>');
    ck_assert_double_gt(result.statistic, 0.9347);
}
END_TEST

START_TEST(samples_without_support_are_refused_with_a_reason)
{
    const double same[] = {2, 2, 2, 2, 2, 2, 2, 2}, broken[] = {1, 2, 3, 4, 5, 6, 7, INFINITY};
    for (size_t k = 0; k < normality_test_count; k++) {
        struct normality result = normality_of(&normality_tests[k], same, 8);
        ck_assert_double_nan(result.statistic);
        ck_assert_double_nan(result.p.p);
        ck_assert_str_eq(result.why, "the values do not vary");
        ck_assert_str_eq(normality_of(&normality_tests[k], broken, 8).why, "a value is not a number");
        ck_assert_str_eq(normality_of(&normality_tests[k], same, 2).why, "too few values for this test");
    }
    ck_assert_ptr_null(normality_find("chi-square"));
}
END_TEST

/* NIST/SEMATECH e-Handbook 1.3.5.17.1: uranium isotopes, G = 2.4687, critical 2.032 one-sided. */
START_TEST(grubbs_meets_the_reference_samples)
{
    const struct sample *samples = samples_load();
    for (int i = 0; i < SAMPLES; i++) {
        struct grubbs grubbs = grubbs_of(samples[i].values, samples[i].n, 0.05);
        struct reference known = reference_at(samples[i].known, "grubbs");
        ck_assert_uint_eq(grubbs.index + 1, (size_t)reference_number_at(known, "index_1based"));
        ck_assert_close(grubbs.g, reference_number_at(known, "G"), 1e-11);
        ck_assert_close(grubbs.critical, reference_number_at(known, "Gcrit_two_sided_0.05"), 1e-9);
        ck_assert_close(grubbs.critical_one_sided, reference_number_at(known, "Gcrit_one_sided_0.05"), 1e-9);
        ck_assert_close(grubbs.p, reference_number_at(known, "p_two_sided_bonferroni"), 1e-8);
        ck_assert_close(grubbs.p_one_sided, reference_number_at(known, "p_one_sided"), 1e-8);
    }
}
END_TEST

/* Two-sided and one-sided critical values of 12 and 120 values: Student's quantile by mpmath (30 digits). */
START_TEST(grubbs_meets_exact_critical_values)
{
    static const struct {
        size_t n;
        double two_sided, one_sided;
    } known[] = {
        {5, 1.7150373123433637, 1.6713856694849}, {12, 2.4115595184316524, 2.2849530395577814}, {120, 3.4451481568500503, 3.2706323854663081}};
    double values[120];
    unsigned long long seed = 8;
    for (int i = 0; i < 120; i++)
        values[i] = random_normal(&seed);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct grubbs grubbs = grubbs_of(values, known[i].n, 0.05);
        ck_assert_close(grubbs.critical, known[i].two_sided, 1e-12);
        ck_assert_close(grubbs.critical_one_sided, known[i].one_sided, 1e-12);
    }
}
END_TEST

START_TEST(grubbs_without_support_gives_a_reason)
{
    ck_assert_str_eq(grubbs_of((double[]){1, 2}, 2, 0.05).why, "fewer than three values");
    ck_assert_str_eq(grubbs_of((double[]){2, 2, 2}, 3, 0.05).why, "the values do not vary");
    struct grubbs lone = grubbs_of((double[]){0, 0, 0, 0, 9}, 5, 0.05);
    ck_assert_uint_eq(lone.index, 4);
    ck_assert_double_lt(lone.p, 1e-6);
}
END_TEST

START_TEST(doubts_are_raised_only_where_they_belong)
{
    double drifting[60], swinging[60], coarse[60], fair[60];
    unsigned long long seed = 3;
    for (int i = 0; i < 60; i++) {
        drifting[i] = i + random_normal(&seed);
        swinging[i] = (i % 2 ? 1 : -1) + 0.1 * random_normal(&seed);
        fair[i] = random_normal(&seed);
        coarse[i] = round(random_normal(&seed) / 2);
    }
    ck_assert_ptr_nonnull(strstr(doubt_autocorrelation(drifting, 60).words, "too narrow"));
    ck_assert_ptr_nonnull(strstr(doubt_autocorrelation(swinging, 60).words, "alternate"));
    ck_assert_ptr_null(doubt_autocorrelation(fair, 60).words);
    ck_assert_ptr_null(doubt_autocorrelation(fair, 0).words);
    gsl_sort(coarse, 1, 60);
    gsl_sort(fair, 1, 60);
    ck_assert_ptr_nonnull(doubt_resolution(coarse, 60, -3, 3).words);
    ck_assert_double_eq(doubt_resolution(coarse, 60, -0.5, 0.5).value, 1);
    ck_assert_ptr_nonnull(doubt_resolution((double[]){1, 1, 1, 2, 2, 2, 2, 3, 3, 3}, 10, -9, 9).words);
    ck_assert_ptr_null(doubt_resolution((double[]){1, 1, 1, 2, 2, 2, 2, 3, 3}, 9, -9, 9).words);
    ck_assert_ptr_null(doubt_resolution(fair, 60, -3, 3).words);
    ck_assert_double_eq(doubt_resolution(fair, 60, -10, 10).value, 60);
}
END_TEST

Suite *normality_suite(void)
{
    Suite *suite = suite_create("normality");
    add_test(suite, normality_tests_meet_the_reference_samples);
    add_test(suite, the_adjusted_anderson_darling_statistic_is_given_too);
    add_test(suite, every_test_rejects_five_percent_of_normal_samples);
    add_test(suite, shapiro_wilk_covers_three_to_five_thousand_values);
    add_test(suite, ryan_joiner_meets_its_published_critical_points);
    add_test(suite, samples_without_support_are_refused_with_a_reason);
    add_test(suite, grubbs_meets_the_reference_samples);
    add_test(suite, grubbs_meets_exact_critical_values);
    add_test(suite, grubbs_without_support_gives_a_reason);
    add_test(suite, doubts_are_raised_only_where_they_belong);
    return suite;
}
