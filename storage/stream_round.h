#ifndef GEMBA_STORAGE_STREAM_ROUND_H
#define GEMBA_STORAGE_STREAM_ROUND_H

#include "storage/store.h"
#include "storage/value.h"

/* What the streams of a group chart have brought so far: a round is a point when each has its values, or when one that has them brings another. */
struct stream_round {
    const struct characteristic *characteristic;
    int each;       /* values of a stream */
    double *values; /* each of every stream; NAN: nothing came */
    int *filled;    /* places of every stream that are taken, also by nothing */
    double *before; /* what every stream was in the round before */
    int n_filled;   /* of all */
    int expected;   /* streams come in turn: who is likely to be next */
};

void stream_round_init(struct stream_round *round, const struct characteristic *characteristic);
void stream_round_free(struct stream_round *round);
/* The place of a stream by its name; -1: it is none of them. */
int stream_round_find(struct stream_round *round, const char *name);
/* It has all its values: another one is of the next round. */
bool stream_round_has(const struct stream_round *round, int stream);
/* value NAN: it was to come, and is missing. True: the round is complete. */
bool stream_round_add(struct stream_round *round, int stream, double value);
/* The point; the next round begins. goes_on: moving ranges reach back to the round before. */
struct subgroup stream_round_end(struct stream_round *round, bool goes_on);

/* Whose a value is, is not recorded with it. Where each stream has a tag, values come in the order of the streams (their sequence); where one tag
 * says whose a value is, its readings tell. */

/* Puts measurements, in order of time, into the round. */
int stream_round_recall(struct stream_round *round, struct store *store, const struct measurement *measurements, int count, struct error *err);
/* Fills what points in a row do not keep of their streams (mean, range, ss, streams, steps) from their values, which lie after after_us. The round's
 * `before` becomes what the streams were at the newest of them. */
int stream_round_refill(struct stream_round *round, struct store *store, struct point *points, size_t n_points, int64_t after_us, struct error *err);

#endif
