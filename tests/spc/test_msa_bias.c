#include "spc/msa_bias.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct reference formulas(const char *path)
{
    return reference_at(reference_open("own/formulas.json"), path);
}

/* Fifty readings with the mean and standard deviation of the reference. */
START_TEST(type_1_meets_the_reference_in_every_variant)
{
    struct reference cases = formulas("type1");
    int seen = 0;
    for (size_t i = 0; i < reference_count(cases); i++) {
        struct reference expected = reference_item(cases, i);
        if (!strcmp(reference_key(cases, i), "note"))
            continue;
        double values[50], step = reference_number_at(expected, "s") * sqrt(49.0 / 50);
        for (int k = 0; k < 50; k++)
            values[k] = reference_number_at(expected, "mean") + (k % 2 ? step : -step);
        struct type1_settings settings = {reference_number_at(expected, "ref"), reference_number_at(expected, "tol"),
                                          reference_number_at(expected, "pct"), reference_number_at(expected, "sv"), 0.1};
        struct type1 study = type1_study(values, 50, &settings);
        ck_assert_ptr_null(study.why);
        ck_assert_close(study.bias, reference_number_at(expected, "bias"), 1e-12);
        ck_assert_close(study.cg, reference_number_at(expected, "Cg"), 1e-12);
        ck_assert_close(study.cgk, reference_number_at(expected, "Cgk"), 1e-12);
        ck_assert_close(study.t, reference_number_at(expected, "t"), 1e-12);
        ck_assert_close(study.of_tolerance, 100 * settings.multiplier * study.sd / settings.tolerance, 1e-14);
        ck_assert_double_eq(study.resolution_max, reference_number_at(expected, "res_max"));
        ck_assert(!study.resolution_poor);
        seen++;
    }
    ck_assert_int_eq(seen, 3);
}
END_TEST

START_TEST(type_1_says_what_it_lacks)
{
    static const double values[] = {2, 2, 2}, good[] = {1, 2, 3};
    struct type1_settings settings = {2, 4, 20, 6, 0.3};
    struct type1 study = type1_study(values, 3, &settings);
    ck_assert_str_eq(study.why, "the readings do not vary: the gauge's resolution hides its spread");
    ck_assert_double_nan(study.cg);
    ck_assert_double_eq(study.bias, 0);
    ck_assert(study.resolution_poor); /* 0.3 is more than 5 % of 4 */
    ck_assert_str_eq(type1_study(good, 1, &settings).why, "fewer than two readings");
    settings.reference = NAN;
    study = type1_study(good, 3, &settings);
    ck_assert_str_eq(study.why, "no reference value");
    ck_assert_close(study.cg, 0.4 / 3, 1e-15);
    ck_assert_double_nan(study.cgk);
    settings = (struct type1_settings){2, NAN, 20, 6, NAN};
    study = type1_study(good, 3, &settings);
    ck_assert_str_eq(study.why, "no tolerance");
    ck_assert_double_eq(study.t, 0);
    ck_assert_double_eq(study.p, 1);
}
END_TEST

/* Fifteen readings with AIAG's mean, standard deviation and range. */
static void bias_readings(struct reference expected, double *values)
{
    double sd = reference_number_at(expected, "sr"), half = 0.4, step = sqrt((14 * sd * sd - 2 * half * half) / 12);
    for (int i = 0; i < 15; i++)
        values[i] = reference_number_at(expected, "mean") + (i == 14 ? 0 : (i < 2 ? half : step) * (i % 2 ? 1 : -1));
}

