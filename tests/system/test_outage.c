/* A store that cannot be written for a while: a full disk, a limit, another program's lock. The collector keeps what comes, records it afterwards,
 * and says so. */
#include "storage/storage.h"
#include "tests/harness.h"
#include "tests/system/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SPEED = 10, EVERY_MS = 500, LOCK_PLANT_S = 60 };

static char config[400], database[400];
static struct process simulator, collector;
static struct error err;

static bool says_ready(void *context)
{
    return strstr(process_output(context), "ready") != NULL;
}

static bool log_says(void *words)
{
    return strstr(process_errors(&collector), words) != NULL;
}

/* A simulator and a collector of a gauge, ten plant seconds a second. */
static void start(const char *directory)
{
    char text[2048], clock[96];
    snprintf(database, sizeof database, "%s/plant.db", directory);
    snprintf(
        text, sizeof text,
        "plant: {name: W, timezone: UTC}\nstore: {path: \"%s\"}\nlinks: {a: {url: \"tcp://127.0.0.1:%d\"}}\n"
        "instruments: {g: {link: a, unit: 1, every: %dms, tags: {t: {address: 40001, type: f32}, s: {address: 40010, type: string, length: 60}}}}\n"
        "characteristics: {c: {source: g.t, every: %dms, nominal: 10, lsl: 9, usl: 11, chart: i-mr}}\nsimulation: {speed: %d}\n",
        database, process_free_port(), EVERY_MS, EVERY_MS, SPEED);
    snprintf(config, sizeof config, "%s", test_file("plant.yaml", text));
    int64_t now_us = clock_now_us();
    snprintf(clock, sizeof clock, "%lld:%lld:%d", (long long)now_us, (long long)now_us, SPEED);
    setenv("GEMBA_CLOCK", clock, 1);
    simulator = process_start(ARGV("gemba", "simulate", "-c", config));
    ck_assert_msg(process_wait_for(says_ready, &simulator, 10000), "no simulator: %s", process_errors(&simulator));
    collector = process_start(ARGV("gemba", "collect", "-c", config));
}

static void stop(void)
{
    process_kill(&collector, SIGTERM);
    ck_assert_msg(process_wait(&collector, 8000) == 0, "the collector did not end well: %s", process_errors(&collector));
    process_kill(&simulator, SIGTERM);
    process_wait(&simulator, 5000);
}

struct held {
    int64_t count, first_us, last_us, longest_us, number;
};

/* The measurements, and the longest time between two. */
static struct held look(void)
{
    struct held held = {0};
    struct store *store;
    struct measurement_cursor *cursor;
    struct measurement m;
    if (store_open(&store, database, STORE_READ, &err))
        return held;
    if (!measurement_cursor_open(&cursor, store, 1, 0, INT64_MAX, 0, &err)) {
        for (; measurement_cursor_next(cursor, &m, &err) == 1; held.count++) {
            held.first_us = held.count ? held.first_us : m.time_us;
            if (held.count && m.time_us - held.last_us > held.longest_us)
                held.longest_us = m.time_us - held.last_us;
            held.last_us = m.time_us;
            ck_assert_int_eq(m.point, ++held.number);
        }
        measurement_cursor_close(cursor);
    }
    store_close(store);
    return held;
}

static bool has_some(void *least)
{
    return look().count >= *(int64_t *)least;
}

static void wait_for_more(void)
{
    int64_t least = look().count + 20;
    ck_assert_msg(process_wait_for(has_some, &least, 15000), "nothing more is recorded: %s", process_errors(&collector));
}

