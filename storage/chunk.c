/* Chunks in the store: their index, their bytes, and what serial numbers and contexts lead to them. */
#include "storage/chunk_pack.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the index */

static void read_chunk(sqlite3_stmt *row, struct chunk *c)
{
    struct tally *t = &c->tally;
    struct moments *m = &t->moments;
    struct within *w = &t->within;
    query_row(row, "iiiiiiiiiibiiddddddidddididdddddiiiiiiii", &c->id, &c->characteristic, &c->first_us, &c->last_us, &c->count, &c->points,
              &c->first_point, &c->last_point, &c->value_bytes, &c->point_bytes, &c->regular, &c->exclusions, &m->n, &m->mean, &m->m2, &m->m3, &m->m4,
              &m->min, &m->max, &w->subgroups, &w->ss, &w->ss_df, &w->mr_sum, &w->mr_count, &t->mr_squares, &t->subgroup_n, &t->range_sum, &t->sd_sum,
              &t->first_value, &t->last_value, &c->lsl, &c->usl, &t->below, &t->above, &t->bad, &t->signals, &t->violations, &t->excluded, &t->judged,
              &c->gone);
    t->count = c->count;
    t->points = c->points;
    t->touched = c->count > 0;
}

static int find_chunk(struct store *store, enum query query, int64_t a, int64_t b, struct chunk *chunk, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, query, err, "ii", a, b);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        read_chunk(statement, chunk);
    query_end(statement);
    return found;
}

int chunk_at(struct store *store, int64_t characteristic, int64_t from_us, struct chunk *chunk, struct error *err)
{
    return find_chunk(store, QUERY_CHUNK_AT, characteristic, from_us, chunk, err);
}

int chunk_before(struct store *store, int64_t characteristic, int64_t before_us, struct chunk *chunk, struct error *err)
{
    return find_chunk(store, QUERY_CHUNK_BEFORE, characteristic, before_us, chunk, err);
}

int chunk_find(struct store *store, int64_t id, struct chunk *chunk, struct error *err)
{
    return find_chunk(store, QUERY_CHUNK, id, 0, chunk, err);
}

int chunk_list(struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, struct chunk **chunks, size_t *count, struct error *err)
{
    *chunks = NULL;
    *count = 0;
    size_t room = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_CHUNKS, err, "iii", characteristic, from_us, to_us);
    if (!statement)
        return -1;
    int more;
    while ((more = query_next(store, statement, err)) == 1) {
        memory_grow((void **)chunks, &room, *count, sizeof **chunks);
        read_chunk(statement, &(*chunks)[(*count)++]);
    }
    query_end(statement);
    if (more < 0) {
        free(*chunks);
        *chunks = NULL;
        *count = 0;
    }
    return more;
}

/* --- the bytes */

/* What a blob belongs to: bytes of another chunk do not pass for its own. */
static uint64_t seed_of(const struct chunk *chunk)
{
    return (uint64_t)chunk->characteristic << 48 ^ (uint64_t)chunk->first_us;
}

static int damaged(struct store *store, const struct chunk *chunk, const char *what, struct error *err)
{
    char first[32], last[32];
    const char *name = store_characteristic_name(store, chunk->characteristic);
    return error_set(err, ERR_CORRUPT,
                     "the store %s is damaged: the %s of %s from %s to %s cannot be unpacked (the rest can be read); restore a backup", store->path,
                     what, name ? name : "a characteristic", text_time_iso(chunk->first_us, first, sizeof first),
                     text_time_iso(chunk->last_us, last, sizeof last));
}

int chunk_points(struct store *store, const struct chunk *chunk, struct frame *points, struct error *err)
{
    struct blob blob;
    if (!chunk->point_bytes)
        return 0;
    sqlite3_stmt *statement = query_start(store, QUERY_CHUNK_POINTS, err, "i", chunk->id);
    int found = statement ? query_next(store, statement, err) : -1;
    bool sound = found == 1 && !blob_open(&blob, sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0), seed_of(chunk)) &&
                 !chunk_unpack_points(&blob, points);
    if (statement)
        query_end(statement);
    return sound ? 0 : found < 0 ? -1 : damaged(store, chunk, "points", err);
}

int chunk_values(struct store *store, const struct chunk *chunk, struct frame *values, struct error *err)
{
    struct blob blob;
    struct frame points = {.shape = &point_shape};
    if (!chunk->value_bytes)
        return 0;
    sqlite3_stmt *statement = query_start(store, QUERY_CHUNK_VALUES, err, "i", chunk->id);
    int found = statement ? query_next(store, statement, err) : -1, needed = 0;
    bool sound = found == 1 && !blob_open(&blob, sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0), seed_of(chunk));
    if (sound && (needed = chunk_values_need_points(&blob)) && chunk_points(store, chunk, &points, err))
        found = -1;
    sound = sound && found == 1 && !chunk_unpack_values(&blob, needed ? &points : NULL, values);
    if (statement)
        query_end(statement);
    frame_free(&points);
    return sound ? 0 : found < 0 ? -1 : damaged(store, chunk, "values", err);
}

