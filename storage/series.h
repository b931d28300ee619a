#ifndef GEMBA_STORAGE_SERIES_H
#define GEMBA_STORAGE_SERIES_H

#include "storage/chunk.h"

/* A characteristic's measurements, or its points, from rows and chunks alike, in order of time. The caller holds a snapshot (series_hold). */
struct series_kind;
extern const struct series_kind series_values, series_points;

struct series {
    const struct series_kind *kind;
    struct store *store;
    int64_t characteristic, from_us, to_us;
    size_t batch;              /* rows read at once */
    struct frame rows, packed; /* what was read of either, and where the reader stands in it */
    size_t row, place;
    int64_t after_us, after; /* key of the last row that was read */
    int64_t chunk_us;        /* the next chunk ends here or later */
    bool rows_end, chunks_end;
    int64_t skip, expected; /* with `last`: how many are left out, how many remain */
};

/* last > 0: only the newest `last` of [from_us, to_us). Owned by the caller, who closes it also after an error. */
int series_open(struct series *series, const struct series_kind *kind, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us,
                int64_t last, size_t batch, struct error *err);
/* 1 and the frame and row that comes next, valid until the next call; 0 at the end; -1: after a damaged chunk the next call goes on behind it. */
int series_next(struct series *series, const struct frame **frame, size_t *row, struct error *err);
void series_close(struct series *series);

/* The oldest `most` rows of the period that are in no chunk, into an empty frame. */
int series_rows(const struct series_kind *kind, struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, size_t most,
                struct frame *frame, struct error *err);

/* A read transaction for as long as the statement is not finalized. NULL on error. */
sqlite3_stmt *series_hold(struct store *store, struct error *err);

#endif
