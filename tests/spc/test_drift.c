#include "spc/drift.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 2000 };

/* n values about `level`, of which those from `from` on are moved by step and, one after the other, by slope. */
static void series(double *values, size_t n, size_t from, double level, double step, double slope, unsigned long long *seed)
{
    for (size_t i = 0; i < n; i++)
        values[i] = level + random_normal(seed) + (i < from ? 0 : step + slope * (double)(i - from + 1));
}

/* The definition itself: for every place, least squares of both means. */
static size_t step_by_definition(const double *values, size_t n, double *residual)
{
    size_t best = 0;
    *residual = INFINITY;
    for (size_t last = 1; last < n; last++) {
        double before = 0, after = 0, sum = 0;
        for (size_t i = 0; i < n; i++)
            *(i < last ? &before : &after) += values[i] / (double)(i < last ? last : n - last);
        for (size_t i = 0; i < n; i++)
            sum += pow(values[i] - (i < last ? before : after), 2);
        if (sum < *residual) {
            *residual = sum;
            best = last;
        }
    }
    return best;
}

START_TEST(a_step_is_where_least_squares_puts_it)
{
    unsigned long long seed = 1;
    for (int round = 0; round < 200; round++) {
        double values[60], residual;
        series(values, 60, (size_t)random_below(&seed, 60), 1e3, 2, 0, &seed);
        size_t last = step_by_definition(values, 60, &residual);
        struct change_point change = change_point_of(values, 60, CHANGE_STEP, NAN, 0.95);
        ck_assert_uint_eq(change.last, last);
        ck_assert_close(change.sd, sqrt(residual / 58), 1e-10);
        ck_assert_uint_le(change.lower, change.last);
        ck_assert_uint_ge(change.upper, change.last);
        ck_assert_double_nan(change.slope);
    }
}
END_TEST

START_TEST(changes_without_noise_are_found_exactly)
{
    double values[40];
    for (int i = 0; i < 40; i++)
        values[i] = i < 25 ? 7 + (i % 2) * 1e-9 : 9 + (i % 2) * 1e-9;
    struct change_point step = change_point_best(values, 40, NAN, 0.95);
    ck_assert_int_eq(step.kind, CHANGE_STEP);
    ck_assert_uint_eq(step.last, 25);
    ck_assert_uint_eq(step.lower, 25);
    ck_assert_uint_eq(step.upper, 25);
    ck_assert_close(step.before, 7, 1e-8);
    ck_assert_close(step.after, 9, 1e-8);
    ck_assert_double_lt(step.p, 1e-9);
    for (int i = 0; i < 40; i++)
        values[i] = i < 25 ? 7 : 7 + 0.5 * (i - 24);
    struct change_point drift = change_point_best(values, 40, NAN, 0.95);
    ck_assert_int_eq(drift.kind, CHANGE_DRIFT);
    ck_assert_uint_eq(drift.last, 25);
    ck_assert_close(drift.slope, 0.5, 1e-9);
    ck_assert_close(drift.after, 14.5, 1e-9);
    struct change_point from_center = change_point_of(values, 40, CHANGE_DRIFT, 7, 0.95);
    ck_assert_uint_eq(from_center.last, 25);
    ck_assert_double_eq(from_center.before, 7);
}
END_TEST

static double share_of_alarms(enum change_kind kind, size_t n, double before, unsigned long long *seed)
{
    int alarms = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double values[200];
        series(values, n, n, 5, 0, 0, seed);
        alarms += change_point_of(values, n, kind, before, 0.95).p < 0.05;
    }
    return alarms / (double)ROUNDS;
}

