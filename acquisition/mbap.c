#include "acquisition/mbap.h"

#include <errno.h>
#include <modbus/modbus.h>
#include <string.h>

/* transaction 2, protocol 2, length 2 (of what follows), unit 1 */
enum { HEADER = 7, LENGTH_END = 6 };

static unsigned word(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static bool is_orphan(const struct mbap *mbap, unsigned transaction)
{
    for (unsigned i = 0; i < mbap->n_orphans && i < MBAP_ORPHANS; i++)
        if (mbap->orphans[i] == transaction)
            return true;
    return false;
}

static int send_request(struct mbap *mbap, struct stream *stream, int unit, const struct pdu *request, int64_t until_us)
{
    uint8_t frame[HEADER + PDU_MAX];
    do
        mbap->transaction++;
    while (is_orphan(mbap, mbap->transaction));
    size_t follows = request->length + 1;
    const uint8_t header[HEADER] = {
        (uint8_t)(mbap->transaction >> 8), (uint8_t)mbap->transaction, 0, 0, (uint8_t)(follows >> 8), (uint8_t)follows, (uint8_t)unit};
    memcpy(frame, header, HEADER);
    memcpy(frame + HEADER, request->bytes, request->length);
    return stream_send(stream, frame, HEADER + request->length, until_us);
}

/* Why the first frame held is not the answer: 0 when it is; the errno to end with otherwise. */
static int judge(struct mbap *mbap, int unit, const struct pdu *request, size_t length, struct pdu *answer)
{
    const uint8_t *frame = mbap->held;
    if (word(frame) != mbap->transaction) {
        bool orphan = is_orphan(mbap, word(frame));
        mbap->late |= orphan;
        return orphan ? ETIMEDOUT : EMBBADDATA;
    }
    if (unit != MBAP_ANY_UNIT && unit != 0 && frame[HEADER - 1] != unit)
        return EMBBADSLAVE;
    if (!pdu_answers(request, frame + HEADER, length - HEADER))
        return EMBBADDATA;
    answer->length = length - HEADER;
    memcpy(answer->bytes, frame + HEADER, answer->length);
    return 0;
}

/* Takes whole frames from what is held until one is the answer. 0 then; EAGAIN when more must come; EMBMDATA when it is no frame. *why: of the last
 * frame that was discarded and is no orphan's. */
static int take_frames(struct mbap *mbap, int unit, const struct pdu *request, struct pdu *answer, int *why)
{
    while (mbap->n_held >= LENGTH_END) {
        unsigned follows = word(mbap->held + 4);
        if (word(mbap->held + 2) || follows < 2 || follows > 1 + PDU_MAX)
            return EMBMDATA;
        size_t length = LENGTH_END + follows;
        if (mbap->n_held < length)
            return EAGAIN;
        int error = judge(mbap, unit, request, length, answer);
        mbap->n_held -= length;
        memmove(mbap->held, mbap->held + length, mbap->n_held);
        if (!error)
            return 0;
        if (error != ETIMEDOUT)
            *why = error;
    }
    return EAGAIN;
}

int mbap_exchange(struct mbap *mbap, struct stream *stream, int unit, const struct pdu *request, struct pdu *answer, int64_t until_us)
{
    int why = ETIMEDOUT;
    int error = send_request(mbap, stream, unit, request, until_us);
    if (error)
        return error == ETIMEDOUT ? ECONNRESET : error; /* a peer that does not take 12 bytes is gone */
    do {
        size_t got;
        error = stream_receive(stream, mbap->held + mbap->n_held, sizeof mbap->held - mbap->n_held, until_us, &got);
        if (error == ETIMEDOUT)
            break;
        if (error)
            return error;
        mbap->n_held += got;
        error = take_frames(mbap, unit, request, answer, &why);
        if (error != EAGAIN)
            return error;
    } while (clock_monotonic_us() < until_us);
    mbap->orphans[mbap->n_orphans++ % MBAP_ORPHANS] = mbap->transaction;
    return why;
}
