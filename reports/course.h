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

/* points[count] in order of time. The change is looked for in the newest 200 that count, and told where so large a one comes by chance in 1 of 1000
 * such stretches (change_point_best). The forecast goes by the points after the change, else by the newest 50; told where the trend is there at 99.9 %
 * and meets a specification limit within ten times as many points. */
int course_of(struct course *course, struct store *store, const struct characteristic *characteristic, const struct point *points, size_t count,
              struct error *err);
void course_free(struct course *course);

/* "Step up by 0.0021 (1.3 sigma) at point 3641, 00:12:31 (3635-3648)"; "" when there is none. Both return out. */
char *course_change_words(const struct course *course, int decimals, char *out, size_t size);
/* "turn-1 setup 00:10:55; lot A12 -> A13 00:11:02" */
char *course_events_words(const struct course *course, char *out, size_t size);
/* "At this trend the mean meets USL 20.000 in 34 points (30-41), about 45 min" */
char *course_forecast_words(const struct course *course, int decimals, char *out, size_t size);

#endif
