#include "spc/msa_attribute.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <string.h>

enum { PARTS = 15, BAD = 1 };

/* Three appraisers look three times at fifteen parts, of which the first five are bad; a part's looks are the digits of a word. Marginal counts
 * and agreements are those of a published study, whose figures they must give. */
static const char *const looks[3][PARTS] = {
    {"111", "111", "111", "111", "000", "111", "110", "000", "000", "000", "000", "000", "000", "000", "000"},
    {"111", "111", "111", "111", "000", "111", "110", "111", "000", "000", "000", "000", "000", "000", "000"},
    {"011", "101", "000", "001", "000", "111", "000", "000", "000", "000", "000", "000", "000", "000", "000"},
};
static const int standard[PARTS] = {1, 1, 1, 1, 1};

static struct attribute_data study(void)
{
    static int ratings[3 * PARTS * 3];
    for (int i = 0; i < 3 * PARTS * 3; i++)
        ratings[i] = looks[i / 45][i / 3 % PARTS][i % 3] - '0';
    return (struct attribute_data){ratings, standard, 3, PARTS, 3, 2};
}

START_TEST(exact_interval_meets_published_and_closed_forms)
{
    struct agreement most = agreement_of(14, 15, 0.95), all = agreement_of(15, 15, 0.95), none = agreement_of(0, 15, 0.95);
    ck_assert_close(most.percent, 1400 / 15.0, 1e-15);
    ck_assert_double_eq_tol(most.lower, 68.0515, 5e-5);
    ck_assert_double_eq_tol(most.upper, 99.8314, 5e-5);
    ck_assert_close(most.upper, 100 * pow(0.975, 1 / 15.0), 1e-9);
    ck_assert_close(all.lower, 100 * pow(0.025, 1 / 15.0), 1e-9);
    ck_assert_double_eq(all.upper, 100);
    ck_assert_close(none.upper, 100 - all.lower, 1e-9);
    ck_assert_double_eq(none.lower, 0);
    ck_assert_str_eq(agreement_of(0, 0, 0.95).why, "no parts");
}
END_TEST

/* The bounds are where the binomial tails are the confidence's. */
START_TEST(exact_interval_inverts_the_binomial)
{
    for (int n = 2; n <= 40; n += 7)
        for (int x = 1; x < n; x++) {
            struct agreement a = agreement_of(x, n, 0.9);
            double below = 0, above = 0;
            for (int k = 0; k <= n; k++) {
                double log_choose = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1), l = a.lower / 100, u = a.upper / 100;
                above += k >= x ? exp(log_choose + k * log(l) + (n - k) * log1p(-l)) : 0;
                below += k <= x ? exp(log_choose + k * log(u) + (n - k) * log1p(-u)) : 0;
            }
            ck_assert_close(above, 0.05, 1e-9);
            ck_assert_close(below, 0.05, 1e-9);
        }
}
END_TEST

START_TEST(exact_interval_of_many_parts_ends)
{
    struct agreement half = agreement_of(500000, 1000000, 0.95);
    ck_assert_double_eq_tol(half.upper - half.lower, 2 * 1.959964 * 0.05, 2e-4); /* nearly normal */
    ck_assert_close(agreement_of(1, 2000000000, 0.95).lower, 100 * -expm1(log1p(-0.025) / 2e9), 1e-6);
    half = agreement_of(50000000, 100000000, 0.95);
    ck_assert_double_eq(half.percent, 50);
    ck_assert_str_eq(half.why, "too many parts for the exact interval");
}
END_TEST

