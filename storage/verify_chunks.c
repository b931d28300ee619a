/* Chunks: their checksums, and what is written about them against what is in them. */
#include "storage/chunk.h"
#include "storage/polls.h"
#include "storage/verify_private.h"

#include <math.h>
#include <stdlib.h>

static void wrong(struct verify *verify, const struct verify_series *series, const struct chunk *chunk, const char *what, double written,
                  double found)
{
    verify_find(verify, "chunk", series->name, chunk->first_us, chunk->id, "%s is %.17g, what is in it makes %.17g", what, written, found);
}

static void compare_span(struct verify *verify, const struct verify_series *series, const struct chunk *chunk, const struct frame *frame, int time,
                         const char *what)
{
    for (size_t i = 0; i < frame->count; i++) {
        int64_t time_us = frame->integers[time][i];
        if (time_us >= chunk->first_us && time_us <= chunk->last_us && (i == 0 || time_us >= frame->integers[time][i - 1]))
            continue;
        verify_find(verify, "chunk", series->name, time_us, chunk->id, "a %s lies outside its span, or out of order", what);
        return;
    }
}

static void compare_tally(struct verify *verify, const struct verify_series *series, const struct chunk *chunk, const struct tally *found)
{
    const struct tally *written = &chunk->tally;
    const struct moments *a = &written->moments, *b = &found->moments;
    const struct {
        const char *what;
        double written, found, scale;
    } figures[] = {
        {"the number of good values", (double)a->n, (double)b->n, 0},
        {"the mean", a->n ? a->mean : 0, b->n ? b->mean : 0, a->n > 1 ? sqrt(a->m2 / (double)a->n) : 0},
        {"the sum of squares", a->m2, b->m2, (double)a->n * a->mean * a->mean * 1e-3},
        {"the smallest value", a->n ? a->min : 0, b->n ? b->min : 0, 0},
        {"the largest value", a->n ? a->max : 0, b->n ? b->max : 0, 0},
        {"the number of values below the specification", (double)written->below, (double)found->below, 0},
        {"the number of values above the specification", (double)written->above, (double)found->above, 0},
        {"the number of values that are not good", (double)written->bad, (double)found->bad, 0},
        {"the number of signals", (double)written->signals, (double)found->signals, 0},
        {"the number of excluded points", (double)written->excluded, (double)found->excluded, 0},
        {"the sum of squares within subgroups", written->within.ss, found->within.ss, (double)a->n * a->mean * a->mean * 1e-3},
        {"the sum of moving ranges", written->within.mr_sum, found->within.mr_sum, 0},
    };
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
        if (!verify_agree(figures[i].written, figures[i].found, figures[i].scale))
            wrong(verify, series, chunk, figures[i].what, figures[i].written, figures[i].found);
}

static int check_figures(struct verify *verify, const struct verify_series *series, const struct chunk *chunk, const struct frame *values,
                         const struct frame *points, struct error *err)
{
    struct exclusions exclusions = {0};
    struct tally_run run;
    int64_t kept = chunk->count - chunk->gone;
    if (values->count != (size_t)kept)
        wrong(verify, series, chunk, "the number of measurements", (double)kept, (double)values->count);
    if (chunk->gone) /* its figures are of more than what is left */
        return 0;
    if (exclusions_load(verify->store, series->id, chunk->first_point, chunk->last_point, &exclusions, err))
        return -1;
    tally_begin(&run, chunk->lsl, chunk->usl);
    int failed = chunk_tally(verify->store, values, points, INT64_MIN, INT64_MAX, &exclusions, &run, err);
    struct tally found = tally_end(&run);
    /* What people said about its points since it was packed is no fault: it is added up anew when asked for. */
    if (!failed && chunk->regular && exclusions.newest <= chunk->exclusions)
        compare_tally(verify, series, chunk, &found);
    exclusions_free(&exclusions);
    return failed;
}

/* Bytes that do not fit their checksum are a finding, with what the store says about them. */
static int unpack(struct verify *verify, const struct verify_series *series, const struct chunk *chunk, struct frame *values, struct frame *points,
                  bool *sound, struct error *err)
{
    struct error why = {0};
    *sound = !chunk_points(verify->store, chunk, points, &why) && !chunk_values(verify->store, chunk, values, &why);
    if (*sound)
        return 0;
    if (why.code == ERR_CORRUPT) {
        verify_find(verify, "chunk", series->name, chunk->first_us, chunk->id, "%s", why.text);
        return 0;
    }
    if (err)
        *err = why;
    return -1;
}

