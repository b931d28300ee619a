/* Fifty dashboards on one file: nobody waits for anybody, and the -wal file stays short. */
#include "tests/storage/fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READERS = 50, TAGS = 400, WAL_MOST = 96 << 20, WRITE_MB = 160 };

static struct error err;
static char path[400];

/* One instrument of many f64 tags: 3 KB a poll. */
static struct plant *wide_plant(void)
{
    char *text = memory_zero(TAGS * 64 + 1, 1), *at = text;
    for (int i = 0; i < TAGS; i++)
        at += sprintf(at, "      t%d: {address: %d, type: f64}\n", i, 40001 + 4 * i);
    at += sprintf(at, "      bore: {address: 42001, type: f32}\n      depth: {address: 42003, type: f32}\n");
    struct plant *plant = fixture_plant(text);
    free(text);
    return plant;
}

static int64_t wal_size(void)
{
    char *wal = memory_format("%s-wal", path);
    struct stat st;
    int64_t size = stat(wal, &st) ? 0 : st.st_size;
    free(wal);
    return size;
}

/* Reads again and again, each time in one view that it holds for hold_us; ends when nobody is at the other end any more. */
static void watch(int told, int64_t hold_us)
{
    struct store *store;
    struct event *events;
    size_t count;
    if (store_open(&store, path, STORE_READ, &err))
        _exit(10);
    for (int64_t seen = 0;;) {
        if (store_snapshot_begin(store, &err) || store_events(store, 0, INT64_MAX, 1, &events, &count, &err))
            _exit(11);
        int64_t number = count ? atoll(events[0].text) : 0;
        free(events);
        usleep((useconds_t)hold_us);
        if (store_events(store, 0, INT64_MAX, 1, &events, &count, &err) || (count ? atoll(events[0].text) : 0) != number || number < seen)
            _exit(12); /* the view changed under it, or went backwards */
        free(events);
        store_snapshot_end(store);
        seen = number;
        if (write(told, &seen, sizeof seen) != sizeof seen)
            _exit(0);
    }
}

struct figures {
    int64_t most_wal, slowest_us;
};

/* Records so many MB in transactions of 1.3 MB, and notes the longest transaction and the largest -wal. */
static struct figures record(struct store *store, struct plant *plant, int64_t from_mb, int64_t to_mb)
{
    struct figures figures = {0};
    struct reading readings[TAGS + 2] = {{0}};
    int64_t number = from_mb * 400;
    for (int64_t mb = from_mb; mb < to_mb; mb++) {
        int64_t began_us = clock_monotonic_us();
        char text[32];
        snprintf(text, sizeof text, "%lld", (long long)mb);
        fixture_begin(store);
        for (int i = 0; i < 400; i++, number++) {
            for (int j = 0; j < TAGS; j++)
                readings[j].value = (double)(number + j) / 3;
            OK(record_journal(store, &plant->instruments[0], T0 + number * SECOND_US, readings, &err), err);
        }
        OK(record_event(store, T0 + number, "test", "x", text, &err), err);
        fixture_commit(store);
        int64_t took_us = clock_monotonic_us() - began_us;
        figures.slowest_us = took_us > figures.slowest_us ? took_us : figures.slowest_us;
        figures.most_wal = wal_size() > figures.most_wal ? wal_size() : figures.most_wal;
    }
    return figures;
}

