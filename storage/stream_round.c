#include "storage/stream_round.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void begin(struct stream_round *round)
{
    const struct characteristic *c = round->characteristic;
    for (int i = 0; i < c->subgroup; i++)
        round->values[i] = NAN;
    memset(round->filled, 0, (size_t)c->n_streams * sizeof *round->filled);
    round->n_filled = 0;
}

void stream_round_init(struct stream_round *round, const struct characteristic *c)
{
    *round = (struct stream_round){.characteristic = c};
    if (!c->n_streams)
        return;
    round->each = c->subgroup / c->n_streams;
    round->values = memory_zero((size_t)c->subgroup, sizeof *round->values);
    round->filled = memory_zero((size_t)c->n_streams, sizeof *round->filled);
    round->before = memory_zero((size_t)c->n_streams, sizeof *round->before);
    streams_forget(round->before, c->n_streams);
    begin(round);
}

void stream_round_free(struct stream_round *round)
{
    free(round->values);
    free(round->filled);
    free(round->before);
}

int stream_round_find(struct stream_round *round, const char *name)
{
    const struct characteristic *c = round->characteristic;
    for (int i = 0; i < c->n_streams; i++) {
        int stream = (round->expected + i) % c->n_streams;
        if (!strcmp(c->streams[stream], name)) {
            round->expected = (stream + 1) % c->n_streams;
            return stream;
        }
    }
    return -1;
}

bool stream_round_has(const struct stream_round *round, int stream)
{
    return round->filled[stream] == round->each;
}

bool stream_round_add(struct stream_round *round, int stream, double value)
{
    round->values[stream * round->each + round->filled[stream]++] = value;
    return ++round->n_filled == round->characteristic->subgroup;
}

struct subgroup stream_round_end(struct stream_round *round, bool goes_on)
{
    const struct characteristic *c = round->characteristic;
    if (!goes_on)
        streams_forget(round->before, c->n_streams);
    struct subgroup point = streams_summarise(round->values, c->n_streams, round->each, round->before);
    begin(round);
    return point;
}
