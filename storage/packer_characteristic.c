/* A characteristic's oldest rows become a chunk. */
#include "storage/packer_private.h"
#include "storage/series.h"

#include <math.h>

enum { CHUNK = PACKER_CHUNK };

/* What is to become chunks: measurements and points in order of time. */
struct load {
    struct frame values, points;
    bool more;    /* rows follow in the store */
    size_t chunk; /* measurements of a chunk */
};

/* All of an instant or none of it: what shares its time with a row that stays, stays. */
static void leave_instant(struct load *load, int64_t next_us)
{
    const int64_t *times = load->values.integers[VALUE_TIME];
    while (load->values.count && times[load->values.count - 1] >= next_us)
        load->values.count--;
}

/* Measurements of a point that is not complete stay rows. */
static void leave_pending(struct load *load, int64_t newest)
{
    const int64_t *points = load->values.integers[VALUE_POINT];
    for (size_t i = 0; i < load->values.count; i++)
        if (points[i] > newest) {
            leave_instant(load, load->values.integers[VALUE_TIME][i]);
            load->more = true;
        }
}

static bool has_point(const struct frame *points, int64_t number, int64_t until_us)
{
    for (size_t i = points->count; i-- > 0;)
        if (points->integers[POINT_NUMBER][i] == number)
            return points->integers[POINT_TIME][i] <= until_us;
    return false;
}

/* Whether a chunk may end with this measurement: time goes on after it, and its point is complete. */
static bool may_end(const struct load *load, size_t i)
{
    const int64_t *times = load->values.integers[VALUE_TIME], *points = load->values.integers[VALUE_POINT];
    size_t n = load->values.count, last = i + 1, next = i + 1;
    if (i + 1 < n && times[i + 1] == times[i])
        return false;
    while (last > 0 && !points[last - 1])
        last--;
    while (next < n && !points[next])
        next++;
    if (last == 0)
        return true;
    return (next == n || points[next] != points[last - 1]) && has_point(&load->points, points[last - 1], times[i]);
}

/* One past the last measurement of the chunk that begins at `first`; 0 when there is no place to end it. */
static size_t end_of_chunk(const struct load *load, size_t first)
{
    size_t n = load->values.count, most = first + load->chunk < n ? first + load->chunk : n;
    const int64_t *times = load->values.integers[VALUE_TIME];
    for (size_t i = most; i-- > first + (most - first) / 2;)
        if (may_end(load, i))
            return i + 1;
    for (size_t i = most; i-- > first;) /* nowhere between two points: at least between two instants */
        if (i + 1 == n || times[i + 1] > times[i])
            return i + 1;
    for (size_t i = most; i < n; i++)
        if (i + 1 == n || times[i + 1] > times[i])
            return i + 1;
    return 0;
}

static void copy_rows(struct frame *to, const struct frame *from, int time, size_t *at, int64_t until_us)
{
    while (*at < from->count && from->integers[time][*at] <= until_us)
        frame_copy(to, from, (*at)++);
}

/* Points in order, every measurement's point there, each point's measurements side by side. */
static bool is_regular(const struct frame *values, const struct frame *points)
{
    const int64_t *of = values->integers[VALUE_POINT], *numbers = points->integers[POINT_NUMBER];
    int64_t last = 0;
    size_t at = 0;
    bool any = false;
    for (size_t i = 1; i < points->count; i++)
        if (numbers[i] <= numbers[i - 1])
            return false;
    for (size_t i = 0; i < values->count; i++) {
        any |= of[i] != 0 || quality_is_bad((enum quality)values->integers[VALUE_QUALITY][i]);
        if (!of[i])
            continue;
        if (of[i] < last)
            return false;
        last = of[i];
        while (at < points->count && numbers[at] < last)
            at++;
        if (at == points->count || numbers[at] != last)
            return false;
    }
    return any;
}

static void span(const struct frame *frame, int column, int64_t *low, int64_t *high)
{
    for (size_t i = 0; i < frame->count; i++) {
        int64_t value = frame->integers[column][i];
        *low = value < *low ? value : *low;
        *high = value > *high ? value : *high;
    }
}

static void set_specification(struct store *store, struct chunk *chunk)
{
    chunk->lsl = chunk->usl = NAN;
    for (size_t i = 0; i < store->n_bases; i++)
        if (store->bases[i].characteristic == chunk->characteristic) {
            chunk->lsl = store->bases[i].lsl;
            chunk->usl = store->bases[i].usl;
        }
}

