/* What packing costs those who record and those who read, and whether it keeps up: a plant of 300 instruments x 100 registers and 3,000 single
 * values, each once a plant second. A backlog is recorded; then a transaction of a plant second each TICK_US, as the recorder does, first without and
 * then with packing in the time that is left, while another process reads a characteristic's month again and again.
 * usage: pack DIR SECONDS; prints a line for each half:
 *   packing(0|1) COMMIT_P99_MS COMMIT_MAX_MS LATE_P99_MS LATE_MAX_MS QUERY_P99_MS QUERY_MAX_MS STEP_MAX_MS PACKED_S RECORDED_S
 * commit: how long a transaction took; late: after the instant it was due, it began; packed, recorded: plant seconds of the instruments' polls. */
#include "storage/private.h"
#include "storage/storage.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNITS = 300, REGISTERS = 100, CHARACTERISTICS = 3000, KEEP = 256, MOST = 100000, TICK_US = 240000, WORK_US = 30000 };
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

/* units, characteristics: how many of them; the backlog of all would take an hour to make. */
static void record_second(struct store *store, const struct plant *plant, int64_t second, int units, int characteristics)
{
    struct reading readings[REGISTERS] = {{0}};
    DO(store_begin(store, &err));
    for (int i = 0; i < units; i++) {
        for (int j = 0; j < REGISTERS; j++)
            readings[j].value = value_of(second, i, j);
        DO(record_journal(store, &plant->instruments[i], start_us + second * SECOND_US, readings, &err));
    }
    for (int i = 0; i < characteristics; i++)
        record_characteristic(store, &plant->characteristics[i], second, value_of(second, i % UNITS, i / UNITS));
    DO(store_commit(store, &err));
}

/* --- the reader */

struct waits {
    int64_t us[MOST];
    size_t count;
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

static volatile sig_atomic_t ended;
static void end(int signal)
{
    (void)signal;
    ended = 1;
}

static void read_on(const char *path, int64_t characteristic, int out)
{
    struct store *store;
    struct waits *waits = memory_zero(1, sizeof *waits);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGTERM, end);
    DO(store_open(&store, path, STORE_READ, &err));
    for (int64_t i = 0; !ended; i++, usleep(2000)) {
        struct summary summary;
        int64_t begun_us = clock_monotonic_us();
        DO(store_summary(store, characteristic + i % 20, 0, INT64_MAX, 990, 1070, &summary, &err));
        add_wait(waits, clock_monotonic_us() - begun_us);
    }
    FILE *file = fdopen(out, "w");
    fwrite(waits, sizeof *waits, 1, file);
    fclose(file);
    _exit(0);
}

/* --- ticks */

struct half {
    struct waits commits, lateness, queries;
    int64_t longest_us, packed;
};

static void pack_until(struct store *store, struct half *half, int64_t until_us)
{
    bool more = true;
    while (more && clock_monotonic_us() + WORK_US < until_us) {
        int64_t begun_us = clock_monotonic_us(), before = store_packed(store);
        DO(store_pack(store, KEEP, 1, &more, &err)); /* a step at a time */
        int64_t took_us = clock_monotonic_us() - begun_us;
        half->longest_us = took_us > half->longest_us ? took_us : half->longest_us;
        half->packed += store_packed(store) - before;
    }
}

static void run(struct store *store, const struct plant *plant, int64_t second, int64_t seconds, bool packing, struct half *half)
{
    int pipes[2];
    if (pipe(pipes))
        fail("no pipe");
    pid_t reader = fork();
    if (reader == 0)
        read_on(plant->store_path, plant->characteristics[0].id, pipes[1]);
    close(pipes[1]);
    int64_t due_us = clock_monotonic_us();
    for (int64_t end_at = second + seconds; second < end_at; second++, due_us += SECOND_US) {
        int64_t now_us = clock_monotonic_us();
        if (now_us < due_us)
            usleep((useconds_t)(due_us - now_us));
        int64_t begun_us = clock_monotonic_us();
        record_second(store, plant, second, UNITS, CHARACTERISTICS);
        add_wait(&half->lateness, begun_us > due_us ? begun_us - due_us : 0);
        add_wait(&half->commits, clock_monotonic_us() - begun_us);
        if (packing)
            pack_until(store, half, due_us + SECOND_US);
    }
    kill(reader, SIGTERM);
    FILE *file = fdopen(pipes[0], "r");
    if (fread(&half->queries, sizeof half->queries, 1, file) != 1)
        fail("the reader said nothing");
    fclose(file);
    waitpid(reader, NULL, 0);
}

static int64_t packed_readings(struct store *store)
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
    int64_t seconds = argc > 2 ? atoll(argv[2]) : 0;
    if (seconds < 2)
        fail("usage: pack DIR SECONDS");
    struct plant *plant = make_plant(argv[1]);
    struct store *store;
    DO(store_open(&store, plant->store_path, STORE_RECORD, &err) || store_identify(store, plant, &err));
    for (int64_t i = 0; i < BACKLOG; i++)
        record_second(store, plant, i, PART, CHARACTERISTICS / UNITS * PART);
    for (int packing = 0; packing < 2; packing++) {
        struct half *half = memory_zero(1, sizeof *half);
        int64_t before = packed_readings(store);
        run(store, plant, BACKLOG + packing * seconds, seconds, packing, half);
        printf("%d", packing);
        print_waits(&half->commits);
        print_waits(&half->lateness);
        print_waits(&half->queries);
        printf(" %.1f %lld %lld\n", (double)half->longest_us / 1000, (long long)((packed_readings(store) - before) / seconds),
               (long long)(UNITS * REGISTERS + CHARACTERISTICS));
        fflush(stdout);
        free(half);
    }
    store_close(store);
    plant_free(plant);
    return 0;
}
