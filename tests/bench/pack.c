/* What packing costs those who record and those who read, and whether it keeps up: a plant of 300 instruments x 100 registers and 3,000 single
 * values, each once a second. A backlog is recorded; then a transaction each tick, as the recorder does, first without and then with packing in the
 * time that is left, while another process asks for the newest 125 points of one characteristic after the other.
 * usage: pack DIR SECONDS; prints a line for each half, milliseconds:
 *   packing(0|1) COMMIT_P99 COMMIT_MAX LATE_P99 LATE_MAX QUERY_P99 QUERY_MAX STEP_P99 STEP_MAX PACKED_S RECORDED_S
 * commit: how long a transaction took; late: after the instant it was due, it began; step: a transaction of packing; packed, recorded: values a
 * second. */
#include "storage/private.h"
#include "storage/storage.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNITS = 300, REGISTERS = 100, CHARACTERISTICS = 3000, KEEP = 256, MOST = 100000, TICKS = 4, TICK_US = 250000 };
static const int64_t start_us = INT64_C(1793600000000000);
static struct error err;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "pack: %s\n", what);
    exit(1);
}

#define DO(call)                                                                                                                                     \
    do {                                                                                                                                             \
        if (call)                                                                                                                                    \
            fail(err.text);                                                                                                                          \
    } while (0)

static struct plant *make_plant(const char *directory)
{
    char *path = memory_format("%s/plant.yaml", directory);
    FILE *file = fopen(path, "w");
    if (!file)
        fail("the directory cannot be written");
    fprintf(file, "plant: {name: Bench, timezone: UTC}\nstore: {path: plant.db}\nlinks:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n");
    for (int i = 0; i < UNITS; i++) {
        fprintf(file, "  u%d:\n    link: hall\n    unit: %d\n    every: 1s\n    tags:\n", i, i % 240 + 1);
        for (int j = 0; j < REGISTERS; j++) /* a third of them full doubles */
            fprintf(file, "      t%d: {address: %d, type: %s}\n", j, 40001 + 4 * j, i % 3 ? "u16" : "f64");
    }
    fprintf(file, "characteristics:\n");
    for (int i = 0; i < CHARACTERISTICS; i++)
        fprintf(file, "  c%d: {source: u%d.t%d, every: 1s, nominal: 1030, lsl: 990, usl: 1070, chart: i-mr}\n", i, i % UNITS, i / UNITS);
    fclose(file);
    struct problems problems = {0};
    struct plant *plant = plant_load(path, &problems);
    if (!plant)
        fail(problems.count ? problems.items[0].text : "no plant");
    problems_free(&problems);
    free(path);
    return plant;
}

static double value_of(int64_t second, int unit, int tag)
{
    uint64_t x = (uint64_t)second * 0x9e3779b97f4a7c15u + (uint64_t)(unit * REGISTERS + tag) * 0xbf58476d1ce4e5b9u;
    x ^= x >> 31;
    x *= 0x94d049bb133111ebu;
    double whole = 1000 + (double)((x >> 40 & 15) + (x >> 44 & 15) + (x >> 48 & 15) + (x >> 52 & 15));
    return unit % 3 ? whole : whole + (double)(x >> 11) * 0x1p-53;
}

static void record_characteristic(struct store *store, const struct characteristic *c, int64_t second, double value)
{
    struct measurement m = {.characteristic = c->id, .time_us = start_us + second * SECOND_US, .value = value, .point = second + 1};
    struct point p = {.characteristic = c->id, .number = second + 1, .time_us = m.time_us};
    p.subgroup = (struct subgroup){.n = 1, .location = value, .dispersion = 1, .mean = value, .count = NAN, .size = NAN};
    p.verdict.location = (struct limit_line){1030, 1000, 1060, 10};
    p.verdict.plotted[0] = value;
    p.verdict.plotted[1] = 1;
    p.verdict.plotted[2] = NAN;
    DO(record_measurement(store, &m, &err) || record_point(store, &p, &err));
}

/* One of `parts` of the plant: units from, from + parts, ... below `units`, and their characteristics. */
static void record_part(struct store *store, const struct plant *plant, int64_t second, int from, int parts, int units)
{
    struct reading readings[REGISTERS] = {{0}};
    DO(store_begin(store, &err));
    for (int i = from; i < units; i += parts) {
        for (int j = 0; j < REGISTERS; j++)
            readings[j].value = value_of(second, i, j);
        DO(record_journal(store, &plant->instruments[i], start_us + second * SECOND_US, readings, &err));
        for (int j = 0; j < CHARACTERISTICS / UNITS; j++)
            record_characteristic(store, &plant->characteristics[j * UNITS + i], second, value_of(second, i, j));
    }
    DO(store_commit(store, &err));
}

/* --- the reader */

/* Written by the reader, printed by the recorder. */
struct waits {
    int64_t us[MOST];
    volatile size_t count;
};

