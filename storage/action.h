#ifndef GEMBA_STORAGE_ACTION_H
#define GEMBA_STORAGE_ACTION_H

#include "storage/store.h"

/* What people write, each in its own short transaction on a STORE_WRITE store, with an entry in the audit table. who: the account's name. */

/* ERR_NOT_FOUND when there is no such alarm; acknowledging twice keeps the first. */
int action_acknowledge_alarm(struct store *store, int64_t alarm, const char *who, int64_t time_us, struct error *err);
/* All unacknowledged signal and specification alarms of a characteristic; *count of them. */
int action_acknowledge_characteristic(struct store *store, int64_t characteristic, const char *who, int64_t time_us, int *count, struct error *err);
/* Cause and corrective action of a point; a second entry is kept beside the first, the newest shows. The action may be empty or NULL. */
int action_cause(struct store *store, int64_t characteristic, int64_t point, const char *cause, const char *action, const char *who, int64_t time_us,
                 struct error *err);
/* A note about a thing ("SN-4711", a lot, "bore-dia", "press-1") at about_us; both sides stay as they were written. */
int action_note(struct store *store, const char *object, const char *text, int64_t about_us, const char *who, int64_t time_us, struct error *err);

#endif
