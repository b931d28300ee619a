#include "spc/capability.h"

#include "tests/harness.h"
#include "tests/spc/piston.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct within piston_within(const struct piston *piston)
{
    struct within within = {0};
    for (int i = 0; i < PISTON_SUBGROUPS; i++)
        within_add_subgroup(&within, piston->values + (ptrdiff_t)PISTON_SIZE * i, piston->sizes[i]);
    return within;
}

/* An index against "Cp", "Cp_ci" and "Cp_lower_bound"; no interval is given for Cpl and Cpu. An absent one is NAN with a reason. */
static void check_index(const struct index *index, struct reference family, const char *name)
{
    char key[40];
    if (!reference_has(family, name)) {
        ck_assert_double_nan(index->value);
        ck_assert_double_nan(index->lower);
        ck_assert_double_nan(index->bound);
        ck_assert_str_eq(index->why, "no lower specification limit");
        return;
    }
    ck_assert_ptr_null(index->why);
    ck_assert_close(index->value, reference_number_at(family, name), 1e-12);
    snprintf(key, sizeof key, "%s_ci", name);
    if (!reference_has(family, key))
        return;
    ck_assert_close(index->lower, reference_number(reference_item(reference_at(family, key), 0)), 1e-11);
    ck_assert_close(index->upper, reference_number(reference_item(reference_at(family, key), 1)), 1e-11);
    snprintf(key, sizeof key, "%s_lower_bound", name);
    ck_assert_close(index->bound, reference_number_at(family, key), 1e-11);
}

static void check_case(struct reference expected, bool unequal)
{
    struct piston piston = piston_rings(unequal);
    struct moments moments = piston_moments(&piston), batch = moments_of(piston.values, 125);
    struct within within = piston_within(&piston);
    struct specification specification = {reference_number_at(expected, "LSL"), reference_number_at(expected, "USL"), NAN};
    struct capability c = capability_of(unequal ? &moments : &batch, &within, specification, 0, 0, reference_number_at(expected, "conf"));
    struct reference pooled = reference_at(expected, "within/pooled"), overall = reference_at(expected, "overall");
    ck_assert_int_eq(c.n, (int)reference_number_at(expected, "N"));
    ck_assert_str_eq(c.method, "pooled");
    ck_assert_close(c.mean, reference_number_at(expected, "mean"), 1e-14);
    ck_assert_close(c.sd, reference_number_at(expected, "sd_overall"), 1e-11);
    ck_assert_close(c.sigma_within, reference_number_at(pooled, "sigma"), 1e-12);
    ck_assert_double_eq(c.df_within, reference_number_at(pooled, "df"));
    check_index(&c.cp, pooled, "Cp");
    check_index(&c.cpl, pooled, "Cpl");
    check_index(&c.cpu, pooled, "Cpu");
    check_index(&c.cpk, pooled, "Cpk");
    check_index(&c.pp, overall, "Pp");
    check_index(&c.ppl, overall, "Ppl");
    check_index(&c.ppu, overall, "Ppu");
    check_index(&c.ppk, overall, "Ppk");
    ck_assert_close(c.within.below, reference_number_at(pooled, "ppm_lt_LSL"), 1e-10);
    ck_assert_close(c.within.above, reference_number_at(pooled, "ppm_gt_USL"), 1e-10);
    ck_assert_close(c.overall.below, reference_number_at(overall, "ppm_lt_LSL"), 1e-10);
    ck_assert_close(c.overall.above, reference_number_at(overall, "ppm_gt_USL"), 1e-10);
    ck_assert_close(c.observed.below, reference_number_at(expected, "observed_ppm/lt_LSL"), 0);
    ck_assert_close(c.observed.above, reference_number_at(expected, "observed_ppm/gt_USL"), 0);
    free(piston.values);
}

START_TEST(indices_intervals_and_ppm_meet_every_reference_case)
{
    struct reference cases = reference_at(reference_open("own/formulas.json"), "capability");
    ck_assert_uint_eq(reference_count(cases), 4);
    for (size_t i = 0; i < reference_count(cases); i++)
        check_case(reference_item(cases, i), !strcmp(reference_key(cases, i), "piston_unequal"));
}
END_TEST

START_TEST(individuals_take_sigma_from_moving_ranges)
{
    static const double values[] = {10, 12, 11, 14, 13};
    struct moments moments = moments_of(values, 5);
    struct within within = {0};
    for (int i = 1; i < 5; i++)
        within_add_moving_range(&within, fabs(values[i] - values[i - 1]));
    struct capability c = capability_of(&moments, &within, (struct specification){5, 20, NAN}, 0, 0, 0.95);
    double sigma = 7 / 4.0 / 1.12837916709551257;
    ck_assert_str_eq(c.method, "mr");
    ck_assert_close(c.sigma_within, sigma, 1e-14);
    ck_assert_double_eq(c.df_within, 4);
    ck_assert_close(c.cp.value, 15 / (6 * sigma), 1e-14);
    ck_assert_close(c.cpk.value, 7 / (3 * sigma), 1e-14);
    ck_assert_close(c.ppk.value, 7 / (3 * moments_sd(&moments)), 1e-14);
}
END_TEST

