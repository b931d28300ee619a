#ifndef GEMBA_STORAGE_CHUNK_H
#define GEMBA_STORAGE_CHUNK_H

#include "storage/frame.h"
#include "storage/private.h"
#include "storage/tally.h"

/* A chunk owns the closed span [first_us, last_us] of a characteristic's time: every measurement and point in it is in the chunk, or is a row that
 * came late (the packer merges those). Chunks of one characteristic never meet. */
struct chunk {
    int64_t id, characteristic, first_us, last_us;
    int64_t count, points;            /* measurements, points */
    int64_t gone;                     /* of those measurements: their values were dropped, and only the tally knows them */
    int64_t first_point, last_point;  /* lowest and highest number; 0 when it has none */
    int64_t value_bytes, point_bytes; /* value_bytes 0: none is there */
    int64_t exclusions;               /* id of the newest row of `exclusion` about its points that its tally knows */
    bool regular;                     /* the tally can be used: points in order, each with its values side by side */
    struct tally tally;
    double lsl, usl; /* that its tally's below and above were counted against */
};

/* The columns of frames of measurements and of points. */
enum { VALUE_TIME, VALUE_SEQUENCE, VALUE_QUALITY, VALUE_POINT, VALUE_CONTEXT, VALUE_ATTEMPT, VALUE_INTEGERS };
enum {
    POINT_NUMBER,
    POINT_TIME,
    POINT_N,
    POINT_EXCLUDED,
    POINT_LOCATION_RULES,
    POINT_DISPERSION_RULES,
    POINT_THIRD_RULES,
    POINT_BASIS,
    POINT_LIMITS,
    POINT_BELOW,
    POINT_ABOVE,
    POINT_INTEGERS
};
enum { POINT_LOCATION, POINT_DISPERSION, POINT_PLOTTED, POINT_COUNT = POINT_PLOTTED + 3, POINT_SIZE, POINT_DOUBLES };
extern const struct frame_shape value_shape, point_shape;

/* Where `chunk_serial` files a serial number: prefix_length bytes of it, and a block. */
struct serial_place {
    size_t prefix_length;
    int64_t block;
};
struct serial_place chunk_serial_place(const char *serial);

/* Unless said otherwise: 1 found, 0 there is none, -1. */
/* The characteristic's first chunk that ends at from_us or later; its last one that begins before before_us. */
int chunk_at(struct store *store, int64_t characteristic, int64_t from_us, struct chunk *chunk, struct error *err);
int chunk_before(struct store *store, int64_t characteristic, int64_t before_us, struct chunk *chunk, struct error *err);
/* By id, as `chunk_serial` and `chunk_context` give it. */
int chunk_find(struct store *store, int64_t id, struct chunk *chunk, struct error *err);
/* All that meet [from_us, to_us), in order of time: allocated for the caller. 0 or -1. */
int chunk_list(struct store *store, int64_t characteristic, int64_t from_us, int64_t to_us, struct chunk **chunks, size_t *count, struct error *err);

/* Unpacks into an empty frame: 0 or -1. ERR_CORRUPT names series and time. Without dropped values. */
int chunk_values(struct store *store, const struct chunk *chunk, struct frame *values, struct error *err);
int chunk_points(struct store *store, const struct chunk *chunk, struct frame *points, struct error *err);

/* Inside a transaction: packs both frames (sorted by time) as a new chunk; sets its id and sizes, and that
 * what lacks of its count is gone. Takes one away. 0 or -1. */
int chunk_add(struct store *store, struct chunk *chunk, const struct frame *values, const struct frame *points, struct error *err);
int chunk_remove(struct store *store, const struct chunk *chunk, const struct frame *values, struct error *err);

/* Whether a measurement, a point is in a chunk already. */
int chunk_has_measurement(struct store *store, const struct measurement *measurement, struct error *err);
int chunk_has_point(struct store *store, int64_t characteristic, int64_t number, struct error *err);
/* Forgets what this connection knows of how far series are packed, and what it unpacked. */
void chunk_forget(struct store *store);

/* A row of values as a measurement. */
void chunk_measurement(const struct frame *values, size_t row, int64_t characteristic, struct measurement *measurement);

/* What people said about points: the newest word about each decides. */
struct exclusions {
    struct point_word {
        int64_t point, id;
        bool excluded;
    } * items; /* by point */
    size_t count;
    int64_t newest; /* row */
};
int exclusions_load(struct store *store, int64_t characteristic, int64_t first_point, int64_t last_point, struct exclusions *exclusions,
                    struct error *err);
void exclusions_free(struct exclusions *exclusions);
/* *excluded is changed when anything was said about the point. */
void exclusions_apply(const struct exclusions *exclusions, int64_t point, bool *excluded);

/* Adds what lies in [from_us, to_us) of both frames to a run: 0 or -1. */
int chunk_tally(struct store *store, const struct frame *values, const struct frame *points, int64_t from_us, int64_t to_us,
                const struct exclusions *exclusions, struct tally_run *run, struct error *err);

#endif
