#include "spc/chart_settings.h"
#include "spc/constants.h"
#include "tests/harness.h"
#include "tests/spc/piston.h"
#include "tests/spc/suites.h"
#include "tests/spc/textbook.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

enum { MANY = 400 };

static void individuals(const double *values, size_t count, struct subgroup *points)
{
    for (size_t i = 0; i < count; i++)
        points[i] = spc_chart_find("i-mr")->summarise(&values[i], 1, i ? &points[i - 1] : NULL);
}

static struct chart_estimate estimate_by(const char *chart, const struct subgroup *points, size_t count, const char *sigma, bool published)
{
    struct chart_settings settings = chart_defaults;
    settings.sigma = sigma_estimator_find(sigma);
    settings.published = published;
    ck_assert_ptr_nonnull(settings.sigma);
    return chart_estimate_with(spc_chart_find(chart), points, count, &settings);
}

START_TEST(subgroup_estimators_meet_the_reference_on_any_chart)
{
    static const char *const charts[] = {"xbar-r", "xbar-s", "median-r", "ewma", "cusum", "ma"};
    static const char *const estimators[] = {"rbar", "sbar", "pooled"};
    struct reference capability = reference_at(reference_open("own/formulas.json"), "capability");
    for (int unequal = 0; unequal < 2; unequal++) {
        struct piston piston = piston_rings(unequal);
        struct reference expected = reference_at(capability, unequal ? "piston_unequal" : "piston_two");
        for (size_t c = 0; c < 6; c++)
            for (size_t e = 0; e < 3; e++) {
                struct subgroup points[PISTON_SUBGROUPS];
                piston_subgroups(&piston, spc_chart_find(charts[c]), points);
                struct chart_estimate estimate = estimate_by(charts[c], points, PISTON_SUBGROUPS, estimators[e], false);
                struct reference within = reference_at(reference_at(expected, "within"), estimators[e]);
                ck_assert_close(estimate.sigma, reference_number_at(within, "sigma"), 1e-12);
                ck_assert_close(estimate.df, reference_number_at(within, "df"), 1e-14);
                ck_assert_str_eq(estimate.method, estimators[e]);
            }
        free(piston.values);
    }
}
END_TEST

START_TEST(overall_is_the_standard_deviation_of_all_values)
{
    struct piston piston = piston_rings(true);
    struct subgroup points[PISTON_SUBGROUPS];
    struct moments all = piston_moments(&piston);
    piston_subgroups(&piston, spc_chart_find("xbar-r"), points);
    struct chart_estimate estimate = estimate_by("xbar-r", points, PISTON_SUBGROUPS, "overall", false);
    ck_assert_close(estimate.sigma, moments_sd(&all), 1e-12);
    ck_assert_double_eq(estimate.df, (double)all.n - 1);
    free(piston.values);
}
END_TEST

/* By hand: moving ranges 3 1 6 2 40 of 10 13 12 18 16 56. */
START_TEST(moving_range_estimators_by_hand)
{
    struct subgroup points[6];
    individuals((double[]){10, 13, 12, 18, 16, 56}, 6, points);
    ck_assert_close(estimate_by("i-mr", points, 6, "mr", false).sigma, 52.0 / 5 / constant_d2(2), 1e-14);
    ck_assert_close(estimate_by("i-mr", points, 6, "mr", true).sigma, 52.0 / 5 / 1.128, 1e-14);
    ck_assert_close(estimate_by("i-mr", points, 6, "median-mr", false).sigma, 3 / constant_d4(2), 1e-14);
    ck_assert_close(estimate_by("i-mr", points, 6, "median-mr", true).sigma, 3 / 0.954, 1e-14);
    ck_assert_close(estimate_by("i-mr", points, 6, "nelson-mr", false).sigma, 12.0 / 4 / constant_d2(2), 1e-14);
    ck_assert_double_eq(estimate_by("i-mr", points, 6, "nelson-mr", false).df, 4);
    ck_assert_close(estimate_by("i-mr", points, 6, "overall", false).sigma, sqrt((4129 - 125.0 * 125 / 6) / 5), 1e-14);
    points[5].excluded = true;
    ck_assert_close(estimate_by("i-mr", points, 6, "mr", false).sigma, 12.0 / 4 / constant_d2(2), 1e-14);
    points[5].excluded = false;
    points[2].excluded = true;
    ck_assert_close(estimate_by("i-mr", points, 6, "median-mr", false).sigma, 3 / constant_d4(2), 1e-14);
    ck_assert_close(estimate_by("i-mr", points, 6, "mr", false).sigma, 45.0 / 3 / constant_d2(2), 1e-14);
}
END_TEST