START_TEST(within_of_parts_is_within_of_the_whole)
{
    struct piston piston = piston_rings(true);
    unsigned long long seed = 5;
    struct within whole = piston_within(&piston);
    for (int round = 0; round < 50; round++) {
        struct within merged = {0}, part = {0};
        for (int i = 0; i < PISTON_SUBGROUPS; i++) {
            within_add_subgroup(&part, piston.values + (ptrdiff_t)PISTON_SIZE * i, piston.sizes[i]);
            within_add_moving_range(&part, i);
            if (random_below(&seed, 4) == 0) {
                within_merge(&merged, &part);
                part = (struct within){0};
            }
        }
        within_merge(&merged, &part);
        ck_assert_int_eq(merged.subgroups, whole.subgroups);
        ck_assert_double_eq(merged.ss_df, whole.ss_df);
        ck_assert_close(merged.ss, whole.ss, 1e-14);
        ck_assert_int_eq(merged.mr_count, 25);
        ck_assert_double_eq(merged.mr_sum, 300);
    }
    free(piston.values);
}
END_TEST

static struct capability capability_with(const double *values, int n, double lsl, double usl)
{
    struct moments moments = moments_of(values, (size_t)n);
    struct within within = {0};
    within_add_subgroup(&within, values, n);
    return capability_of(&moments, &within, (struct specification){lsl, usl, NAN}, 0, 0, 0.95);
}

static void absent(const struct index *index, const char *why)
{
    ck_assert_double_nan(index->value);
    ck_assert_double_nan(index->lower);
    ck_assert_double_nan(index->upper);
    ck_assert_double_nan(index->bound);
    ck_assert_ptr_nonnull(index->why);
    ck_assert_str_eq(index->why, why);
}

START_TEST(an_absent_side_is_named)
{
    static const double values[] = {1, 2, 3, 4};
    struct capability c = capability_with(values, 4, 0, NAN);
    absent(&c.cp, "no upper specification limit");
    absent(&c.cpu, "no upper specification limit");
    absent(&c.ppu, "no upper specification limit");
    ck_assert_double_eq(c.cpk.value, c.cpl.value);
    ck_assert_double_eq(c.ppk.bound, c.ppl.bound);
    ck_assert_double_nan(c.within.above);
    ck_assert_double_nan(c.observed.above);
    ck_assert_double_eq(c.observed.below, 0);
    c = capability_with(values, 4, NAN, NAN);
    absent(&c.cp, "no specification limits");
    absent(&c.cpk, "no specification limits");
    absent(&c.ppk, "no specification limits");
    absent(&c.ppl, "no lower specification limit");
}
END_TEST

START_TEST(data_without_support_say_why)
{
    static const double same[] = {7, 7, 7, 7};
    struct capability c = capability_with(same, 4, 0, 10);
    absent(&c.cp, "no spread within subgroups");
    absent(&c.cpk, "no spread within subgroups");
    absent(&c.pp, "the values do not vary");
    absent(&c.ppk, "the values do not vary");
    ck_assert_double_nan(c.within.below);
    ck_assert_double_nan(c.overall.above);
    ck_assert_double_eq(c.mean, 7);
    for (int n = 0; n < 2; n++) {
        c = capability_with(same, n, 0, 10);
        absent(&c.cp, "fewer than two values");
        absent(&c.cpl, "fewer than two values");
        absent(&c.cpk, "fewer than two values");
        absent(&c.ppk, "fewer than two values");
        ck_assert_double_nan(c.sd);
    }
    struct moments moments = moments_of((double[]){1, 2, 3}, 3);
    c = capability_of(&moments, &(struct within){0}, (struct specification){0, 10, NAN}, 0, 0, 0.95);
    absent(&c.cpk, "no subgroup of two values, and no two values in a row");
    ck_assert(!isnan(c.ppk.value));
}
END_TEST

START_TEST(observed_ppm_counts_values_beyond_each_limit)
{
    struct moments moments = moments_of((double[]){1, 2, 3, 4, 5, 6, 7, 8}, 8);
    struct capability c = capability_of(&moments, &(struct within){0}, (struct specification){2.5, 7.5, NAN}, 2, 1, 0.95);
    ck_assert_double_eq(c.observed.below, 250000);
    ck_assert_double_eq(c.observed.above, 125000);
}
END_TEST

START_TEST(a_mean_beyond_a_limit_has_a_negative_index)
{
    static const double values[] = {11, 12, 13, 12};
    struct capability c = capability_with(values, 4, 0, 10);
    ck_assert_double_lt(c.cpk.value, 0);
    ck_assert_double_eq(c.cpk.value, c.cpu.value);
    ck_assert_double_gt(c.within.above, 500000);
}
END_TEST

