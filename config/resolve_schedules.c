#include "config/resolve.h"
#include "config/text.h"

/* What a tag's own keys make of its instrument's schedule. */
static struct schedule schedule_of(struct resolver *resolver, const struct instrument_draft *instrument, const struct tag_draft *draft)
{
    const struct record *record = &draft->record;
    struct schedule schedule = instrument->own;
    schedule.every_us = instrument->instrument.every_us;
    if (!record_given(&instrument->record, "phase"))
        schedule.phase_us = -1;
    if (record_given(record, "every") && draft->own.every_us) {
        schedule.every_us = draft->own.every_us;
        schedule.phase_us = -1;
    }
    if (record_given(record, "phase"))
        schedule.phase_us = draft->own.phase_us;
    if (draft->own.aligned >= 0)
        schedule.aligned = draft->own.aligned;
    if (schedule.aligned && schedule.phase_us < 0)
        schedule.phase_us = 0;
    if (schedule.phase_us >= schedule.every_us && !record_bad(record, "phase")) {
        char every[32];
        resolve_problem(resolver, record, record_given(record, "phase") ? "phase" : NULL, "the phase must be shorter than the period, %s",
                        text_duration(schedule.every_us, every, sizeof every));
    }
    return schedule;
}

/* A tag that is read when another one has changed. */
static void follow(struct resolver *resolver, const struct tag_draft *draft, const struct instrument *instrument, struct schedule *schedule)
{
    const struct record *record = &draft->record;
    const struct tag *on_change = resolve_tag(resolver, record, "on_change", draft->on_change);
    if (!on_change)
        return;
    *schedule = (struct schedule){.phase_us = -1, .on_change = on_change};
    if (on_change->instrument != instrument)
        resolve_problem(resolver, record, "on_change", "'%s' is not of this instrument, '%s'", draft->on_change, instrument->name);
    static const char *const keys[] = {"every", "phase", "aligned"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (record_given(record, keys[i]))
            resolve_problem(resolver, record, keys[i], "a tag is read either so often or on_change, not both: leave one out");
}

static size_t place_of(struct instrument *instrument, const struct schedule *schedule)
{
    for (size_t i = 0; i < instrument->n_schedules; i++) {
        const struct schedule *other = &instrument->schedules[i];
        if (other->every_us == schedule->every_us && other->phase_us == schedule->phase_us && other->aligned == schedule->aligned &&
            other->on_change == schedule->on_change)
            return i;
    }
    instrument->schedules[instrument->n_schedules] = *schedule;
    return instrument->n_schedules++;
}

/* What is waited for must itself be read at regular times. */
static void check_followed(struct resolver *resolver, const struct instrument_draft *draft, const struct instrument *instrument)
{
    for (size_t k = 0; k < instrument->n_tags; k++) {
        const struct tag *on_change = instrument->schedules[instrument->tags[k].schedule].on_change;
        if (on_change && on_change->instrument == instrument && instrument->schedules[on_change->schedule].on_change) {
            const struct tag_draft *tag = records_item(&draft->tags, k);
            resolve_problem(resolver, &tag->record, "on_change", "'%s' is itself read only on change: name a tag that is read at regular times",
                            on_change->full_name);
        }
    }
}

void resolve_schedules(struct resolver *resolver, const struct instrument_draft *draft, struct instrument *instrument)
{
    int64_t shortest_us = 0;
    instrument->schedules = arena_zero(resolver->arena, instrument->n_tags + 1, sizeof *instrument->schedules);
    for (size_t k = 0; k < instrument->n_tags; k++) {
        const struct tag_draft *tag = records_item(&draft->tags, k);
        struct schedule schedule = schedule_of(resolver, draft, tag);
        if (tag->on_change)
            follow(resolver, tag, instrument, &schedule);
        instrument->tags[k].schedule = place_of(instrument, &schedule);
        if (schedule.every_us && (!shortest_us || schedule.every_us < shortest_us))
            shortest_us = schedule.every_us;
    }
    if (shortest_us)
        instrument->every_us = shortest_us;
    check_followed(resolver, draft, instrument);
}
