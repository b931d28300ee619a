#include "acquisition/sim_frame.h"

#include <string.h>

enum { MBAP = 7, SERIAL = 3, SERIAL_LEAST = 4 }; /* bytes around a PDU */

bool sim_frame_is_serial(const struct link *link)
{
    return link->kind != LINK_TCP;
}

static unsigned checksum(const uint8_t *bytes, int count)
{
    unsigned crc = 0xffff;
    for (int i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
    }
    return crc;
}

static bool is_signed(const uint8_t *frame, int length)
{
    return checksum(frame, length - 2) == (unsigned)(frame[length - 2] | frame[length - 1] << 8);
}

void sim_frame_sign(uint8_t *frame, int length)
{
    unsigned crc = checksum(frame, length - 2);
    frame[length - 2] = (uint8_t)crc;
    frame[length - 1] = (uint8_t)(crc >> 8);
}

static int take(struct sim_request *request, int unit, const uint8_t *pdu, int length)
{
    request->unit = unit;
    request->length = length;
    memcpy(request->pdu, pdu, (size_t)length);
    return length;
}

static int take_tcp(const uint8_t *bytes, int count, struct sim_request *request)
{
    if (count < MBAP)
        return 0;
    int length = bytes[4] << 8 | bytes[5];
    if (bytes[2] || bytes[3] || length < 2 || length > SIM_PDU_MAX + 1)
        return -1;
    request->transaction = bytes[0] << 8 | bytes[1];
    return count < MBAP - 1 + length ? 0 : take(request, bytes[6], bytes + MBAP, length - 1) + MBAP;
}

/* A function that nobody knows has no length to wait for: then all that has come must be the request. */
static int take_serial(const uint8_t *bytes, int count, struct sim_request *request)
{
    if (count < SERIAL_LEAST)
        return 0;
    int length = sim_answer_request_length(bytes + 1, count - 1);
    if (length < 0)
        length = count - SERIAL;
    if (length == 0 || count < length + SERIAL)
        return length > SIM_PDU_MAX ? -1 : 0;
    if (length > SIM_PDU_MAX || !is_signed(bytes, length + SERIAL))
        return -1;
    return take(request, bytes[0], bytes + 1, length) + SERIAL;
}

int sim_frame_take(const struct link *link, const uint8_t *bytes, int count, struct sim_request *request)
{
    return sim_frame_is_serial(link) ? take_serial(bytes, count, request) : take_tcp(bytes, count, request);
}

int sim_frame_wrap(const struct link *link, const struct sim_request *request, const uint8_t *pdu, int length, uint8_t *frame)
{
    if (sim_frame_is_serial(link)) {
        frame[0] = (uint8_t)request->unit;
        memcpy(frame + 1, pdu, (size_t)length);
        sim_frame_sign(frame, length + SERIAL);
        return length + SERIAL;
    }
    const uint8_t header[MBAP] = {(uint8_t)(request->transaction >> 8),
                                  (uint8_t)request->transaction,
                                  0,
                                  0,
                                  (uint8_t)((length + 1) >> 8),
                                  (uint8_t)(length + 1),
                                  (uint8_t)request->unit};
    memcpy(frame, header, MBAP);
    memcpy(frame + MBAP, pdu, (size_t)length);
    return length + MBAP;
}

int64_t sim_frame_line_us(const struct link *link, int bytes)
{
    if (!link->device || link->baud <= 0)
        return 0;
    int bits = 1 + link->data_bits + (link->parity != 'N') + link->stop_bits;
    return bytes * bits * SECOND_US / link->baud;
}
