#include "spc/anova.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct groups {
    double *values;
    int sizes[16], count;
};

static struct groups nist_groups(const char *name)
{
    char file[60];
    size_t n, m;
    struct groups groups = {0};
    snprintf(file, sizeof file, "nist/anova_%s.csv", name);
    double *treatments = reference_column(file, "treatment", &n);
    groups.values = reference_column(file, "response", &m);
    ck_assert_uint_eq(n, m);
    for (size_t i = 0; i < n; i++) {
        groups.count += !i || treatments[i] != treatments[i - 1];
        ck_assert_int_le(groups.count, 16);
        groups.sizes[groups.count - 1]++;
    }
    free(treatments);
    return groups;
}

static void check_certified(const char *file, const char *set, double tolerance)
{
    char path[60];
    snprintf(path, sizeof path, "anova/%s/certified", set);
    struct reference certified = reference_at(reference_open("nist/strd_anova_linear.json"), path);
    struct groups groups = nist_groups(file);
    struct anova_one_way table = anova_one_way(groups.values, groups.sizes, groups.count);
    ck_assert_ptr_null(table.why);
    ck_assert_double_eq(table.between.df, reference_number_at(certified, "df_between"));
    ck_assert_double_eq(table.within.df, reference_number_at(certified, "df_within"));
    ck_assert_close(table.between.ss, reference_number_at(certified, "SS_between"), tolerance);
    ck_assert_close(table.between.ms, reference_number_at(certified, "MS_between"), tolerance);
    ck_assert_close(table.within.ss, reference_number_at(certified, "SS_within"), tolerance);
    ck_assert_close(table.within.ms, reference_number_at(certified, "MS_within"), tolerance);
    ck_assert_close(table.between.f, reference_number_at(certified, "F"), tolerance);
    ck_assert_close(table.r2, reference_number_at(certified, "R2"), tolerance);
    ck_assert_close(table.sd, reference_number_at(certified, "residual_sd"), tolerance);
    ck_assert_close(table.total.ss, table.between.ss + table.within.ss, 1e-14);
    free(groups.values);
}

/* The tolerance is what rounding the readings to doubles leaves: the certified values are those of the decimal data. */
START_TEST(one_way_meets_nist_certified_values)
{
    check_certified("sirstvt", "SiRstvt", 1e-12);
    check_certified("smls01t", "SmLs01t", 2e-14);
    check_certified("smls02t", "SmLs02t", 2e-14);
    check_certified("atmwtagt", "AtmWtAgt", 2e-8);
    check_certified("smls04t", "SmLs04t", 1e-8);
    check_certified("smls05t", "SmLs05t", 1e-8);
    check_certified("smls07t", "SmLs07t", 1e-2);
    check_certified("smls08t", "SmLs08t", 1e-2);
}
END_TEST

/* Simon and Lesage's design: nine groups around 1.4 1.3 1.5 1.3 ..., readings 0.1 below and above in turn, on an offset. */
enum { SL_GROUPS = 9 };

static double *simon_lesage(double offset, int size, int *sizes)
{
    static const int tenths[SL_GROUPS] = {14, 13, 15, 13, 15, 13, 15, 13, 15};
    double *values = calloc((size_t)(SL_GROUPS * size), sizeof *values);
    for (int g = 0; g < SL_GROUPS; g++) {
        sizes[g] = size;
        for (int k = 0; k < size; k++) {
            int tenth = k == 0 ? tenths[g] : tenths[g] + (k % 2 ? -1 : 1);
            values[g * size + k] = (double)(((long double)offset * 10 + tenth) / 10);
        }
    }
    return values;
}

/* Exact sums of squares of readings that are whole multiples of a unit above the offset. */
static void exact_squares(const double *values, int size, double offset, double unit, double *between, double *within)
{
    int64_t of_sums = 0, squares = 0, total = 0;
    for (int g = 0; g < SL_GROUPS; g++) {
        int64_t sum = 0;
        for (int k = 0; k < size; k++) {
            double steps = (values[g * size + k] - offset) / unit;
            ck_assert_double_eq(steps, floor(steps));
            sum += (int64_t)steps;
            squares += (int64_t)steps * (int64_t)steps;
        }
        of_sums += sum * sum;
        total += sum;
    }
    *between = (double)(SL_GROUPS * of_sums - total * total) / (SL_GROUPS * (double)size) * unit * unit;
    *within = (double)(size * squares - of_sums) / size * unit * unit;
}

