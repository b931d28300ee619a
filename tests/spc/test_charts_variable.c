#include "spc/chart_settings.h"
#include "spc/constants.h"
#include "spc/streams.h"
#include "tests/harness.h"
#include "tests/spc/piston.h"
#include "tests/spc/suites.h"
#include "tests/spc/textbook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 300 };

struct run {
    const struct spc_chart *chart;
    struct chart_settings settings;
    struct chart_estimate process;
    struct subgroup points[MOST];
    struct verdict verdicts[MOST];
    size_t n;
};

static void judge_run(struct run *run)
{
    struct chart_state state = {0};
    for (size_t i = 0; i < run->n; i++)
        run->verdicts[i] = chart_judge_with(&state, run->chart, spc_rule_set_find("nelson"), &run->points[i], &run->process, &run->settings);
}

static void single_values(struct run *run, const char *id, const double *values, size_t n)
{
    run->chart = spc_chart_find(id);
    run->n = n;
    for (size_t i = 0; i < n; i++)
        run->points[i] = run->chart->summarise(&values[i], 1, i ? &run->points[i - 1] : NULL);
}

START_TEST(ewma_and_its_limits_are_the_sums_that_define_them)
{
    static struct run run = {.settings = {0}};
    unsigned long long seed = 4;
    run.chart = spc_chart_find("ewma");
    run.settings = chart_defaults;
    run.process = (struct chart_estimate){.center = 10, .sigma = 2};
    for (run.n = 0; run.n < 30; run.n++) {
        double values[5];
        int n = 1 + random_below(&seed, 5);
        for (int j = 0; j < n; j++)
            values[j] = 10 + 2 * random_normal(&seed);
        run.points[run.n] = run.chart->summarise(values, n, NULL);
    }
    judge_run(&run);
    for (size_t i = 0; i < run.n; i++) {
        double value = 10 * pow(0.8, (double)i + 1), variance = 0;
        for (size_t j = 0; j <= i; j++) {
            value += 0.2 * pow(0.8, (double)(i - j)) * run.points[j].location;
            variance += 0.04 * pow(0.64, (double)(i - j)) * 4 / run.points[j].n;
        }
        ck_assert_close(run.verdicts[i].plotted[0], value, 1e-13);
        ck_assert_close(run.verdicts[i].location.ucl, 10 + 3 * sqrt(variance), 1e-13);
        ck_assert_close(run.verdicts[i].location.lcl, 10 - 3 * sqrt(variance), 1e-13);
    }
}
END_TEST

START_TEST(qcc_gives_the_same_ewma_and_cusum)
{
    static struct run run;
    size_t n;
    if (!textbook_here())
        return;
    double *x = reference_column(TEXTBOOK "montgomery_table9_1.csv", "x", &n);
    run.settings = chart_defaults;
    run.settings.lambda = 0.1;
    run.settings.width = 2.7;
    run.process = (struct chart_estimate){.center = 10, .sigma = 1};
    single_values(&run, "ewma", x, n);
    judge_run(&run);
    for (size_t i = 0; i < n; i++) {
        ck_assert_close(run.verdicts[i].plotted[0], textbook_value("m91_ewma", "ewma", (int)i + 1), 1e-13);
        ck_assert_close(run.verdicts[i].location.lcl, textbook_value("m91_ewma", "LCL", (int)i + 1), 1e-13);
        ck_assert_close(run.verdicts[i].location.ucl, textbook_value("m91_ewma", "UCL", (int)i + 1), 1e-13);
    }
    single_values(&run, "cusum", x, n);
    judge_run(&run);
    for (size_t i = 0; i < n; i++) {
        double upper = textbook_value("m91_cusum", "pos", (int)i + 1), lower = textbook_value("m91_cusum", "neg", (int)i + 1);
        ck_assert_msg(fabs(run.verdicts[i].plotted[0] - upper) < 1e-12 && fabs(run.verdicts[i].plotted[1] - lower) < 1e-12, "point %zu: %g %g", i + 1,
                      run.verdicts[i].plotted[0], run.verdicts[i].plotted[1]);
    }
    ck_assert_uint_eq(run.verdicts[28].location_rules & 1, 1); /* C+ = 5.28 */
    free(x);
}
END_TEST

