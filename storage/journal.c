/* Polls: recording them, reading them back, the newest one. */
#include "storage/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Those that are not absent: the array itself when all are there, else a copy that the caller frees. */
static const struct reading *present(const struct instrument *instrument, const struct reading *readings, struct reading **copy)
{
    size_t there = 0;
    *copy = NULL;
    for (size_t i = 0; i < instrument->n_tags; i++)
        there += readings[i].quality != QUALITY_ABSENT;
    if (there == instrument->n_tags)
        return readings;
    *copy = memory_zero(there + 1, sizeof **copy);
    there = 0;
    for (size_t i = 0; i < instrument->n_tags; i++)
        if (readings[i].quality != QUALITY_ABSENT)
            (*copy)[there++] = readings[i];
    return *copy;
}

int record_journal(struct store *store, const struct instrument *instrument, int64_t time_us, const struct reading *readings, struct error *err)
{
    const struct layout *layout = layout_for(store, instrument, readings, err);
    if (!layout)
        return -1;
    struct reading *some;
    readings = present(instrument, readings, &some);
    unsigned char small[4096], *bytes = PACK_MAX(layout->count) <= sizeof small ? small : memory_zero(PACK_MAX(layout->count), 1);
    size_t size = pack_readings(layout->codes, layout->count, readings, bytes);
    int result = query_run(store, QUERY_JOURNAL_ADD, err, "iiib", instrument->id, time_us, layout->id, (const void *)bytes, size);
    if (!result && some)
        result = query_run(store, QUERY_NEWEST_SET, err, "iii", layout->id, instrument->id, time_us);
    if (bytes != small)
        free(bytes);
    free(some);
    return result;
}

/* A row of QUERY_JOURNAL or QUERY_JOURNAL_NEWEST; *readings is grown to hold it. */
static const struct layout *read_row(struct store *store, sqlite3_stmt *statement, int64_t *time_us, struct reading **readings, struct error *err)
{
    *time_us = sqlite3_column_int64(statement, 0);
    const struct layout *layout = layout_get(store, sqlite3_column_int64(statement, 1), err);
    if (!layout)
        return NULL;
    *readings = memory_resize(*readings, layout->count + 1, sizeof **readings);
    const void *data = sqlite3_column_blob(statement, 2);
    if (pack_unpack(layout->codes, layout->count, data, (size_t)sqlite3_column_bytes(statement, 2), *readings) == 0)
        return layout;
    char when[32];
    error_set(err, ERR_CORRUPT, "the store %s is damaged: the poll at %s cannot be unpacked; restore a backup", store->path,
              text_time_iso(*time_us, when, sizeof when));
    return NULL;
}

/* One instrument's polls of the period: the row it stands on. */
struct stream {
    sqlite3_stmt *statement;
    int64_t time_us;
};

struct sample_cursor {
    struct store *store;
    int64_t tag;            /* 0: all */
    struct stream *streams; /* merged in order of time */
    size_t n_streams, room;
    const struct layout *layout; /* of the row being given out */
    struct reading *readings;
    size_t column;
    int64_t time_us;
};

/* Steps a stream; one at its end is taken out. */
static int advance(struct sample_cursor *cursor, size_t i, struct error *err)
{
    struct stream *stream = &cursor->streams[i];
    int more = query_next(cursor->store, stream->statement, err);
    if (more == 1)
        stream->time_us = sqlite3_column_int64(stream->statement, 0);
    if (more == 0) {
        sqlite3_finalize(stream->statement);
        *stream = cursor->streams[--cursor->n_streams];
    }
    return more;
}

static int add_stream(struct sample_cursor *cursor, int64_t instrument, int64_t from_us, int64_t to_us, struct error *err)
{
    sqlite3_stmt *statement = query_open(cursor->store, QUERY_JOURNAL, err, "iii", instrument, from_us, to_us);
    if (!statement)
        return -1;
    memory_grow((void **)&cursor->streams, &cursor->room, cursor->n_streams, sizeof *cursor->streams);
    cursor->streams[cursor->n_streams++] = (struct stream){statement, 0};
    return advance(cursor, cursor->n_streams - 1, err) < 0 ? -1 : 0;
}

