#ifndef GEMBA_REPORTS_PART_H
#define GEMBA_REPORTS_PART_H

#include "storage/storage.h"

/* What a measurement came with. One that was recorded without lot, order and operator carries no gauge either, which would cost a sixth of the
 * recorder's speed: it came from its characteristic's instrument. */
int part_context(struct store *store, const struct plant *plant, const struct measurement *measurement, struct context *context, struct error *err);

/* By its stored id; NULL when it is no longer in the configuration. */
const struct characteristic *part_characteristic(const struct plant *plant, int64_t id);

#endif
