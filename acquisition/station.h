#ifndef GEMBA_ACQUISITION_STATION_H
#define GEMBA_ACQUISITION_STATION_H

#include "acquisition/plan.h"
#include "acquisition/poll.h"
#include "acquisition/probe.h"

enum { FIGURE_CLASSES = 48, STATION_RECHECK_US = MINUTE_US };

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

/* A poll in progress: its requests go out one at a time, and writes and other units use the line in between. */
struct round {
    struct poll *poll;                     /* NULL: none is in progress */
    size_t at;                             /* the request that is next */
    int64_t ready_us;                      /* monotonic: that one not before this; 0: at once */
    int64_t begun_us, first_us, middle_us; /* plant time: begin; middle of the first request and its answer, of the last */
    struct outcome result;                 /* the first failure that was no exception, else GOOD */
    int tries;                             /* of the request that is next */
    bool garbled;                          /* by one of them */
    bool recheck;                          /* tags that were refused are asked for again */
    bool fresh;                            /* on a connection that was made for it */
};

/* One instrument on its link: plan, schedules, back-off and statistics. Owned by the link's thread. */
struct station {
    const struct instrument *instrument;
    struct plan *plan;
    struct lane *lanes;
    size_t lane;        /* the one that is next */
    int64_t next_us;    /* its time, monotonic */
    int64_t recheck_us; /* monotonic: when tags that were refused are asked for again */
    int64_t time_us;    /* of the last poll: no two have the same */
    struct round round;
    int64_t cost_us; /* of the line's time, by the last poll */
    struct probe probe;
    int64_t pushed_us; /* monotonic, of the last failed poll that was handed on */
    int failures;      /* polls in a row */
    bool blank;        /* so silent that its tags of all schedules are bad */
    struct log_voice voice;
    struct link_status status;
    struct figures figures;
};

/* first_us: when it is read first; its further schedules are spread from there on. shared: the line has other units. */
void station_init(struct station *station, const struct plant *plant, const struct instrument *instrument, int64_t first_us, bool shared);
void station_clear(struct station *station);

/* station_poll.c: begins a poll of the schedule that is next; what is of other schedules is QUALITY_ABSENT in it. fresh: the connection was just
 * made. */
void station_begin(struct station *station, bool fresh);
/* Asks its next request, learning from exceptions 02 and 03; after a failure that is no exception the rest is not asked. True when the poll is
 * complete: station->round.result says how it went, and station_end hands the poll over to the caller. */
bool station_step(struct station *station, struct transport *transport);
struct poll *station_end(struct station *station);
/* The poll that stands for "not asked, because of this". */
struct poll *station_unread(struct station *station, const struct outcome *outcome);

/* Takes note of an outcome: log line at a change of state, probe mode. asked: the instrument itself was asked.
 * Returns whether the poll is worth handing on: all that hold a value, the first two failures, then one each 10 s. */
bool station_note(struct station *station, struct poll *poll, const struct outcome *outcome, bool asked);

/* Moves the schedule that was next on by one period, or over those that were missed, which are counted; next_us is the earliest of all. */
void station_schedule(struct station *station, int64_t now_us);
/* The first instant after plant_us that an aligned schedule names, in plant time; the clocks may change before it. */
int64_t station_aligned(const struct schedule *schedule, int64_t plant_us);

/* station_figures.c: a request whose answer took so long, and the line so long; a poll that began late; what one round through all tags asks for; and
 * the status that comes of them once a second. */
void station_count(struct station *station, const struct outcome *outcome, int64_t took_us, int64_t line_us);
void station_late(struct station *station, int64_t late_us);
void station_take_plan(struct station *station);
void station_take_figures(struct station *station, int64_t now_us);

#endif
