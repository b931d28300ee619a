#include "storage/retain.h"

#include "storage/chunk.h"
#include "storage/polls.h"
#include "storage/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* What one transaction takes: a few milliseconds. */
enum { ROWS_AT_ONCE = 2000, CHUNKS_AT_ONCE = 16, POLL_CHUNKS_AT_ONCE = 100 };

static void extend(struct retained *retained, int64_t from_us, int64_t to_us)
{
    if (!retained->from_us || from_us < retained->from_us)
        retained->from_us = from_us;
    retained->to_us = to_us > retained->to_us ? to_us : retained->to_us;
}

/* Of rows (count, first, last) or chunks (rows, chunks, bytes, first, last): one row of figures each. */
static int add_up(struct store *store, enum query query, int64_t before_us, struct retained *retained, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, query, err, "i", before_us);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1) {
        int64_t rows, chunks, bytes, from_us, to_us;
        query_row(statement, "iiiii", &rows, &chunks, &bytes, &from_us, &to_us);
        retained->rows += rows;
        retained->chunks += chunks;
        retained->bytes += bytes;
        if (rows)
            extend(retained, from_us, to_us);
    }
    query_end(statement);
    return found < 0 ? -1 : 0;
}

/* A transaction, and a pause of twice its length: whoever waits for SQLite's lock looks only now and then whether it is free, and the collector's
 * values must not queue behind all that is to go. */
static int begin(struct store *store, int64_t *begun_us, struct error *err)
{
    if (store_begin(store, err))
        return -1;
    *begun_us = clock_monotonic_us();
    return 0;
}

static int end(struct store *store, int64_t begun_us, int failed, struct error *err)
{
    failed = failed || store_commit(store, err);
    if (failed)
        store_rollback(store);
    int64_t pause_us = 2 * (clock_monotonic_us() - begun_us);
    nanosleep(&(struct timespec){.tv_sec = pause_us / SECOND_US, .tv_nsec = pause_us % SECOND_US * 1000}, NULL);
    return failed ? -1 : 0;
}

/* In the transaction in which they go: whatever ends this in the middle, the store says how far back it may lack something, and how much went. */
static int count_dropped(struct store *store, enum keep_class class, int64_t before_us, int64_t rows, struct error *err)
{
    return query_run(store, QUERY_DROPPED_ADD, err, "tiii", keep_class_name(class), (int64_t)0, before_us, rows);
}

/* Runs a statement that takes at most ROWS_AT_ONCE rows until nothing is left for it. KEEP_CLASSES: of no class, rows that nobody counts. */
static int drop_rows(struct store *store, enum query query, enum keep_class class, int64_t before_us, struct error *err)
{
    int changed;
    int64_t begun_us;
    do {
        if (begin(store, &begun_us, err))
            return -1;
        int failed = query_run(store, query, err, "iw", before_us, (int)ROWS_AT_ONCE);
        changed = sqlite3_changes(store->db);
        if (!failed && changed > 0 && class != KEEP_CLASSES)
            failed = count_dropped(store, class, before_us, changed, err);
        if (end(store, begun_us, failed, err))
            return -1;
    } while (changed > 0);
    return 0;
}

/* --- values: a chunk stays, without them */

/* A packer may have given the number to another chunk meanwhile: its time decides. */
static int drop_values(struct store *store, int64_t id, int64_t before_us, struct error *err)
{
    struct chunk chunk;
    struct frame values = {.shape = &value_shape}, points = {.shape = &point_shape}, none = {.shape = &value_shape};
    int found = chunk_find(store, id, &chunk, err);
    int failed = found < 0;
    if (found == 1 && chunk.value_bytes && chunk.last_us < before_us) {
        int64_t dropped = chunk.count - chunk.gone, series = chunk.characteristic, last_us = chunk.last_us;
        failed = chunk_values(store, &chunk, &values, err) || chunk_points(store, &chunk, &points, err) ||
                 chunk_remove(store, &chunk, &values, err) || chunk_add(store, &chunk, &none, &points, err) ||
                 query_run(store, QUERY_DROPPED_ADD, err, "tiii", "values", series, last_us + 1, dropped) ||
                 query_run(store, QUERY_LATE_VALUES_DROP, err, "ii", series, last_us);
    }
    frame_free(&values);
    frame_free(&points);
    return failed;
}

static int list_old(struct store *store, int64_t before_us, int64_t **ids, size_t *count, struct error *err)
{
    size_t room = 0;
    int more;
    sqlite3_stmt *statement = query_start(store, QUERY_RETAIN_VALUES_OLD, err, "i", before_us);
    if (!statement)
        return -1;
    while ((more = query_next(store, statement, err)) == 1) {
        memory_grow((void **)ids, &room, *count, sizeof **ids);
        (*ids)[(*count)++] = sqlite3_column_int64(statement, 0);
    }
    query_end(statement);
    return more;
}

