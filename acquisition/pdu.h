#ifndef GEMBA_ACQUISITION_PDU_H
#define GEMBA_ACQUISITION_PDU_H

#include "config/config.h"

/* What Modbus says whatever carries it: a function code and its data. Pure. */
enum { PDU_MAX = 253, PDU_EXCEPTION = 0x80 };
struct pdu {
    uint8_t bytes[PDU_MAX];
    size_t length;
};

/* The request that reads count registers or bits of an area. */
struct pdu pdu_read(enum area area, int first, int count);

/* The request that writes count registers, or bits given as 0 and 1: functions 5, 6, 15, 16. And the one that writes only the bits of a register
 * that are set in mask: function 22. */
struct pdu pdu_write(int function, int first, int count, const uint16_t *values);
struct pdu pdu_write_masked(int address, uint16_t mask, uint16_t bits);

/* Registers, or bits as 0 and 1, of the answer to such a request. */
void pdu_values(const struct pdu *request, const struct pdu *answer, uint16_t *values);

/* How long an answer to the request is that begins with these bytes: 0 when more of them are needed to know, -1 when they begin no answer to it. */
int pdu_answer_length(const struct pdu *request, const uint8_t *answer, size_t held);

/* Whether these bytes, all of them, are an answer to the request: function, length and byte count fit, and a write is echoed as sent. */
bool pdu_answers(const struct pdu *request, const uint8_t *answer, size_t length);

/* The exception that an answer is, or 0. */
int pdu_exception(const struct pdu *answer);

/* Whether answers to the two requests look alike: same function, same length, nothing echoed. */
bool pdu_alike(const struct pdu *a, const struct pdu *b);

#endif
