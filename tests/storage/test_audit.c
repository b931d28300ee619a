/* The audit chain, `verify`'s checks on real damage, the online copy. */
#include "tests/storage/contents.h"

#include <math.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct plant *plant;
static struct store *store;
static struct error err;
static int64_t bore;

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
    store = fixture_store(STORE_RECORD, plant);
    bore = plant->characteristics[0].id;
}

static void teardown(void)
{
    store_close(store);
    plant_free(plant);
}

/* Another program's hand in the file. */
static void meddle(const char *path, const char *sql)
{
    sqlite3 *db;
    char *why = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK, "%s: %s", sql, why);
    sqlite3_close(db);
}

struct found {
    int count;
    struct verify_finding first;
    char all[8000];
};

static void take(const struct verify_finding *finding, void *context)
{
    struct found *found = context;
    if (found->count++ == 0)
        found->first = *finding;
    size_t used = strlen(found->all);
    snprintf(found->all + used, sizeof found->all - used, "%s %s %s: %s\n", finding->check, finding->table, finding->series, finding->text);
}

static struct found checked(const char *path, const char *only)
{
    struct found found = {0};
    struct verify_hooks hooks = {take, NULL, &found};
    struct verify_outcome outcome;
    struct store *reader;
    OK(store_open(&reader, path, STORE_READ, &err), err);
    for (size_t i = 0; i < verify_count(); i++)
        if (!only || !strcmp(only, verify_name(i)))
            OK(verify_run(reader, i, &hooks, &outcome, &err), err);
    store_close(reader);
    return found;
}

static void record_judged(int points)
{
    OK(contents_judged(store, plant, points, &err), err);
}

static void write_notes(int count)
{
    for (int i = 0; i < count; i++)
        OK(action_note(store, "bore-dia", i % 2 ? "tool changed" : "coolant low", T0 + i, "mei", T0 + i, &err), err);
}

#define DROP_TRIGGERS "DROP TRIGGER audit_stays; DROP TRIGGER audit_is_fixed;"

START_TEST(test_chain_is_whole)
{
    write_notes(5);
    int64_t number;
    char seal[65], before[65];
    OK(verify_audit_head(store, &number, before, &err), err);
    ck_assert_int_eq(number, 6); /* the configuration's, and those of the notes */
    ck_assert_uint_eq(strlen(before), 64);
    ck_assert_int_eq(checked(test_path("plant.db"), "audit").count, 0);
    write_notes(1);
    OK(verify_audit_head(store, &number, seal, &err), err);
    ck_assert_int_eq(number, 7);
    ck_assert_str_ne(seal, before);
}
END_TEST

/* Each way to falsify the chain, and the row that gives it away. */
static const struct {
    const char *sql, *words;
    int64_t row;
} forgeries[] = {
    {"UPDATE audit SET who = 'eve' WHERE id = 2", "does not fit", 2},
    {"UPDATE audit SET time_us = time_us + 1 WHERE id = 3", "does not fit", 3},
    {"UPDATE audit SET text = object || text, object = '' WHERE id = 4", "does not fit", 4},
    {"DELETE FROM audit WHERE id = 2", "1 line before it is missing", 3},
    {"DELETE FROM audit WHERE id = 1", "1 line before it is missing", 2},
    {"DELETE FROM audit WHERE id > 3", "the newest 2 lines are missing", 5},
    {"DELETE FROM audit", "the newest 5 lines are missing", 5},
    {"UPDATE audit SET seal = zeroblob(32) WHERE id = 5", "does not fit", 5},
};

START_TEST(test_forgery)
{
    write_notes(4); /* after the line about the configuration */
    char sql[300];
    snprintf(sql, sizeof sql, DROP_TRIGGERS "%s", forgeries[_i].sql);
    meddle(test_path("plant.db"), sql);
    struct found found = checked(test_path("plant.db"), "audit");
    ck_assert_msg(found.count > 0 && strstr(found.first.text, forgeries[_i].words) && found.first.row == forgeries[_i].row, "%s: row %lld: %s",
                  forgeries[_i].sql, (long long)found.first.row, found.all);
}
END_TEST

