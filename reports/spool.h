#ifndef GEMBA_REPORTS_SPOOL_H
#define GEMBA_REPORTS_SPOOL_H

#include "config/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A column of numbers that may be longer than memory: held up to SPOOL_HELD, beyond that in a temporary file without a name (in $TMPDIR or /tmp),
 * read again as often as needed. Zero-initialised is empty. */
enum { SPOOL_HELD = 1 << 20 };
struct spool {
    double *held; /* all of them, while file is NULL; then those not yet written */
    size_t count, room, waiting;
    FILE *file;
    bool failed;
};

void spool_add(struct spool *spool, double value); /* failures show at spool_end */
int spool_end(struct spool *spool, struct error *err);
/* The values first .. first + most; returns how many there are. */
size_t spool_read(struct spool *spool, size_t first, double *out, size_t most);
void spool_free(struct spool *spool);

#endif
