/* What was recorded since: of a series, the rows behind the mark, and those before it that came late. A row that lies before the mark and was not
 * there when the mark was set had newer ones in its series when it came, and is in `late`; so none is missed, and none comes twice. */
#include "storage/feed.h"

#include "storage/late.h"

#include <stdlib.h>
#include <string.h>

struct feed {
    struct store *store;
    enum feed_kind kind;
    const struct feed_marks *marks; /* NULL: everything is wanted */
    int64_t from_us, to_us;
    int64_t *series;
    size_t n_series, at;
    struct feed_marks now;
    bool in_snapshot;
    /* of the series at hand */
    struct late_key mark; /* it was read up to here */
    struct feed_mark until;
    sqlite3_stmt *late;    /* what came late to it; NULL: that is read */
    struct late_key *keys; /* of the row of `late` at hand */
    size_t n_keys, key, end_of_run;
    enum { LATE, NEW, READING, END } stage; /* NEW: what lies behind the mark comes next; READING: it was given out */
};

static const enum late_kind late_kinds[] = {[FEED_VALUES] = LATE_VALUES, [FEED_POINTS] = LATE_POINTS, [FEED_POLLS] = LATE_POLLS};

/* --- marks */

void feed_marks_free(struct feed_marks *marks)
{
    free(marks->items);
    *marks = (struct feed_marks){0};
}

void feed_marks_add(struct feed_marks *marks, const struct feed_mark *mark)
{
    memory_grow((void **)&marks->items, &marks->room, marks->count, sizeof *marks->items);
    marks->items[marks->count++] = *mark;
}

static int by_series(const void *a, const void *b)
{
    const struct feed_mark *x = a, *y = b;
    return (x->series > y->series) - (x->series < y->series);
}

static struct feed_mark mark_of(const struct feed *feed, int64_t series)
{
    struct feed_mark key = {.series = series}, *found = NULL;
    if (feed->marks && feed->marks->count)
        found = bsearch(&key, feed->marks->items, feed->marks->count, sizeof key, by_series);
    if (found)
        return *found;
    int64_t since_us = feed->marks ? feed->marks->since_us : 0;
    return (struct feed_mark){.series = series, .time_us = since_us ? since_us - 1 : INT64_MIN, .rank = INT64_MAX};
}

/* --- series */

static int list_series(struct feed *feed, struct error *err)
{
    size_t room = 0;
    sqlite3_stmt *statement = query_start(feed->store, feed->kind == FEED_POLLS ? QUERY_LAYOUTS : QUERY_CHARACTERISTICS, err, "");
    int more = statement ? 0 : -1;
    while (statement && (more = query_next(feed->store, statement, err)) == 1) {
        memory_grow((void **)&feed->series, &room, feed->n_series, sizeof *feed->series);
        feed->series[feed->n_series++] = sqlite3_column_int64(statement, 0);
    }
    if (statement)
        query_end(statement);
    return more;
}

int feed_open(struct feed **out, struct store *store, enum feed_kind kind, const struct feed_marks *marks, int64_t from_us, int64_t to_us,
              struct error *err)
{
    struct feed *feed = memory_zero(1, sizeof *feed);
    *feed = (struct feed){.store = store, .kind = kind, .marks = marks, .from_us = from_us, .to_us = to_us};
    *out = NULL;
    if (list_series(feed, err)) {
        feed_close(feed);
        return -1;
    }
    *out = feed;
    return 0;
}

static void end_series(struct feed *feed)
{
    sqlite3_finalize(feed->late);
    feed->late = NULL;
    free(feed->keys);
    feed->keys = NULL;
    feed->n_keys = feed->key = feed->end_of_run = 0;
    if (feed->in_snapshot)
        store_snapshot_end(feed->store);
    feed->in_snapshot = false;
}