/* --- serial numbers and contexts */

struct serial_place chunk_serial_place(const char *serial)
{
    enum { BLOCK = 4096 };
    int64_t number;
    size_t first = text_digits(serial, &number);
    return (struct serial_place){first, serial[first] ? number / BLOCK : -1};
}

/* For each serial number and context of the values, once where they follow each other. */
static int file_values(struct store *store, int64_t chunk, const struct frame *values, enum query serial_query, enum query context_query,
                       struct error *err)
{
    const char *before = "";
    struct serial_place last = {0};
    for (size_t i = 0; i < values->count; i++) {
        const char *serial = frame_text(values, i);
        struct serial_place place = chunk_serial_place(serial);
        int64_t context = values->integers[VALUE_CONTEXT][i];
        bool same = *before && place.block == last.block && place.prefix_length == last.prefix_length && !memcmp(serial, before, place.prefix_length);
        char prefix[COLUMN_TEXT_MOST + 1];
        memcpy(prefix, serial, place.prefix_length);
        prefix[place.prefix_length] = '\0';
        if (*serial && !same && query_run(store, serial_query, err, "tii", prefix, place.block, chunk))
            return -1;
        if (context && (i == 0 || context != values->integers[VALUE_CONTEXT][i - 1]) && query_run(store, context_query, err, "ii", context, chunk))
            return -1;
        before = serial;
        last = place;
    }
    return 0;
}

static int add_row(struct store *store, const struct chunk *c, struct error *err)
{
    const struct tally *t = &c->tally;
    const struct moments *m = &t->moments;
    const struct within *w = &t->within;
    return query_run(store, QUERY_CHUNK_ADD, err, "iiiiiiiiiiwiiddddddidddididdddddiiiiiiii", c->id, c->characteristic, c->first_us, c->last_us,
                     c->count, c->points, c->first_point, c->last_point, c->value_bytes, c->point_bytes, (int)c->regular, c->exclusions, m->n,
                     m->mean, m->m2, m->m3, m->m4, m->min, m->max, w->subgroups, w->ss, w->ss_df, w->mr_sum, w->mr_count, t->mr_squares,
                     t->subgroup_n, t->range_sum, t->sd_sum, t->first_value, t->last_value, c->lsl, c->usl, t->below, t->above, t->bad, t->signals,
                     t->violations, t->excluded, t->judged, c->gone);
}

int chunk_add(struct store *store, struct chunk *chunk, const struct frame *values, const struct frame *points, struct error *err)
{
    struct bytes packed_points = {0}, packed_values = {0};
    chunk_pack_points(&packed_points, points, seed_of(chunk));
    if (values->count)
        chunk_pack_values(&packed_values, values, points, seed_of(chunk));
    chunk->point_bytes = (int64_t)packed_points.size;
    chunk->value_bytes = (int64_t)packed_values.size;
    chunk->gone = chunk->count - (int64_t)values->count;
    int failed = query_run(store, QUERY_CHUNK_POINTS_ADD, err, "b", (const void *)packed_points.data, packed_points.size);
    chunk->id = sqlite3_last_insert_rowid(store->db);
    if (!failed && values->count)
        failed = query_run(store, QUERY_CHUNK_VALUES_ADD, err, "ib", chunk->id, (const void *)packed_values.data, packed_values.size);
    free(packed_points.data);
    free(packed_values.data);
    chunk_forget(store);
    return failed || add_row(store, chunk, err) || file_values(store, chunk->id, values, QUERY_CHUNK_SERIAL_ADD, QUERY_CHUNK_CONTEXT_ADD, err) ? -1
                                                                                                                                               : 0;
}

int chunk_remove(struct store *store, const struct chunk *chunk, const struct frame *values, struct error *err)
{
    chunk_forget(store);
    return file_values(store, chunk->id, values, QUERY_CHUNK_SERIAL_REMOVE, QUERY_CHUNK_CONTEXT_REMOVE, err) ||
                   query_run(store, QUERY_CHUNK_REMOVE, err, "ii", chunk->characteristic, chunk->first_us) ||
                   query_run(store, QUERY_CHUNK_VALUES_REMOVE, err, "i", chunk->id) ||
                   query_run(store, QUERY_CHUNK_POINTS_REMOVE, err, "i", chunk->id)
               ? -1
               : 0;
}

