#include "acquisition/pdu.h"

#include <string.h>

/* How long an answer is: fixed, or a second byte that counts what follows. */
enum form { FORM_BITS, FORM_REGISTERS, FORM_COUNTED, FORM_FIXED, FORM_ECHO };

static const struct shape {
    uint8_t function;
    enum form form;
    int length; /* FORM_FIXED, FORM_ECHO */
} shapes[] = {
    {1, FORM_BITS, 0},  {2, FORM_BITS, 0},  {3, FORM_REGISTERS, 0}, {4, FORM_REGISTERS, 0}, {5, FORM_ECHO, 5},  {6, FORM_ECHO, 5},
    {7, FORM_FIXED, 2}, {15, FORM_ECHO, 5}, {16, FORM_ECHO, 5},     {17, FORM_COUNTED, 0},  {22, FORM_ECHO, 7},
};

static const struct shape *shape_of(const struct pdu *request)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (shapes[i].function == request->bytes[0])
            return &shapes[i];
    return NULL;
}

static int count_of(const struct pdu *request)
{
    return request->bytes[3] << 8 | request->bytes[4];
}

/* Bytes that a read must bring; -1: only the answer knows. */
static int data_length(const struct shape *shape, const struct pdu *request)
{
    if (shape->form == FORM_BITS)
        return (count_of(request) + 7) / 8;
    return shape->form == FORM_REGISTERS ? 2 * count_of(request) : -1;
}

struct pdu pdu_read(enum area area, int first, int count)
{
    return (struct pdu){{(uint8_t)area, (uint8_t)(first >> 8), (uint8_t)first, (uint8_t)(count >> 8), (uint8_t)count}, 5};
}

static void put_word(struct pdu *pdu, unsigned word)
{
    pdu->bytes[pdu->length++] = (uint8_t)(word >> 8);
    pdu->bytes[pdu->length++] = (uint8_t)word;
}

struct pdu pdu_write(int function, int first, int count, const uint16_t *values)
{
    struct pdu pdu = {.bytes = {(uint8_t)function}, .length = 1};
    put_word(&pdu, (unsigned)first);
    if (function == 5 || function == 6) {
        put_word(&pdu, function == 6 ? values[0] : values[0] ? 0xff00 : 0);
        return pdu;
    }
    bool bits = function == 15;
    int bytes = bits ? (count + 7) / 8 : 2 * count;
    put_word(&pdu, (unsigned)count);
    pdu.bytes[pdu.length++] = (uint8_t)bytes;
    for (int i = 0; !bits && i < count; i++)
        put_word(&pdu, values[i]);
    for (int i = 0; bits && i < count; i++)
        pdu.bytes[pdu.length + (size_t)i / 8] |= (uint8_t)((values[i] != 0) << i % 8);
    pdu.length += bits ? (size_t)bytes : 0;
    return pdu;
}

struct pdu pdu_write_masked(int address, uint16_t mask, uint16_t bits)
{
    struct pdu pdu = {.bytes = {22}, .length = 1};
    put_word(&pdu, (unsigned)address);
    put_word(&pdu, (uint16_t)~mask);
    put_word(&pdu, bits & mask);
    return pdu;
}

void pdu_values(const struct pdu *request, const struct pdu *answer, uint16_t *values)
{
    const uint8_t *data = answer->bytes + 2;
    bool bits = shape_of(request)->form == FORM_BITS;
    for (int i = 0; i < count_of(request); i++)
        values[i] = bits ? data[i / 8] >> i % 8 & 1 : (uint16_t)(data[2 * i] << 8 | data[2 * i + 1]);
}

int pdu_answer_length(const struct pdu *request, const uint8_t *answer, size_t held)
{
    const struct shape *shape = shape_of(request);
    if (!held)
        return 0;
    if (answer[0] == (request->bytes[0] | PDU_EXCEPTION))
        return 2;
    if (answer[0] != request->bytes[0] || !shape)
        return -1;
    if (shape->length)
        return shape->length;
    if (held < 2)
        return 0;
    int wanted = data_length(shape, request);
    return wanted >= 0 && answer[1] != wanted ? -1 : 2 + answer[1];
}

bool pdu_answers(const struct pdu *request, const uint8_t *answer, size_t length)
{
    const struct shape *shape = shape_of(request);
    if (length > PDU_MAX || (shape ? pdu_answer_length(request, answer, length) != (int)length : length < 2))
        return false;
    if (answer[0] & PDU_EXCEPTION)
        return true;
    if (!shape)
        return answer[0] == request->bytes[0];
    return shape->form != FORM_ECHO || !memcmp(request->bytes, answer, (size_t)shape->length);
}

int pdu_exception(const struct pdu *answer)
{
    return answer->bytes[0] & PDU_EXCEPTION ? answer->bytes[1] : 0;
}

bool pdu_alike(const struct pdu *a, const struct pdu *b)
{
    const struct shape *shape = shape_of(a);
    if (!shape || shape->form == FORM_ECHO || a->bytes[0] != b->bytes[0])
        return false;
    return data_length(shape, a) == data_length(shape, b);
}
