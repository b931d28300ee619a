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

/* What a value came with. */
struct arrival {
    const char *serial; /* of the part */
    const char *key;    /* a lot, whose change ends a subgroup; of z-mr: the part that is made; "" without */
    double size;        /* of what was counted; 1 of measured values */
    int64_t sequence;   /* among the values of its instant, or less: then it follows the one before */
    const char *stream; /* of group: whose it is; NULL: nobody's, all are missing */
};
/* One part's value, or one count. Good values join subgroups; uncertain ones are only recorded; bad ones are recorded and break every run. */
void judge_measure(struct judge *judge, int64_t time_us, const struct reading *reading, const struct arrival *arrival, struct batch *batch);

/* Nothing was measured until then: where a pause ends subgroups, the one that is being filled may be complete. */
void judge_pass(struct judge *judge, int64_t time_us, struct batch *batch);

/* Takes over what people decided since: limits in force, from the next point on, and excluded points. All that was judged must be in the store. */
int judge_take_decisions(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err);

/* The newest measurement since the start; time_us 0 when there is none. */
const struct measurement *judge_newest(const struct judge *judge);
const struct standing *judge_standing(const struct judge *judge);

#endif
