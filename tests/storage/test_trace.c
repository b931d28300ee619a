/* Tracing a part through rows and chunks, and retention, which drops values and keeps what they said. */
#include "storage/chunk.h"
#include "tests/storage/fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct plant *plant;
static struct store *store;
static struct error err;
static int64_t bore;

enum { POINTS = 600, VALUES = 5 * POINTS, LOT = 100 };

static void put_point(int64_t number, int64_t time_us, const double *values)
{
    struct point p = {.characteristic = bore, .number = number, .time_us = time_us, .verdict = {.location = {25, 24.1, 25.9, 0.3}}};
    p.subgroup = plant->characteristics[0].chart->summarise(values, 5, NULL);
    OK(record_point(store, &p, &err), err);
}

/* Values S0, S1, ... in lots of a hundred, five a point. */
static void fill(void)
{
    struct standing standing = {.characteristic = bore, .points = POINTS};
    fixture_begin(store);
    for (int64_t i = 0; i < VALUES; i++) {
        struct context context = {.gauge = "gauge-7", .operator= "mei" };
        struct measurement m = fixture_measurement(bore, i);
        snprintf(context.lot, sizeof context.lot, "L%lld", (long long)i / LOT);
        snprintf(context.order, sizeof context.order, "O%lld", (long long)i / (10 * LOT));
        OK(record_context(store, &context, &m.context, &err), err);
        OK(record_measurement(store, &m, &err), err);
        moments_add(&standing.moments, m.value);
        standing.time_us = m.time_us;
        if (i % 5 != 4)
            continue;
        double values[5];
        for (int k = 0; k < 5; k++)
            values[k] = fixture_measurement(bore, i - 4 + k).value;
        put_point(i / 5 + 1, m.time_us, values);
    }
    OK(record_standing(store, &standing, &err), err);
    fixture_commit(store);
}

static int64_t ask(const char *sql)
{
    sqlite3_stmt *statement;
    ck_assert_msg(sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(store->db));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return answer;
}

static void pack_all(int64_t keep)
{
    bool more = true;
    while (more)
        OK(store_pack(store, keep, SECOND_US, &more, &err), err);
}

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
    store = fixture_store(STORE_RECORD, plant);
    bore = plant->characteristics[0].id;
    fixture_clock(T0 + VALUES * SECOND_US);
    fill();
}

static void teardown(void)
{
    store_close(store);
    plant_free(plant);
}

static size_t traced(enum trace_key key, const char *text, struct measurement *first)
{
    struct measurement *list;
    size_t count;
    OK(store_trace(store, key, text, &list, &count, &err), err);
    for (size_t i = 1; i < count; i++)
        ck_assert_int_lt(list[i - 1].time_us, list[i].time_us);
    if (count && first)
        *first = list[0];
    free(list);
    return count;
}

/* The same answers whether nothing, half, or everything is packed. */
static void check_all_keys(void)
{
    struct measurement m = {0};
    struct point_finder *finder = point_finder_create(store);
    for (int64_t i = 3; i < VALUES; i += 601) {
        char text[32];
        snprintf(text, sizeof text, "S%lld", (long long)i);
        ck_assert_msg(traced(TRACE_SERIAL, text, &m) == 1, "%s", text);
        ck_assert_int_eq(m.time_us, T0 + i * SECOND_US);
        ck_assert_double_eq(m.value, fixture_measurement(bore, i).value);
        struct point point;
        struct context context;
        ck_assert_int_eq(point_finder_find(finder, &m, &point, &err), 1);
        ck_assert_int_eq(point.number, i / 5 + 1);
        OK(store_context(store, m.context, &context, &err), err);
        ck_assert_str_eq(context.gauge, "gauge-7");
    }
    for (int64_t step = 0; step < VALUES; step++) { /* one by one, in the middle back in time */
        struct point point;
        int64_t i = step < 1000 ? step : step - 700;
        m = fixture_measurement(bore, i);
        ck_assert_int_eq(point_finder_find(finder, &m, &point, &err), 1);
        ck_assert_int_eq(point.number, i / 5 + 1);
    }
    m.point = POINTS + 1;
    struct point none;
    ck_assert_int_eq(point_finder_find(finder, &m, &none, &err), 0);
    point_finder_destroy(finder);
    ck_assert_uint_eq(traced(TRACE_LOT, "L7", &m), LOT);
    ck_assert_str_eq(m.serial, "S700");
    ck_assert_uint_eq(traced(TRACE_ORDER, "O2", NULL), 10 * LOT);
    ck_assert_uint_eq(traced(TRACE_SERIAL, "S99999", NULL), 0);
    ck_assert_uint_eq(traced(TRACE_LOT, "S700", NULL), 0);
}

