/* Whatever people ask of a store, when the n-th call of the disk or of the allocator fails: words, all of it or nothing, and the next try succeeds.
 */
#include "tests/storage/contents.h"
#include "tests/storage/shim.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POINTS = 40, POLLS = 30, CALLS_MAX = 20000, STEP = 24 };

static struct plant *plant;
static struct error err;
static int64_t bore, locked; /* locked: the limits in force */
static char path[400], base[400], copy[400];

/* --- what a store holds, in a number */

static uint64_t mix(uint64_t sum, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ byte[i]) * UINT64_C(0x100000001b3);
    return sum;
}

static uint64_t mix_rows(sqlite3 *db, const char *sql, uint64_t sum)
{
    sqlite3_stmt *rows;
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    while (sqlite3_step(rows) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            const void *cell = sqlite3_column_blob(rows, i);
            sum = mix(mix(sum, cell, (size_t)sqlite3_column_bytes(rows, i)), "|", 1);
        }
    ck_assert_msg(sqlite3_finalize(rows) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
    return sum;
}

static uint64_t sum_of(const char *file)
{
    sqlite3 *db;
    sqlite3_stmt *tables;
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    ck_assert_int_eq(sqlite3_open(file, &db), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_prepare_v2(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name", -1, &tables, NULL),
        SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT * FROM %s", sqlite3_column_text(tables, 0));
        sum = mix_rows(db, sql, sum);
    }
    sqlite3_finalize(tables);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return sum;
}

static int64_t lines_of(const char *what)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, "SELECT count(*) FROM audit WHERE what = ?1", -1, &statement, NULL), SQLITE_OK);
    sqlite3_bind_text(statement, 1, what, -1, SQLITE_STATIC);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    return count;
}

/* The store against `base`: what it lacks is what it says that it let go of, and a time that reaches over that. */
static void tells_what_went(const char *name)
{
    static const struct {
        const char *class, *rows;
    } classes[] = {
        {"readings", "(SELECT count(*) FROM %1$s.journal) + (SELECT coalesce(sum(polls), 0) FROM %1$s.journal_chunk)"},
        {"values", "(SELECT coalesce(sum(count - gone), 0) FROM %1$s.chunk)"},
        {"events", "(SELECT count(*) FROM %1$s.event)"},
        {"counts", "(SELECT count(*) FROM %1$s.machine_count)"},
    };
    sqlite3 *db;
    sqlite3_stmt *row;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    char *attach = memory_format("ATTACH '%s' AS base", base);
    ck_assert_int_eq(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK);
    free(attach);
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        char before[200], now[200], sql[800];
        snprintf(before, sizeof before, classes[i].rows, "base");
        snprintf(now, sizeof now, classes[i].rows, "main");
        snprintf(sql, sizeof sql, "SELECT %s - (%s), coalesce(sum(count), 0), coalesce(max(until_us), 0) FROM main.dropped WHERE class = '%s'",
                 before, now, classes[i].class);
        ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(db));
        ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
        int64_t went = sqlite3_column_int64(row, 0), told = sqlite3_column_int64(row, 1), until_us = sqlite3_column_int64(row, 2);
        ck_assert_msg(went == told && (!went || until_us > T0), "%s: %lld %s went, the store tells of %lld until %lld", name, (long long)went,
                      classes[i].class, (long long)told, (long long)until_us);
        sqlite3_finalize(row);
    }
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* --- what is asked */

static int decide_limits(struct store *store)
{
    struct limits limits = {.characteristic = bore,
                            .time_us = T0 + HOUR_US,
                            .state = LIMITS_APPROVED,
                            .center = 25,
                            .sigma = 0.2,
                            .points = 25,
                            .extra = NAN,
                            .lcl = NAN,
                            .ucl = NAN,
                            .source = "calculated from points 1-25",
                            .who = "wang",
                            .why = "new tool"};
    return action_limits(store, &limits, locked, &err);
}

static int exclude_packed(struct store *store)
{
    struct exclusion exclusion = {.characteristic = bore, .point = 3, .time_us = T0 + HOUR_US, .excluded = true, .who = "wang", .reason = "chip"};
    return action_exclude(store, &exclusion, &err);
}

static int say_cause(struct store *store)
{
    return action_cause(store, bore, 4, "worn", "changed", "mei", T0 + HOUR_US, &err);
}

