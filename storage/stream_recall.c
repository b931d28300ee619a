#include "storage/stream_round.h"

#include "storage/cursor.h"

#include <math.h>
#include <stdlib.h>

/* What the tag said, asked for in the order of time. */
struct track {
    struct sample_cursor *cursor;
    struct reading now;
    struct sample next;
    int more;
};

static int track_open(struct track *track, const struct characteristic *c, struct store *store, int64_t from_us, struct error *err)
{
    *track = (struct track){.now = {.value = NAN, .quality = QUALITY_BAD_NEVER_READ}};
    if (!c->stream)
        return 0;
    if (sample_cursor_open(&track->cursor, store, c->stream->id, from_us - 3600 * SECOND_US, INT64_MAX, err))
        return -1;
    track->more = sample_cursor_next(track->cursor, &track->next, err);
    return track->more < 0 ? -1 : 0;
}

static void track_close(struct track *track)
{
    if (track->cursor)
        sample_cursor_close(track->cursor);
}

/* The place of the stream that a measurement was of; -1: nobody knows; NO_ANSWER with an error. */
enum { NO_ANSWER = -2 };
static int stream_of(struct stream_round *round, struct track *track, const struct measurement *m, struct error *err)
{
    const struct characteristic *c = round->characteristic;
    char name[READING_TEXT];
    if (!c->stream)
        return m->sequence < c->n_streams ? (int)m->sequence : -1;
    while (track->more == 1 && track->next.time_us <= m->time_us) {
        if (quality_is_good(track->next.reading.quality))
            track->now = track->next.reading;
        if ((track->more = sample_cursor_next(track->cursor, &track->next, err)) < 0)
            return NO_ANSWER;
    }
    return stream_round_find(round, reading_words(c->stream, &track->now, name, sizeof name));
}

static void put(struct stream_round *round, int stream, double value)
{
    if (stream >= 0 && !stream_round_has(round, stream))
        stream_round_add(round, stream, value);
}

/* Streams that are measured at once have taken as many places, by nothing where a value was bad. */
static void level(struct stream_round *round)
{
    const struct characteristic *c = round->characteristic;
    int most = 0;
    for (int s = 0; s < c->n_streams; s++)
        most = round->filled[s] > most ? round->filled[s] : most;
    for (int s = 0; s < c->n_streams && c->stream_tags; s++)
        while (round->filled[s] < most)
            stream_round_add(round, s, NAN);
}

int stream_round_recall(struct stream_round *round, struct store *store, const struct measurement *measurements, int count, struct error *err)
{
    struct track track;
    int stream = 0;
    if (count == 0)
        return 0;
    if (track_open(&track, round->characteristic, store, measurements[0].time_us, err))
        stream = NO_ANSWER;
    for (int i = 0; i < count && stream != NO_ANSWER; i++)
        if ((stream = stream_of(round, &track, &measurements[i], err)) != NO_ANSWER)
            put(round, stream, measurements[i].value);
    track_close(&track);
    level(round);
    return stream == NO_ANSWER ? -1 : 0;
}

/* The round is all of a point: what its row does not keep of it. A point without a moving range went on from nothing. */
static void finish(struct stream_round *round, struct point *points, size_t n_points, int64_t number)
{
    size_t place = number && n_points ? (size_t)(number - points[0].number) : n_points;
    bool known = place < n_points && points[place].number == number;
    struct subgroup *to = known ? &points[place].subgroup : NULL;
    bool goes_on = to && (place == 0 || !points[place - 1].subgroup.excluded) && !isnan(to->dispersion);
    struct subgroup from = stream_round_end(round, goes_on);
    if (!to || from.n != to->n)
        return;
    to->mean = from.mean;
    to->range = from.range;
    to->ss = from.ss;
    to->streams = from.streams;
    to->steps = from.steps;
}

static int refill(struct stream_round *round, struct track *track, struct measurement_cursor *cursor, struct point *points, size_t n_points,
                  struct error *err)
{
    struct measurement m;
    int64_t number = 0, last = points[n_points - 1].number;
    int more, stream;
    while ((more = measurement_cursor_next(cursor, &m, err)) == 1) {
        if (!m.point || m.point > last || m.attempt || !quality_is_good(m.quality))
            continue;
        if (m.point != number)
            finish(round, points, n_points, number);
        number = m.point;
        if ((stream = stream_of(round, track, &m, err)) == NO_ANSWER)
            return -1;
        put(round, stream, m.value);
    }
    finish(round, points, n_points, number);
    return more;
}

int stream_round_refill(struct stream_round *round, struct store *store, struct point *points, size_t n_points, int64_t after_us, struct error *err)
{
    const struct characteristic *c = round->characteristic;
    struct measurement_cursor *cursor = NULL;
    struct track track;
    struct stream_round again;
    if (!n_points)
        return 0;
    stream_round_init(&again, c);
    int failed = track_open(&track, c, store, after_us, err) || measurement_cursor_open(&cursor, store, c->id, after_us, INT64_MAX, 0, err) ||
                 refill(&again, &track, cursor, points, n_points, err);
    for (int s = 0; s < c->n_streams; s++)
        round->before[s] = again.before[s];
    measurement_cursor_close(cursor);
    track_close(&track);
    stream_round_free(&again);
    return failed ? -1 : 0;
}
