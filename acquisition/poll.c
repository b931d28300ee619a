#include "acquisition/poll.h"

#include "acquisition/codec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct poll *poll_create(const struct plan *plan)
{
    size_t tags = plan->instrument->n_tags;
    size_t size = sizeof(struct poll) + plan->registers * sizeof(uint16_t) + tags;
    struct poll *poll = memory_resize(NULL, 1, size);
    *poll = (struct poll){.instrument = plan->instrument, .size = size, .quality = (uint8_t *)(poll->registers + plan->registers)};
    memset(poll->quality, QUALITY_BAD_NEVER_READ, tags);
    return poll;
}

void poll_free(struct poll *poll)
{
    free(poll);
}

void poll_decode(const struct poll *poll, struct reading *readings)
{
    const struct instrument *instrument = poll->instrument;
    const uint16_t *registers = poll->registers;
    for (size_t i = 0; i < instrument->n_tags; i++) {
        enum quality quality = poll->quality[i];
        if (quality_is_bad(quality))
            readings[i] = (struct reading){.value = NAN, .quality = quality};
        else {
            readings[i] = codec_decode(&instrument->tags[i], registers);
            if (quality_is_good(readings[i].quality))
                readings[i].quality = quality;
        }
        registers += instrument->tags[i].registers;
    }
}