START_TEST(bias_meets_the_reference_by_both_methods)
{
    double values[15];
    struct reference expected = formulas("bias_aiag"), by_range = reference_at(expected, "aiag_d2star");
    bias_readings(expected, values);
    struct bias study = bias_study(values, 15, 6, BIAS_SD, 0.95);
    ck_assert_ptr_null(study.why);
    ck_assert_close(study.bias, reference_number_at(expected, "bias"), 1e-12);
    ck_assert_close(study.sd, reference_number_at(expected, "sr"), 1e-12);
    ck_assert_close(study.sd_mean, reference_number_at(expected, "sb"), 1e-12);
    ck_assert_close(study.t, reference_number_at(expected, "t"), 1e-12);
    ck_assert_close(study.p, reference_number_at(expected, "p"), 1e-9);
    ck_assert_close(study.lower, reference_number(reference_item(reference_at(expected, "ci95"), 0)), 1e-9);
    ck_assert_close(study.upper, reference_number(reference_item(reference_at(expected, "ci95"), 1)), 1e-9);
    ck_assert(study.acceptable);
    study = bias_study(values, 15, 6, BIAS_RANGE, 0.95);
    ck_assert_close(study.df, reference_number_at(by_range, "df"), 1e-12);
    ck_assert_close(study.sd, reference_number_at(by_range, "sigma_r"), 1e-12);
    ck_assert_close(study.sd_mean, reference_number_at(by_range, "sigma_b"), 1e-12);
    ck_assert_close(study.t, reference_number_at(by_range, "t"), 1e-12);
    ck_assert_close(study.lower, reference_number(reference_item(reference_at(by_range, "ci95"), 0)), 1e-9);
    ck_assert_close(study.upper, reference_number(reference_item(reference_at(by_range, "ci95"), 1)), 1e-9);
}
END_TEST

START_TEST(a_bias_beyond_its_interval_is_not_acceptable)
{
    static const double values[] = {5.1, 5.2, 5.1, 5.3, 5.2};
    ck_assert(!bias_study(values, 5, 5, BIAS_SD, 0.95).acceptable);
    ck_assert(bias_study(values, 5, 5.18, BIAS_RANGE, 0.95).acceptable);
    ck_assert_str_eq(bias_study(values, 5, NAN, BIAS_SD, 0.95).why, "no reference value");
    double many[101];
    for (int i = 0; i < 101; i++)
        many[i] = i;
    ck_assert_str_eq(bias_study(many, 101, 50, BIAS_RANGE, 0.95).why, "more than 100 readings: take the standard deviation");
    ck_assert_double_eq(bias_study(many, 101, 50, BIAS_SD, 0.95).bias, 0);
}
END_TEST

START_TEST(line_meets_nist_norris)
{
    size_t n;
    double *x = reference_column("nist/lls_norris.csv", "x", &n), *y = reference_column("nist/lls_norris.csv", "y", &n);
    struct reference expected = reference_at(reference_open("nist/strd_anova_linear.json"), "linear/Norris");
    struct reference certified = reference_at(expected, "certified");
    struct line_fit line = line_fit(x, y, (int)n);
    ck_assert_close(line.slope, reference_number_at(expected, "exact_B1"), 1e-14);
    ck_assert_close(line.intercept, reference_number_at(expected, "exact_B0"), 1e-12);
    ck_assert_close(line.slope_se, reference_number_at(certified, "params/B1/sd"), 1e-12);
    ck_assert_close(line.intercept_se, reference_number_at(certified, "params/B0/sd"), 1e-12);
    ck_assert_close(line.s, reference_number_at(certified, "residual_sd"), 1e-12);
    ck_assert_close(line.r2, reference_number_at(certified, "R2"), 1e-14);
    free(x);
    free(y);
}
END_TEST

enum { LINEARITY = 60 };

/* Five masters 2, 4, 6, 8, 10 read twelve times, with AIAG's mean biases and scatter. */
static void linearity_readings(struct reference expected, double *references, double *values)
{
    struct reference biases = reference_at(expected, "part_bias");
    double s = reference_number_at(expected, "s"), scatter = 58 * s * s;
    for (size_t part = 0; part < 5; part++) {
        double off = reference_number(reference_item(biases, part)) - reference_number_at(expected, "intercept") -
                     reference_number_at(expected, "slope") * 2 * (double)(part + 1);
        scatter -= 12 * off * off;
    }
    for (int i = 0; i < LINEARITY; i++) {
        references[i] = 2 * (i / 12 + 1);
        values[i] = references[i] + reference_number(reference_item(biases, (size_t)i / 12)) + sqrt(scatter / LINEARITY) * (i % 2 ? 1 : -1);
    }
}

