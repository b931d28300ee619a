#include "acquisition/virtual.h"

#include "acquisition/codec.h"

#include <math.h>
#include <stdlib.h>

/* The newest reading of a tag that formulas use. */
struct source {
    const struct tag *tag;
    double value;
    enum quality quality;
    int64_t time_us;
};

struct virtual_tag {
    const struct tag *tag;
    struct plan *plan;
    size_t *sources; /* of its formula's inputs */
    double *values;
    struct reading reading;
    int64_t time_us, slack_us; /* slack: half a period of its fastest input, as polls are only as punctual as the network */
    bool due;                  /* to be recorded */
    double recorded;
    enum quality recorded_quality;
    int64_t recorded_us;
};

/* What a poll of one instrument concerns. */
struct relation {
    size_t *sources, *tags; /* tags: in the order of the file, so inputs come before what uses them */
    size_t n_sources, n_tags, sources_room, tags_room;
};

struct virtuals {
    const struct plant *plant;
    struct virtual_tag *tags;
    size_t n_tags, first; /* first: the place of their instruments in the plant */
    struct source *sources;
    size_t n_sources, room;
    struct relation *relations; /* per instrument */
    size_t next;
};

static size_t index_of(const struct virtuals *virtuals, const struct instrument *instrument)
{
    return (size_t)(instrument - virtuals->plant->instruments);
}

static void append(size_t **items, size_t *room, size_t *count, size_t item)
{
    memory_grow((void **)items, room, *count, sizeof **items);
    (*items)[(*count)++] = item;
}

static size_t source_of(struct virtuals *virtuals, const struct tag *tag)
{
    struct relation *relation = &virtuals->relations[index_of(virtuals, tag->instrument)];
    for (size_t i = 0; i < relation->n_sources; i++)
        if (virtuals->sources[relation->sources[i]].tag == tag)
            return relation->sources[i];
    memory_grow((void **)&virtuals->sources, &virtuals->room, virtuals->n_sources, sizeof *virtuals->sources);
    virtuals->sources[virtuals->n_sources] = (struct source){.tag = tag, .value = NAN, .quality = QUALITY_BAD_NEVER_READ};
    append(&relation->sources, &relation->sources_room, &relation->n_sources, virtuals->n_sources);
    return virtuals->n_sources++;
}

/* The instruments that a formula's inputs come from, through other virtual tags too. */
static void relate(struct virtuals *virtuals, const struct formula *formula, size_t at)
{
    for (size_t i = 0; i < formula->n_inputs; i++) {
        const struct tag *input = formula->inputs[i];
        if (input->formula) {
            relate(virtuals, input->formula, at);
            continue;
        }
        struct relation *relation = &virtuals->relations[index_of(virtuals, input->instrument)];
        if (!relation->n_tags || relation->tags[relation->n_tags - 1] != at)
            append(&relation->tags, &relation->tags_room, &relation->n_tags, at);
    }
}

static void add_tag(struct virtuals *virtuals, const struct tag *tag)
{
    struct virtual_tag *virtual = &virtuals->tags[virtuals->n_tags];
    const struct formula *formula = tag->formula;
    *virtual = (struct virtual_tag){.tag = tag,
                                    .plan = plan_build(virtuals->plant, tag->instrument),
                                    .sources = memory_zero(formula->n_inputs + 1, sizeof *virtual->sources),
                                    .values = memory_zero(formula->n_inputs + 1, sizeof *virtual->values),
                                    .reading = {.value = NAN, .quality = QUALITY_BAD_NEVER_READ},
                                    .slack_us = tag->instrument->every_us / 2};
    for (size_t i = 0; i < formula->n_inputs; i++) {
        int64_t half_us = formula->inputs[i]->instrument->every_us / 2;
        virtual->slack_us = half_us < virtual->slack_us ? half_us : virtual->slack_us;
        virtual->sources[i] = source_of(virtuals, formula->inputs[i]);
    }
    relate(virtuals, formula, virtuals->n_tags++);
}

struct virtuals *virtuals_create(const struct plant *plant)
{
    struct virtuals *virtuals = memory_zero(1, sizeof *virtuals);
    virtuals->plant = plant;
    virtuals->relations = memory_zero(plant->n_instruments + 1, sizeof *virtuals->relations);
    while (virtuals->first < plant->n_instruments && !plant->instruments[virtuals->first].tags[0].formula)
        virtuals->first++;
    virtuals->tags = memory_zero(plant->n_instruments - virtuals->first + 1, sizeof *virtuals->tags);
    for (size_t i = virtuals->first; i < plant->n_instruments; i++)
        add_tag(virtuals, &plant->instruments[i].tags[0]);
    virtuals->next = virtuals->n_tags;
    return virtuals;
}

