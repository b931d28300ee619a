#ifndef GEMBA_STORAGE_PACKER_PRIVATE_H
#define GEMBA_STORAGE_PACKER_PRIVATE_H

#include "storage/packer.h"
#include "storage/private.h"

/* Measurements of a chunk: some kilobytes, of which the edges of a period unpack two. */
enum { PACKER_CHUNK = 1024 };

/* One chunk of a series, inside a transaction: its oldest rows, when more than `keep` remain. *missing: 0 when there was something to do, so there may
 * be more; else the rows that have to come before there can be. */
int packer_characteristic(struct store *store, int64_t characteristic, int64_t keep, int64_t *missing, struct error *err);
int packer_layout(struct store *store, int64_t layout, int64_t keep, int64_t *missing, struct error *err);

#endif
