/* Questions to the store that tests/bench/fill.c made, and to plain rows.
 * usage: query DIR last|month|all|rows; prints figures:
 *   last   p50 and p99 in milliseconds of the newest 125 points of a characteristic
 *   month  milliseconds of one characteristic's Cpk of 30 days (median), and the largest relative difference to the values one by one
 *   all    seconds of that for every characteristic; how many values
 *   rows   nanoseconds a value of the same from plain rows: clustered by (characteristic, time), and as they came with an index on that */
#include "storage/storage.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 125, ASKED = 200, CONFIDENCE_PERCENT = 95 };
static const int64_t period_us = 30 * DAY_US;
static struct error err;

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "query: %s\n", what);
    exit(1);
}

#define DO(call)                                                                                                                                     \
    do {                                                                                                                                             \
        if (call)                                                                                                                                    \
            fail(err.text);                                                                                                                          \
    } while (0)

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double ms_since(int64_t begun_us)
{
    return (double)(clock_monotonic_us() - begun_us) / 1000;
}

/* Its edges are in the middle of a chunk and of the rows that are not packed yet. */
static void period_of(struct store *store, int64_t characteristic, int64_t *from_us, int64_t *to_us)
{
    struct standing standing;
    DO(store_standing(store, characteristic, &standing, &err));
    *to_us = standing.time_us - HOUR_US;
    *from_us = *to_us - period_us;
}

static void last(struct store *store, const struct plant *plant)
{
    double ms[ASKED];
    for (int i = 0; i < ASKED; i++) {
        const struct characteristic *c = &plant->characteristics[(size_t)i * 7919 % plant->n_characteristics];
        struct point_cursor *cursor;
        struct point point;
        int count = 0;
        int64_t begun_us = clock_monotonic_us();
        DO(point_cursor_open(&cursor, store, c->id, 0, INT64_MAX, POINTS, &err));
        while (point_cursor_next(cursor, &point, &err) == 1)
            count++;
        point_cursor_close(cursor);
        ms[i] = ms_since(begun_us);
        if (count != POINTS)
            fail("there are not as many points as were asked for");
    }
    qsort(ms, ASKED, sizeof *ms, compare);
    printf("%.3f %.3f\n", ms[ASKED / 2], ms[ASKED * 99 / 100]);
}

static double cpk(const struct characteristic *c, const struct moments *moments, const struct within *within, int64_t below, int64_t above)
{
    struct specification specification = {c->lsl, c->usl, c->target};
    return capability_of(moments, within, specification, below, above, CONFIDENCE_PERCENT / 100.0).cpk.value;
}

/* From the values one by one, as a report without chunks would. */
static double cpk_by_hand(struct store *store, const struct characteristic *c, int64_t from_us, int64_t to_us, struct moments *moments)
{
    struct measurement_cursor *cursor;
    struct measurement m;
    struct within within = {0};
    double *values = NULL;
    size_t n = 0, room = 0, first = 0;
    int64_t point = 0, below = 0, above = 0;
    DO(measurement_cursor_open(&cursor, store, c->id, from_us, to_us, 0, &err));
    while (measurement_cursor_next(cursor, &m, &err) == 1) {
        if (m.point != point) {
            within_add_subgroup(&within, values + first, (int)(n - first));
            first = n;
        }
        point = m.point;
        memory_grow((void **)&values, &room, n, sizeof *values);
        values[n++] = m.value;
        below += m.value < c->lsl;
        above += m.value > c->usl;
        if (c->subgroup == 1 && n > 1)
            within_add_moving_range(&within, fabs(m.value - values[n - 2]));
    }
    measurement_cursor_close(cursor);
    within_add_subgroup(&within, values + first, (int)(n - first));
    *moments = moments_of(values, n);
    free(values);
    return cpk(c, moments, &within, below, above);
}

static struct summary ask(struct store *store, const struct characteristic *c)
{
    struct summary summary;
    int64_t from_us, to_us;
    period_of(store, c->id, &from_us, &to_us);
    DO(store_summary(store, c->id, from_us, to_us, c->lsl, c->usl, &summary, &err));
    return summary;
}

static void month(struct store *store, const struct plant *plant)
{
    double ms[ASKED], worst = 0;
    for (int i = 0; i < ASKED; i++) {
        const struct characteristic *c = &plant->characteristics[(size_t)i * 7919 % plant->n_characteristics];
        int64_t begun_us = clock_monotonic_us();
        struct summary summary = ask(store, c);
        const struct tally *t = &summary.tally;
        double fast = cpk(c, &t->moments, &t->within, t->below, t->above);
        ms[i] = ms_since(begun_us);
        if (i % 20)
            continue;
        struct moments moments;
        int64_t from_us, to_us;
        period_of(store, c->id, &from_us, &to_us);
        double slow = cpk_by_hand(store, c, from_us, to_us, &moments);
        if (moments.n != t->moments.n || !moments.n)
            fail("the figures are of another number of values");
        worst = fmax(worst, fmax(fabs(fast / slow - 1), fabs(t->moments.mean / moments.mean - 1)));
    }
    qsort(ms, ASKED, sizeof *ms, compare);
    printf("%.3f %.3g\n", ms[ASKED / 2], worst);
}

