/* Every way in which opening can go well or wrong. */
#include "tests/storage/fixture.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct error err;

static void sql(const char *path, const char *text)
{
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void refuses(const char *path, enum error_code code, const char *words)
{
    static const enum store_mode modes[] = {STORE_READ, STORE_WRITE, STORE_RECORD};
    for (size_t i = 0; i < 3; i++) {
        struct store *store = NULL;
        FAILS(store_open(&store, path, modes[i], &err), err, code, words);
        ck_assert_ptr_null(store);
        ck_assert_ptr_nonnull(strstr(err.text, path));
    }
}

START_TEST(test_missing)
{
    struct store *store;
    FAILS(store_open(&store, test_path("none.db"), STORE_READ, &err), err, ERR_NOT_FOUND, "gemba collect");
    FAILS(store_open(&store, test_path("none.db"), STORE_WRITE, &err), err, ERR_NOT_FOUND, "gemba collect");
    ck_assert_int_eq(access(test_path("none.db"), F_OK), -1);
    FAILS(store_open(&store, test_path("no/such/none.db"), STORE_RECORD, &err), err, ERR_IO, "directory");
}
END_TEST

START_TEST(test_text_file)
{
    char text[4096];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    refuses(test_file("plain.db", text), ERR_NOT_GEMBA, "not a gemba store");
    refuses(test_file("short.db", "hello"), ERR_NOT_GEMBA, "not a gemba store");
}
END_TEST

START_TEST(test_other_database)
{
    const char *path = test_path("other.db");
    sql(path, "CREATE TABLE customer(name TEXT)");
    refuses(path, ERR_NOT_GEMBA, "another program");
    sql(path, "PRAGMA application_id = 17");
    refuses(path, ERR_NOT_GEMBA, "another program");
    ck_assert_int_eq(access(test_path("other.db-wal"), F_OK), -1); /* nothing of it was changed */
}
END_TEST

START_TEST(test_empty_file)
{
    const char *path = test_file("empty.db", "");
    struct store *store;
    FAILS(store_open(&store, path, STORE_READ, &err), err, ERR_NOT_GEMBA, "empty");
    FAILS(store_open(&store, path, STORE_WRITE, &err), err, ERR_NOT_GEMBA, "empty");
    OK(store_open(&store, path, STORE_RECORD, &err), err); /* what a collector that died at its first breath leaves */
    store_close(store);
    OK(store_open(&store, path, STORE_READ, &err), err);
    store_close(store);
}
END_TEST

START_TEST(test_too_new)
{
    store_close(fixture_store(STORE_RECORD, NULL));
    sql(test_path("plant.db"), "PRAGMA user_version = 99");
    refuses(test_path("plant.db"), ERR_TOO_NEW, "schema 99");
}
END_TEST

START_TEST(test_truncated)
{
    struct plant *plant = fixture_plant(fixture_tags);
    store_close(fixture_store(STORE_RECORD, plant));
    ck_assert_int_eq(truncate(test_path("plant.db"), 4096 * 2), 0);
    struct store *store = NULL;
    struct alarm *alarms = NULL;
    size_t count;
    int failed = store_open(&store, test_path("plant.db"), STORE_READ, &err);
    if (!failed)
        failed = store_alarms(store, true, 10, &alarms, &count, &err);
    FAILS(failed, err, ERR_CORRUPT, "damaged");
    free(alarms);
    store_close(store);
    plant_free(plant);
}
END_TEST

START_TEST(test_locked)
{
    struct plant *plant = fixture_plant(fixture_tags);
    struct store *first = fixture_store(STORE_RECORD, plant), *second = fixture_store(STORE_RECORD, NULL);
    fixture_begin(first);
    int64_t began_us = clock_monotonic_us();
    FAILS(store_begin(second, &err), err, ERR_LOCKED, "second collector");
    ck_assert_int_ge(clock_monotonic_us() - began_us, 1500 * 1000);
    store_rollback(second);
    fixture_commit(first);
    fixture_begin(second);
    fixture_commit(second);
    store_close(second);
    store_close(first);
    plant_free(plant);
}
END_TEST

START_TEST(test_ids_are_stable)
{
    struct plant *plant = fixture_plant(fixture_tags);
    store_close(fixture_store(STORE_RECORD, plant));
    int64_t bore = plant_tag(plant, "gauge-7.bore")->id, depth = plant_tag(plant, "gauge-7.depth")->id;
    ck_assert_int_ne(bore, 0);
    plant_free(plant);
    plant = fixture_plant(
        "      extra: {address: 40050, type: u16}\n      depth: {address: 40003, type: f64}\n      bore: {address: 40001, type: i32}\n");
    struct store *store = fixture_store(STORE_READ, plant);
    ck_assert_int_eq(plant_tag(plant, "gauge-7.extra")->id, 0); /* a reader adds nothing */
    store_close(store);
    store_close(fixture_store(STORE_RECORD, plant));
    ck_assert_int_eq(plant_tag(plant, "gauge-7.bore")->id, bore);
    ck_assert_int_eq(plant_tag(plant, "gauge-7.depth")->id, depth);
    ck_assert_int_gt(plant_tag(plant, "gauge-7.extra")->id, depth);
    plant_free(plant);
}
END_TEST

START_TEST(test_directory_as_store)
{
    refuses(test_directory(), ERR_NOT_GEMBA, "is a directory");
}
END_TEST

static struct plant *other_plant(const char *name, const char *instrument)
{
    char *text = memory_format("plant: {name: %s, timezone: UTC}\nstore: {path: plant.db}\nlinks: {a: {url: \"tcp://127.0.0.1:1\"}}\n"
                               "instruments: {%s: {link: a, tags: {t: {address: 40001}}}}\n",
                               name, instrument);
    struct problems problems = {0};
    struct plant *plant = plant_load(test_file("other.yaml", text), &problems);
    ck_assert_ptr_nonnull(plant);
    problems_free(&problems);
    free(text);
    return plant;
}

/* Its name and all that is in it are others: a mistake in store: {path}. One of the two may change. */
START_TEST(test_another_plant)
{
    static const struct {
        const char *name, *instrument;
        bool is_other;
    } plants[] = {
        {"Hefei", "press", true}, {"Hefei", "gauge-7", false}, {"Hefei", "press", false}, {"Test Works", "gauge-7", false}, {"Wuxi", "oven", true}};
    struct plant *plant = fixture_plant(fixture_tags);
    store_close(fixture_store(STORE_RECORD, plant));
    plant_free(plant);
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++)
        for (int mode = STORE_READ; mode <= STORE_RECORD; mode++) {
            struct store *store = fixture_store((enum store_mode)mode, NULL);
            plant = other_plant(plants[i].name, plants[i].instrument);
            if (plants[i].is_other)
                FAILS(store_identify(store, plant, &err), err, ERR_CONFIG, "set store: {path: ...} to this plant's own file");
            else
                OK(store_identify(store, plant, &err), err);
            store_close(store);
            plant_free(plant);
        }
}
END_TEST