static int check_chunk(struct verify *verify, const struct verify_series *series, const struct chunk *chunk, struct error *err)
{
    struct frame values = {.shape = &value_shape}, points = {.shape = &point_shape};
    bool sound;
    int failed = unpack(verify, series, chunk, &values, &points, &sound, err);
    if (!failed && sound) {
        compare_span(verify, series, chunk, &values, VALUE_TIME, "measurement");
        compare_span(verify, series, chunk, &points, POINT_TIME, "point");
        if (points.count != (size_t)chunk->points)
            wrong(verify, series, chunk, "the number of points", (double)chunk->points, (double)points.count);
        if (chunk->value_bytes || !chunk->gone)
            failed = check_figures(verify, series, chunk, &values, &points, err);
    }
    frame_free(&values);
    frame_free(&points);
    verify_step(verify);
    return failed;
}

static int check_series(struct verify *verify, const struct verify_series *series, struct error *err)
{
    struct chunk *chunks;
    size_t count;
    if (chunk_list(verify->store, series->id, INT64_MIN, INT64_MAX, &chunks, &count, err))
        return -1;
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++) {
        if (i && chunks[i].first_us <= chunks[i - 1].last_us)
            verify_find(verify, "chunk", series->name, chunks[i].first_us, chunks[i].id, "its span meets that of chunk %lld",
                        (long long)chunks[i - 1].id);
        failed = check_chunk(verify, series, &chunks[i], err);
    }
    free(chunks);
    return failed;
}

int verify_chunks(struct verify *verify, struct error *err)
{
    return verify_each_series(verify, check_series, err);
}

/* --- polls */

static int check_polls(struct verify *verify, const struct layout *layout, const struct poll_chunk *chunk, struct error *err)
{
    struct polls polls;
    struct error why = {0};
    polls_init(&polls, layout->count);
    int failed = poll_chunk_read(verify->store, chunk, layout, 0, &polls, &why);
    size_t outside = 0;
    for (size_t i = 0; i < polls.count && !failed; i++)
        outside += polls.times[i] < chunk->first_us || polls.times[i] > chunk->last_us;
    if (!failed && (polls.count != (size_t)chunk->polls || outside))
        verify_find(verify, "journal_chunk", layout->count ? layout->names[0] : NULL, chunk->first_us, chunk->id,
                    "%lld polls are said to be in it, %zu are, %zu outside its span", (long long)chunk->polls, polls.count, outside);
    polls_free(&polls);
    verify_step(verify);
    if (failed && why.code == ERR_CORRUPT) {
        verify_find(verify, "journal_chunk", layout->count ? layout->names[0] : NULL, chunk->first_us, chunk->id, "%s", why.text);
        return 0;
    }
    if (failed && err)
        *err = why;
    return failed;
}

static int check_layout(struct verify *verify, int64_t id, struct error *err)
{
    struct poll_chunk chunk;
    struct error why;
    int64_t from_us = INT64_MIN;
    int found;
    const struct layout *layout = layout_get(verify->store, id, &why);
    if (!layout && why.code == ERR_CORRUPT) {
        verify_find(verify, "layout", NULL, 0, id, "%s", why.text);
        return 0;
    }
    if (!layout) {
        if (err)
            *err = why;
        return -1;
    }
    while ((found = poll_chunk_at(verify->store, id, from_us, &chunk, err)) == 1) {
        if (check_polls(verify, layout, &chunk, err))
            return -1;
        from_us = chunk.last_us + 1;
    }
    return found;
}

int verify_poll_chunks(struct verify *verify, struct error *err)
{
    sqlite3_stmt *layouts = query_open(verify->store, QUERY_LAYOUTS, err, "");
    if (!layouts)
        return -1;
    int more;
    while ((more = query_next(verify->store, layouts, err)) == 1)
        if (check_layout(verify, sqlite3_column_int64(layouts, 0), err)) {
            more = -1;
            break;
        }
    sqlite3_finalize(layouts);
    return more;
}