void virtuals_destroy(struct virtuals *virtuals)
{
    if (!virtuals)
        return;
    for (size_t i = 0; i < virtuals->n_tags; i++) {
        plan_free(virtuals->tags[i].plan);
        free(virtuals->tags[i].sources);
        free(virtuals->tags[i].values);
    }
    for (size_t i = 0; i < virtuals->plant->n_instruments; i++) {
        free(virtuals->relations[i].sources);
        free(virtuals->relations[i].tags);
    }
    free(virtuals->relations);
    free(virtuals->sources);
    free(virtuals->tags);
    free(virtuals);
}

const struct reading *virtuals_reading(const struct virtuals *virtuals, const struct tag *tag)
{
    return &virtuals->tags[index_of(virtuals, tag->instrument) - virtuals->first].reading;
}

/* --- calculating */

static bool take(struct virtuals *virtuals, const struct relation *relation, int64_t time_us, const struct reading *readings)
{
    bool any = false;
    for (size_t i = 0; i < relation->n_sources; i++) {
        struct source *source = &virtuals->sources[relation->sources[i]];
        const struct reading *reading = &readings[source->tag->column];
        if (reading->quality == QUALITY_ABSENT)
            continue;
        source->value = reading->value;
        source->quality = reading->quality;
        source->time_us = time_us;
        any = true;
    }
    return any;
}

static enum quality quality_at(const struct source *source, int64_t now_us)
{
    bool stale = source->time_us && store_is_stale(source->time_us, source->tag->instrument->every_us, now_us);
    return stale && quality_is_good(source->quality) ? QUALITY_UNCERTAIN_STALE : source->quality;
}

static void calculate(struct virtuals *virtuals, struct virtual_tag *virtual, int64_t now_us)
{
    const struct formula *formula = virtual->tag->formula;
    enum quality worst = QUALITY_GOOD;
    for (size_t i = 0; i < formula->n_inputs; i++) {
        const struct source *source = &virtuals->sources[virtual->sources[i]];
        enum quality quality = quality_at(source, now_us);
        worst = quality > worst ? quality : worst;
        virtual->values[i] = source->value;
    }
    double value = quality_is_bad(worst) ? NAN : expression_value(formula->expression, virtual->values);
    if (!quality_is_bad(worst) && !isfinite(value))
        worst = QUALITY_BAD_SENSOR;
    virtual->reading.quality = worst;
    virtual->reading.value = quality_is_bad(worst) ? NAN : value;
    virtual->time_us = now_us;
}

static bool is_due(const struct virtual_tag *virtual)
{
    int64_t every_us = virtual->tag->instrument->every_us, since_us = virtual->time_us - virtual->recorded_us;
    if (virtual->reading.quality == QUALITY_BAD_NEVER_READ)
        return false;
    if (!virtual->recorded_us || since_us < 0 || since_us >= every_us - virtual->slack_us)
        return true;
    bool changed = virtual->reading.quality != virtual->recorded_quality ||
                   (!quality_is_bad(virtual->reading.quality) && virtual->reading.value != virtual->recorded);
    return changed && !virtual->tag->formula->every_us && since_us > 0;
}

void virtuals_see(struct virtuals *virtuals, const struct instrument *instrument, int64_t time_us, const struct reading *readings)
{
    const struct relation *relation = &virtuals->relations[index_of(virtuals, instrument)];
    if (instrument->tags[0].formula || !take(virtuals, relation, time_us, readings))
        return;
    for (size_t i = 0; i < relation->n_tags; i++) {
        struct virtual_tag *virtual = &virtuals->tags[relation->tags[i]];
        calculate(virtuals, virtual, time_us);
        take(virtuals, &virtuals->relations[virtuals->first + relation->tags[i]], time_us, &virtual->reading);
        virtual->due = is_due(virtual);
    }
    virtuals->next = 0;
}

struct poll *virtuals_next(struct virtuals *virtuals)
{
    while (virtuals->next < virtuals->n_tags && !virtuals->tags[virtuals->next].due)
        virtuals->next++;
    if (virtuals->next == virtuals->n_tags)
        return NULL;
    struct virtual_tag *virtual = &virtuals->tags[virtuals->next++];
    struct poll *poll = poll_create(virtual->plan);
    poll->time_us = virtual->time_us;
    poll->quality[0] = (uint8_t) virtual->reading.quality;
    if (!quality_is_bad(virtual->reading.quality))
        codec_encode(virtual->tag, virtual->reading.value, NULL, poll->registers);
    virtual->due = false;
    virtual->recorded = virtual->reading.value;
    virtual->recorded_quality = virtual->reading.quality;
    virtual->recorded_us = virtual->time_us;
    return poll;
}
