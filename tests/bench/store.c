/* How fast the store takes values at synchronous=FULL: 300 instruments x 10 values a plant second.
 * usage: store rows|alone|judged DIR SECONDS; prints "VALUES_A_SECOND VALUES_A_CPU_SECOND BYTES_A_VALUE"
 *   rows    the baseline: a row per value, clustered by (characteristic, time), one transaction a plant second
 *   alone   polls into the store, one transaction a plant second, nothing judged
 *   judged  polls into the recorder's queue, every value a measurement of its own characteristic (Xbar-R of 5), until all is committed */
#include "acquisition/recorder.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { UNITS = 300, TAGS = 10, QUEUE_AHEAD = 20000 };
static const int64_t start_us = INT64_C(1793600000000000);

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "store: %s\n", what);
    exit(1);
}

static int noise(int64_t second, int unit, int tag)
{
    uint64_t x = (uint64_t)second * 0x9e3779b97f4a7c15u + (uint64_t)(unit * TAGS + tag) * 0xbf58476d1ce4e5b9u;
    x ^= x >> 31;
    x *= 0x94d049bb133111ebu;
    return (int)((x >> 40 & 15) + (x >> 44 & 15) + (x >> 48 & 15) + (x >> 52 & 15)); /* 0..60, nearly normal */
}

static struct plant *make_plant(const char *directory)
{
    char *path = memory_format("%s/plant.yaml", directory);
    FILE *file = fopen(path, "w");
    if (!file)
        fail("the directory cannot be written");
    fprintf(file, "plant: {name: Bench, timezone: UTC}\nstore: {path: plant.db}\nlinks:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n");
    for (int i = 0; i < UNITS; i++) {
        fprintf(file, "  u%d:\n    link: hall\n    unit: %d\n    every: 1s\n    tags:\n", i, i % 240 + 1);
        for (int j = 0; j < TAGS; j++)
            fprintf(file, "      t%d: {address: %d, type: u16}\n", j, 40001 + j);
    }
    fprintf(file, "characteristics:\n");
    for (int i = 0; i < UNITS * TAGS; i++)
        fprintf(file, "  c%d: {source: u%d.t%d, every: 1s, nominal: 1030, lsl: 990, usl: 1070, chart: xbar-r, subgroup: 5, rules: nelson}\n", i,
                i / TAGS, i % TAGS);
    fclose(file);
    struct problems problems = {0};
    struct plant *plant = plant_load(path, &problems);
    if (!plant)
        fail(problems.count ? problems.items[0].text : "no plant");
    problems_free(&problems);
    free(path);
    return plant;
}

static struct store *make_store(struct plant *plant)
{
    struct error err;
    struct store *store;
    if (store_open(&store, plant->store_path, STORE_RECORD, &err) || store_identify(store, plant, &err))
        fail(err.text);
    return store;
}

static void alone(const struct plant *plant, struct store *store, int seconds)
{
    struct error err;
    struct reading readings[TAGS] = {{0}};
    for (int second = 0; second < seconds; second++) {
        if (store_begin(store, &err))
            fail(err.text);
        for (int i = 0; i < UNITS; i++) {
            for (int j = 0; j < TAGS; j++)
                readings[j].value = 1000 + noise(second, i, j);
            if (record_journal(store, &plant->instruments[i], start_us + second * SECOND_US + i, readings, &err))
                fail(err.text);
        }
        if (store_commit(store, &err))
            fail(err.text);
    }
}

static void judged(const struct plant *plant, struct store *store, int seconds)
{
    struct error err;
    struct queue *queue = queue_create(1 << 20, (size_t)1 << 30);
    struct recorder *recorder = recorder_start(plant, store, queue, &err);
    struct plan *plans[UNITS];
    if (!recorder)
        fail(err.text);
    for (int i = 0; i < UNITS; i++)
        plans[i] = plan_build(plant, &plant->instruments[i]);
    for (int second = 0; second < seconds; second++) {
        for (int i = 0; i < UNITS; i++) {
            struct poll *poll = poll_create(plans[i]);
            poll->time_us = start_us + second * SECOND_US + i;
            memset(poll->quality, QUALITY_GOOD, TAGS);
            for (int j = 0; j < TAGS; j++)
                poll->registers[j] = (uint16_t)(1000 + noise(second, i, j));
            queue_push(queue, poll);
        }
        while (queue_length(queue) > QUEUE_AHEAD)
            usleep(1000);
    }
    while (queue_length(queue))
        usleep(1000);
    if (recorder_stop(recorder, 600 * SECOND_US))
        fail("polls were lost");
    for (int i = 0; i < UNITS; i++)
        plan_free(plans[i]);
    queue_destroy(queue);
}

static void run_sql(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
}

static void rows(const char *path, int seconds)
{
    sqlite3 *db;
    sqlite3_stmt *add;
    if (sqlite3_open(path, &db) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
    run_sql(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000;"
                "CREATE TABLE value(key INTEGER PRIMARY KEY, value REAL, quality INTEGER)");
    if (sqlite3_prepare_v2(db, "INSERT INTO value VALUES (?1, ?2, 0)", -1, &add, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
    for (int second = 0; second < seconds; second++) {
        run_sql(db, "BEGIN");
        for (int i = 0; i < UNITS * TAGS; i++) {
            sqlite3_bind_int64(add, 1, (int64_t)i << 41 | (start_us / 1000 + second * 1000) % (INT64_C(1) << 41));
            sqlite3_bind_double(add, 2, 1000 + noise(second, i / TAGS, i % TAGS));
            if (sqlite3_step(add) != SQLITE_DONE || sqlite3_reset(add) != SQLITE_OK)
                fail(sqlite3_errmsg(db));
        }
        run_sql(db, "COMMIT");
    }
    sqlite3_finalize(add);
    sqlite3_close(db);
}

int main(int argc, char **argv)
{
    int seconds = argc == 4 ? atoi(argv[3]) : 0;
    if (seconds < 1)
        fail("usage: store rows|alone|judged DIR SECONDS");
    char *path = memory_format("%s/plant.db", argv[2]);
    int64_t begun_us;
    double begun_cpu_s;
    if (!strcmp(argv[1], "rows")) {
        begun_us = clock_monotonic_us();
        begun_cpu_s = (double)clock() / CLOCKS_PER_SEC;
        rows(path, seconds);
    } else {
        struct plant *plant = make_plant(argv[2]);
        struct store *store = make_store(plant);
        begun_us = clock_monotonic_us();
        begun_cpu_s = (double)clock() / CLOCKS_PER_SEC;
        (strcmp(argv[1], "judged") ? alone : judged)(plant, store, seconds);
        store_close(store);
        plant_free(plant);
    }
    double cpu_s = (double)clock() / CLOCKS_PER_SEC - begun_cpu_s;
    double took_s = (double)(clock_monotonic_us() - begun_us) / SECOND_US, values = (double)seconds * UNITS * TAGS;
    struct stat st;
    if (stat(path, &st))
        fail("no store was made");
    printf("%.0f %.0f %.2f\n", values / took_s, values / cpu_s, (double)st.st_size / values);
    free(path);
    return 0;
}
