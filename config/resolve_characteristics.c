#include "config/clock.h"
#include "config/resolve.h"
#include "config/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Whether a virtual tag is calculated from this instrument. */
static bool comes_from(const struct tag *tag, const struct instrument *instrument)
{
    for (size_t i = 0; tag->formula && i < tag->formula->n_inputs; i++)
        if (tag->formula->inputs[i]->instrument == instrument || comes_from(tag->formula->inputs[i], instrument))
            return true;
    return false;
}

bool resolve_together(struct resolver *resolver, const struct record *record, const char *key, const struct tag *tag, const struct tag *source)
{
    if (!tag || !source || tag->instrument == source->instrument || comes_from(source, tag->instrument))
        return true;
    resolve_problem(resolver, record, key, "'%s' is not of the instrument '%s': both must come in one answer", tag->full_name,
                    source->instrument->name);
    return false;
}

static int64_t period_of(const struct tag *tag)
{
    const struct instrument *instrument = tag->instrument;
    int64_t every_us = instrument->n_schedules ? instrument->schedules[tag->schedule].every_us : 0;
    return every_us ? every_us : instrument->every_us;
}

/* What belongs to on_new alone. */
static void resolve_acknowledge(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    static const char *const keys[] = {"each", "counter_modulus", "acknowledge"};
    const struct record *record = &draft->record;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (record_given(record, keys[i]) && !record_given(record, "on_new"))
            resolve_problem(resolver, record, keys[i], "goes with on_new, which says that a part is new");
    to->acknowledge = resolve_tag(resolver, record, "acknowledge", draft->acknowledge);
    const struct tag *tag = to->acknowledge;
    if (tag && (tag->area == AREA_DISCRETE || tag->area == AREA_INPUT))
        resolve_problem(resolver, record, "acknowledge", "'%s' is %s, which no one can write", tag->full_name,
                        tag->area == AREA_INPUT ? "an input register" : "a discrete input");
    else if (tag && !tag->writable)
        resolve_problem(resolver, record, "acknowledge", "'%s' is not writable: say `writable: true` there", tag->full_name);
}

/* The tags that say which part it was, read together with the value. */
static void resolve_part(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct {
        const char *key, *name;
        const struct tag **tag;
    } keys[] = {
        {"serial", draft->serial, &to->serial},
        {"lot", draft->lot, &to->lot},
        {"order", draft->order, &to->order},
        {"operator", draft->operator, &to->operator},
    };
    const struct record *record = &draft->record;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        *keys[i].tag = resolve_tag(resolver, record, keys[i].key, keys[i].name);
        resolve_together(resolver, record, keys[i].key, *keys[i].tag, to->on_new ? to->on_new : to->source);
    }
    if (to->retest > 0 && !record_given(record, "serial"))
        resolve_problem(resolver, record, "retest", "goes with serial, which says that a part comes again");
}

/* Where a measurement comes from, and when there is one. */
static void resolve_trigger(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct record *record = &draft->record;
    to->source = resolve_tag(resolver, record, "source", draft->source);
    if (to->source && !tag_is_numeric(to->source))
        resolve_problem(resolver, record, "source", "'%s' is a %s, but only numbers can be judged", draft->source, tag_type_name(to->source->type));
    to->on_new = resolve_tag(resolver, record, "on_new", draft->on_new);
    if (resolve_together(resolver, record, "on_new", to->on_new, to->source) && to->on_new && !tag_can_count(to->on_new))
        resolve_problem(resolver, record, "on_new", "'%s' is a %s, but what says that a part is new is a counter (an integer) or a handshake bit",
                        draft->on_new, tag_type_name(to->on_new->type));
    resolve_part(resolver, draft, to);
    resolve_acknowledge(resolver, draft, to);
    if (record_given(record, "on_new") && record_given(record, "every"))
        resolve_problem(resolver, record, "every", "a measurement comes either every so often or on_new, not both: leave one out");
    else if (record_given(record, "every") && to->source && !record_bad(record, "every") && to->every_us < period_of(to->source))
        resolve_problem(resolver, record, "every", "is shorter than the period of '%s', which would give the same value again",
                        to->source->instrument->name);
    else if (!record_given(record, "every") && !record_given(record, "on_new") && to->source)
        to->every_us = period_of(to->source);
}

static void check_within(struct resolver *resolver, const struct record *record, const char *key, double value, const struct characteristic *of)
{
    if (of->lsl >= of->usl)
        return; /* said already */
    if (value < of->lsl)
        resolve_problem(resolver, record, key, "%g is below lsl, %g", value, of->lsl);
    else if (value > of->usl)
        resolve_problem(resolver, record, key, "%g is above usl, %g", value, of->usl);
}

static void check_specification(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct record *record = &draft->record;
    if (to->lsl >= to->usl)
        resolve_problem(resolver, record, "lsl", "%g is not below usl, %g", to->lsl, to->usl);
    to->lsl_natural = draft->natural == 1;
    to->usl_natural = draft->natural == 2;
    if ((to->lsl_natural && isnan(to->lsl)) || (to->usl_natural && isnan(to->usl)))
        resolve_problem(resolver, record, "natural", "says that %s cannot be passed: give it", to->lsl_natural ? "lsl" : "usl");
    check_within(resolver, record, "nominal", to->nominal, to);
    check_within(resolver, record, "target", to->target, to);
    if (isnan(to->target))
        to->target = to->nominal;
    struct specification judged = characteristic_specification(to);
    if (!isnan(to->required_cpk) && isnan(judged.lsl) && isnan(judged.usl) && !record_bad(record, "lsl") && !record_bad(record, "usl"))
        resolve_problem(resolver, record, "required_cpk", "there is no Cpk without a specification limit%s: give lsl, usl or both",
                        draft->natural > 0 ? " beside the natural bound" : "");
}

void resolve_characteristics(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->characteristics, *machines = &resolver->draft->machines;
    struct plant *plant = resolver->plant;
    plant->characteristics = arena_zero(resolver->arena, drafts->count, sizeof *plant->characteristics);
    plant->n_characteristics = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        const struct characteristic_draft *draft = records_item(drafts, i);
        struct characteristic *to = &plant->characteristics[i];
        *to = draft->characteristic;
        to->name = draft->record.name;
        to->class = draft->class < 0 ? CLASS_MAJOR : (enum characteristic_class)draft->class;
        if (!strcmp(to->name, "all"))
            resolve_problem(resolver, &draft->record, NULL, "'all' means all characteristics: choose another name");
        const struct machine_draft *machine = resolve_name(resolver, &draft->record, "machine", draft->machine, machines, "machines");
        if (machine)
            to->machine = &plant->machines[(size_t)((const char *)machine - machines->items) / machines->section->size];
        resolve_trigger(resolver, draft, to);
        check_specification(resolver, draft, to);
        to->unit = to->source ? to->source->unit : "";
        resolve_chart(resolver, draft, to);
        if (to->decimals < 0)
            to->decimals = to->source && to->source->decimals >= 0 ? to->source->decimals : 3;
    }
}
