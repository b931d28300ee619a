#ifndef GEMBA_ACQUISITION_POLL_H
#define GEMBA_ACQUISITION_POLL_H

#include "acquisition/plan.h"
#include "storage/storage.h"

/* What one poll of an instrument brought, as it travels from a link to the recorder: registers, not readings, so a waiting poll costs
 * two bytes a register and one a tag. */
struct poll {
    struct poll *next; /* in a queue */
    const struct instrument *instrument;
    int64_t time_us;  /* plant time, middle between request and answer */
    int failures;     /* in a row, this one included; 0: the instrument answered */
    char reason[96];  /* why it failed */
    size_t size;      /* bytes in all */
    uint8_t *quality; /* per column; enum quality */
    uint16_t registers[];
};

/* All tags QUALITY_BAD_NEVER_READ. Owned by the caller. */
struct poll *poll_create(const struct plan *plan);
void poll_free(struct poll *poll);

/* readings[n_tags] */
void poll_decode(const struct poll *poll, struct reading *readings);

#endif
