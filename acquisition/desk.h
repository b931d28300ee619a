#ifndef GEMBA_ACQUISITION_DESK_H
#define GEMBA_ACQUISITION_DESK_H

#include "acquisition/batch.h"

/* Everything that looks at polls: for each instrument its characteristics, its machines and its link alarm. Turns polls into a batch. */
struct desk;

/* Goes on where the store stopped; the batch gets what that alone already says (new locked limits). NULL with err when it cannot be read. */
struct desk *desk_create(const struct plant *plant, struct store *store, struct batch *batch, struct error *err);
void desk_destroy(struct desk *desk);

/* Calls send for each acknowledgement that a handshake waits for: when what it acknowledges is recorded. */
void desk_acknowledge(struct desk *desk, void (*send)(void *context, const struct tag *tag, double value), void *context);

/* Takes over what people decided (limits, excluded points); asks the store only when others wrote to it. The batch must be written. */
int desk_take_decisions(struct desk *desk, struct store *store, struct batch *batch, struct error *err);

/* Judges one poll; the batch owns it afterwards. */
void desk_poll(struct desk *desk, struct poll *poll, struct batch *batch);

#endif
