#include "spc/chart_settings.h"

#include "spc/constants.h"
#include "tests/harness.h"
#include "tests/spc/piston.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <stdlib.h>

static const struct spc_chart *chart_of(const char *id)
{
    const struct spc_chart *chart = spc_chart_find(id);
    ck_assert_msg(chart != NULL, "no chart %s", id);
    return chart;
}

static void check_estimate(struct reference expected, const char *id, const char *estimator, bool unequal)
{
    struct subgroup points[PISTON_SUBGROUPS];
    struct piston piston = piston_rings(unequal);
    const struct spc_chart *chart = chart_of(id);
    piston_subgroups(&piston, chart, points);
    struct chart_estimate estimate = chart_estimate(chart, points, PISTON_SUBGROUPS);
    struct reference within = reference_at(reference_at(expected, "within"), estimator);
    ck_assert_str_eq(chart->sigma, estimator);
    ck_assert_close(estimate.center, reference_number_at(expected, "mean"), 1e-14);
    ck_assert_close(estimate.sigma, reference_number_at(within, "sigma"), 1e-12);
    ck_assert_close(estimate.df, reference_number_at(within, "df"), 1e-14);
    ck_assert_uint_eq(estimate.points, PISTON_SUBGROUPS);
    ck_assert_ptr_null(estimate.why);
    free(piston.values);
}

START_TEST(estimates_meet_the_reference_with_equal_and_unequal_subgroups)
{
    struct reference capability = reference_at(reference_open("own/formulas.json"), "capability");
    check_estimate(reference_at(capability, "piston_two"), "xbar-r", "rbar", false);
    check_estimate(reference_at(capability, "piston_two"), "xbar-s", "sbar", false);
    check_estimate(reference_at(capability, "piston_unequal"), "xbar-r", "rbar", true);
    check_estimate(reference_at(capability, "piston_unequal"), "xbar-s", "sbar", true);
}
END_TEST

/* Limits of every size, from the published factors A2 A3 B3 B4 D3 D4 (A2 Rbar = A2 d2 sigma, and so on) and D1 D2 B5 B6. */
START_TEST(limits_meet_the_published_factors)
{
    static const char *const headers[] = {"A2", "A3", "D3", "D4", "B3", "B4", "D1", "D2", "B5", "B6"};
    double *factor[10], center = 20, sigma = 0.7;
    size_t count;
    for (int i = 0; i < 10; i++)
        factor[i] = reference_column("own/control_chart_constants_n100.csv", headers[i], &count);
    for (int n = 2; n <= CONSTANTS_MAX; n++) {
        struct limit_line x, r, s;
        double rbar = constant_d2(n) * sigma, sbar = constant_c4(n) * sigma;
        chart_of("xbar-r")->limits(center, sigma, n, &x, &r);
        ck_assert_close(x.ucl, center + factor[0][n - 2] * rbar, 1e-14);
        ck_assert_close(x.lcl, center - factor[1][n - 2] * sbar, 1e-14);
        ck_assert_double_eq(x.center, center);
        ck_assert_close(x.sigma, sigma / sqrt(n), 1e-15);
        ck_assert_double_eq_tol(r.lcl, factor[2][n - 2] * rbar, 1e-13);
        ck_assert_close(r.ucl, factor[3][n - 2] * rbar, 1e-13);
        ck_assert_double_eq_tol(r.lcl, factor[6][n - 2] * sigma, 1e-13);
        ck_assert_close(r.ucl, factor[7][n - 2] * sigma, 1e-13);
        chart_of("xbar-s")->limits(center, sigma, n, &x, &s);
        ck_assert_double_eq_tol(s.lcl, factor[4][n - 2] * sbar, 1e-12);
        ck_assert_close(s.ucl, factor[5][n - 2] * sbar, 1e-12);
        ck_assert_double_eq_tol(s.lcl, factor[8][n - 2] * sigma, 1e-12);
        ck_assert_close(s.ucl, factor[9][n - 2] * sigma, 1e-12);
    }
    for (int i = 0; i < 10; i++)
        free(factor[i]);
}
END_TEST

START_TEST(individuals_have_limits_of_sigma_and_of_ranges_of_two)
{
    struct limit_line i, mr;
    struct reference zmr = reference_at(reference_open("own/formulas.json"), "zmr_by_parts");
    chart_of("i-mr")->limits(0, 1, 1, &i, &mr);
    ck_assert_double_eq(i.lcl, reference_number_at(zmr, "limits_Z/0"));
    ck_assert_double_eq(i.ucl, reference_number_at(zmr, "limits_Z/1"));
    ck_assert_close(mr.center, reference_number_at(zmr, "MR_CL"), 1e-15);
    ck_assert_close(mr.ucl, reference_number_at(zmr, "MR_UCL"), 1e-15);
    ck_assert_double_eq(mr.lcl, 0);
}
END_TEST

