#include "spc/chart_settings.h"
#include "spc/constants.h"
#include "tests/harness.h"
#include "tests/spc/suites.h"
#include "tests/spc/textbook.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

enum { MOST = 100 };

struct counted {
    const struct spc_chart *chart;
    struct chart_settings settings;
    struct subgroup points[MOST];
    struct verdict verdicts[MOST];
    struct chart_estimate estimate;
    size_t n;
};

static void count_points(struct counted *counted, const char *id, const double *counts, const double *sizes, size_t n)
{
    counted->chart = spc_chart_find(id);
    counted->n = n;
    ck_assert_uint_le(n, MOST);
    for (size_t i = 0; i < n; i++)
        counted->points[i] = chart_count(counted->chart, counts[i], sizes ? sizes[i] : 1, &counted->settings);
}

static void judge_points(struct counted *counted)
{
    struct chart_state state = {0};
    counted->estimate = chart_estimate_with(counted->chart, counted->points, counted->n, &counted->settings);
    for (size_t i = 0; i < counted->n; i++)
        counted->verdicts[i] =
            chart_judge_with(&state, counted->chart, spc_rule_set_find("nelson"), &counted->points[i], &counted->estimate, &counted->settings);
}

static struct counted purchase(const char *id, bool published)
{
    size_t n;
    double *counts = reference_column("own/purchase_p_variable_n.csv", "D", &n),
           *sizes = reference_column("own/purchase_p_variable_n.csv", "size", &n);
    struct counted counted = {.settings = chart_defaults};
    counted.settings.published = published;
    count_points(&counted, id, counts, sizes, n);
    judge_points(&counted);
    free(counts), free(sizes);
    return counted;
}

static void check_limits(const struct counted *counted, struct reference expected)
{
    ck_assert_uint_eq(reference_count(reference_at(expected, "UCL")), counted->n);
    for (size_t i = 0; i < counted->n; i++) {
        ck_assert_close(counted->verdicts[i].location.ucl, reference_number(reference_item(reference_at(expected, "UCL"), i)), 1e-12);
        ck_assert_close(counted->verdicts[i].location.lcl, reference_number(reference_item(reference_at(expected, "LCL"), i)), 1e-12);
    }
}

START_TEST(p_chart_has_limits_for_each_sample)
{
    struct counted counted = purchase("p", false);
    struct reference expected = reference_at(reference_open("own/formulas.json"), "p_chart");
    ck_assert_close(counted.estimate.center, reference_number_at(expected, "pbar"), 1e-14);
    check_limits(&counted, expected);
}
END_TEST

START_TEST(laney_chart_goes_by_each_samples_own_size)
{
    struct reference expected = reference_at(reference_open("own/formulas.json"), "laney_p");
    struct counted counted = purchase("laney-p", true);
    ck_assert_close(counted.estimate.extra, reference_number_at(expected, "sigma_z_1.128"), 1e-12);
    check_limits(&counted, expected);
    ck_assert_close(purchase("laney-p", false).estimate.extra, reference_number_at(expected, "sigma_z_exact"), 1e-12);
}
END_TEST

/* np shows what p shows, times the sample; u and c what a Poisson rate gives. */
START_TEST(attribute_charts_agree_with_each_other)
{
    struct counted p = purchase("p", false), np = purchase("np", false), u = purchase("u", false), laney = purchase("laney-u", false);
    for (size_t i = 0; i < p.n; i++) {
        double n = p.points[i].size, rate = u.estimate.center;
        ck_assert_close(np.verdicts[i].location.ucl, p.verdicts[i].location.ucl * n, 1e-12);
        ck_assert_close(np.verdicts[i].plotted[0], p.verdicts[i].plotted[0] * n, 1e-12);
        ck_assert_uint_eq(np.verdicts[i].location_rules & 1, p.verdicts[i].location_rules & 1);
        ck_assert_close(u.verdicts[i].location.ucl, rate + 3 * sqrt(rate / n), 1e-14);
        ck_assert_close(laney.verdicts[i].location.ucl, rate + 3 * laney.estimate.extra * sqrt(rate / n), 1e-14);
    }
}
END_TEST

