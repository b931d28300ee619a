#include "acquisition/machine.h"

#include "acquisition/codec.h"

#include <math.h>

static bool on(const struct tag *tag, const struct instrument *instrument)
{
    return tag && tag->instrument == instrument;
}

bool machine_is_on(const struct machine *machine, const struct instrument *instrument)
{
    return on(machine->state, instrument) || on(machine->parts, instrument) || on(machine->rejects, instrument);
}

static void init_counter(struct machine_counter *counter, const struct machine *machine, const struct tag *tag)
{
    *counter = (struct machine_counter){.tag = tag};
    if (tag)
        counter->trigger.modulus = machine->counter_modulus > 1 ? machine->counter_modulus : codec_modulus(tag->type);
}

void machine_init(struct machine_watch *watch, const struct machine *machine)
{
    *watch = (struct machine_watch){.machine = machine};
    init_counter(&watch->parts, machine, machine->parts);
    init_counter(&watch->rejects, machine, machine->rejects);
}

static void restore_counter(struct machine_counter *counter, const struct instrument *instrument, const struct reading *latest, bool fresh)
{
    if (!on(counter->tag, instrument) || !quality_is_good(latest[counter->tag->column].quality))
        return;
    trigger_base(&counter->trigger, llround(latest[counter->tag->column].value));
    counter->blind = !fresh;
}

void machine_restore(struct machine_watch *watch, const struct instrument *instrument, const struct reading *latest, bool fresh)
{
    restore_counter(&watch->parts, instrument, latest, fresh);
    restore_counter(&watch->rejects, instrument, latest, fresh);
}

static void poll_state(struct machine_watch *watch, int64_t time_us, const struct reading *reading, struct batch *batch)
{
    const struct machine *machine = watch->machine;
    enum oee_state state = OEE_NO_DATA;
    bool good = quality_is_good(reading->quality), mapped = false;
    int64_t value = good ? llround(reading->value) : 0;
    for (int i = 0; good && i < machine->n_states && !mapped; i++)
        if ((mapped = machine->states[i].value == value))
            state = machine->states[i].state;
    if (good && !mapped && !watch->unmapped)
        batch_event(batch, time_us, "state", machine->name, "state word %lld is in none of the machine's lists; it counts as no data",
                    (long long)value);
    watch->unmapped = good && !mapped;
    if (watch->known && state == watch->state)
        return;
    watch->known = true;
    watch->state = state;
    batch_state(batch, machine->id, time_us, state);
}

/* Parts since the last poll. */
static int64_t poll_counter(struct machine_counter *counter, const struct machine *machine, int64_t time_us, const struct reading *reading,
                            struct batch *batch)
{
    if (!quality_is_good(reading->quality)) {
        counter->blind = true;
        return 0;
    }
    struct trigger_result result = trigger_step(&counter->trigger, llround(reading->value));
    const char *words = result.kind == TRIGGER_JUMP ? NULL : trigger_words(result.kind);
    if (words)
        batch_event(batch, time_us, "counter", counter->tag->full_name, "%s from %lld to %lld", words, (long long)result.from,
                    (long long)counter->trigger.last);
    bool unseen = counter->blind;
    counter->blind = false;
    if (unseen && result.parts)
        batch_event(batch, time_us, "counter", machine->name, "%s counted %lld while it could not be read; left out of the figures",
                    counter->tag->full_name, (long long)result.parts);
    return unseen ? 0 : result.parts;
}

void machine_poll(struct machine_watch *watch, const struct instrument *instrument, int64_t time_us, const struct reading *readings,
                  struct batch *batch)
{
    const struct machine *machine = watch->machine;
    int64_t parts = 0, rejects = 0;
    if (on(machine->state, instrument))
        poll_state(watch, time_us, &readings[machine->state->column], batch);
    if (on(machine->parts, instrument))
        parts = poll_counter(&watch->parts, machine, time_us, &readings[machine->parts->column], batch);
    if (on(machine->rejects, instrument))
        rejects = poll_counter(&watch->rejects, machine, time_us, &readings[machine->rejects->column], batch);
    if (parts || rejects)
        batch_count(batch, machine->id, time_us, parts, rejects);
}