START_TEST(cusum_starts_ahead_and_keeps_both_sides_apart)
{
    static struct run run;
    run.settings = chart_defaults;
    run.settings.head = 2.5;
    run.process = (struct chart_estimate){.center = 0, .sigma = 2};
    single_values(&run, "cusum", (double[]){2, 8, -20, -4}, 4);
    judge_run(&run);
    static const double upper[] = {3, 6.5, 0, 0}, lower[] = {-1, 0, -9.5, -11};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(run.verdicts[i].plotted[0], upper[i]);
        ck_assert_double_eq(run.verdicts[i].plotted[1], lower[i]);
        ck_assert_uint_eq(run.verdicts[i].location_rules, i == 1);
        ck_assert_uint_eq(run.verdicts[i].dispersion_rules, i >= 2);
    }
    run.settings.target = 2;
    judge_run(&run);
    ck_assert_double_eq(run.verdicts[0].plotted[0], 2);
}
END_TEST

START_TEST(moving_average_has_the_variance_of_what_it_holds)
{
    static struct run run;
    run.settings = chart_defaults;
    run.process = (struct chart_estimate){.center = 5, .sigma = 1};
    single_values(&run, "ma", (double[]){4, 6, 8, 4, NAN, 12}, 6);
    run.points[3].excluded = true;
    judge_run(&run);
    static const double shown[] = {4, 5, 6, 6, NAN, 26.0 / 3};
    for (size_t i = 0; i < 6; i++)
        ck_assert_close(run.verdicts[i].plotted[0], shown[i], 1e-15);
    ck_assert_double_eq(run.verdicts[0].location.ucl, 8);
    ck_assert_close(run.verdicts[1].location.ucl, 5 + 3 / sqrt(2), 1e-15);
    ck_assert_close(run.verdicts[5].location.ucl, 5 + 3 / sqrt(3), 1e-15);
    ck_assert_uint_eq(run.verdicts[5].location_rules, 1);
}
END_TEST

START_TEST(run_chart_goes_by_the_median)
{
    static struct run run;
    double values[12];
    for (int i = 0; i < 12; i++)
        values[i] = i == 0 ? 1 : i == 1 ? 2 : i == 2 ? 900 : 5 + 0.01 * (i % 3);
    run.settings = chart_defaults;
    single_values(&run, "run", values, 12);
    run.process = chart_estimate_with(run.chart, run.points, 12, &run.settings);
    judge_run(&run);
    ck_assert_close(run.process.center, 5.01, 1e-15);
    ck_assert_double_nan(run.verdicts[0].location.ucl);
    for (int i = 0; i < 12; i++)
        ck_assert_uint_eq(run.verdicts[i].location_rules & 1, 0);
}
END_TEST

static double number_or_nan(struct reference list, size_t i)
{
    return reference_number(reference_item(list, i));
}

