#ifndef GEMBA_ACQUISITION_RTU_H
#define GEMBA_ACQUISITION_RTU_H

#include "acquisition/pdu.h"
#include "acquisition/stream.h"

enum { RTU_ORPHANS = 16, RTU_FRAME = 256, RTU_BUFFER = 600 };

/* Modbus RTU over one line: unit, PDU and checksum. One request at a time; an answer carries no number, so what may still come from before is kept
 * in mind. Zeroed, then character_us set, for a new line. */
struct rtu {
    double character_us; /* time of one on the line; 0: unknown, it is behind a network */
    struct {
        struct pdu request;
        int unit;
        int64_t until_us;   /* its answer is not expected any more after this, monotonic */
    } orphans[RTU_ORPHANS]; /* the newest overwrites the oldest */
    unsigned n_orphans;
    bool late;           /* something came that nobody waited for any more */
    int64_t settle_us;   /* the silence to wait for before the next request, because something may still be on the line; 0: it is clean */
    bool stutters;       /* something came unasked after a good answer */
    struct pdu answered; /* the last request that was, and by whom */
    int answered_by;
    int64_t last_us; /* when the line was last busy, monotonic */
    uint8_t held[RTU_BUFFER];
    size_t n_held;
};

/* Sends a request once the line is silent and waits for its answer: the first byte within patience, the last one within the time the answer takes on
 * the line after that, however slowly it drips. Frames of other units, echoes and noise before the answer are passed over. After a request that
 * had no answer, one that could be mistaken for it is not sent before the line is proved to be in step: by a short read of another length.
 * 0, or an errno: ETIMEDOUT, EMBBADCRC, EMBBADSLAVE when another unit answered, EMBMDATA when the line does not fall silent, or the stream's. */
int rtu_exchange(struct rtu *rtu, struct stream *stream, int unit, const struct pdu *request, struct pdu *answer, int64_t patience_us);

/* The checksum of the frame before it. */
uint16_t rtu_crc(const uint8_t *bytes, size_t count);

#endif