START_TEST(one_way_loses_nothing_to_an_offset_of_1e12)
{
    static const int replicates[] = {21, 201, 2001};
    const double offset = 1e12, unit = 0x1p-13;
    for (int i = 0; i < 3; i++) {
        int sizes[SL_GROUPS];
        double between, within, *values = simon_lesage(offset, replicates[i], sizes);
        exact_squares(values, replicates[i], offset, unit, &between, &within);
        struct anova_one_way table = anova_one_way(values, sizes, SL_GROUPS);
        ck_assert_close(table.between.ss, between, 1e-14);
        ck_assert_close(table.within.ss, within, 1e-14);
        ck_assert_close(table.between.f, replicates[i], 1e-2);
        free(values);
    }
}
END_TEST

START_TEST(one_way_of_2001_replicates_meets_nist)
{
    static const struct {
        double offset, tolerance;
    } sets[] = {{0, 1e-13}, {1e6, 1e-8}, {1e12, 1e-2}}; /* SmLs03, 06, 09: F 2001, 160.08 and 180 */
    for (int i = 0; i < 3; i++) {
        int sizes[SL_GROUPS];
        double *values = simon_lesage(sets[i].offset, 2001, sizes);
        struct anova_one_way table = anova_one_way(values, sizes, SL_GROUPS);
        ck_assert_close(table.between.ss, 160.08, sets[i].tolerance);
        ck_assert_close(table.within.ss, 180, sets[i].tolerance);
        ck_assert_close(table.between.f, 2001, sets[i].tolerance);
        free(values);
    }
}
END_TEST

/* A and B of -c 0 c, interaction and error of the signs below: every sum of squares is known. */
static double signed_value(int i, int j, int k, const double *c)
{
    int both = (i == 1 ? -2 : 1) * (j % 2 ? -1 : 1);
    return 7 + c[0] * (i - 1) + c[1] * (j - 1.5) + c[2] * both + c[3] * (k - 1);
}

START_TEST(two_way_finds_the_effects_put_in)
{
    static const double c[] = {0.3, 1.7, 0.05, 0.2};
    double values[3 * 4 * 3];
    for (int i = 0; i < 36; i++)
        values[i] = signed_value(i / 12, i / 3 % 4, i % 3, c);
    struct anova_two_way random = anova_two_way(values, 3, 4, 3, ANOVA_RANDOM), fixed = anova_two_way(values, 3, 4, 3, ANOVA_FIXED);
    ck_assert_ptr_null(random.why);
    ck_assert_close(random.a.ss, 24 * 0.09, 1e-13);
    ck_assert_close(random.b.ss, 9 * 5 * 1.7 * 1.7, 1e-13);
    ck_assert_close(random.interaction.ss, 3 * 24 * 0.0025, 1e-12);
    ck_assert_close(random.error.ss, 24 * 0.04, 1e-13);
    ck_assert_close(random.total.ss, random.a.ss + random.b.ss + random.interaction.ss + random.error.ss, 1e-14);
    ck_assert_double_eq(random.interaction.df, 6);
    ck_assert_double_eq(random.error.df, 24);
    ck_assert_close(random.a.f, random.a.ms / random.interaction.ms, 1e-15);
    ck_assert_close(fixed.a.f, random.a.ms / random.error.ms, 1e-15);
    ck_assert_close(fixed.interaction.f, random.interaction.f, 0);
    struct anova_two_way without = anova_without_interaction(&random);
    ck_assert_double_eq(without.error.df, 30);
    ck_assert_close(without.error.ss, 24 * 0.04 + 3 * 24 * 0.0025, 1e-12);
    ck_assert_close(without.b.f, without.b.ms / without.error.ms, 1e-15);
    ck_assert_double_nan(without.interaction.ss);
}
END_TEST

START_TEST(p_of_f_with_two_degrees_of_freedom_is_a_closed_form)
{
    /* F(2, d): Q = (1 + 2 f / d)^(-d/2). */
    unsigned long long seed = 3;
    for (int round = 0; round < 50; round++) {
        double values[3 * 6];
        int sizes[] = {6, 6, 6};
        for (int i = 0; i < 18; i++)
            values[i] = random_normal(&seed) + i / 6 * round * 0.2;
        struct anova_one_way table = anova_one_way(values, sizes, 3);
        ck_assert_close(table.between.p, pow(1 + 2 * table.between.f / 15, -7.5), 1e-11);
    }
}
END_TEST

