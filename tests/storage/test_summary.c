/* A period's figures are those of its values, however much of it is packed. */
#include "storage/private.h"
#include "tests/storage/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct plant *plant;
static struct store *store;
static int64_t bore, depth;
static struct error err;
static int64_t number[2];  /* of the newest point */
static int64_t delay_us;   /* of points after their last value */
static int64_t values_put; /* of bore */

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
    store = fixture_store(STORE_RECORD, plant);
    bore = plant_characteristic(plant, "bore-dia")->id;
    depth = plant_characteristic(plant, "hole-depth")->id;
    number[0] = number[1] = delay_us = 0;
    srand(11);
}

static void teardown(void)
{
    store_close(store);
    plant_free(plant);
}

static void pack(int64_t keep)
{
    bool more = true;
    while (more)
        OK(store_pack(store, keep, SECOND_US, &more, &err), err);
}

static double noise(void)
{
    return (double)(rand() % 1000 + rand() % 1000 + rand() % 1000 - 1500) / 1000;
}

static void put_value(int64_t characteristic, int64_t time_us, double value, enum quality quality, int64_t point)
{
    struct measurement m = {.characteristic = characteristic, .time_us = time_us, .value = value, .quality = quality, .point = point};
    OK(record_measurement(store, &m, &err), err);
    values_put += characteristic == bore;
}

static void put_point(int64_t characteristic, int64_t time_us, struct subgroup subgroup, bool with_limits)
{
    struct point p = {.characteristic = characteristic,
                      .number = ++number[characteristic == depth],
                      .time_us = time_us + delay_us,
                      .subgroup = subgroup,
                      .verdict = {.location_rules = rand() % 30 == 0, .dispersion_rules = rand() % 40 == 0, .within_rules = rand() % 50 == 0},
                      .below = rand() % 20 == 0};
    p.subgroup.excluded = rand() % (delay_us ? 2 : 60) == 0;
    p.verdict.location.center = with_limits ? 25 : (double)NAN;
    OK(record_point(store, &p, &err), err);
}

/* n subgroups of five and as many single values, with bad values between; one value every second. */
static void put_history(int64_t from, int64_t n)
{
    fixture_begin(store);
    for (int64_t i = from; i < from + n; i++) {
        double values[5];
        int64_t time_us = T0 + i * 5 * SECOND_US;
        for (int j = 0; j < 5; j++) {
            values[j] = 25 + noise();
            put_value(bore, time_us + j * SECOND_US, values[j], QUALITY_GOOD, number[0] + 1);
            if (rand() % 100 == 0)
                put_value(bore, time_us + j * SECOND_US + 7, NAN, QUALITY_BAD_TIMEOUT, 0);
        }
        put_point(bore, time_us + 4 * SECOND_US, spc_chart_find("xbar-r")->summarise(values, 5, NULL), i >= 25);
        bool gap = rand() % 40 == 0;
        double value = 5 + noise();
        put_value(depth, time_us, value, QUALITY_GOOD, number[1] + 1);
        put_point(depth, time_us, (struct subgroup){.n = 1, .location = value, .dispersion = gap ? (double)NAN : 0.1, .mean = value}, true);
        if (rand() % 50 == 0)
            put_value(depth, time_us + 7, NAN, rand() % 2 ? QUALITY_BAD_TIMEOUT : QUALITY_UNCERTAIN_STALE, 0);
    }
    fixture_commit(store);
}

static void exclude(int64_t characteristic, int64_t point, bool excluded)
{
    char *text = memory_format("INSERT INTO exclusion(characteristic, point, time_us, who, excluded, reason) VALUES (%lld, %lld, 1, 'mei', %d, 'x')",
                               (long long)characteristic, (long long)point, excluded);
    ck_assert_int_eq(sqlite3_exec(store->db, text, NULL, NULL, NULL), SQLITE_OK);
    free(text);
}

/* --- value by value, as a study does it */

struct expected {
    struct point *points;
    size_t n_points, points_room, n_values, values_room;
    double *values;
    int64_t *of; /* the point of each value */
    struct within within;
    int64_t bad, below, above, signals, excluded, judged;
    double ranges, squares;
};

static const struct point *find(const struct expected *e, int64_t n)
{
    for (size_t i = 0; i < e->n_points; i++)
        if (e->points[i].number == n)
            return &e->points[i];
    return NULL;
}