static size_t individuals(const double *values, size_t count, struct subgroup *points)
{
    for (size_t i = 0; i < count; i++)
        points[i] = chart_of("i-mr")->summarise(&values[i], 1, i ? &points[i - 1] : NULL);
    return count;
}

START_TEST(an_excluded_individual_takes_both_its_moving_ranges_along)
{
    struct subgroup points[6];
    individuals((double[]){10, 12, 40, 11, 14, 13}, 6, points);
    ck_assert_double_nan(points[0].dispersion);
    ck_assert_double_eq(points[2].dispersion, 28);
    struct chart_estimate with = chart_estimate(chart_of("i-mr"), points, 6);
    ck_assert_close(with.sigma, (2 + 28 + 29 + 3 + 1) / 5.0 / constant_d2(2), 1e-14);
    ck_assert_double_eq(with.df, 5);
    points[2].excluded = true;
    struct chart_estimate without = chart_estimate(chart_of("i-mr"), points, 6);
    ck_assert_close(without.center, 12, 1e-15);
    ck_assert_close(without.sigma, (2 + 3 + 1) / 3.0 / constant_d2(2), 1e-14);
    ck_assert_double_eq(without.df, 3);
    ck_assert_uint_eq(without.points, 5);
    ck_assert_double_nan(chart_of("i-mr")->summarise((double[]){11}, 1, &points[2]).dispersion);
}
END_TEST

/* Points 11 and 13 differ by 29 and 28 from the excluded one between them: neither that nor the ranges may signal, and runs go on across it. */
START_TEST(an_excluded_point_is_bridged_on_both_charts)
{
    struct subgroup points[10];
    struct chart_state state = {0};
    uint32_t rules = 0, ranges = 0;
    double values[10];
    for (int i = 0; i < 10; i++)
        values[i] = i == 4 ? 400 : 10.5 + 0.1 * (i % 3);
    individuals(values, 10, points);
    points[4].excluded = true;
    for (int i = 0; i < 10; i++) {
        struct verdict verdict = chart_judge(&state, chart_of("i-mr"), spc_rule_set_find("nelson"), &points[i], 10, 1);
        ck_assert_double_eq(verdict.location.ucl, 13);
        ranges |= verdict.dispersion_rules;
        rules = verdict.location_rules;
        ck_assert_uint_eq(verdict.location_rules & 2, i == 9 ? 2 : 0);
    }
    ck_assert_uint_eq(rules, 2);
    ck_assert_uint_eq(ranges, 0);
}
END_TEST

START_TEST(estimates_without_support_say_why)
{
    struct subgroup points[3];
    struct chart_estimate estimate = chart_estimate(chart_of("i-mr"), points, 0);
    ck_assert_double_nan(estimate.center);
    ck_assert_str_eq(estimate.why, "no points");
    estimate = chart_estimate(chart_of("i-mr"), points, individuals((double[]){5}, 1, points));
    ck_assert_double_eq(estimate.center, 5);
    ck_assert_double_nan(estimate.sigma);
    ck_assert_str_eq(estimate.why, "no two points in a row");
    estimate = chart_estimate(chart_of("i-mr"), points, individuals((double[]){5, 5, 5}, 3, points));
    ck_assert_double_nan(estimate.sigma);
    ck_assert_str_eq(estimate.why, "the values do not vary");
    points[0] = chart_of("xbar-s")->summarise((double[]){5}, 1, NULL);
    ck_assert_double_nan(points[0].dispersion);
    estimate = chart_estimate(chart_of("xbar-s"), points, 1);
    ck_assert_double_nan(estimate.sigma);
    ck_assert_str_eq(estimate.why, "no subgroup of two values or more");
    points[0].excluded = true;
    ck_assert_str_eq(chart_estimate(chart_of("xbar-s"), points, 1).why, "no points");
}
END_TEST

START_TEST(without_limits_nothing_fires_and_nothing_is_remembered)
{
    struct chart_state state = {0}, fresh = {0};
    struct subgroup point = chart_of("xbar-r")->summarise((double[]){1, 2, 900}, 3, NULL);
    struct verdict verdict = chart_judge(&state, chart_of("xbar-r"), spc_rule_set_find("nelson"), &point, NAN, NAN);
    ck_assert_uint_eq(verdict.location_rules | verdict.dispersion_rules, 0);
    ck_assert_double_nan(verdict.location.ucl);
    ck_assert_double_nan(verdict.dispersion.center);
    ck_assert_double_nan(verdict.dispersion.lcl);
    ck_assert_mem_eq(&state.location, &fresh.location, sizeof state.location);
    ck_assert_mem_eq(&state.dispersion, &fresh.dispersion, sizeof state.dispersion);
}
END_TEST

