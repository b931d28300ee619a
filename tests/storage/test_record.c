/* What the recorder writes is what readers read. */
#include "tests/storage/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct plant *plant;
static struct store *store;
static int64_t bore, depth;
static struct error err;

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
    store = fixture_store(STORE_RECORD, plant);
    bore = plant_characteristic(plant, "bore-dia")->id;
    depth = plant_characteristic(plant, "hole-depth")->id;
    fixture_begin(store);
}

static void teardown(void)
{
    store_close(store);
    plant_free(plant);
}

static void measure(int64_t characteristic, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++) {
        struct measurement m = fixture_measurement(characteristic, i);
        OK(record_measurement(store, &m, &err), err);
    }
}

static void check_measurements(int64_t characteristic, int64_t from_us, int64_t to_us, int64_t last, const int64_t *expected, size_t count)
{
    struct measurement_cursor *cursor;
    struct measurement m;
    OK(measurement_cursor_open(&cursor, store, characteristic, from_us, to_us, last, &err), err);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(measurement_cursor_next(cursor, &m, &err), 1);
        struct measurement e = fixture_measurement(m.characteristic, expected[i]);
        ck_assert_int_eq(m.time_us, e.time_us);
        ck_assert_double_eq(m.value, e.value);
        ck_assert_int_eq(m.quality, e.quality);
        ck_assert_str_eq(m.serial, e.serial);
        ck_assert_int_eq(m.point, e.point);
    }
    ck_assert_int_eq(measurement_cursor_next(cursor, &m, &err), 0);
    measurement_cursor_close(cursor);
}

START_TEST(test_measurements)
{
    measure(bore, 0, 10);
    measure(depth, 5, 7);
    fixture_commit(store);
    check_measurements(bore, T0 + 3 * SECOND_US, T0 + 6 * SECOND_US, 0, (int64_t[]){3, 4, 5}, 3);
    check_measurements(bore, 0, INT64_MAX, 2, (int64_t[]){8, 9}, 2);
    check_measurements(bore, 0, T0 + 5 * SECOND_US, 2, (int64_t[]){3, 4}, 2);
    check_measurements(0, T0 + 4 * SECOND_US, T0 + 7 * SECOND_US, 0, (int64_t[]){4, 5, 5, 6, 6}, 5);
    check_measurements(0, 0, T0 + 7 * SECOND_US, 3, (int64_t[]){5, 6, 6}, 3);
}
END_TEST

START_TEST(test_same_measurement_twice)
{
    struct measurement m = fixture_measurement(bore, 1), again = m, second = m;
    again.value = 99;
    second.sequence = 1;
    OK(record_measurement(store, &m, &err), err);
    OK(record_measurement(store, &again, &err), err);
    OK(record_measurement(store, &second, &err), err);
    fixture_commit(store);
    check_measurements(bore, 0, INT64_MAX, 0, (int64_t[]){1, 1}, 2);
}
END_TEST

