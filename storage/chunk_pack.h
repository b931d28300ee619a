#ifndef GEMBA_STORAGE_CHUNK_PACK_H
#define GEMBA_STORAGE_CHUNK_PACK_H

#include "storage/chunk.h"

/* Frames <-> blobs. A chart of single values has every time, value and serial number twice, in a measurement and in its point: the values' blob
 * then refers to the points', which are kept at least as long. */
void chunk_pack_values(struct bytes *out, const struct frame *values, const struct frame *points, uint64_t seed);
void chunk_pack_points(struct bytes *out, const struct frame *points, uint64_t seed);

/* Into empty frames; 0, or -1 when damaged. points NULL: the values do not need them. */
int chunk_values_need_points(const struct blob *blob);
int chunk_unpack_values(const struct blob *blob, const struct frame *points, struct frame *values);
int chunk_unpack_points(const struct blob *blob, struct frame *points);

#endif
