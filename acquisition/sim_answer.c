#include "acquisition/sim_answer.h"

#include <string.h>

enum { ILLEGAL_FUNCTION = 1, ILLEGAL_ADDRESS = 2, ILLEGAL_VALUE = 3, EXCEPTION = 0x80, BITS_MAX = 2000, REGISTERS_MAX = 125 };
enum { WRITE_BITS_MAX = 1968, WRITE_REGISTERS_MAX = 123, READ_AND_WRITE = 23, COIL_ON = 0xff00 };

static int word(const uint8_t *bytes)
{
    return bytes[0] << 8 | bytes[1];
}

static void put_word(uint8_t *bytes, int value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

int sim_answer_exception(const uint8_t *pdu, int code, uint8_t *answer)
{
    answer[0] = pdu[0] | EXCEPTION;
    answer[1] = (uint8_t)code;
    return 2;
}

/* --- where the bank keeps a span; NULL when it does not have all of it */

static uint8_t *bits_at(const struct sim_bank *bank, enum area area, int first, int count)
{
    const modbus_mapping_t *m = bank->mapping;
    int start = area == AREA_COIL ? m->start_bits : m->start_input_bits, have = area == AREA_COIL ? m->nb_bits : m->nb_input_bits;
    return first < start || first + count > start + have ? NULL : (area == AREA_COIL ? m->tab_bits : m->tab_input_bits) + (first - start);
}

static uint16_t *registers_at(const struct sim_bank *bank, enum area area, int first, int count)
{
    const modbus_mapping_t *m = bank->mapping;
    bool holding = area == AREA_HOLDING;
    int start = holding ? m->start_registers : m->start_input_registers, have = holding ? m->nb_registers : m->nb_input_registers;
    return first < start || first + count > start + have ? NULL : (holding ? m->tab_registers : m->tab_input_registers) + (first - start);
}

void sim_answer_values(const struct sim_bank *bank, const struct sim_span *span, uint16_t *values)
{
    bool bits = span->area == AREA_COIL || span->area == AREA_DISCRETE;
    const uint8_t *bit = bits ? bits_at(bank, span->area, span->first, span->count) : NULL;
    const uint16_t *reg = bits ? NULL : registers_at(bank, span->area, span->first, span->count);
    for (int i = 0; i < span->count; i++)
        values[i] = bit ? bit[i] : reg ? reg[i] : 0;
}

/* --- functions: each returns the length of the answer, or an exception's code as a negative number */

static int read_bits(struct sim_bank *bank, const uint8_t *pdu, uint8_t *answer)
{
    int count = word(pdu + 3);
    if (count < 1 || count > BITS_MAX)
        return -ILLEGAL_VALUE;
    const uint8_t *bits = bits_at(bank, (enum area)pdu[0], word(pdu + 1), count);
    if (!bits)
        return -ILLEGAL_ADDRESS;
    int bytes = (count + 7) / 8;
    memset(answer + 1, 0, (size_t)bytes + 1);
    answer[1] = (uint8_t)bytes;
    for (int i = 0; i < count; i++)
        answer[2 + i / 8] |= (uint8_t)((bits[i] != 0) << i % 8);
    return 2 + bytes;
}

static int read_span(struct sim_bank *bank, enum area area, int first, int count, uint8_t *answer)
{
    if (count < 1 || count > REGISTERS_MAX)
        return -ILLEGAL_VALUE;
    const uint16_t *registers = registers_at(bank, area, first, count);
    if (!registers)
        return -ILLEGAL_ADDRESS;
    answer[1] = (uint8_t)(2 * count);
    for (int i = 0; i < count; i++)
        put_word(answer + 2 + 2 * i, registers[i]);
    return 2 + 2 * count;
}

static int read_registers(struct sim_bank *bank, const uint8_t *pdu, uint8_t *answer)
{
    return read_span(bank, (enum area)pdu[0], word(pdu + 1), word(pdu + 3), answer);
}

static int echo(const uint8_t *pdu, int length, uint8_t *answer)
{
    memcpy(answer, pdu, (size_t)length);
    return length;
}

static int write_coil(struct sim_bank *bank, const uint8_t *pdu, uint8_t *answer)
{
    int value = word(pdu + 3);
    uint8_t *bit = bits_at(bank, AREA_COIL, word(pdu + 1), 1);
    if (value != 0 && value != COIL_ON)
        return -ILLEGAL_VALUE;
    if (!bit)
        return -ILLEGAL_ADDRESS;
    *bit = value != 0;
    sim_bank_written(bank, AREA_COIL, word(pdu + 1), 1);
    return echo(pdu, 5, answer);
}

static int write_register(struct sim_bank *bank, const uint8_t *pdu, uint8_t *answer)
{
    uint16_t *reg = registers_at(bank, AREA_HOLDING, word(pdu + 1), 1);
    if (!reg)
        return -ILLEGAL_ADDRESS;
    *reg = (uint16_t)word(pdu + 3);
    sim_bank_written(bank, AREA_HOLDING, word(pdu + 1), 1);
    return echo(pdu, 5, answer);
}

static int write_coils(struct sim_bank *bank, const uint8_t *pdu, uint8_t *answer)
{
    int count = word(pdu + 3);
    if (count < 1 || count > WRITE_BITS_MAX || pdu[5] != (count + 7) / 8)
        return -ILLEGAL_VALUE;
    uint8_t *bits = bits_at(bank, AREA_COIL, word(pdu + 1), count);
    if (!bits)
        return -ILLEGAL_ADDRESS;
    for (int i = 0; i < count; i++)
        bits[i] = pdu[6 + i / 8] >> i % 8 & 1;
    sim_bank_written(bank, AREA_COIL, word(pdu + 1), count);
    return echo(pdu, 5, answer);
}

static int write_span(struct sim_bank *bank, int first, int count, const uint8_t *values)
{
    if (count < 1 || count > WRITE_REGISTERS_MAX || values[-1] != 2 * count)
        return -ILLEGAL_VALUE;
    uint16_t *registers = registers_at(bank, AREA_HOLDING, first, count);
    if (!registers)
        return -ILLEGAL_ADDRESS;
    for (int i = 0; i < count; i++)
        registers[i] = (uint16_t)word(values + 2 * i);
    sim_bank_written(bank, AREA_HOLDING, first, count);
    return 0;
}

static int write_registers(struct sim_bank *bank, const uint8_t *pdu, uint8_t *answer)
{
    int failed = write_span(bank, word(pdu + 1), word(pdu + 3), pdu + 6);
    return failed ? failed : echo(pdu, 5, answer);
}

static int mask_register(struct sim_bank *bank, const uint8_t *pdu, uint8_t *answer)
{
    uint16_t *reg = registers_at(bank, AREA_HOLDING, word(pdu + 1), 1);
    int and_mask = word(pdu + 3), or_mask = word(pdu + 5);
    if (!reg)
        return -ILLEGAL_ADDRESS;
    *reg = (uint16_t)((*reg & and_mask) | (or_mask & ~and_mask));
    sim_bank_written(bank, AREA_HOLDING, word(pdu + 1), 1);
    return echo(pdu, 7, answer);
}

static int write_and_read(struct sim_bank *bank, const uint8_t *pdu, uint8_t *answer)
{
    if (!registers_at(bank, AREA_HOLDING, word(pdu + 1), word(pdu + 3)))
        return -ILLEGAL_ADDRESS;
    int failed = write_span(bank, word(pdu + 5), word(pdu + 7), pdu + 10);
    return failed ? failed : read_span(bank, AREA_HOLDING, word(pdu + 1), word(pdu + 3), answer);
}

static const struct function {
    int code, length; /* of the request; counted: and as many bytes as its last one says */
    bool counted;
    int (*run)(struct sim_bank *bank, const uint8_t *pdu, uint8_t *answer);
} functions[] = {
    {AREA_COIL, 5, false, read_bits},
    {AREA_DISCRETE, 5, false, read_bits},
    {AREA_HOLDING, 5, false, read_registers},
    {AREA_INPUT, 5, false, read_registers},
    {5, 5, false, write_coil},
    {6, 5, false, write_register},
    {15, 6, true, write_coils},
    {16, 6, true, write_registers},
    {22, 7, false, mask_register},
    {READ_AND_WRITE, 10, true, write_and_read},
};

static const struct function *find(const uint8_t *pdu)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (functions[i].code == pdu[0])
            return &functions[i];
    return NULL;
}

int sim_answer_request_length(const uint8_t *pdu, int have)
{
    const struct function *function = find(pdu);
    if (!function)
        return -1;
    if (!function->counted)
        return function->length;
    return have < function->length ? 0 : function->length + pdu[function->length - 1];
}

bool sim_answer_span(const uint8_t *pdu, int length, struct sim_span *span)
{
    if (sim_answer_request_length(pdu, length) != length || (pdu[0] > AREA_INPUT && pdu[0] != READ_AND_WRITE))
        return false;
    *span = (struct sim_span){pdu[0] == READ_AND_WRITE ? AREA_HOLDING : (enum area)pdu[0], word(pdu + 1), word(pdu + 3)};
    return true;
}

int sim_answer(struct sim_bank *bank, const uint8_t *pdu, int length, uint8_t *answer)
{
    const struct function *function = find(pdu);
    answer[0] = pdu[0];
    int result = !function ? -ILLEGAL_FUNCTION : sim_answer_request_length(pdu, length) != length ? -ILLEGAL_VALUE : function->run(bank, pdu, answer);
    return result < 0 ? sim_answer_exception(pdu, -result, answer) : result;
}
