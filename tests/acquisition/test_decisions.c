/* What engineers decide while the collector runs: limits and excluded points, without a restart and across one. */
#include "acquisition/recorder.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct plant *plant;
    struct store *store, *other; /* the collector's, and a person's */
    struct queue *queue;
    struct plan *plan;
    struct recorder *recorder;
    int64_t id, base_us, awaited;
    int64_t from_us; /* what lies before is not looked at */
    int64_t alarms;
    int pushed;
};

static void start(struct bench *bench)
{
    struct error err;
    ck_assert_msg(!store_open(&bench->store, bench->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert(!store_identify(bench->store, bench->plant, &err));
    bench->queue = queue_create(1000, 1 << 20);
    bench->plan = plan_build(bench->plant, &bench->plant->instruments[0]);
    bench->recorder = recorder_start(bench->plant, bench->store, bench->queue, &err);
    ck_assert_msg(bench->recorder != NULL, "%s", err.text);
}

static void stop(struct bench *bench)
{
    ck_assert_uint_eq(recorder_stop(bench->recorder, 10 * SECOND_US), 0);
    store_close(bench->store);
    queue_destroy(bench->queue);
    plan_free(bench->plan);
}

static void open_bench(struct bench *bench, const char *settings)
{
    struct error err;
    log_quiet(1);
    *bench = (struct bench){.base_us = clock_now_us() / SECOND_US * SECOND_US};
    bench->plant = fixture_plant("links:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n"
                                 "    tags:\n      total: {address: 40001, type: u16}\n      value: {address: 40002, type: u16}\n"
                                 "characteristics:\n  bore: {part: P, source: g.value, on_new: g.total, lsl: 40, usl: 160, rules: nelson, %s}\n",
                                 settings);
    start(bench);
    ck_assert_msg(!store_open(&bench->other, bench->plant->store_path, STORE_WRITE, &err), "%s", err.text);
    bench->id = bench->plant->characteristics[0].id;
}

static void close_bench(struct bench *bench)
{
    stop(bench);
    store_close(bench->other);
    plant_free(bench->plant);
}

static size_t read_points(struct bench *bench, struct point *points, size_t room)
{
    struct point_cursor *cursor;
    struct error err;
    size_t count = 0;
    ck_assert(!point_cursor_open(&cursor, bench->other, bench->id, bench->from_us, INT64_MAX, 0, &err));
    while (count < room && point_cursor_next(cursor, &points[count], &err) == 1)
        count++;
    point_cursor_close(cursor);
    return count;
}

enum { ROOM = 200 };

static int arrived(void *context)
{
    static struct point points[1000];
    struct bench *bench = context;
    return (int64_t)read_points(bench, points, 1000) >= bench->awaited;
}

/* The first poll only sets the counter's base. */
static void push(struct bench *bench, int value)
{
    struct poll *poll = poll_create(bench->plan);
    poll->time_us = bench->base_us + bench->pushed * SECOND_US;
    poll->registers[0] = (uint16_t)bench->pushed++;
    poll->registers[1] = (uint16_t)value;
    memset(poll->quality, QUALITY_GOOD, 2);
    queue_push(bench->queue, poll);
}

static void measure(struct bench *bench, const int *values, size_t count)
{
    if (!bench->pushed)
        push(bench, 0);
    for (size_t i = 0; i < count; i++)
        push(bench, values[i]);
    bench->awaited += (int64_t)count;
    fixture_wait(arrived, bench, "the points");
}

static void decide(struct bench *bench, enum limits_state state, double center, double sigma, double ucl)
{
    struct limits now, limits = {.characteristic = bench->id,
                                 .time_us = clock_now_us(),
                                 .state = state,
                                 .center = center,
                                 .sigma = sigma,
                                 .extra = NAN,
                                 .lcl = NAN,
                                 .ucl = ucl,
                                 .source = "entered",
                                 .who = "wang",
                                 .why = "because"};
    struct error err;
    int64_t seen = store_limits_in_force(bench->other, bench->id, &now, &err) ? 0 : now.id;
    ck_assert_msg(!action_limits(bench->other, &limits, seen, &err), "%s", err.text);
}

static int taken_over(void *context)
{
    struct bench *bench = context;
    struct standing standing;
    struct limits now;
    struct error err;
    return !store_standing(bench->other, bench->id, &standing, &err) && !store_limits_in_force(bench->other, bench->id, &now, &err) &&
           standing.limits == now.id;
}

static const int steady[] = {100, 102, 99, 101, 100, 98, 101, 103, 99, 100, 102, 98, 101, 99, 100};
enum { STEADY = sizeof steady / sizeof steady[0] };

START_TEST(new_limits_hold_from_the_next_point_on)
{
    static struct point points[ROOM];
    struct bench bench;
    struct limits now;
    struct error err;
    open_bench(&bench, "chart: i-mr, baseline: 10");
    measure(&bench, steady, STEADY);
    decide(&bench, LIMITS_APPROVED, 90, 1, NAN);
    fixture_wait(taken_over, &bench, "the collector to take the limits over");
    measure(&bench, steady, 3);
    ck_assert_uint_eq(read_points(&bench, points, ROOM), STEADY + 3);
    ck_assert(!store_limits_in_force(bench.other, bench.id, &now, &err));
    ck_assert_int_ne(points[STEADY - 1].limits, now.id);
    ck_assert_uint_eq(points[STEADY - 1].verdict.location_rules, 0); /* history stays as it was judged */
    for (int i = STEADY; i < STEADY + 3; i++) {
        ck_assert_int_eq(points[i].limits, now.id);
        ck_assert_double_eq(points[i].verdict.location.ucl, 93);
        ck_assert_uint_ne(points[i].verdict.location_rules & 1, 0);
    }
    stop(&bench); /* and after a restart */
    start(&bench);
    measure(&bench, steady, STEADY);
    ck_assert_uint_eq(read_points(&bench, points, ROOM), 2 * STEADY + 3);
    for (int i = STEADY; i < 2 * STEADY + 3; i++)
        ck_assert_int_eq(points[i].limits, now.id);                      /* nobody re-based them */
    ck_assert_uint_ne(points[STEADY + 8].verdict.location_rules & 2, 0); /* nine on one side since the change, over the restart */
    ck_assert_uint_eq(points[STEADY + 7].verdict.location_rules & 2, 0);
    close_bench(&bench);
}
END_TEST

START_TEST(a_decision_ends_the_baseline)
{
    static struct point points[ROOM];
    struct bench bench;
    struct limits *history;
    struct error err;
    size_t count;
    open_bench(&bench, "chart: i-mr, baseline: 12");
    measure(&bench, steady, 4);
    decide(&bench, LIMITS_TRIAL, 100, 2, NAN);
    fixture_wait(taken_over, &bench, "the collector to take the limits over");
    measure(&bench, steady, STEADY);
    ck_assert(!store_limits_history(bench.other, bench.id, &history, &count, &err));
    ck_assert_uint_eq(count, 1);
    free(history);
    ck_assert_uint_eq(read_points(&bench, points, ROOM), STEADY + 4);
    ck_assert_int_eq(points[3].limits, 0);
    ck_assert_double_eq(points[STEADY + 3].verdict.location.ucl, 106);
    close_bench(&bench);
}
END_TEST

START_TEST(one_sided_limits_signal_on_their_side)
{
    static struct point points[ROOM];
    static const int values[] = {100, 40, 107, 100};
    struct bench bench;
    open_bench(&bench, "chart: i-mr");
    measure(&bench, steady, 1);
    decide(&bench, LIMITS_LOCKED, 100, 2, 106);
    fixture_wait(taken_over, &bench, "the collector to take the limits over");
    measure(&bench, values, 4);
    ck_assert_uint_eq(read_points(&bench, points, ROOM), 5);
    ck_assert(isnan(points[2].verdict.location.lcl));
    ck_assert_double_eq(points[2].verdict.location.ucl, 106);
    ck_assert_uint_eq(points[2].verdict.location_rules, 0); /* 30 sigma low: nobody asked */
    ck_assert_uint_eq(points[3].verdict.location_rules & 1, 1);
    close_bench(&bench);
}
END_TEST

START_TEST(plant_yaml_wins)
{
    static struct point points[ROOM];
    struct bench bench;
    struct limits now;
    struct error err;
    open_bench(&bench, "chart: i-mr, limits: {center: 100, sigma: 2}");
    measure(&bench, steady, 2);
    decide(&bench, LIMITS_APPROVED, 50, 1, NAN); /* past what the screens and commands refuse */
    measure(&bench, steady, 3);
    stop(&bench);
    start(&bench);
    measure(&bench, steady, 2);
    ck_assert_uint_eq(read_points(&bench, points, ROOM), 7);
    for (int i = 0; i < 7; i++)
        ck_assert_double_eq(points[i].verdict.location.center, 100);
    ck_assert(!store_limits_in_force(bench.other, bench.id, &now, &err));
    ck_assert_str_eq(now.source, "config");
    close_bench(&bench);
}
END_TEST

static int counts_without(void *context)
{
    struct bench *bench = context;
    struct standing standing;
    struct error err;
    return !store_standing(bench->other, bench->id, &standing, &err) && standing.moments.n == bench->awaited - 1;
}

static void exclude(struct bench *bench, int64_t point, bool excluded)
{
    struct error err;
    struct exclusion exclusion = {
        .characteristic = bench->id, .point = point, .time_us = clock_now_us(), .excluded = excluded, .who = "wang", .reason = "dropped part"};
    ck_assert_msg(!action_exclude(bench->other, &exclusion, &err), "%s", err.text);
}

static void say_finding(const struct verify_finding *finding, void *count)
{
    fprintf(stderr, "%s %s %s: %s\n", finding->check, finding->table, finding->series, finding->text);
    ++*(int *)count;
}

static void store_is_right(struct bench *bench)
{
    int findings = 0;
    struct verify_hooks hooks = {say_finding, NULL, &findings};
    struct verify_outcome outcome;
    struct error err;
    for (size_t i = 0; i < verify_count(); i++)
        ck_assert_msg(!verify_run(bench->other, i, &hooks, &outcome, &err), "%s", err.text);
    ck_assert_int_eq(findings, 0);
}

/* The figures are those of a collector that never saw the point's value, but for the two moving ranges at the gap. */
START_TEST(an_excluded_point_leaves_the_figures)
{
    struct bench bench;
    struct standing standing;
    struct error err;
    struct moments moments = {0};
    struct within within = {0};
    open_bench(&bench, "chart: i-mr, baseline: 10");
    measure(&bench, steady, 8);
    measure(&bench, (const int[]){170}, 1);
    measure(&bench, steady, STEADY);
    exclude(&bench, 9, true);
    fixture_wait(counts_without, &bench, "the collector to leave the point out");
    for (int i = 0; i < 8 + STEADY; i++) {
        int value = i < 8 ? steady[i] : steady[i - 8], before = i == 0 || i == 8 ? -1 : i < 8 ? steady[i - 1] : steady[i - 9];
        moments_add(&moments, value);
        if (before >= 0)
            within_add_moving_range(&within, abs(value - before));
    }
    ck_assert(!store_standing(bench.other, bench.id, &standing, &err));
    ck_assert_close(standing.moments.mean, moments.mean, 1e-12);
    ck_assert_close(standing.moments.m2, moments.m2, 1e-12);
    ck_assert_double_eq(standing.moments.max, 103);
    ck_assert_int_eq(standing.within.mr_count, within.mr_count);
    ck_assert_double_eq(standing.within.mr_sum, within.mr_sum);
    ck_assert_int_eq(standing.above, 0);
    store_is_right(&bench);
    exclude(&bench, 9, false);
    store_is_right(&bench);
    bench.awaited++;
    fixture_wait(counts_without, &bench, "the collector to take the point back");
    bench.awaited--;
    ck_assert(!store_standing(bench.other, bench.id, &standing, &err));
    ck_assert_double_eq(standing.moments.max, 170);
    ck_assert_int_eq(standing.within.mr_count, 8 + STEADY);
    ck_assert_int_eq(standing.above, 1);
    close_bench(&bench);
}
END_TEST

START_TEST(decisions_while_no_collector_ran)
{
    static struct point points[ROOM];
    struct bench bench;
    struct standing standing;
    struct limits now;
    struct error err;
    open_bench(&bench, "chart: i-mr, baseline: 10");
    measure(&bench, steady, STEADY);
    stop(&bench);
    decide(&bench, LIMITS_APPROVED, 90, 1, NAN);
    exclude(&bench, 3, true);
    ck_assert(!store_limits_in_force(bench.other, bench.id, &now, &err));
    start(&bench);
    measure(&bench, steady, STEADY);
    ck_assert_uint_eq(read_points(&bench, points, ROOM), 2 * STEADY);
    for (int i = STEADY; i < 2 * STEADY; i++) {
        ck_assert_int_eq(points[i].limits, now.id);
        ck_assert_double_eq(points[i].verdict.location.center, 90);
    }
    ck_assert_uint_eq(points[STEADY + 7].verdict.location_rules & 2, 0); /* the rules began anew */
    ck_assert_uint_ne(points[STEADY + 8].verdict.location_rules & 2, 0);
    ck_assert(!store_standing(bench.other, bench.id, &standing, &err));
    ck_assert_int_eq(standing.moments.n, 2 * STEADY - 1);
    ck_assert_int_eq(standing.limits, now.id);
    decide(&bench, LIMITS_APPROVED, 85, 2, NAN); /* taken over, but no point yet when it stops, and when a point is excluded */
    fixture_wait(taken_over, &bench, "the collector to take the limits over");
    exclude(&bench, 4, true);
    stop(&bench);
    start(&bench);
    measure(&bench, steady, STEADY);
    ck_assert_uint_eq(read_points(&bench, points, ROOM), 3 * STEADY);
    ck_assert_uint_eq(points[2 * STEADY + 7].verdict.location_rules & 2, 0);
    ck_assert_uint_ne(points[2 * STEADY + 8].verdict.location_rules & 2, 0);
    close_bench(&bench);
}
END_TEST

enum { MANY = 3000, PORTION = 600 };

/* MANY values, all of them packed, and no collector. */
static void packed_bench(struct bench *bench)
{
    struct error err;
    int many[PORTION];
    open_bench(bench, "chart: ewma, baseline: 10");
    for (int i = 0; i < PORTION; i++)
        many[i] = 97 + i * 7919 % 7;
    for (int i = 0; i < MANY; i += PORTION) {
        bench->from_us = bench->base_us + i * SECOND_US;
        bench->awaited = 0;
        measure(bench, many, PORTION);
    }
    bench->awaited = MANY;
    stop(bench);
    ck_assert_msg(!store_open(&bench->store, bench->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    for (bool more = true; more;)
        ck_assert_msg(!store_pack(bench->store, 0, SECOND_US, &more, &err), "%s", err.text);
}

/* Retention let half of the values go: another point that is excluded takes itself out of the figures, and nothing else. */
START_TEST(an_excluded_point_and_dropped_values)
{
    struct bench bench;
    struct standing standing;
    struct retained went;
    struct error err;
    packed_bench(&bench);
    ck_assert_msg(!store_retain(bench.store, KEEP_VALUES, bench.base_us + MANY / 2 * SECOND_US, false, "wang", &went, &err), "%s", err.text);
    ck_assert_int_gt(went.rows, 0);
    store_close(bench.store);
    start(&bench);
    exclude(&bench, MANY - 3, true);
    fixture_wait(counts_without, &bench, "the collector to leave the point out");
    ck_assert(!store_standing(bench.other, bench.id, &standing, &err));
    ck_assert_int_eq(standing.moments.n, MANY - 1);
    store_is_right(&bench);
    close_bench(&bench);
}
END_TEST

static int is_alarmed(void *context)
{
    struct bench *bench = context;
    struct alarm *alarms;
    struct error err;
    size_t count, damaged = 0;
    ck_assert(!store_alarms(bench->other, true, 20, &alarms, &count, &err));
    for (size_t i = 0; i < count; i++)
        damaged += !strcmp(alarms[i].key, "damaged/bore") && strstr(alarms[i].text, "cannot be unpacked") && alarms[i].count > bench->alarms;
    free(alarms);
    return damaged == 1;
}

static void damage(struct bench *bench, const char *table)
{
    char sql[100];
    sqlite3 *db;
    snprintf(sql, sizeof sql, "UPDATE %s SET data = zeroblob(length(data))", table);
    ck_assert_int_eq(sqlite3_open(bench->plant->store_path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void goes_on(struct bench *bench, int alarms)
{
    bench->alarms = alarms - 1;
    fixture_wait(is_alarmed, bench, "an alarm about the damage");
    bench->from_us = bench->base_us + bench->pushed * SECOND_US;
    bench->awaited = 0;
    measure(bench, steady, STEADY);
}

/* What is packed cannot be read any more: a word about one of its points does not end the collector, which starts, tells, and judges what comes. */
START_TEST(damage_stops_nobody)
{
    static struct point points[ROOM];
    struct bench bench;
    struct standing standing;
    struct error err;
    packed_bench(&bench);
    store_close(bench.store);
    damage(&bench, "chunk_values");
    start(&bench);
    exclude(&bench, 3, true);
    goes_on(&bench, 1);
    stop(&bench);
    damage(&bench, "chunk_points");
    start(&bench); /* neither its runs nor that word can be made good */
    goes_on(&bench, 2);
    ck_assert_uint_eq(read_points(&bench, points, ROOM), STEADY);
    ck_assert_int_eq(points[0].number, MANY + STEADY + 1);
    ck_assert_int_ne(points[0].limits, 0);
    ck_assert(!store_standing(bench.other, bench.id, &standing, &err));
    ck_assert_int_eq(standing.moments.n, MANY + 2 * STEADY);
    close_bench(&bench);
}
END_TEST

START_TEST(excluded_values_of_subgroups)
{
    struct bench bench;
    struct standing standing;
    struct error err;
    open_bench(&bench, "chart: xbar-r, subgroup: 3, baseline: 4");
    push(&bench, 0);
    for (int i = 0; i < STEADY - 1; i++) /* four subgroups, and two values of the fifth */
        push(&bench, steady[i]);
    bench.awaited = 4;
    fixture_wait(arrived, &bench, "the points");
    exclude(&bench, 2, true);
    bench.awaited = STEADY - 1 - 3 + 1;
    fixture_wait(counts_without, &bench, "the collector to leave the point out");
    struct moments moments = {0};
    struct within within = {0};
    for (int i = 0; i < STEADY - 1; i++)
        if (i / 3 != 1)
            moments_add(&moments, steady[i]);
    for (int k = 0; k < 4; k++)
        if (k != 1)
            within_add_subgroup(&within, (double[]){steady[3 * k], steady[3 * k + 1], steady[3 * k + 2]}, 3);
    ck_assert(!store_standing(bench.other, bench.id, &standing, &err));
    ck_assert_close(standing.moments.mean, moments.mean, 1e-12);
    ck_assert_close(standing.within.ss, within.ss, 1e-12);
    ck_assert_double_eq(standing.within.ss_df, within.ss_df);
    store_is_right(&bench);
    close_bench(&bench);
}
END_TEST

Suite *decisions_suite(void);
Suite *decisions_suite(void)
{
    const struct named_test tests[] = {
        {"new limits hold from the next point on", new_limits_hold_from_the_next_point_on},
        {"a decision ends the baseline", a_decision_ends_the_baseline},
        {"one-sided limits signal on their side", one_sided_limits_signal_on_their_side},
        {"plant.yaml wins", plant_yaml_wins},
        {"an excluded point leaves the figures", an_excluded_point_leaves_the_figures},
        {"an excluded point and dropped values", an_excluded_point_and_dropped_values},
        {"damage stops nobody", damage_stops_nobody},
        {"decisions while no collector ran", decisions_while_no_collector_ran},
        {"excluded values of subgroups", excluded_values_of_subgroups},
    };
    return SUITE_OF("decisions", 60, tests);
}