START_TEST(z_mr_by_parts_meets_the_reference)
{
    static struct run run;
    static const char order[] = "AAAABBBBBAACCCC";
    size_t n;
    double *x = reference_column("own/short_run.csv", "x", &n);
    struct reference expected = reference_at(reference_open("own/formulas.json"), "zmr_by_parts");
    struct chart_part parts[3];
    run.settings = chart_defaults;
    run.settings.z = Z_BY_PARTS;
    run.settings.parts = parts;
    single_values(&run, "z-mr", x, n);
    ck_assert_uint_eq(n, strlen(order));
    for (size_t i = 0; i < n; i++)
        run.points[i].part = order[i] - 'A';
    chart_parts(run.points, n, &run.settings, parts, 3);
    judge_run(&run);
    for (int part = 0; part < 3; part++) {
        struct reference stats = reference_at(reference_at(expected, "stats"), (char[]){(char)('A' + part), '\0'});
        ck_assert_close(parts[part].center, number_or_nan(stats, 0), 1e-14);
        ck_assert_close(parts[part].sigma, number_or_nan(stats, 1), 1e-12);
    }
    for (size_t i = 0; i < n; i++) { /* the differences of decimals near each other lose three digits */
        ck_assert_close(run.verdicts[i].plotted[0], number_or_nan(reference_at(expected, "z"), i), 2e-12);
        ck_assert_close(run.verdicts[i].plotted[1], number_or_nan(reference_at(expected, "MR"), i), 2e-12);
    }
    ck_assert_close(run.verdicts[0].dispersion.ucl, reference_number_at(expected, "MR_UCL"), 1e-14);
    ck_assert_close(run.verdicts[0].dispersion.center, reference_number_at(expected, "MR_CL"), 1e-14);
    free(x);
}
END_TEST

/* Two parts: 1 2 4 and 10 20; the steps are 1 2 and 10. */
START_TEST(z_mr_pools_sigma_as_it_is_told)
{
    static struct run run;
    struct chart_part parts[2];
    double unit = constant_d2(2);
    run.settings = chart_defaults;
    single_values(&run, "z-mr", (double[]){1, 2, 4, 10, 20}, 5);
    run.points[3].part = run.points[4].part = 1;
    run.settings.z = Z_BY_RUNS;
    chart_parts(run.points, 5, &run.settings, parts, 2);
    ck_assert_close(parts[0].sigma, 1.5 / unit, 1e-15);
    ck_assert_close(parts[1].sigma, 10 / unit, 1e-15);
    run.settings.z = Z_CONSTANT;
    chart_parts(run.points, 5, &run.settings, parts, 2);
    ck_assert_close(parts[0].sigma, 13.0 / 3 / unit, 1e-15);
    ck_assert_double_eq(parts[0].sigma, parts[1].sigma);
    ck_assert_double_eq(parts[1].center, 15);
    run.settings.z = Z_RELATIVE;
    chart_parts(run.points, 5, &run.settings, parts, 2);
    ck_assert_close(parts[1].sigma, log(2) / unit, 1e-14);
    ck_assert_close(parts[0].center, log(2), 1e-15);
}
END_TEST

START_TEST(three_way_charts_part_between_from_within)
{
    static struct run run;
    struct piston piston = piston_rings(true);
    for (int sd = 0; sd < 2; sd++) {
        struct subgroup means[PISTON_SUBGROUPS], ranges[PISTON_SUBGROUPS];
        run.settings = chart_defaults;
        run.n = PISTON_SUBGROUPS;
        run.chart = spc_chart_find(sd ? "i-mr-s" : "i-mr-r");
        piston_subgroups(&piston, run.chart, run.points);
        piston_subgroups(&piston, spc_chart_find(sd ? "xbar-s" : "xbar-r"), ranges);
        run.process = chart_estimate_with(run.chart, run.points, run.n, &run.settings);
        judge_run(&run);
        for (size_t i = 0; i < run.n; i++)
            means[i] = spc_chart_find("i-mr")->summarise(&ranges[i].location, 1, i ? &means[i - 1] : NULL);
        ck_assert_close(run.process.sigma, chart_estimate(spc_chart_find("i-mr"), means, run.n).sigma, 1e-14);
        ck_assert_close(run.process.extra, chart_estimate(spc_chart_find(sd ? "xbar-s" : "xbar-r"), ranges, run.n).sigma, 1e-14);
        for (size_t i = 0; i < run.n; i++) {
            struct limit_line ignored, within;
            spc_chart_find(sd ? "xbar-s" : "xbar-r")->limits(0, run.process.extra, run.points[i].n, &ignored, &within);
            ck_assert_double_eq(run.verdicts[i].within.ucl, within.ucl);
            ck_assert_close(run.verdicts[i].plotted[2], ranges[i].dispersion, 1e-14);
        }
    }
    free(piston.values);
}
END_TEST

