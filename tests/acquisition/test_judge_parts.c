#include "acquisition/judge.h"
#include "acquisition/judge_private.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

Suite *judge_parts_suite(void);

/* Z-MR that learns its parts: limits of each from its own first values. Expected figures: numpy; the mean of a part's values, and the mean moving
 * range between neighbours of the part / d2(2) = 2 / sqrt(pi). */

struct bench {
    struct plant *plant;
    struct store *store;
    struct batch *batch;
    struct judge *judge;
    int64_t time_us, id;
};

static void start(struct bench *bench)
{
    struct error err;
    ck_assert_msg(!store_open(&bench->store, bench->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert_msg(!store_identify(bench->store, bench->plant, &err), "%s", err.text);
    bench->id = bench->plant->characteristics[0].id;
    bench->batch = batch_create();
    bench->judge = judge_create(&bench->plant->characteristics[0]);
    ck_assert_msg(!judge_restore(bench->judge, bench->store, bench->batch, bench->time_us, &err), "%s", err.text);
}

static void stop(struct bench *bench)
{
    judge_destroy(bench->judge);
    batch_destroy(bench->batch);
    store_close(bench->store);
}

static struct bench bench_of(void)
{
    struct bench bench = {.time_us = 1000 * SECOND_US};
    bench.plant = fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:502\"}}\ninstruments:\n  g:\n    link: hall\n    tags:\n"
                                "      value: {address: 40001, type: f32}\n      part: {address: 40003, type: u16}\n"
                                "characteristics:\n  bore: {source: g.value, chart: z-mr, by: g.part, baseline: 6, rules: nelson}\n");
    remove(bench.plant->store_path);
    start(&bench);
    return bench;
}

static void bench_free(struct bench *bench)
{
    stop(bench);
    remove(bench->plant->store_path);
    plant_free(bench->plant);
}

static void commit(struct bench *bench)
{
    struct error err;
    ck_assert(!store_begin(bench->store, &err));
    ck_assert_msg(!batch_write(bench->batch, bench->store, &err) && !store_commit(bench->store, &err), "%s", err.text);
    batch_reset(bench->batch);
}

static void see(struct bench *bench, const char *part, double value)
{
    const struct arrival arrival = {"", part, 1, 0, NULL};
    const struct reading reading = {.value = value};
    judge_measure(bench->judge, bench->time_us += SECOND_US, &reading, &arrival, bench->batch);
    commit(bench);
}

static struct point newest(struct bench *bench)
{
    struct point_cursor *cursor;
    struct point point;
    struct error err;
    ck_assert(!point_cursor_open(&cursor, bench->store, bench->id, 0, INT64_MAX, 1, &err));
    ck_assert_int_eq(point_cursor_next(cursor, &point, &err), 1);
    point_cursor_close(cursor);
    return point;
}

static const struct {
    const char *part;
    double value;
} baseline[] = {{"7", 10.02}, {"7", 9.97}, {"7", 10.05}, {"8", 50.3}, {"8", 49.8},  {"7", 10.01},
                {"7", 9.96},  {"8", 50.1}, {"8", 49.9},  {"8", 50.4}, {"7", 10.03}, {"8", 50.0}};

static struct bench learned(void)
{
    struct bench bench = bench_of();
    for (size_t i = 0; i < sizeof baseline / sizeof baseline[0]; i++)
        see(&bench, baseline[i].part, baseline[i].value);
    return bench;
}

START_TEST(each_part_has_limits_from_its_own_values)
{
    static const struct {
        const char *part;
        double center, sigma, next, z;
    } expected[] = {{"7", 10.006666666666668, 0.053173615527164868, 10.10, 1.75525648214857},
                    {"8", 50.083333333333336, 0.35449077018110409, 51.5, 3.99634288346326}};
    struct bench bench = learned();
    struct error err;
    for (size_t i = 0; i < 2; i++) {
        struct limits limits;
        ck_assert_msg(!store_part_limits(bench.store, bench.id, expected[i].part, &limits, &err), "%s", err.text);
        ck_assert_int_eq(limits.state, LIMITS_TRIAL);
        ck_assert_double_eq_tol(limits.center, expected[i].center, 1e-12);
        ck_assert_double_eq_tol(limits.sigma, expected[i].sigma, 1e-12);
        ck_assert_int_eq(limits.points, 6);
        see(&bench, expected[i].part, expected[i].next);
        struct point point = newest(&bench);
        ck_assert_str_eq(point.part, expected[i].part);
        ck_assert_double_eq_tol(point.verdict.plotted[0], expected[i].z, 1e-9);
        ck_assert_double_eq(point.verdict.location.ucl, 3);
        ck_assert_int_eq(point.limits, limits.id);
    }
    bench_free(&bench);
}
END_TEST

/* What was never made before is recorded, said once, and not judged. */
START_TEST(a_part_without_limits_is_not_judged)
{
    struct bench bench = learned();
    struct limits limits;
    struct error err;
    struct event *events;
    size_t count;
    for (int i = 0; i < 3; i++) {
        see(&bench, "9", 1e6 * i);
        struct point point = newest(&bench);
        ck_assert_double_nan(point.verdict.plotted[0]);
        ck_assert_double_nan(point.verdict.location.center);
        ck_assert_uint_eq(point.verdict.location_rules | point.verdict.dispersion_rules, 0);
        ck_assert_int_eq(point.limits, 0);
        ck_assert_str_eq(point.part, "9");
    }
    ck_assert_int_eq(store_part_limits(bench.store, bench.id, "9", &limits, &err), -1);
    ck_assert(!store_events(bench.store, 0, INT64_MAX, 100, &events, &count, &err));
    ck_assert_uint_eq(count, 3); /* parts 7, 8 and 9, each once */
    size_t told = 0;
    for (size_t i = 0; i < count; i++)
        told += !strcmp(events[i].text, "no limits for part '9' yet: they come from its first 6 values");
    ck_assert_uint_eq(told, 1);
    free(events);
    bench_free(&bench);
}
END_TEST

/* Decided for one part, the others stay as they are; a restart holds on to both. */
START_TEST(people_decide_part_by_part)
{
    struct bench bench = learned();
    struct limits limits, other;
    struct store *person;
    struct error err;
    ck_assert(!store_part_limits(bench.store, bench.id, "7", &limits, &err) && !store_part_limits(bench.store, bench.id, "8", &other, &err));
    int64_t seen = limits.id, kept = other.id;
    limits.state = LIMITS_LOCKED;
    limits.center = 10;
    limits.time_us = bench.time_us;
    strcpy(limits.who, "wang");
    strcpy(limits.why, "the drawing says so");
    ck_assert(!store_open(&person, bench.plant->store_path, STORE_WRITE, &err));
    ck_assert_msg(!action_limits(person, &limits, seen, &err), "%s", err.text);
    store_close(person);
    ck_assert(!judge_take_decisions(bench.judge, bench.store, bench.batch, bench.time_us, &err));
    for (int restart = 0; restart < 2; restart++) {
        see(&bench, "7", 10.05);
        ck_assert_double_eq_tol(newest(&bench).verdict.plotted[0], 0.05 / limits.sigma, 1e-9);
        see(&bench, "8", other.center);
        ck_assert_double_eq_tol(newest(&bench).verdict.plotted[0], 0, 1e-9);
        ck_assert(!store_part_limits(bench.store, bench.id, "8", &other, &err));
        ck_assert_int_eq(other.id, kept);
        stop(&bench);
        start(&bench);
    }
    bench_free(&bench);
}
END_TEST

Suite *judge_parts_suite(void)
{
    Suite *suite = suite_create("judge_parts");
    const struct {
        const char *name;
        const TTest *test;
    } tests[] = {{"parts: limits from their own values", each_part_has_limits_from_its_own_values},
                 {"parts: one without limits", a_part_without_limits_is_not_judged},
                 {"parts: decisions", people_decide_part_by_part}};
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        TCase *tcase = tcase_create(tests[i].name);
        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, tests[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