START_TEST(test_trace_rows_and_chunks)
{
    check_all_keys();
    pack_all(1000);
    check_all_keys();
    pack_all(0);
    check_all_keys();
    struct measurement *list;
    size_t count;
    FAILS(store_trace(store, TRACE_SERIAL, "", &list, &count, &err), err, ERR_USAGE, "names no part");
}
END_TEST

START_TEST(test_alarms_of_a_time)
{
    struct alarm_source source = {.kind = "signal", .key = "signal/bore-dia", .object = "bore-dia", .priority = ALARM_HIGH, .characteristic = bore};
    fixture_begin(store);
    OK(record_alarm_raise(store, T0 + 100, &source, "rule 1", &err), err);
    OK(record_alarm_clear(store, T0 + 200, source.key, &err), err);
    fixture_commit(store);
    static const struct {
        int64_t from_us, to_us;
        size_t count;
    } times[] = {{T0, T0 + 99, 0}, {T0, T0 + 100, 1}, {T0 + 150, T0 + 160, 1}, {T0 + 200, T0 + 900, 1}, {T0 + 201, T0 + 900, 0}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct alarm *alarms;
        size_t count;
        OK(store_alarms_at(store, bore, times[i].from_us, times[i].to_us, &alarms, &count, &err), err);
        ck_assert_uint_eq(count, times[i].count);
        free(alarms);
    }
}
END_TEST

START_TEST(test_notes)
{
    struct note *notes;
    size_t count;
    FAILS(action_note(store, "S7", "", T0, "mei", T0, &err), err, ERR_USAGE, "text");
    OK(action_note(store, "S7", "scratched", T0, "mei", T0 + 5, &err), err);
    OK(action_note(store, "S7", "reworked", T0 + 1, "li", T0 + 6, &err), err);
    OK(action_note(store, "S8", "other", T0 + 2, "li", T0 + 7, &err), err);
    OK(store_notes(store, "S7", 0, INT64_MAX, 10, &notes, &count, &err), err);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(notes[0].text, "scratched");
    ck_assert_int_eq(notes[0].written_us, T0 + 5);
    ck_assert_str_eq(notes[1].who, "li");
    free(notes);
    OK(store_notes(store, NULL, T0 + 1, INT64_MAX, 10, &notes, &count, &err), err);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(notes[0].object, "S8");
    free(notes);
}
END_TEST

/* --- retention */