START_TEST(a_missing_point_breaks_both_charts_and_a_missing_range_its_own)
{
    const struct spc_chart *chart = chart_of("i-mr");
    const struct spc_rule_set *rules = spc_rule_set_find("western-electric");
    struct chart_state state = {0};
    struct subgroup near = {.n = 1, .location = 0.1, .dispersion = 0.1}, first = {.n = 1, .location = 0.1, .dispersion = NAN};
    struct subgroup missing = {.n = 1, .location = NAN, .dispersion = NAN};
    for (int i = 0; i < 7; i++)
        ck_assert_uint_eq(chart_judge(&state, chart, rules, &near, 0, 1).location_rules, 0);
    struct verdict verdict = chart_judge(&state, chart, rules, &first, 0, 1);
    ck_assert_uint_eq(verdict.location_rules, 8);
    ck_assert(!state.dispersion.has_previous);
    chart_judge(&state, chart, rules, &missing, 0, 1);
    ck_assert(!state.location.has_previous);
}
END_TEST

START_TEST(a_clipped_lower_limit_cannot_signal)
{
    struct chart_state state = {0};
    for (int i = 0; i < 5; i++) {
        struct subgroup flat = {.n = 4, .location = 10, .dispersion = 0};
        struct verdict verdict = chart_judge(&state, chart_of("xbar-r"), spc_rule_set_find("nelson"), &flat, 10, 1);
        ck_assert_uint_eq(verdict.dispersion_rules, 0);
        ck_assert_double_eq(verdict.dispersion.lcl, 0);
    }
    struct subgroup flat = {.n = 10, .location = 10, .dispersion = 0};
    ck_assert_uint_eq(chart_judge(&state, chart_of("xbar-r"), spc_rule_set_find("nelson"), &flat, 10, 1).dispersion_rules & 1, 1);
}
END_TEST

START_TEST(each_point_is_judged_against_the_limits_of_its_own_size)
{
    struct chart_state state = {0};
    const struct spc_chart *chart = chart_of("xbar-s");
    struct subgroup small = {.n = 2, .location = 11.5, .dispersion = 1}, large = {.n = 9, .location = 11.5, .dispersion = 1};
    ck_assert_uint_eq(chart_judge(&state, chart, spc_rule_set_find("aiag1"), &small, 10, 1).location_rules, 0);
    ck_assert_uint_eq(chart_judge(&state, chart, spc_rule_set_find("aiag1"), &large, 10, 1).location_rules, 1);
}
END_TEST

enum { STREAM = 300 };

static size_t stream_points(const struct spc_chart *chart, struct subgroup *points, unsigned long long *seed)
{
    for (size_t i = 0; i < STREAM; i++) {
        int n = chart->max_n == 1 ? 1 : 2 + random_below(seed, 8);
        double values[10], drift = random_below(seed, 2) ? 0 : 1.5 * sin((double)i / 15);
        for (int j = 0; j < n; j++)
            values[j] = rint((10 + drift + random_normal(seed)) * 8) / 8;
        points[i] = chart->summarise(values, n, i ? &points[i - 1] : NULL);
        points[i].excluded = random_below(seed, 12) == 0;
    }
    return STREAM;
}

static struct verdict judge_from_start(const struct spc_chart *chart, const struct spc_rule_set *rules, const struct subgroup *points, size_t count)
{
    struct chart_state state = {0};
    struct verdict verdict = {0};
    for (size_t i = 0; i < count; i++)
        verdict = chart_judge(&state, chart, rules, &points[i], 10, chart_third(chart) ? 0.4 : 1);
    return verdict;
}

/* The state is rebuilt after a restart from the points so far: what it judges then must be what the live chart judged. The location chart must
 * also judge as if excluded points had never been. */
START_TEST(live_judgement_is_recomputation_from_the_start)
{
    unsigned long long seed = 99;
    for (size_t c = 0; c < spc_chart_count; c++)
        for (size_t s = 0; spc_charts[c].limits && s < spc_rule_set_count; s++) { /* the others: with their settings, in test_charts_* */
            struct subgroup points[STREAM], kept[STREAM];
            struct chart_state live = {0};
            size_t count = stream_points(&spc_charts[c], points, &seed), left = 0, fired = 0;
            for (size_t i = 0; i < count; i++) {
                struct verdict now = chart_judge(&live, &spc_charts[c], &spc_rule_sets[s], &points[i], 10, chart_third(&spc_charts[c]) ? 0.4 : 1);
                struct verdict again = judge_from_start(&spc_charts[c], &spc_rule_sets[s], points, i + 1);
                ck_assert_uint_eq(now.location_rules, again.location_rules);
                ck_assert_uint_eq(now.dispersion_rules, again.dispersion_rules);
                if (points[i].excluded) {
                    ck_assert_uint_eq(now.location_rules | now.dispersion_rules, 0);
                    continue;
                }
                kept[left++] = points[i];
                ck_assert_uint_eq(now.location_rules, judge_from_start(&spc_charts[c], &spc_rule_sets[s], kept, left).location_rules);
                fired += now.location_rules != 0;
            }
            ck_assert_msg(fired > 0 && left < count, "%s, %s: the data prove nothing", spc_charts[c].id, spc_rule_sets[s].id);
        }
}
END_TEST

