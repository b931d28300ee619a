#ifndef GEMBA_ACQUISITION_SCAN_H
#define GEMBA_ACQUISITION_SCAN_H

#include "acquisition/scout.h"

/* Shared by scan.c (units), scan_line.c (baud and parity) and scan_range.c (readable ranges). */

/* A line on the terminal that says how far it is; nothing elsewhere. */
struct progress {
    bool shown;
    int64_t begun_us, next_us; /* monotonic; next_us: when it is drawn again */
    int64_t total, done, requests;
};
void progress_begin(struct progress *progress, int64_t total);
void progress_step(struct progress *progress, int64_t steps, const char *what);
void progress_clear(const struct progress *progress);

/* Whether there is a unit: an exception is an answer, but not a gateway's that its unit is silent. */
bool scan_answered(const struct outcome *outcome);

/* Connects; on a serial line whose URL leaves out baud rate or parity it first finds those at which one of the wanted units answers, and prints the
 * whole URL. -1 with err when there is no connection, or nobody answers at any. */
int scan_open(struct scout *scout, const char *url, const bool *wanted, int64_t timeout_us, struct error *err);

/* Prints the readable ranges of one area of a unit between two addresses. -1 when the link was lost, which was said. */
int scan_range(struct scout *scout, int unit, enum area area, int first, int last);

#endif