static int add_chunk(struct store *store, int64_t characteristic, const struct frame *values, const struct frame *points, struct error *err)
{
    struct exclusions exclusions = {0};
    struct tally_run run;
    struct chunk chunk = {.characteristic = characteristic, .first_us = INT64_MAX, .last_us = INT64_MIN, .regular = is_regular(values, points)};
    set_specification(store, &chunk);
    span(values, VALUE_TIME, &chunk.first_us, &chunk.last_us);
    span(points, POINT_TIME, &chunk.first_us, &chunk.last_us);
    if (points->count) {
        chunk.first_point = INT64_MAX;
        span(points, POINT_NUMBER, &chunk.first_point, &chunk.last_point);
        if (exclusions_load(store, characteristic, chunk.first_point, chunk.last_point, &exclusions, err))
            return -1;
    }
    chunk.exclusions = exclusions.newest;
    tally_begin(&run, chunk.lsl, chunk.usl);
    int failed = chunk_tally(store, values, points, INT64_MIN, INT64_MAX, &exclusions, &run, err);
    chunk.tally = tally_end(&run);
    exclusions_free(&exclusions);
    chunk.count = chunk.tally.count;
    chunk.points = (int64_t)points->count;
    return failed || chunk_add(store, &chunk, values, points, err) ? -1 : 0;
}

/* Writes what was loaded as chunks: the first only, or all. *until_us: how far. */
static int write_chunks(struct store *store, int64_t characteristic, const struct load *load, bool all, int64_t *until_us, struct error *err)
{
    struct frame values = {.shape = &value_shape}, points = {.shape = &point_shape};
    size_t first = 0, point = 0, end;
    int failed = 0;
    do {
        end = end_of_chunk(load, first);
        if (!end)
            break;
        size_t at = first;
        int64_t last_us = load->values.integers[VALUE_TIME][end - 1];
        frame_clear(&values);
        frame_clear(&points);
        copy_rows(&values, &load->values, VALUE_TIME, &at, last_us);
        copy_rows(&points, &load->points, POINT_TIME, &point, last_us);
        *until_us = last_us;
        first = end;
        failed = add_chunk(store, characteristic, &values, &points, err);
    } while (all && !failed && first < load->values.count);
    frame_free(&values);
    frame_free(&points);
    return failed;
}

/* Loads the oldest rows. In the way is the chunk that they must not reach into, or that they lie in: then it is to be packed anew with them. */
static int load_oldest(struct store *store, int64_t characteristic, struct load *load, struct chunk *in_the_way, bool *merge, struct error *err)
{
    enum { WINDOW = CHUNK + 256, FEW = CHUNK / 4 };
    struct frame *values = &load->values;
    int64_t newest, newest_us;
    size_t window = WINDOW;
    *merge = false;
    do { /* until an instant ends within it */
        frame_clear(values);
        if (series_rows(&series_values, store, characteristic, INT64_MIN, INT64_MAX, window, values, err))
            return -1;
        window *= 2;
        load->more = values->count >= window / 2;
    } while (load->more && values->integers[VALUE_TIME][0] == values->integers[VALUE_TIME][values->count - 1]);
    if (load->more)
        leave_instant(load, values->integers[VALUE_TIME][values->count - 1]);
    if (newest_point(store, characteristic, &newest, &newest_us, err))
        return -1;
    leave_pending(load, newest);
    if (!values->count)
        return 0;
    int found = chunk_at(store, characteristic, values->integers[VALUE_TIME][0], in_the_way, err);
    if (found != 1)
        return found;
    size_t before = 0;
    while (before < values->count && values->integers[VALUE_TIME][before] < in_the_way->first_us)
        before++;
    *merge = before < FEW;
    int64_t limit_us = *merge ? in_the_way->last_us + 1 : in_the_way->first_us;
    leave_instant(load, limit_us);
    return 0;
}

static void merge_frames(struct frame *into, const struct frame *other, int time, int rank)
{
    struct frame both = {.shape = into->shape};
    size_t a = 0, b = 0;
    while (a < into->count || b < other->count) {
        bool first = b == other->count;
        if (a < into->count && b < other->count) {
            int64_t x = into->integers[time][a], y = other->integers[time][b];
            first = x < y || (x == y && into->integers[rank][a] <= other->integers[rank][b]);
        }
        frame_copy(&both, first ? into : other, first ? a++ : b++);
    }
    frame_free(into);
    *into = both;
}

/* Figures of dropped values can only be added to: those of late values join them, counted against the same specification and with the exclusions
 * known to them, and no moving range is made between both. All points are there, and are counted anew. */
static int add_figures(struct store *store, struct chunk *chunk, const struct frame *late, const struct frame *points, struct error *err)
{
    struct exclusions exclusions;
    struct tally_run run;
    struct tally *tally = &chunk->tally;
    double last_value = tally->last_value;
    if (exclusions_load(store, chunk->characteristic, chunk->first_point, chunk->last_point, &exclusions, err))
        return -1;
    tally_begin(&run, chunk->lsl, chunk->usl);
    int failed = chunk_tally(store, late, points, INT64_MIN, INT64_MAX, &exclusions, &run, err);
    struct tally added = tally_end(&run);
    exclusions_free(&exclusions);
    tally->points = tally->signals = tally->violations = tally->excluded = tally->judged = 0;
    tally->last_value = NAN;
    tally_merge(tally, &added);
    tally->last_value = last_value;
    chunk->count = tally->count;
    return failed;
}