/* Montgomery 2009, ch. 10.2: limits so far inside the specification that a process with a fraction `accept` beyond it passes. */
START_TEST(acceptance_limits_lie_inside_the_specification)
{
    static struct run run;
    run.settings = chart_defaults;
    run.settings.lsl = 90;
    run.settings.usl = 110;
    run.process = (struct chart_estimate){.center = 100, .sigma = 2};
    run.chart = spc_chart_find("acceptance");
    run.points[0] = run.chart->summarise((double[]){107, 108, 107, 108}, 4, NULL);
    run.points[1] = run.chart->summarise((double[]){92, 93, 92, 93}, 4, NULL);
    run.n = 2;
    judge_run(&run);
    double z = 2.9999769927034; /* normal quantile of 0.00135 */
    ck_assert_close(run.verdicts[0].location.ucl, 110 - (z - z / 2) * 2, 1e-12);
    ck_assert_close(run.verdicts[0].location.lcl, 90 + (z - z / 2) * 2, 1e-12);
    ck_assert_uint_eq(run.verdicts[0].location_rules, 1);
    ck_assert_uint_eq(run.verdicts[1].location_rules, 1);
    run.settings.reject = 0.00135;
    run.settings.reject_beta = 0.00135;
    judge_run(&run);
    ck_assert_close(run.verdicts[0].location.ucl, 110 - (z + z / 2) * 2, 1e-12);
    run.settings.lsl = NAN;
    judge_run(&run);
    ck_assert_double_nan(run.verdicts[1].location.lcl);
    ck_assert_uint_eq(run.verdicts[1].location_rules, 0);
}
END_TEST

START_TEST(pre_control_has_its_own_rules)
{
    static struct run run;
    static const uint32_t fired[] = {0, 0, 2, 0, 4, 1, 0, 0};
    run.settings = chart_defaults;
    run.settings.lsl = 0;
    run.settings.usl = 8;
    single_values(&run, "pre-control", (double[]){4, 6.5, 7, 4, 0, 8.01, 8, 4}, 8);
    run.points[3].location = 1.5; /* yellow on the other side follows two of the upper */
    judge_run(&run);
    ck_assert_uint_eq(run.verdicts[2].location_rules, fired[2]);
    ck_assert_uint_eq(run.verdicts[3].location_rules, 4);
    ck_assert_uint_eq(run.verdicts[4].location_rules, 2);
    ck_assert_uint_eq(run.verdicts[5].location_rules & 1, 1);
    ck_assert_uint_eq(run.verdicts[6].location_rules & 1, 0); /* on the limit is within */
    ck_assert_uint_eq(run.verdicts[7].location_rules, 0);
    ck_assert_str_eq(chart_rules(run.chart, NULL)->id, "pre-control");
}
END_TEST

START_TEST(probability_limits_of_means_ranges_and_deviations)
{
    static struct run run;
    run.settings = chart_defaults;
    run.settings.alpha = 0.01;
    run.process = (struct chart_estimate){.center = 50, .sigma = 3};
    run.n = 1;
    run.chart = spc_chart_find("xbar-s");
    run.points[0] = run.chart->summarise((double[]){49, 50, 51}, 3, NULL);
    judge_run(&run);
    ck_assert_close(run.verdicts[0].location.ucl, 50 + 2.5758293035489 * 3 / sqrt(3), 1e-12);
    ck_assert_close(run.verdicts[0].dispersion.ucl, 3 * sqrt(-2 * log(0.005) / 2), 1e-9); /* chi-square of 2 is exponential */
    ck_assert_close(run.verdicts[0].dispersion.lcl, 3 * sqrt(-2 * log(0.995) / 2), 1e-9);
    run.chart = spc_chart_find("i-mr");
    run.points[0].n = 1;
    judge_run(&run);
    ck_assert_close(run.verdicts[0].dispersion.ucl, 3 * M_SQRT2 * 2.8070337683438, 1e-11);
}
END_TEST

