#ifndef GEMBA_ACQUISITION_STATION_H
#define GEMBA_ACQUISITION_STATION_H

#include "acquisition/plan.h"
#include "acquisition/poll.h"
#include "acquisition/transport.h"

enum { LATENESS_CLASSES = 48 };

/* One instrument on its link: plan, schedule, back-off and statistics. Owned by the link's thread. */
struct station {
    const struct instrument *instrument;
    struct plan *plan;
    int64_t period_us, next_us; /* monotonic */
    int64_t probe_us;           /* not asked before this, monotonic */
    int64_t pause_us;           /* between probes; 0: not in probe mode */
    int64_t pushed_us;          /* monotonic, of the last failed poll that was handed on */
    int failures;               /* polls in a row */
    struct link_status status;
    double rtt_sum_ms;
    int64_t lateness[LATENESS_CLASSES]; /* polls by how late they began; old ones fade */
};

void station_init(struct station *station, const struct plant *plant, const struct instrument *instrument, int64_t first_us);
void station_clear(struct station *station);

/* Reads all requests of the plan; learns from exceptions 02 and 03. After a failure that is no exception the rest is not asked.
 * *poll is owned by the caller. Returns the first failure that is no exception, else GOOD. */
struct outcome station_read(struct station *station, struct transport *transport, struct poll **poll);
/* The poll that stands for "not asked, because of this". */
struct poll *station_unread(const struct station *station, const struct outcome *outcome);

/* Takes note of an outcome: log line at a change of state, probe mode (most_pause_us at most). asked: the instrument itself was asked.
 * Returns whether the poll is worth handing on: all that hold a value, the first two failures, then one each 10 s. */
bool station_note(struct station *station, struct poll *poll, const struct outcome *outcome, bool asked, int64_t most_pause_us);

/* Moves next_us on by one period, or over the ones that were missed, which are counted. */
void station_schedule(struct station *station, int64_t now_us);
void station_late(struct station *station, int64_t late_us);

#endif
