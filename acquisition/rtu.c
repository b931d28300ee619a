#include "acquisition/rtu.h"

#include <errno.h>
#include <math.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <string.h>

enum { CRC_BYTES = 2, READ_MAX = 125 };
static const int64_t network_silence_us = 20000, twin_us = 4000, network_twin_us = 10000, rest_us = 50000, babble_us = SECOND_US, slack_us = 50000,
                     forget_least_us = 10 * SECOND_US;

uint16_t rtu_crc(const uint8_t *bytes, size_t count)
{
    unsigned crc = 0xffff;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
    }
    return (uint16_t)crc;
}

static bool sound(const uint8_t *frame, size_t length)
{
    uint16_t crc = rtu_crc(frame, length - CRC_BYTES);
    return frame[length - 2] == (crc & 0xff) && frame[length - 1] == crc >> 8;
}

/* --- silence */

/* What parts two frames: 3.5 characters, at least 1.75 ms. */
static int64_t silence_us(const struct rtu *rtu)
{
    int64_t us = llround(3.5 * rtu->character_us);
    return us > 1750 ? us : 1750;
}

/* The silence before a request. Before one that a second copy of the answer before could be taken for the answer to, there is time for that copy. */
static int64_t quiet_us(const struct rtu *rtu, int unit, const struct pdu *request)
{
    bool line = rtu->character_us > 0;
    int64_t us = line ? silence_us(rtu) : 0;
    bool twin = rtu->answered_by == unit && pdu_alike(&rtu->answered, request) && memcmp(rtu->answered.bytes, request->bytes, request->length) != 0;
    return us + (!twin ? 0 : rtu->stutters ? network_silence_us : line ? twin_us : network_twin_us);
}

/* Discards what came unasked, and waits for silence: a little since the line was last busy, longer when something is known to be under way. */
static int hush(struct rtu *rtu, struct stream *stream, int64_t quiet)
{
    int64_t now_us = clock_monotonic_us(), give_up_us = now_us + babble_us;
    bool clean = !rtu->settle_us;
    int64_t until_us = clean ? rtu->last_us + quiet : now_us + rtu->settle_us;
    rtu->n_held = 0;
    for (;;) {
        uint8_t waste[RTU_FRAME];
        size_t got;
        int error = stream_receive(stream, waste, sizeof waste, until_us, &got);
        if (error)
            return error == ETIMEDOUT ? 0 : error;
        rtu->late |= !clean;
        rtu->stutters |= clean;
        if ((now_us = clock_monotonic_us()) > give_up_us)
            return EMBMDATA;
        until_us = now_us + rest_us;
    }
}

/* --- answers that may still come */

static void remember(struct rtu *rtu, int unit, const struct pdu *request, int64_t patience_us)
{
    int64_t keep_us = 20 * patience_us > forget_least_us ? 20 * patience_us : forget_least_us;
    unsigned at = rtu->n_orphans++ % RTU_ORPHANS;
    rtu->orphans[at].request = *request;
    rtu->orphans[at].unit = unit;
    rtu->orphans[at].until_us = clock_monotonic_us() + keep_us;
}

static bool expected(const struct rtu *rtu, unsigned orphan, int unit)
{
    return rtu->orphans[orphan].unit == unit && rtu->orphans[orphan].until_us > clock_monotonic_us();
}

static bool owes(const struct rtu *rtu, int unit)
{
    for (unsigned i = 0; i < RTU_ORPHANS; i++)
        if (expected(rtu, i, unit))
            return true;
    return false;
}

static bool is_owed(const struct rtu *rtu, int unit, const uint8_t *answer, size_t length)
{
    for (unsigned i = 0; i < RTU_ORPHANS; i++)
        if (expected(rtu, i, unit) && pdu_answers(&rtu->orphans[i].request, answer, length))
            return true;
    return false;
}

/* Whether such an answer could be taken for the answer to this request. */
static bool ambiguous(const struct rtu *rtu, int unit, const struct pdu *request)
{
    for (unsigned i = 0; i < RTU_ORPHANS; i++)
        if (expected(rtu, i, unit) && pdu_alike(&rtu->orphans[i].request, request))
            return true;
    return false;
}

static void forget(struct rtu *rtu, int unit)
{
    for (unsigned i = 0; i < RTU_ORPHANS; i++)
        if (rtu->orphans[i].unit == unit)
            rtu->orphans[i].until_us = 0;
}

/* --- one question, one answer */

static int send_request(struct rtu *rtu, struct stream *stream, int unit, const struct pdu *request, int64_t *sent_us)
{
    uint8_t frame[RTU_FRAME];
    size_t length = 1 + request->length;
    frame[0] = (uint8_t)unit;
    memcpy(frame + 1, request->bytes, request->length);
    uint16_t crc = rtu_crc(frame, length);
    frame[length++] = (uint8_t)crc;
    frame[length++] = (uint8_t)(crc >> 8);
    int64_t takes_us = llround((double)length * rtu->character_us), now_us = clock_monotonic_us();
    int error = stream_send(stream, frame, length, now_us + takes_us + babble_us);
    *sent_us = now_us + takes_us;
    return error == ETIMEDOUT ? EIO : error;
}