static void expect(struct expected *e, int64_t characteristic, int64_t from_us, int64_t to_us, double lsl, double usl)
{
    struct point_cursor *points;
    struct measurement_cursor *cursor;
    struct point p;
    struct measurement m;
    size_t of_room = 0;
    double previous = NAN;
    *e = (struct expected){0};
    OK(point_cursor_open(&points, store, characteristic, from_us, to_us, 0, &err), err);
    while (point_cursor_next(points, &p, &err) == 1) {
        memory_grow((void **)&e->points, &e->points_room, e->n_points, sizeof p);
        e->points[e->n_points++] = p;
        e->signals += !p.subgroup.excluded && (p.verdict.location_rules | p.verdict.dispersion_rules | p.verdict.within_rules) != 0;
        e->excluded += p.subgroup.excluded;
        e->judged += !p.subgroup.excluded && !isnan(p.verdict.location.center);
    }
    point_cursor_close(points);
    OK(measurement_cursor_open(&cursor, store, characteristic, from_us, to_us, 0, &err), err);
    while (measurement_cursor_next(cursor, &m, &err) == 1) {
        if (!m.point || quality_is_bad(m.quality)) {
            e->bad++;
            previous = quality_is_bad(m.quality) ? (double)NAN : previous;
            continue;
        }
        const struct point *point = find(e, m.point);
        if (point && point->subgroup.excluded) {
            previous = NAN;
            continue;
        }
        if (characteristic == depth && !isnan(previous) && !(point && isnan(point->subgroup.dispersion))) {
            double step = fabs(m.value - previous);
            within_add_moving_range(&e->within, step);
            e->squares += step * step;
        }
        previous = m.value;
        memory_grow((void **)&e->values, &e->values_room, e->n_values, sizeof(double));
        memory_grow((void **)&e->of, &of_room, e->n_values, sizeof(int64_t));
        e->below += m.value < lsl;
        e->above += m.value > usl;
        e->of[e->n_values] = m.point;
        e->values[e->n_values++] = m.value;
    }
    measurement_cursor_close(cursor);
    for (size_t i = 0, j; i < e->n_values && characteristic == bore; i = j) {
        double low = e->values[i], high = low;
        for (j = i; j < e->n_values && e->of[j] == e->of[i]; j++) {
            low = fmin(low, e->values[j]);
            high = fmax(high, e->values[j]);
        }
        within_add_subgroup(&e->within, e->values + i, (int)(j - i));
        e->ranges += high - low;
    }
}

static void expected_free(struct expected *e)
{
    free(e->points);
    free(e->values);
    free(e->of);
}

static void compare(int64_t characteristic, int64_t from_us, int64_t to_us, double lsl, double usl)
{
    struct expected e;
    struct summary s;
    expect(&e, characteristic, from_us, to_us, lsl, usl);
    OK(store_summary(store, characteristic, from_us, to_us, lsl, usl, &s, &err), err);
    struct moments m = moments_of(e.values, e.n_values);
    ck_assert_int_eq(s.tally.moments.n, m.n);
    ck_assert_close(s.tally.moments.mean, m.mean, 1e-12);
    ck_assert_close(s.tally.moments.m2, m.m2, 1e-12);
    ck_assert(fabs(s.tally.moments.m3 - m.m3) <= 1e-12 * (1 + pow(m.m2, 1.5)));
    ck_assert_close(s.tally.moments.m4, m.m4, 1e-12);
    ck_assert_close(s.tally.moments.min, m.min, 0);
    ck_assert_close(s.tally.moments.max, m.max, 0);
    ck_assert_int_eq(s.tally.within.subgroups, e.within.subgroups);
    ck_assert_close(s.tally.within.ss, e.within.ss, 1e-12);
    ck_assert_close(s.tally.within.ss_df, e.within.ss_df, 0);
    ck_assert_int_eq(s.tally.within.mr_count, e.within.mr_count);
    ck_assert_close(s.tally.within.mr_sum, e.within.mr_sum, 1e-12);
    ck_assert_close(s.tally.mr_squares, e.squares, 1e-12);
    ck_assert_close(s.tally.range_sum, e.ranges, 1e-12);
    ck_assert_int_eq(s.tally.bad, e.bad);
    ck_assert_int_eq(s.tally.below, e.below);
    ck_assert_int_eq(s.tally.above, e.above);
    ck_assert_int_eq(s.tally.signals, e.signals);
    ck_assert_int_eq(s.tally.excluded, e.excluded);
    ck_assert_int_eq(s.tally.judged, e.judged);
    ck_assert_int_eq(s.tally.points, (int64_t)e.n_points);
    ck_assert_int_eq(s.coarse, 0);
    expected_free(&e);
}

static void compare_many(int64_t seconds)
{
    for (int i = 0; i < 24; i++) {
        int64_t from = rand() % seconds, to = from + rand() % seconds;
        int64_t from_us = i < 4 ? 0 : T0 + from * SECOND_US, to_us = i < 4 ? INT64_MAX : T0 + to * SECOND_US;
        double lsl = i % 6 == 5 ? 24.5 : 24, usl = i % 6 == 4 ? (double)NAN : 26;
        compare(i % 2 ? bore : depth, from_us, to_us, i % 2 ? lsl : lsl - 20, i % 2 ? usl : usl - 20);
    }
}

START_TEST(test_periods)
{
    put_history(0, 2500);
    compare_many(12500);
    pack(256);
    compare_many(12500);
    pack(0);
    compare_many(12500);
}
END_TEST