static int64_t revisions(void)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(test_path("plant.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, "SELECT count(*) FROM config_revision", -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return count;
}

START_TEST(test_config_revisions)
{
    static const char *const tags[] = {"      bore: {address: 40001, type: f32}\n      depth: {address: 40003, type: f32}\n",
                                       "      bore: {address: 40001, type: f32}\n      depth: {address: 40003, type: f64}\n"};
    static const int64_t kept[] = {1, 1, 2};
    for (int i = 0; i < 3; i++) {
        struct plant *plant = fixture_plant(tags[i / 2]);
        store_close(fixture_store(STORE_RECORD, plant));
        plant_free(plant);
        ck_assert_int_eq(revisions(), kept[i]);
    }
}
END_TEST

/* Runs body as nobody in a process of its own; what it returns is its exit status. */
static void as_nobody(int (*body)(void), int expected)
{
    if (geteuid() != 0) {
        ck_assert_int_eq(body(), expected);
        return;
    }
    pid_t child = fork();
    if (child == 0) {
        if (setgroups(0, NULL) || setgid(65534) || setuid(65534))
            _exit(99);
        _exit(body());
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == expected, "exit status %d", WEXITSTATUS(status));
}

static void add_event(struct store *store)
{
    fixture_begin(store);
    OK(record_event(store, T0, "test", "x", "y", &err), err);
    fixture_commit(store);
}

static char path[600], directory[512];

static int count_events(void)
{
    struct store *store;
    struct event *events;
    size_t count = 0;
    if (store_open(&store, path, STORE_READ, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 50;
    }
    if (store_events(store, 0, INT64_MAX, 40, &events, &count, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return 51;
    }
    free(events);
    store_close(store);
    return (int)count;
}

static int open_to_write(void)
{
    struct store *store;
    return store_open(&store, path, STORE_WRITE, &err) ? (int)err.code : 0;
}

static int open_to_record(void)
{
    struct store *store;
    return store_open(&store, path, STORE_RECORD, &err) ? (int)err.code : 0;
}

static int make_new(void)
{
    char fresh[600];
    struct store *store;
    snprintf(fresh, sizeof fresh, "%s/fresh.db", directory);
    return store_open(&store, fresh, STORE_RECORD, &err) ? (int)err.code : 0;
}

/* A directory and files that everybody may read and only their owner may write. */
static void closed_house(void)
{
    snprintf(directory, sizeof directory, "%s", test_directory());
    char parent[512];
    snprintf(parent, sizeof parent, "%s", directory);
    *strrchr(parent, '/') = '\0';
    chmod(parent, 0755);
    snprintf(path, sizeof path, "%s/plant.db", directory);
    umask(022);
    struct store *store = fixture_store(STORE_RECORD, NULL);
    add_event(store);
    store_close(store);
    chmod(directory, 0555);
}

/* A collector in a process of its own (SQLite's locks do not survive a fork): adds an event for each byte it is sent, and answers it. */
struct collector {
    pid_t pid;
    int to, from;
};

static void collector_tell(struct collector *collector)
{
    char byte = 0;
    ck_assert_int_eq(write(collector->to, &byte, 1), 1);
    ck_assert_int_eq(read(collector->from, &byte, 1), 1);
}

static struct collector collector_start(void)
{
    int to[2], from[2];
    char byte;
    ck_assert(pipe(to) == 0 && pipe(from) == 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct store *store;
        if (store_open(&store, path, STORE_RECORD, &err))
            _exit(1);
        close(to[1]);
        while (read(to[0], &byte, 1) == 1)
            if (store_begin(store, &err) || record_event(store, T0, "test", "x", "y", &err) || store_commit(store, &err) ||
                write(from[1], &byte, 1) != 1)
                _exit(2);
        store_close(store);
        _exit(0);
    }
    close(to[0]);
    close(from[1]);
    struct collector collector = {pid, to[1], from[0]};
    collector_tell(&collector);
    return collector;
}

static void collector_stop(struct collector *collector)
{
    int status;
    close(collector->to);
    ck_assert_int_eq(waitpid(collector->pid, &status, 0), collector->pid);
    ck_assert_int_eq(status, 0);
}

START_TEST(test_unprivileged_with_collector)
{
    closed_house();
    struct collector collector = collector_start();
    as_nobody(count_events, 2);
    collector_tell(&collector);
    as_nobody(count_events, 3);
    as_nobody(open_to_write, ERR_READ_ONLY);
    as_nobody(open_to_record, ERR_READ_ONLY);
    collector_stop(&collector);
    as_nobody(count_events, 3);
    chmod(directory, 0755);
}
END_TEST

START_TEST(test_unprivileged_after_a_killed_collector)
{
    closed_house();
    struct collector collector = collector_start();
    collector_tell(&collector);
    kill(collector.pid, SIGKILL);
    waitpid(collector.pid, NULL, 0);
    as_nobody(count_events, 3);
    chmod(directory, 0755);
}
END_TEST

START_TEST(test_unprivileged_without_collector)
{
    closed_house();
    ck_assert_int_eq(access(test_path("plant.db-wal"), F_OK), -1);
    as_nobody(count_events, 1);
    as_nobody(open_to_write, ERR_READ_ONLY);
    as_nobody(make_new, ERR_READ_ONLY);
    chmod(directory, 0755);
}
END_TEST

/* A store copied while it was in use: the -wal came along, the -shm did not. */
START_TEST(test_unprivileged_copy)
{
    closed_house();
    struct collector collector = collector_start();
    collector_tell(&collector);
    char *command = memory_format("chmod 755 %s && cp %s %s/copy.db && cp %s-wal %s/copy.db-wal && chmod 555 %s", directory, path, directory, path,
                                  directory, directory);
    ck_assert_int_eq(system(command), 0);
    free(command);
    collector_stop(&collector);
    snprintf(path, sizeof path, "%s/copy.db", directory);
    as_nobody(count_events, 3);
    as_nobody(open_to_write, ERR_READ_ONLY);
    chmod(directory, 0755);
}
END_TEST

static int go, done;

/* Reads before the collector comes, says so, and waits until it sees what the collector wrote. */
static int watch(void)
{
    struct store *store;
    struct event *events;
    size_t count;
    char byte = 0;
    if (store_open(&store, path, STORE_READ, &err) || store_events(store, 0, INT64_MAX, 9, &events, &count, &err) || count != 1)
        return 50;
    int64_t before = store_generation(store);
    if (store_generation(store) != before || write(done, &byte, 1) != 1 || read(go, &byte, 1) != 1)
        return 51;
    if (store_generation(store) == before || store_events(store, 0, INT64_MAX, 9, &events, &count, &err))
        return 52;
    store_close(store);
    return (int)count;
}

START_TEST(test_unprivileged_before_collector)
{
    int to[2], from[2];
    char byte = 0;
    ck_assert(pipe(to) == 0 && pipe(from) == 0);
    go = to[0];
    done = from[1];
    closed_house();
    pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
            _exit(99);
        _exit(watch());
    }
    ck_assert_int_eq(read(from[0], &byte, 1), 1);
    struct collector collector = collector_start();
    ck_assert_int_eq(write(to[1], &byte, 1), 1);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), 2);
    collector_stop(&collector);
    chmod(directory, 0755);
}
END_TEST