START_TEST(test_gap_stays_seen)
{
    write_notes(4);
    meddle(test_path("plant.db"), DROP_TRIGGERS "DELETE FROM audit WHERE id > 3");
    write_notes(2);
    struct found found = checked(test_path("plant.db"), "audit");
    ck_assert_msg(found.count > 0 && strstr(found.first.text, "2 lines before it are missing"), "%s", found.all);
}
END_TEST

/* A file of before there was a chain: the collector gives old rows their seals, and they are fixed again. */
START_TEST(test_old_rows_are_sealed)
{
    char *text = memory_zero(1 << 20, 1);
    FILE *file = fopen("tests/storage/old/schema-4.sql", "r");
    ck_assert_msg(file != NULL, "run the tests from the project's root");
    ck_assert_uint_lt(fread(text, 1, 1 << 20, file), (1 << 20) - 1);
    fclose(file);
    meddle(test_path("old.db"), text);
    free(text);
    meddle(test_path("old.db"),
           "INSERT INTO audit(time_us, who, what, object, text) VALUES (1, 'li', 'write', 'g.a', ''), (2, 'li', 'write', 'g.b', '')");
    struct store *old;
    OK(store_open(&old, test_path("old.db"), STORE_RECORD, &err), err);
    OK(action_note(old, "press-1", "oiled", T0, "mei", T0, &err), err);
    int64_t number;
    char seal[65];
    OK(verify_audit_head(old, &number, seal, &err), err);
    store_close(old);
    ck_assert_int_eq(number, 4);
    ck_assert_int_eq(checked(test_path("old.db"), "audit").count, 0);
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(test_path("old.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "UPDATE audit SET who = 'eve' WHERE id = 1", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    ck_assert_int_eq(sqlite3_exec(db, "DELETE FROM audit", NULL, NULL, NULL), SQLITE_CONSTRAINT);
    sqlite3_close(db);
    meddle(test_path("old.db"), DROP_TRIGGERS "UPDATE audit SET who = 'eve' WHERE id = 1");
    ck_assert_int_gt(checked(test_path("old.db"), "audit").count, 0);
}
END_TEST

START_TEST(test_whole_store_is_right)
{
    record_judged(40);
    write_notes(2);
    struct found found = checked(test_path("plant.db"), NULL);
    ck_assert_msg(found.count == 0, "%s", found.all);
}
END_TEST

/* Decisions, and another program's hand in them. */
static const struct {
    const char *sql, *words;
} tamperings[] = {
    {"UPDATE limits SET sigma = 0.25 WHERE who = 'wang'", "not what was decided: center 25 sigma 0.25"},
    {"UPDATE limits SET state = 4 WHERE who = 'wang'", "not what was decided"},
    {"UPDATE limits SET why = 'none' WHERE who = 'wang'", "not what was decided"},
    {"UPDATE limits SET who = 'eve' WHERE who = 'wang'", "limits bore-dia: the audit chain does not tell of it"},
    {"DELETE FROM exclusion", "exclusion bore-dia/2: the audit chain tells of it, and it is not there"},
    {"UPDATE exclusion SET excluded = 0", "exclusion bore-dia/2: the audit chain tells of it"},
    {"INSERT INTO exclusion(characteristic, point, time_us, who, excluded, reason) VALUES (1, 3, 5, 'wang', 1, 'x')",
     "exclusion bore-dia: the audit chain does not tell of it"},
    {"UPDATE cause SET action = ''", "cause bore-dia/2: the audit chain tells of it"},
    {"DELETE FROM note", "note bore-dia: the audit chain tells of it"},
    {"UPDATE note SET text = 'all well'", "note bore-dia: the audit chain does not tell of it"},
    {"UPDATE config_revision SET text = text || ' '", "not the one that was live"},
    {"UPDATE config_revision SET text = '', hash = -3750763034362895579", "not the one that was live"},
    {"DELETE FROM config_revision", "config_revision Test Works: the audit chain tells of it"},
};

START_TEST(test_decisions)
{
    struct limits limits = {.characteristic = bore,
                            .time_us = T0,
                            .state = LIMITS_LOCKED,
                            .center = 25,
                            .sigma = 0.3,
                            .extra = NAN,
                            .lcl = NAN,
                            .ucl = 25.9,
                            .source = "entered",
                            .who = "wang",
                            .why = "study 7"};
    struct exclusion exclusion = {.characteristic = bore, .point = 2, .time_us = T0 + 1, .excluded = true, .who = "wang", .reason = "chip"};
    record_judged(5);
    OK(action_limits(store, &limits, 0, &err), err);
    OK(action_exclude(store, &exclusion, &err), err);
    OK(action_cause(store, bore, 2, "worn", "changed", "mei", T0 + 2, &err), err);
    OK(action_cause(store, bore, 3, "worn", "", "mei", T0 + 3, &err), err);
    write_notes(1);
    struct found found = checked(test_path("plant.db"), "decisions");
    ck_assert_msg(found.count == 0, "%s", found.all);
    meddle(test_path("plant.db"), tamperings[_i].sql);
    found = checked(test_path("plant.db"), "decisions");
    ck_assert_msg(found.count > 0 && strstr(found.all, tamperings[_i].words), "%s gave: %s", tamperings[_i].sql, found.all);
    ck_assert_int_eq(checked(test_path("plant.db"), "audit").count, 0);
}
END_TEST

static const struct {
    const char *check, *sql, *words;
} damages[] = {
    {"points", "UPDATE measurement SET value = value + 1e-3 WHERE time_us = 1793600000000000", "point 1 stands at"},
    {"points", "DELETE FROM measurement WHERE time_us = 1793600007000000", "point 2 was made of 5 values, 4 are there"},
    {"points", "UPDATE point SET location = 25.5 WHERE number = 7", "point 7 stands at 25.5"},
    {"points", "PRAGMA foreign_keys = 0; DELETE FROM point WHERE number = 3", "it belongs to point 3, which is not there"},
    {"standings", "UPDATE standing SET n = n + 1", "it counts 201 good values, 200 are there"},
    {"standings", "UPDATE standing SET mean = mean + 0.01", "its mean is"},
    {"standings", "UPDATE standing SET max = 99", "its largest value is 99"},
    {"references", "PRAGMA foreign_keys = 0; UPDATE point SET basis = 4711 WHERE number = 3", "a row of basis that is not there"},
};

START_TEST(test_damage)
{
    record_judged(40);
    meddle(test_path("plant.db"), damages[_i].sql);
    struct found found = checked(test_path("plant.db"), damages[_i].check);
    ck_assert_msg(found.count > 0 && strstr(found.all, damages[_i].words), "%s gave: %s", damages[_i].sql, found.all);
    ck_assert_str_eq(found.first.check, damages[_i].check);
}
END_TEST

START_TEST(test_damaged_poll)
{
    struct reading readings[4] = {{.value = 1.5}, {.value = 2.5}, {.value = 3}, {.value = NAN, .text = "S1"}};
    fixture_begin(store);
    for (int i = 0; i < 3; i++)
        OK(record_journal(store, &plant->instruments[0], T0 + i * SECOND_US, readings, &err), err);
    fixture_commit(store);
    ck_assert_int_eq(checked(test_path("plant.db"), "journal").count, 0);
    meddle(test_path("plant.db"), "UPDATE journal SET data = substr(data, 1, 5) WHERE time_us = 1793600001000000");
    struct found found = checked(test_path("plant.db"), "journal");
    ck_assert_msg(found.count == 1, "%s", found.all);
    ck_assert_int_eq(found.first.time_us, T0 + SECOND_US);
    ck_assert_str_eq(found.first.series, "gauge-7");
}
END_TEST

/* --- the online copy */

static atomic_bool writing;
static atomic_long commits;

/* A collector's commits, one after the other without a pause. */
static void *write_on(void *unused)
{
    (void)unused;
    struct plant *own = fixture_plant(fixture_tags);
    struct store *writer = fixture_store(STORE_RECORD, own);
    for (int64_t i = 1000000; writing; i++) {
        struct error why;
        struct measurement m = fixture_measurement(own->characteristics[1].id, i);
        m.point = 0;
        OK(store_begin(writer, &why), why);
        OK(record_measurement(writer, &m, &why), why);
        OK(store_commit(writer, &why), why);
        commits++;
    }
    store_close(writer);
    plant_free(own);
    return NULL;
}

static int64_t count_rows(const char *path, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}

static long commits_before, commits_after;
/* It never begins again, however often others commit meanwhile. */
static void watch_copy(int64_t done, int64_t total, void *context)
{
    static int64_t before;
    ck_assert_int_le(done, total);
    ck_assert_msg(done > before, "after %lld pages it stands at %lld", (long long)before, (long long)done);
    before = done;
    long committed = commits;
    while (commits < committed + 2)
        usleep(100);
    ++*(int *)context;
}

START_TEST(test_backup_under_writes)
{
    record_judged(20000); /* some MB: many steps */
    pthread_t thread;
    writing = true;
    ck_assert_int_eq(pthread_create(&thread, NULL, write_on, NULL), 0);
    while (commits < 10)
        usleep(1000);
    struct store *reader;
    int steps = 0;
    OK(store_open(&reader, test_path("plant.db"), STORE_READ, &err), err);
    commits_before = commits;
    OK(store_backup(reader, test_path("copy.db"), watch_copy, &steps, &err), err);
    commits_after = commits;
    writing = false;
    pthread_join(thread, NULL);
    store_close(reader);
    ck_assert_int_gt(steps, 1);
    ck_assert_msg(commits_after > commits_before, "the writer stood still while %d steps were copied", steps);
    ck_assert_int_eq(count_rows(test_path("copy.db"), "SELECT count(*) FROM point"), 20000);
    int64_t copied = count_rows(test_path("copy.db"), "SELECT count(*) FROM measurement WHERE time_us >= 1794600000000000");
    ck_assert_int_ge(copied, commits_before);
    ck_assert_int_le(copied, commits_after);
    struct found found = checked(test_path("copy.db"), NULL);
    ck_assert_msg(found.count == 0, "%s", found.all);
    FAILS(store_backup(store, test_path("copy.db"), NULL, NULL, &err), err, ERR_IO, "exists");
}
END_TEST

START_TEST(test_restored_copy_goes_on)
{
    record_judged(10);
    write_notes(3);
    OK(store_backup(store, test_path("copy.db"), NULL, NULL, &err), err);
    write_notes(1); /* after the copy: gone with the restore */
    store_close(store);
    const char *ends[] = {"plant.db", "plant.db-wal", "plant.db-shm"};
    for (size_t i = 0; i < 3; i++)
        unlink(test_path(ends[i]));
    ck_assert_int_eq(rename(test_path("copy.db"), test_path("plant.db")), 0);
    store = fixture_store(STORE_RECORD, plant);
    fixture_begin(store);
    struct measurement m = fixture_measurement(bore, 500);
    m.point = 0;
    OK(record_measurement(store, &m, &err), err);
    fixture_commit(store);
    write_notes(2);
    int64_t number;
    char seal[65];
    OK(verify_audit_head(store, &number, seal, &err), err);
    ck_assert_int_eq(number, 6);
    struct found found = checked(test_path("plant.db"), NULL);
    ck_assert_msg(found.count == 0, "%s", found.all);
}
END_TEST

START_TEST(test_backup_where_nobody_may_write)
{
    FAILS(store_backup(store, "/nowhere/copy.db", NULL, NULL, &err), err, ERR_IO, "/nowhere/copy.db");
    ck_assert_int_ne(access("/nowhere/copy.db", F_OK), 0);
}
END_TEST

Suite *audit_suite(void);
Suite *audit_suite(void)
{
    const struct fixture_test tests[] = {
        {"audit: whole chain", test_chain_is_whole},
        {"audit: gap stays seen", test_gap_stays_seen},
        {"audit: old rows", test_old_rows_are_sealed},
        {"verify: whole store", test_whole_store_is_right},
        {"verify: damaged poll", test_damaged_poll},
        {"backup: under writes", test_backup_under_writes},
        {"backup: restored copy goes on", test_restored_copy_goes_on},
        {"backup: no such place", test_backup_where_nobody_may_write},
    };
    Suite *suite = fixture_suite("audit", tests, sizeof tests / sizeof tests[0], setup, teardown);
    const struct {
        const char *name;
        const TTest *test;
        size_t count;
    } loops[] = {{"audit: forgery", test_forgery, sizeof forgeries / sizeof forgeries[0]},
                 {"verify: decisions", test_decisions, sizeof tamperings / sizeof tamperings[0]},
                 {"verify: damage", test_damage, sizeof damages / sizeof damages[0]}};
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        TCase *one = tcase_create(loops[i].name);
        tcase_add_checked_fixture(one, setup, teardown);
        tcase_add_loop_test(one, loops[i].test, 0, (int)loops[i].count);
        suite_add_tcase(suite, one);
    }
    return suite;
}
