/* Chunks of polls: what instruments answered, packed column by column. */
#include "storage/polls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct frame_shape column_shape = {1, 1};

void polls_init(struct polls *polls, size_t tags)
{
    *polls = (struct polls){.tags = tags, .columns = memory_zero(tags + 1, sizeof *polls->columns)};
    for (size_t i = 0; i < tags; i++)
        polls->columns[i].shape = &column_shape;
}

void polls_free(struct polls *polls)
{
    for (size_t i = 0; i < polls->tags; i++)
        frame_free(&polls->columns[i]);
    free(polls->columns);
    free(polls->times);
    *polls = (struct polls){0};
}

static void add_time(struct polls *polls, int64_t time_us)
{
    memory_grow((void **)&polls->times, &polls->room, polls->count, sizeof *polls->times);
    polls->times[polls->count++] = time_us;
}

void polls_add(struct polls *polls, int64_t time_us, const struct reading *readings)
{
    add_time(polls, time_us);
    for (size_t i = 0; i < polls->tags; i++) {
        struct frame *column = &polls->columns[i];
        frame_grow(column, 1);
        column->integers[POLL_QUALITY][column->count] = (int64_t)readings[i].quality;
        column->doubles[0][column->count] = readings[i].value;
        texts_set(&column->texts, column->count++, readings[i].text);
    }
}

void polls_copy(struct polls *to, const struct polls *from, size_t row)
{
    add_time(to, from->times[row]);
    for (size_t i = 0; i < to->tags; i++)
        frame_copy(&to->columns[i], &from->columns[i], row);
}

void polls_reading(const struct polls *polls, size_t tag, size_t row, struct reading *reading)
{
    const struct frame *column = &polls->columns[tag];
    *reading = (struct reading){.value = column->doubles[0][row], .quality = (enum quality)column->integers[POLL_QUALITY][row]};
    strncpy(reading->text, frame_text(column, row), sizeof reading->text - 1);
}

/* --- bytes: the times, then of each tag quality, value, text */

static uint64_t seed_of(int64_t layout, int64_t first_us)
{
    return ~((uint64_t)layout << 48) ^ (uint64_t)first_us;
}

static void pack(struct bytes *out, const struct polls *polls, uint64_t seed)
{
    size_t column = 0;
    blob_begin(out, 1 + 3 * polls->tags, polls->count);
    column_put_integers(out, polls->times, NULL, polls->count);
    blob_end_column(out, column++);
    for (size_t i = 0; i < polls->tags; i++) {
        const struct frame *frame = &polls->columns[i];
        column_put_integers(out, frame->integers[POLL_QUALITY], NULL, polls->count);
        blob_end_column(out, column++);
        column_put_doubles(out, frame->doubles[0], NULL, polls->count);
        blob_end_column(out, column++);
        column_put_texts(out, &frame->texts, NULL, polls->count);
        blob_end_column(out, column++);
    }
    blob_seal(out, seed);
}

static int unpack_tag(const struct blob *blob, size_t tag, struct frame *frame)
{
    struct column_reader quality = blob_column(blob, 1 + 3 * tag), value = blob_column(blob, 2 + 3 * tag), text = blob_column(blob, 3 + 3 * tag);
    frame_grow(frame, blob->rows);
    if (column_get_integers(&quality, NULL, frame->integers[POLL_QUALITY], blob->rows) ||
        column_get_doubles(&value, NULL, frame->doubles[0], blob->rows) || column_get_texts(&text, NULL, &frame->texts, blob->rows))
        return -1;
    frame->count = blob->rows;
    return 0;
}

static int unpack(const struct blob *blob, const struct layout *layout, int64_t tag, struct polls *polls)
{
    struct column_reader times = blob_column(blob, 0);
    if (blob->columns != 1 + 3 * layout->count)
        return -1;
    polls->times = memory_zero(blob->rows + 1, sizeof *polls->times);
    if (column_get_integers(&times, NULL, polls->times, blob->rows))
        return -1;
    for (size_t i = 0; i < layout->count; i++)
        if ((!tag || layout->tags[i] == tag) && unpack_tag(blob, i, &polls->columns[i]))
            return -1;
    polls->count = polls->room = blob->rows;
    return 0;
}

/* --- the store */

