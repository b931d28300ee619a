#ifndef GEMBA_STORAGE_STATE_H
#define GEMBA_STORAGE_STATE_H

#include "storage/record.h"
#include "storage/store.h"
#include "storage/value.h"

/* The present. Lists are allocated for the caller, who frees them with free(). */

/* ERR_NOT_FOUND when it has none yet. */
int store_standing(struct store *store, int64_t characteristic, struct standing *standing, struct error *err);

/* The newest reading of each tag of an instrument, readings[n_tags], with the time of that poll; time 0 and QUALITY_BAD_NEVER_READ when there is none. */
int store_latest(struct store *store, const struct instrument *instrument, struct reading *readings, int64_t *time_us, struct error *err);

/* Stale: older than 2.5 periods and what a value needs to be seen: commit, status row, refresh (2 s of real time). time 0 is stale. */
bool store_is_stale(int64_t time_us, int64_t every_us, int64_t now_us);

struct alarm {
    int64_t id;
    char kind[16], key[128], object[64], machine[64], text[192];
    enum alarm_priority priority;
    int64_t characteristic, point;
    int64_t raised_us, last_us, cleared_us; /* cleared 0: active */
    int64_t acknowledged_us;                /* 0: unacknowledged */
    char acknowledged_by[32];
    int64_t count;
};
static inline bool alarm_is_active(const struct alarm *alarm) { return alarm->cleared_us == 0; }
static inline bool alarm_is_new(const struct alarm *alarm) { return alarm->acknowledged_us == 0; }
/* open: active or unacknowledged ones, most urgent first (unacknowledged, priority, newest); else the newest `most` of the history. */
int store_alarms(struct store *store, bool open, int most, struct alarm **alarms, size_t *count, struct error *err);

int store_link_status(struct store *store, int64_t instrument, struct link_status *status, struct error *err); /* ERR_NOT_FOUND */
int store_collector_status(struct store *store, struct collector_status *status, struct error *err);           /* ERR_NOT_FOUND */

/* A machine's states over a period, as intervals cut to it, in order, without gaps. OEE_NO_DATA where nothing is known: before the first state,
 * and from 10 s (in a simulated plant: and 2 s of real time) after the collector's last sign of life on. */
struct state_interval {
    int64_t from_us, to_us;
    enum oee_state state;
};
int store_machine_states(struct store *store, int64_t machine, int64_t from_us, int64_t to_us, struct state_interval **intervals, size_t *count,
                         struct error *err);
/* The state now and since when (time 0 when never known). */
int store_machine_state(struct store *store, int64_t machine, enum oee_state *state, int64_t *since_us, struct error *err);
int store_machine_counts(struct store *store, int64_t machine, int64_t from_us, int64_t to_us, int64_t *parts, int64_t *rejects, struct error *err);

struct event {
    int64_t time_us;
    char kind[32], object[64], text[192];
};
/* The newest `most` of the period, newest first. */
int store_events(struct store *store, int64_t from_us, int64_t to_us, int most, struct event **events, size_t *count, struct error *err);

#endif
