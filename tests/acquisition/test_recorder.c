#include "acquisition/recorder.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct bench {
    struct plant *plant;
    struct store *store, *reader;
    struct queue *queue;
    struct plan *plan;
    struct recorder *recorder;
    int64_t awaited;
};

/* state, value: more keys of these tags. */
static void bench_start_with(struct bench *bench, size_t most_polls, const char *state, const char *value)
{
    struct error err;
    log_quiet(1);
    *bench = (struct bench){
        .plant = fixture_plant("links:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n  g:\n    link: hall\n    unit: 1\n"
                               "    tags:\n      state: {address: 40001, type: u16%s}\n      total: {address: 40002, type: u16}\n"
                               "      value: {address: 40003, type: u16%s}\nmachines:\n  press: {line: L1, ideal_cycle: 1s, state: {tag: g.state, "
                               "running: [2], fault: [3]}, parts: g.total}\ncharacteristics:\n  bore: {part: P, machine: press, source: "
                               "g.value, on_new: g.total, nominal: 10, lsl: 4, usl: 1600, rules: nelson, chart: i-mr}\n",
                               state, value)};
    const struct plant *plant = bench->plant;
    ck_assert_msg(!store_open(&bench->store, plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert(!store_identify(bench->store, bench->plant, &err));
    ck_assert_msg(!store_open(&bench->reader, plant->store_path, STORE_RECORD, &err), "%s", err.text);
    bench->queue = queue_create(most_polls, 1 << 20);
    bench->plan = plan_build(plant, &plant->instruments[0]);
    bench->recorder = recorder_start(plant, bench->store, bench->queue, &err);
    ck_assert_msg(bench->recorder != NULL, "%s", err.text);
}

static void bench_start(struct bench *bench, size_t most_polls)
{
    bench_start_with(bench, most_polls, "", "");
}

static void bench_stop(struct bench *bench)
{
    if (bench->recorder)
        ck_assert_uint_eq(recorder_stop(bench->recorder, 10 * SECOND_US), 0);
    store_close(bench->store);
    store_close(bench->reader);
    queue_destroy(bench->queue);
    plan_free(bench->plan);
    plant_free(bench->plant);
}

static void push(struct bench *bench, int64_t second, int state, int total, int value, enum quality quality)
{
    struct poll *poll = poll_create(bench->plan);
    poll->time_us = clock_now_us() / SECOND_US * SECOND_US + second * SECOND_US;
    poll->registers[0] = (uint16_t)state;
    poll->registers[1] = (uint16_t)total;
    poll->registers[2] = (uint16_t)value;
    memset(poll->quality, (int)quality, 3);
    if (quality_is_bad(quality)) {
        poll->failures = 2;
        strcpy(poll->reason, "no answer within 1 s");
    }
    queue_push(bench->queue, poll);
}

static int64_t measured(struct bench *bench)
{
    struct measurement_cursor *cursor;
    struct measurement measurement;
    struct error err;
    int64_t count = 0;
    ck_assert(!measurement_cursor_open(&cursor, bench->reader, bench->plant->characteristics[0].id, 0, INT64_MAX, 0, &err));
    while (measurement_cursor_next(cursor, &measurement, &err) == 1)
        count++;
    measurement_cursor_close(cursor);
    return count;
}

static int arrived(void *context)
{
    struct bench *bench = context;
    return measured(bench) >= bench->awaited;
}

START_TEST(a_value_and_its_verdict)
{
    struct bench bench;
    bench_start(&bench, 1000);
    push(&bench, 0, 2, 7, 100, QUALITY_GOOD); /* sets the base */
    push(&bench, 1, 2, 8, 101, QUALITY_GOOD);
    push(&bench, 2, 2, 8, 101, QUALITY_GOOD);
    push(&bench, 3, 2, 11, 104, QUALITY_GOOD);
    push(&bench, 4, 0, 0, 0, QUALITY_BAD_TIMEOUT);
    push(&bench, 5, 3, 12, 105, QUALITY_GOOD);
    push(&bench, 6, 9, 13, 106, QUALITY_GOOD);
    bench.awaited = 4;
    fixture_wait(arrived, &bench, "four measurements");
    struct error err;
    const struct machine *press = &bench.plant->machines[0];
    int64_t parts = 0, rejects = 0, base_us = clock_now_us() - MINUTE_US;
    ck_assert(!store_machine_counts(bench.reader, press->id, 0, base_us + HOUR_US, &parts, &rejects, &err));
    ck_assert_int_eq(parts, 5); /* 1 + 3, none while it was silent, 1 */
    struct event *events;
    struct state_interval *states;
    struct alarm *alarms;
    size_t count, n_states;
    char told[1000] = "";
    ck_assert(!store_events(bench.reader, 0, INT64_MAX, 20, &events, &count, &err));
    for (size_t i = 0; i < count; i++)
        snprintf(told + strlen(told), sizeof told - strlen(told), "%s: %s\n", events[i].object, events[i].text);
    free(events);
    ck_assert_ptr_nonnull(strstr(told, "g.total: jumped from 8 to 11: 2 parts were not read"));
    ck_assert_ptr_nonnull(strstr(told, "press: g.total counted 1 while it could not be read"));
    ck_assert_ptr_nonnull(strstr(told, "press: state word 9 is in none"));
    ck_assert(!store_machine_states(bench.reader, press->id, base_us, base_us + HOUR_US, &states, &n_states, &err));
    const enum oee_state expected[] = {OEE_NO_DATA, OEE_RUNNING, OEE_NO_DATA, OEE_FAULT, OEE_NO_DATA};
    ck_assert_uint_eq(n_states, 5);
    for (size_t i = 0; i < n_states; i++)
        ck_assert_int_eq(states[i].state, expected[i]);
    free(states);
    ck_assert(!store_alarms(bench.reader, true, 20, &alarms, &count, &err));
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(alarms[0].key, "link/g");
    ck_assert_str_eq(alarms[0].text, "no answer within 1 s");
    ck_assert_str_eq(alarms[0].machine, "press");
    ck_assert(!alarm_is_active(&alarms[0]));
    free(alarms);
    bench_stop(&bench);
}
END_TEST

static int was_logged(void *context)
{
    char text[4096] = "";
    FILE *file = fopen(test_path("log"), "r");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[length] = '\0';
    return strstr(text, context) != NULL;
}

START_TEST(a_locked_store_loses_nothing)
{
    struct bench bench;
    struct error err;
    ck_assert_ptr_nonnull(freopen(test_path("log"), "w", stderr));
    setvbuf(stderr, NULL, _IONBF, 0);
    bench_start(&bench, 1000);
    push(&bench, 0, 2, 0, 100, QUALITY_GOOD);
    push(&bench, 1, 2, 1, 100, QUALITY_GOOD);
    bench.awaited = 1;
    fixture_wait(arrived, &bench, "the first measurement");
    ck_assert_msg(!store_begin(bench.reader, &err), "%s", err.text);
    for (int i = 2; i < 30; i++)
        push(&bench, i, 2, i, 100 + i % 3, QUALITY_GOOD);
    fixture_wait(was_logged, (char[]){"kept in memory"}, "the recorder to notice");
    for (int i = 30; i < 40; i++)
        push(&bench, i, 2, i, 100 + i % 3, QUALITY_GOOD);
    store_rollback(bench.reader);
    bench.awaited = 39;
    fixture_wait(arrived, &bench, "all measurements");
    ck_assert_uint_eq(recorder_stop(bench.recorder, 10 * SECOND_US), 0);
    bench.recorder = NULL;
    struct standing standing;
    struct point_cursor *cursor;
    struct point point;
    int64_t number = 0;
    ck_assert_int_eq(measured(&bench), 39);
    ck_assert(!store_standing(bench.reader, bench.plant->characteristics[0].id, &standing, &err));
    ck_assert_int_eq(standing.moments.n, 39);
    ck_assert(!point_cursor_open(&cursor, bench.reader, bench.plant->characteristics[0].id, 0, INT64_MAX, 0, &err));
    while (point_cursor_next(cursor, &point, &err) == 1)
        ck_assert_int_eq(point.number, ++number);
    point_cursor_close(cursor);
    ck_assert_int_eq(number, 39);
    bench_stop(&bench);
}
END_TEST

/* SQLite gets no memory for a while: the recorder keeps what comes and tries again. */
START_TEST(no_memory_loses_nothing)
{
    struct bench bench;
    ck_assert_int_eq(sqlite3_initialize(), SQLITE_OK); /* before the store would switch the counting off that the limit needs */
    ck_assert_ptr_nonnull(freopen(test_path("log"), "w", stderr));
    setvbuf(stderr, NULL, _IONBF, 0);
    bench_start(&bench, 1000);
    push(&bench, 0, 2, 0, 100, QUALITY_GOOD);
    push(&bench, 1, 2, 1, 100, QUALITY_GOOD);
    bench.awaited = 1;
    fixture_wait(arrived, &bench, "the first measurement");
    sqlite3_hard_heap_limit64(1);
    for (int i = 2; i < 30; i++)
        push(&bench, i, 2, i, 100 + i % 3, QUALITY_GOOD);
    fixture_wait(was_logged, (char[]){"no memory left: what uses so much (`top`)?; values are kept in memory"}, "the recorder to notice");
    sqlite3_hard_heap_limit64(0);
    bench.awaited = 29;
    fixture_wait(arrived, &bench, "all measurements");
    ck_assert(!recorder_has_failed(bench.recorder));
    bench_stop(&bench);
}
END_TEST

START_TEST(what_was_dropped_is_told)
{
    struct bench bench;
    struct error err;
    ck_assert_ptr_nonnull(freopen(test_path("log"), "w", stderr));
    bench_start(&bench, 5);
    ck_assert(!store_begin(bench.reader, &err));
    for (int i = 0; i < 100; i++)
        push(&bench, i, 2, i, 100, QUALITY_GOOD);
    store_rollback(bench.reader);
    ck_assert_uint_eq(recorder_stop(bench.recorder, 10 * SECOND_US), 0);
    bench.recorder = NULL;
    struct event *events;
    size_t count, told = 0;
    ck_assert(!store_events(bench.reader, 0, INT64_MAX, 100, &events, &count, &err));
    for (size_t i = 0; i < count; i++)
        told += strcmp(events[i].kind, "dropped") == 0;
    free(events);
    struct collector_status status;
    ck_assert(!store_collector_status(bench.reader, &status, &err));
    ck_assert_int_gt(status.dropped, 0);
    ck_assert_int_eq(status.dropped + status.readings / 3, 100);
    ck_assert_uint_ge(told, 1);
    bench_stop(&bench);
}
END_TEST

static int is_empty(void *context)
{
    struct bench *bench = context;
    return queue_length(bench->queue) == 0;
}

/* More waits than can be committed in time: the end comes all the same, and what was dropped is in the store. */
START_TEST(the_end_is_not_put_off)
{
    struct bench bench;
    struct error err;
    ck_assert_ptr_nonnull(freopen(test_path("log"), "w", stderr));
    bench_start(&bench, 100000);
    push(&bench, 0, 2, 0, 100, QUALITY_GOOD);
    fixture_wait(is_empty, &bench, "the recorder takes the first poll");
    ck_assert(!store_begin(bench.reader, &err));
    for (int i = 1; i <= 50; i++)
        push(&bench, i, 2, i, 100, QUALITY_GOOD);
    fixture_wait(is_empty, &bench, "the recorder takes what it cannot commit");
    for (int i = 51; i <= 1000; i++)
        push(&bench, i, 2, i, 100, QUALITY_GOOD);
    store_rollback(bench.reader);
    size_t lost = recorder_stop(bench.recorder, 0);
    bench.recorder = NULL;
    struct collector_status status;
    ck_assert(!store_collector_status(bench.reader, &status, &err));
    ck_assert_int_eq(status.dropped, (int64_t)lost);
    ck_assert_int_eq(status.readings / 3 + status.dropped, 1001);
    struct event *events;
    size_t count, told = 0;
    ck_assert(!store_events(bench.reader, 0, INT64_MAX, 100, &events, &count, &err));
    for (size_t i = 0; i < count; i++)
        told += strcmp(events[i].kind, "dropped") == 0;
    free(events);
    ck_assert_uint_eq(told, lost > 0);
    bench_stop(&bench);
}
END_TEST

/* Nor by a store that cannot be written. */
START_TEST(the_end_comes_with_a_locked_store)
{
    struct bench bench;
    struct error err;
    ck_assert_ptr_nonnull(freopen(test_path("log"), "w", stderr));
    bench_start(&bench, 100000);
    ck_assert(!store_begin(bench.reader, &err));
    for (int i = 0; i < 100; i++)
        push(&bench, i, 2, i, 100, QUALITY_GOOD);
    ck_assert_uint_eq(recorder_stop(bench.recorder, SECOND_US / 10), 100);
    bench.recorder = NULL;
    store_rollback(bench.reader);
    ck_assert_int_eq(measured(&bench), 0);
    bench_stop(&bench);
}
END_TEST

static void samples_are(struct store *store, const struct tag *tag, const double *expected, size_t count)
{
    struct sample_cursor *cursor;
    struct sample sample;
    struct error err;
    ck_assert_msg(!sample_cursor_open(&cursor, store, tag->id, 0, INT64_MAX, &err), "%s", err.text);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(sample_cursor_next(cursor, &sample, &err) == 1, "%s ends after %zu", tag->name, i);
        ck_assert_close(sample.reading.value, expected[i], 0);
    }
    ck_assert_int_eq(sample_cursor_next(cursor, &sample, &err), 0);
    sample_cursor_close(cursor);
}

/* A plant decides tag by tag what of it is stored: of every poll, on change, nothing. What is judged is not touched by it. */
START_TEST(what_the_plant_wants_recorded)
{
    struct bench bench;
    struct error err;
    bench_start_with(&bench, 1000, ", record: none", ", record: change, deadband: 2");
    const int values[] = {100, 101, 102, 103, 104, 104, 102, 0, 0, 102};
    const double told[] = {100, 103, NAN, 102}, totals[] = {1, 2, 3, 4, 5, 6, 7, NAN, NAN, 10};
    for (int i = 0; i < 10; i++)
        push(&bench, i, 2, i + 1, values[i], values[i] ? QUALITY_GOOD : QUALITY_BAD_TIMEOUT);
    ck_assert_uint_eq(recorder_stop(bench.recorder, 10 * SECOND_US), 0);
    bench.recorder = NULL;
    const struct instrument *g = &bench.plant->instruments[0];
    samples_are(bench.store, &g->tags[0], NULL, 0);
    samples_are(bench.store, &g->tags[1], totals, 10);
    samples_are(bench.store, &g->tags[2], told, 4);
    ck_assert_int_ge(measured(&bench), 7);
    struct reading latest[3];
    int64_t times_us[3];
    ck_assert_msg(!store_latest_each(bench.store, g, latest, times_us, &err), "%s", err.text);
    ck_assert_int_eq(times_us[0], 0);
    ck_assert_double_eq(latest[1].value, 10);
    ck_assert_double_eq(latest[2].value, 102);
    ck_assert_int_eq(times_us[2], times_us[1]);
    bench_stop(&bench);
}
END_TEST

static int is_packed(void *context)
{
    return store_packed(context) > 0;
}

/* The recorder packs what is old while it runs, and nothing of it is missing. */
START_TEST(old_rows_are_packed)
{
    enum { POLLS = 4000 };
    struct bench bench;
    bench_start(&bench, 100000);
    for (int i = 0; i < POLLS; i++)
        push(&bench, i, 2, i + 1, 100 + i % 50, QUALITY_GOOD);
    fixture_wait(is_packed, bench.store, "nothing was packed");
    ck_assert_uint_eq(recorder_stop(bench.recorder, 10 * SECOND_US), 0);
    bench.recorder = NULL;
    ck_assert_int_eq(measured(&bench), POLLS - 1);
    bench_stop(&bench);
}
END_TEST

Suite *recorder_suite(void);
Suite *recorder_suite(void)
{
    Suite *suite = suite_create("recorder");
    const struct {
        const char *name;
        const TTest *test;
    } all[] = {{"a value, its verdict, its machine", a_value_and_its_verdict},
               {"a locked store loses nothing", a_locked_store_loses_nothing},
               {"no memory loses nothing", no_memory_loses_nothing},
               {"what was dropped is told", what_was_dropped_is_told},
               {"the end is not put off", the_end_is_not_put_off},
               {"the end comes with a locked store", the_end_comes_with_a_locked_store},
               {"what the plant wants recorded", what_the_plant_wants_recorded},
               {"old rows are packed", old_rows_are_packed}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        TCase *tcase = tcase_create(all[i].name);
        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, all[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
