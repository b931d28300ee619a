#ifndef GEMBA_ACQUISITION_SIM_FRAME_H
#define GEMBA_ACQUISITION_SIM_FRAME_H

#include "acquisition/sim_answer.h"

/* How PDUs travel: behind an MBAP header (tcp), or between unit number and checksum (rtu, rtutcp). Pure. */
enum { SIM_FRAME_MAX = 260 };

struct sim_request {
    int transaction, unit;
    int length; /* of the PDU */
    uint8_t pdu[SIM_PDU_MAX];
};

bool sim_frame_is_serial(const struct link *link);

/* Takes the first request out of what has come: how many bytes that were; 0 when it is not whole yet; -1 when these bytes begin no request. */
int sim_frame_take(const struct link *link, const uint8_t *bytes, int count, struct sim_request *request);

/* frame[SIM_FRAME_MAX]; returns its length. */
int sim_frame_wrap(const struct link *link, const struct sim_request *request, const uint8_t *pdu, int length, uint8_t *frame);

/* Puts the checksum of a serial frame right. */
void sim_frame_sign(uint8_t *frame, int length);

/* How long so many bytes take on the line; 0 in a network. */
int64_t sim_frame_line_us(const struct link *link, int bytes);

#endif