/* Two values: the root of half a squared difference is |N(0, sigma^2)|, whose mean is sqrt(2 / pi). Three: an elliptic integral, 0.87146... */
START_TEST(mean_squared_successive_differences_are_made_unbiased)
{
    struct subgroup points[3];
    individuals((double[]){10, 13, 11}, 3, points);
    ck_assert_close(estimate_by("i-mr", points, 2, "sqrt-mssd", false).sigma, 3 / sqrt(2) / sqrt(2 / M_PI), 1e-13);
    ck_assert_close(estimate_by("i-mr", points, 3, "sqrt-mssd", false).sigma, sqrt(13.0 / 4) / 0.87146473406303981568, 1e-13);
}
END_TEST

/* Every estimator of individuals has sigma for its mean: 4000 samples of 25, so 5 standard errors are below 1.3 %. */
START_TEST(estimators_of_individuals_are_unbiased)
{
    static const char *const ids[] = {"mr", "median-mr", "sqrt-mssd"};
    static const double tolerance[] = {0.013, 0.05, 0.013}; /* the median of few ranges is biased itself */
    double sums[3] = {0}, values[25];
    struct subgroup points[25];
    unsigned long long seed = 5;
    for (int sample = 0; sample < 4000; sample++) {
        for (int i = 0; i < 25; i++)
            values[i] = 100 + 2 * random_normal(&seed);
        individuals(values, 25, points);
        for (int e = 0; e < 3; e++)
            sums[e] += estimate_by("i-mr", points, 25, ids[e], false).sigma / 2;
    }
    for (int e = 0; e < 3; e++)
        ck_assert_msg(fabs(sums[e] / 4000 - 1) < tolerance[e], "%s: %g", ids[e], sums[e] / 4000);
}
END_TEST

static int ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double location_of(const struct subgroup *points, size_t i)
{
    return points[i].location;
}

START_TEST(the_median_without_a_copy_is_the_median)
{
    unsigned long long seed = 8;
    for (int round = 0; round < 50; round++) {
        struct subgroup points[MANY] = {0};
        double sorted[MANY];
        size_t n = 1 + (size_t)random_below(&seed, 40);
        for (size_t i = 0; i < n; i++)
            points[i].location = sorted[i] = round % 2 ? rint(4 * random_normal(&seed)) : random_normal(&seed) * 1e-3;
        qsort(sorted, n, sizeof *sorted, ascending);
        ck_assert_double_eq(sigma_median(points, n, location_of), (sorted[(n - 1) / 2] + sorted[n / 2]) / 2);
    }
    ck_assert_double_nan(sigma_median(NULL, 0, location_of));
}
END_TEST

START_TEST(the_median_of_the_range_is_d4)
{
    for (int n = 2; n <= CONSTANTS_MAX; n += 7)
        ck_assert_close(relative_range_quantile(n, 0.5), constant_d4(n), 1e-12);
    ck_assert_close(relative_range_quantile(2, 0.99865), M_SQRT2 * gsl_cdf_ugaussian_Pinv(0.999325), 1e-11); /* |N(0, 2)| */
    ck_assert_double_nan(relative_range_quantile(1, 0.5));
}
END_TEST

