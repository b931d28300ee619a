#ifndef GEMBA_ACQUISITION_LOCK_H
#define GEMBA_ACQUISITION_LOCK_H

#include "config/config.h"

/* One program at a time judges what comes into a store: the collector, or an import. A lock that ends with the process, on a file beside the store.
 * Returns a descriptor to close, or -1: ERR_LOCKED when another has it. */
int lock_store(const char *store_path, struct error *err);

#endif
