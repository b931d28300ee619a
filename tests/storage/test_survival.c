/* What was committed stays: killed processes, full disks, readers that take their time. */
#include "tests/storage/fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct plant *plant;
static int64_t bore;
static struct error err;

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
    bore = plant_characteristic(plant, "bore-dia")->id;
}

static void teardown(void)
{
    plant_free(plant);
}

static int64_t count_measurements(struct store *store, int64_t *points)
{
    struct measurement_cursor *measurements;
    struct point_cursor *cursor;
    struct measurement m;
    struct point p;
    int64_t count = 0;
    *points = 0;
    OK(measurement_cursor_open(&measurements, store, bore, 0, INT64_MAX, 0, &err), err);
    while (measurement_cursor_next(measurements, &m, &err) == 1)
        ck_assert_int_eq(m.time_us, T0 + count++ * SECOND_US);
    measurement_cursor_close(measurements);
    OK(point_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    while (point_cursor_next(cursor, &p, &err) == 1)
        ck_assert_int_eq(p.number, ++*points);
    point_cursor_close(cursor);
    return count;
}

/* Commits five measurements and their point, again and again, and tells each commit that returned. */
static void record_for_ever(const char *path, int64_t next, int told)
{
    struct store *store;
    if (store_open(&store, path, STORE_RECORD, &err))
        _exit(1);
    for (;; next += 5) {
        struct point point = fixture_point(bore, next / 5 + 1);
        int failed = store_begin(store, &err);
        for (int64_t i = next; i < next + 5; i++) {
            struct measurement m = fixture_measurement(bore, i);
            failed |= record_measurement(store, &m, &err);
        }
        if (failed || record_point(store, &point, &err) || store_commit(store, &err))
            _exit(2);
        int64_t committed = next + 5;
        if (write(told, &committed, sizeof committed) != sizeof committed)
            _exit(3);
    }
}

START_TEST(test_killed)
{
    store_close(fixture_store(STORE_RECORD, plant));
    bore = plant_characteristic(plant, "bore-dia")->id;
    char path[600];
    snprintf(path, sizeof path, "%s", test_path("plant.db"));
    int64_t kept = 0;
    srand(7);
    for (int round = 0; round < 20; round++) {
        int told[2];
        ck_assert_int_eq(pipe(told), 0);
        pid_t child = fork();
        if (child == 0)
            record_for_ever(path, kept, told[1]);
        close(told[1]);
        int64_t committed = kept, word;
        for (int commits = rand() % 20 + 1; commits > 0 && read(told[0], &word, sizeof word) == sizeof word; commits--)
            committed = word;
        nanosleep(&(struct timespec){.tv_nsec = rand() % 3000000}, NULL); /* anywhere within a transaction */
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        ck_assert_msg(WIFSIGNALED(status), "the recorder failed with %d", WEXITSTATUS(status));
        while (read(told[0], &word, sizeof word) == sizeof word)
            committed = word;
        close(told[0]);

        struct store *store = fixture_store(STORE_READ, NULL);
        int64_t points;
        kept = count_measurements(store, &points);
        store_close(store);
        ck_assert_int_ge(kept, committed);
        ck_assert_int_eq(kept, points * 5); /* no value without its verdict */
    }
}
END_TEST

START_TEST(test_long_snapshot)
{
    struct store *store = fixture_store(STORE_RECORD, plant), *reader = fixture_store(STORE_READ, plant);
    int64_t points;
    bore = plant_characteristic(plant, "bore-dia")->id;
    OK(store_snapshot_begin(reader, &err), err);
    ck_assert_int_eq(count_measurements(reader, &points), 0);
    for (int64_t i = 0; i < 50; i++) {
        struct measurement m = fixture_measurement(bore, i);
        fixture_begin(store);
        OK(record_measurement(store, &m, &err), err);
        fixture_commit(store);
    }
    ck_assert_int_eq(count_measurements(reader, &points), 0);
    store_snapshot_end(reader);
    ck_assert_int_eq(count_measurements(reader, &points), 50);
    store_close(reader);
    store_close(store);
}
END_TEST

/* Records batch after batch until the disk is full; returns the number of the batch that did not go in. */
static int64_t fill(struct store *store, int64_t batch, int64_t most)
{
    for (; batch < most; batch++) {
        int failed = store_begin(store, &err);
        for (int64_t i = batch * 100; !failed && i < (batch + 1) * 100; i++) {
            struct measurement m = fixture_measurement(bore, i);
            failed = record_measurement(store, &m, &err);
        }
        if (failed || store_commit(store, &err))
            return batch;
    }
    return batch;
}

START_TEST(test_full_disk)
{
    struct store *store = fixture_store(STORE_RECORD, plant);
    bore = plant_characteristic(plant, "bore-dia")->id;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit no_limit, limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &no_limit), 0);
    limit = (struct rlimit){1 << 20, no_limit.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int64_t batch = fill(store, 0, 100000), points;
    ck_assert_int_lt(batch, 100000);
    ck_assert_msg(err.code == ERR_FULL && strstr(err.text, "free some space"), "%d %s", err.code, err.text);
    store_rollback(store);
    ck_assert_int_eq(fill(store, batch, batch + 1), batch); /* still full */
    ck_assert_int_eq(err.code, ERR_FULL);
    store_rollback(store);
    ck_assert_int_eq(count_measurements(store, &points), batch * 100);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &no_limit), 0);
    ck_assert_int_eq(fill(store, batch, batch + 50), batch + 50);
    ck_assert_int_eq(count_measurements(store, &points), (batch + 50) * 100);
    store_close(store);
    store = fixture_store(STORE_READ, NULL);
    ck_assert_int_eq(count_measurements(store, &points), (batch + 50) * 100);
    store_close(store);
}
END_TEST

