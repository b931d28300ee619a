/* A period's figures from chunks' tallies, its edges, and the rows that are not packed yet. */
#include "storage/summary.h"

#include "storage/series.h"

#include <math.h>
#include <stdlib.h>

struct period {
    struct store *store;
    int64_t characteristic, from_us, to_us;
    double lsl, usl;
    struct exclusions exclusions;
    struct summary *summary;
    bool complete_only; /* subgroups */
};

static int add_frames(struct period *period, const struct frame *values, const struct frame *points, struct error *err)
{
    struct tally_run run;
    tally_begin(&run, period->lsl, period->usl);
    run.complete_only = period->complete_only;
    int failed = chunk_tally(period->store, values, points, period->from_us, period->to_us, &period->exclusions, &run, err);
    struct tally tally = tally_end(&run);
    if (!failed)
        tally_merge(&period->summary->tally, &tally);
    return failed;
}

/* --- chunks */

static bool same_limit(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Nothing is beyond limits that all values keep. */
static bool same_counts(const struct period *period, const struct chunk *chunk)
{
    const struct tally *tally = &chunk->tally;
    if (same_limit(chunk->lsl, period->lsl) && same_limit(chunk->usl, period->usl))
        return true;
    bool beyond = tally->moments.n && (tally->moments.min < period->lsl || tally->moments.max > period->usl);
    return !beyond && tally->below == 0 && tally->above == 0;
}

static bool same_exclusions(const struct period *period, const struct chunk *chunk)
{
    int64_t newest = 0;
    for (size_t i = 0; i < period->exclusions.count; i++) {
        const struct point_word *said = &period->exclusions.items[i];
        if (said->point >= chunk->first_point && said->point <= chunk->last_point && said->id > newest)
            newest = said->id;
    }
    return newest == chunk->exclusions;
}

static bool is_inside(const struct period *period, const struct chunk *chunk)
{
    return chunk->first_us >= period->from_us && chunk->last_us < period->to_us;
}

/* Where values were dropped, its own figures are all there is: they go with the half of it that is longer, and as they were when it was packed. */
static void add_whole(struct period *period, const struct chunk *chunk)
{
    int64_t middle_us = chunk->first_us + (chunk->last_us - chunk->first_us) / 2;
    if (!is_inside(period, chunk) && (middle_us < period->from_us || middle_us >= period->to_us))
        return;
    period->summary->coarse += chunk->count;
    tally_merge(&period->summary->tally, &chunk->tally);
}

static int add_chunk(struct period *period, const struct chunk *chunk, struct error *err)
{
    if (is_inside(period, chunk) && same_counts(period, chunk) && same_exclusions(period, chunk)) {
        tally_merge(&period->summary->tally, &chunk->tally);
        return 0;
    }
    struct frame values = {.shape = &value_shape}, points = {.shape = &point_shape};
    int failed = chunk_values(period->store, chunk, &values, err);
    if (!failed && chunk->gone)
        add_whole(period, chunk);
    else
        failed = failed || chunk_points(period->store, chunk, &points, err) || add_frames(period, &values, &points, err);
    frame_free(&values);
    frame_free(&points);
    return failed ? -1 : 0;
}

/* --- rows, and all when chunks and rows are not one after the other */

static int load(struct period *period, const struct series_kind *kind, struct frame *frame, struct error *err)
{
    enum { BATCH = 1024 };
    struct series series;
    const struct frame *from;
    size_t row;
    int more = series_open(&series, kind, period->store, period->characteristic, period->from_us, period->to_us, 0, BATCH, err);
    while (!more && (more = series_next(&series, &from, &row, err)) == 1) {
        frame_copy(frame, from, row);
        more = 0;
    }
    series_close(&series);
    return more;
}

static int load_rows(struct period *period, const struct series_kind *kind, struct frame *frame, struct error *err)
{
    return series_rows(kind, period->store, period->characteristic, period->from_us, period->to_us, FRAME_MOST, frame, err);
}

/* True when all chunks can speak for themselves and the rows follow them. */
static bool in_order(const struct chunk *chunks, size_t count, const struct frame *rows)
{
    for (size_t i = 0; i < count; i++)
        if (!chunks[i].regular && !chunks[i].gone)
            return false;
    return count == 0 || rows->count == 0 || rows->integers[VALUE_TIME][0] > chunks[count - 1].last_us;
}

typedef int loader(struct period *period, const struct series_kind *kind, struct frame *frame, struct error *err);

/* What is loaded of a part of the period. */
static int add_part(struct period *period, int64_t from_us, int64_t to_us, loader *load_part, struct error *err)
{
    struct frame values = {.shape = &value_shape}, points = {.shape = &point_shape};
    struct period part = *period;
    part.from_us = from_us > period->from_us ? from_us : period->from_us;
    part.to_us = to_us < period->to_us ? to_us : period->to_us;
    int failed = part.from_us < part.to_us && (load_part(&part, &series_values, &values, err) || load_part(&part, &series_points, &points, err) ||
                                               add_frames(&part, &values, &points, err));
    frame_free(&values);
    frame_free(&points);
    return failed ? -1 : 0;
}

/* Value by value, but for chunks whose values were dropped: of those the figures are taken, and what came late to them and is not packed yet. */
static int add_all(struct period *period, const struct chunk *chunks, size_t count, struct error *err)
{
    struct tally *tally = &period->summary->tally;
    int64_t from_us = period->from_us;
    for (size_t i = 0; i < count; i++) {
        const struct chunk *chunk = &chunks[i];
        if (!chunk->gone)
            continue;
        if (add_part(period, from_us, chunk->first_us, load, err) || add_chunk(period, chunk, err))
            return -1;
        double last_value = tally->last_value;
        tally->last_value = NAN; /* no moving range to what lies somewhere in it */
        from_us = chunk->last_us + 1;
        if (add_part(period, chunk->first_us, from_us, load_rows, err))
            return -1;
        tally->last_value = last_value;
    }
    return add_part(period, from_us, period->to_us, load, err);
}

static int add_period(struct period *period, struct error *err)
{
    struct frame values = {.shape = &value_shape}, points = {.shape = &point_shape};
    struct chunk *chunks;
    size_t count;
    int failed = chunk_list(period->store, period->characteristic, period->from_us, period->to_us, &chunks, &count, err) ||
                 load_rows(period, &series_values, &values, err) || load_rows(period, &series_points, &points, err);
    if (!failed && !in_order(chunks, count, &values)) {
        failed = add_all(period, chunks, count, err);
    } else if (!failed) {
        for (size_t i = 0; !failed && i < count; i++)
            failed = add_chunk(period, &chunks[i], err);
        failed = failed || add_frames(period, &values, &points, err);
    }
    frame_free(&values);
    frame_free(&points);
    free(chunks);
    return failed ? -1 : 0;
}

static int summarise(struct period *period, struct error *err)
{
    *period->summary = (struct summary){.tally = {.first_value = NAN, .last_value = NAN}};
    sqlite3_stmt *hold = series_hold(period->store, err);
    int failed = !hold || exclusions_load(period->store, period->characteristic, 0, INT64_MAX, &period->exclusions, err) || add_period(period, err);
    exclusions_free(&period->exclusions);
    sqlite3_finalize(hold);
    return failed ? -1 : 0;
}

int store_summary(struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, double lsl, double usl, struct summary *summary,
                  struct error *err)
{
    return summarise(&(struct period){store, characteristic, from_us, to_us, lsl, usl, {0}, summary, false}, err);
}

int store_summary_complete(struct store *store, int64_t characteristic, double lsl, double usl, struct summary *summary, struct error *err)
{
    return summarise(&(struct period){store, characteristic, INT64_MIN, INT64_MAX, lsl, usl, {0}, summary, true}, err);
}
