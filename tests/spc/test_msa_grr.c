#include "spc/msa.h"

#include "spc/constants.h"
#include "spc/d2star.h"
#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { APPRAISERS = 3, PARTS = 10, TRIALS = 3, READINGS = APPRAISERS * PARTS * TRIALS };

static const struct grr_settings usual = {.tolerance = 8, .process_sd = NAN, .multiplier = 6, .alpha = 0.05};

static struct reference formulas(const char *path)
{
    return reference_at(reference_open("own/formulas.json"), path);
}

/* AIAG's study of 10 parts, 3 appraisers, 3 trials has these means and ranges; the method sees nothing else of it. */
static struct grr_data ranges_data(struct reference expected, double *values)
{
    static const char *const appraisers[] = {"A", "B", "C"};
    for (int i = 0; i < READINGS; i++) {
        const char *name = appraisers[i / 30];
        double mean = reference_number_at(reference_at(expected, "Xbar"), name), range = reference_number_at(reference_at(expected, "Rbar"), name);
        values[i] = mean + reference_number_at(expected, "Rp") * (i / 3 % 10 - 4.5) / 9 + range / 2 * (i % 3 - 1);
    }
    return (struct grr_data){values, APPRAISERS, PARTS, TRIALS};
}

static void check_ranges(const char *constants, bool published)
{
    char path[60];
    double values[READINGS], mean, range;
    snprintf(path, sizeof path, "grr_xbar_r/%s", constants);
    struct reference expected = formulas(path);
    struct grr_data data = ranges_data(expected, values);
    struct grr_settings settings = usual;
    settings.published = published;
    struct grr_ranges study = grr_ranges(&data, &settings);
    const struct grr_component *of = study.result.of;
    ck_assert_ptr_null(study.result.why);
    ck_assert_close(study.mean_range, reference_number_at(expected, "Rdoublebar"), 1e-12);
    ck_assert_close(study.mean_difference, reference_number_at(expected, "Xdiff"), 1e-12);
    ck_assert_close(study.part_range, reference_number_at(expected, "Rp"), 1e-12);
    ck_assert_close(study.range_ucl, reference_number_at(expected, "UCL_R"), 1e-12);
    ck_assert_close(of[GRR_REPEATABILITY].sd, reference_number_at(expected, "EV"), 1e-12);
    ck_assert_close(of[GRR_REPRODUCIBILITY].sd, reference_number_at(expected, "AV"), 1e-12);
    ck_assert_close(of[GRR_GAUGE].sd, reference_number_at(expected, "GRR"), 1e-12);
    ck_assert_close(of[GRR_PART].sd, reference_number_at(expected, "PV"), 1e-12);
    ck_assert_close(of[GRR_TOTAL].sd, reference_number_at(expected, "TV"), 1e-12);
    ck_assert_close(of[GRR_REPEATABILITY].of_study, reference_number_at(expected, "pctEV"), 1e-12);
    ck_assert_close(of[GRR_APPRAISER].of_study, reference_number_at(expected, "pctAV"), 1e-12);
    ck_assert_close(of[GRR_GAUGE].of_study, reference_number_at(expected, "pctGRR"), 1e-12);
    ck_assert_close(of[GRR_PART].of_study, reference_number_at(expected, "pctPV"), 1e-12);
    ck_assert_close(of[GRR_GAUGE].of_tolerance, reference_number_at(expected, "pctTol_GRR_6"), 1e-12);
    ck_assert_close(study.result.ndc_raw, reference_number_at(expected, "ndc_raw"), 1e-12);
    ck_assert_double_eq(study.result.ndc, reference_number_at(expected, "ndc"));
    ck_assert_double_nan(of[GRR_INTERACTION].variance);
    grr_appraiser(&data, 1, &mean, &range);
    ck_assert_close(mean, reference_number_at(expected, "Xbar/B"), 1e-12);
    ck_assert_close(range, reference_number_at(expected, "Rbar/B"), 1e-12);
}

START_TEST(average_and_range_meets_aiag_with_both_constants)
{
    check_ranges("exact_constants", false);
    check_ranges("aiag_constants", true);
}
END_TEST