START_TEST(test_bad_measurement)
{
    struct measurement m = {.characteristic = bore, .time_us = T0, .value = NAN, .quality = QUALITY_BAD_TIMEOUT}, got;
    OK(record_measurement(store, &m, &err), err);
    fixture_commit(store);
    struct measurement_cursor *cursor;
    OK(measurement_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    ck_assert_int_eq(measurement_cursor_next(cursor, &got, &err), 1);
    ck_assert(isnan(got.value));
    ck_assert_int_eq(got.quality, QUALITY_BAD_TIMEOUT);
    ck_assert_int_eq(got.point, 0);
    measurement_cursor_close(cursor);
}
END_TEST

START_TEST(test_every_double)
{
    const double values[] = {-0.0, 0.0, 5e-324, -5e-324, 0x1p-1022, 0x1.fffffffffffffp-1023, 0x1.fffffffffffffp1023, -0x1.fffffffffffffp1023, 0.1,
                             1.0 / 3, 25, -1, 9007199254740993.0, 1e300, -4503599627370497.5};
    enum { COUNT = sizeof values / sizeof values[0] };
    for (int i = 0; i < COUNT; i++) {
        struct measurement m = fixture_measurement(bore, i);
        m.value = values[i];
        OK(record_measurement(store, &m, &err), err);
    }
    fixture_commit(store);
    struct measurement_cursor *cursor;
    struct measurement m;
    OK(measurement_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_int_eq(measurement_cursor_next(cursor, &m, &err), 1);
        ck_assert_msg(!memcmp(&m.value, &values[i], sizeof m.value), "%a came back as %a", values[i], m.value);
    }
    measurement_cursor_close(cursor);
}
END_TEST

START_TEST(test_unknown_characteristic)
{
    struct measurement m = fixture_measurement(4711, 0);
    FAILS(record_measurement(store, &m, &err), err, ERR_INTERNAL, "FOREIGN KEY");
}
END_TEST

static void check_line(const struct limit_line *got, const struct limit_line *expected)
{
    ck_assert_close(got->center, expected->center, 0);
    ck_assert_close(got->lcl, expected->lcl, 0);
    ck_assert_close(got->ucl, expected->ucl, 0);
    ck_assert_close(got->sigma, expected->sigma, 0);
}

static void check_point(const struct point *got, const struct point *expected)
{
    ck_assert_int_eq(got->characteristic, expected->characteristic);
    ck_assert_int_eq(got->number, expected->number);
    ck_assert_int_eq(got->time_us, expected->time_us);
    ck_assert_int_eq(got->subgroup.n, expected->subgroup.n);
    ck_assert_close(got->subgroup.location, expected->subgroup.location, 0);
    ck_assert_close(got->subgroup.dispersion, expected->subgroup.dispersion, 0);
    ck_assert_int_eq(got->subgroup.excluded, expected->subgroup.excluded);
    ck_assert_uint_eq(got->verdict.location_rules, expected->verdict.location_rules);
    ck_assert_uint_eq(got->verdict.dispersion_rules, expected->verdict.dispersion_rules);
    check_line(&got->verdict.location, &expected->verdict.location);
    check_line(&got->verdict.dispersion, &expected->verdict.dispersion);
    ck_assert_int_eq(got->limits, expected->limits);
    ck_assert_int_eq(got->below, expected->below);
    ck_assert_int_eq(got->above, expected->above);
    ck_assert_str_eq(got->serial, expected->serial);
    ck_assert_str_eq(got->cause, "");
}

START_TEST(test_points)
{
    struct point points[6], got;
    for (int64_t i = 0; i < 6; i++) {
        points[i] = fixture_point(bore, i + 1);
        if (i == 0) { /* before there are limits */
            struct limit_line none = {NAN, NAN, NAN, NAN};
            points[i].verdict.location = points[i].verdict.dispersion = none;
            points[i].subgroup.dispersion = NAN;
        }
        if (i >= 4)
            points[i].verdict.location.ucl = 26.7;
        OK(record_point(store, &points[i], &err), err);
    }
    struct point again = points[2];
    again.subgroup.location = 0;
    OK(record_point(store, &again, &err), err);
    fixture_commit(store);
    struct point_cursor *cursor;
    OK(point_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_int_eq(point_cursor_next(cursor, &got, &err), 1);
        check_point(&got, &points[i]);
        ck_assert_str_eq(got.chart->id, "xbar-r");
        ck_assert_str_eq(got.rules->id, "nelson");
    }
    ck_assert_int_eq(point_cursor_next(cursor, &got, &err), 0);
    point_cursor_close(cursor);
    OK(point_cursor_open(&cursor, store, bore, T0, points[4].time_us, 2, &err), err);
    ck_assert_int_eq(point_cursor_next(cursor, &got, &err), 1);
    check_point(&got, &points[2]);
    ck_assert_int_eq(point_cursor_next(cursor, &got, &err), 1);
    check_point(&got, &points[3]);
    ck_assert_int_eq(point_cursor_next(cursor, &got, &err), 0);
    point_cursor_close(cursor);
}
END_TEST

START_TEST(test_points_keep_their_rule_set)
{
    struct point p = fixture_point(bore, 1), got;
    OK(record_point(store, &p, &err), err);
    fixture_commit(store);
    plant->characteristics[0].rules = spc_rule_set_find("western-electric");
    OK(store_identify(store, plant, &err), err);
    p = fixture_point(bore, 2);
    fixture_begin(store);
    OK(record_point(store, &p, &err), err);
    fixture_commit(store);
    struct point_cursor *cursor;
    OK(point_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    ck_assert_int_eq(point_cursor_next(cursor, &got, &err), 1);
    ck_assert_str_eq(got.rules->id, "nelson");
    ck_assert_int_eq(point_cursor_next(cursor, &got, &err), 1);
    ck_assert_str_eq(got.rules->id, "western-electric");
    point_cursor_close(cursor);
}
END_TEST

START_TEST(test_pending)
{
    struct measurement pending[10];
    int64_t last;
    int count;
    measure(bore, 0, 13);
    struct measurement bad = {.characteristic = bore, .time_us = T0 + 20 * SECOND_US, .value = NAN, .quality = QUALITY_BAD_TIMEOUT};
    OK(record_measurement(store, &bad, &err), err);
    for (int64_t i = 1; i <= 2; i++) {
        struct point p = fixture_point(bore, i);
        p.time_us = T0 + (i * 5 - 1) * SECOND_US;
        OK(record_point(store, &p, &err), err);
    }
    fixture_commit(store);
    OK(store_pending(store, bore, &last, pending, 10, &count, &err), err);
    ck_assert_int_eq(last, 2);
    ck_assert_int_eq(count, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pending[i].time_us, T0 + (10 + i) * SECOND_US);
    OK(store_pending(store, bore, &last, pending, 2, &count, &err), err);
    ck_assert_int_eq(count, 2);
    OK(store_pending(store, depth, &last, pending, 10, &count, &err), err);
    ck_assert_int_eq(last, 0);
    ck_assert_int_eq(count, 0);
}
END_TEST

START_TEST(test_limits)
{
    struct limits in_force, got,
        first = {.characteristic = bore,
                 .time_us = T0,
                 .state = LIMITS_TRIAL,
                 .center = 25,
                 .sigma = 0.3,
                 .points = 25,
                 .source = "calculated from points 1-25"};
    struct limits second = {.characteristic = bore, .extra = NAN, .lcl = NAN, .ucl = NAN, .time_us = T0 + 1, .state = LIMITS_LOCKED, .center = 25.1, .sigma = NAN, .source = "config"};
    struct limits other = {.characteristic = depth, .time_us = T0, .state = LIMITS_PROVISIONAL, .center = 1, .sigma = 1, .source = "config"};
    FAILS(store_limits_in_force(store, bore, &got, &err), err, ERR_NOT_FOUND, "no limits");
    OK(record_limits(store, &first, &err), err);
    OK(record_limits(store, &other, &err), err);
    OK(record_limits(store, &second, &err), err);
    fixture_commit(store);
    OK(store_limits_in_force(store, bore, &in_force, &err), err);
    ck_assert_int_eq(in_force.id, second.id);
    ck_assert_int_eq(in_force.state, LIMITS_LOCKED);
    ck_assert(isnan(in_force.sigma));
    ck_assert_int_eq(in_force.time_us, T0 + 1);
    OK(store_limits(store, first.id, &got, &err), err);
    ck_assert_int_eq(got.state, LIMITS_SUPERSEDED);
    ck_assert_str_eq(got.source, first.source);
    ck_assert_double_eq(got.sigma, 0.3);
    ck_assert_int_eq(got.points, 25);
    OK(store_limits_in_force(store, depth, &got, &err), err);
    ck_assert_int_eq(got.state, LIMITS_PROVISIONAL);
    FAILS(store_limits(store, 99, &got, &err), err, ERR_NOT_FOUND, "99");
}
END_TEST

START_TEST(test_standing)
{
    struct standing s = {.characteristic = bore,
                         .time_us = T0,
                         .last = 25.5,
                         .quality = QUALITY_UNCERTAIN_STALE,
                         .points = 7,
                         .moments = {35, 25.1, 2, 3, 4, 24, 26},
                         .within = {7, 1.5, 28, 0.25, 6},
                         .below = 1,
                         .above = 2,
                         .signals = 3,
                         .location_rules = 5,
                         .dispersion_rules = 0x80000000u};
    struct standing got;
    FAILS(store_standing(store, bore, &got, &err), err, ERR_NOT_FOUND, "no values");
    OK(record_standing(store, &s, &err), err);
    s.points = 8;
    OK(record_standing(store, &s, &err), err);
    fixture_commit(store);
    OK(store_standing(store, bore, &got, &err), err);
    ck_assert_int_eq(got.points, 8);
    ck_assert_int_eq(got.quality, QUALITY_UNCERTAIN_STALE);
    ck_assert_mem_eq(&got.moments, &s.moments, sizeof s.moments);
    ck_assert_mem_eq(&got.within, &s.within, sizeof s.within);
    ck_assert_int_eq(got.below, 1);
    ck_assert_int_eq(got.above, 2);
    ck_assert_int_eq(got.signals, 3);
    ck_assert_uint_eq(got.location_rules, 5);
    ck_assert_uint_eq(got.dispersion_rules, 0x80000000u);
    ck_assert_double_eq(got.last, 25.5);
    ck_assert_int_eq(got.limits, 0);
}
END_TEST

START_TEST(test_names_outlive_the_config)
{
    ck_assert_str_eq(store_characteristic_name(store, bore), "bore-dia");
    ck_assert_str_eq(store_characteristic_name(store, depth), "hole-depth");
    ck_assert_ptr_null(store_characteristic_name(store, 99));
}
END_TEST

START_TEST(test_rollback)
{
    measure(bore, 0, 3);
    struct point p = fixture_point(bore, 1);
    OK(record_point(store, &p, &err), err);
    store_rollback(store);
    check_measurements(bore, 0, INT64_MAX, 0, NULL, 0);
    fixture_begin(store);
    measure(bore, 0, 3);
    OK(record_point(store, &p, &err), err);
    fixture_commit(store);
    check_measurements(bore, 0, INT64_MAX, 0, (int64_t[]){0, 1, 2}, 3);
    FAILS(store_commit(store, &err), err, ERR_INTERNAL, "recorded again");
}
END_TEST

Suite *record_suite(void);
Suite *record_suite(void)
{
    const struct fixture_test tests[] = {
        {"record: measurements by period, newest, of all", test_measurements},
        {"record: the same measurement twice", test_same_measurement_twice},
        {"record: a bad measurement", test_bad_measurement},
        {"record: every double comes back", test_every_double},
        {"record: a characteristic nobody identified", test_unknown_characteristic},
        {"record: points come back exactly", test_points},
        {"record: points keep the rule set of their day", test_points_keep_their_rule_set},
        {"record: what waits for its subgroup", test_pending},
        {"record: limits supersede each other", test_limits},
        {"record: standing", test_standing},
        {"record: names", test_names_outlive_the_config},
        {"record: a rolled back batch is recorded again", test_rollback},
    };
    return fixture_suite("record", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
