#ifndef GEMBA_TESTS_STORAGE_CONTENTS_H
#define GEMBA_TESTS_STORAGE_CONTENTS_H

#include "tests/storage/fixture.h"

/* Something of everything that a store holds, in numbered batches, for tests of what a fault leaves of it. */
enum { CONTENTS_BATCH = 5 };

/* One transaction: CONTENTS_BATCH polls and measurements of the first characteristic, one each of the rest. -1 with err: rolled back. */
int contents_record(struct store *store, const struct plant *plant, int64_t batch, struct error *err);

/* One transaction: points of the first characteristic as a judge makes them, each of five values with the chart's own statistic, and the standing of
 * all: a store that `verify` finds right. */
int contents_judged(struct store *store, const struct plant *plant, int points, struct error *err);

struct contents {
    int64_t measurements, points, samples, events, recurrences, parts, commits, standing;
    double sum;
    bool ordered; /* all in the order of time, without gaps */
};
/* Opens for reading, and reads all; -1 with err. */
int contents_read(const char *path, struct plant *plant, struct contents *all, struct error *err);

/* Copies a closed store over another, whose -wal and -shm go. */
void contents_copy(const char *from, const char *to);

#endif
