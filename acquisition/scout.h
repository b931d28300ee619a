#ifndef GEMBA_ACQUISITION_SCOUT_H
#define GEMBA_ACQUISITION_SCOUT_H

#include "acquisition/transport.h"

/* A link by its URL alone, without a configuration: for commissioning. */
struct scout {
    struct arena *arena;
    struct link link;
    struct transport *transport;
};

/* Connects. -1 with words about the URL, or about why there is no connection. Nothing is left to close then. */
int scout_open(struct scout *scout, const char *url, int64_t timeout_us, struct error *err);
void scout_close(struct scout *scout);

/* A read that connects again first when the connection was lost. */
struct outcome scout_read(struct scout *scout, int unit, enum area area, int first, int count, uint16_t *registers);

#endif