static int drop_chunks_of_values(struct store *store, int64_t before_us, struct error *err)
{
    int64_t *ids = NULL, begun_us;
    size_t count = 0;
    int failed = list_old(store, before_us, &ids, &count, err);
    for (size_t i = 0; i < count && !failed;) {
        if ((failed = begin(store, &begun_us, err)))
            break;
        for (size_t end_at = i + CHUNKS_AT_ONCE; i < count && i < end_at && !failed; i++)
            failed = drop_values(store, ids[i], before_us, err);
        failed = end(store, begun_us, failed, err);
    }
    free(ids);
    return failed ? -1 : 0;
}

/* --- readings, events, counts */

/* One transaction's worth. *count: of them. */
static int drop_poll_chunks(struct store *store, int64_t before_us, size_t *count, struct error *err)
{
    struct poll_chunk chunks[POLL_CHUNKS_AT_ONCE];
    int64_t polls = 0;
    int more;
    *count = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_RETAIN_POLL_CHUNKS_OLD, err, "iw", before_us, (int)POLL_CHUNKS_AT_ONCE);
    if (!statement)
        return -1;
    while ((more = query_next(store, statement, err)) == 1) {
        struct poll_chunk *chunk = &chunks[(*count)++];
        query_row(statement, "iiii", &chunk->id, &chunk->layout, &chunk->first_us, &chunk->polls);
        polls += chunk->polls;
    }
    query_end(statement);
    for (size_t i = 0; i < *count && !more; i++)
        more = poll_chunk_remove(store, &chunks[i], err);
    return more || (polls && count_dropped(store, KEEP_READINGS, before_us, polls, err)) ? -1 : 0;
}

static int drop_readings(struct store *store, int64_t before_us, struct error *err)
{
    size_t count;
    int64_t begun_us;
    if (drop_rows(store, QUERY_RETAIN_POLLS_DROP, KEEP_READINGS, before_us, err))
        return -1;
    do {
        if (begin(store, &begun_us, err) || end(store, begun_us, drop_poll_chunks(store, before_us, &count, err), err))
            return -1;
    } while (count);
    return drop_rows(store, QUERY_LATE_POLLS_DROP, KEEP_CLASSES, before_us, err);
}

static int drop_events(struct store *store, int64_t before_us, struct error *err)
{
    return drop_rows(store, QUERY_RETAIN_EVENTS_DROP, KEEP_EVENTS, before_us, err);
}

static int drop_counts(struct store *store, int64_t before_us, struct error *err)
{
    return drop_rows(store, QUERY_RETAIN_COUNTS_DROP, KEEP_COUNTS, before_us, err);
}

/* --- classes */

static const struct class
{
    enum query sums[2]; /* QUERY_COUNT: none */
    int (*drop)(struct store *store, int64_t before_us, struct error *err);
} classes[KEEP_CLASSES] = {
    [KEEP_READINGS] = {{QUERY_RETAIN_POLLS, QUERY_RETAIN_POLL_CHUNKS}, drop_readings},
    [KEEP_VALUES] = {{QUERY_RETAIN_VALUES, QUERY_COUNT}, drop_chunks_of_values},
    [KEEP_EVENTS] = {{QUERY_RETAIN_EVENTS, QUERY_COUNT}, drop_events},
    [KEEP_COUNTS] = {{QUERY_RETAIN_COUNTS, QUERY_COUNT}, drop_counts},
};

/* Said before the first row goes: whatever ends this in the middle, the chain tells. */
static int say(struct store *store, enum keep_class class, int64_t before_us, const char *who, const struct retained *retained, struct error *err)
{
    char text[200], when[32];
    int64_t begun_us;
    snprintf(text, sizeof text, "lets go of %lld before %s", (long long)retained->rows, text_time_iso(before_us, when, sizeof when));
    if (begin(store, &begun_us, err))
        return -1;
    return end(store, begun_us, audit_add(store, clock_now_us(), who, "retain", keep_class_name(class), text, err), err);
}

int store_retain(struct store *store, enum keep_class class, int64_t before_us, bool dry_run, const char *who, struct retained *retained,
                 struct error *err)
{
    *retained = (struct retained){0};
    for (size_t i = 0; i < 2; i++)
        if (classes[class].sums[i] != QUERY_COUNT && add_up(store, classes[class].sums[i], before_us, retained, err))
            return -1;
    if (dry_run || retained->rows == 0)
        return 0;
    return say(store, class, before_us, who, retained, err) || classes[class].drop(store, before_us, err) ? -1 : 0;
}

int store_dropped_until(struct store *store, int64_t characteristic, int64_t *until_us, struct error *err)
{
    *until_us = INT64_MIN;
    return query_integer(store, QUERY_DROPPED_UNTIL, until_us, err, "i", characteristic) < 0 ? -1 : 0;
}
