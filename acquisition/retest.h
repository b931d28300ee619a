#ifndef GEMBA_ACQUISITION_RETEST_H
#define GEMBA_ACQUISITION_RETEST_H

#include "storage/storage.h"

/* Which parts of a characteristic were measured lately, so that one measured again is known: its first value stays the judged one, later ones are
 * kept with their number. */
struct retest;

/* NULL when the characteristic takes every value for a new part's. */
struct retest *retest_create(const struct characteristic *characteristic);
void retest_destroy(struct retest *retest); /* NULL is fine */

/* What the store holds of the last parts. */
int retest_restore(struct retest *retest, struct store *store, struct error *err);

/* A good value of this part came: 0 the first of it, 1, 2, ... it was measured again. Always 0 without a serial number, or a NULL retest. */
int retest_attempt(struct retest *retest, const char *serial);

#endif
