#include "spc/chart_settings.h"
#include "spc/streams.h"
#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/samples.h"
#include "tests/spc/suites.h"

#include <math.h>

/* Expected figures: numpy over the same data, by the formulas beside them. */

enum { TIMES = 6, STREAMS = 4, EACH = 3, SINGLE = 8 };

static const double spindles[TIMES][STREAMS * EACH] = {
    {50.0, 50.3, 49.73, 49.31, 49.75, 49.21, 49.76, 51.04, 49.21, 50.28, 51.39, 51.26},
    {50.11, 49.07, 49.97, 50.9, 48.86, 49.74, 47.8, 48.41, 47.86, 50.66, 49.63, 51.17},
    {50.16, 49.81, 47.48, 49.66, 50.15, 50.31, 48.17, 49.22, 48.72, 50.09, 51.96, 50.09},
    {49.97, 50.88, 49.42, 50.09, 50.31, 50.26, 48.47, 49.78, 51.06, 49.35, 51.76, 51.02},
    {49.36, 52.0, 50.76, 49.0, 50.27, 50.78, 49.51, 50.38, 49.63, 51.57, 52.34, 50.22},
    {50.2, 49.54, 50.13, 49.01, 49.62, 50.0, 50.6, 50.85, 48.38, 50.11, 51.55, 48.91},
};
static const double singles[SINGLE][STREAMS] = {
    {19.77, 19.95, 20.63, 20.34}, {19.84, 19.82, 19.87, 20.76}, {19.79, 19.85, 20.18, 19.94}, {19.9, 19.44, 19.99, 19.78},
    {20.58, 20.33, 19.99, 20.33}, {19.83, 20.53, 20.0, 20.29},  {19.35, 20.17, 19.16, 18.98}, {19.85, 19.55, 20.08, 21.12},
};

static const struct spc_chart *group(void)
{
    return spc_chart_find("group");
}

static struct chart_settings settings_of(int streams)
{
    struct chart_settings settings = chart_defaults;
    settings.streams = streams;
    return settings;
}

START_TEST(largest_smallest_and_widest_name_their_stream)
{
    static const double high[] = {50.97666666666667, 50.48666666666666, 50.71333333333334, 50.71, 51.376666666666665, 50.19};
    static const double low[] = {49.42333333333334, 48.02333333333333, 48.70333333333334, 49.77, 49.84, 49.54333333333333};
    static const double wide[] = {1.83, 2.04, 2.68, 2.59, 2.64, 2.64};
    static const int lowest[] = {1, 2, 2, 2, 2, 1}, widest[] = {2, 1, 0, 2, 0, 3};
    struct subgroup points[TIMES];
    bool several = true;
    for (int i = 0; i < TIMES; i++) {
        points[i] = streams_summarise(spindles[i], STREAMS, EACH, NULL);
        ck_assert_close(points[i].high, high[i], 1e-14);
        ck_assert_close(points[i].low, low[i], 1e-14);
        ck_assert_close(points[i].dispersion, wide[i], 1e-13);
        ck_assert_int_eq(streams_at(&points[i], STREAM_HIGH, &several), 3);
        ck_assert(!several);
        ck_assert_int_eq(streams_at(&points[i], STREAM_LOW, NULL), lowest[i]);
        ck_assert_int_eq(streams_at(&points[i], STREAM_WIDEST, NULL), widest[i]);
        ck_assert_int_eq(points[i].n, EACH);
    }
    /* mean of all; mean range / d2(3); limits +- 3 sigma / sqrt(3); (d2 + 3 d3) sigma */
    struct chart_settings settings = settings_of(STREAMS);
    struct chart_estimate process = chart_estimate_with(group(), points, TIMES, &settings);
    struct chart_state state = {0};
    struct verdict verdict = chart_judge_with(&state, group(), streams_rules(STREAMS), &points[0], &process, &settings);
    ck_assert_close(process.center, 49.976805555555558, 1e-14);
    ck_assert_close(process.sigma, 0.89558154299920401, 1e-13);
    ck_assert_str_eq(process.method, "rbar");
    ck_assert_close(process.df, 0.9 * TIMES * STREAMS * (EACH - 1), 1e-15);
    ck_assert_close(verdict.location.ucl, 51.527998290351107, 1e-13);
    ck_assert_close(verdict.dispersion.lcl, 48.425612820760009, 1e-13);
    ck_assert_close(verdict.within.ucl, 0.89558154299920401 * (1.6925687506432689 + 3 * 0.8883680040), 1e-9);
    ck_assert_close(verdict.within.center, 0.89558154299920401 * 1.6925687506432689, 1e-13);
    /* root of all squares within streams over their degrees of freedom, / c4(df + 1) */
    settings.sigma = sigma_estimator_find("pooled");
    ck_assert_close(chart_estimate_with(group(), points, TIMES, &settings).sigma, 0.8915664358556733, 1e-13);
}
END_TEST