START_TEST(test_generation)
{
    struct store *store = fixture_store(STORE_RECORD, NULL), *reader = fixture_store(STORE_READ, NULL);
    int64_t before = store_generation(reader);
    ck_assert_int_eq(store_generation(reader), before);
    add_event(store);
    ck_assert_int_ne(store_generation(reader), before);
    store_close(reader);
    store_close(store);
}
END_TEST

Suite *open_suite(void);
Suite *open_suite(void)
{
    const struct fixture_test tests[] = {
        {"open: no file, no directory", test_missing},
        {"open: a text file", test_text_file},
        {"open: another program's database", test_other_database},
        {"open: an empty file", test_empty_file},
        {"open: a newer gemba's store", test_too_new},
        {"open: a truncated store", test_truncated},
        {"open: locked by another program", test_locked},
        {"open: ids outlive config edits", test_ids_are_stable},
        {"open: a directory", test_directory_as_store},
        {"open: another plant's store", test_another_plant},
        {"open: every config text that was live is kept", test_config_revisions},
        {"open: without permission to write, collector running", test_unprivileged_with_collector},
        {"open: without permission to write, after a killed collector", test_unprivileged_after_a_killed_collector},
        {"open: without permission to write, no collector", test_unprivileged_without_collector},
        {"open: without permission to write, a copy with its -wal", test_unprivileged_copy},
        {"open: without permission to write, collector comes later", test_unprivileged_before_collector},
        {"open: generation", test_generation},
    };
    return fixture_suite("open", tests, sizeof tests / sizeof tests[0], NULL, NULL);
}
