/* The present: machines, alarms, links, the log; and what people do about it. */
#include "tests/storage/fixture.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static struct plant *plant;
static struct store *store;
static int64_t press, bore;
static struct error err;

static void setup(void)
{
    fixture_clock(T0 + HOUR_US);
    plant = fixture_plant(fixture_tags);
    store = fixture_store(STORE_RECORD, plant);
    press = plant_machine(plant, "press-1")->id;
    bore = plant_characteristic(plant, "bore-dia")->id;
    fixture_begin(store);
}

static void teardown(void)
{
    store_close(store);
    plant_free(plant);
}

static void alive(int64_t time_us)
{
    struct collector_status status = {.time_us = time_us, .started_us = T0, .pid = 7};
    OK(record_collector_status(store, &status, &err), err);
}

static void state(int64_t seconds, enum oee_state new_state)
{
    OK(record_machine_state(store, press, T0 + seconds * SECOND_US, new_state, &err), err);
}

/* "from state ..." in seconds after T0, for the window. */
static void check_states(int64_t from, int64_t to, const int64_t (*expected)[3], size_t expected_count)
{
    struct state_interval *intervals;
    size_t count;
    OK(store_machine_states(store, press, T0 + from * SECOND_US, T0 + to * SECOND_US, &intervals, &count, &err), err);
    ck_assert_uint_eq(count, expected_count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(intervals[i].from_us, T0 + expected[i][0] * SECOND_US);
        ck_assert_int_eq(intervals[i].to_us, T0 + expected[i][1] * SECOND_US);
        ck_assert_int_eq(intervals[i].state, expected[i][2]);
    }
    free(intervals);
}

START_TEST(test_machine_states)
{
    state(100, OEE_RUNNING);
    state(150, OEE_RUNNING);
    state(200, OEE_FAULT);
    state(300, OEE_RUNNING);
    alive(T0 + 400 * SECOND_US);
    fixture_commit(store);
    check_states(
        0, 500,
        (const int64_t[][3]){{0, 100, OEE_NO_DATA}, {100, 200, OEE_RUNNING}, {200, 300, OEE_FAULT}, {300, 410, OEE_RUNNING}, {410, 500, OEE_NO_DATA}},
        5);
    check_states(120, 250, (const int64_t[][3]){{120, 200, OEE_RUNNING}, {200, 250, OEE_FAULT}}, 2);
    check_states(600, 700, (const int64_t[][3]){{600, 700, OEE_NO_DATA}}, 1);
    check_states(200, 200, NULL, 0);
}
END_TEST

START_TEST(test_machine_state_now)
{
    enum oee_state now;
    int64_t since_us;
    OK(store_machine_state(store, press, &now, &since_us, &err), err);
    ck_assert_int_eq(now, OEE_NO_DATA);
    ck_assert_int_eq(since_us, 0);
    state(100, OEE_RUNNING);
    alive(T0 + 400 * SECOND_US);
    fixture_commit(store);
    fixture_clock(T0 + 410 * SECOND_US);
    OK(store_machine_state(store, press, &now, &since_us, &err), err);
    ck_assert_int_eq(now, OEE_RUNNING);
    ck_assert_int_eq(since_us, T0 + 100 * SECOND_US);
    fixture_clock(T0 + 411 * SECOND_US);
    OK(store_machine_state(store, press, &now, &since_us, &err), err);
    ck_assert_int_eq(now, OEE_NO_DATA);
    ck_assert_int_eq(since_us, T0 + 410 * SECOND_US);
}
END_TEST

START_TEST(test_silence_between_collectors)
{
    state(100, OEE_RUNNING);
    alive(T0 + 200 * SECOND_US);
    fixture_commit(store);
    fixture_clock(T0 + 205 * SECOND_US);
    OK(store_identify(store, plant, &err), err); /* a reload: nothing is lost */
    fixture_clock(T0 + 900 * SECOND_US);
    OK(store_identify(store, plant, &err), err); /* a new collector, much later */
    fixture_begin(store);
    state(901, OEE_RUNNING);
    alive(T0 + 950 * SECOND_US);
    fixture_commit(store);
    check_states(100, 950, (const int64_t[][3]){{100, 210, OEE_RUNNING}, {210, 901, OEE_NO_DATA}, {901, 950, OEE_RUNNING}}, 3);
}
END_TEST