/* Nothing is missing, and it was said; why: in the words of the alarm. */
static void nothing_is_lost(const char *why)
{
    wait_for_more();
    stop();
    struct held held = look();
    double expected = (double)(held.last_us - held.first_us) / 1000 / EVERY_MS + 1;
    ck_assert_msg((double)held.count > 0.97 * expected, "%lld of %.0f measurements", (long long)held.count, expected);
    ck_assert_msg(held.longest_us < 10 * 1000 * EVERY_MS, "a gap of %lld ms of plant time", (long long)held.longest_us / 1000);
    struct store *store;
    struct event *events;
    size_t count, told = 0, dropped = 0;
    ck_assert_msg(!store_open(&store, database, STORE_READ, &err), "%s", err.text);
    ck_assert(!store_events(store, 0, INT64_MAX, 1000, &events, &count, &err));
    for (size_t i = 0; i < count; i++) {
        told += !strcmp(events[i].kind, "store") && strstr(events[i].text, "nothing was written for") && strstr(events[i].text, why);
        dropped += !strcmp(events[i].kind, "dropped");
    }
    free(events);
    store_close(store);
    ck_assert_uint_ge(told, 1);
    ck_assert_uint_eq(dropped, 0);
    char *alarms;
    ck_assert_int_eq(process_run(&alarms, NULL, ARGV("gemba", "show", "alarms", "--format", "csv", "-c", config)), 0);
    ck_assert_msg(strstr(alarms, "not written for") && strstr(alarms, why), "the alarm list does not say so: %s", alarms);
}

static int64_t size_of(const char *end)
{
    struct stat st;
    char *path = memory_format("%s%s", database, end);
    int64_t size = stat(path, &st) ? 0 : st.st_size;
    free(path);
    return size;
}

START_TEST(a_limit)
{
    start(test_directory());
    wait_for_more();
    struct rlimit limit = {0}, before;
    ck_assert_int_eq(prlimit(collector.pid, RLIMIT_FSIZE, NULL, &before), 0);
    limit.rlim_cur = (rlim_t)(size_of("-wal") + 8192);
    limit.rlim_max = before.rlim_max;
    ck_assert_int_eq(prlimit(collector.pid, RLIMIT_FSIZE, &limit, NULL), 0);
    ck_assert_msg(process_wait_for(log_says, (char[]){"the disk (or a quota) is full"}, 15000), "it said: %s", process_errors(&collector));
    usleep(1000000); /* an outage of a second at least */
    ck_assert_int_eq(prlimit(collector.pid, RLIMIT_FSIZE, &before, NULL), 0);
    ck_assert_msg(process_wait_for(log_says, (char[]){"can be written again"}, 15000), "it said: %s", process_errors(&collector));
    nothing_is_lost("is full");
}
END_TEST

/* --- what people get to hear meanwhile */

enum { WRITERS = 3, READERS = 3 };

static const char *const *const writers[WRITERS] = {
    ARGV("gemba", "note", "c", "coolant low", "-c", config),
    ARGV("gemba", "limits", "c", "enter", "--center", "10", "--sigma", "0.2", "--reason", "study", "-c", config),
    ARGV("gemba", "exclude", "c", "3", "--reason", "chip", "-c", config),
};
static const char *const *const readers[READERS] = {
    ARGV("gemba", "show", "overview", "--format", "csv", "-c", config),
    ARGV("gemba", "capability", "--period", "all", "-c", config),
    ARGV("gemba", "verify", "--only", "audit,decisions", "-c", config),
};

/* All at once, as they wait for some seconds. words NULL: they succeed. */
static void people_write(const char *words)
{
    struct process people[WRITERS];
    for (int i = 0; i < WRITERS; i++)
        people[i] = process_start(writers[i]);
    for (int i = 0; i < WRITERS; i++) {
        int status = process_wait(&people[i], 20000);
        char *errors = process_errors(&people[i]);
        ck_assert_msg(status == (words ? 2 : 0) && (!words || strstr(errors, words)), "gemba %s: %d, %s", writers[i][1], status, errors);
    }
}

static void people_read(void)
{
    for (int i = 0; i < READERS; i++) {
        char *errors;
        int status = process_run(NULL, &errors, readers[i]);
        ck_assert_msg(status == 0, "gemba %s: %d, %s", readers[i][1], status, errors);
    }
}