/* d2* of 10 ranges of 2 is 1.16013602231016 (integration by R; Duncan 1955 prints 1.16), d2 1.12837916709551. */
START_TEST(few_ranges_have_their_own_factor)
{
    double values[32 * 2];
    for (int i = 0; i < 64; i++)
        values[i] = 10 + (i / 2) % 5 + (i % 2) * 0.1;
    struct grr_data few = {values, 2, 5, 2}, many = {values, 2, 8, 2};
    struct grr_settings sheet = usual;
    sheet.published = true;
    ck_assert_close(grr_ranges(&few, &usual).k1, 1 / 1.1601360223101627, 1e-14);
    ck_assert_close(grr_ranges(&few, &usual).result.of[GRR_REPEATABILITY].sd, 0.1 / 1.1601360223101627, 1e-12);
    ck_assert_close(grr_ranges(&many, &usual).k1, 1 / 1.1283791670955126, 1e-14);
    ck_assert_double_eq(grr_ranges(&few, &sheet).k1, 0.8862);
}
END_TEST

START_TEST(published_factors_are_aiags)
{
    static const double k1[] = {0.8862, 0.5908}, k2[] = {0.7071, 0.5231};
    static const double k3[] = {0.7071, 0.5231, 0.4467, 0.4030, 0.3742, 0.3534, 0.3375, 0.3249, 0.3146};
    double values[3 * 10 * 3];
    for (int i = 0; i < 90; i++)
        values[i] = i % 7;
    struct grr_settings settings = usual;
    settings.published = true;
    for (int parts = 2; parts <= 10; parts++)
        for (int few = 2; few <= 3; few++) {
            struct grr_ranges study = grr_ranges(&(struct grr_data){values, few, parts, few}, &settings);
            ck_assert_close(study.k1, k1[few - 2], 1e-15);
            ck_assert_close(study.k2, k2[few - 2], 1e-15);
            ck_assert_close(study.k3, k3[parts - 2], 1e-15);
        }
}
END_TEST

/* Orthogonal patterns with AIAG's sums of squares: ANOVA sees nothing else of the data. */
static struct grr_data anova_data(struct reference expected, double *values)
{
    static const char *const names[] = {"appraiser", "part", "interaction", "repeatability"};
    static const double norms[] = {60, 9 * 82.5, 180, 60};
    double c[4];
    for (int i = 0; i < 4; i++)
        c[i] = sqrt(reference_number(reference_item(reference_at(expected, names[i]), 1)) / norms[i]);
    for (int n = 0; n < READINGS; n++) {
        int i = n / 30, j = n / 3 % 10, k = n % 3;
        values[n] = c[0] * (i - 1) + c[1] * (j - 4.5) + c[2] * (i == 1 ? -2 : 1) * (j % 2 ? -1 : 1) + c[3] * (k - 1);
    }
    return (struct grr_data){values, APPRAISERS, PARTS, TRIALS};
}

static void check_row(const struct anova_row *row, struct reference list)
{
    size_t count = reference_count(list);
    ck_assert_double_eq(row->df, reference_number(reference_item(list, 0)));
    ck_assert_close(row->ss, reference_number(reference_item(list, 1)), 1e-12);
    if (count > 2)
        ck_assert_close(row->ms, reference_number(reference_item(list, 2)), 1e-12);
    if (count > 3) {
        ck_assert_close(row->f, reference_number(reference_item(list, 3)), 1e-12);
        ck_assert_close(row->p, reference_number(reference_item(list, 4)), 1e-9);
    }
}

static void check_table(const struct anova_two_way *table, struct reference expected)
{
    check_row(&table->b, reference_at(expected, "part"));
    check_row(&table->a, reference_at(expected, "appraiser"));
    check_row(&table->error, reference_at(expected, "repeatability"));
    check_row(&table->total, reference_at(expected, "total"));
    if (reference_has(expected, "interaction"))
        check_row(&table->interaction, reference_at(expected, "interaction"));
}

