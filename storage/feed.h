#ifndef GEMBA_STORAGE_FEED_H
#define GEMBA_STORAGE_FEED_H

#include "storage/store.h"

/* What was recorded since the last time: every row exactly once, in whatever order of time it came, and whatever was packed or let go in between.
 * It goes series by series: characteristics, of polls the layouts of instruments. The rows themselves come from the cursors of cursor.h:
 *
 *     while ((more = feed_next(feed, &series, err)) == 1)
 *         while ((more = feed_period(feed, &from_us, &to_us, err)) == 1)
 *             ... open a cursor of that series and period; a row for which feed_wants() says so is new */
enum feed_kind { FEED_VALUES, FEED_POINTS, FEED_POLLS };

/* How far a series was read. */
struct feed_mark {
    int64_t series, time_us, rank; /* the newest row */
    int64_t late;                  /* of what came late, the newest */
};
struct feed_marks {
    struct feed_mark *items; /* by series */
    size_t count, room;
    int64_t since_us; /* what a series without a mark begins at: 0 */
};
void feed_marks_free(struct feed_marks *marks);
void feed_marks_add(struct feed_marks *marks, const struct feed_mark *mark);

/* marks: NULL or how far it was read before, which outlive the feed. Only rows of [from_us, to_us) are wanted; of those from to_us on nothing is
 * marked as read. */
struct feed;
int feed_open(struct feed **feed, struct store *store, enum feed_kind kind, const struct feed_marks *marks, int64_t from_us, int64_t to_us,
              struct error *err);
/* 1 and the next series, 0, -1: ERR_USAGE when a mark is ahead of the store, as after a backup was restored. Until the next call the store is seen
 * as it is at this moment. */
int feed_next(struct feed *feed, int64_t *series, struct error *err);
/* 1 and a period of it that must be read, 0, -1. */
int feed_period(struct feed *feed, int64_t *from_us, int64_t *to_us, struct error *err);
/* For each row of that period, in order of time. rank: a measurement's sequence, a point's number, 0 of a poll. */
bool feed_wants(struct feed *feed, int64_t time_us, int64_t rank);
/* How far it has read now: complete after the last series. */
const struct feed_marks *feed_marks_now(const struct feed *feed);
void feed_close(struct feed *feed); /* NULL is fine */

#endif