/* --- every chart: live is recomputation from the start, for random data, exclusions, missing values and stages */

/* Of four streams: single values, with one missing now and then. */
static struct subgroup random_streams(const double *values, bool first, unsigned long long *seed)
{
    static double before[4];
    double now[4];
    if (first)
        streams_forget(before, 4);
    for (int s = 0; s < 4; s++)
        now[s] = random_below(seed, 15) == 0 ? NAN : values[s];
    return streams_summarise(now, 4, 1, before);
}

static void random_point(const struct spc_chart *chart, struct run *run, size_t i, unsigned long long *seed)
{
    double values[10];
    int n = chart->max_n == 1 || (chart->min_n == 1 && random_below(seed, 4) == 0) ? 1 : 2 + random_below(seed, 8);
    for (int j = 0; j < n; j++)
        values[j] = rint((10 + 1.5 * sin((double)i / 15) + random_normal(seed)) * 8) / 8;
    if (!chart->summarise)
        run->points[i] = chart_count(chart, random_below(seed, 9) + (i % 50 == 49 ? 60 : 0), 10 + random_below(seed, 30), &run->settings);
    else if (chart_has_streams(chart)) {
        for (int j = n; j < 4; j++)
            values[j] = 10 + 1.5 * sin((double)i / 15) + random_normal(seed);
        run->points[i] = random_streams(values, i == 0, seed);
    } else
        run->points[i] = chart->summarise(values, n, i ? &run->points[i - 1] : NULL);
    if (random_below(seed, 20) == 0)
        run->points[i].location = run->points[i].dispersion = NAN;
    run->points[i].excluded = random_below(seed, 12) == 0;
}

static bool same_line(const struct limit_line *a, const struct limit_line *b)
{
    const double left[] = {a->center, a->lcl, a->ucl, a->sigma}, right[] = {b->center, b->lcl, b->ucl, b->sigma};
    for (int i = 0; i < 4; i++)
        if (left[i] != right[i] && !(isnan(left[i]) && isnan(right[i])))
            return false;
    return true;
}

static void check_same(const struct verdict *now, const struct verdict *again, const char *id)
{
    ck_assert_msg(now->location_rules == again->location_rules && now->dispersion_rules == again->dispersion_rules &&
                      now->within_rules == again->within_rules,
                  "%s: rules differ", id);
    ck_assert_msg(same_line(&now->location, &again->location) && same_line(&now->dispersion, &again->dispersion) &&
                      same_line(&now->within, &again->within),
                  "%s: limits differ", id);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(now->plotted[i] == again->plotted[i] || (isnan(now->plotted[i]) && isnan(again->plotted[i])), "%s: values differ", id);
}

START_TEST(every_chart_judges_live_as_from_the_start)
{
    static struct run run;
    unsigned long long seed = 77;
    for (size_t c = 0; c < spc_chart_count; c++) {
        size_t fired = 0, drawn = 0, stage = 0;
        struct chart_state live = {0};
        run.chart = &spc_charts[c];
        run.settings = chart_defaults;
        run.settings.lsl = 8;
        run.settings.usl = 12;
        for (size_t i = 0; i < MOST; i++)
            random_point(run.chart, &run, i, &seed);
        run.process = chart_estimate_with(run.chart, run.points, MOST / 2, &run.settings);
        ck_assert_msg(!isnan(run.process.center), "%s: %s", run.chart->id, run.process.why);
        for (size_t i = 0; i < MOST; i++) {
            if (random_below(&seed, 60) == 0) {
                stage = i;
                live = (struct chart_state){0};
            }
            struct verdict now = chart_judge_with(&live, run.chart, spc_rule_set_find("nelson"), &run.points[i], &run.process, &run.settings),
                           again = now;
            struct chart_state fresh = {0};
            for (size_t k = stage; k <= i; k++)
                again = chart_judge_with(&fresh, run.chart, spc_rule_set_find("nelson"), &run.points[k], &run.process, &run.settings);
            check_same(&now, &again, run.chart->id);
            if (run.points[i].excluded)
                ck_assert_uint_eq(now.location_rules | now.dispersion_rules | now.within_rules, 0);
            fired += now.location_rules != 0;
            drawn += !isnan(now.plotted[0]);
        }
        ck_assert_msg(fired > 0 && drawn > MOST / 2, "%s: the data prove nothing (%zu of %zu)", run.chart->id, fired, drawn);
    }
}
END_TEST

