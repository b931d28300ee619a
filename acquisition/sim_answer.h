#ifndef GEMBA_ACQUISITION_SIM_ANSWER_H
#define GEMBA_ACQUISITION_SIM_ANSWER_H

#include "acquisition/sim_bank.h"

/* How a unit answers a request: Modbus PDUs, the function code first, in and out. Nothing here knows how they travel. */
enum { SIM_PDU_MAX = 253 };

/* The values that a request asks for. */
struct sim_span {
    enum area area;
    int first, count;
};

/* False when the request reads nothing. */
bool sim_answer_span(const uint8_t *pdu, int length, struct sim_span *span);

/* Reads (1 to 4, 23) and writes (5, 6, 15, 16, 22, 23) the bank; what it does not have is exception 2, what no request may ask for is 3, and
 * every other function is 1. answer[SIM_PDU_MAX]; returns its length. */
int sim_answer(struct sim_bank *bank, const uint8_t *pdu, int length, uint8_t *answer);
int sim_answer_exception(const uint8_t *pdu, int code, uint8_t *answer);

/* How long a request of this function is: 0 when `have` bytes are too few to say, -1 when nobody knows. */
int sim_answer_request_length(const uint8_t *pdu, int have);

/* The registers, or bits as 0 and 1, of a span that the bank has. */
void sim_answer_values(const struct sim_bank *bank, const struct sim_span *span, uint16_t *values);

#endif
