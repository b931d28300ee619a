#include "acquisition/desk.h"

#include "acquisition/frozen.h"
#include "acquisition/group.h"
#include "acquisition/measure.h"
#include "acquisition/recording.h"
#include "acquisition/virtual.h"

#include <stdio.h>
#include <stdlib.h>

/* What there is to do with a poll of one instrument. */
struct place {
    struct measure *measures;
    size_t n_measures;
    struct machine_watch **machines;
    size_t n_machines;
    struct frozen *frozen;
    size_t n_frozen;
    struct recording *recordings;
    size_t n_recordings;
    int alarm; /* of the link: 0 cleared, 1 raised, -1 perhaps raised before the start */
};

struct desk {
    const struct plant *plant;
    struct place *places;           /* per instrument */
    struct machine_watch *machines; /* per machine */
    struct judge **judges;          /* per characteristic */
    struct group **groups;          /* per group of characteristics */
    struct judge ***members;        /* ... its members' judges */
    struct virtuals *virtuals;
    struct reading *readings;       /* of the poll at hand */
    int64_t generation;             /* of the store, when it was last asked for decisions */
    struct decisions decisions;     /* that are taken over */
};

enum { SILENT_AFTER = 2 };

static int make_judges(struct desk *desk, struct store *store, struct batch *batch, struct error *err)
{
    const struct plant *plant = desk->plant;
    if (store_decisions(store, &desk->decisions, err))
        return -1;
    for (size_t i = 0; i < plant->n_characteristics; i++) {
        desk->judges[i] = judge_create(&plant->characteristics[i]);
        if (judge_restore(desk->judges[i], store, batch, clock_now_us(), err))
            return -1;
    }
    for (size_t i = 0; i < plant->n_machines; i++)
        machine_init(&desk->machines[i], &plant->machines[i]);
    return 0;
}

static int make_groups(struct desk *desk, struct store *store, struct batch *batch, struct error *err)
{
    const struct plant *plant = desk->plant;
    for (size_t i = 0; i < plant->n_groups; i++) {
        const struct characteristic_group *group = &plant->groups[i];
        desk->members[i] = memory_zero(group->n_members, sizeof **desk->members);
        for (size_t k = 0; k < group->n_members; k++)
            desk->members[i][k] = desk->judges[group->members[k] - plant->characteristics];
        desk->groups[i] = group_create(group, desk->members[i]);
        if (group_restore(desk->groups[i], store, batch, clock_now_us(), err))
            return -1;
    }
    return 0;
}

/* Whose polls bring a characteristic's measurements. */
static const struct instrument *instrument_of(const struct characteristic *characteristic)
{
    return characteristic->on_new ? characteristic->on_new->instrument : characteristic->source->instrument;
}

static int add_measure(struct desk *desk, struct place *place, size_t *room, size_t index, bool known, struct store *store, struct error *err)
{
    const struct characteristic *characteristic = &desk->plant->characteristics[index];
    memory_grow((void **)&place->measures, room, place->n_measures, sizeof *place->measures);
    struct measure *measure = &place->measures[place->n_measures++];
    if (measure_init(measure, characteristic, desk->judges[index], known ? desk->readings : NULL, store, err))
        return -1;
    if (characteristic->source->instrument != instrument_of(characteristic))
        measure->source = virtuals_reading(desk->virtuals, characteristic->source);
    measure->retest = retest_create(characteristic);
    return retest_restore(measure->retest, store, err);
}

/* The machine that a tag tells of: that of its characteristic, else one that is on its instrument. */
static const struct machine_watch *watch_of(const struct desk *desk, const struct tag *tag)
{
    const struct plant *plant = desk->plant;
    for (size_t i = 0; i < plant->n_characteristics; i++)
        if (plant->characteristics[i].source == tag && plant->characteristics[i].machine)
            return &desk->machines[plant->characteristics[i].machine - plant->machines];
    for (size_t i = 0; i < plant->n_machines; i++)
        if (machine_is_on(&plant->machines[i], tag->instrument))
            return &desk->machines[i];
    return NULL;
}