static void check_components(const struct grr_result *result, struct reference expected)
{
    static const char *const names[] = {"GRR", "repeatability", "reproducibility", "appraiser", "interaction", "part", "total"};
    for (int i = 0; i < GRR_SOURCES; i++) {
        struct reference row = reference_at(expected, names[i]);
        ck_assert_close(result->of[i].variance, reference_number_at(row, "var"), 1e-12);
        ck_assert_close(result->of[i].contribution, reference_number_at(row, "pctContribution"), 1e-12);
        ck_assert_close(result->of[i].sd, reference_number_at(row, "sd"), 1e-12);
        ck_assert_close(result->of[i].study, reference_number_at(row, "studyvar"), 1e-12);
        ck_assert_close(result->of[i].of_study, reference_number_at(row, "pctStudyVar"), 1e-12);
        ck_assert_close(result->of[i].of_tolerance, reference_number_at(row, "pctTolerance"), 1e-12);
    }
    ck_assert_close(result->ndc_raw, reference_number_at(expected, "ndc_raw_1.41"), 1e-12);
    ck_assert_double_eq(result->ndc, reference_number_at(expected, "ndc"));
}

START_TEST(anova_meets_aiag_with_and_without_the_interaction)
{
    double values[READINGS];
    struct reference expected = formulas("grr_anova");
    struct grr_data data = anova_data(reference_at(expected, "with_interaction"), values);
    struct grr_settings keep = usual;
    keep.alpha = 1;
    struct grr_anova kept = grr_anova(&data, &keep), dropped = grr_anova(&data, &usual);
    ck_assert(!kept.dropped);
    ck_assert(dropped.dropped); /* p 0.974 */
    check_table(&kept.full, reference_at(expected, "with_interaction"));
    check_table(&kept.without, reference_at(expected, "without_interaction"));
    check_components(&kept.result, reference_at(expected, "components_with_interaction"));
    check_components(&dropped.result, reference_at(expected, "components_without_interaction"));
}
END_TEST

START_TEST(a_real_interaction_stays_and_its_variance_is_estimated)
{
    static const double norms[] = {0, 0, 180, 60}, squares[] = {0, 0, 1.8, 0.6}; /* MS 0.1 and 0.01 */
    double values[READINGS];
    for (int n = 0; n < READINGS; n++) {
        int i = n / 30, j = n / 3 % 10, k = n % 3;
        values[n] = j + i * 0.5 + sqrt(squares[2] / norms[2]) * (i == 1 ? -2 : 1) * (j % 2 ? -1 : 1) + sqrt(squares[3] / norms[3]) * (k - 1);
    }
    struct grr_anova study = grr_anova(&(struct grr_data){values, APPRAISERS, PARTS, TRIALS}, &usual);
    ck_assert(!study.dropped);
    ck_assert_close(study.result.of[GRR_INTERACTION].variance, (0.1 - 0.01) / 3, 1e-11);
    ck_assert_close(study.result.of[GRR_APPRAISER].variance, (30 * 0.5 / 2 - 0.1) / 30, 1e-11);
    ck_assert_close(study.result.of[GRR_REPRODUCIBILITY].variance, 0.03 + 7.4 / 30, 1e-11);
    ck_assert_close(study.result.of[GRR_PART].variance, (82.5 - 0.1) / 9, 1e-11);
}
END_TEST

/* Three appraisers with five parts each, twice: a published study's sums of squares. */
START_TEST(nested_study_meets_published_shares)
{
    double values[30], c[] = {sqrt(4.3626666666666667 / 20), sqrt(37.606 / 60), sqrt(1.21 / 30)};
    for (int n = 0; n < 30; n++)
        values[n] = c[0] * (n / 10 - 1) + c[1] * (n / 2 % 5 - 2) + c[2] * (n % 2 ? 1 : -1);
    struct grr_nested study = grr_nested(&(struct grr_data){values, 3, 5, 2}, &usual);
    ck_assert_ptr_null(study.result.why);
    ck_assert_close(study.table.a.ss, 4.3626666666666667, 1e-12);
    ck_assert_close(study.table.b.ss, 37.606, 1e-12);
    ck_assert_close(study.table.error.ss, 1.21, 1e-12);
    ck_assert_close(study.result.of[GRR_GAUGE].of_study, 22.4029566447861, 1e-12);
    ck_assert_double_eq(study.result.of[GRR_APPRAISER].variance, 0);
    ck_assert_double_eq(study.result.ndc, 6);
}
END_TEST

