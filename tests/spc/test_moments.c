#include "spc/moments.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(batch_moments_meet_the_nist_univariate_sets)
{
    struct reference sets = reference_at(reference_open("nist/strd_univariate.json"), "sets");
    ck_assert_uint_eq(reference_count(sets), 9);
    for (size_t i = 0; i < reference_count(sets); i++) {
        struct reference set = reference_item(sets, i);
        size_t count;
        double *values = reference_column(reference_text(reference_at(set, "file")), "y", &count);
        ck_assert_uint_eq(count, (size_t)reference_number_at(set, "n"));
        struct moments moments = moments_of(values, count);
        ck_assert_close(moments.mean, reference_number_at(set, "exact_mean"), 1e-15);
        ck_assert_close(moments_sd(&moments), reference_number_at(set, "exact_sd"), 1e-14);
        ck_assert_close(autocorrelation_lag1(values, count), reference_number_at(set, "exact_lag1"), 1e-12);
        free(values);
    }
}
END_TEST

/* A single pass cannot be as good as two: what it is asked for is the tolerance a chart could ever show. */
START_TEST(streaming_moments_stay_within_their_tolerance)
{
    struct reference sets = reference_at(reference_open("nist/strd_univariate.json"), "sets");
    for (size_t i = 0; i < reference_count(sets); i++) {
        struct reference set = reference_item(sets, i);
        size_t count;
        double *values = reference_column(reference_text(reference_at(set, "file")), "y", &count);
        struct moments batch = moments_of(values, count), stream = {0};
        for (size_t j = 0; j < count; j++)
            moments_add(&stream, values[j]);
        ck_assert_int_eq(stream.n, batch.n);
        ck_assert_close(stream.mean, batch.mean, 1e-14);
        ck_assert_close(moments_sd(&stream), moments_sd(&batch), 1e-8);
        ck_assert_double_eq(stream.min, batch.min);
        ck_assert_double_eq(stream.max, batch.max);
        free(values);
    }
}
END_TEST

START_TEST(skewness_and_kurtosis_meet_the_reference_samples)
{
    static const char *const names[] = {"piston_trial", "gamma100", "weibull100", "foldednormal100", "mixture100", "uranium"};
    struct reference sets = reference_at(reference_open("own/distributions.json"), "sets");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char file[100];
        snprintf(file, sizeof file, "own/dist_%s.csv", names[i]);
        struct reference expected = reference_at(reference_at(sets, names[i]), "moments");
        size_t count;
        double *values = reference_column(file, "x", &count);
        struct moments batch = moments_of(values, count), stream = {0};
        for (size_t j = 0; j < count; j++)
            moments_add(&stream, values[j]);
        const struct moments *both[] = {&batch, &stream};
        for (size_t j = 0; j < 2; j++) {
            ck_assert_close(moments_sd(both[j]), reference_number_at(expected, "sd"), 1e-10);
            ck_assert_close(moments_skewness(both[j]), reference_number_at(expected, "G1_sample"), 1e-9);
            ck_assert_close(moments_kurtosis(both[j]), reference_number_at(expected, "G2_sample_excess"), 1e-9);
        }
        free(values);
    }
}
END_TEST

static void same_moments(const struct moments *a, const struct moments *b, double tolerance)
{
    ck_assert_int_eq(a->n, b->n);
    ck_assert_close(a->mean, b->mean, tolerance);
    ck_assert_close(a->m2, b->m2, tolerance);
    ck_assert_msg(fabs(a->m3 - b->m3) <= tolerance * pow(b->m2, 1.5), "m3 %.17g and %.17g", a->m3, b->m3);
    ck_assert_close(a->m4, b->m4, tolerance);
    ck_assert_double_eq(a->min, b->min);
    ck_assert_double_eq(a->max, b->max);
}

START_TEST(merged_parts_are_the_whole_however_it_is_split)
{
    enum { N = 500 };
    unsigned long long seed = 11;
    for (int round = 0; round < 200; round++) {
        double values[N];
        struct moments merged = {0}, part = {0};
        for (int i = 0; i < N; i++)
            values[i] = 25 + exp(random_normal(&seed));
        for (int i = 0; i < N; i++) {
            moments_add(&part, values[i]);
            if (random_below(&seed, 1 + round) == 0) {
                moments_merge(&merged, &part);
                part = (struct moments){0};
            }
        }
        moments_merge(&merged, &part);
        struct moments whole = moments_of(values, N);
        same_moments(&merged, &whole, 1e-11);
    }
}
END_TEST

START_TEST(merging_with_nothing_changes_nothing)
{
    struct moments empty = {0}, some = moments_of((double[]){1, 2, 4}, 3), copy = some;
    moments_merge(&copy, &empty);
    same_moments(&copy, &some, 0);
    moments_merge(&empty, &some);
    same_moments(&empty, &some, 0);
}
END_TEST

START_TEST(moments_without_support_are_nan)
{
    struct moments none = {0}, one = moments_of((double[]){5}, 1), two = moments_of((double[]){1, 2}, 2), three = moments_of((double[]){1, 2, 4}, 3);
    double same[7], tenth = 0.1;
    for (int i = 0; i < 7; i++)
        same[i] = tenth;
    struct moments flat = moments_of(same, 7), flat_stream = {0};
    for (int i = 0; i < 7; i++)
        moments_add(&flat_stream, same[i]);
    ck_assert_double_nan(moments_sd(&none));
    ck_assert_double_nan(moments_sd(&one));
    ck_assert_double_eq(one.mean, 5);
    ck_assert_close(moments_variance(&two), 0.5, 1e-15);
    ck_assert_double_nan(moments_skewness(&two));
    ck_assert_double_nan(moments_kurtosis(&three));
    ck_assert_double_eq(moments_sd(&flat), 0);
    ck_assert_double_eq(moments_sd(&flat_stream), 0);
    ck_assert_double_nan(moments_skewness(&flat));
    ck_assert_double_nan(moments_kurtosis(&flat));
    ck_assert_double_nan(autocorrelation_lag1(same, 7));
    ck_assert_double_nan(autocorrelation_lag1(same, 1));
    ck_assert_double_nan(autocorrelation_lag1(same, 0));
    ck_assert_int_eq(moments_of(same, 0).n, 0);
}
END_TEST

/* Here the mean lies between two doubles: what the nearest one lacks must not get into the sums. */
START_TEST(a_mean_that_no_double_holds_does_not_spoil_the_spread)
{
    double base = 0x1p53;
    struct moments moments = moments_of((double[]){base, base + 2, base + 2}, 3);
    ck_assert_close(moments.m2, 8 / 3.0, 1e-15);
    ck_assert_close(moments_skewness(&moments), -sqrt(3), 1e-14);
    ck_assert_close(autocorrelation_lag1((double[]){base, base + 2, base + 2}, 3), -1 / 6.0, 1e-14);
}
END_TEST

Suite *moments_suite(void)
{
    Suite *suite = suite_create("moments");
    add_test(suite, batch_moments_meet_the_nist_univariate_sets);
    add_test(suite, a_mean_that_no_double_holds_does_not_spoil_the_spread);
    add_test(suite, streaming_moments_stay_within_their_tolerance);
    add_test(suite, skewness_and_kurtosis_meet_the_reference_samples);
    add_test(suite, merged_parts_are_the_whole_however_it_is_split);
    add_test(suite, merging_with_nothing_changes_nothing);
    add_test(suite, moments_without_support_are_nan);
    return suite;
}
