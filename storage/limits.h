#ifndef GEMBA_STORAGE_LIMITS_H
#define GEMBA_STORAGE_LIMITS_H

#include "storage/store.h"
#include "storage/value.h"

/* Control limits and excluded points: reading them, and what people decide. A decision is a new row that supersedes the one before; rows never
 * change. The actions are a short transaction on a STORE_WRITE store each, with a line in the audit table. */

/* Limits by id, and those in force (ERR_NOT_FOUND when there are none). A superseded row's state reads LIMITS_SUPERSEDED. */
int store_limits(struct store *store, int64_t id, struct limits *limits, struct error *err);
int store_limits_in_force(struct store *store, int64_t characteristic, struct limits *limits, struct error *err);
/* Of a part, where each has its own (z-mr that learns its parts). */
int store_part_limits(struct store *store, int64_t characteristic, const char *part, struct limits *limits, struct error *err);
/* All that ever were, oldest first, each in the state that was decided; freed by the caller. */
int store_limits_history(struct store *store, int64_t characteristic, struct limits **list, size_t *count, struct error *err);

/* limits: of whom, what, who and why; its id is set. seen: the id of the limits that the person saw in force, 0 for none; ERR_USAGE when others
 * hold by now, and without a reason. */
int action_limits(struct store *store, struct limits *limits, int64_t seen, struct error *err);

/* A point that is excluded stays drawn and leaves centre, sigma, capability and both moving ranges; a later row brings it back. */
struct exclusion {
    int64_t characteristic, point, time_us;
    bool excluded;
    char who[32], reason[128];
};
/* ERR_NOT_FOUND: no such point; ERR_USAGE: it is so already, or there is no reason. */
int action_exclude(struct store *store, const struct exclusion *exclusion, struct error *err);
/* The newest word about a point; time_us 0 when there is none. */
int store_exclusion(struct store *store, int64_t characteristic, int64_t point, struct exclusion *exclusion, struct error *err);
/* Id of the newest exclusion of a characteristic, and the oldest point that one was ever about; 0: none. */
int store_newest_exclusion(struct store *store, int64_t characteristic, int64_t *id, struct error *err);
int store_oldest_excluded(struct store *store, int64_t characteristic, int64_t *point, struct error *err);

/* Ids of the newest decisions of people on limits and on points, of all characteristics, and the same of groups (how many on limits): a collector
 * sees by them that there is something new. */
struct decisions {
    int64_t limits, exclusion, group_limits, group_exclusion;
};
int store_decisions(struct store *store, struct decisions *newest, struct error *err);

#endif