START_TEST(the_estimates_come_back_from_simulated_studies)
{
    enum { P = 40, A = 12, T = 4, ROUNDS = 200 };
    static double values[A * P * T];
    double parts[P], gauge = 0, ranges = 0;
    unsigned long long seed = 11;
    for (int round = 0; round < ROUNDS; round++) {
        for (int j = 0; j < P; j++)
            parts[j] = 3 * random_normal(&seed);
        for (int i = 0; i < A; i++) {
            double appraiser = 0.4 * random_normal(&seed);
            for (int n = 0; n < P * T; n++)
                values[i * P * T + n] = 50 + parts[n / T] + appraiser + 0.3 * random_normal(&seed);
        }
        gauge += grr_anova(&(struct grr_data){values, A, P, T}, &usual).result.of[GRR_GAUGE].variance / ROUNDS;
        ranges += grr_ranges(&(struct grr_data){values, A, P, T}, &usual).result.of[GRR_GAUGE].variance / ROUNDS;
    }
    ck_assert_double_eq_tol(gauge, 0.25, 0.02);
    ck_assert_double_eq_tol(ranges, 0.25, 0.02);
}
END_TEST

START_TEST(one_appraiser_has_repeatability_only)
{
    static const double values[] = {1, 1.2, 2, 2.2, 3, 3.2, 4, 4.2};
    struct grr_data data = {values, 1, 4, 2};
    struct grr_result results[] = {grr_ranges(&data, &usual).result, grr_anova(&data, &usual).result, grr_nested(&data, &usual).result};
    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_null(results[i].why);
        ck_assert_double_nan(results[i].of[GRR_REPRODUCIBILITY].sd);
        ck_assert_double_eq(results[i].of[GRR_GAUGE].variance, results[i].of[GRR_REPEATABILITY].variance);
    }
    ck_assert_close(results[0].of[GRR_GAUGE].sd, 0.2 / d2star(2, 4), 1e-12);
    ck_assert_close(results[1].of[GRR_GAUGE].variance, 0.02, 1e-12);
    ck_assert_close(results[1].of[GRR_PART].variance, (10.0 / 3 - 0.02) / 2, 1e-12);
}
END_TEST

START_TEST(shares_of_tolerance_and_process_follow_the_settings)
{
    double values[READINGS];
    struct grr_data data = anova_data(formulas("grr_anova/with_interaction"), values);
    struct grr_settings settings = {.tolerance = NAN, .process_sd = 2, .multiplier = 5.15, .alpha = 0.25};
    struct grr_result result = grr_anova(&data, &settings).result;
    const struct grr_component *gauge = &result.of[GRR_GAUGE];
    ck_assert_double_nan(gauge->of_tolerance);
    ck_assert_close(gauge->of_process, 50 * gauge->sd, 1e-14);
    ck_assert_close(gauge->study, 5.15 * gauge->sd, 1e-14);
}
END_TEST

START_TEST(a_study_that_cannot_be_judged_says_why)
{
    double values[24] = {0}, steps[24];
    for (int i = 0; i < 24; i++)
        steps[i] = i / 3 % 4;
    struct grr_data data = {values, 2, 4, 3};
    ck_assert_str_eq(grr_anova(&data, &usual).result.why, "the readings do not vary");
    ck_assert_double_nan(grr_anova(&data, &usual).result.of[GRR_GAUGE].of_study);
    data.values = steps;
    struct grr_result result = grr_ranges(&data, &usual).result;
    ck_assert_str_eq(result.why, "repeated readings do not vary: the gauge's resolution hides its spread");
    ck_assert_double_nan(result.ndc);
    ck_assert_double_eq(result.of[GRR_GAUGE].of_study, 0);
    steps[5] = NAN;
    ck_assert_str_eq(grr_nested(&data, &usual).result.why, "a reading is missing: every appraiser must measure every part equally often");
    ck_assert_str_eq(grr_ranges(&(struct grr_data){values, 2, 12, 1}, &usual).result.why, "fewer than two trials: no repeatability");
    ck_assert_str_eq(grr_ranges(&(struct grr_data){values, 2, 1, 12}, &usual).result.why, "fewer than two parts");
    ck_assert_str_eq(grr_anova(&(struct grr_data){values, 0, 2, 12}, &usual).result.why, "no appraiser");
}
END_TEST