START_TEST(f_of_two_groups_is_the_square_of_t)
{
    static const double values[] = {5.1, 4.9, 5.6, 5.2, 5.5, 6.1, 5.9};
    static const int sizes[] = {4, 3};
    struct anova_one_way table = anova_one_way(values, sizes, 2);
    double m1 = 20.8 / 4, m2 = 17.5 / 3, ss = 0;
    for (int i = 0; i < 7; i++)
        ss += pow(values[i] - (i < 4 ? m1 : m2), 2);
    ck_assert_close(table.within.ss, ss, 1e-12);
    ck_assert_close(table.between.f, pow(m1 - m2, 2) / (ss / 5 * (1 / 4.0 + 1 / 3.0)), 1e-12);
    ck_assert_close(table.between.p, 2 * gsl_cdf_tdist_Q(sqrt(table.between.f), 5), 1e-11);
}
END_TEST

START_TEST(nested_tests_each_level_against_the_one_below)
{
    double values[2 * 3 * 2];
    for (int i = 0; i < 12; i++)
        values[i] = 1e6 + 4.0 * (i / 6) + (i / 2 % 3 - 1) * (i / 6 + 1) + 0.5 * (i % 2);
    struct anova_nested table = anova_nested(values, 2, 3, 2);
    ck_assert_ptr_null(table.why);
    ck_assert_double_eq(table.a.ss, 48);
    ck_assert_double_eq(table.b.ss, 2 * 2 + 2 * 8);
    ck_assert_double_eq(table.error.ss, 12 * 0.0625);
    ck_assert_double_eq(table.b.df, 4);
    ck_assert_double_eq(table.error.df, 6);
    ck_assert_close(table.a.f, 48 / 5.0, 1e-15);
    ck_assert_close(table.b.f, 5 / 0.125, 1e-15);
    ck_assert_close(table.total.ss, 48 + 20 + 0.75, 1e-15);
}
END_TEST

START_TEST(what_cannot_be_tested_is_named)
{
    static const double same[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, bad[] = {1, 2, NAN, 4}, steps[] = {0.1, 0.1, 0.1, 0.7, 0.7, 0.7};
    static const int halves[] = {3, 3}, ones[] = {1, 1}, pair[] = {2, 2}, hole[] = {2, 0};
    struct anova_one_way table = anova_one_way(same, halves, 2);
    ck_assert_double_eq(table.total.ss, 0);
    ck_assert_double_nan(table.between.f);
    ck_assert_double_nan(table.r2);
    table = anova_one_way(steps, halves, 2);
    ck_assert_double_eq(table.within.ss, 0);
    ck_assert_double_nan(table.between.p);
    ck_assert_double_eq(table.r2, 1);
    table = anova_one_way(steps, ones, 2);
    ck_assert_str_eq(table.why, "one reading a group: nothing to test against");
    ck_assert_double_nan(table.within.ms);
    ck_assert_str_eq(anova_one_way(bad, pair, 2).why, "a reading is missing or not a number");
    ck_assert_str_eq(anova_one_way(bad, hole, 2).why, "a group without readings");
    ck_assert_str_eq(anova_one_way(bad, pair, 1).why, "fewer than two groups");
    ck_assert_str_eq(anova_two_way(bad, 2, 2, 1, ANOVA_FIXED).why, "a reading is missing or not a number");
    ck_assert_str_eq(anova_nested(bad, 2, 0, 1).why, "no readings");
    struct anova_two_way single = anova_two_way(steps, 3, 2, 1, ANOVA_RANDOM);
    ck_assert_double_nan(single.interaction.f);
    ck_assert(single.a.f > 0);
}
END_TEST

Suite *anova_suite(void)
{
    Suite *suite = suite_create("anova");
    add_test(suite, one_way_meets_nist_certified_values);
    add_test(suite, one_way_loses_nothing_to_an_offset_of_1e12);
    add_test(suite, one_way_of_2001_replicates_meets_nist);
    add_test(suite, two_way_finds_the_effects_put_in);
    add_test(suite, p_of_f_with_two_degrees_of_freedom_is_a_closed_form);
    add_test(suite, f_of_two_groups_is_the_square_of_t);
    add_test(suite, nested_tests_each_level_against_the_one_below);
    add_test(suite, what_cannot_be_tested_is_named);
    return suite;
}
