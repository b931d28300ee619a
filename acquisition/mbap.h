#ifndef GEMBA_ACQUISITION_MBAP_H
#define GEMBA_ACQUISITION_MBAP_H

#include "acquisition/pdu.h"
#include "acquisition/stream.h"

enum { MBAP_ORPHANS = 16, MBAP_BUFFER = 1024, MBAP_ANY_UNIT = 255 };

/* Modbus TCP: the seven bytes before each PDU. One request at a time. Zeroed for a new endpoint; a new connection holds nothing, but its
 * transactions go on, because a gateway may hand an answer that is late to whoever is connected. */
struct mbap {
    uint16_t transaction;
    uint16_t orphans[MBAP_ORPHANS]; /* requests nobody waits for any more; the newest overwrites the oldest */
    unsigned n_orphans;
    bool late; /* the answer to an orphan came after all */
    uint8_t held[MBAP_BUFFER];
    size_t n_held;
};

/* Sends a request and waits for its answer. Transaction, protocol, unit, function and length must all be right; any other frame is discarded,
 * and the deadline stands however much comes. A device that is addressed as 255, or 0, is asked directly: as the specification has it, the unit in
 * its answer says nothing; any other unit is behind a gateway, and must be the one that was asked.
 * 0, or an errno: ETIMEDOUT; EMBBADDATA or EMBBADSLAVE when there were answers, but none to this; EMBMDATA when the stream is no Modbus, and the
 * connection good for nothing more. */
int mbap_exchange(struct mbap *mbap, struct stream *stream, int unit, const struct pdu *request, struct pdu *answer, int64_t until_us);

#endif
