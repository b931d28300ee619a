#include "config/resolve.h"

#include <math.h>

enum { SPARE = 2 }; /* vectors of a baseline beyond one a variable, at least */

static void resolve_members(struct resolver *resolver, const struct group_draft *draft, struct characteristic_group *to)
{
    to->members = arena_zero(resolver->arena, draft->characteristics.count + 1, sizeof *to->members);
    for (size_t i = 0; i < draft->characteristics.count; i++) {
        const struct characteristic *found =
            resolve_member(resolver, &draft->record, draft->characteristics.items[i], draft->characteristics.nodes[i]);
        bool twice = false;
        for (size_t k = 0; k < to->n_members; k++)
            twice = twice || to->members[k] == found;
        if (twice && found)
            problems_add(resolver->problems, draft->characteristics.nodes[i], "%s.characteristics: '%s' is given twice", draft->record.path,
                         found->name);
        else if (found && !found->chart->summarise)
            problems_add(resolver->problems, draft->characteristics.nodes[i], "%s.characteristics: '%s' is counted: a group takes measured values",
                         draft->record.path, found->name);
        else if (found)
            to->members[to->n_members++] = found;
    }
}

/* Whose answer brings a characteristic's values. */
static const struct instrument *origin(const struct characteristic *characteristic)
{
    if (characteristic->on_new)
        return characteristic->on_new->instrument;
    return characteristic->source ? characteristic->source->instrument : NULL;
}

/* Values are of one part when they carry its serial number, or come in one answer. */
static void resolve_matching(struct resolver *resolver, const struct group_draft *draft, struct characteristic_group *to)
{
    bool together = true;
    to->by_serial = to->n_members > 0;
    for (size_t i = 0; i < to->n_members; i++) {
        to->by_serial = to->by_serial && to->members[i]->serial;
        together = together && origin(to->members[i]) == origin(to->members[0]);
    }
    if (!to->by_serial && !together)
        resolve_problem(resolver, &draft->record, "characteristics",
                        "they come from different instruments: give each of them `serial`, so that the values of one part find each other");
}

void resolve_groups(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->groups;
    struct plant *plant = resolver->plant;
    plant->groups = arena_zero(resolver->arena, drafts->count, sizeof *plant->groups);
    plant->n_groups = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        const struct group_draft *draft = records_item(drafts, i);
        struct characteristic_group *to = &plant->groups[i];
        *to = draft->group;
        to->name = draft->record.name;
        to->chart = draft->chart < 0 ? GROUP_T2 : (enum group_method)draft->chart;
        if (plant_characteristic(plant, to->name))
            resolve_problem(resolver, &draft->record, NULL, "a characteristic has this name already: choose another");
        resolve_members(resolver, draft, to);
        size_t p = to->n_members;
        if (draft->characteristics.count < 2 || draft->characteristics.count > MULTIVARIATE_MAX)
            resolve_problem(resolver, &draft->record, "characteristics", "%d are no group: 2 to %d can be charted together",
                            (int)draft->characteristics.count, MULTIVARIATE_MAX);
        else if ((size_t)to->baseline * (size_t)(to->subgroup > 1 ? to->subgroup - 1 : 1) < p + SPARE)
            resolve_problem(resolver, &draft->record, "baseline", "%d is too short for %d characteristics: at least %d", to->baseline, (int)p,
                            (int)p + SPARE);
        if (isnan(to->alpha))
            to->alpha = t2_alpha((int)p);
        resolve_matching(resolver, draft, to);
    }
}