/* Where nothing changed, p < 5 % in 5 % of the series (James, James, Siegmund's approximation is within a point; Bonferroni's bound below it). */
START_TEST(p_of_no_change_is_honest)
{
    static const size_t sizes[] = {12, 30, 200};
    unsigned long long seed = 9;
    for (int i = 0; i < 3; i++) {
        double step = share_of_alarms(CHANGE_STEP, sizes[i], NAN, &seed), known = share_of_alarms(CHANGE_STEP, sizes[i], 5, &seed);
        double drift = share_of_alarms(CHANGE_DRIFT, sizes[i], NAN, &seed);
        ck_assert_msg(step > 0.03 && step < 0.07, "step, n = %zu: %.4f", sizes[i], step);
        ck_assert_msg(known > 0.03 && known < 0.07, "step from a known centre, n = %zu: %.4f", sizes[i], known);
        ck_assert_msg(drift < 0.055, "drift, n = %zu: %.4f", sizes[i], drift);
    }
}
END_TEST

static double coverage(enum change_kind kind, double step, double slope, double before, double confidence, unsigned long long *seed)
{
    enum { N = 80, FROM = 45 };
    int covered = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double values[N];
        series(values, N, FROM, 5, step, slope, seed);
        struct change_point change = change_point_of(values, N, kind, before, confidence);
        covered += change.lower <= FROM && FROM <= change.upper;
    }
    return covered / (double)ROUNDS;
}

/* Seeded: the step's interval is conservative for large steps, where the true place is hit outright. */
START_TEST(intervals_cover_the_true_start)
{
    unsigned long long seed = 17;
    for (double step = 1; step < 4; step += 0.5) {
        ck_assert_double_ge(coverage(CHANGE_STEP, step, 0, NAN, 0.95, &seed), 0.94);
        ck_assert_double_ge(coverage(CHANGE_STEP, step, 0, 5, 0.80, &seed), 0.78);
    }
    for (double slope = 0.1; slope < 0.6; slope += 0.2) {
        double unknown = coverage(CHANGE_DRIFT, 0, slope, NAN, 0.95, &seed), known = coverage(CHANGE_DRIFT, 0, slope, 5, 0.95, &seed);
        ck_assert_msg(unknown >= 0.935, "slope %g: %.4f", slope, unknown);
        ck_assert_msg(known >= 0.935, "slope %g from a known centre: %.4f", slope, known);
    }
}
END_TEST

START_TEST(the_kind_that_explains_more_is_chosen)
{
    unsigned long long seed = 23;
    int steps = 0, drifts = 0;
    for (int round = 0; round < 300; round++) {
        double values[80];
        series(values, 80, 40, 0, 3, 0, &seed);
        steps += change_point_best(values, 80, NAN, 0.95).kind == CHANGE_STEP;
        series(values, 80, 40, 0, 0, 0.2, &seed);
        drifts += change_point_best(values, 80, NAN, 0.95).kind == CHANGE_DRIFT;
    }
    ck_assert_int_gt(steps, 290);
    ck_assert_int_gt(drifts, 290);
}
END_TEST

START_TEST(changes_without_support_say_why)
{
    const double same[] = {1, 1, 1, 1, 1, 1};
    ck_assert_str_eq(change_point_of(same, 5, CHANGE_STEP, NAN, 0.95).why, "fewer than six values");
    ck_assert_str_eq(change_point_of(same, 6, CHANGE_STEP, NAN, 0.95).why, "the values do not vary");
    ck_assert_str_eq(change_point_best(same, 6, NAN, 0.95).why, "the values do not vary");
    struct change_point off = change_point_of(same, 6, CHANGE_STEP, 0, 0.95);
    ck_assert_ptr_null(off.why);
    ck_assert_uint_eq(off.last, 0);
    ck_assert_double_eq(off.after, 1);
}
END_TEST

static const struct specification limits = {-10, 10, NAN};