int sample_cursor_open(struct sample_cursor **out, struct store *store, int64_t tag, int64_t from_us, int64_t to_us, struct error *err)
{
    *out = NULL;
    struct sample_cursor *cursor = memory_zero(1, sizeof *cursor);
    cursor->store = store;
    cursor->tag = tag;
    int failed = 0;
    sqlite3_stmt *instruments = tag ? query_open(store, QUERY_TAG_INSTRUMENT, err, "i", tag) : query_open(store, QUERY_INSTRUMENTS, err, "");
    while (instruments && !failed && (failed = query_next(store, instruments, err)) == 1)
        failed = add_stream(cursor, sqlite3_column_int64(instruments, 0), from_us, to_us, err);
    sqlite3_finalize(instruments);
    if (!instruments || failed) {
        sample_cursor_close(cursor);
        return -1;
    }
    *out = cursor;
    return 0;
}

/* Unpacks the earliest row of all streams: 1, 0 at the end, -1. */
static int next_row(struct sample_cursor *cursor, struct error *err)
{
    size_t first = 0;
    if (cursor->n_streams == 0)
        return 0;
    for (size_t i = 1; i < cursor->n_streams; i++)
        if (cursor->streams[i].time_us < cursor->streams[first].time_us)
            first = i;
    cursor->column = 0;
    cursor->layout = read_row(cursor->store, cursor->streams[first].statement, &cursor->time_us, &cursor->readings, err);
    return !cursor->layout || advance(cursor, first, err) < 0 ? -1 : 1;
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
        int more = next_row(cursor, err);
        if (more != 1)
            return more;
    }
}

void sample_cursor_close(struct sample_cursor *cursor)
{
    if (!cursor)
        return;
    for (size_t i = 0; i < cursor->n_streams; i++)
        sqlite3_finalize(cursor->streams[i].statement);
    free(cursor->streams);
    free(cursor->readings);
    free(cursor);
}

/* Readings of a row for the tags that have none yet. */
static void take_row(const struct layout *layout, const struct instrument *instrument, const struct reading *stored, int64_t time_us,
                     struct reading *readings, int64_t *times_us)
{
    for (size_t i = 0; i < instrument->n_tags; i++)
        for (size_t j = 0; j < layout->count && !times_us[i]; j++) {
            size_t k = (i + j) % layout->count; /* mostly its own place */
            if (layout->tags[k] != instrument->tags[i].id)
                continue;
            readings[i] = stored[k];
            times_us[i] = time_us;
        }
}

static int take_rows(struct store *store, enum query query, const struct instrument *instrument, struct reading *readings, int64_t *times_us,
                     struct error *err)
{
    sqlite3_stmt *statement = query_start(store, query, err, "i", instrument->id);
    if (!statement)
        return -1;
    struct reading *stored = NULL;
    const struct layout *layout = NULL;
    int64_t time_us;
    int found;
    while ((found = query_next(store, statement, err)) == 1 && (layout = read_row(store, statement, &time_us, &stored, err)))
        take_row(layout, instrument, stored, time_us, readings, times_us);
    query_end(statement);
    free(stored);
    return found ? -1 : 0;
}

int store_latest_each(struct store *store, const struct instrument *instrument, struct reading *readings, int64_t *times_us, struct error *err)
{
    for (size_t i = 0; i < instrument->n_tags; i++) {
        readings[i] = (struct reading){.value = NAN, .quality = QUALITY_BAD_NEVER_READ};
        times_us[i] = 0;
    }
    if (take_rows(store, QUERY_JOURNAL_NEWEST, instrument, readings, times_us, err))
        return -1;
    return take_rows(store, QUERY_NEWEST, instrument, readings, times_us, err);
}

int store_latest(struct store *store, const struct instrument *instrument, struct reading *readings, int64_t *time_us, struct error *err)
{
    int64_t *times_us = memory_zero(instrument->n_tags + 1, sizeof *times_us);
    int failed = store_latest_each(store, instrument, readings, times_us, err);
    *time_us = 0;
    for (size_t i = 0; i < instrument->n_tags; i++)
        *time_us = times_us[i] > *time_us ? times_us[i] : *time_us;
    free(times_us);
    return failed;
}