static int write_note(struct store *store)
{
    return action_note(store, "bore-dia", "coolant low", T0, "mei", T0 + HOUR_US, &err);
}

static int acknowledge(struct store *store)
{
    int count;
    return action_acknowledge_characteristic(store, bore, "mei", T0 + HOUR_US, &count, &err);
}

static int ask_write(struct store *store)
{
    struct write_request request = {.tag = 1, .time_us = T0, .until_us = T0 + HOUR_US, .value = "5", .who = "wang"};
    return action_write(store, &request, &err);
}

static int drop(struct store *store, enum keep_class class)
{
    struct retained went;
    return store_retain(store, class, T0 + HOUR_US, false, "cron", &went, &err);
}

static int drop_readings(struct store *store)
{
    return drop(store, KEEP_READINGS);
}

static int drop_values(struct store *store)
{
    return drop(store, KEEP_VALUES);
}

static int drop_events(struct store *store)
{
    return drop(store, KEEP_EVENTS);
}

static int drop_counts(struct store *store)
{
    return drop(store, KEEP_COUNTS);
}

/* Pages that the disk does not give are a finding; the file itself is whole. */
static void take_finding(const struct verify_finding *finding, void *context)
{
    error_set(&err, ERR_CORRUPT, "plant.db: %s %s %s: %s", finding->check, finding->table, finding->series, finding->text);
    *(int *)context -= !strstr(finding->text, "unable to get") && !strstr(finding->text, "failed to get");
}

static int verify_all(struct store *store)
{
    int wrong = 0;
    struct verify_hooks hooks = {take_finding, NULL, &wrong};
    struct verify_outcome outcome;
    int64_t findings = 0;
    for (size_t i = 0; i < verify_count(); i++) {
        if (verify_run(store, i, &hooks, &outcome, &err))
            return -1;
        findings += outcome.findings;
    }
    ck_assert_msg(!wrong, "%s", err.text);
    return findings ? -1 : 0;
}

static int back_up(struct store *store)
{
    unlink(copy);
    int failed = store_backup(store, copy, NULL, NULL, &err);
    ck_assert_int_eq(access(copy, F_OK) == 0, !failed); /* never half a copy */
    return failed;
}

static int sum_up(struct store *store)
{
    struct summary summary;
    if (store_summary(store, bore, T0 + 7 * SECOND_US, T0 + 190 * SECOND_US, 24, 25.55, &summary, &err))
        return -1;
    ck_assert_int_eq(summary.tally.count, 183);
    ck_assert_int_eq(summary.tally.above, 26);
    return 0;
}

static int find_part(struct store *store)
{
    struct measurement *found;
    size_t count;
    if (store_trace(store, TRACE_SERIAL, "S17", &found, &count, &err))
        return -1;
    ck_assert_uint_eq(count, 1);
    free(found);
    return 0;
}

static int read_decisions(struct store *store)
{
    struct limits *list;
    struct note *notes;
    struct exclusion exclusion;
    size_t count;
    if (store_limits_history(store, bore, &list, &count, &err))
        return -1;
    ck_assert_uint_eq(count, 1);
    ck_assert_msg(!strcmp(list[0].who, "wang") && !strcmp(list[0].why, "study") && !strcmp(list[0].source, "config"), "limits by '%s': '%s', '%s'",
                  list[0].who, list[0].why, list[0].source);
    free(list);
    if (store_notes(store, NULL, 0, INT64_MAX, 9, &notes, &count, &err))
        return -1;
    ck_assert_uint_eq(count, 1);
    ck_assert_msg(!strcmp(notes[0].who, "li") && !strcmp(notes[0].text, "oiled") && !strcmp(notes[0].object, "press-1"),
                  "note by '%s' about '%s': '%s'", notes[0].who, notes[0].object, notes[0].text);
    free(notes);
    if (store_exclusion(store, bore, 2, &exclusion, &err))
        return -1;
    ck_assert(exclusion.excluded && !strcmp(exclusion.who, "wang") && !strcmp(exclusion.reason, "chip"));
    return 0;
}

