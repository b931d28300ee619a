#ifndef GEMBA_ACQUISITION_STATION_H
#define GEMBA_ACQUISITION_STATION_H

#include "acquisition/plan.h"
#include "acquisition/poll.h"
#include "acquisition/probe.h"

enum { FIGURE_CLASSES = 48 };

/* One schedule of an instrument: what is read together, and when next (monotonic). */
struct lane {
    const struct schedule *schedule;
    int64_t period_us, next_us; /* real time; next_us INT64_MAX: when what it follows has changed */
    double seen;                /* of the tag it follows; NAN: nothing yet */
};

/* How a line was used since the figures were last taken. */
struct figures {
    int64_t taken_us, busy_us, requests;
    double rtt_sum_ms;
    int64_t rtts[FIGURE_CLASSES], lateness[FIGURE_CLASSES]; /* by class; old ones fade */
};

/* One instrument on its link: plan, schedules, back-off and statistics. Owned by the link's thread. */
struct station {
    const struct instrument *instrument;
    struct plan *plan;
    struct lane *lanes;
    size_t lane;       /* the one that is next */
    int64_t next_us;   /* its time, monotonic */
    int64_t recheck_us; /* monotonic: when tags that were refused are asked for again */
    int64_t time_us;   /* of the last poll: no two have the same */
    int64_t asked_us;  /* monotonic, the start of the last request */
    int64_t cost_us;   /* of the line's time, by the last poll */
    struct probe probe;
    int64_t pushed_us; /* monotonic, of the last failed poll that was handed on */
    int failures;      /* polls in a row */
    bool blank;        /* so silent that its tags of all schedules are bad */
    struct link_status status;
    struct figures figures;
};

/* first_us: when it is read first; its further schedules are spread from there on. shared: the line has other units. */
void station_init(struct station *station, const struct plant *plant, const struct instrument *instrument, int64_t first_us, bool shared);
void station_clear(struct station *station);

/* Reads all requests of the schedule that is next; learns from exceptions 02 and 03. After a failure that is no exception the rest is not asked.
 * *poll is owned by the caller; what is of other schedules is QUALITY_ABSENT in it. Returns the first failure that is no exception, else GOOD. */
struct outcome station_read(struct station *station, struct transport *transport, struct poll **poll);
/* The poll that stands for "not asked, because of this". */
struct poll *station_unread(struct station *station, const struct outcome *outcome);

/* Takes note of an outcome: log line at a change of state, probe mode. asked: the instrument itself was asked.
 * Returns whether the poll is worth handing on: all that hold a value, the first two failures, then one each 10 s. */
bool station_note(struct station *station, struct poll *poll, const struct outcome *outcome, bool asked);

/* Moves the schedule that was next on by one period, or over those that were missed, which are counted; next_us is the earliest of all. */
void station_schedule(struct station *station, int64_t now_us);

/* station_figures.c: a request that took so long, a poll that began late, and the status that comes of them once a second. */
void station_count(struct station *station, const struct outcome *outcome, int64_t took_us);
void station_late(struct station *station, int64_t late_us);
void station_take_figures(struct station *station, int64_t now_us);

#endif
