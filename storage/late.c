/* Which rows came late. */
#include "storage/late.h"

#include "storage/frame.h"

#include <stdlib.h>
#include <string.h>

/* What this connection knows. */
struct newest {
    bool known;
    struct late_key key;
};
/* Late rows of one series in the open transaction. */
struct pending {
    enum late_kind kind;
    int64_t series;
    struct late_key *keys;
    size_t count, room;
};
struct late {
    struct newest *newest[LATE_KINDS]; /* by series */
    size_t rooms[LATE_KINDS];
    struct pending *pending;
    size_t n_pending, room;
};

static struct late *late_of(struct store *store)
{
    if (!store->late)
        store->late = memory_zero(1, sizeof *store->late);
    return store->late;
}

/* --- the newest key of a series */

/* Of rows, then of what is packed or was let go: there only the time is known, and its last rank is taken. */
static int look_up(struct store *store, enum late_kind kind, int64_t series, struct late_key *newest, struct error *err)
{
    static const enum query queries[LATE_KINDS][2] = {
        [LATE_VALUES] = {QUERY_LATE_VALUE, QUERY_LATE_CHUNK},
        [LATE_POINTS] = {QUERY_LATE_POINT, QUERY_LATE_CHUNK},
        [LATE_POLLS] = {QUERY_LATE_POLL, QUERY_LATE_POLL_CHUNK},
    };
    *newest = (struct late_key){INT64_MIN, INT64_MIN};
    for (int i = 0; i < 2; i++) {
        sqlite3_stmt *statement = query_start(store, queries[kind][i], err, "i", series);
        int found = statement ? query_next(store, statement, err) : -1;
        if (found == 1 && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
            struct late_key key = {sqlite3_column_int64(statement, 0), i ? INT64_MAX : sqlite3_column_int64(statement, 1)};
            *newest = late_before(*newest, key) ? key : *newest;
        }
        if (statement)
            query_end(statement);
        if (found < 0)
            return -1;
    }
    return 0;
}

/* Where it is remembered; NULL: nowhere, ids are no longer small numbers. */
static struct newest *place_of(struct store *store, enum late_kind kind, int64_t series)
{
    enum { REMEMBERED = 1 << 20 };
    struct late *late = late_of(store);
    size_t i = (size_t)series;
    if (series < 0 || i >= REMEMBERED)
        return NULL;
    if (i >= late->rooms[kind]) {
        size_t room = i * 2 + 64;
        late->newest[kind] = memory_resize(late->newest[kind], room, sizeof *late->newest[kind]);
        memset(late->newest[kind] + late->rooms[kind], 0, (room - late->rooms[kind]) * sizeof *late->newest[kind]);
        late->rooms[kind] = room;
    }
    return &late->newest[kind][i];
}

int late_newest(struct store *store, enum late_kind kind, int64_t series, struct late_key *newest, struct error *err)
{
    struct newest *place = place_of(store, kind, series);
    if (place && place->known && store->mode == STORE_RECORD) { /* readers do not learn of others' rows */
        *newest = place->key;
        return 0;
    }
    if (look_up(store, kind, series, newest, err))
        return -1;
    if (place)
        *place = (struct newest){true, *newest};
    return 0;
}

/* --- rows that came late */

static void keep(struct late *late, enum late_kind kind, int64_t series, struct late_key key)
{
    struct pending *pending = late->n_pending ? &late->pending[late->n_pending - 1] : NULL;
    if (!pending || pending->kind != kind || pending->series != series) {
        memory_grow((void **)&late->pending, &late->room, late->n_pending, sizeof *late->pending);
        pending = &late->pending[late->n_pending++];
        *pending = (struct pending){.kind = kind, .series = series};
    }
    memory_grow((void **)&pending->keys, &pending->room, pending->count, sizeof *pending->keys);
    pending->keys[pending->count++] = key;
}

void late_added(struct store *store, enum late_kind kind, int64_t series, struct late_key newest, struct late_key key)
{
    struct newest *place = place_of(store, kind, series);
    if (!late_before(newest, key))
        keep(late_of(store), kind, series, key);
    else if (place)
        *place = (struct newest){true, key};
}

static int compare(const void *a, const void *b)
{
    const struct late_key *x = a, *y = b;
    return late_before(*x, *y) ? -1 : late_before(*y, *x);
}

static uint64_t seed_of(int64_t series)
{
    return (uint64_t)series ^ UINT64_C(0x6c617465);
}

static int write_one(struct store *store, struct pending *pending, struct error *err)
{
    struct bytes bytes = {0};
    int64_t *column = memory_zero(pending->count + 1, sizeof *column);
    qsort(pending->keys, pending->count, sizeof *pending->keys, compare);
    blob_begin(&bytes, 2, pending->count);
    for (size_t i = 0; i < pending->count; i++)
        column[i] = pending->keys[i].time_us;
    column_put_integers(&bytes, column, NULL, pending->count);
    blob_end_column(&bytes, 0);
    for (size_t i = 0; i < pending->count; i++)
        column[i] = pending->keys[i].rank;
    column_put_integers(&bytes, column, NULL, pending->count);
    blob_end_column(&bytes, 1);
    blob_seal(&bytes, seed_of(pending->series));
    int failed = query_run(store, QUERY_LATE_ADD, err, "wiib", (int)pending->kind, pending->series, pending->keys[pending->count - 1].time_us,
                           (const void *)bytes.data, bytes.size);
    free(bytes.data);
    free(column);
    return failed;
}

static void drop_pending(struct late *late)
{
    for (size_t i = 0; i < late->n_pending; i++)
        free(late->pending[i].keys);
    late->n_pending = 0;
}

int late_write(struct store *store, struct error *err)
{
    struct late *late = late_of(store);
    for (size_t i = 0; i < late->n_pending; i++)
        if (write_one(store, &late->pending[i], err))
            return -1;
    drop_pending(late);
    return 0;
}

static int damaged(struct store *store, int64_t series, struct error *err)
{
    return error_set(err, ERR_CORRUPT,
                     "the store %s is damaged: what came late to series %lld cannot be read; restore a backup, or begin with a new export",
                     store->path, (long long)series);
}

int late_unpack(struct store *store, int64_t series, const void *data, size_t size, struct late_key **keys, size_t *count, struct error *err)
{
    struct blob blob;
    *keys = NULL;
    *count = 0;
    if (blob_open(&blob, data, size, seed_of(series)) || blob.columns != 2)
        return damaged(store, series, err);
    struct column_reader times = blob_column(&blob, 0), ranks = blob_column(&blob, 1);
    int64_t *columns = memory_zero(2 * blob.rows + 1, sizeof *columns);
    int failed = column_get_integers(&times, NULL, columns, blob.rows) || column_get_integers(&ranks, NULL, columns + blob.rows, blob.rows);
    *keys = memory_zero(blob.rows + 1, sizeof **keys);
    for (size_t i = 0; !failed && i < blob.rows; i++)
        (*keys)[(*count)++] = (struct late_key){columns[i], columns[blob.rows + i]};
    free(columns);
    return failed ? damaged(store, series, err) : 0;
}

void late_forget(struct store *store)
{
    struct late *late = late_of(store);
    drop_pending(late);
    for (int kind = 0; kind < LATE_KINDS; kind++)
        for (size_t i = 0; i < late->rooms[kind]; i++)
            late->newest[kind][i].known = false;
}

void late_free(struct store *store)
{
    if (!store->late)
        return;
    late_forget(store);
    for (int kind = 0; kind < LATE_KINDS; kind++)
        free(store->late->newest[kind]);
    free(store->late->pending);
    free(store->late);
}