static int64_t count_measurements(void)
{
    struct measurement_cursor *cursor;
    struct measurement m;
    int64_t count = 0;
    int more;
    OK(measurement_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    while ((more = measurement_cursor_next(cursor, &m, &err)) == 1)
        count++;
    ck_assert_msg(more == 0, "%s", err.text);
    measurement_cursor_close(cursor);
    return count;
}

static int64_t count_points(void)
{
    struct point_cursor *cursor;
    struct point p;
    int64_t count = 0;
    OK(point_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    while (point_cursor_next(cursor, &p, &err) == 1)
        count++;
    point_cursor_close(cursor);
    return count;
}

static void say_finding(const struct verify_finding *finding, void *count)
{
    ++*(int *)count;
    fprintf(stderr, "%s %s %s: %s\n", finding->check, finding->table, finding->series, finding->text);
}

static int wrong_things(void)
{
    int count = 0;
    struct verify_hooks hooks = {say_finding, NULL, &count};
    struct verify_outcome outcome;
    for (size_t i = 0; i < verify_count(); i++)
        OK(verify_run(store, i, &hooks, &outcome, &err), err);
    return count;
}

START_TEST(test_values_go_verdicts_stay)
{
    struct retained would, went, again;
    int64_t half_us = T0 + VALUES / 2 * SECOND_US;
    pack_all(0);
    ck_assert_int_eq(wrong_things(), 0);
    OK(store_retain(store, KEEP_VALUES, half_us, true, "mei", &would, &err), err);
    ck_assert_int_gt(would.rows, 0);
    ck_assert_int_gt(would.bytes, 0);
    ck_assert_int_eq(would.from_us, T0);
    ck_assert_int_lt(would.to_us, half_us);
    ck_assert_int_eq(count_measurements(), VALUES); /* a dry run drops nothing */
    OK(store_retain(store, KEEP_VALUES, half_us, false, "mei", &went, &err), err);
    ck_assert_int_eq(went.rows, would.rows);
    ck_assert_int_eq(went.chunks, would.chunks);
    ck_assert_int_eq(count_measurements(), VALUES - went.rows);
    ck_assert_int_eq(count_points(), POINTS);
    ck_assert_int_eq(wrong_things(), 0);
    OK(store_retain(store, KEEP_VALUES, half_us, false, "mei", &again, &err), err);
    ck_assert_int_eq(again.rows, 0);
    ck_assert_uint_eq(traced(TRACE_SERIAL, "S3", NULL), 0);
    ck_assert_uint_eq(traced(TRACE_SERIAL, "S2999", NULL), 1);
}
END_TEST

static struct moments packed_moments(void)
{
    struct moments all = {0};
    struct chunk *chunks;
    size_t count;
    OK(chunk_list(store, bore, INT64_MIN, INT64_MAX, &chunks, &count, &err), err);
    for (size_t i = 0; i < count; i++)
        moments_merge(&all, &chunks[i].tally.moments);
    free(chunks);
    return all;
}

START_TEST(test_figures_of_dropped_values)
{
    struct retained went;
    pack_all(0);
    struct moments before = packed_moments();
    OK(store_retain(store, KEEP_VALUES, T0 + VALUES / 2 * SECOND_US, false, "mei", &went, &err), err);
    struct moments after = packed_moments();
    ck_assert_int_eq(before.n, VALUES);
    ck_assert_int_eq(after.n, before.n);
    ck_assert_double_eq(after.mean, before.mean);
    ck_assert_double_eq(after.m2, before.m2);
    ck_assert_double_eq(after.max, before.max);
}
END_TEST

/* The clock was set back, more than once, to where values were dropped: what is known of them stays, and takes in what came. */
START_TEST(test_late_among_dropped)
{
    enum { LATE = 40 };
    int64_t half_us = T0 + VALUES / 2 * SECOND_US, at = 0;
    struct retained went, again;
    double values[5];
    pack_all(0);
    struct moments all = packed_moments();
    OK(store_retain(store, KEEP_VALUES, half_us, false, "mei", &went, &err), err);
    for (int round = 0; round < 3; round++) {
        fixture_begin(store);
        for (int64_t i = 0; i < LATE; i++, at++) {
            struct measurement m = fixture_measurement(bore, at * 5);
            m.time_us += SECOND_US / 2;
            m.point = POINTS + at / 5 + 1;
            moments_add(&all, values[at % 5] = m.value += round);
            OK(record_measurement(store, &m, &err), err);
            if (at % 5 == 4)
                put_point(m.point, m.time_us, values);
        }
        fixture_commit(store);
        pack_all(0);
        struct moments now = packed_moments();
        ck_assert_int_eq(now.n, all.n);
        ck_assert_close(now.mean, all.mean, 1e-12);
        ck_assert_close(now.m2, all.m2, 1e-9);
        ck_assert_double_eq(now.max, all.max);
        ck_assert_int_eq(count_measurements(), VALUES - went.rows + at);
        ck_assert_int_eq(count_points(), POINTS + at / 5);
        ck_assert_int_eq(wrong_things(), 0);
    }
    OK(store_retain(store, KEEP_VALUES, half_us, false, "mei", &again, &err), err);
    ck_assert_int_eq(again.rows, at); /* not those that went before */
    ck_assert_int_eq(packed_moments().n, all.n);
    ck_assert_int_eq(count_measurements(), VALUES - went.rows);
    ck_assert_int_eq(wrong_things(), 0);
}
END_TEST

/* Late values one after the other: each chunk is unpacked once to see whether they are there, and again when another program changed it. */
START_TEST(test_late_ones_unpack_once)
{
    enum { LATE = 1500 };
    struct store *other;
    struct retained went;
    pack_all(0);
    int64_t chunks = ask("SELECT count(*) FROM chunk");
    fixture_begin(store);
    for (int64_t i = 0; i < LATE; i++) {
        struct measurement there = fixture_measurement(bore, i), m = there;
        m.time_us += SECOND_US / 2;
        OK(record_measurement(store, &m, &err), err);
        OK(record_measurement(store, &there, &err), err);
    }
    fixture_commit(store);
    ck_assert_int_eq(ask("SELECT count(*) FROM measurement"), LATE);
    ck_assert_int_le(sqlite3_stmt_status(store->statements[QUERY_CHUNK_VALUES], SQLITE_STMTSTATUS_RUN, 0), chunks);
    OK(store_open(&other, store->path, STORE_WRITE, &err), err);
    OK(store_retain(other, KEEP_VALUES, T0 + VALUES * SECOND_US, false, "mei", &went, &err), err);
    store_close(other);
    ck_assert_int_gt(went.rows, LATE);
    fixture_begin(store);
    struct measurement m = fixture_measurement(bore, LATE - 1);
    OK(record_measurement(store, &m, &err), err);
    fixture_commit(store);
    ck_assert_int_eq(ask("SELECT count(*) FROM measurement"), LATE + 1);
}
END_TEST

START_TEST(test_readings_and_events_go)
{
    struct reading readings[4] = {{.value = 1.5}, {.value = 2.5}, {.value = 3}, {.text = "S1"}};
    struct retained went;
    fixture_begin(store);
    for (int64_t i = 0; i < 5000; i++)
        OK(record_journal(store, &plant->instruments[0], T0 + i * SECOND_US, readings, &err), err);
    for (int64_t i = 0; i < 10; i++)
        OK(record_event(store, T0 + i * SECOND_US, "counter", "press-1", "jumped", &err), err);
    OK(record_machine_count(store, plant->machines[0].id, T0, 10, 1, &err), err);
    OK(record_machine_count(store, plant->machines[0].id, T0 + HOUR_US, 20, 2, &err), err);
    fixture_commit(store);
    OK(store_retain(store, KEEP_READINGS, T0 + 4000 * SECOND_US, false, "mei", &went, &err), err);
    ck_assert_int_eq(went.rows, 4000);
    struct sample_cursor *cursor;
    struct sample sample;
    int64_t samples = 0;
    OK(sample_cursor_open(&cursor, store, plant->instruments[0].tags[0].id, 0, INT64_MAX, &err), err);
    for (; sample_cursor_next(cursor, &sample, &err) == 1; samples++)
        ck_assert_int_ge(sample.time_us, T0 + 4000 * SECOND_US);
    sample_cursor_close(cursor);
    ck_assert_int_eq(samples, 1000);
    OK(store_retain(store, KEEP_EVENTS, T0 + 5 * SECOND_US, false, "mei", &went, &err), err);
    ck_assert_int_eq(went.rows, 5);
    OK(store_retain(store, KEEP_COUNTS, T0 + HOUR_US / 2, false, "mei", &went, &err), err);
    ck_assert_int_eq(went.rows, 1);
    int64_t parts, rejects;
    OK(store_machine_counts(store, plant->machines[0].id, 0, INT64_MAX, &parts, &rejects, &err), err);
    ck_assert_int_eq(parts, 20);
    ck_assert_int_eq(wrong_things(), 0);
}
END_TEST

START_TEST(test_packed_readings_go)
{
    struct reading readings[4] = {{.value = 1.5}, {.value = 2.5}, {.value = 3}, {.text = "S1"}};
    struct retained would, went;
    fixture_begin(store);
    for (int64_t i = 0; i < 5000; i++)
        OK(record_journal(store, &plant->instruments[0], T0 + i * SECOND_US, readings, &err), err);
    fixture_commit(store);
    pack_all(0);
    OK(store_retain(store, KEEP_READINGS, T0 + 4000 * SECOND_US, true, "mei", &would, &err), err);
    ck_assert_int_gt(would.chunks, 0);
    OK(store_retain(store, KEEP_READINGS, T0 + 4000 * SECOND_US, false, "mei", &went, &err), err);
    ck_assert_int_eq(went.rows, would.rows);
    OK(store_retain(store, KEEP_READINGS, T0 + 4000 * SECOND_US, true, "mei", &would, &err), err);
    ck_assert_int_eq(would.rows, 0);
    ck_assert_int_eq(wrong_things(), 0);
}
END_TEST

/* --- damage in what is packed */

static struct verify_finding first;
static void take_first(const struct verify_finding *finding, void *count)
{
    if (++*(int *)count == 1)
        first = *finding;
}

static int wrong_in(const char *check)
{
    int count = 0;
    struct verify_hooks hooks = {take_first, NULL, &count};
    struct verify_outcome outcome;
    struct store *reader = fixture_store(STORE_READ, NULL);
    for (size_t i = 0; i < verify_count(); i++)
        if (!strcmp(check, verify_name(i)))
            OK(verify_run(reader, i, &hooks, &outcome, &err), err);
    store_close(reader);
    return count;
}

static void meddle(const char *sql)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(test_path("plant.db"), &db), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    ck_assert_int_eq(sqlite3_changes(db), 1);
    sqlite3_close(db);
}

#define FLIP(table, where) "UPDATE " table " SET data = cast(substr(data, 1, 99) || x'5a' || substr(data, 101) AS BLOB) WHERE " where
#define SECOND_CHUNK "id = (SELECT id FROM chunk ORDER BY first_us LIMIT 1 OFFSET 1)"
static const struct {
    const char *check, *sql, *table, *words;
} packed_damages[] = {
    {"chunks", FLIP("chunk_values", SECOND_CHUNK), "chunk", "bore-dia"},
    {"chunks", FLIP("chunk_points", SECOND_CHUNK), "chunk", "bore-dia"},
    {"chunks", "DELETE FROM chunk_values WHERE " SECOND_CHUNK, "chunk", "bore-dia"},
    {"chunks", "UPDATE chunk SET mean = mean + 0.001 WHERE " SECOND_CHUNK, "chunk", "the mean is"},
    {"chunks", "UPDATE chunk SET n = n - 1 WHERE " SECOND_CHUNK, "chunk", "the number of good values is"},
    {"chunks", "UPDATE chunk SET max = max + 1 WHERE " SECOND_CHUNK, "chunk", "the largest value is"},
    {"polls", FLIP("journal_data", "id = (SELECT min(id) FROM journal_data)"), "journal_chunk", "gauge-7"},
    {"polls", "UPDATE journal_chunk SET polls = polls + 1 WHERE id = (SELECT min(id) FROM journal_chunk)", "journal_chunk", "are said to be in it"},
};

START_TEST(test_packed_damage)
{
    struct reading readings[4] = {{.value = 1.5}, {.value = 2.5}, {.value = 3}, {.text = "S1"}};
    fixture_begin(store);
    for (int64_t i = 0; i < 3000; i++) {
        readings[0].value = (double)(float)(1 + 0.001 * (double)(i * 7919 % 401));
        OK(record_journal(store, &plant->instruments[0], T0 + i * SECOND_US, readings, &err), err);
    }
    fixture_commit(store);
    pack_all(0);
    ck_assert_int_eq(wrong_in(packed_damages[_i].check), 0);
    meddle(packed_damages[_i].sql);
    ck_assert_msg(wrong_in(packed_damages[_i].check) >= 1, "%s was not seen", packed_damages[_i].sql);
    ck_assert_str_eq(first.table, packed_damages[_i].table);
    ck_assert_int_ge(first.time_us, T0);
    ck_assert_msg(strstr(first.text, packed_damages[_i].words) || strstr(first.series, packed_damages[_i].words), "%s: %s", first.series, first.text);
}
END_TEST

Suite *trace_suite(void);
Suite *trace_suite(void)
{
    const struct fixture_test tests[] = {
        {"trace: rows and chunks", test_trace_rows_and_chunks},
        {"trace: alarms of a time", test_alarms_of_a_time},
        {"notes", test_notes},
        {"retain: values go, verdicts stay", test_values_go_verdicts_stay},
        {"retain: figures stay", test_figures_of_dropped_values},
        {"retain: late values among dropped ones", test_late_among_dropped},
        {"late values: a chunk is unpacked once", test_late_ones_unpack_once},
        {"retain: readings, events, counts", test_readings_and_events_go},
        {"retain: packed readings", test_packed_readings_go},
    };
    Suite *suite = fixture_suite("trace", tests, sizeof tests / sizeof tests[0], setup, teardown);
    TCase *damage = tcase_create("verify: packed damage");
    tcase_add_checked_fixture(damage, setup, teardown);
    tcase_add_loop_test(damage, test_packed_damage, 0, sizeof packed_damages / sizeof packed_damages[0]);
    suite_add_tcase(suite, damage);
    return suite;
}
