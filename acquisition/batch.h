#ifndef GEMBA_ACQUISITION_BATCH_H
#define GEMBA_ACQUISITION_BATCH_H

#include "acquisition/poll.h"
#include "storage/storage.h"

/* What one transaction will write. Values are judged once, into a batch; writing it may fail and be tried again, and nothing is doubled. */
struct batch;

struct batch *batch_create(void);
void batch_destroy(struct batch *batch);
bool batch_is_empty(const struct batch *batch);

/* Each copies what it is given, but a poll and a standing: the poll is owned by the batch from now on; of a standing the batch keeps the
 * address (give it once a batch) and writes what stands there then. The same for where limits put their id. */
void batch_poll(struct batch *batch, struct poll *poll);
void batch_measurement(struct batch *batch, const struct measurement *measurement);
/* What measurements given from now on came with, until the next call; NULL: nothing is known. *place remembers where in the batch it stands (zeroed at
 * first, one of each caller), so that the same again costs nothing. */
struct batch_place {
    int64_t batch;
    size_t place;
};
void batch_context(struct batch *batch, const struct context *context, struct batch_place *place);
/* *id becomes the limits' id when the batch is written, 0 until then. Returns the limits' place, for batch_point. */
size_t batch_limits(struct batch *batch, const struct limits *limits, int64_t *id);
/* place: of limits in this batch whose id the point is to carry, or BATCH_NO_LIMITS to keep point->limits. */
#define BATCH_NO_LIMITS ((size_t)-1)
void batch_point(struct batch *batch, const struct point *point, size_t place);
/* The same for the limits of a group: *number, its place, and the points that are to carry it; vectors[n * p] are copied, the standing is not. */
size_t batch_group_model(struct batch *batch, const struct group_model *model, int64_t *number);
void batch_group_point(struct batch *batch, const struct group_point *point, const double *vectors, int p, size_t place);
void batch_group_standing(struct batch *batch, const struct group_standing *standing, int p);
void batch_standing(struct batch *batch, const struct standing *standing);
void batch_state(struct batch *batch, int64_t machine, int64_t time_us, enum oee_state state);
void batch_count(struct batch *batch, int64_t machine, int64_t time_us, int64_t parts, int64_t rejects);
void batch_event(struct batch *batch, int64_t time_us, const char *kind, const char *object, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* source's texts but the key must outlive the batch (they are the plant's names). */
void batch_raise(struct batch *batch, int64_t time_us, const struct alarm_source *source, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void batch_clear(struct batch *batch, int64_t time_us, const char *key);

/* Records everything inside the open transaction. The batch stays as it was, for another try. */
int batch_write(struct batch *batch, struct store *store, struct error *err);
/* After the commit: forgets everything. */
void batch_reset(struct batch *batch);

/* Counts the transactions: a new one after each reset. */
int64_t batch_number(const struct batch *batch);
size_t batch_polls(const struct batch *batch);
size_t batch_readings(const struct batch *batch);
size_t batch_measurements(const struct batch *batch);

#endif