void chunk_measurement(const struct frame *values, size_t row, int64_t characteristic, struct measurement *m)
{
    *m = (struct measurement){
        .characteristic = characteristic,
        .time_us = values->integers[VALUE_TIME][row],
        .value = values->doubles[0][row],
        .quality = (enum quality)values->integers[VALUE_QUALITY][row],
        .point = values->integers[VALUE_POINT][row],
        .sequence = values->integers[VALUE_SEQUENCE][row],
        .context = values->integers[VALUE_CONTEXT][row],
        .attempt = (int)values->integers[VALUE_ATTEMPT][row],
    };
    strncpy(m->serial, frame_text(values, row), sizeof m->serial - 1);
}

/* --- what is packed already */

/* Late values come one after the other: most are in the chunk that the one before was looked for in. */
struct unpacked {
    int64_t characteristic, first_us, last_us;
    struct frame values;
};

static void forget_unpacked(struct store *store)
{
    if (store->unpacked)
        frame_free(&store->unpacked->values);
    free(store->unpacked);
    store->unpacked = NULL;
}

/* The chunk that the measurement's time lies in, unpacked, in store->unpacked: 1, 0 there is none, -1. */
static int unpack_at(struct store *store, const struct measurement *m, struct error *err)
{
    struct chunk chunk;
    struct unpacked *unpacked = store->unpacked;
    if (unpacked && unpacked->characteristic == m->characteristic && m->time_us >= unpacked->first_us && m->time_us <= unpacked->last_us)
        return 1;
    forget_unpacked(store);
    int found = chunk_at(store, m->characteristic, m->time_us, &chunk, err);
    if (found != 1 || chunk.first_us > m->time_us || !chunk.value_bytes)
        return found < 0 ? -1 : 0;
    unpacked = store->unpacked = memory_zero(1, sizeof *unpacked);
    *unpacked = (struct unpacked){m->characteristic, chunk.first_us, chunk.last_us, {.shape = &value_shape}};
    if (!chunk_values(store, &chunk, &unpacked->values, err))
        return 1;
    forget_unpacked(store);
    return -1;
}

void chunk_forget(struct store *store)
{
    forget_unpacked(store);
    for (size_t i = 0; i < store->horizons_room; i++)
        store->horizons[i].known = false;
}

/* How far a characteristic is packed. */
static int horizon_of(struct store *store, int64_t characteristic, struct horizon *horizon, struct error *err)
{
    enum { REMEMBERED = 1 << 20 };
    size_t i = (size_t)characteristic;
    if (characteristic >= 0 && i < store->horizons_room && store->horizons[i].known) {
        *horizon = store->horizons[i];
        return 0;
    }
    *horizon = (struct horizon){.known = true, .last_us = INT64_MIN};
    sqlite3_stmt *statement = query_start(store, QUERY_CHUNK_HORIZON, err, "i", characteristic);
    int found = statement ? query_next(store, statement, err) : -1;
    if (found == 1 && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        query_row(statement, "ii", &horizon->last_us, &horizon->last_point);
    if (statement)
        query_end(statement);
    if (found < 0 || characteristic < 0 || i >= REMEMBERED)
        return found < 0 ? -1 : 0;
    if (i >= store->horizons_room) {
        size_t room = i * 2 + 64;
        store->horizons = memory_resize(store->horizons, room, sizeof *store->horizons);
        memset(store->horizons + store->horizons_room, 0, (room - store->horizons_room) * sizeof *store->horizons);
        store->horizons_room = room;
    }
    store->horizons[i] = *horizon;
    return 0;
}

int chunk_has_measurement(struct store *store, const struct measurement *m, struct error *err)
{
    struct horizon horizon;
    if (horizon_of(store, m->characteristic, &horizon, err))
        return -1;
    if (m->time_us > horizon.last_us)
        return 0;
    int found = unpack_at(store, m, err);
    if (found != 1)
        return found;
    const struct frame *values = &store->unpacked->values;
    const int64_t *times = values->integers[VALUE_TIME];
    size_t low = 0, high = values->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (times[middle] < m->time_us)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < values->count && times[low] == m->time_us; low++)
        if (values->integers[VALUE_SEQUENCE][low] == m->sequence)
            return 1;
    return 0;
}

int chunk_has_point(struct store *store, int64_t characteristic, int64_t number, struct error *err)
{
    struct horizon horizon;
    struct chunk *chunks;
    size_t count;
    if (horizon_of(store, characteristic, &horizon, err))
        return -1;
    if (number > horizon.last_point)
        return 0;
    if (chunk_list(store, characteristic, INT64_MIN, INT64_MAX, &chunks, &count, err))
        return -1;
    int result = 0;
    struct frame points = {.shape = &point_shape};
    for (size_t i = 0; !result && i < count; i++) {
        if (number < chunks[i].first_point || number > chunks[i].last_point)
            continue;
        result = chunk_points(store, &chunks[i], &points, err);
        for (size_t j = 0; !result && j < points.count; j++)
            result = points.integers[POINT_NUMBER][j] == number;
        frame_clear(&points);
    }
    frame_free(&points);
    free(chunks);
    return result;
}
