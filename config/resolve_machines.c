#include "config/resolve.h"

#include <stdio.h>

/* The state whose values hold `value` before item `k` of `state`; -1 when there is none. */
static int taken_by(const struct state_draft *draft, int64_t value, int state, size_t k)
{
    for (int other = 0; other <= state; other++)
        for (size_t i = 0; i < draft->values[other].count && (other < state || i < k); i++)
            if (draft->values[other].items[i] == value)
                return other;
    return -1;
}

static void resolve_states(struct resolver *resolver, const struct state_draft *draft, struct machine *machine)
{
    machine->state = resolve_tag(resolver, &draft->record, "tag", draft->tag);
    if (machine->state && (machine->state->type == TYPE_STRING || machine->state->type == TYPE_F32 || machine->state->type == TYPE_F64))
        resolve_problem(resolver, &draft->record, "tag", "'%s' is a %s, but a state word is an integer, a bit or a bool", draft->tag,
                        tag_type_name(machine->state->type));
    for (int state = 0; state < OEE_STATES; state++) {
        const struct numbers *values = &draft->values[state];
        for (size_t k = 0; k < values->count; k++) {
            const char *key = oee_state_name((enum oee_state)state);
            int other = taken_by(draft, values->items[k], state, k);
            node *at = values->nodes[k] ? values->nodes[k] : draft->record.node;
            if (other >= 0) {
                problems_add(resolver->problems, at, "%s.%s: the value %lld means '%s' already", draft->record.path, key, (long long)values->items[k],
                             oee_state_name((enum oee_state)other));
            } else if (machine->n_states == STATE_VALUES) {
                problems_add(resolver->problems, at, "%s.%s: a machine can have %d state values, this is one more", draft->record.path, key,
                             STATE_VALUES);
                return;
            } else {
                machine->states[machine->n_states].value = values->items[k];
                machine->states[machine->n_states++].state = (enum oee_state)state;
            }
        }
    }
}

static const struct tag *counter(struct resolver *resolver, const struct machine_draft *draft, const char *key, const char *name)
{
    const struct tag *tag = resolve_tag(resolver, &draft->record, key, name);
    if (tag && !tag_is_integer(tag))
        resolve_problem(resolver, &draft->record, key, "'%s' is a %s, but a counter is an integer", name, tag_type_name(tag->type));
    return tag;
}

void resolve_machines(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->machines;
    struct plant *plant = resolver->plant;
    plant->machines = arena_zero(resolver->arena, drafts->count, sizeof *plant->machines);
    plant->n_machines = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        const struct machine_draft *draft = records_item(drafts, i);
        struct machine *machine = &plant->machines[i];
        *machine = draft->machine;
        machine->name = draft->record.name;
        if (draft->state.record.node)
            resolve_states(resolver, &draft->state, machine);
        machine->parts = counter(resolver, draft, "parts", draft->parts);
        machine->rejects = counter(resolver, draft, "rejects", draft->rejects);
        if (draft->rejects && !record_given(&draft->record, "parts"))
            resolve_problem(resolver, &draft->record, "rejects", "rejects are counted of all parts: 'parts' is missing");
        if (record_given(&draft->record, "counter_modulus") && !draft->parts && !draft->rejects)
            resolve_problem(resolver, &draft->record, "counter_modulus", "there is no counter: neither 'parts' nor 'rejects' is given");
    }
}