START_TEST(an_excluded_point_changes_nothing_that_follows)
{
    static struct run run, without;
    unsigned long long seed = 15;
    for (size_t c = 0; c < spc_chart_count; c++) {
        run.chart = without.chart = &spc_charts[c];
        run.settings = without.settings = chart_defaults;
        run.settings.lsl = without.settings.lsl = 8;
        run.settings.usl = without.settings.usl = 12;
        run.n = MOST;
        without.n = 0;
        for (size_t i = 0; i < MOST; i++) {
            random_point(run.chart, &run, i, &seed);
            if (!run.points[i].excluded)
                without.points[without.n++] = run.points[i];
        }
        run.process = without.process = chart_estimate_with(run.chart, run.points, MOST, &run.settings);
        judge_run(&run);
        judge_run(&without);
        for (size_t i = 0, k = 0; i < MOST; i++) {
            if (run.points[i].excluded)
                continue;
            ck_assert_msg(run.verdicts[i].location_rules == without.verdicts[k].location_rules, "%s: point %zu", run.chart->id, i);
            k++;
        }
    }
}
END_TEST

START_TEST(given_centre_and_sigma_replace_the_estimate)
{
    static struct run run;
    run.settings = chart_defaults;
    run.settings.center = 3;
    run.settings.spread = 0.5;
    single_values(&run, "i-mr", (double[]){1, 1, 1}, 3);
    run.process = chart_estimate_with(run.chart, run.points, 3, &run.settings);
    ck_assert_double_eq(run.process.center, 3);
    ck_assert_double_eq(run.process.sigma, 0.5);
    ck_assert_ptr_null(run.process.why);
    ck_assert_str_eq(run.process.method, "given");
}
END_TEST

START_TEST(published_constants_are_those_of_printed_tables)
{
    static struct run run;
    run.settings = chart_defaults;
    run.settings.published = true;
    single_values(&run, "i-mr", (double[]){10, 13, 11}, 3);
    run.process = chart_estimate_with(run.chart, run.points, 3, &run.settings);
    judge_run(&run);
    ck_assert_close(run.process.sigma, 2.5 / 1.128, 1e-15);
    ck_assert_close(run.verdicts[0].dispersion.center, 2.5, 1e-15);
}
END_TEST

/* The verdict on one value of the chart, the first of its stage. */
static struct verdict first_verdict(const struct run *run, double value, double size)
{
    struct chart_state state = {0};
    double values[5] = {value, value, value, value, value};
    struct subgroup point = chart_is_attribute(run->chart) ? chart_count(run->chart, value * size, size, &run->settings)
                                                           : run->chart->summarise(values, run->chart->min_n > 1 ? 5 : 1, NULL);
    point.location = value;
    return chart_judge_with(&state, run->chart, spc_rule_set_find("shewhart"), &point, &run->process, &run->settings);
}