static void add_wait(struct waits *waits, int64_t us)
{
    if (waits->count < MOST)
        waits->us[waits->count++] = us;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void print_waits(struct waits *waits)
{
    qsort(waits->us, waits->count, sizeof *waits->us, compare);
    size_t n = waits->count;
    printf(" %.1f %.1f", n ? (double)waits->us[n * 99 / 100] / 1000 : NAN, n ? (double)waits->us[n - 1] / 1000 : NAN);
}

/* What the two processes share. */
static struct shared {
    volatile int packing, ended;
    struct half {
        struct waits commits, lateness, queries, steps;
    } halves[2];
} * shared;

static _Noreturn void read_on(const char *path)
{
    struct store *store;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    DO(store_open(&store, path, STORE_READ, &err));
    for (int64_t i = 0; !shared->ended; i++, usleep(2000)) {
        struct point_cursor *cursor;
        struct point point;
        int packing = shared->packing;
        int64_t begun_us = clock_monotonic_us();
        DO(point_cursor_open(&cursor, store, 1 + i * 7919 % CHARACTERISTICS, 0, INT64_MAX, 125, &err));
        while (point_cursor_next(cursor, &point, &err) == 1)
            ;
        point_cursor_close(cursor);
        add_wait(&shared->halves[packing].queries, clock_monotonic_us() - begun_us);
    }
    store_close(store);
    _exit(0);
}

/* --- ticks */

/* Step after step, while what is left is as long as the longest lately, as the recorder does. */
static void pack_until(struct store *store, struct waits *steps, int64_t until_us)
{
    static int64_t longest_us;
    int64_t now_us = clock_monotonic_us();
    bool more = true;
    longest_us -= longest_us / 16;
    while (more && now_us + longest_us < until_us) {
        int64_t begun_us = now_us;
        DO(store_pack(store, KEEP, 1, &more, &err));
        now_us = clock_monotonic_us();
        longest_us = now_us - begun_us > longest_us ? now_us - begun_us : longest_us;
        add_wait(steps, now_us - begun_us);
    }
}

static void run(struct store *store, const struct plant *plant, int64_t second, int64_t seconds, bool packing)
{
    struct half *half = &shared->halves[packing];
    int64_t due_us = clock_monotonic_us();
    shared->packing = packing;
    for (int64_t i = 0; i < seconds * TICKS; i++, due_us += TICK_US) {
        int64_t now_us = clock_monotonic_us();
        if (now_us < due_us)
            usleep((useconds_t)(due_us - now_us));
        int64_t begun_us = clock_monotonic_us();
        record_part(store, plant, second + i / TICKS, (int)(i % TICKS), TICKS, UNITS);
        add_wait(&half->lateness, begun_us > due_us ? begun_us - due_us : 0);
        add_wait(&half->commits, clock_monotonic_us() - begun_us);
        if (packing)
            pack_until(store, &half->steps, due_us + TICK_US);
    }
}

static int64_t packed_values(struct store *store)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->db, "SELECT coalesce(sum(polls), 0) * 100 + (SELECT coalesce(sum(count), 0) FROM chunk) FROM journal_chunk", -1,
                           &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        fail(sqlite3_errmsg(store->db));
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return count;
}

int main(int argc, char **argv)
{
    enum { BACKLOG = 2400, PART = 30 };
    int64_t seconds = argc > 2 ? atoll(argv[2]) : 0, packed[2];
    if (seconds < 2)
        fail("usage: pack DIR SECONDS");
    struct plant *plant = make_plant(argv[1]);
    struct store *store;
    DO(store_open(&store, plant->store_path, STORE_RECORD, &err) || store_identify(store, plant, &err));
    for (int64_t i = 0; i < BACKLOG; i++) /* of a tenth of the plant: that of all would take an hour to make */
        record_part(store, plant, i, 0, 1, PART);
    store_close(store);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        fail("no memory");
    pid_t reader = fork(); /* before this process has the file open */
    if (reader == 0)
        read_on(plant->store_path);
    DO(store_open(&store, plant->store_path, STORE_RECORD, &err) || store_identify(store, plant, &err));
    for (int packing = 0; packing < 2; packing++) {
        int64_t before = packed_values(store);
        run(store, plant, BACKLOG + packing * seconds, seconds, packing);
        packed[packing] = (packed_values(store) - before) / seconds;
    }
    shared->ended = 1;
    waitpid(reader, NULL, 0);
    for (int packing = 0; packing < 2; packing++) {
        struct half *half = &shared->halves[packing];
        printf("%d", packing);
        print_waits(&half->commits);
        print_waits(&half->lateness);
        print_waits(&half->queries);
        print_waits(&half->steps);
        printf(" %lld %lld\n", (long long)packed[packing], (long long)(UNITS * REGISTERS + CHARACTERISTICS));
    }
    store_close(store);
    plant_free(plant);
    return 0;
}
