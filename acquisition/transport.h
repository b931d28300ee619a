#ifndef GEMBA_ACQUISITION_TRANSPORT_H
#define GEMBA_ACQUISITION_TRANSPORT_H

#include "storage/storage.h"

/* A connection to an endpoint or a serial line, owned by one thread. The kinds of link are a table in transport.c. */
struct transport;

/* How a request or a connection ended. */
enum outcome_kind {
    OUTCOME_GOOD,
    OUTCOME_EXCEPTION, /* the unit answered: the link is sound */
    OUTCOME_NO_UNIT,   /* a gateway says that its unit does not answer: the link is sound */
    OUTCOME_TIMEOUT,
    OUTCOME_LOST, /* refused, reset, unplugged */
    OUTCOME_GARBAGE,
};
struct outcome {
    enum outcome_kind kind;
    enum quality quality;
    int exception;     /* its Modbus code, 0 when none */
    const char *state; /* "online", "refused", "silent", "error" */
    char text[96];     /* "no answer within 1 s"; "" when good */
};

enum { TRANSPORT_LINKS_MAX = 960 }; /* libmodbus waits with select, which cannot watch a descriptor above 1023 */

struct transport *transport_create(const struct link *link);
void transport_destroy(struct transport *transport);

/* Connects within the link's timeout. After anything but GOOD it is closed. */
struct outcome transport_open(struct transport *transport);
bool transport_is_open(const struct transport *transport);

/* Reads count registers, or bits as 0 and 1. After TIMEOUT, LOST and GARBAGE a TCP connection is closed, so that a late answer is never
 * taken for the next one; a serial line is drained until it is silent, and its next good answer is QUALITY_UNCERTAIN_AFTER_TIMEOUT. */
struct outcome transport_read(struct transport *transport, int unit, enum area area, int first, int count, uint16_t *registers);

#endif