START_TEST(test_machine_counts)
{
    int64_t parts, rejects, minute = T0 - T0 % MINUTE_US;
    OK(record_machine_count(store, press, minute + 1, 3, 1, &err), err);
    OK(record_machine_count(store, press, minute + 59 * SECOND_US, 4, 0, &err), err);
    OK(record_machine_count(store, press, minute + 60 * SECOND_US, 10, 2, &err), err);
    fixture_commit(store);
    OK(store_machine_counts(store, press, minute, minute + MINUTE_US, &parts, &rejects, &err), err);
    ck_assert_int_eq(parts, 7);
    ck_assert_int_eq(rejects, 1);
    OK(store_machine_counts(store, press, 0, INT64_MAX, &parts, &rejects, &err), err);
    ck_assert_int_eq(parts, 17);
    OK(store_machine_counts(store, press + 1, 0, INT64_MAX, &parts, &rejects, &err), err);
    ck_assert_int_eq(parts, 0);
}
END_TEST

static void raise_alarm(const char *key, int64_t time_us, enum alarm_priority priority)
{
    struct alarm_source source = {
        .kind = "signal", .key = key, .object = "bore-dia", .machine = "press-1", .priority = priority, .characteristic = bore, .point = 3};
    OK(record_alarm_raise(store, time_us, &source, "rule 5", &err), err);
}

/* The only open alarm, or the newest of the history. */
static struct alarm one_alarm(bool open, size_t expected_count)
{
    struct alarm *alarms, first = {0};
    size_t count;
    OK(store_alarms(store, open, 100, &alarms, &count, &err), err);
    ck_assert_uint_eq(count, expected_count);
    if (count)
        first = alarms[0];
    free(alarms);
    return first;
}

START_TEST(test_alarm_memories)
{
    raise_alarm("signal/bore-dia/5", T0, ALARM_MEDIUM);
    raise_alarm("signal/bore-dia/5", T0 + 1, ALARM_MEDIUM);
    struct alarm a = one_alarm(true, 1);
    ck_assert_int_eq(a.raised_us, T0);
    ck_assert_int_eq(a.last_us, T0 + 1);
    ck_assert_int_eq(a.count, 2);
    ck_assert(alarm_is_active(&a) && alarm_is_new(&a));
    ck_assert_str_eq(a.machine, "press-1");
    ck_assert_str_eq(a.text, "rule 5");
    ck_assert_int_eq(a.characteristic, bore);
    ck_assert_int_eq(a.point, 3);

    OK(record_alarm_clear(store, T0 + 2, a.key, &err), err);
    a = one_alarm(true, 1);
    ck_assert(!alarm_is_active(&a) && alarm_is_new(&a));
    raise_alarm(a.key, T0 + 3, ALARM_MEDIUM); /* nobody saw it clear: the same alarm */
    a = one_alarm(true, 1);
    ck_assert(alarm_is_active(&a));
    ck_assert_int_eq(a.count, 3);
    ck_assert_int_eq(a.raised_us, T0);
    fixture_commit(store);

    OK(action_acknowledge_alarm(store, a.id, "mei", T0 + 4, &err), err);
    OK(action_acknowledge_alarm(store, a.id, "late", T0 + 5, &err), err);
    a = one_alarm(true, 1);
    ck_assert_str_eq(a.acknowledged_by, "mei");
    ck_assert_int_eq(a.acknowledged_us, T0 + 4);
    fixture_begin(store);
    OK(record_alarm_clear(store, T0 + 6, a.key, &err), err);
    one_alarm(true, 0);
    raise_alarm(a.key, T0 + 7, ALARM_MEDIUM); /* a new one */
    fixture_commit(store);
    a = one_alarm(false, 2);
    ck_assert_int_eq(a.raised_us, T0 + 7);
    ck_assert_int_eq(a.count, 1);
    FAILS(action_acknowledge_alarm(store, 99, "mei", T0, &err), err, ERR_NOT_FOUND, "99");
}
END_TEST

