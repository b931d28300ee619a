#include "acquisition/sim_fault.h"

#include "acquisition/sim_random.h"

#include <stdlib.h>

enum { TCP_TRANSACTION = 1, TCP_UNIT = 6, TCP_HEAD = 9 };

struct sim_faults {
    const struct plant *plant;
    struct sim_random *random; /* of each fault */
    int64_t start_us;
    bool can_refuse;
};

struct sim_faults *sim_faults_create(const struct plant *plant, uint64_t seed, int64_t start_us)
{
    struct sim_faults *faults = memory_zero(1, sizeof *faults);
    faults->plant = plant;
    faults->start_us = start_us;
    faults->random = memory_zero(plant->n_faults + 1, sizeof *faults->random);
    for (size_t i = 0; i < plant->n_faults; i++) {
        sim_random_seed(&faults->random[i], seed, plant->faults[i].name);
        faults->can_refuse = faults->can_refuse || plant->faults[i].kind == FAULT_REFUSE;
    }
    return faults;
}

void sim_faults_free(struct sim_faults *faults)
{
    if (!faults)
        return;
    free(faults->random);
    free(faults);
}

static bool holds(const struct sim_faults *faults, const struct fault *fault, int64_t now_us)
{
    int64_t into_us = now_us - faults->start_us - fault->after_us;
    if (into_us >= 0 && fault->every_us > 0)
        into_us %= fault->every_us;
    return into_us >= 0 && (fault->lasts_us == 0 || into_us < fault->lasts_us);
}

static bool touches(const struct fault *fault, const struct sim_request *request)
{
    struct sim_span span;
    if (fault->count == 0)
        return true;
    return sim_answer_span(request->pdu, request->length, &span) && span.area == fault->area && span.first < fault->address + fault->count &&
           span.first + span.count > fault->address;
}

const struct fault *sim_faults_draw(struct sim_faults *faults, const struct link *link, const struct sim_request *request, int64_t now_us)
{
    for (size_t i = 0; i < faults->plant->n_faults; i++) {
        const struct fault *fault = &faults->plant->faults[i];
        bool its_own = fault->link == link && (!fault->instrument || fault->instrument->unit == request->unit);
        if (its_own && fault->kind != FAULT_REFUSE && holds(faults, fault, now_us) && touches(fault, request) &&
            sim_random_uniform(&faults->random[i]) < fault->probability)
            return fault;
    }
    return NULL;
}

bool sim_faults_can_refuse(const struct sim_faults *faults)
{
    return faults->can_refuse;
}

bool sim_faults_refuse(const struct sim_faults *faults, const struct link *link, int64_t now_us)
{
    for (size_t i = 0; i < faults->plant->n_faults; i++) {
        const struct fault *fault = &faults->plant->faults[i];
        if (fault->kind == FAULT_REFUSE && fault->link == link && holds(faults, fault, now_us))
            return true;
    }
    return false;
}

/* --- what they do to a frame */

/* Behind its head, nothing protects the values of a TCP frame: other bytes there would be other values, and nobody could know. */
static void garble(struct sim_random *random, int size, bool serial, uint8_t *frame, int length)
{
    int room = serial || length < TCP_HEAD ? length : TCP_HEAD;
    if (size > room)
        size = room;
    int from = (int)(sim_random_uniform(random) * (room - size + 1));
    for (int i = from; i < from + size; i++)
        frame[i] ^= (uint8_t)(1 + (int)(sim_random_uniform(random) * 255));
}

int sim_faults_alter(struct sim_faults *faults, const struct fault *fault, const struct link *link, uint8_t *frame, int length)
{
    struct sim_random *random = &faults->random[fault - faults->plant->faults];
    bool serial = sim_frame_is_serial(link);
    switch (fault->kind) {
    case FAULT_GARBLE:
        garble(random, fault->size, serial, frame, length);
        break;
    case FAULT_CRC:
        frame[length - 1] ^= 0x55;
        break;
    case FAULT_WRONG_UNIT:
        frame[serial ? 0 : TCP_UNIT]++;
        if (serial)
            sim_frame_sign(frame, length);
        break;
    case FAULT_WRONG_TRANSACTION:
        frame[TCP_TRANSACTION]--;
        break;
    case FAULT_TRUNCATE:
        length -= fault->size ? fault->size : length / 2;
        break;
    default:
        break;
    }
    return length > 0 ? length : 0;
}