static const struct {
    const char *name;
    enum store_mode mode;
    int (*run)(struct store *store);
    bool in_steps; /* of several transactions: what was done before the fault stays done */
} asked[] = {
    {"limits", STORE_WRITE, decide_limits, false},
    {"exclusion", STORE_WRITE, exclude_packed, false},
    {"cause", STORE_WRITE, say_cause, false},
    {"note", STORE_WRITE, write_note, false},
    {"acknowledgement", STORE_WRITE, acknowledge, false},
    {"write request", STORE_WRITE, ask_write, false},
    {"retain readings", STORE_WRITE, drop_readings, true},
    {"retain values", STORE_WRITE, drop_values, true},
    {"retain events", STORE_WRITE, drop_events, true},
    {"retain counts", STORE_WRITE, drop_counts, true},
    {"verify", STORE_READ, verify_all, false},
    {"backup", STORE_READ, back_up, false},
    {"summary", STORE_READ, sum_up, false},
    {"trace", STORE_READ, find_part, false},
    {"decisions", STORE_READ, read_decisions, false},
};
enum { ASKED = sizeof asked / sizeof asked[0] };

/* --- a store with something of all */

static void record_beside(struct store *store)
{
    struct alarm_source alarm = {.kind = "signal", .key = "signal/bore-dia", .object = "bore-dia", .priority = ALARM_HIGH, .characteristic = bore};
    fixture_begin(store);
    for (int64_t i = 0; i < POLLS; i++) {
        struct reading readings[4] = {{.value = 25 + (double)i / 4}, {.value = 5}, {.value = (double)i}, {.value = NAN, .text = "S1"}};
        OK(record_journal(store, &plant->instruments[0], T0 + i * SECOND_US, readings, &err), err);
        OK(record_event(store, T0 + i, "counter", "gauge-7", "jumped", &err), err);
        OK(record_machine_count(store, plant->machines[0].id, T0 + i * MINUTE_US, 1, 0, &err), err);
    }
    OK(record_alarm_raise(store, T0, &alarm, "rule 1", &err), err);
    fixture_commit(store);
}

static void pack_all(struct store *store)
{
    for (bool more = true; more;)
        OK(store_pack(store, 0, SECOND_US, &more, &err), err);
}

static void setup(void)
{
    shim_install();
    plant = fixture_plant(fixture_tags);
    snprintf(path, sizeof path, "%s", test_path("plant.db"));
    snprintf(base, sizeof base, "%s", test_path("base.db"));
    snprintf(copy, sizeof copy, "%s", test_path("copy.db"));
    fixture_clock(T0 + 2 * HOUR_US);
    struct store *store = fixture_store(STORE_RECORD, plant);
    bore = plant->characteristics[0].id;
    OK(contents_judged(store, plant, POINTS, &err), err);
    record_beside(store);
    pack_all(store);
    struct limits limits = {.characteristic = bore,
                            .time_us = T0,
                            .state = LIMITS_LOCKED,
                            .center = 25,
                            .sigma = 0.3,
                            .extra = NAN,
                            .lcl = NAN,
                            .ucl = NAN,
                            .source = "config",
                            .who = "wang",
                            .why = "study"};
    struct exclusion exclusion = {.characteristic = bore, .point = 2, .time_us = T0, .excluded = true, .who = "wang", .reason = "chip"};
    OK(action_limits(store, &limits, 0, &err), err);
    locked = limits.id;
    OK(action_exclude(store, &exclusion, &err), err);
    OK(action_note(store, "press-1", "oiled", T0, "li", T0, &err), err);
    store_close(store);
    contents_copy(path, base);
}

static void teardown(void)
{
    plant_free(plant);
}

static uint64_t sum_after(int i)
{
    struct store *store;
    contents_copy(base, path);
    OK(store_open(&store, path, asked[i].mode, &err), err);
    OK(asked[i].run(store), err);
    store_close(store);
    return sum_of(path);
}

static void is_right(const char *name)
{
    struct store *store;
    OK(store_open(&store, path, STORE_READ, &err), err);
    ck_assert_msg(!verify_all(store), "%s: %s", name, err.text);
    store_close(store);
}

/* False when no call failed any more. */
static bool ask_with_failure(int i, unsigned kinds, int n, enum shim_way way, uint64_t before, uint64_t after)
{
    struct store *store;
    contents_copy(base, path);
    OK(store_open(&store, path, asked[i].mode, &err), err);
    err = (struct error){0};
    shim_arm(kinds, n, way);
    int result = asked[i].run(store);
    bool failed = shim_disarm();
    uint64_t sum = sum_of(path);
    if (result) {
        ck_assert_msg(err.code != ERR_NONE && strstr(err.text, ".db") && !strstr(err.text, "not an error"), "%s, call %d: code %d: %s", asked[i].name,
                      n, err.code, err.text);
        ck_assert_msg(asked[i].in_steps || sum == before, "%s: call %d failed, and half of it is there", asked[i].name, n);
        ck_assert_msg(!asked[i].run(store), "%s: call %d failed, and so does the next try: %s", asked[i].name, n, err.text);
        sum = asked[i].in_steps ? after : sum_of(path);
    }
    ck_assert_msg(sum == after, "%s: call %d failed, and the store is not as it should be", asked[i].name, n);
    store_close(store);
    if (asked[i].in_steps || n % STEP == 1)
        is_right(asked[i].name);
    return failed;
}