START_TEST(test_alarm_order)
{
    raise_alarm("low", T0 + 9, ALARM_LOW);
    raise_alarm("high", T0, ALARM_HIGH);
    raise_alarm("seen", T0, ALARM_HIGH);
    raise_alarm("high-newer", T0 + 1, ALARM_HIGH);
    fixture_commit(store);
    struct alarm *alarms;
    size_t count;
    OK(action_acknowledge_alarm(store, 3, "mei", T0, &err), err);
    OK(store_alarms(store, true, 100, &alarms, &count, &err), err);
    ck_assert_uint_eq(count, 4);
    static const char *const order[] = {"high-newer", "high", "low", "seen"};
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(alarms[i].key, order[i]);
    free(alarms);
}
END_TEST

/* What the audit table says, by a tool of its own. */
static int64_t audit_rows(const char *what)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(test_path("plant.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, "SELECT count(*) FROM audit WHERE who = 'mei' AND what = ?", -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_text(statement, 1, what, -1, SQLITE_STATIC);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    ck_assert_int_eq(sqlite3_exec(db, "DELETE FROM audit", NULL, NULL, NULL), SQLITE_CONSTRAINT); /* rows stay */
    ck_assert_int_eq(sqlite3_exec(db, "UPDATE audit SET who = 'eve'", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    sqlite3_close(db);
    return count;
}

START_TEST(test_acknowledge_characteristic)
{
    int count;
    raise_alarm("a", T0, ALARM_HIGH);
    raise_alarm("b", T0, ALARM_HIGH);
    struct alarm_source link = {.kind = "link", .key = "link/gauge-7", .object = "gauge-7", .priority = ALARM_HIGH};
    OK(record_alarm_raise(store, T0, &link, "silent", &err), err);
    fixture_commit(store);
    OK(action_acknowledge_characteristic(store, bore, "mei", T0 + 1, &count, &err), err);
    ck_assert_int_eq(count, 2);
    OK(action_acknowledge_characteristic(store, bore, "mei", T0 + 1, &count, &err), err);
    ck_assert_int_eq(count, 0);
    struct alarm a = one_alarm(true, 3);
    ck_assert_str_eq(a.kind, "link");
    ck_assert_int_eq(audit_rows("acknowledge"), 2);
}
END_TEST

START_TEST(test_cause)
{
    struct point p = fixture_point(bore, 1), got;
    OK(record_point(store, &p, &err), err);
    fixture_commit(store);
    struct store *person = fixture_store(STORE_WRITE, plant);
    OK(action_cause(person, bore, 1, "tool worn", "changed", "mei", T0, &err), err);
    OK(action_cause(person, bore, 1, "tool broken", "replaced", "mei", T0 + 1, &err), err);
    FAILS(action_cause(person, bore, 1, "", "x", "mei", T0, &err), err, ERR_USAGE, "cause");
    FAILS(action_cause(person, bore, 2, "a", "b", "mei", T0, &err), err, ERR_NOT_FOUND, "bore-dia has no point 2");
    store_close(person);
    struct point_cursor *cursor;
    OK(point_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    ck_assert_int_eq(point_cursor_next(cursor, &got, &err), 1);
    ck_assert_str_eq(got.cause, "tool broken");
    ck_assert_str_eq(got.action, "replaced");
    ck_assert_str_eq(got.who, "mei");
    ck_assert_int_eq(point_cursor_next(cursor, &got, &err), 0);
    point_cursor_close(cursor);
    ck_assert_int_eq(audit_rows("cause"), 2);
}
END_TEST

START_TEST(test_link_status)
{
    struct link_status s = {.instrument = plant->instruments[0].id,
                            .time_us = T0,
                            .last_answer_us = T0 - 1,
                            .last_error_us = T0 - 2,
                            .state = "online",
                            .last_error = "no answer",
                            .requests = 1,
                            .answers = 2,
                            .timeouts = 3,
                            .exceptions = 4,
                            .disconnects = 5,
                            .protocol_errors = 6,
                            .skipped = 7,
                            .rtt_ms = 0.5,
                            .rtt_mean_ms = 0.6,
                            .rtt_max_ms = 0.7,
                            .lateness_p99_ms = 0.8,
                            .next_us = T0 + 1,
                            .address = "127.0.0.1:502 unit 1"};
    struct link_status got;
    FAILS(store_link_status(store, s.instrument, &got, &err), err, ERR_NOT_FOUND, "not been polled");
    OK(record_link_status(store, &s, &err), err);
    fixture_commit(store);
    OK(store_link_status(store, s.instrument, &got, &err), err);
    ck_assert_mem_eq(&got, &s, sizeof s);
}
END_TEST

START_TEST(test_collector_status)
{
    struct collector_status s = {.time_us = 1,
                                 .started_us = 2,
                                 .pid = 3,
                                 .queued = 4,
                                 .dropped = 5,
                                 .commits = 6,
                                 .readings = 7,
                                 .measurements = 8,
                                 .commit_ms_mean = 9,
                                 .commit_ms_max = 10};
    struct collector_status got;
    FAILS(store_collector_status(store, &got, &err), err, ERR_NOT_FOUND, "gemba collect");
    OK(record_collector_status(store, &s, &err), err);
    OK(store_collector_status(store, &got, &err), err);
    ck_assert_mem_eq(&got, &s, sizeof s);
}
END_TEST

START_TEST(test_events)
{
    struct event *events;
    size_t count;
    for (int i = 0; i < 5; i++)
        OK(record_event(store, T0 + i, "counter", "gauge-7.sequence", i == 3 ? "jumped by 3" : "reset", &err), err);
    fixture_commit(store);
    OK(store_events(store, T0, T0 + 4, 2, &events, &count, &err), err);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(events[0].time_us, T0 + 3);
    ck_assert_str_eq(events[0].text, "jumped by 3");
    ck_assert_str_eq(events[0].kind, "counter");
    ck_assert_int_eq(events[1].time_us, T0 + 2);
    free(events);
}
END_TEST

START_TEST(test_anchor)
{
    struct clock_anchor got;
    fixture_commit(store);
    OK(store_anchor(store, &got, &err), err);
    ck_assert_double_eq(got.speed, 1);
    ck_assert_int_eq(got.real_us, got.plant_us);
    OK(store_set_anchor(store, (struct clock_anchor){T0, T0 + 5, 60}, &err), err);
    OK(store_anchor(store, &got, &err), err);
    ck_assert_int_eq(got.real_us, T0);
    ck_assert_int_eq(got.plant_us, T0 + 5);
    ck_assert_double_eq(got.speed, 60);
}
END_TEST

Suite *state_suite(void);
Suite *state_suite(void)
{
    const struct fixture_test tests[] = {
        {"state: a machine's states over a period", test_machine_states},
        {"state: a machine's state now", test_machine_state_now},
        {"state: nobody knows what happened between two collectors", test_silence_between_collectors},
        {"state: part counts by the minute", test_machine_counts},
        {"state: alarms are active and unacknowledged", test_alarm_memories},
        {"state: alarms, most urgent first", test_alarm_order},
        {"state: acknowledging a characteristic", test_acknowledge_characteristic},
        {"state: causes, the newest shows", test_cause},
        {"state: links", test_link_status},
        {"state: collector", test_collector_status},
        {"state: the plant's log", test_events},
        {"state: the plant's clock", test_anchor},
    };
    return fixture_suite("state", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
