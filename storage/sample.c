/* Reading back polls, value by value, in order of time. */
#include "storage/polls.h"
#include "storage/series.h"

#include <stdlib.h>

/* One source of polls in order of time: an instrument's rows, or a layout's chunks. */
struct stream {
    sqlite3_stmt *rows; /* or NULL: chunks */
    const struct layout *layout;
    struct polls polls;
    size_t row;
    int64_t chunk_us; /* the next chunk ends here or later */
    int64_t time_us;  /* of the poll it stands on */
    bool at_end;
};

struct sample_cursor {
    struct store *store;
    sqlite3_stmt *hold;
    int64_t tag, only; /* 0: all; only: of one layout */
    int64_t from_us, to_us;
    struct stream *streams;
    size_t n_streams, room;
    struct stream *current; /* whose poll is given out, column by column */
    const struct layout *layout;
    struct reading *readings;
    size_t column;
    int64_t time_us;
};

static int next_chunk(struct sample_cursor *cursor, struct stream *stream, struct error *err)
{
    struct poll_chunk chunk;
    polls_free(&stream->polls);
    polls_init(&stream->polls, stream->layout->count);
    stream->row = 0;
    int found = poll_chunk_at(cursor->store, stream->layout->id, stream->chunk_us, &chunk, err);
    stream->at_end = found != 1 || chunk.first_us >= cursor->to_us;
    if (stream->at_end)
        return found < 0 ? -1 : 0;
    stream->chunk_us = chunk.last_us + 1;
    if (poll_chunk_read(cursor->store, &chunk, stream->layout, cursor->tag, &stream->polls, err)) {
        stream->polls.count = 0;
        return -1;
    }
    while (stream->row < stream->polls.count && stream->polls.times[stream->row] < cursor->from_us)
        stream->row++;
    return 0;
}

/* To the stream's next poll. After a damaged chunk it stands where it stood: stepping again goes on behind it. */
static int step(struct sample_cursor *cursor, struct stream *stream, struct error *err)
{
    if (stream->rows) {
        int more = query_next(cursor->store, stream->rows, err);
        stream->at_end = more != 1;
        if (more == 1)
            stream->time_us = sqlite3_column_int64(stream->rows, 0);
        return more < 0 ? -1 : 0;
    }
    if (stream->row < stream->polls.count)
        stream->row++;
    while (stream->row == stream->polls.count && !stream->at_end)
        if (next_chunk(cursor, stream, err))
            return -1;
    if (!stream->at_end)
        stream->time_us = stream->polls.times[stream->row];
    stream->at_end = stream->at_end || stream->time_us >= cursor->to_us;
    return 0;
}

static struct stream *add_stream(struct sample_cursor *cursor)
{
    memory_grow((void **)&cursor->streams, &cursor->room, cursor->n_streams, sizeof *cursor->streams);
    struct stream *stream = &cursor->streams[cursor->n_streams++];
    *stream = (struct stream){.time_us = INT64_MIN, .chunk_us = cursor->from_us}; /* not begun: it comes first, and steps */
    return stream;
}

static bool has_tag(const struct layout *layout, int64_t tag)
{
    bool found = tag == 0;
    for (size_t i = 0; i < layout->count; i++)
        found |= layout->tags[i] == tag;
    return found;
}

static int add_instrument(struct sample_cursor *cursor, int64_t instrument, struct error *err)
{
    struct stream *rows = add_stream(cursor);
    if (!(rows->rows = query_open(cursor->store, QUERY_JOURNAL, err, "iiii", instrument, cursor->from_us, cursor->to_us, cursor->only)))
        return -1;
    sqlite3_stmt *layouts = query_open(cursor->store, QUERY_LAYOUTS_OF, err, "i", instrument);
    int more = layouts ? 0 : -1;
    while (layouts && (more = query_next(cursor->store, layouts, err)) == 1) {
        const struct layout *layout = layout_get(cursor->store, sqlite3_column_int64(layouts, 0), err);
        if (!layout) {
            more = -1;
            break;
        }
        if (has_tag(layout, cursor->tag) && (!cursor->only || layout->id == cursor->only))
            add_stream(cursor)->layout = layout;
    }
    sqlite3_finalize(layouts);
    return more;
}

static int open_streams(struct sample_cursor **out, struct sample_cursor *cursor, sqlite3_stmt *instruments, struct error *err)
{
    struct store *store = cursor->store;
    int failed = 0;
    cursor->hold = series_hold(store, err);
    while (cursor->hold && instruments && !failed && (failed = query_next(store, instruments, err)) == 1)
        failed = add_instrument(cursor, sqlite3_column_int64(instruments, 0), err);
    sqlite3_finalize(instruments);
    if (!cursor->hold || !instruments || failed) {
        sample_cursor_close(cursor);
        return -1;
    }
    *out = cursor;
    return 0;
}

