#ifndef GEMBA_STORAGE_SUMMARY_H
#define GEMBA_STORAGE_SUMMARY_H

#include "storage/store.h"
#include "storage/tally.h"

/* The figures of a characteristic's measurements in [from_us, to_us), from what chunks know of themselves: values are unpacked only at the period's
 * edges, and where another specification or a later word about an exclusion changed the counts. Equal to adding up value by value, to 1e-12.
 * lsl, usl: NAN without. No moving range reaches over a bad value, an excluded point, or where the judge saw a gap. */
struct summary {
    struct tally tally;
    int64_t coarse; /* of tally.count: in chunks whose values were dropped and that reach beyond the period (counted where most of them lie), or whose
                     * counts of another specification or of points that were not excluded then are all that is known */
};
int store_summary(struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, double lsl, double usl, struct summary *summary,
                  struct error *err);
/* Those of a standing: of everything, but the subgroup that is being filled has no spread yet. */
int store_summary_complete(struct store *store, int64_t characteristic, double lsl, double usl, struct summary *summary, struct error *err);

#endif
