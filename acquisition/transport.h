#ifndef GEMBA_ACQUISITION_TRANSPORT_H
#define GEMBA_ACQUISITION_TRANSPORT_H

#include "acquisition/pdu.h"
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

enum { TRANSPORT_LINKS_MAX = 4000 }; /* threads of one collector */

struct transport *transport_create(const struct link *link);
void transport_destroy(struct transport *transport);

/* Connects within the link's connect_timeout. After anything but GOOD it is closed. */
struct outcome transport_open(struct transport *transport);
void transport_close(struct transport *transport);
bool transport_is_open(const struct transport *transport);

/* How long the next requests wait for an answer, instead of the link's timeout; 0: that again. */
void transport_set_patience(struct transport *transport, int64_t patience_us);

/* Called with every run of bytes as it goes out and comes in; NULL ends it. */
void transport_trace(struct transport *transport, void (*trace)(void *context, bool sent, const uint8_t *bytes, size_t count), void *context);

/* Sleeps until the link's pause since the request before is over; for those who measure an answer. */
void transport_await_pause(const struct transport *transport);

/* Asks a unit and takes its answer, after the link's pause since the request before. GOOD: answer holds what fits the request; EXCEPTION and NO_UNIT:
 * the exception. Any other answer is never taken: late, double, of another transaction or unit, cut short or dripping. A connection is closed when
 * it is LOST, when what comes is no Modbus, and after three requests in a row that were answered with something else. On a serial line, and behind
 * one, the first good answer of a unit after its timeout is QUALITY_UNCERTAIN_AFTER_TIMEOUT. */
struct outcome transport_exchange(struct transport *transport, int unit, const struct pdu *request, struct pdu *answer);

/* Likewise, count registers, or bits as 0 and 1. */
struct outcome transport_read(struct transport *transport, int unit, enum area area, int first, int count, uint16_t *registers);

/* Writes count registers, or bits as 0 and 1, with function 5, 6, 15 or 16 (at most 123 registers or 1968 bits); only the bits in mask of a
 * register, with function 22. GOOD: the unit repeated what it was told. */
struct outcome transport_write(struct transport *transport, int unit, int function, int first, int count, const uint16_t *registers);
struct outcome transport_write_masked(struct transport *transport, int unit, int address, uint16_t mask, uint16_t bits);

#endif