START_TEST(charts_are_found_by_id)
{
    ck_assert_uint_eq(spc_chart_count, 23);
    for (size_t i = 0; i < spc_chart_count; i++)
        ck_assert_ptr_eq(spc_chart_find(spc_charts[i].id), &spc_charts[i]);
    ck_assert_ptr_null(spc_chart_find("xbar"));
}
END_TEST

START_TEST(a_subgroup_of_one_value_has_a_mean_and_no_dispersion)
{
    struct chart_state state = {0};
    struct subgroup one = chart_of("xbar-r")->summarise((double[]){14}, 1, NULL);
    struct verdict verdict = chart_judge(&state, chart_of("xbar-r"), spc_rule_set_find("aiag1"), &one, 10, 1);
    ck_assert_uint_eq(verdict.location_rules, 1);
    ck_assert_uint_eq(verdict.dispersion_rules, 0);
    ck_assert_double_eq(verdict.location.ucl, 13);
    ck_assert_double_nan(verdict.dispersion.ucl);
}
END_TEST

/* Each side by its own sigma; a side without a limit signals nothing, and neither hugs nor avoids the centre. */
START_TEST(entered_limits_have_two_sides)
{
    const struct spc_chart *chart = spc_chart_find("i-mr");
    const struct spc_rule_set *rules = spc_rule_set_find("nelson");
    struct chart_estimate process = {.center = 10, .sigma = 1, .extra = NAN, .entered = true, .lcl = 9.4, .ucl = 16};
    const struct {
        double value;
        bool beyond;
    } both[] = {{9.5, false}, {9.39, true}, {15.9, false}, {16.1, true}, {10, false}};
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        struct chart_state state = {0};
        struct subgroup point = {.n = 1, .location = both[i].value, .dispersion = NAN, .mean = both[i].value, .range = NAN, .count = NAN, .size = 1};
        struct verdict verdict = chart_judge_with(&state, chart, rules, &point, &process, &chart_defaults);
        ck_assert_double_eq(verdict.location.lcl, 9.4);
        ck_assert_double_eq(verdict.location.ucl, 16);
        ck_assert_int_eq(verdict.location_rules & 1, both[i].beyond);
    }
    process.lcl = NAN;
    struct chart_state state = {0};
    uint32_t fired = 0;
    for (int i = 0; i < 20; i++) { /* far and near below, with one point above now and then */
        double value = i % 5 == 4 ? 11 : i % 2 ? -90 : 9.999;
        struct subgroup point = {.n = 1, .location = value, .dispersion = NAN, .mean = value, .range = NAN, .count = NAN, .size = 1};
        fired |= chart_judge_with(&state, chart, rules, &point, &process, &chart_defaults).location_rules;
    }
    ck_assert_uint_eq(fired & ~(UINT32_C(1) << 3), 0); /* but for points that alternate */
}
END_TEST

Suite *chart_suite(void)
{
    Suite *suite = suite_create("chart");
    add_test(suite, estimates_meet_the_reference_with_equal_and_unequal_subgroups);
    add_test(suite, limits_meet_the_published_factors);
    add_test(suite, individuals_have_limits_of_sigma_and_of_ranges_of_two);
    add_test(suite, an_excluded_individual_takes_both_its_moving_ranges_along);
    add_test(suite, an_excluded_point_is_bridged_on_both_charts);
    add_test(suite, estimates_without_support_say_why);
    add_test(suite, without_limits_nothing_fires_and_nothing_is_remembered);
    add_test(suite, a_missing_point_breaks_both_charts_and_a_missing_range_its_own);
    add_test(suite, a_clipped_lower_limit_cannot_signal);
    add_test(suite, each_point_is_judged_against_the_limits_of_its_own_size);
    add_test(suite, live_judgement_is_recomputation_from_the_start);
    add_test(suite, a_subgroup_of_one_value_has_a_mean_and_no_dispersion);
    add_test(suite, entered_limits_have_two_sides);
    add_test(suite, charts_are_found_by_id);
    return suite;
}