START_TEST(test_exclusions)
{
    put_history(0, 1500);
    exclude(bore, 3, true);
    exclude(depth, 600, true);
    pack(0);
    compare_many(7500);
    exclude(bore, 3, false);
    exclude(bore, 500, true);
    exclude(depth, 1, true);
    exclude(depth, 1025, true);
    compare_many(7500);
}
END_TEST

START_TEST(test_late_values)
{
    put_history(0, 800);
    number[0] = number[1] = 2000;
    put_history(2000, 800);
    pack(0);
    number[0] = number[1] = 800;
    put_history(800, 1200);
    compare_many(14000);
    pack(0);
    compare_many(14000);
}
END_TEST

/* A chunk's last values have their point, which may be excluded, in the next one: no chunk can speak for itself. */
START_TEST(test_points_apart)
{
    delay_us = 30 * SECOND_US;
    put_history(0, 1500);
    pack(0);
    compare_many(7500);
}
END_TEST

/* Values went, their figures stay: exact for whole chunks, and said to be coarse at the edges. */
START_TEST(test_dropped_values)
{
    struct summary before, after;
    put_history(0, 2000);
    pack(0);
    OK(store_summary(store, bore, 0, INT64_MAX, 24, 26, &before, &err), err);
    ck_assert_int_eq(sqlite3_exec(store->db, "DELETE FROM chunk_values; UPDATE chunk SET value_bytes = 0, gone = count", NULL, NULL, NULL),
                     SQLITE_OK);
    OK(store_summary(store, bore, 0, INT64_MAX, 24, 26, &after, &err), err);
    ck_assert_int_eq(after.tally.moments.n, before.tally.moments.n);
    ck_assert_close(after.tally.moments.m2, before.tally.moments.m2, 0);
    ck_assert_int_eq(after.coarse, 0);
    OK(store_summary(store, bore, T0 + 1000 * SECOND_US, INT64_MAX, 24, 26, &after, &err), err);
    ck_assert_int_gt(after.coarse + (before.tally.count - after.tally.count), 500);
    number[0] = number[1] = 3000;
    for (int64_t late = 1; late <= 3; late++) { /* where values were dropped: the figures take them in, again and again */
        delay_us = 1;
        values_put = 0;
        put_history(10 * late, 10);
        before.tally.count += values_put;
        for (int packed = 0; packed < 2; packed++) {
            OK(store_summary(store, bore, 0, INT64_MAX, 24, 26, &after, &err), err);
            ck_assert_int_eq(after.tally.count, before.tally.count);
            ck_assert_int_eq(after.tally.points, before.tally.points + 10 * late);
            pack(0);
        }
    }
}
END_TEST

/* What changed after the values went cannot be told apart any more: that is said. */
START_TEST(test_dropped_then_decided)
{
    struct summary before, after;
    struct retained went;
    struct exclusion exclusion = {.characteristic = bore, .point = 7, .time_us = T0, .excluded = true, .who = "wang", .reason = "chip"};
    put_history(0, 2000);
    pack(0);
    OK(store_retain(store, KEEP_VALUES, T0 + 100000 * SECOND_US, false, "wang", &went, &err), err);
    OK(store_summary(store, bore, 0, INT64_MAX, 24, 26, &before, &err), err);
    ck_assert_int_eq(before.coarse, 0);
    OK(store_summary(store, bore, 0, INT64_MAX, 24.9, 25.1, &after, &err), err);
    ck_assert_int_gt(after.coarse, 0);
    OK(action_exclude(store, &exclusion, &err), err);
    OK(store_summary(store, bore, 0, INT64_MAX, 24, 26, &after, &err), err);
    ck_assert_int_gt(after.coarse, 0);
    ck_assert_int_lt(after.coarse, after.tally.count); /* only the chunk of that point */
    ck_assert_int_eq(after.tally.moments.n, before.tally.moments.n);
}
END_TEST

/* A packer waits for nobody. */
START_TEST(test_locked)
{
    struct store *other;
    bool more;
    put_history(0, 800);
    OK(store_open(&other, store->path, STORE_WRITE, &err), err);
    OK(store_begin(other, &err), err);
    int64_t began_us = clock_monotonic_us();
    ck_assert_int_eq(store_pack(store, 0, SECOND_US, &more, &err), -1);
    ck_assert_int_eq((int)err.code, (int)ERR_LOCKED);
    ck_assert_int_lt(clock_monotonic_us() - began_us, SECOND_US); /* a recorder would wait two */
    ck_assert(!more);
    store_rollback(other);
    store_close(other);
    pack(0);
    compare_many(4000);
}
END_TEST

Suite *summary_suite(void);
Suite *summary_suite(void)
{
    const struct fixture_test tests[] = {
        {"summary: any period", test_periods},
        {"summary: exclusions", test_exclusions},
        {"summary: values that come late", test_late_values},
        {"packer: a locked store", test_locked},
        {"summary: points apart from their values", test_points_apart},
        {"summary: dropped values leave their figures", test_dropped_values},
        {"summary: what is decided after values were dropped", test_dropped_then_decided},
    };
    return fixture_suite("summary", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