START_TEST(agreements_are_counted_in_every_comparison)
{
    struct attribute_data data = study();
    static const int within[] = {14, 14, 12}, with_standard[] = {12, 11, 9};
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(attribute_agreement(&data, ATTRIBUTE_WITHIN, i, 0.95).matched, within[i]);
        ck_assert_int_eq(attribute_agreement(&data, ATTRIBUTE_STANDARD, i, 0.95).matched, with_standard[i]);
    }
    ck_assert_int_eq(attribute_agreement(&data, ATTRIBUTE_BETWEEN, 0, 0.95).matched, 9);
    struct agreement all = attribute_agreement(&data, ATTRIBUTE_ALL, 0, 0.95);
    ck_assert_int_eq(all.matched, 7);
    ck_assert_int_eq(all.inspected, PARTS);
    ck_assert_close(all.percent, 700 / 15.0, 1e-15);
}
END_TEST

START_TEST(kappas_meet_published_values)
{
    struct attribute_data data = study();
    static const double within[] = {0.905462184873950, 0.91, 0.543918918918919};
    static const double with_standard[] = {0.612918660287081, 0.48608895977317, 0.220151828847481};
    static const double cohen[] = {0.612903225806452, 0.492307692307692, 0.264150943396226};
    for (int i = 0; i < 3; i++)
        for (int category = KAPPA_OVERALL; category < 2; category++) {
            ck_assert_close(attribute_fleiss(&data, ATTRIBUTE_WITHIN, i, category).value, within[i], 2e-15);
            ck_assert_close(attribute_fleiss(&data, ATTRIBUTE_STANDARD, i, category).value, with_standard[i], 2e-14);
            ck_assert_close(attribute_cohen_standard(&data, i).value, cohen[i], 2e-15);
        }
    ck_assert_close(attribute_fleiss(&data, ATTRIBUTE_BETWEEN, 0, KAPPA_OVERALL).value, 0.641666666666667, 1e-14);
    ck_assert_close(attribute_fleiss(&data, ATTRIBUTE_ALL, 0, KAPPA_OVERALL).value, 0.439719816302578, 1e-14);
}
END_TEST

START_TEST(misses_and_false_alarms_are_counted_by_looks)
{
    struct attribute_data data = study();
    struct attribute_errors errors = attribute_errors(&data, 0, BAD);
    ck_assert_int_eq(errors.bad_looks, 15);
    ck_assert_int_eq(errors.good_looks, 30);
    ck_assert_int_eq(errors.misses, 3);
    ck_assert_int_eq(errors.false_alarms, 5);
    ck_assert_double_eq(errors.miss_percent, 20);
    ck_assert_close(errors.false_alarm_percent, 50 / 3.0, 1e-15);
    static const int ratings[] = {0, 1, 0, 0}, good[] = {0, 0, 0, 0};
    errors = attribute_errors(&(struct attribute_data){ratings, good, 1, 4, 1, 2}, 0, BAD);
    ck_assert_str_eq(errors.why, "no bad part: misses cannot be counted");
    ck_assert_double_nan(errors.miss_percent);
    ck_assert_double_eq(errors.false_alarm_percent, 25);
}
END_TEST

/* Pairs counted one by one. */
static double pairwise_fleiss(const int *ratings, int parts, int raters, int categories)
{
    double disagree = 0, pairs = 0, chance = 0;
    for (int part = 0; part < parts; part++)
        for (int i = 0; i < raters; i++)
            for (int k = 0; k < i; k++, pairs++)
                disagree += ratings[part * raters + i] != ratings[part * raters + k];
    for (int c = 0; c < categories; c++) {
        double share = 0;
        for (int i = 0; i < parts * raters; i++)
            share += ratings[i] == c;
        share /= parts * raters;
        chance += share * (1 - share);
    }
    return 1 - disagree / pairs / chance;
}

START_TEST(fleiss_of_many_categories_is_that_of_counted_pairs)
{
    unsigned long long seed = 21;
    for (int round = 0; round < 40; round++) {
        int ratings[20 * 4];
        for (int i = 0; i < 80; i++)
            ratings[i] = random_below(&seed, 3) ? i / 4 % 5 : random_below(&seed, 5);
        struct attribute_data data = {ratings, NULL, 1, 20, 4, 5};
        struct kappa kappa = attribute_fleiss(&data, ATTRIBUTE_WITHIN, 0, KAPPA_OVERALL);
        ck_assert_ptr_null(kappa.why);
        ck_assert_close(kappa.value, pairwise_fleiss(ratings, 20, 4, 5), 1e-12);
    }
}
END_TEST