START_TEST(single_values_vary_by_their_own_streams_steps)
{
    static const double wide[] = {NAN, 0.76, 0.82, 0.41, 0.89, 0.75, 1.31, 2.14};
    static const int widest[] = {-1, 2, 3, 1, 1, 0, 3, 3};
    struct chart_settings settings = settings_of(STREAMS);
    struct subgroup points[SINGLE];
    double before[STREAMS];
    streams_forget(before, STREAMS);
    for (int i = 0; i < SINGLE; i++) {
        points[i] = streams_summarise(singles[i], STREAMS, 1, before);
        ck_assert_int_eq(streams_at(&points[i], STREAM_WIDEST, NULL), widest[i]);
        if (i)
            ck_assert_close(points[i].dispersion, wide[i], 1e-12);
    }
    ck_assert_double_nan(points[0].dispersion);
    /* mean moving range within streams / d2(2) */
    struct chart_estimate process = chart_estimate_with(group(), points, SINGLE, &settings);
    ck_assert_close(process.center, 19.9996875, 1e-14);
    ck_assert_close(process.sigma, 0.43520072232055063, 1e-13);
    ck_assert_str_eq(process.method, "mr");
    points[3].excluded = true; /* leaves the centre, and both moving ranges */
    process = chart_estimate_with(group(), points, SINGLE, &settings);
    ck_assert_close(process.center, 20.03142857142857, 1e-14);
    ck_assert_close(process.sigma, 0.47679008589358374, 1e-13);
}
END_TEST

START_TEST(a_stream_that_brings_less_does_not_count_and_ties_have_no_owner)
{
    bool several = false;
    double before[3] = {1, 2, 3};
    struct subgroup short_one = streams_summarise((double[]){9, 9, NAN, 99, 4, 6}, 3, 2, NULL);
    ck_assert_int_eq(short_one.streams, 2);
    ck_assert_double_eq(short_one.high, 9);
    ck_assert_double_eq(short_one.low, 5);
    ck_assert_int_eq(streams_at(&short_one, STREAM_LOW, NULL), 2);
    struct subgroup tie = streams_summarise((double[]){7, 5, 7}, 3, 1, before);
    ck_assert_int_eq(streams_at(&tie, STREAM_HIGH, &several), 0);
    ck_assert(several);
    ck_assert_double_eq(tie.dispersion, 6);
    struct subgroup alone = streams_summarise((double[]){NAN, 8, NAN}, 3, 1, before);
    ck_assert_double_nan(alone.location);
    ck_assert_int_eq(alone.n, 0);
    ck_assert_int_eq(streams_at(&alone, STREAM_HIGH, NULL), -1);
    struct subgroup after = streams_summarise((double[]){7, 9, 7}, 3, 1, before); /* only stream 2 was there before */
    ck_assert_int_eq(after.steps, 1);
    ck_assert_int_eq(streams_at(&after, STREAM_WIDEST, NULL), 1);
    struct subgroup many = streams_summarise((double[STREAMS_MAX]){[STREAMS_MAX - 1] = 1, [0] = -1}, STREAMS_MAX, 1, NULL);
    ck_assert_int_eq(streams_at(&many, STREAM_HIGH, NULL), STREAMS_MAX - 1);
}
END_TEST

START_TEST(one_stream_in_a_row_signals_and_a_tie_ends_the_row)
{
    struct chart_settings settings = settings_of(STREAMS);
    struct chart_estimate process = {.center = 20, .sigma = 1, .extra = NAN};
    const struct spc_rule_set *rules = streams_rules(STREAMS); /* 6 in a row */
    static const int tie = 4;
    struct chart_state state = {0};
    for (int i = 0; i < 12; i++) {
        double values[STREAMS] = {20, 20.5, 19.5 - 0.1 * (i % 3), 19.8};
        values[i % 2] -= 1; /* the smallest changes, except that stream 2 is never it */
        values[3] = i == tie ? 20.5 : 20.6;
        values[1] = i == tie ? 20.5 : values[1];
        struct subgroup point = streams_summarise(values, STREAMS, 1, NULL);
        struct verdict verdict = chart_judge_with(&state, group(), rules, &point, &process, &settings);
        ck_assert_msg(verdict.location_rules == (i >= tie + 6 ? 2u : 0u), "point %d: %x", i, verdict.location_rules);
    }
    struct subgroup far = streams_summarise((double[]){20, 24, 16, 20}, STREAMS, 1, NULL);
    struct verdict verdict = chart_judge_with(&state, group(), rules, &far, &process, &settings);
    ck_assert_uint_eq(verdict.location_rules, 1);
    ck_assert_uint_eq(verdict.dispersion_rules, 1);
}
END_TEST