/* A copy and an export into the directory: there whole, or not at all. */
static void people_copy(const char *directory, bool is_full)
{
    char copy[500], file[500];
    snprintf(copy, sizeof copy, "%s/copy.db", directory);
    snprintf(file, sizeof file, "%s/values.csv", directory);
    const char *const *const commands[] = {ARGV("gemba", "backup", copy, "-c", config),
                                           ARGV("gemba", "export", "measurements", "-o", file, "-c", config)};
    for (int i = 0; i < 2; i++) {
        char *errors;
        int status = process_run(NULL, &errors, commands[i]);
        ck_assert_msg(status == (is_full ? 2 : 0) && (!is_full || strstr(errors, "space")), "gemba %s: %d, %s", commands[i][1], status, errors);
    }
    struct dirent *entry;
    DIR *entries = opendir(directory);
    while ((entry = readdir(entries)))
        ck_assert_msg(!is_full || (strncmp(entry->d_name, "copy", 4) && !strstr(entry->d_name, "values")), "%s was left", entry->d_name);
    closedir(entries);
    ck_assert(is_full || (!access(copy, R_OK) && !access(file, R_OK)));
}

/* A small file system of its own, which others fill. */
START_TEST(a_full_disk)
{
    char directory[400], ballast[500];
    snprintf(directory, sizeof directory, "%s/disk", test_directory());
    snprintf(ballast, sizeof ballast, "%s/ballast", directory);
    ck_assert_int_eq(mkdir(directory, 0755), 0);
    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("none", directory, "tmpfs", 0, "size=6m")) {
        fprintf(stderr, "skipped: a file system of one's own needs root; ");
        return;
    }
    start(directory);
    wait_for_more();
    static char block[65536];
    int fd = open(ballast, O_WRONLY | O_CREAT, 0600);
    while (write(fd, block, sizeof block) > 0)
        ;
    close(fd);
    ck_assert_msg(process_wait_for(log_says, (char[]){"the disk (or a quota) is full"}, 15000), "it said: %s", process_errors(&collector));
    people_write("is full");
    people_copy(directory, true);
    people_read();
    ck_assert_int_eq(unlink(ballast), 0);
    ck_assert_msg(process_wait_for(log_says, (char[]){"can be written again"}, 15000), "it said: %s", process_errors(&collector));
    people_write(NULL);
    people_copy(directory, false);
    nothing_is_lost("is full");
    umount2(directory, MNT_DETACH);
}
END_TEST

/* A database tool with an open transaction for a minute of the plant's time; GEMBA_TEST_LOCK_S=60: of real time. */
START_TEST(another_program_locks_it)
{
    start(test_directory());
    wait_for_more();
    sqlite3 *other;
    ck_assert_int_eq(sqlite3_open(database, &other), SQLITE_OK);
    sqlite3_busy_timeout(other, 5000);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    const char *seconds = getenv("GEMBA_TEST_LOCK_S");
    int64_t until_us = clock_monotonic_us() + (seconds ? atoi(seconds) : LOCK_PLANT_S / SPEED) * SECOND_US;
    people_write("locked by another program");
    people_read();
    while (clock_monotonic_us() < until_us)
        usleep(50000);
    ck_assert_int_eq(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    people_write(NULL);
    ck_assert_msg(process_wait_for(log_says, (char[]){"can be written again"}, 15000), "it said: %s", process_errors(&collector));
    nothing_is_lost("locked by another program");
}
END_TEST

Suite *outage_suite(void);
Suite *outage_suite(void)
{
    const struct named_test cases[] = {
        {"a limit of file sizes", a_limit}, {"a full disk", a_full_disk}, {"another program locks the store", another_program_locks_it}};
    return SUITE_OF("outage", 150, cases);
}
