#ifndef GEMBA_REPORTS_COURSE_H
#define GEMBA_REPORTS_COURSE_H

#include "storage/storage.h"

/* How a process went: when its mean changed and what happened near that time, where it is drifting to, and what people noted. */

enum { COURSE_EVENTS = 6, COURSE_NOTES = 50 };

struct course_event {
    int64_t time_us;
    char words[160]; /* "turn-1 setup", "lot A12 -> A13" */
};

struct course {
    size_t points;                             /* the newest ones, that were looked at */
    int subgroup;                              /* values in one */
    double interval_s;                         /* from point to point, on average */
    struct change_point change;                /* why: nothing worth saying */
    int64_t point, time_us;                    /* the first after the change */
    int64_t first_point, last_point;           /* the interval in which it is */
    struct course_event events[COURSE_EVENTS]; /* near the change, nearest first */
    int n_events;
    struct forecast forecast; /* in points; why: nothing worth saying */
    double limit;             /* of the specification, that is ahead */
    struct note *notes;       /* about the characteristic, its part or machine in the time of the points, oldest first; owned */
    size_t n_notes;
};

/* points[count] in order of time. What is told is what trend_of finds worth it, in the newest 200 that count; of charts of counts the change alone.
 */
int course_of(struct course *course, struct store *store, const struct characteristic *characteristic, const struct point *points, size_t count,
              struct error *err);
void course_free(struct course *course);

/* "Step up by 0.0021 (1.3 sigma) at point 3641, 11-21 00:12 (3635-3648)"; "" when there is none. All return out. */
char *course_change_words(const struct course *course, int decimals, char *out, size_t size);
/* "turn-1 setup 00:10:55; lot A12 -> A13 00:11:02" */
char *course_events_words(const struct course *course, char *out, size_t size);
/* "At this trend the mean meets USL 20.000 in 34 points (30-41), about 45 min" */
char *course_forecast_words(const struct course *course, int decimals, char *out, size_t size);

/* The same words of what no plant recorded. */
struct change_place {
    int64_t point, first, last; /* numbers of points: the first after the change, and the interval in which it is */
    const char *when;           /* of the point; "": not known */
};
char *change_words(const struct change_point *change, const struct change_place *place, int decimals, char *out, size_t size);
/* limit: that is ahead; interval_s: from point to point, NAN: not known. */
char *forecast_words(const struct forecast *forecast, double limit, double interval_s, int decimals, char *out, size_t size);

#endif