START_TEST(defects_per_million_are_a_rate_at_another_scale)
{
    struct counted counted = {.settings = chart_defaults};
    counted.settings.opportunities = 50;
    count_points(&counted, "dpmo", (double[]){3, 5, 40}, (double[]){10, 20, 20}, 3);
    judge_points(&counted);
    double rate = 48.0 / 50 / 50;
    ck_assert_close(counted.estimate.center, rate * 1e6, 1e-14);
    ck_assert_close(counted.verdicts[1].plotted[0], 5.0 / 1000 * 1e6, 1e-14);
    ck_assert_close(counted.verdicts[1].location.ucl, (rate + 3 * sqrt(rate / 1000)) * 1e6, 1e-13);
    ck_assert_uint_eq(counted.verdicts[2].location_rules & 1, 1);
}
END_TEST

START_TEST(probability_limits_leave_no_more_than_alpha_outside)
{
    static const double sizes[] = {20, 50, 300, 4000};
    for (int i = 0; i < 4; i++)
        for (int poisson = 0; poisson < 2; poisson++) {
            struct counted counted = {.settings = chart_defaults};
            double rate = 0.04;
            counted.settings.alpha = 0.0027;
            counted.settings.center = rate;
            count_points(&counted, poisson ? "u" : "p", (double[]){0}, &sizes[i], 1);
            judge_points(&counted);
            unsigned lower = (unsigned)lround(counted.verdicts[0].location.lcl * sizes[i]),
                     upper = (unsigned)lround(counted.verdicts[0].location.ucl * sizes[i]);
            double above = poisson ? gsl_cdf_poisson_Q(upper, rate * sizes[i]) : gsl_cdf_binomial_Q(upper, rate, (unsigned)sizes[i]);
            double more = poisson ? gsl_cdf_poisson_Q(upper - 1, rate * sizes[i]) : gsl_cdf_binomial_Q(upper - 1, rate, (unsigned)sizes[i]);
            ck_assert(above <= 0.00135 && more > 0.00135);
            double below = lower == 0 ? 0
                           : poisson  ? gsl_cdf_poisson_P(lower - 1, rate * sizes[i])
                                      : gsl_cdf_binomial_P(lower - 1, rate, (unsigned)sizes[i]);
            ck_assert(below <= 0.00135);
        }
}
END_TEST

START_TEST(excluded_and_missing_counts_leave_the_centre)
{
    struct counted counted = {.settings = chart_defaults};
    count_points(&counted, "c", (double[]){4, 6, 90, NAN, 5}, NULL, 5);
    counted.points[2].excluded = true;
    judge_points(&counted);
    ck_assert_double_eq(counted.estimate.center, 5);
    ck_assert_uint_eq(counted.estimate.points, 3);
    ck_assert_uint_eq(counted.verdicts[2].location_rules, 0);
    ck_assert_double_nan(counted.verdicts[3].plotted[0]);
    ck_assert_double_eq(counted.verdicts[0].location.lcl, 0);
}
END_TEST

START_TEST(a_rate_of_nothing_signals_the_first_event)
{
    struct counted counted = {.settings = chart_defaults};
    counted.settings.center = 0;
    count_points(&counted, "c", (double[]){0, 0, 1}, NULL, 3);
    judge_points(&counted);
    ck_assert_uint_eq(counted.verdicts[1].location_rules & 1, 0);
    ck_assert_uint_eq(counted.verdicts[2].location_rules & 1, 1);
}
END_TEST

START_TEST(g_chart_meets_the_reference)
{
    struct reference expected = reference_at(reference_open("own/formulas.json"), "g_chart");
    struct counted counted = {.settings = chart_defaults};
    size_t n;
    double *values = reference_column("own/g_events.csv", "cases_between", &n);
    count_points(&counted, "g", values, NULL, n);
    judge_points(&counted);
    ck_assert_close(counted.estimate.extra, reference_number_at(expected, "p_minitab"), 1e-14);
    ck_assert_close(counted.verdicts[0].location.center, reference_number_at(expected, "CL_interp_median"), 1e-12);
    ck_assert_close(counted.verdicts[0].location.ucl, reference_number_at(expected, "UCL_interp"), 1e-12);
    ck_assert_double_eq(counted.verdicts[0].location.lcl, 0);
    count_points(&counted, "g", (double[]){55, 56, 0}, NULL, 3);
    for (size_t i = 0; i < 3; i++) {
        struct chart_state state = {0};
        struct verdict verdict =
            chart_judge_with(&state, counted.chart, spc_rule_set_find("nelson"), &counted.points[i], &counted.estimate, &counted.settings);
        ck_assert_uint_eq(verdict.location_rules, i == 1);
    }
    free(values);
}
END_TEST