/* Draper and Smith's formulas worked by hand on five points. */
START_TEST(a_forecast_is_the_line_and_fiellers_interval)
{
    const double values[] = {1.1, 1.9, 3.2, 3.9, 5.0};
    struct forecast forecast = forecast_of(values, NULL, 5, limits, 0.95);
    double slope = 0.98, middle = 3.02, residual = 0, t = 3.182446305284263;
    for (int i = 0; i < 5; i++)
        residual += pow(values[i] - middle - slope * (i - 2), 2);
    double t2 = t * t * residual / 3, gap = 10 - middle, a = slope * slope - t2 / 10, root = sqrt(t2 * (gap * gap / 10 + a / 5));
    ck_assert_close(forecast.slope, slope, 1e-12);
    ck_assert_close(forecast.slope_lower, slope - t * sqrt(residual / 30), 1e-10);
    ck_assert_close(forecast.sd, sqrt(residual / 3), 1e-10);
    ck_assert_close(forecast.mean_now, middle + 2 * slope, 1e-12);
    ck_assert_int_eq(forecast.limit, 1);
    ck_assert_close(forecast.distance, gap / slope - 2, 1e-12);
    ck_assert_close(forecast.lower, (slope * gap - root) / a - 2, 1e-10);
    ck_assert_close(forecast.upper, (slope * gap + root) / a - 2, 1e-10);
}
END_TEST

/* The band of the line at both ends of the interval touches the limit: the interval's definition. In seconds the distances scale. */
START_TEST(a_forecast_in_time_is_the_forecast_in_parts)
{
    double values[30], seconds[30];
    unsigned long long seed = 41;
    for (int i = 0; i < 30; i++) {
        values[i] = 5 - 0.2 * i + 0.3 * random_normal(&seed);
        seconds[i] = 1.7e9 + 4.2 * i;
    }
    struct forecast parts = forecast_of(values, NULL, 30, limits, 0.95), time = forecast_of(values, seconds, 30, limits, 0.95);
    ck_assert_int_eq(parts.limit, -1);
    ck_assert_close(time.distance, 4.2 * parts.distance, 1e-6);
    ck_assert_close(time.lower, 4.2 * parts.lower, 1e-6);
    ck_assert_close(time.upper, 4.2 * parts.upper, 1e-6);
    ck_assert_double_lt(parts.lower, parts.distance);
    ck_assert_double_gt(parts.upper, parts.distance);
}
END_TEST

START_TEST(forecast_intervals_cover_the_true_place)
{
    unsigned long long seed = 5;
    int covered = 0, given = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double values[25];
        for (int i = 0; i < 25; i++)
            values[i] = 0.15 * i + random_normal(&seed);
        struct forecast forecast = forecast_of(values, NULL, 25, limits, 0.90);
        if (forecast.why)
            continue;
        double truth = 10 / 0.15 - 24;
        covered += forecast.lower <= truth && truth <= forecast.upper;
        given++;
    }
    ck_assert_int_gt(given, ROUNDS * 95 / 100);
    ck_assert_double_gt(covered / (double)given, 0.885);
    ck_assert_double_lt(covered / (double)given, 0.93);
}
END_TEST

START_TEST(a_forecast_without_trend_or_limit_says_why)
{
    const double level[] = {1, 2, 1, 2, 1, 2}, rising[] = {1, 2, 3, 4, 5.1, 6}, at_once[] = {3, 3, 3, 3, 3, 3}, beyond[] = {8, 9, 10, 11, 12.1};
    struct forecast none = forecast_of(level, NULL, 6, limits, 0.95);
    ck_assert_ptr_nonnull(strstr(none.why, "no trend"));
    ck_assert_double_nan(none.distance);
    ck_assert_int_eq(none.limit, 0);
    ck_assert_ptr_nonnull(strstr(forecast_of(rising, NULL, 6, (struct specification){-10, NAN, NAN}, 0.95).why, "no upper limit"));
    ck_assert_str_eq(forecast_of(rising, NULL, 3, limits, 0.95).why, "fewer than four values");
    ck_assert_str_eq(forecast_of(rising, at_once, 6, limits, 0.95).why, "the values have no order in time");
    ck_assert_ptr_nonnull(strstr(forecast_of(at_once, NULL, 6, limits, 0.95).why, "no trend"));
    struct forecast past = forecast_of(beyond, NULL, 5, limits, 0.95);
    ck_assert_double_eq(past.distance, 0);
    ck_assert_double_eq(past.lower, 0);
}
END_TEST

/* A tool is changed and then wears: the forecast goes by what came after the change. Figures by numpy's least squares and scipy's root of the band.
 */