START_TEST(ndc_truncates)
{
    /* Part variance 25, gauge variance 1.5625: 1.41 * 5 / 1.25 = 5.64. */
    double values[2 * 2 * 2];
    double part = sqrt((25 * 4 + 1.5625) / 4), error = 1.25 / sqrt(2);
    for (int n = 0; n < 8; n++)
        values[n] = part / sqrt(2) * (n / 2 % 2 ? 1 : -1) + error * (n % 2 ? 1 : -1);
    struct grr_data data = {values, 2, 2, 2};
    struct grr_result result = grr_anova(&data, &(struct grr_settings){.tolerance = NAN, .process_sd = NAN, .multiplier = 6, .alpha = 1}).result;
    ck_assert_double_gt(result.ndc_raw, 5.5);
    ck_assert_double_lt(result.ndc_raw, 6);
    ck_assert_double_eq(result.ndc, 5);
}
END_TEST

START_TEST(d2star_meets_the_table)
{
    struct reference table = formulas("d2star_table");
    ck_assert_uint_gt(reference_count(table), 40);
    for (size_t i = 0; i < reference_count(table); i++) {
        int m, g;
        ck_assert_int_eq(sscanf(reference_key(table, i), "m%d_g%d", &m, &g), 2);
        ck_assert_close(d2star(m, g), reference_number_at(reference_item(table, i), "d2star"), 1e-14);
        ck_assert_close(d2star_df(m, g), reference_number_at(reference_item(table, i), "df"), 1e-11);
    }
    ck_assert_double_nan(d2star(1, 1));
    ck_assert_double_nan(d2star(5, 0));
    ck_assert_double_nan(d2star_df(CONSTANTS_MAX + 1, 1));
}
END_TEST

START_TEST(figures_are_accepted_at_their_bounds)
{
    static const struct {
        enum msa_figure figure;
        double value;
        const char *words;
    } cases[] = {
        {MSA_GRR_PERCENT, 9.999, "good"},
        {MSA_GRR_PERCENT, 10, "conditional"},
        {MSA_GRR_PERCENT, 30, "conditional"},
        {MSA_GRR_PERCENT, 30.001, "REJECT"},
        {MSA_NDC, 5, "good"},
        {MSA_NDC, 4, "REJECT"},
        {MSA_CG, 1.33, "good"},
        {MSA_CG, 1.329, "REJECT"},
        {MSA_EFFECTIVENESS_PERCENT, 90, "good"},
        {MSA_EFFECTIVENESS_PERCENT, 80, "conditional"},
        {MSA_EFFECTIVENESS_PERCENT, 79.9, "REJECT"},
        {MSA_MISS_PERCENT, 2, "good"},
        {MSA_MISS_PERCENT, 5, "conditional"},
        {MSA_MISS_PERCENT, 5.1, "REJECT"},
        {MSA_FALSE_ALARM_PERCENT, 5, "good"},
        {MSA_FALSE_ALARM_PERCENT, 10, "conditional"},
        {MSA_FALSE_ALARM_PERCENT, 11, "REJECT"},
        {MSA_KAPPA, 0.76, "good"},
        {MSA_KAPPA, 0.75, "conditional"},
        {MSA_KAPPA, 0.4, "conditional"},
        {MSA_KAPPA, 0.39, "REJECT"},
        {MSA_KAPPA, NAN, "cannot be judged"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_str_eq(msa_acceptance_words(msa_judge(cases[i].figure, cases[i].value)), cases[i].words);
}
END_TEST

Suite *msa_grr_suite(void)
{
    Suite *suite = suite_create("msa_grr");
    add_test(suite, average_and_range_meets_aiag_with_both_constants);
    add_test(suite, few_ranges_have_their_own_factor);
    add_test(suite, published_factors_are_aiags);
    add_test(suite, anova_meets_aiag_with_and_without_the_interaction);
    add_test(suite, a_real_interaction_stays_and_its_variance_is_estimated);
    add_test(suite, nested_study_meets_published_shares);
    add_test(suite, the_estimates_come_back_from_simulated_studies);
    add_test(suite, one_appraiser_has_repeatability_only);
    add_test(suite, shares_of_tolerance_and_process_follow_the_settings);
    add_test(suite, a_study_that_cannot_be_judged_says_why);
    add_test(suite, ndc_truncates);
    add_test(suite, d2star_meets_the_table);
    add_test(suite, figures_are_accepted_at_their_bounds);
    return suite;
}
