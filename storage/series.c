/* One characteristic's rows and chunks, merged. */
#include "storage/series.h"

#include <stdlib.h>

struct series_kind {
    const struct frame_shape *shape;
    int time, rank; /* the columns that give the order */
    enum query rows, last;
    int (*unpack)(struct store *store, const struct chunk *chunk, struct frame *frame, struct error *err);
    int64_t (*count)(const struct chunk *chunk);
};

static int64_t count_values(const struct chunk *chunk)
{
    return chunk->count - chunk->gone;
}

static int64_t count_points(const struct chunk *chunk)
{
    return chunk->point_bytes ? chunk->points : 0;
}

const struct series_kind series_values = {&value_shape, VALUE_TIME,  VALUE_SEQUENCE, QUERY_MEASUREMENT_ROWS, QUERY_MEASUREMENT_ROWS_LAST,
                                          chunk_values, count_values};
const struct series_kind series_points = {&point_shape,          POINT_TIME,   POINT_NUMBER, QUERY_POINT_ROWS,
                                          QUERY_POINT_ROWS_LAST, chunk_points, count_points};

sqlite3_stmt *series_hold(struct store *store, struct error *err)
{
    sqlite3_stmt *hold = query_open(store, QUERY_HOLD, err, "");
    if (hold && query_next(store, hold, err) < 0) {
        sqlite3_finalize(hold);
        return NULL;
    }
    return hold;
}

/* Reads what a statement gives into the frame, column by column. */
static int read_rows(struct store *store, sqlite3_stmt *statement, struct frame *frame, struct error *err)
{
    int more = -1;
    while (statement && (more = query_next(store, statement, err)) == 1) {
        int column = 0;
        frame_grow(frame, 1);
        for (int i = 0; i < frame->shape->integers; i++)
            frame->integers[i][frame->count] = sqlite3_column_int64(statement, column++);
        for (int i = 0; i < frame->shape->doubles; i++, column++)
            frame->doubles[i][frame->count] = query_double(statement, column);
        const char *text = (const char *)sqlite3_column_text(statement, column);
        texts_set(&frame->texts, frame->count++, text ? text : "");
    }
    if (statement)
        query_end(statement);
    return more;
}

int series_rows(const struct series_kind *kind, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, size_t most,
                struct frame *frame, struct error *err)
{
    return read_rows(store, query_start(store, kind->rows, err, "iiiii", characteristic, from_us, INT64_MIN, to_us, (int64_t)most), frame, err);
}

static int next_rows(struct series *s, struct error *err)
{
    frame_clear(&s->rows);
    s->row = 0;
    sqlite3_stmt *statement =
        query_start(s->store, s->kind->rows, err, "iiiii", s->characteristic, s->after_us, s->after, s->to_us, (int64_t)s->batch);
    if (read_rows(s->store, statement, &s->rows, err))
        return -1;
    size_t n = s->rows.count;
    s->rows_end = n < s->batch;
    if (n) {
        s->after_us = s->rows.integers[s->kind->time][n - 1];
        s->after = s->rows.integers[s->kind->rank][n - 1];
    }
    return 0;
}

static bool in_period(const struct series *s, const struct frame *frame, size_t row)
{
    int64_t time_us = frame->integers[s->kind->time][row];
    return time_us >= s->from_us && time_us < s->to_us;
}

/* The next chunk that has something of the period. */
static int next_chunk(struct series *s, struct error *err)
{
    struct chunk chunk;
    frame_clear(&s->packed);
    s->place = 0;
    int found = chunk_at(s->store, s->characteristic, s->chunk_us, &chunk, err);
    if (found != 1 || chunk.first_us >= s->to_us) {
        s->chunks_end = true;
        return found < 0 ? -1 : 0;
    }
    s->chunk_us = chunk.last_us + 1;
    s->chunks_end = chunk.last_us == INT64_MAX;
    if (s->kind->unpack(s->store, &chunk, &s->packed, err)) {
        int64_t missing = s->kind->count(&chunk);
        s->skip = s->skip > missing ? s->skip - missing : 0;
        frame_clear(&s->packed);
        return -1;
    }
    while (s->place < s->packed.count && !in_period(s, &s->packed, s->place))
        s->place++;
    return 0;
}