/* Rows that came late and a chunk whose values are gone, wholly or but for those that came late before. */
static int repack_figures(struct store *store, const struct chunk *old, const struct frame *late, const struct frame *values,
                          const struct frame *points, struct error *err)
{
    struct chunk chunk = *old;
    span(values, VALUE_TIME, &chunk.first_us, &chunk.last_us);
    span(points, POINT_TIME, &chunk.first_us, &chunk.last_us);
    if (points->count) {
        chunk.first_point = chunk.first_point ? chunk.first_point : INT64_MAX;
        span(points, POINT_NUMBER, &chunk.first_point, &chunk.last_point);
    }
    chunk.points = (int64_t)points->count;
    return add_figures(store, &chunk, late, points, err) || chunk_add(store, &chunk, values, points, err) ? -1 : 0;
}

/* Rows that came late and the chunk they belong to, packed anew. */
static int repack(struct store *store, struct load *load, const struct chunk *chunk, struct error *err)
{
    struct frame values = {.shape = &value_shape}, points = {.shape = &point_shape};
    int64_t until_us;
    int failed = chunk_values(store, chunk, &values, err) || chunk_points(store, chunk, &points, err) || chunk_remove(store, chunk, &values, err);
    if (!failed) {
        bool gone = (int64_t)values.count < chunk->count;
        merge_frames(&points, &load->points, POINT_TIME, POINT_NUMBER);
        merge_frames(&values, &load->values, VALUE_TIME, VALUE_SEQUENCE);
        if (gone) {
            failed = repack_figures(store, chunk, &load->values, &values, &points, err);
        } else {
            struct load all = {.values = values, .points = points, .chunk = load->chunk};
            failed = write_chunks(store, chunk->characteristic, &all, true, &until_us, err);
        }
    }
    frame_free(&values);
    frame_free(&points);
    return failed ? -1 : 0;
}

/* As many measurements as make the larger of both blobs fill a page, a half or a third of one, going by the chunk before: a page holds whole cells,
 * and what is left of it is lost. */
static size_t size_of_chunk(const struct chunk *before)
{
    static const double cells[] = {3950, 1970, 1310}; /* of pages of 4096 bytes, with a little room for chunks that come out larger */
    int64_t bytes = before->value_bytes > before->point_bytes ? before->value_bytes : before->point_bytes;
    for (size_t i = 0; before->count > 100 && i < sizeof cells / sizeof cells[0]; i++) {
        double measurements = cells[i] * (double)before->count / (double)bytes;
        if (measurements >= CHUNK / 2 && measurements <= CHUNK + CHUNK / 8)
            return (size_t)measurements;
    }
    return CHUNK;
}

/* Packs what was loaded. The rows' times run up to *until_us, their points begin at *from_us. */
static int pack_load(struct store *store, int64_t characteristic, struct load *load, const struct chunk *in_the_way, bool merge, int64_t *from_us,
                     int64_t *until_us, struct error *err)
{
    const int64_t *times = load->values.integers[VALUE_TIME];
    struct chunk before;
    int found = chunk_before(store, characteristic, merge && in_the_way->first_us < times[0] ? in_the_way->first_us : times[0], &before, err);
    if (found < 0)
        return -1;
    load->chunk = found ? size_of_chunk(&before) : CHUNK;
    *until_us = times[load->values.count - 1];
    *from_us = found ? before.last_us + 1 : INT64_MIN;
    if (series_rows(&series_points, store, characteristic, *from_us, *until_us + 1, FRAME_MOST, &load->points, err))
        return -1;
    return merge ? repack(store, load, in_the_way, err) : write_chunks(store, characteristic, load, false, until_us, err);
}

int packer_characteristic(struct store *store, int64_t characteristic, int64_t keep, int64_t *missing, struct error *err)
{
    struct load load = {.values = {.shape = &value_shape}, .points = {.shape = &point_shape}, .chunk = CHUNK};
    struct chunk in_the_way;
    int64_t from_us, until_us;
    bool merge;
    if (query_integer(store, QUERY_MEASUREMENT_ROOM, missing, err, "ii", characteristic, keep ? keep + CHUNK + 1 : 1) != 1)
        return -1;
    if (*missing)
        return 0;
    *missing = 1;
    int failed = load_oldest(store, characteristic, &load, &in_the_way, &merge, err);
    if (!failed && load.values.count) {
        failed = pack_load(store, characteristic, &load, &in_the_way, merge, &from_us, &until_us, err) ||
                 query_run(store, QUERY_MEASUREMENTS_FORGET, err, "ii", characteristic, until_us) ||
                 query_run(store, QUERY_POINTS_FORGET, err, "iii", characteristic, from_us, until_us);
        *missing = 0;
    }
    frame_free(&load.values);
    frame_free(&load.points);
    return failed ? -1 : 0;
}