START_TEST(test_two_processes)
{
    char path[600], byte = 0;
    int go[2];
    snprintf(path, sizeof path, "%s", test_path("plant.db"));
    ck_assert_int_eq(pipe(go), 0);
    pid_t child = fork(); /* before this process has the file open: SQLite's locks do not survive a fork */
    if (child == 0) {
        struct store *person;
        if (read(go[0], &byte, 1) != 1 || store_open(&person, path, STORE_WRITE, &err) ||
            action_cause(person, 1, 1, "worn", "changed", "mei", T0, &err))
            _exit(1);
        store_close(person);
        _exit(0);
    }
    struct store *store = fixture_store(STORE_RECORD, plant);
    bore = plant_characteristic(plant, "bore-dia")->id;
    ck_assert_int_eq(bore, 1);
    struct point p = fixture_point(bore, 1);
    fixture_begin(store);
    OK(record_point(store, &p, &err), err);
    fixture_commit(store);
    fixture_begin(store); /* the person waits for this commit */
    ck_assert_int_eq(write(go[1], &byte, 1), 1);
    for (int64_t i = 0; i < 1000; i++) {
        struct measurement m = fixture_measurement(bore, i);
        OK(record_measurement(store, &m, &err), err);
    }
    fixture_commit(store);
    int status;
    waitpid(child, &status, 0);
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    struct point_cursor *cursor;
    OK(point_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    ck_assert_int_eq(point_cursor_next(cursor, &p, &err), 1);
    ck_assert_str_eq(p.cause, "worn");
    point_cursor_close(cursor);
    store_close(store);
}
END_TEST

static int64_t file_size(void)
{
    struct stat st;
    ck_assert_int_eq(stat(test_path("plant.db"), &st), 0);
    return st.st_size;
}

enum { UNITS = 300, TAGS = 100, SECONDS = 40 };

/* 300 instruments of 100 registers, a transaction a second: the values come back, at a few bytes each. */
START_TEST(test_volume)
{
    struct plant *big = memory_zero(1, sizeof *big);
    big->n_instruments = UNITS;
    big->instruments = memory_zero(UNITS, sizeof *big->instruments);
    for (size_t i = 0; i < UNITS; i++) {
        struct instrument *unit = &big->instruments[i];
        *unit = (struct instrument){.name = memory_format("unit-%zu", i), .n_tags = TAGS, .tags = memory_zero(TAGS, sizeof *unit->tags)};
        for (size_t j = 0; j < TAGS; j++)
            unit->tags[j] = (struct tag){.full_name = memory_format("unit-%zu.r%zu", i, j), .type = TYPE_U16, .scale = 1};
    }
    store_close(fixture_store(STORE_RECORD, big));
    int64_t empty = file_size();
    struct store *store = fixture_store(STORE_RECORD, big);
    struct reading readings[TAGS] = {{0}};
    int64_t began_us = clock_monotonic_us();
    for (int second = 0; second < SECONDS; second++) {
        fixture_begin(store);
        for (int i = 0; i < UNITS; i++) {
            for (int j = 0; j < TAGS; j++)
                readings[j].value = (second * 31 + i * 7 + j) & 0xffff;
            OK(record_journal(store, &big->instruments[i], T0 + second * SECOND_US, readings, &err), err);
        }
        fixture_commit(store);
    }
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6, values = (double)UNITS * TAGS * SECONDS;
    store_close(store);
    double bytes = (double)(file_size() - empty) / values;
    if (getenv("GEMBA_TEST_FIGURES"))
        fprintf(stderr, "\nrecorded %.0f values: %.0f values/s, %.2f bytes a value\n", values, values / seconds, bytes);
    ck_assert_double_lt(bytes, 3);
    store = fixture_store(STORE_READ, big);
    int64_t time_us;
    OK(store_latest(store, &big->instruments[UNITS - 1], readings, &time_us, &err), err);
    ck_assert_int_eq(time_us, T0 + (SECONDS - 1) * SECOND_US);
    for (int j = 0; j < TAGS; j++)
        ck_assert_double_eq(readings[j].value, (SECONDS - 1) * 31 + (UNITS - 1) * 7 + j);
    store_close(store);
    for (size_t i = 0; i < UNITS; i++) {
        for (size_t j = 0; j < TAGS; j++)
            free((char *)big->instruments[i].tags[j].full_name);
        free(big->instruments[i].tags);
        free((char *)big->instruments[i].name);
    }
    free(big->instruments);
    free(big);
}
END_TEST

Suite *survival_suite(void);
Suite *survival_suite(void)
{
    const struct fixture_test tests[] = {
        {"survival: a recorder killed 20 times", test_killed},
        {"survival: a long snapshot holds nobody up", test_long_snapshot},
        {"survival: the disk is full, then not", test_full_disk},
        {"survival: a person and the recorder write", test_two_processes},
        {"survival: 1.2 million values", test_volume},
    };
    return fixture_suite("survival", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