/* Looks for the answer anywhere in what is held. */
static bool find_answer(const struct rtu *rtu, int unit, const struct pdu *request, struct pdu *answer)
{
    for (size_t at = 0; at + 2 + CRC_BYTES <= rtu->n_held; at++) {
        const uint8_t *frame = rtu->held + at;
        int length = frame[0] == unit ? pdu_answer_length(request, frame + 1, rtu->n_held - at - 1) : -1;
        size_t whole = 1 + (size_t)length + CRC_BYTES;
        if (length <= 0 || at + whole > rtu->n_held || !sound(frame, whole) || !pdu_answers(request, frame + 1, (size_t)length))
            continue;
        answer->length = (size_t)length;
        memcpy(answer->bytes, frame + 1, answer->length);
        return true;
    }
    return false;
}

/* What it means that the answer is not among what is held. */
static int reason(struct rtu *rtu, int unit)
{
    for (size_t length = 2 + 1 + CRC_BYTES; length <= rtu->n_held; length++) {
        if (!sound(rtu->held, length))
            continue;
        if (rtu->held[0] != unit)
            return EMBBADSLAVE;
        bool owed = is_owed(rtu, unit, rtu->held + 1, length - 1 - CRC_BYTES);
        rtu->late |= owed;
        return owed ? ETIMEDOUT : EMBBADDATA;
    }
    return rtu->n_held ? EMBBADCRC : ETIMEDOUT;
}

static void make_room(struct rtu *rtu)
{
    size_t surplus = rtu->n_held > RTU_BUFFER / 2 ? rtu->n_held - RTU_BUFFER / 2 : 0;
    rtu->n_held -= surplus;
    memmove(rtu->held, rtu->held + surplus, rtu->n_held);
}

static int await_answer(struct rtu *rtu, struct stream *stream, int unit, const struct pdu *request, struct pdu *answer, int64_t until_us)
{
    int64_t longest_us = llround(RTU_FRAME * rtu->character_us) + slack_us, give_up_us = until_us + longest_us;
    do {
        size_t got;
        make_room(rtu);
        int error = stream_receive(stream, rtu->held + rtu->n_held, sizeof rtu->held - rtu->n_held, rtu->n_held ? give_up_us : until_us, &got);
        rtu->last_us = clock_monotonic_us();
        if (error == ETIMEDOUT)
            break;
        if (error)
            return error;
        rtu->n_held += got;
        if (find_answer(rtu, unit, request, answer))
            return 0;
    } while (rtu->last_us < give_up_us);
    return reason(rtu, unit);
}

static int exchange(struct rtu *rtu, struct stream *stream, int unit, const struct pdu *request, struct pdu *answer, int64_t patience_us)
{
    int64_t sent_us;
    int error = hush(rtu, stream, quiet_us(rtu, unit, request));
    if (error)
        return error;
    if ((error = send_request(rtu, stream, unit, request, &sent_us)) == 0)
        error = await_answer(rtu, stream, unit, request, answer, sent_us + patience_us);
    if (error)
        rtu->settle_us = rtu->n_held ? rest_us : (rtu->character_us > 0 ? silence_us(rtu) : network_silence_us) + twin_us;
    else
        rtu->settle_us = 0;
    rtu->answered = *request;
    rtu->answered_by = error ? 0 : unit;
    if (error || (pdu_exception(answer) && owes(rtu, unit)))
        remember(rtu, unit, request, patience_us);
    else if (!pdu_exception(answer) && pdu_alike(request, request))
        forget(rtu, unit);
    return error;
}

/* --- in step again */

/* A read at the same place whose answer has a length that no answer still under way has. */
static bool choose_probe(const struct rtu *rtu, int unit, const struct pdu *request, struct pdu *probe)
{
    int first = request->bytes[1] << 8 | request->bytes[2], step = request->bytes[0] <= AREA_DISCRETE ? 8 : 1; /* bits come by the byte */
    for (int count = 1; count <= READ_MAX * step && count <= 65536 - first; count += step) {
        *probe = pdu_read((enum area)request->bytes[0], first, count);
        if (!ambiguous(rtu, unit, probe))
            return true;
    }
    return false;
}

/* A unit answers in order: once a read that no other answer can be mistaken for was answered, whatever it owed before has come, or never will. All
 * exceptions look alike, so after one nothing more may come for as long as an answer may take. */
static int synchronise(struct rtu *rtu, struct stream *stream, int unit, const struct pdu *request, int64_t patience_us)
{
    struct pdu probe, answer;
    if (request->bytes[0] > AREA_INPUT || !choose_probe(rtu, unit, request, &probe))
        return ETIMEDOUT;
    int error = exchange(rtu, stream, unit, &probe, &answer, patience_us);
    if (error)
        return error;
    if (!pdu_exception(&answer))
        return 0;
    if (stream_await(stream, POLLIN, clock_monotonic_us() + patience_us) != ETIMEDOUT) {
        rtu->late = true;
        rtu->settle_us = rest_us;
        return ETIMEDOUT;
    }
    forget(rtu, unit);
    return 0;
}

int rtu_exchange(struct rtu *rtu, struct stream *stream, int unit, const struct pdu *request, struct pdu *answer, int64_t patience_us)
{
    if (ambiguous(rtu, unit, request)) {
        int error = synchronise(rtu, stream, unit, request, patience_us);
        if (error)
            return error;
    }
    return exchange(rtu, stream, unit, request, answer, patience_us);
}
