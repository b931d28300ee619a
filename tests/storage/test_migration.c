/* Files of every earlier schema are opened by the collector: all they hold is there afterwards, and an interrupted migration changes nothing. */
#include "tests/storage/fixture.h"
#include "tests/storage/shim.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OLDEST = 1, CALLS_MAX = 5000 };
/* Schemas of which tests/storage/old has a file; people have files of the newest one too, which the next step must not break. */
static const int stored[] = {OLDEST, 2, 3, 4, 11};
enum { STORED = sizeof stored / sizeof stored[0] };

static struct plant *plant;
static struct error err;

/* test_path("plant.db") as gemba wrote it at a schema: its statements are run. */
static void load(int schema)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (int i = 0; i < 4; i++) {
        char *path = memory_format("%s%s", test_path("plant.db"), ends[i]);
        unlink(path);
        free(path);
    }
    char name[64], *text = memory_zero(1 << 20, 1), *message = NULL;
    snprintf(name, sizeof name, "tests/storage/old/schema-%d.sql", schema);
    FILE *file = fopen(name, "r");
    ck_assert_msg(file != NULL, "no %s: run the tests from the project's root", name);
    ck_assert_uint_lt(fread(text, 1, 1 << 20, file), (1 << 20) - 1);
    fclose(file);
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(test_path("plant.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(db, text, NULL, NULL, &message) == SQLITE_OK, "%s: %s", name, message);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    free(text);
}

static int64_t ask(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(test_path("plant.db"), &db), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t answer = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return answer;
}

/* --- what the stored files hold */

static void has_measurements(struct store *store)
{
    static const double special[] = {5e-324, -2.225073858507201e-308, 1.7976931348623157e308, 0.1, 123456789012345680.0};
    struct measurement_cursor *cursor;
    struct measurement m;
    char serial[16];
    int64_t i = 0;
    OK(measurement_cursor_open(&cursor, store, plant->characteristics[0].id, 0, INT64_MAX, 0, &err), err);
    for (; measurement_cursor_next(cursor, &m, &err) == 1; i++) {
        snprintf(serial, sizeof serial, "S%lld", (long long)i);
        ck_assert_int_eq(m.time_us, T0 + i * SECOND_US);
        ck_assert_str_eq(m.serial, serial);
        ck_assert(i == 7 ? isnan(m.value) : m.value == 25 + 0.1 * (double)(i % 7));
        ck_assert_int_eq(m.quality, i == 7 ? QUALITY_BAD_TIMEOUT : QUALITY_GOOD);
        ck_assert_int_eq(m.point, i == 7 ? 0 : (i - (i > 7)) / 5 + 1);
    }
    ck_assert_int_eq(i, 20);
    measurement_cursor_close(cursor);
    i = 0;
    OK(measurement_cursor_open(&cursor, store, plant->characteristics[1].id, 0, INT64_MAX, 0, &err), err);
    for (; measurement_cursor_next(cursor, &m, &err) == 1; i++) {
        ck_assert_int_eq(m.sequence, i);
        ck_assert(!memcmp(&m.value, &special[i], sizeof m.value));
    }
    ck_assert_int_eq(i, 5);
    measurement_cursor_close(cursor);
}

static void has_points(struct store *store)
{
    struct point_cursor *cursor;
    struct point p;
    struct limits limits;
    int64_t n = 0;
    OK(point_cursor_open(&cursor, store, plant->characteristics[0].id, 0, INT64_MAX, 0, &err), err);
    while (point_cursor_next(cursor, &p, &err) == 1) {
        n++;
        ck_assert_int_eq(p.number, n);
        ck_assert_int_eq(p.time_us, T0 + n * 5 * SECOND_US);
        ck_assert_double_eq(p.subgroup.location, 25 + 0.01 * (double)n);
        ck_assert_uint_eq(p.verdict.location_rules, n == 2);
        ck_assert_double_eq(p.verdict.location.ucl, 25.3);
        ck_assert_str_eq(p.chart->id, "xbar-r");
        ck_assert_str_eq(p.cause, n == 2 ? "tool worn" : "");
        ck_assert_int_eq(p.above, n == 3);
    }
    point_cursor_close(cursor);
    ck_assert_int_eq(n, 3);
    OK(store_limits_in_force(store, plant->characteristics[0].id, &limits, &err), err);
    ck_assert_int_eq(limits.state, LIMITS_TRIAL);
    ck_assert_double_eq(limits.sigma, 0.1);
    OK(store_limits(store, 1, &limits, &err), err);
    ck_assert_int_eq(limits.state, LIMITS_SUPERSEDED);
}

static void has_samples(struct store *store)
{
    struct sample_cursor *cursor;
    struct sample s;
    int64_t i = 0;
    OK(sample_cursor_open(&cursor, store, 0, 0, INT64_MAX, &err), err);
    for (; sample_cursor_next(cursor, &s, &err) == 1; i++) {
        static const char *const names[] = {"gauge-7.bore", "gauge-7.depth", "gauge-7.state", "gauge-7.serial"};
        ck_assert_str_eq(s.name, names[i % 4]);
        ck_assert_int_eq(s.time_us, T0 + i / 4 * SECOND_US);
        if (i / 4 == 7)
            ck_assert_int_eq(s.reading.quality, QUALITY_BAD_TIMEOUT);
        else if (i % 4 == 0)
            ck_assert_double_eq(s.reading.value, 25 + (double)(i / 4) * 0.125);
        else if (i % 4 == 3)
            ck_assert_int_eq(atoi(s.reading.text + 1), i / 4);
    }
    sample_cursor_close(cursor);
    ck_assert_int_eq(i, 80);
}

static void has_rest(struct store *store)
{
    struct alarm *alarms;
    struct event *events;
    struct standing standing;
    struct link_status link;
    struct state_interval *states;
    size_t count;
    int64_t parts, rejects;
    OK(store_alarms(store, true, 10, &alarms, &count, &err), err);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(alarms[0].text, "rule 1 at point 2");
    free(alarms);
    OK(store_events(store, 0, T0 + 1, 10, &events, &count, &err), err);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(events[0].object, "gauge-7.state");
    free(events);
    OK(store_standing(store, plant->characteristics[0].id, &standing, &err), err);
    ck_assert_int_eq(standing.moments.n, 19);
    OK(store_link_status(store, plant->instruments[0].id, &link, &err), err);
    ck_assert_int_eq(link.timeouts, 1);
    OK(store_machine_counts(store, plant->machines[0].id, 0, INT64_MAX, &parts, &rejects, &err), err);
    ck_assert(parts == 17 && rejects == 2);
    OK(store_machine_states(store, plant->machines[0].id, T0, T0 + 12 * SECOND_US, &states, &count, &err), err);
    ck_assert(count == 2 && states[0].state == OEE_RUNNING && states[1].state == OEE_FAULT);
    free(states);
}

static void has_all(void)
{
    struct store *store = fixture_store(STORE_READ, plant);
    has_measurements(store);
    has_points(store);
    has_samples(store);
    has_rest(store);
    store_close(store);
    ck_assert_int_eq(ask("SELECT count(*) FROM audit WHERE text = 'tool worn; tool changed'"), 1);
    ck_assert_int_eq(ask("SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
}

static void teardown(void)
{
    plant_free(plant);
}

static void say_finding(const struct verify_finding *finding, void *count)
{
    ++*(int *)count;
    fprintf(stderr, "%s %s %s: %s\n", finding->check, finding->table, finding->series, finding->text);
}

/* The chain and what is packed are whole. */
static void is_sealed_and_packed(void)
{
    static const char *const checks[] = {"file", "references", "audit", "journal", "polls", "chunks"};
    struct store *store = fixture_store(STORE_READ, plant);
    int findings = 0;
    struct verify_hooks hooks = {say_finding, NULL, &findings};
    struct verify_outcome outcome;
    for (size_t i = 0; i < verify_count(); i++)
        for (size_t j = 0; j < sizeof checks / sizeof checks[0]; j++)
            if (!strcmp(verify_name(i), checks[j]))
                OK(verify_run(store, i, &hooks, &outcome, &err), err);
    ck_assert_int_eq(findings, 0);
    store_close(store);
}

START_TEST(test_every_schema)
{
    store_close(fixture_store(STORE_RECORD, NULL));
    int64_t present = ask("PRAGMA user_version");
    ck_assert_int_ge(present, stored[STORED - 1]);
    for (int i = 0; i < STORED; i++) {
        load(stored[i]);
        struct store *store;
        ck_assert_int_eq(ask("PRAGMA user_version"), stored[i]);
        ck_assert_int_eq(stored[i] < 11 || ask("SELECT count(*) FROM chunk, journal_chunk") > 0, 1);
        if (stored[i] < present)
            FAILS(store_open(&store, test_path("plant.db"), STORE_READ, &err), err, ERR_READ_ONLY, "brings it up to date");
        store_close(fixture_store(STORE_RECORD, plant));
        has_all();
        is_sealed_and_packed();
        ck_assert_int_eq(ask("PRAGMA user_version"), present);
        store_close(fixture_store(STORE_WRITE, plant));
    }
}
END_TEST

/* An upgraded file is recorded into like a new one. */
START_TEST(test_goes_on)
{
    load(OLDEST);
    struct store *store = fixture_store(STORE_RECORD, plant);
    struct measurement m = fixture_measurement(plant->characteristics[0].id, 20), again = m;
    struct reading readings[4] = {{.value = 1}, {.value = 2}, {.value = 3}, {.value = NAN, .text = "S20"}};
    fixture_begin(store);
    OK(record_measurement(store, &m, &err), err);
    again.time_us = T0; /* of an old row: the first stays */
    OK(record_measurement(store, &again, &err), err);
    OK(record_journal(store, &plant->instruments[0], m.time_us, readings, &err), err);
    fixture_commit(store);
    struct measurement_cursor *cursor;
    int64_t count = 0;
    OK(measurement_cursor_open(&cursor, store, m.characteristic, 0, INT64_MAX, 0, &err), err);
    while (measurement_cursor_next(cursor, &again, &err) == 1)
        ck_assert_int_eq(again.time_us, T0 + count++ * SECOND_US);
    measurement_cursor_close(cursor);
    ck_assert_int_eq(count, 21);
    store_close(store);
}
END_TEST

/* What the old file held, in a number; whatever the schema is. */
static int64_t old_rows(void)
{
    return ask("SELECT (SELECT count(*) FROM journal) * 1000000 + (SELECT count(*) FROM measurement) * 10000 + (SELECT count(*) FROM point) * 100"
               " + (SELECT count(*) FROM sqlite_master WHERE name IN ('lesson', 'write_request', 'note'))");
}

START_TEST(test_failing_disk)
{
    shim_install();
    load(OLDEST);
    const int64_t rows = old_rows();
    bool failed = true;
    int n = 1;
    for (; failed; n++) {
        struct store *store = NULL;
        load(OLDEST);
        shim_arm(SHIM_DISK, n, n % 2 ? SHIM_ONCE : SHIM_STAYS);
        int result = store_open(&store, test_path("plant.db"), STORE_RECORD, &err);
        failed = shim_disarm();
        if (result) {
            ck_assert_msg(err.code != ERR_NONE && strstr(err.text, "plant.db"), "call %d: %s", n, err.text);
            ck_assert_int_eq(ask("PRAGMA user_version"), OLDEST);
            ck_assert_int_eq(old_rows(), rows);
        }
        store_close(store);
        store_close(fixture_store(STORE_RECORD, plant));
        has_all();
        ck_assert_int_lt(n, CALLS_MAX);
    }
    ck_assert_int_gt(n, 10);
}
END_TEST

START_TEST(test_death)
{
    shim_install();
    load(OLDEST);
    const int64_t rows = old_rows();
    int status = 0, n = 1;
    do {
        load(OLDEST);
        pid_t child = fork();
        if (child == 0) {
            struct store *store;
            shim_arm(SHIM_WRITE | SHIM_SYNC | SHIM_TRUNCATE | SHIM_DELETE, n, SHIM_DIES);
            if (store_open(&store, test_path("plant.db"), STORE_RECORD, &err))
                _exit(1);
            store_close(store);
            _exit(0);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFEXITED(status) && (WEXITSTATUS(status) == SHIM_DIED || WEXITSTATUS(status) == 0));
        if (ask("PRAGMA user_version") == OLDEST)
            ck_assert_int_eq(old_rows(), rows);
        store_close(fixture_store(STORE_RECORD, plant));
        has_all();
        n += 1 + n / 8;
    } while (WEXITSTATUS(status) && n < CALLS_MAX);
    ck_assert_int_gt(n, 5);
}
END_TEST

Suite *migration_suite(void);
Suite *migration_suite(void)
{
    const struct fixture_test tests[] = {
        {"migration: from every earlier schema", test_every_schema},
        {"migration: an old file is recorded into", test_goes_on},
        {"migration: the n-th call of the disk fails", test_failing_disk},
        {"migration: the collector dies at its n-th write", test_death},
    };
    return fixture_suite("migration", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