static void watch_frozen(struct desk *desk, const struct instrument *instrument, struct place *place)
{
    size_t room = 0;
    for (size_t i = 0; i < instrument->n_tags; i++) {
        if (!instrument->tags[i].frozen_after_us)
            continue;
        memory_grow((void **)&place->frozen, &room, place->n_frozen, sizeof *place->frozen);
        frozen_init(&place->frozen[place->n_frozen++], &instrument->tags[i], watch_of(desk, &instrument->tags[i]));
    }
}

static void watch_recordings(const struct instrument *instrument, struct place *place)
{
    size_t room = 0;
    for (size_t i = 0; i < instrument->n_tags; i++) {
        if (instrument->tags[i].record == RECORD_POLLS)
            continue;
        memory_grow((void **)&place->recordings, &room, place->n_recordings, sizeof *place->recordings);
        recording_init(&place->recordings[place->n_recordings++], &instrument->tags[i]);
    }
}

static int make_place(struct desk *desk, size_t index, struct store *store, struct error *err)
{
    const struct plant *plant = desk->plant;
    const struct instrument *instrument = &plant->instruments[index];
    struct place *place = &desk->places[index];
    int64_t time_us;
    place->alarm = -1;
    if (store_latest(store, instrument, desk->readings, &time_us, err))
        return -1;
    watch_frozen(desk, instrument, place);
    watch_recordings(instrument, place);
    size_t room = 0;
    for (size_t i = 0; i < plant->n_characteristics; i++)
        if (instrument_of(&plant->characteristics[i]) == instrument && add_measure(desk, place, &room, i, time_us != 0, store, err))
            return -1;
    room = 0;
    for (size_t i = 0; i < plant->n_machines; i++) {
        if (!machine_is_on(&plant->machines[i], instrument))
            continue;
        memory_grow((void **)&place->machines, &room, place->n_machines, sizeof(struct machine_watch *));
        place->machines[place->n_machines++] = &desk->machines[i];
        if (time_us)
            machine_restore(&desk->machines[i], instrument, desk->readings, !store_is_stale(time_us, instrument->every_us, clock_now_us()));
    }
    return 0;
}

struct desk *desk_create(const struct plant *plant, struct store *store, struct batch *batch, struct error *err)
{
    struct desk *desk = memory_zero(1, sizeof *desk);
    size_t most_tags = 1;
    for (size_t i = 0; i < plant->n_instruments; i++)
        if (plant->instruments[i].n_tags > most_tags)
            most_tags = plant->instruments[i].n_tags;
    desk->plant = plant;
    desk->places = memory_zero(plant->n_instruments + 1, sizeof *desk->places);
    desk->machines = memory_zero(plant->n_machines + 1, sizeof *desk->machines);
    desk->judges = memory_zero(plant->n_characteristics + 1, sizeof(struct judge *));
    desk->readings = memory_zero(most_tags, sizeof *desk->readings);
    desk->virtuals = virtuals_create(plant);
    desk->groups = memory_zero(plant->n_groups + 1, sizeof(struct group *));
    desk->members = memory_zero(plant->n_groups + 1, sizeof *desk->members);
    int failed = make_judges(desk, store, batch, err) || make_groups(desk, store, batch, err);
    for (size_t i = 0; !failed && i < plant->n_instruments; i++)
        failed = make_place(desk, i, store, err);
    if (!failed)
        return desk;
    desk_destroy(desk);
    return NULL;
}

void desk_destroy(struct desk *desk)
{
    if (!desk)
        return;
    for (size_t i = 0; i < desk->plant->n_characteristics; i++)
        judge_destroy(desk->judges[i]);
    for (size_t i = 0; i < desk->plant->n_instruments; i++) {
        for (size_t j = 0; j < desk->places[i].n_measures; j++)
            retest_destroy(desk->places[i].measures[j].retest);
        free(desk->places[i].measures);
        free(desk->places[i].machines);
        free(desk->places[i].frozen);
        free(desk->places[i].recordings);
    }
    for (size_t i = 0; i < desk->plant->n_groups; i++) {
        group_destroy(desk->groups[i]);
        free(desk->members[i]);
    }
    free(desk->groups);
    free(desk->members);
    free(desk->places);
    free(desk->machines);
    free(desk->judges);
    free(desk->readings);
    virtuals_destroy(desk->virtuals);
    free(desk);
}

