#include "acquisition/desk.h"
#include "acquisition/judge.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct plant *judged_plant(const char *settings)
{
    return fixture_plant("links:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n    tags:\n"
                         "      value: {address: 40001, type: f32}\ncharacteristics:\n"
                         "  bore: {part: P, source: g.value, nominal: 10, lsl: 4, usl: 16, rules: nelson, %s}\n",
                         settings);
}

struct bench {
    struct plant *plant;
    struct store *store;
    struct batch *batch;
    struct judge *judge;
    int64_t time_us;
};

static void open_bench(struct bench *bench)
{
    struct error err;
    const struct plant *plant = bench->plant;
    ck_assert_msg(!store_open(&bench->store, plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert_msg(!store_identify(bench->store, bench->plant, &err), "%s", err.text);
    bench->batch = batch_create();
    bench->judge = judge_create(&plant->characteristics[0]);
    ck_assert_msg(!judge_restore(bench->judge, bench->store, bench->batch, bench->time_us, &err), "%s", err.text);
}

static void bench_start(struct bench *bench, const char *settings)
{
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    *bench = (struct bench){.plant = judged_plant(settings), .time_us = SECOND_US * 1000000};
    open_bench(bench);
}

static void commit(struct bench *bench)
{
    struct error err;
    ck_assert(!store_begin(bench->store, &err));
    ck_assert_msg(!batch_write(bench->batch, bench->store, &err), "%s", err.text);
    ck_assert_msg(!store_commit(bench->store, &err), "%s", err.text);
    batch_reset(bench->batch);
}

static void close_bench(struct bench *bench)
{
    judge_destroy(bench->judge);
    batch_destroy(bench->batch);
    store_close(bench->store);
}

static void bench_stop(struct bench *bench)
{
    close_bench(bench);
    plant_free(bench->plant);
}

static void restart(struct bench *bench)
{
    close_bench(bench);
    open_bench(bench);
}

static void measure_quality(struct bench *bench, double value, enum quality quality)
{
    struct reading reading = {.value = value, .quality = quality};
    bench->time_us += SECOND_US;
    judge_measure(bench->judge, bench->time_us, &reading, &(struct arrival){"S-1", "", 1, 0, NULL}, bench->batch);
}

static void measure(struct bench *bench, double value)
{
    measure_quality(bench, value, QUALITY_GOOD);
}

static size_t read_points(struct bench *bench, struct point *points, size_t room)
{
    struct error err;
    struct point_cursor *cursor;
    size_t count = 0;
    ck_assert(!point_cursor_open(&cursor, bench->store, bench->plant->characteristics[0].id, 0, INT64_MAX, 0, &err));
    while (count < room && point_cursor_next(cursor, &points[count], &err) == 1)
        count++;
    point_cursor_close(cursor);
    return count;
}

static const char locked[] = "chart: i-mr, limits: {center: 10, sigma: 1}";

/* The same values, with and without a restart before each of them, give the same verdicts. */
static void check_restarts(const char *settings, const double *values, size_t count, double bad_at)
{
    enum { ROOM = 100 };
    struct point points[2][ROOM];
    size_t found[2];
    for (int restarted = 0; restarted < 2; restarted++) {
        struct bench bench;
        bench_start(&bench, settings);
        remove(bench.plant->store_path);
        bench_stop(&bench);
        bench_start(&bench, settings);
        for (size_t i = 0; i < count; i++) {
            if ((double)i == bad_at)
                measure_quality(&bench, NAN, QUALITY_BAD_SENSOR);
            measure(&bench, values[i]);
            commit(&bench);
            if (restarted)
                restart(&bench);
        }
        found[restarted] = read_points(&bench, points[restarted], ROOM);
        ck_assert_int_eq(judge_standing(bench.judge)->moments.n, (int64_t)count);
        remove(bench.plant->store_path);
        bench_stop(&bench);
    }
    ck_assert_uint_eq(found[0], found[1]);
    uint32_t fired = 0;
    for (size_t i = 0; i < found[0]; i++) {
        ck_assert_msg(points[0][i].verdict.location_rules == points[1][i].verdict.location_rules &&
                          points[0][i].verdict.dispersion_rules == points[1][i].verdict.dispersion_rules,
                      "point %zu: rules %x and %x", i + 1, points[0][i].verdict.location_rules, points[1][i].verdict.location_rules);
        ck_assert_close(points[0][i].verdict.location.ucl, points[1][i].verdict.location.ucl, 1e-12);
        ck_assert_close(points[0][i].subgroup.dispersion, points[1][i].subgroup.dispersion, 1e-12);
        fired |= points[0][i].verdict.location_rules;
    }
    ck_assert_uint_ne(fired, 0);
}

START_TEST(restart_continues_runs)
{
    const double run[] = {10.2, 9.9, 10.1, 10.4, 10.3, 10.5, 10.2, 10.6, 10.4, 10.3, 10.7, 10.2, 12.5, 12.6, 10.1, 9.5};
    check_restarts(locked, run, sizeof run / sizeof run[0], -1);
    check_restarts(locked, run, sizeof run / sizeof run[0], 11);
}
END_TEST

START_TEST(restart_continues_baseline)
{
    double values[60];
    unsigned seed = 3;
    for (int i = 0; i < 60; i++)
        values[i] = 10 + (rand_r(&seed) % 1000 - 500) / 500.0 + (i > 45 ? 3 : 0);
    check_restarts("chart: i-mr, baseline: 20", values, 60, 30);
    check_restarts("chart: xbar-r, subgroup: 3, baseline: 10", values, 60, -1);
}
END_TEST

START_TEST(bad_values_break_runs)
{
    struct bench bench;
    struct point points[30];
    bench_start(&bench, locked);
    for (int i = 0; i < 9; i++) {
        if (i == 4)
            measure_quality(&bench, NAN, QUALITY_BAD_SENSOR);
        measure(&bench, 10.3);
    }
    measure_quality(&bench, 99, QUALITY_UNCERTAIN_AFTER_TIMEOUT); /* recorded, judged by nothing */
    commit(&bench);
    ck_assert_uint_eq(read_points(&bench, points, 30), 9);
    for (int i = 0; i < 9; i++)
        ck_assert_uint_eq(points[i].verdict.location_rules, 0);
    ck_assert(isnan(points[4].subgroup.dispersion)); /* no moving range over the gap */
    for (int i = 0; i < 4; i++)
        measure(&bench, 10.3);
    commit(&bench);
    ck_assert_uint_eq(read_points(&bench, points, 30), 13);
    ck_assert_uint_ne(points[12].verdict.location_rules, 0); /* nine after the gap */
    ck_assert_int_eq(judge_standing(bench.judge)->signals, 1);
    bench_stop(&bench);
}
END_TEST

START_TEST(limits_have_a_history)
{
    struct bench bench;
    struct limits limits;
    struct error err;
    bench_start(&bench, "chart: i-mr, baseline: 10");
    int64_t id = bench.plant->characteristics[0].id;
    for (int i = 0; i < 7; i++)
        measure(&bench, 10 + i % 2);
    commit(&bench);
    ck_assert_int_eq(store_limits_in_force(bench.store, id, &limits, &err), -1);
    measure(&bench, 11);
    commit(&bench);
    ck_assert(!store_limits_in_force(bench.store, id, &limits, &err));
    ck_assert_int_eq(limits.state, LIMITS_PROVISIONAL);
    measure(&bench, 10);
    measure(&bench, 11);
    measure(&bench, 10);
    commit(&bench);
    ck_assert(!store_limits_in_force(bench.store, id, &limits, &err));
    ck_assert_int_eq(limits.state, LIMITS_TRIAL);
    ck_assert_str_eq(limits.source, "calculated from points 1-10");
    ck_assert_close(limits.center, 10.5, 1e-12);
    struct point points[20];
    ck_assert_uint_eq(read_points(&bench, points, 20), 11);
    ck_assert_int_eq(points[7].limits, 0);
    ck_assert_int_eq(points[10].limits, limits.id);
    ck_assert_int_eq(judge_standing(bench.judge)->limits, limits.id);
    close_bench(&bench);
    plant_free(bench.plant);
    bench.plant = judged_plant(locked);
    open_bench(&bench);
    commit(&bench);
    ck_assert(!store_limits_in_force(bench.store, id, &limits, &err));
    ck_assert_int_eq(limits.state, LIMITS_LOCKED);
    ck_assert_double_eq(limits.sigma, 1);
    int64_t first = limits.id;
    restart(&bench);
    ck_assert(batch_is_empty(bench.batch)); /* the same limits are not written again */
    ck_assert(!store_limits_in_force(bench.store, id, &limits, &err));
    ck_assert_int_eq(limits.id, first);
    bench_stop(&bench);
}
END_TEST

START_TEST(a_failed_write_doubles_nothing)
{
    struct bench bench;
    struct error err;
    bench_start(&bench, locked);
    for (int i = 0; i < 5; i++)
        measure(&bench, 10 + i);
    for (int attempt = 0; attempt < 3; attempt++) {
        ck_assert(!store_begin(bench.store, &err));
        ck_assert(!batch_write(bench.batch, bench.store, &err));
        store_rollback(bench.store);
    }
    commit(&bench);
    struct point points[10];
    struct standing standing;
    struct limits limits;
    ck_assert_uint_eq(read_points(&bench, points, 10), 5);
    ck_assert(!store_standing(bench.store, bench.plant->characteristics[0].id, &standing, &err));
    ck_assert(!store_limits_in_force(bench.store, bench.plant->characteristics[0].id, &limits, &err));
    ck_assert_int_eq(standing.moments.n, 5);
    ck_assert_int_eq(standing.limits, limits.id);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(points[i].limits, limits.id);
    bench_stop(&bench);
}
END_TEST

static int alarms(struct bench *bench, struct alarm *first)
{
    struct alarm *list;
    struct error err;
    size_t count;
    int active = 0;
    ck_assert(!store_alarms(bench->store, true, 20, &list, &count, &err));
    for (size_t i = 0; i < count; i++)
        if (alarm_is_active(&list[i]) && !active++)
            *first = list[i];
    free(list);
    return active;
}

START_TEST(alarms_come_and_go)
{
    struct bench bench;
    struct alarm alarm;
    bench_start(&bench, locked);
    measure(&bench, 10);
    measure(&bench, 13.5);
    commit(&bench);
    ck_assert_int_eq(alarms(&bench, &alarm), 1);
    ck_assert_str_eq(alarm.key, "signal/bore");
    ck_assert_ptr_nonnull(strstr(alarm.text, "rule 1: "));
    ck_assert_ptr_nonnull(strstr(alarm.text, "at point 2 (value 13.5"));
    measure(&bench, 10);
    measure(&bench, 10.1);
    commit(&bench);
    ck_assert_int_eq(alarms(&bench, &alarm), 0);
    measure(&bench, 17);
    commit(&bench);
    ck_assert_int_eq(alarms(&bench, &alarm), 2);
    ck_assert_str_eq(alarm.key, "specification/bore");
    ck_assert_ptr_nonnull(strstr(alarm.text, "above USL"));
    restart(&bench);
    measure(&bench, 10);
    measure(&bench, 10.1);
    commit(&bench);
    ck_assert_int_eq(alarms(&bench, &alarm), 0);
    bench_stop(&bench);
}
END_TEST

Suite *judge_suite(void);
Suite *judge_suite(void)
{
    Suite *suite = suite_create("judge");
    const struct {
        const char *name;
        const TTest *test;
    } all[] = {{"a restart continues runs", restart_continues_runs},
               {"a restart continues the baseline", restart_continues_baseline},
               {"bad values break runs", bad_values_break_runs},
               {"limits have a history", limits_have_a_history},
               {"a failed write doubles nothing", a_failed_write_doubles_nothing},
               {"alarms come and go", alarms_come_and_go}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        TCase *tcase = tcase_create(all[i].name);
        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, all[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