static void ask_for_every_n(unsigned kinds, enum shim_way way, int divisor)
{
    int step = getenv("GEMBA_TEST_EVERY_CALL") ? INT32_MAX : divisor;
    contents_copy(base, path);
    uint64_t before = sum_of(path);
    for (int i = 0; i < ASKED; i++) {
        int n = 1;
        uint64_t after = sum_after(i);
        ck_assert(after != before || asked[i].mode == STORE_READ);
        for (; ask_with_failure(i, kinds, n, way, before, after); n += 1 + n / step)
            ck_assert_int_lt(n, CALLS_MAX);
        ck_assert_msg(n > 1, "%s makes no call", asked[i].name);
    }
}

START_TEST(test_disk_once)
{
    ask_for_every_n(SHIM_DISK, SHIM_ONCE, INT32_MAX);
}
END_TEST

START_TEST(test_disk_stays)
{
    ask_for_every_n(SHIM_DISK, SHIM_STAYS, INT32_MAX);
}
END_TEST

START_TEST(test_memory)
{
    ask_for_every_n(SHIM_MEMORY, SHIM_ONCE, STEP);
}
END_TEST

/* Asks in a process that ends at the n-th write, half of the time as when the power goes; true when it was told that all was well. */
static bool ask_and_die(int i, int n, int *status)
{
    int told[2];
    char byte = 0;
    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *store;
        srand((unsigned)n);
        shim_arm(SHIM_WRITE | SHIM_SYNC | SHIM_TRUNCATE | SHIM_DELETE, n, n % 2 ? SHIM_CUTS : SHIM_DIES);
        if (store_open(&store, path, STORE_WRITE, &err) || asked[i].run(store) || write(told[1], &byte, 1) != 1)
            _exit(1);
        store_close(store);
        _exit(0);
    }
    close(told[1]);
    ck_assert_int_eq(waitpid(child, status, 0), child);
    ck_assert(WIFEXITED(*status) && (WEXITSTATUS(*status) == SHIM_DIED || WEXITSTATUS(*status) == 0));
    bool was_told = read(told[0], &byte, 1) == 1;
    close(told[0]);
    return was_told;
}

/* In the middle of a write, a sync or a truncation: the decision is there with its line in the chain, or neither is. */
START_TEST(test_death)
{
    contents_copy(base, path);
    uint64_t before = sum_of(path);
    for (int i = 0; i < ASKED && asked[i].mode == STORE_WRITE; i++) {
        int status, n = 1;
        uint64_t after = sum_after(i);
        do {
            contents_copy(base, path);
            bool told = ask_and_die(i, n, &status);
            uint64_t sum = sum_of(path);
            ck_assert_msg(!told || sum == after, "%s: it was told, died at write %d, and is not there", asked[i].name, n);
            ck_assert_msg(asked[i].in_steps || sum == before || sum == after, "%s: died at write %d, and half of it is there", asked[i].name, n);
            ck_assert_msg(!asked[i].in_steps || sum == before || lines_of("retain") == 1, "%s: rows went, and the chain does not tell",
                          asked[i].name);
            tells_what_went(asked[i].name);
            is_right(asked[i].name);
        } while (WEXITSTATUS(status) && ++n < CALLS_MAX);
        ck_assert_int_gt(n, 1);
    }
}
END_TEST

Suite *fault_each_suite(void);
Suite *fault_each_suite(void)
{
    const struct fixture_test tests[] = {
        {"fault: whatever is asked, the disk fails at the n-th call", test_disk_once},
        {"fault: whatever is asked, the disk fails from the n-th call on", test_disk_stays},
        {"fault: whatever is asked, no memory at the n-th call", test_memory},
        {"fault: whatever is asked, death at the n-th write", test_death},
    };
    return fixture_suite("fault each", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