START_TEST(linearity_meets_aiag)
{
    double references[LINEARITY], values[LINEARITY], scratch[LINEARITY], half_width;
    struct reference expected = formulas("linearity_aiag");
    linearity_readings(expected, references, values);
    struct linearity study = linearity_study(references, values, LINEARITY, 0.95, scratch);
    ck_assert_ptr_null(study.why);
    ck_assert_close(study.line.slope, reference_number_at(expected, "slope"), 1e-12);
    ck_assert_close(study.line.intercept, reference_number_at(expected, "intercept"), 1e-12);
    ck_assert_close(study.line.s, reference_number_at(expected, "s"), 1e-12);
    ck_assert_close(study.line.r2, reference_number_at(expected, "R2"), 1e-12);
    ck_assert_close(study.line.slope_t, reference_number_at(expected, "t_slope"), 1e-12);
    ck_assert_close(study.line.intercept_t, reference_number_at(expected, "t_intercept"), 1e-12);
    ck_assert_close(study.line.slope_p, reference_number_at(expected, "p_slope"), 1e-9);
    ck_assert_close(study.line.intercept_p, reference_number_at(expected, "p_intercept"), 1e-9);
    ck_assert_close(study.bias, reference_number_at(expected, "bias_mean"), 1e-12);
    ck_assert_close(study.percent, -100 * reference_number_at(expected, "slope"), 1e-12);
    ck_assert(!study.acceptable);
    double middle = line_at(&study.line, 6, 0.95, &half_width);
    ck_assert_close(middle, study.bias, 1e-12);
    ck_assert_close(half_width, reference_number_at(expected, "t_crit_0.975") * study.line.s / sqrt(LINEARITY), 1e-9);
    for (size_t part = 0; part < 5; part++)
        ck_assert_close(bias_study(values + 12 * part, 12, references[12 * part], BIAS_SD, 0.95).bias,
                        reference_number(reference_item(reference_at(expected, "part_bias"), part)), 1e-11);
}
END_TEST

/* The band covers 0 where it does so at each of many points of the range. */
START_TEST(linearity_is_acceptable_where_zero_lies_in_the_band_all_over)
{
    unsigned long long seed = 8;
    int accepted = 0;
    for (int round = 0; round < 300; round++) {
        double references[12], values[12], scratch[12], slope = 0.05 * random_normal(&seed), bias = 0.3 * random_normal(&seed);
        for (int i = 0; i < 12; i++) {
            references[i] = 1 + i / 3 * 2;
            values[i] = references[i] + bias + slope * references[i] + 0.5 * random_normal(&seed);
        }
        struct linearity study = linearity_study(references, values, 12, 0.95, scratch);
        bool covered = true;
        for (int k = 0; k <= 1000; k++) {
            double half_width, fit = line_at(&study.line, 1 + 6 * k / 1000.0, 0.95, &half_width);
            covered &= fabs(fit) <= half_width;
        }
        ck_assert_int_eq(study.acceptable, covered);
        accepted += covered;
    }
    ck_assert_int_gt(accepted, 30);
    ck_assert_int_lt(accepted, 270);
}
END_TEST

START_TEST(a_line_that_cannot_be_drawn_says_why)
{
    static const double x[] = {1, 1, 1}, y[] = {1, 2, 3}, hole[] = {1, NAN, 3};
    double scratch[3], half_width;
    struct line_fit line = line_fit(x, y, 3);
    ck_assert_str_eq(line.why, "one reference only: no line");
    ck_assert_double_nan(line_at(&line, 1, 0.95, &half_width));
    ck_assert_double_nan(half_width);
    ck_assert_str_eq(linearity_study(y, hole, 3, 0.95, scratch).why, "a reading or a reference is missing");
    ck_assert_str_eq(line_fit(y, y, 2).why, "fewer than three readings");
    line = line_fit(y, y, 3);
    ck_assert_double_eq(line.slope, 1);
    ck_assert_double_eq(line.s, 0);
    ck_assert_double_nan(line.slope_t);
    ck_assert(linearity_study(y, y, 3, 0.95, scratch).acceptable);
}
END_TEST

Suite *msa_bias_suite(void)
{
    Suite *suite = suite_create("msa_bias");
    add_test(suite, type_1_meets_the_reference_in_every_variant);
    add_test(suite, type_1_says_what_it_lacks);
    add_test(suite, bias_meets_the_reference_by_both_methods);
    add_test(suite, a_bias_beyond_its_interval_is_not_acceptable);
    add_test(suite, line_meets_nist_norris);
    add_test(suite, linearity_meets_aiag);
    add_test(suite, linearity_is_acceptable_where_zero_lies_in_the_band_all_over);
    add_test(suite, a_line_that_cannot_be_drawn_says_why);
    return suite;
}
