#ifndef GEMBA_ACQUISITION_JUDGE_H
#define GEMBA_ACQUISITION_JUDGE_H

#include "acquisition/batch.h"

/* The live chart of one characteristic: measurements in; points, limits, verdicts, alarms and its standing out, into a batch. spc/ does the judging.
 */
struct judge;

/* The characteristic must outlive it, and carry its store id. */
struct judge *judge_create(const struct characteristic *characteristic);
void judge_destroy(struct judge *judge);

/* Goes on where the store's last commit stopped: standing, limits in force, run rules, the subgroup that was being filled. Limits that the config
 * locks are put into the batch when they are new. */
int judge_restore(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err);

/* One part's value. Good values join subgroups; uncertain ones are only recorded; bad ones are recorded and break every run. */
void judge_measure(struct judge *judge, int64_t time_us, const struct reading *reading, const char *serial, struct batch *batch);

const struct standing *judge_standing(const struct judge *judge);

#endif