/* Under chance z is standard normal: its mean square over many random studies is 1. */
START_TEST(standard_errors_are_those_of_chance)
{
    enum { ROUNDS = 4000, N = 60 };
    unsigned long long seed = 4;
    double fleiss = 0, one = 0, cohen = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int ratings[2 * N * 3];
        for (int i = 0; i < 2 * N * 3; i++) {
            double u = random_uniform(&seed);
            ratings[i] = u < 0.2 ? 0 : u < 0.5 ? 1 : 2;
        }
        struct attribute_data data = {ratings, NULL, 2, N, 3, 3};
        double z = attribute_fleiss(&data, ATTRIBUTE_WITHIN, 0, KAPPA_OVERALL).z, z1 = attribute_fleiss(&data, ATTRIBUTE_WITHIN, 1, 0).z;
        double zc = attribute_cohen_pair(&data, 0, 1).z;
        fleiss += z * z / ROUNDS, one += z1 * z1 / ROUNDS, cohen += zc * zc / ROUNDS;
    }
    ck_assert_double_eq_tol(fleiss, 1, 0.08);
    ck_assert_double_eq_tol(one, 1, 0.08);
    ck_assert_double_eq_tol(cohen, 1, 0.08);
}
END_TEST

START_TEST(cohen_meets_a_worked_table)
{
    /* 20 both yes, 5 and 10 apart, 15 both no: agreement 0.7, chance 0.5. */
    int ratings[2 * 50];
    for (int i = 0; i < 50; i++) {
        ratings[i] = i < 25;
        ratings[50 + i] = i < 20 || (i >= 25 && i < 35);
    }
    struct attribute_data data = {ratings, NULL, 2, 50, 1, 2};
    struct kappa kappa = attribute_cohen_pair(&data, 0, 1);
    ck_assert_close(kappa.value, 0.4, 1e-14);
    double se = sqrt(0.5 + 0.25 - (0.3 * 1.1 + 0.2 * 0.9)) / (0.5 * sqrt(50));
    ck_assert_close(kappa.se, se, 1e-13);
    ck_assert_close(kappa.z, 0.4 / se, 1e-13);
    ck_assert_close(kappa.p, erfc(0.4 / se / sqrt(2)) / 2, 1e-11);
    ck_assert_close(attribute_cohen_pair(&data, 1, 0).value, 0.4, 1e-14);
}
END_TEST

/* The cross tables of AIAG's study of 50 parts, 3 appraisers, 3 trials (MSA 4th ed., ch. III section C) and the kappas it prints. */
START_TEST(cohen_meets_aiags_cross_tables)
{
    static const struct {
        int both_bad, first_bad, second_bad, both_good;
        double kappa;
    } tables[] = {{44, 6, 3, 97, 0.86}, {42, 5, 9, 94, 0.79},  {43, 7, 8, 92, 0.78},
                  {45, 5, 3, 97, 0.88}, {45, 2, 3, 100, 0.92}, {42, 9, 6, 93, 0.77}};
    enum { LOOKS = 150 };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        int ratings[2 * LOOKS], at = 0;
        const int counts[] = {tables[i].both_bad, tables[i].first_bad, tables[i].second_bad, tables[i].both_good};
        for (int cell = 0; cell < 4; cell++)
            for (int k = 0; k < counts[cell]; k++, at++) {
                ratings[at] = cell >= 2;
                ratings[LOOKS + at] = cell == 1 || cell == 3;
            }
        ck_assert_int_eq(at, LOOKS);
        struct attribute_data pair = {ratings, NULL, 2, LOOKS, 1, 2}, alone = {ratings, ratings + LOOKS, 1, LOOKS, 1, 2};
        ck_assert_double_eq_tol(attribute_cohen_pair(&pair, 0, 1).value, tables[i].kappa, 0.005);
        ck_assert_double_eq(attribute_cohen_standard(&alone, 0).value, attribute_cohen_pair(&pair, 0, 1).value);
    }
    /* 42, 45 and 40 of its 50 parts: effectiveness 84, 90 and 80 %, with these intervals. */
    static const double effective[][4] = {{42, 84, 71, 93}, {45, 90, 78, 97}, {40, 80, 66, 90}};
    for (int i = 0; i < 3; i++) {
        struct agreement agreement = agreement_of((int)effective[i][0], 50, 0.95);
        ck_assert_close(agreement.percent, effective[i][1], 1e-14);
        ck_assert_double_eq_tol(agreement.lower, effective[i][2], 0.5);
        ck_assert_double_eq_tol(agreement.upper, effective[i][3], 0.5);
    }
}
END_TEST