/* Montgomery 2009 ch. 10.3 tabulates the row by the number of streams; the run lengths are a linear system over who is largest and smallest, solved
 * by numpy. */
START_TEST(rows_come_from_the_number_of_streams)
{
    static const struct {
        int streams, row;
    } table[] = {{2, 9}, {3, 7}, {4, 6}, {5, 5}, {6, 5}, {7, 4}, {8, 4}, {9, 4}, {10, 4}, {18, 4}, {19, 3}, {STREAMS_MAX, 3}};
    static const struct {
        int streams;
        double both, rows;
    } lengths[] = {{2, 137.623928278, 511}, {4, 82.4859928863, 687.744447009}, {8, 40.7836106059, 294.501031254}, {24, 15.2535550769, 301.77334954}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        ck_assert_int_eq(streams_row(table[i].streams), table[i].row);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct spc_rule_set rows = {.id = "rows"};
        const struct spc_rule_set *rules = streams_rules(lengths[i].streams);
        ck_assert_ptr_null(rule_set_add(&rows, rules->rules[1].words));
        ck_assert_close(streams_false_alarms(lengths[i].streams, rules, 0), lengths[i].both, 1e-10);
        ck_assert_close(streams_false_alarms(lengths[i].streams, &rows, 0), lengths[i].rows, 1e-10);
    }
}
END_TEST

/* The figure for false alarms, by the judge itself on streams that are alike. */
START_TEST(false_alarms_come_as_often_as_they_are_said_to)
{
    enum { RUNS = 4000, COUNT = 5 };
    struct chart_settings settings = settings_of(COUNT);
    struct chart_estimate process = {.center = 0, .sigma = 1, .extra = NAN};
    const struct spc_rule_set *rules = streams_rules(COUNT);
    unsigned long long seed = 31;
    double total = 0, expected = chart_false_alarms(group(), &settings, rules, 0).arl;
    for (int run = 0; run < RUNS; run++) {
        struct chart_state state = {0};
        for (bool quiet = true; quiet; total++) {
            double values[COUNT];
            for (int s = 0; s < COUNT; s++)
                values[s] = random_normal(&seed);
            struct subgroup point = streams_summarise(values, COUNT, 1, NULL);
            struct verdict verdict = chart_judge_with(&state, group(), rules, &point, &process, &settings);
            quiet = !(verdict.location_rules | verdict.dispersion_rules);
        }
    }
    ck_assert_msg(fabs(total / RUNS - expected) < 4 * expected / sqrt(RUNS), "%g simulated, %g computed", total / RUNS, expected);
}
END_TEST

START_TEST(settings_say_how_many_streams_and_by_what)
{
    struct chart_settings settings = settings_of(8);
    char words[192];
    ck_assert_str_eq(chart_words(group(), &settings, streams_rules(8), 40, words, sizeof words),
                     "Group of 8 streams, 3 sigma; sigma Rbar/d2; rules group-4: beyond, and rows of one stream; constants exact");
    ck_assert_str_eq(chart_words(group(), &settings, streams_rules(8), 8, words, sizeof words),
                     "Group of 8 streams, 3 sigma; sigma MR/d2(2); rules group-4: beyond, and rows of one stream; constants exact");
    ck_assert(chart_rules(group(), spc_rule_set_find("nelson")) == streams_rules(2));
    ck_assert(chart_rules(group(), streams_rules(8)) == streams_rules(8));
}
END_TEST

Suite *streams_suite(void)
{
    Suite *suite = suite_create("streams");
    add_test(suite, largest_smallest_and_widest_name_their_stream);
    add_test(suite, single_values_vary_by_their_own_streams_steps);
    add_test(suite, a_stream_that_brings_less_does_not_count_and_ties_have_no_owner);
    add_test(suite, one_stream_in_a_row_signals_and_a_tie_ends_the_row);
    add_test(suite, rows_come_from_the_number_of_streams);
    add_test(suite, false_alarms_come_as_often_as_they_are_said_to);
    add_test(suite, settings_say_how_many_streams_and_by_what);
    return suite;
}
