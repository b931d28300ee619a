#include "config/clock.h"
#include "config/expression.h"
#include "config/resolve.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Columns from the start of a value to an offset in its text, when that is one line. */
static int columns_to(node *at, size_t offset)
{
    return at->line == at->end_line ? (int)offset + !at->plain : 0;
}

static void problem_in_text(struct resolver *resolver, const struct virtual_draft *draft, size_t offset, const char *why)
{
    node *at = record_at(&draft->record, "value");
    int column = at->column + columns_to(at, offset);
    problems_add_at(resolver->problems, at->line, column, "%s.value: %s", draft->record.path, why);
}

static const struct tag *find_input(struct resolver *resolver, const struct virtual_draft *draft, const char *name, size_t offset)
{
    struct problems *problems = resolver->problems;
    size_t before = problems->count;
    const struct tag *tag = resolve_tag(resolver, &draft->record, "value", name);
    for (size_t i = before; i < problems->count; i++) /* they are about this name, not the whole value */
        problems->items[i].column += columns_to(record_at(&draft->record, "value"), offset);
    if (!tag || tag_is_numeric(tag) || tag_can_count(tag))
        return tag;
    char why[160];
    snprintf(why, sizeof why, "'%.60s' is a %s, but formulas are made of numbers", name, tag_type_name(tag->type));
    problem_in_text(resolver, draft, offset, why);
    return NULL;
}

static void resolve_inputs(struct resolver *resolver, const struct virtual_draft *draft, struct formula *formula)
{
    size_t count = expression_inputs(formula->expression);
    formula->inputs = arena_zero(resolver->arena, count + 1, sizeof *formula->inputs);
    for (size_t i = 0; i < count; i++) {
        size_t at;
        const char *name = expression_input(formula->expression, i, &at);
        const struct tag *input = find_input(resolver, draft, name, at);
        if (input)
            formula->inputs[formula->n_inputs++] = input;
    }
    if (count == 0)
        problem_in_text(resolver, draft, 0, "no tag is in it, so it would never change: INSTRUMENT.TAG is one, as in gauge-7.bore * 2");
}

static int64_t slowest_us(const struct formula *formula)
{
    int64_t every_us = 0;
    for (size_t i = 0; i < formula->n_inputs; i++) {
        const struct instrument *instrument = formula->inputs[i]->instrument;
        const struct schedule *schedule = instrument->n_schedules ? &instrument->schedules[formula->inputs[i]->schedule] : NULL;
        int64_t one_us = schedule && schedule->every_us ? schedule->every_us : instrument->every_us;
        every_us = one_us > every_us ? one_us : every_us;
    }
    return every_us ? every_us : SECOND_US;
}

static void resolve_one(struct resolver *resolver, const struct virtual_draft *draft, struct instrument *instrument, const struct link *link)
{
    struct tag *tag = arena_zero(resolver->arena, 1, sizeof *tag);
    struct formula *formula = arena_zero(resolver->arena, 1, sizeof *formula);
    struct schedule *schedule = arena_zero(resolver->arena, 1, sizeof *schedule);
    char why[300];
    size_t at = 0;
    *formula = draft->formula;
    formula->text = draft->value;
    *tag = (struct tag){.name = draft->record.name,
                        .full_name = arena_format(resolver->arena, "virtual.%s", draft->record.name),
                        .instrument = instrument,
                        .area = AREA_INPUT,
                        .type = TYPE_F64,
                        .registers = 4,
                        .width = 1,
                        .scale = 1,
                        .unit = draft->tag.unit,
                        .decimals = draft->tag.decimals,
                        .deadband = draft->tag.deadband,
                        .low = NAN,
                        .high = NAN,
                        .formula = formula};
    resolve_recording(resolver, &draft->record, draft->recorded, tag);
    if (formula->text && !(formula->expression = expression_parse(formula->text, resolver->arena, &at, why, sizeof why)))
        problem_in_text(resolver, draft, at, why);
    if (formula->expression)
        resolve_inputs(resolver, draft, formula);
    *schedule = (struct schedule){.every_us = formula->every_us ? formula->every_us : slowest_us(formula), .phase_us = -1};
    *instrument = (struct instrument){.name = tag->full_name,
                                      .link = link,
                                      .every_us = schedule->every_us,
                                      .max_registers = 125,
                                      .max_bits = 2000,
                                      .gaps = 1,
                                      .schedules = schedule,
                                      .n_schedules = 1,
                                      .tags = tag,
                                      .n_tags = 1};
}

/* Each takes its place behind those before it, so a formula sees only what is written above it, and none can contain itself. */
void resolve_virtuals(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->virtuals;
    struct plant *plant = resolver->plant;
    if (records_find(&resolver->draft->instruments, "virtual"))
        resolve_problem(resolver, records_find(&resolver->draft->instruments, "virtual"), NULL,
                        "'virtual' is the name of calculated tags: choose another name");
    if (drafts->count == 0)
        return;
    struct link *link = arena_zero(resolver->arena, 1, sizeof *link);
    *link = (struct link){.name = "virtual", .url = "calculated", .kind = LINK_TCP, .host = "virtual", .timeout_us = SECOND_US};
    struct instrument *instruments = arena_zero(resolver->arena, plant->n_instruments + drafts->count, sizeof *instruments);
    memcpy(instruments, plant->instruments, plant->n_instruments * sizeof *instruments);
    for (size_t i = 0; i < plant->n_instruments; i++)
        for (size_t k = 0; k < instruments[i].n_tags; k++)
            instruments[i].tags[k].instrument = &instruments[i];
    plant->instruments = instruments;
    for (size_t i = 0; i < drafts->count; i++) {
        resolve_one(resolver, records_item(drafts, i), &instruments[plant->n_instruments], link);
        plant->n_instruments++;
    }
}