/* The mark of a series, and what is to be read of it. */
static int begin_series(struct feed *feed, int64_t series, struct error *err)
{
    struct feed_mark *mark = &feed->until;
    struct late_key newest;
    int64_t late = 0;
    *mark = mark_of(feed, series);
    if (feed->marks) {
        if (late_newest(feed->store, late_kinds[feed->kind], series, &newest, err) ||
            query_integer(feed->store, QUERY_LATE_COUNT, &late, err, "") < 0)
            return -1;
        bool ahead = late_before(newest, (struct late_key){mark->time_us, mark->rank});
        if (mark->late > late || (ahead && mark->time_us != INT64_MIN && !feed->marks->since_us))
            return error_set(err, ERR_USAGE, "the store %s holds less than was exported from it: it is another one, or a backup of it was restored",
                             feed->store->path);
        if (ahead) {
            mark->time_us = newest.time_us;
            mark->rank = newest.rank;
        }
    }
    feed->mark = (struct late_key){mark->time_us, mark->rank};
    feed->stage = feed->marks ? LATE : NEW;
    feed->late = feed->marks ? query_open(feed->store, QUERY_LATE_SINCE, err, "wii", (int)late_kinds[feed->kind], series, mark->late) : NULL;
    return feed->marks && !feed->late ? -1 : 0;
}

int feed_next(struct feed *feed, int64_t *series, struct error *err)
{
    if (feed->at)
        feed_marks_add(&feed->now, &feed->until);
    end_series(feed);
    if (feed->at == feed->n_series) {
        feed->at = feed->n_series = 0;
        return 0;
    }
    *series = feed->series[feed->at++];
    if (store_snapshot_begin(feed->store, err))
        return -1;
    feed->in_snapshot = true;
    return begin_series(feed, *series, err) ? -1 : 1;
}

/* --- periods of a series */

/* The next row of `late`, those of its keys that lie before the mark and are wanted: 1, 0, -1. */
static int next_late(struct feed *feed, struct error *err)
{
    int more;
    size_t kept = 0;
    feed->key = feed->end_of_run = feed->n_keys = 0;
    free(feed->keys);
    feed->keys = NULL;
    if ((more = query_next(feed->store, feed->late, err)) != 1)
        return more;
    if (late_unpack(feed->store, feed->until.series, sqlite3_column_blob(feed->late, 1), (size_t)sqlite3_column_bytes(feed->late, 1), &feed->keys,
                    &feed->n_keys, err))
        return -1;
    feed->until.late = sqlite3_column_int64(feed->late, 0);
    for (size_t i = 0; i < feed->n_keys; i++) {
        struct late_key key = feed->keys[i];
        if (!late_before(feed->mark, key) && key.time_us >= feed->from_us && key.time_us < feed->to_us)
            feed->keys[kept++] = key;
    }
    feed->n_keys = kept;
    return 1;
}

/* Keys that lie near each other are read in one go. */
static void next_run(struct feed *feed, int64_t *from_us, int64_t *to_us)
{
    size_t end = feed->key + 1;
    while (end < feed->n_keys && feed->keys[end].time_us - feed->keys[end - 1].time_us < DAY_US)
        end++;
    *from_us = feed->keys[feed->key].time_us;
    *to_us = feed->keys[end - 1].time_us + 1;
    feed->end_of_run = end;
}

/* The periods of what came late, row by row of `late`, then what lies behind the mark. */
int feed_period(struct feed *feed, int64_t *from_us, int64_t *to_us, struct error *err)
{
    while (feed->stage == LATE) {
        feed->key = feed->end_of_run;
        if (feed->key < feed->n_keys) {
            next_run(feed, from_us, to_us);
            return 1;
        }
        int more = next_late(feed, err);
        if (more < 0)
            return -1;
        feed->stage = more ? LATE : NEW;
    }
    bool first = feed->stage == NEW;
    feed->stage = first ? READING : END;
    *from_us = feed->mark.time_us > feed->from_us ? feed->mark.time_us : feed->from_us;
    *to_us = feed->to_us;
    return first && *from_us < *to_us;
}

bool feed_wants(struct feed *feed, int64_t time_us, int64_t rank)
{
    struct late_key key = {time_us, rank};
    if (feed->stage == LATE) {
        while (feed->key < feed->end_of_run && late_before(feed->keys[feed->key], key))
            feed->key++;
        return feed->key < feed->end_of_run && !late_before(key, feed->keys[feed->key]);
    }
    if (!late_before(feed->mark, key))
        return false;
    if (late_before((struct late_key){feed->until.time_us, feed->until.rank}, key)) {
        feed->until.time_us = time_us;
        feed->until.rank = rank;
    }
    return true;
}

const struct feed_marks *feed_marks_now(const struct feed *feed)
{
    return &feed->now;
}

void feed_close(struct feed *feed)
{
    if (!feed)
        return;
    end_series(feed);
    feed_marks_free(&feed->now);
    free(feed->series);
    free(feed);
}
