#ifndef GEMBA_STORAGE_PACKER_H
#define GEMBA_STORAGE_PACKER_H

#include "storage/store.h"

/* Packs old rows into chunks, for at most about budget_us of real time, in short transactions of its own on a STORE_RECORD store that has none
 * open. The newest `keep` measurements of a characteristic and polls of a layout stay rows; 0: everything complete is packed, also little of it.
 * *more: the budget ended before the work did. Begins where the last call ended, so that everything gets its turn. */
int store_pack(struct store *store, int64_t keep, int64_t budget_us, bool *more, struct error *err);
/* Chunks that this connection packed so far; any thread may ask. */
int64_t store_packed(const struct store *store);

#endif