START_TEST(a_trend_is_taken_since_the_change)
{
    double values[40], level[40];
    unsigned long long seed = 21;
    for (int i = 0; i < 40; i++) {
        values[i] = i < 20 ? 5 + 0.1 * (i % 3) : 2 + 0.1 * (i - 20) + 0.05 * (i % 2);
        level[i] = random_normal(&seed);
    }
    struct trend trend = trend_of(values, 40, (struct specification){0, 8, NAN}, 0.95);
    struct forecast plain = forecast_of(values + trend.since, NULL, 40 - trend.since, (struct specification){0, 8, NAN}, 0.95);
    ck_assert_ptr_null(trend.change.why);
    ck_assert_uint_eq(trend.since, 20);
    ck_assert_int_eq(trend.forecast.limit, 1);
    ck_assert_double_eq(trend.forecast.distance, plain.distance);
    ck_assert_close(trend.forecast.slope, 0.1003759398496241, 1e-9);
    trend = trend_of(values, 40, (struct specification){0, 400, NAN}, 0.95);
    ck_assert_str_eq(trend.forecast.why, "too far ahead to say");
    trend = trend_of(values, 26, (struct specification){0, 8, NAN}, 0.95);
    ck_assert_str_eq(trend.forecast.why, "too few points for a trend");
    trend = trend_of(level, 40, (struct specification){-9, 9, NAN}, 0.95);
    ck_assert_uint_eq(trend.since, 0);
    ck_assert_ptr_nonnull(trend.forecast.why);
    trend = trend_of(values, 0, (struct specification){0, 8, NAN}, 0.95);
    ck_assert_ptr_nonnull(trend.change.why);
    ck_assert_ptr_nonnull(trend.forecast.why);
}
END_TEST

/* A shift that a single test would believe at 1 % is not told: screens test anew with every point. Its figures stay, for who wants to judge. */
START_TEST(what_chance_may_make_is_not_told)
{
    double values[60], drifting[120];
    unsigned long long seed = 7;
    struct trend trend;
    double step = 0;
    do { /* the least step, by 0.05, that would pass 1 % */
        step += 0.05;
        seed = 7;
        for (int i = 0; i < 60; i++)
            values[i] = random_normal(&seed) + (i < 30 ? 0 : step);
        trend = trend_of(values, 60, (struct specification){-9, 9, NAN}, 0.95);
    } while (trend.change.p > 0.01 && step < 3);
    ck_assert_double_gt(trend.change.p, TREND_CHANCE);
    ck_assert_ptr_nonnull(strstr(trend.change.why, "chance"));
    ck_assert_double_gt(trend.change.after, trend.change.before);
    ck_assert_uint_eq(trend.since, 10);
    for (int i = 0; i < 120; i++)
        drifting[i] = 0.02 * i + (i % 2 ? 0.1 : -0.1);
    trend = trend_of(drifting, 120, (struct specification){NAN, 3, NAN}, 0.95);
    ck_assert_uint_ge(trend.since, 120 - TREND_NEWEST);
    ck_assert_double_eq_tol(trend.forecast.distance, (3 - 0.02 * 119) / 0.02, 1);
}
END_TEST

Suite *drift_suite(void)
{
    Suite *suite = suite_create("drift");
    add_test(suite, a_step_is_where_least_squares_puts_it);
    add_test(suite, changes_without_noise_are_found_exactly);
    add_test(suite, p_of_no_change_is_honest);
    add_test(suite, intervals_cover_the_true_start);
    add_test(suite, the_kind_that_explains_more_is_chosen);
    add_test(suite, changes_without_support_say_why);
    add_test(suite, a_forecast_is_the_line_and_fiellers_interval);
    add_test(suite, a_forecast_in_time_is_the_forecast_in_parts);
    add_test(suite, forecast_intervals_cover_the_true_place);
    add_test(suite, a_forecast_without_trend_or_limit_says_why);
    add_test(suite, a_trend_is_taken_since_the_change);
    add_test(suite, what_chance_may_make_is_not_told);
    return suite;
}