START_TEST(median_constants_meet_the_reference)
{
    size_t count;
    double *sizes = reference_column("own/median_chart_constants.csv", "n", &count);
    double *sd = reference_column("own/median_chart_constants.csv", "sd_median", &count);
    double *a6 = reference_column("own/median_chart_constants.csv", "A6_with_Rbar", &count);
    for (size_t i = 0; i < count; i++) {
        struct limit_line location, dispersion;
        int n = (int)sizes[i];
        ck_assert_close(constant_sd_median(n), sd[i], 1e-11);
        spc_chart_find("median-r")->limits(0, 1, n, &location, &dispersion);
        ck_assert_close(location.ucl, a6[i] * constant_d2(n), 2e-11);
    }
    ck_assert_double_eq(constant_sd_median(1), 1);
    ck_assert_double_nan(constant_sd_median(CONSTANTS_MAX + 1));
    free(sizes), free(sd), free(a6);
}
END_TEST

START_TEST(estimators_without_support_say_why)
{
    struct subgroup points[2];
    individuals((double[]){5, 5}, 2, points);
    for (size_t i = 0; i < sigma_estimator_count; i++) {
        struct chart_estimate none = estimate_by("i-mr", points, 1, sigma_estimators[i].id, false);
        ck_assert_double_nan(none.sigma);
        ck_assert_ptr_nonnull(none.why);
        struct chart_estimate flat = estimate_by("i-mr", points, 2, sigma_estimators[i].id, false);
        ck_assert_double_nan(flat.sigma);
        ck_assert_ptr_nonnull(flat.why);
    }
    ck_assert_ptr_null(sigma_estimator_find("xbar"));
}
END_TEST

START_TEST(qcc_gives_the_same_limits_of_means_ranges_and_standard_deviations)
{
    static const struct {
        const char *id, *chart, *sigma;
        bool dispersion;
    } cases[] = {{"piston_xbar_MVLUE-R", "xbar-r", "rbar", false},
                 {"piston_xbar_MVLUE-SD", "xbar-s", "sbar", false},
                 {"piston_xbar_RMSDF", "xbar-s", "pooled", false},
                 {"piston_R_MVLUE-R", "xbar-r", "rbar", true},
                 {"piston_S_MVLUE-SD", "xbar-s", "sbar", true}};
    if (!textbook_here())
        return;
    struct piston piston = piston_rings(false);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct subgroup points[PISTON_SUBGROUPS];
        struct chart_state state = {0};
        const struct spc_chart *chart = spc_chart_find(cases[i].chart);
        piston_subgroups(&piston, chart, points);
        struct chart_estimate estimate = estimate_by(cases[i].chart, points, PISTON_SUBGROUPS, cases[i].sigma, false);
        struct verdict verdict = chart_judge_with(&state, chart, spc_rule_set_find("nelson"), &points[0], &estimate, &chart_defaults);
        const struct limit_line *line = cases[i].dispersion ? &verdict.dispersion : &verdict.location;
        ck_assert_close(line->center, textbook_value(cases[i].id, "center", 1), 2e-14);
        ck_assert_close(estimate.sigma, textbook_value(cases[i].id, "std_dev", 1), 2e-12);
        ck_assert_close(line->lcl, textbook_value(cases[i].id, "LCL", 1), 2e-12);
        ck_assert_close(line->ucl, textbook_value(cases[i].id, "UCL", 1), 2e-12);
    }
    free(piston.values);
}
END_TEST

Suite *charts_sigma_suite(void)
{
    Suite *suite = suite_create("charts_sigma");
    add_test(suite, subgroup_estimators_meet_the_reference_on_any_chart);
    add_test(suite, overall_is_the_standard_deviation_of_all_values);
    add_test(suite, moving_range_estimators_by_hand);
    add_test(suite, mean_squared_successive_differences_are_made_unbiased);
    add_test(suite, estimators_of_individuals_are_unbiased);
    add_test(suite, the_median_without_a_copy_is_the_median);
    add_test(suite, the_median_of_the_range_is_d4);
    add_test(suite, median_constants_meet_the_reference);
    add_test(suite, estimators_without_support_say_why);
    add_test(suite, qcc_gives_the_same_limits_of_means_ranges_and_standard_deviations);
    return suite;
}