/* The maximum of the likelihood: both its derivatives are 0. */
START_TEST(t_chart_fits_a_weibull_by_maximum_likelihood)
{
    struct counted counted = {.settings = chart_defaults};
    double times[MOST], slope_shape = 0, slope_scale = 0;
    unsigned long long seed = 3;
    for (int i = 0; i < MOST; i++)
        times[i] = 40 * pow(-log(random_uniform(&seed)), 1 / 1.7);
    count_points(&counted, "t", times, NULL, MOST);
    judge_points(&counted);
    double shape = counted.estimate.extra, scale = counted.estimate.sigma;
    for (int i = 0; i < MOST; i++) {
        double ratio = times[i] / scale, power = pow(ratio, shape);
        slope_shape += 1 / shape + log(ratio) * (1 - power);
        slope_scale += power - 1;
    }
    ck_assert_double_lt(fabs(slope_shape), 1e-9);
    ck_assert_double_lt(fabs(slope_scale), 1e-9);
    ck_assert_double_lt(fabs(shape - 1.7), 0.4);
    const struct limit_line *line = &counted.verdicts[0].location;
    ck_assert_close(-expm1(-pow(line->center / scale, shape)), 0.5, 1e-13);
    ck_assert_close(-expm1(-pow(line->lcl / scale, shape)), 0.00135, 1e-12);
    ck_assert_close(exp(-pow(line->ucl / scale, shape)), 0.00135, 1e-12);
}
END_TEST

START_TEST(events_without_support_say_why)
{
    static const char *const charts[] = {"g", "t"};
    for (int i = 0; i < 2; i++) {
        struct counted counted = {.settings = chart_defaults};
        count_points(&counted, charts[i], (double[]){7}, NULL, 1);
        judge_points(&counted);
        ck_assert_double_nan(counted.estimate.center);
        ck_assert_ptr_nonnull(counted.estimate.why);
        ck_assert_uint_eq(counted.verdicts[0].location_rules, 0);
    }
}
END_TEST

START_TEST(qcc_gives_the_same_attribute_limits)
{
    if (!textbook_here())
        return;
    size_t n;
    double *x = reference_column(TEXTBOOK "circuit.csv", "x", &n);
    struct counted c = {.settings = chart_defaults};
    count_points(&c, "c", x, NULL, 26); /* the trial */
    judge_points(&c);
    ck_assert_close(c.estimate.center, textbook_value("circuit_c", "center", 1), 1e-13);
    ck_assert_close(c.verdicts[0].location.lcl, textbook_value("circuit_c", "LCL", 1), 1e-13);
    ck_assert_close(c.verdicts[0].location.ucl, textbook_value("circuit_c", "UCL", 1), 1e-13);
    ck_assert_uint_eq(c.verdicts[5].location_rules & c.verdicts[19].location_rules & 1, 1);
    free(x);
    x = reference_column(TEXTBOOK "pcmanufact.csv", "x", &n);
    double *sizes = reference_column(TEXTBOOK "pcmanufact.csv", "size", &n);
    count_points(&c, "u", x, sizes, n);
    judge_points(&c);
    ck_assert_close(c.estimate.center, textbook_value("pcmanufact_u", "center", 1), 1e-13);
    ck_assert_close(c.verdicts[0].location.lcl, textbook_value("pcmanufact_u", "LCL", 1), 1e-12);
    ck_assert_close(c.verdicts[0].location.ucl, textbook_value("pcmanufact_u", "UCL", 1), 1e-13);
    free(x), free(sizes);
}
END_TEST

Suite *charts_attribute_suite(void)
{
    Suite *suite = suite_create("charts_attribute");
    add_test(suite, p_chart_has_limits_for_each_sample);
    add_test(suite, laney_chart_goes_by_each_samples_own_size);
    add_test(suite, attribute_charts_agree_with_each_other);
    add_test(suite, defects_per_million_are_a_rate_at_another_scale);
    add_test(suite, probability_limits_leave_no_more_than_alpha_outside);
    add_test(suite, excluded_and_missing_counts_leave_the_centre);
    add_test(suite, a_rate_of_nothing_signals_the_first_event);
    add_test(suite, g_chart_meets_the_reference);
    add_test(suite, t_chart_fits_a_weibull_by_maximum_likelihood);
    add_test(suite, events_without_support_say_why);
    add_test(suite, qcc_gives_the_same_attribute_limits);
    return suite;
}