static void all(struct store *store, const struct plant *plant)
{
    double sum = 0, values = 0;
    int64_t begun_us = clock_monotonic_us();
    for (size_t i = 0; i < plant->n_characteristics; i++) {
        const struct characteristic *c = &plant->characteristics[i];
        struct summary summary = ask(store, c);
        const struct tally *t = &summary.tally;
        sum += cpk(c, &t->moments, &t->within, t->below, t->above);
        values += (double)t->count;
    }
    if (!isfinite(sum))
        fail("a Cpk is not a number");
    printf("%.3f %.0f\n", ms_since(begun_us) / 1000, values);
}

static void run_sql(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
}

enum { ROW_SERIES = 3000, ROW_VALUES = 720 };

/* Nanoseconds a value of moments from rows; statement: the values of a characteristic, ?1. */
static double scan(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
    int64_t begun_us = clock_monotonic_us(), counted = 0;
    for (int64_t i = 0; i < ROW_SERIES; i++) {
        struct moments moments = {0};
        sqlite3_bind_int64(statement, 1, i);
        while (sqlite3_step(statement) == SQLITE_ROW)
            moments_add(&moments, sqlite3_column_double(statement, 0));
        sqlite3_reset(statement);
        counted += moments.n;
    }
    sqlite3_finalize(statement);
    if (counted != (int64_t)ROW_SERIES * ROW_VALUES)
        fail("rows are missing");
    return ms_since(begun_us) * 1e6 / (double)counted;
}

/* Rows as they come: a value of each characteristic, then the next of each. */
static void rows(const char *directory)
{
    sqlite3 *db;
    sqlite3_stmt *add, *add_clustered;
    char *path = memory_format("%s/rows.db", directory);
    if (sqlite3_open(path, &db) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
    run_sql(db,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE value(id INTEGER PRIMARY KEY, characteristic INTEGER, time INTEGER,"
            " value REAL, quality INTEGER); CREATE INDEX value_key ON value(characteristic, time); CREATE TABLE clustered(characteristic INTEGER,"
            " time INTEGER, value REAL, quality INTEGER, PRIMARY KEY(characteristic, time)) WITHOUT ROWID; BEGIN");
    if (sqlite3_prepare_v2(db, "INSERT INTO value VALUES (NULL, ?1, ?2, ?3, 0)", -1, &add, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db, "INSERT INTO clustered VALUES (?1, ?2, ?3, 0)", -1, &add_clustered, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
    sqlite3_stmt *both[] = {add, add_clustered};
    for (int64_t i = 0; i < (int64_t)ROW_SERIES * ROW_VALUES; i++)
        for (int j = 0; j < 2; j++) {
            sqlite3_bind_int64(both[j], 1, i % ROW_SERIES);
            sqlite3_bind_int64(both[j], 2, i / ROW_SERIES * 120 * SECOND_US);
            sqlite3_bind_double(both[j], 3, (double)(25000 + i * 7919 % 61) / 1000);
            if (sqlite3_step(both[j]) != SQLITE_DONE || sqlite3_reset(both[j]) != SQLITE_OK)
                fail(sqlite3_errmsg(db));
        }
    sqlite3_finalize(add);
    sqlite3_finalize(add_clustered);
    run_sql(db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    double clustered = scan(db, "SELECT value FROM clustered WHERE characteristic = ?1"),
           indexed = scan(db, "SELECT value FROM value WHERE characteristic = ?1");
    printf("%.1f %.1f\n", clustered, indexed);
    sqlite3_close(db);
    remove(path);
    free(path);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        fail("usage: query DIR last|month|all|rows");
    if (!strcmp(argv[2], "rows")) {
        rows(argv[1]);
        return 0;
    }
    char *path = memory_format("%s/plant.yaml", argv[1]);
    struct problems problems = {0};
    struct plant *plant = plant_load(path, &problems);
    struct store *store;
    if (!plant)
        fail(problems.count ? problems.items[0].text : path);
    DO(store_open(&store, plant->store_path, STORE_READ, &err));
    DO(store_identify(store, plant, &err));
    if (!strcmp(argv[2], "last"))
        last(store, plant);
    else
        (strcmp(argv[2], "all") ? month : all)(store, plant);
    store_close(store);
    plant_free(plant);
    problems_free(&problems);
    free(path);
    return 0;
}