int sample_cursor_open(struct sample_cursor **out, struct store *store, int64_t tag, int64_t from_us, int64_t to_us, struct error *err)
{
    *out = NULL;
    struct sample_cursor *cursor = memory_zero(1, sizeof *cursor);
    *cursor = (struct sample_cursor){.store = store, .tag = tag, .from_us = from_us, .to_us = to_us};
    return open_streams(out, cursor, tag ? query_open(store, QUERY_TAG_INSTRUMENT, err, "i", tag) : query_open(store, QUERY_INSTRUMENTS, err, ""),
                        err);
}

int sample_cursor_open_instrument(struct sample_cursor **out, struct store *store, int64_t instrument, int64_t from_us, int64_t to_us,
                                  struct error *err)
{
    *out = NULL;
    struct sample_cursor *cursor = memory_zero(1, sizeof *cursor);
    *cursor = (struct sample_cursor){.store = store, .from_us = from_us, .to_us = to_us};
    return open_streams(out, cursor, query_open(store, QUERY_INSTRUMENT, err, "i", instrument), err);
}

int sample_cursor_open_layout(struct sample_cursor **out, struct store *store, int64_t layout, int64_t from_us, int64_t to_us, struct error *err)
{
    *out = NULL;
    struct sample_cursor *cursor = memory_zero(1, sizeof *cursor);
    *cursor = (struct sample_cursor){.store = store, .only = layout, .from_us = from_us, .to_us = to_us};
    return open_streams(out, cursor, query_open(store, QUERY_LAYOUT, err, "i", layout), err);
}

/* The earliest poll of all streams; 0 at the end. */
static int next_poll(struct sample_cursor *cursor, struct error *err)
{
    struct stream *first;
    do { /* until it stands on a poll */
        if (cursor->current && step(cursor, cursor->current, err))
            return -1;
        first = NULL;
        for (size_t i = 0; i < cursor->n_streams; i++) {
            struct stream *stream = &cursor->streams[i];
            if (!stream->at_end && (!first || stream->time_us < first->time_us))
                first = stream;
        }
        cursor->current = first;
    } while (first && first->time_us == INT64_MIN);
    return first != NULL;
}

static int unpack_poll(struct sample_cursor *cursor, struct error *err)
{
    struct stream *stream = cursor->current;
    cursor->column = 0;
    cursor->time_us = stream->time_us;
    cursor->layout = stream->rows ? layout_get(cursor->store, sqlite3_column_int64(stream->rows, 1), err) : stream->layout;
    if (!cursor->layout)
        return -1;
    cursor->readings = memory_resize(cursor->readings, cursor->layout->count + 1, sizeof *cursor->readings);
    if (stream->rows && journal_unpack(cursor->store, cursor->layout, cursor->time_us, sqlite3_column_blob(stream->rows, 2),
                                       (size_t)sqlite3_column_bytes(stream->rows, 2), cursor->readings, err)) {
        cursor->layout = NULL; /* the next call goes on behind it */
        return -1;
    }
    for (size_t i = 0; !stream->rows && i < cursor->layout->count; i++)
        if (stream->polls.columns[i].count)
            polls_reading(&stream->polls, i, stream->row, &cursor->readings[i]);
    return 0;
}

int sample_cursor_next(struct sample_cursor *cursor, struct sample *sample, struct error *err)
{
    for (;;) {
        const struct layout *layout = cursor->layout;
        while (layout && cursor->column < layout->count) {
            size_t i = cursor->column++;
            if (cursor->tag && layout->tags[i] != cursor->tag)
                continue;
            *sample = (struct sample){layout->tags[i], layout->names[i], cursor->time_us, cursor->readings[i]};
            return 1;
        }
        cursor->layout = NULL;
        int more = next_poll(cursor, err);
        if (more != 1 || unpack_poll(cursor, err))
            return more != 1 ? more : -1;
    }
}

void sample_cursor_close(struct sample_cursor *cursor)
{
    if (!cursor)
        return;
    for (size_t i = 0; i < cursor->n_streams; i++) {
        sqlite3_finalize(cursor->streams[i].rows);
        polls_free(&cursor->streams[i].polls);
    }
    sqlite3_finalize(cursor->hold);
    free(cursor->streams);
    free(cursor->readings);
    free(cursor);
}