/* "Beyond" is strict, and people compare with the limits that they see. */
START_TEST(a_point_on_a_limit_is_not_beyond_it)
{
    static const char *const charts[] = {"i-mr", "xbar-r", "xbar-s", "median-r", "i-mr-r", "ma", "p", "u", "laney-p"};
    unsigned long long seed = 11;
    static struct run run;
    run.settings = chart_defaults;
    for (int i = 0; i < 4000; i++) {
        double offset = i % 4 == 3 ? 1e9 : 0;
        run.chart = spc_chart_find(charts[i % (int)(sizeof charts / sizeof charts[0])]);
        bool counts = chart_is_attribute(run.chart);
        run.settings.alpha = i % 5 == 4 && !counts ? 0.01 : 0;
        run.process = (struct chart_estimate){
            .center = counts ? 0.2 + random_below(&seed, 100) / 1000.0 : offset + random_below(&seed, 10000) / 100.0,
            .sigma = (1 + random_below(&seed, 300)) / 100.0,
            .extra = 1.1,
            .entered = i % 7 == 6 && run.chart->limits,
        };
        run.process.lcl = run.process.center - random_below(&seed, 100) / 10.0 - 0.1;
        run.process.ucl = run.process.center + random_below(&seed, 100) / 10.0 + 0.1;
        struct limit_line line = first_verdict(&run, run.process.center, 150).location;
        ck_assert_uint_eq(first_verdict(&run, line.ucl, 150).location_rules, 0);
        ck_assert_uint_eq(first_verdict(&run, line.lcl, 150).location_rules, 0);
        ck_assert_uint_eq(first_verdict(&run, nextafter(line.ucl, INFINITY), 150).location_rules, 1);
        ck_assert_uint_eq(first_verdict(&run, nextafter(line.lcl, -INFINITY), 150).location_rules, 1);
    }
}
END_TEST

/* 10.2 and 9.8 are two sigmas of 0.1 from 10, neither more nor less, and 10.1 is one. */
START_TEST(a_point_on_a_zone_line_is_neither_beyond_nor_inside)
{
    struct spc_rule_set set = {.id = "zones", .name = "zones"};
    static struct run run;
    ck_assert_ptr_null(rule_set_add(&set, "1 of 1 beyond 2 sigma"));
    ck_assert_ptr_null(rule_set_add(&set, "2 in a row within 2 sigma"));
    ck_assert_ptr_null(rule_set_add(&set, "1 of 1 beyond 1 sigma"));
    ck_assert_ptr_null(rule_set_add(&set, "2 in a row within 1 sigma"));
    run.settings = chart_defaults;
    run.process = (struct chart_estimate){.center = 10, .sigma = 0.1};
    single_values(&run, "i-mr", (double[]){10.2, 9.8, 10.2, 10.1, 9.9, 10.1}, 6);
    struct chart_state state = {0};
    for (int i = 0; i < 6; i++) {
        uint32_t fired = chart_judge_with(&state, run.chart, &set, &run.points[i], &run.process, &run.settings).location_rules;
        ck_assert_uint_eq(fired, i < 3 ? 4 : i == 3 ? 0 : 2);
    }
}
END_TEST

Suite *charts_variable_suite(void)
{
    Suite *suite = suite_create("charts_variable");
    add_test(suite, ewma_and_its_limits_are_the_sums_that_define_them);
    add_test(suite, qcc_gives_the_same_ewma_and_cusum);
    add_test(suite, cusum_starts_ahead_and_keeps_both_sides_apart);
    add_test(suite, moving_average_has_the_variance_of_what_it_holds);
    add_test(suite, run_chart_goes_by_the_median);
    add_test(suite, z_mr_by_parts_meets_the_reference);
    add_test(suite, z_mr_pools_sigma_as_it_is_told);
    add_test(suite, three_way_charts_part_between_from_within);
    add_test(suite, acceptance_limits_lie_inside_the_specification);
    add_test(suite, pre_control_has_its_own_rules);
    add_test(suite, probability_limits_of_means_ranges_and_deviations);
    add_test(suite, every_chart_judges_live_as_from_the_start);
    add_test(suite, an_excluded_point_changes_nothing_that_follows);
    add_test(suite, given_centre_and_sigma_replace_the_estimate);
    add_test(suite, published_constants_are_those_of_printed_tables);
    add_test(suite, a_point_on_a_limit_is_not_beyond_it);
    add_test(suite, a_point_on_a_zone_line_is_neither_beyond_nor_inside);
    return suite;
}
