#ifndef GEMBA_STORAGE_POLLS_H
#define GEMBA_STORAGE_POLLS_H

#include "storage/frame.h"
#include "storage/private.h"

/* Polls of one layout as columns: the times that all its tags share, and of each tag quality, value and text. */
enum { POLL_QUALITY };
struct polls {
    size_t count, room, tags;
    int64_t *times;
    struct frame *columns; /* per tag; empty for one that was not asked for */
};
void polls_init(struct polls *polls, size_t tags);
void polls_add(struct polls *polls, int64_t time_us, const struct reading *readings);
void polls_copy(struct polls *to, const struct polls *from, size_t row);
void polls_reading(const struct polls *polls, size_t tag, size_t row, struct reading *reading);
void polls_free(struct polls *polls);

/* A chunk of polls owns the closed span of its layout's time; spans of one layout never meet. It carries no moments: nobody asks for a tag's figures
 * (who wants them makes it a characteristic), and of 80 values of 16 bits they would take as many bytes as the values. */
struct poll_chunk {
    int64_t id, layout, first_us, last_us, polls, bytes;
};
/* The layout's first chunk that ends at from_us or later: 1, 0 none, -1. */
int poll_chunk_at(struct store *store, int64_t layout, int64_t from_us, struct poll_chunk *chunk, struct error *err);
/* Unpacks into empty polls: all tags, or with `tag` only those columns. ERR_CORRUPT names instrument and time. 0 or -1. */
int poll_chunk_read(struct store *store, const struct poll_chunk *chunk, const struct layout *layout, int64_t tag, struct polls *polls,
                    struct error *err);
/* Inside a transaction: packs all of them as a new chunk; takes one away. 0 or -1. */
int poll_chunk_add(struct store *store, int64_t layout, const struct polls *polls, struct error *err);
int poll_chunk_remove(struct store *store, const struct poll_chunk *chunk, struct error *err);
/* Whether a poll is in a chunk already: 1, 0, -1. */
int poll_chunk_has(struct store *store, const struct layout *layout, int64_t time_us, struct error *err);

#endif