START_TEST(what_cannot_be_compared_is_named)
{
    int same[] = {1, 1, 1, 1, 1, 1}, hole[] = {0, 1, -1, 1, 0, 1};
    struct attribute_data data = {same, NULL, 2, 3, 1, 2};
    ck_assert_str_eq(attribute_agreement(&data, ATTRIBUTE_WITHIN, 0, 0.95).why, "one rating a part: nothing to compare it with");
    ck_assert_str_eq(attribute_agreement(&data, ATTRIBUTE_STANDARD, 0, 0.95).why, "the standard is not known");
    ck_assert_str_eq(attribute_agreement(&data, ATTRIBUTE_WITHIN, 2, 0.95).why, "no such appraiser");
    ck_assert_str_eq(attribute_fleiss(&data, ATTRIBUTE_BETWEEN, 0, 2).why, "no such category");
    ck_assert_str_eq(attribute_fleiss(&data, ATTRIBUTE_BETWEEN, 0, 1).why, "the category was given always or never");
    struct kappa kappa = attribute_fleiss(&data, ATTRIBUTE_BETWEEN, 0, KAPPA_OVERALL);
    ck_assert_str_eq(kappa.why, "only one category was given: agreement beyond chance has no meaning");
    ck_assert_double_nan(kappa.value);
    ck_assert_str_eq(attribute_cohen_pair(&data, 0, 1).why, "only one category was given: agreement beyond chance has no meaning");
    ck_assert_str_eq(attribute_cohen_pair(&data, 1, 1).why, "an appraiser cannot be compared with himself");
    data.ratings = hole;
    ck_assert_str_eq(attribute_fleiss(&data, ATTRIBUTE_BETWEEN, 0, KAPPA_OVERALL).why, "a rating is missing");
    ck_assert_str_eq(attribute_cohen_pair(&data, 0, 1).why, "a rating is missing");
    ck_assert_str_eq(attribute_cohen_pair(&data, 0, -1).why, "a rating is missing");
    static const int unknown[] = {0, 5, 1};
    data.standard = unknown, data.ratings = same;
    ck_assert_str_eq(attribute_cohen_standard(&data, 0).why, "a part's standard is missing");
}
END_TEST

Suite *msa_attribute_suite(void)
{
    Suite *suite = suite_create("msa_attribute");
    add_test(suite, exact_interval_meets_published_and_closed_forms);
    add_test(suite, exact_interval_inverts_the_binomial);
    add_test(suite, exact_interval_of_many_parts_ends);
    add_test(suite, agreements_are_counted_in_every_comparison);
    add_test(suite, kappas_meet_published_values);
    add_test(suite, misses_and_false_alarms_are_counted_by_looks);
    add_test(suite, fleiss_of_many_categories_is_that_of_counted_pairs);
    add_test(suite, standard_errors_are_those_of_chance);
    add_test(suite, cohen_meets_a_worked_table);
    add_test(suite, cohen_meets_aiags_cross_tables);
    add_test(suite, what_cannot_be_compared_is_named);
    return suite;
}