START_TEST(without_the_indices_within)
{
    struct capability c = {.cp = {.value = 2}, .cpl = {.value = 2}, .cpu = {.value = 1}, .cpk = {.value = 1}, .ppk = {.value = 0.9}, .sigma_within = 3};
    struct capability none = capability_without_within(c, "not in control");
    ck_assert(isnan(none.cp.value) && isnan(none.cpl.value) && isnan(none.cpu.value) && isnan(none.cpk.value) && isnan(none.cpk.bound));
    ck_assert_str_eq(none.cpk.why, "not in control");
    ck_assert_double_eq(none.ppk.value, 0.9);
    ck_assert_double_eq(none.sigma_within, 3);
}
END_TEST

START_TEST(requirements_are_judged_by_value_and_by_bound)
{
    struct capability c = {.cpk = {.value = 1.5, .bound = 1.2}, .ppk = {.value = 1.3, .bound = 1.25}};
    const char *used;
    ck_assert_int_eq(capability_requirement(&c, 1.2, 1, &used), REQUIREMENT_MET);
    ck_assert_str_eq(used, "Cpk");
    ck_assert_int_eq(capability_requirement(&c, 1.33, 1, &used), REQUIREMENT_MET_UNSURE);
    ck_assert_int_eq(capability_requirement(&c, 1.67, 1, &used), REQUIREMENT_MISSED);
    ck_assert_int_eq(capability_requirement(&c, 1.33, 0, &used), REQUIREMENT_MISSED);
    ck_assert_str_eq(used, "Ppk");
    ck_assert_int_eq(capability_requirement(&c, NAN, 0, &used), REQUIREMENT_NONE);
    c.cpk.value = NAN;
    ck_assert_int_eq(capability_requirement(&c, 1.2, 1, &used), REQUIREMENT_MET);
    ck_assert_str_eq(used, "Ppk");
    c.ppk.value = NAN;
    ck_assert_int_eq(capability_requirement(&c, 1.2, 1, &used), REQUIREMENT_UNKNOWN);
    ck_assert_str_eq(requirement_words(REQUIREMENT_MET), "met");
    ck_assert_str_eq(requirement_words(REQUIREMENT_MET_UNSURE), "met, lower bound below");
    ck_assert_str_eq(requirement_words(REQUIREMENT_MISSED), "MISSED");
    ck_assert_str_eq(requirement_words(REQUIREMENT_UNKNOWN), "cannot be judged");
    ck_assert_str_eq(requirement_words(REQUIREMENT_NONE), "none");
}
END_TEST

/* How often an interval from 15 subgroups of 5 holds the truth. */
START_TEST(intervals_cover_the_truth_as_often_as_they_say)
{
    enum { ROUNDS = 4000, SUBGROUPS = 15, SIZE = 5 };
    unsigned long long seed = 77;
    double cp = 8 / 6.0, cpk = 1; /* N(0, 1) between -3 and 5 */
    int hits[6] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct moments moments = {0};
        struct within within = {0};
        for (int i = 0; i < SUBGROUPS; i++) {
            double values[SIZE];
            for (int j = 0; j < SIZE; j++) {
                values[j] = random_normal(&seed);
                moments_add(&moments, values[j]);
            }
            within_add_subgroup(&within, values, SIZE);
        }
        struct capability c = capability_of(&moments, &within, (struct specification){-3, 5, NAN}, 0, 0, 0.9);
        hits[0] += c.cp.lower <= cp && cp <= c.cp.upper;
        hits[1] += c.pp.lower <= cp && cp <= c.pp.upper;
        hits[2] += c.cpk.lower <= cpk && cpk <= c.cpk.upper;
        hits[3] += c.ppk.lower <= cpk && cpk <= c.ppk.upper;
        hits[4] += c.cp.bound <= cp;
        hits[5] += c.pp.bound <= cp;
    }
    for (int i = 0; i < 6; i++)
        ck_assert_msg(fabs(hits[i] / (double)ROUNDS - 0.9) < 4 * sqrt(0.9 * 0.1 / ROUNDS), "interval %d covers %.1f %%, not 90 %%", i,
                      100.0 * hits[i] / ROUNDS);
}
END_TEST

Suite *capability_suite(void)
{
    Suite *suite = suite_create("capability");
    add_test(suite, indices_intervals_and_ppm_meet_every_reference_case);
    add_test(suite, individuals_take_sigma_from_moving_ranges);
    add_test(suite, within_of_parts_is_within_of_the_whole);
    add_test(suite, an_absent_side_is_named);
    add_test(suite, data_without_support_say_why);
    add_test(suite, observed_ppm_counts_values_beyond_each_limit);
    add_test(suite, a_mean_beyond_a_limit_has_a_negative_index);
    add_test(suite, without_the_indices_within);
    add_test(suite, requirements_are_judged_by_value_and_by_bound);
    add_test(suite, intervals_cover_the_truth_as_often_as_they_say);
    return suite;
}