/* How many of a chunk lie in the period; none when it cannot be read. */
static int64_t count_in_period(struct series *s, const struct chunk *chunk)
{
    if (chunk->first_us >= s->from_us && chunk->last_us < s->to_us)
        return s->kind->count(chunk);
    struct frame frame = {.shape = s->kind->shape};
    int64_t count = 0;
    if (!s->kind->unpack(s->store, chunk, &frame, NULL))
        for (size_t i = 0; i < frame.count; i++)
            count += in_period(s, &frame, i);
    frame_free(&frame);
    return count;
}

/* Takes the newest `last` rows, and from the newest chunk back as many chunks as hold that many again: the newest of both are among them. */
static int begin_at_last(struct series *s, int64_t last, struct error *err)
{
    sqlite3_stmt *statement = query_start(s->store, s->kind->last, err, "iiii", s->characteristic, s->from_us, s->to_us, last);
    if (read_rows(s->store, statement, &s->rows, err))
        return -1;
    frame_reverse(&s->rows); /* newest first; SQLite would copy and sort them again */
    int64_t rows = (int64_t)s->rows.count, packed = 0, before_us = s->to_us;
    int64_t oldest_us = rows == last ? s->rows.integers[s->kind->time][0] : s->from_us;
    struct chunk chunk;
    int found = 0;
    s->rows_end = true;
    s->chunks_end = true;
    while (packed < last && (found = chunk_before(s->store, s->characteristic, before_us, &chunk, err)) == 1 && chunk.last_us >= oldest_us) {
        packed += count_in_period(s, &chunk);
        s->chunk_us = before_us = chunk.first_us;
        s->chunks_end = false;
    }
    s->expected = rows + packed < last ? rows + packed : last;
    s->skip = rows + packed - s->expected;
    return found < 0 ? -1 : 0;
}

int series_open(struct series *s, const struct series_kind *kind, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us,
                int64_t last, size_t batch, struct error *err)
{
    *s = (struct series){.kind = kind,
                         .store = store,
                         .characteristic = characteristic,
                         .from_us = from_us,
                         .to_us = to_us,
                         .batch = batch,
                         .rows = {.shape = kind->shape},
                         .packed = {.shape = kind->shape},
                         .after_us = from_us,
                         .after = INT64_MIN,
                         .chunk_us = from_us};
    return last > 0 ? begin_at_last(s, last, err) : 0;
}

/* 1 and the earlier of what both stand on. */
static int earlier(struct series *s, const struct frame **frame, size_t *row, struct error *err)
{
    while (s->row == s->rows.count && !s->rows_end)
        if (next_rows(s, err))
            return -1;
    while ((s->place == s->packed.count || !in_period(s, &s->packed, s->place)) && !s->chunks_end)
        if (next_chunk(s, err))
            return -1;
    bool has_row = s->row < s->rows.count, has_packed = s->place < s->packed.count && in_period(s, &s->packed, s->place);
    if (!has_row && !has_packed)
        return 0;
    if (has_row && has_packed) {
        int64_t a = s->rows.integers[s->kind->time][s->row], b = s->packed.integers[s->kind->time][s->place];
        has_row = a < b || (a == b && s->rows.integers[s->kind->rank][s->row] < s->packed.integers[s->kind->rank][s->place]);
    }
    *frame = has_row ? &s->rows : &s->packed;
    *row = has_row ? s->row++ : s->place++;
    return 1;
}

int series_next(struct series *s, const struct frame **frame, size_t *row, struct error *err)
{
    int more;
    while ((more = earlier(s, frame, row, err)) == 1 && s->skip > 0)
        s->skip--;
    return more;
}

void series_close(struct series *s)
{
    if (!s->kind)
        return;
    frame_free(&s->rows);
    frame_free(&s->packed);
}