static const char *machine_of(const struct place *place)
{
    if (place->n_machines)
        return place->machines[0]->machine->name;
    const struct machine *machine = place->n_measures ? place->measures[0].characteristic->machine : NULL;
    return machine ? machine->name : NULL;
}

static void link_alarm(struct place *place, const struct poll *poll, struct batch *batch)
{
    char key[128];
    snprintf(key, sizeof key, "link/%s", poll->instrument->name);
    if (poll->failures >= SILENT_AFTER && place->alarm != 1) {
        struct alarm_source source = {
            .kind = "link", .key = key, .object = poll->instrument->name, .machine = machine_of(place), .priority = ALARM_MEDIUM};
        batch_raise(batch, poll->time_us, &source, "%s", poll->reason);
        place->alarm = 1;
    } else if (!poll->failures && place->alarm != 0) {
        batch_clear(batch, poll->time_us, key);
        place->alarm = 0;
    }
}

void desk_poll(struct desk *desk, struct poll *poll, struct batch *batch)
{
    struct place *place = &desk->places[poll->instrument - desk->plant->instruments];
    poll_decode(poll, desk->readings);
    for (size_t i = 0; i < place->n_machines; i++)
        machine_poll(place->machines[i], poll->instrument, poll->time_us, desk->readings, batch);
    for (size_t i = 0; i < place->n_frozen; i++)
        frozen_poll(&place->frozen[i], poll, desk->readings, batch);
    virtuals_see(desk->virtuals, poll->instrument, poll->time_us, desk->readings);
    for (size_t i = 0; i < place->n_measures; i++)
        measure_poll(&place->measures[i], poll, desk->readings, batch);
    for (size_t i = 0; place->n_measures && i < desk->plant->n_groups; i++)
        group_look(desk->groups[i], batch);
    if (!poll->instrument->tags[0].formula)
        link_alarm(place, poll, batch);
    if (poll->lessons) {
        char text[192];
        batch_event(batch, poll->time_us, "line", poll->instrument->name, "learned: %s",
                    poll->lessons->count ? lessons_words(poll->lessons, text, sizeof text) : "nothing is refused any more");
    }
    for (size_t i = 0; i < place->n_recordings; i++)
        recording_poll(&place->recordings[i], poll, desk->readings);
    batch_poll(batch, poll);
    for (struct poll *virtual; (virtual = virtuals_next(desk->virtuals));)
        desk_poll(desk, virtual, batch);
}

static int take_of_characteristics(struct desk *desk, struct store *store, struct batch *batch, struct error *err)
{
    for (size_t i = 0; i < desk->plant->n_characteristics; i++)
        if (judge_take_decisions(desk->judges[i], store, batch, clock_now_us(), err))
            return -1;
    return 0;
}

static int take_of_groups(struct desk *desk, struct store *store, struct batch *batch, struct error *err)
{
    for (size_t i = 0; i < desk->plant->n_groups; i++)
        if (group_take_decisions(desk->groups[i], store, batch, clock_now_us(), err))
            return -1;
    return 0;
}

int desk_take_decisions(struct desk *desk, struct store *store, struct batch *batch, struct error *err)
{
    int64_t generation = store_generation(store);
    struct decisions newest = desk->decisions, *known = &desk->decisions;
    if (generation == desk->generation)
        return 0;
    if (store_decisions(store, &newest, err))
        return -1;
    if ((newest.limits != known->limits || newest.exclusion != known->exclusion) && take_of_characteristics(desk, store, batch, err))
        return -1;
    if ((newest.group_limits != known->group_limits || newest.group_exclusion != known->group_exclusion) && take_of_groups(desk, store, batch, err))
        return -1;
    desk->generation = generation;
    desk->decisions = newest;
    return 0;
}

void desk_acknowledge(struct desk *desk, void (*send)(void *context, const struct tag *tag, double value), void *context)
{
    for (size_t i = 0; i < desk->plant->n_instruments; i++)
        for (size_t j = 0; j < desk->places[i].n_measures; j++) {
            struct measure *measure = &desk->places[i].measures[j];
            if (measure->owes)
                send(context, measure->characteristic->acknowledge, measure->acknowledgement);
            measure->owes = false;
        }
}