int poll_chunk_at(struct store *store, int64_t layout, int64_t from_us, struct poll_chunk *chunk, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, QUERY_POLL_CHUNK_AT, err, "ii", layout, from_us);
    int found = statement ? query_next(store, statement, err) : -1;
    if (found == 1)
        query_row(statement, "iiiiii", &chunk->id, &chunk->layout, &chunk->first_us, &chunk->last_us, &chunk->polls, &chunk->bytes);
    if (statement)
        query_end(statement);
    return found;
}

static int damaged(struct store *store, const struct poll_chunk *chunk, const struct layout *layout, struct error *err)
{
    char first[32], last[32];
    return error_set(err, ERR_CORRUPT,
                     "the store %s is damaged: the polls with %s from %s to %s cannot be unpacked (the rest can be read); restore a backup",
                     store->path, layout->count ? layout->names[0] : "no tag", text_time_iso(chunk->first_us, first, sizeof first),
                     text_time_iso(chunk->last_us, last, sizeof last));
}

int poll_chunk_read(struct store *store, const struct poll_chunk *chunk, const struct layout *layout, int64_t tag, struct polls *polls,
                    struct error *err)
{
    struct blob blob;
    sqlite3_stmt *statement = query_start(store, QUERY_POLL_DATA, err, "i", chunk->id);
    int found = statement ? query_next(store, statement, err) : -1;
    bool sound =
        found == 1 &&
        !blob_open(&blob, sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0), seed_of(chunk->layout, chunk->first_us)) &&
        !unpack(&blob, layout, tag, polls);
    if (statement)
        query_end(statement);
    return sound ? 0 : found < 0 ? -1 : damaged(store, chunk, layout, err);
}

static void forget_horizon(struct store *store, int64_t layout)
{
    for (size_t i = 0; i < store->n_layouts; i++)
        if (store->layouts[i]->id == layout)
            store->layouts[i]->packed_known = false;
}

int poll_chunk_add(struct store *store, int64_t layout, const struct polls *polls, struct error *err)
{
    struct bytes bytes = {0};
    int64_t first_us = polls->times[0], last_us = polls->times[polls->count - 1];
    pack(&bytes, polls, seed_of(layout, first_us));
    int failed = query_run(store, QUERY_POLL_DATA_ADD, err, "b", (const void *)bytes.data, bytes.size);
    free(bytes.data);
    forget_horizon(store, layout);
    return failed || query_run(store, QUERY_POLL_CHUNK_ADD, err, "iiiiii", (int64_t)sqlite3_last_insert_rowid(store->db), layout, first_us, last_us,
                               (int64_t)polls->count, (int64_t)bytes.size)
               ? -1
               : 0;
}

int poll_chunk_remove(struct store *store, const struct poll_chunk *chunk, struct error *err)
{
    forget_horizon(store, chunk->layout);
    return query_run(store, QUERY_POLL_CHUNK_REMOVE, err, "ii", chunk->layout, chunk->first_us) ||
                   query_run(store, QUERY_POLL_DATA_REMOVE, err, "i", chunk->id)
               ? -1
               : 0;
}

/* How far the layout is packed, once for all polls of a batch. */
static int horizon_of(struct store *store, const struct layout *layout, int64_t *packed_us, struct error *err)
{
    struct layout *own = NULL;
    for (size_t i = 0; i < store->n_layouts && !own; i++)
        own = store->layouts[i] == layout ? store->layouts[i] : NULL;
    if (own && own->packed_known) {
        *packed_us = own->packed_us;
        return 0;
    }
    *packed_us = INT64_MIN;
    if (query_integer(store, QUERY_POLL_HORIZON, packed_us, err, "i", layout->id) < 0)
        return -1;
    if (own) {
        own->packed_us = *packed_us;
        own->packed_known = true;
    }
    return 0;
}

int poll_chunk_has(struct store *store, const struct layout *layout, int64_t time_us, struct error *err)
{
    int64_t packed_us;
    struct poll_chunk chunk;
    if (horizon_of(store, layout, &packed_us, err))
        return -1;
    if (time_us > packed_us)
        return 0;
    int found = poll_chunk_at(store, layout->id, time_us, &chunk, err);
    if (found != 1 || chunk.first_us > time_us)
        return found < 0 ? -1 : 0;
    struct polls polls;
    polls_init(&polls, layout->count);
    int result = poll_chunk_read(store, &chunk, layout, -1, &polls, err);
    for (size_t i = 0; !result && i < polls.count; i++)
        result = polls.times[i] == time_us;
    polls_free(&polls);
    return result;
}