static struct figures record_beside(int readers, int64_t hold_us)
{
    struct plant *plant = wide_plant();
    pid_t pids[READERS];
    int told[2];
    int64_t seen, reads = 0;
    snprintf(path, sizeof path, "%s", test_path("plant.db"));
    store_close(fixture_store(STORE_RECORD, plant));
    ck_assert_int_eq(pipe(told), 0);
    for (int i = 0; i < readers; i++) {
        if ((pids[i] = fork()) != 0)
            continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        close(told[0]);
        watch(told[1], hold_us);
    }
    close(told[1]);
    ck_assert_int_eq(read(told[0], &seen, sizeof seen), sizeof seen); /* at least one is there */
    pid_t drain = fork();
    if (drain == 0)
        while (read(told[0], &seen, sizeof seen) == sizeof seen)
            if (seen == WRITE_MB - 1 && ++reads >= readers)
                _exit(0); /* readers have seen the last commit */
    struct store *store = fixture_store(STORE_RECORD, plant);
    struct figures figures = record(store, plant, 0, WRITE_MB);
    close(told[0]);
    int status;
    ck_assert_int_eq(waitpid(drain, &status, 0), drain);
    ck_assert_int_eq(status, 0);
    for (int i = 0; i < readers; i++) {
        ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
        ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a reader ended with %x", (unsigned)status);
    }
    store_close(store);
    plant_free(plant);
    if (getenv("GEMBA_TEST_FIGURES"))
        fprintf(stderr, "\n%d readers of %lld ms: -wal at most %.1f MB, the slowest transaction %.1f ms\n", readers, (long long)hold_us / 1000,
                (double)figures.most_wal / (1 << 20), (double)figures.slowest_us / 1000);
    return figures;
}

START_TEST(test_fifty)
{
    struct figures figures = record_beside(READERS, 20000);
    ck_assert_int_lt(figures.most_wal, WAL_MOST);
    ck_assert_int_lt(figures.slowest_us, 2 * SECOND_US);
}
END_TEST

START_TEST(test_slow_views)
{
    struct figures figures = record_beside(4, 300000);
    ck_assert_int_lt(figures.most_wal, 5 * WAL_MOST / 2);
    ck_assert_int_lt(figures.slowest_us, 2 * SECOND_US);
}
END_TEST

/* Holds one view until there is something to read; says then whether it still is the view of the beginning. */
static _Noreturn void hold(int begun, int end)
{
    struct store *store;
    struct event *events;
    size_t count;
    char byte = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (store_open(&store, path, STORE_READ, &err) || store_snapshot_begin(store, &err) ||
        store_events(store, 0, INT64_MAX, 1000, &events, &count, &err) || write(begun, &byte, 1) != 1 || read(end, &byte, 1) != 1)
        _exit(10);
    size_t before = count;
    if (store_events(store, 0, INT64_MAX, 1000, &events, &count, &err) || count != before)
        _exit(11);
    store_close(store);
    _exit(0);
}

/* A report that takes its time: the -wal has to keep what comes meanwhile, at the price of a few waits, and begins anew when
 * the view ends. */
START_TEST(test_held_view)
{
    struct plant *plant = wide_plant();
    int begun[2], end[2], status;
    char byte = 0;
    snprintf(path, sizeof path, "%s", test_path("plant.db"));
    store_close(fixture_store(STORE_RECORD, plant));
    ck_assert(!pipe(begun) && !pipe(end));
    pid_t pid = fork();
    if (pid == 0)
        hold(begun[1], end[0]);
    ck_assert_int_eq(read(begun[0], &byte, 1), 1);
    struct store *store = fixture_store(STORE_RECORD, plant);
    record(store, plant, 0, 1); /* past the view */
    struct figures held = record(store, plant, 1, WRITE_MB);
    ck_assert_int_eq(write(end[1], &byte, 1), 1);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    record(store, plant, WRITE_MB, 2 * WRITE_MB);
    struct figures after = record(store, plant, 2 * WRITE_MB, 2 * WRITE_MB + 20);
    if (getenv("GEMBA_TEST_FIGURES"))
        fprintf(stderr, "\na held view: -wal %.1f MB, the slowest transaction %.1f ms; after it %.1f MB\n", (double)held.most_wal / (1 << 20),
                (double)held.slowest_us / 1000, (double)after.most_wal / (1 << 20));
    ck_assert_int_gt(held.most_wal, WRITE_MB << 20); /* else nothing was held */
    ck_assert_int_lt(held.slowest_us, 4 * SECOND_US);
    ck_assert_int_le(after.most_wal, WAL_MOST);
    store_close(store);
    plant_free(plant);
}
END_TEST

Suite *readers_suite(void);
Suite *readers_suite(void)
{
    const struct fixture_test tests[] = {
        {"readers: fifty that never pause", test_fifty},
        {"readers: views held for long", test_slow_views},
        {"readers: a view held all the time", test_held_view},
    };
    return fixture_suite("readers", tests, sizeof tests / sizeof tests[0], NULL, NULL);
}
