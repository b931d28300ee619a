#ifndef GEMBA_ACQUISITION_WRITE_POST_H
#define GEMBA_ACQUISITION_WRITE_POST_H

#include "acquisition/link.h"

/* Brings what people ask to be written from the store to the links, and what became of it back. Owned by the recorder's thread. */
struct write_post;

struct write_post *write_post_create(const struct plant *plant);
void write_post_destroy(struct write_post *post);

/* One round: hands out new requests, records results. -1 with err when the store cannot be written: nothing is lost, call it again.
 * workers may be NULL while there are none. */
int write_post_run(struct write_post *post, struct store *store, struct link_worker *const *workers, size_t n_workers, struct error *err);

/* Asks for a write of the collector's own (the acknowledgement of a handshake), done by the next round; failures are logged. */
void write_post_send(struct write_post *post, const struct tag *tag, double value);

#endif
