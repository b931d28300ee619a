#include "config/address.h"
#include "config/resolve.h"

#include <math.h>
#include <stdio.h>

/* What a scenario happens to, and its usual size; NAN: it has none. */
static const struct usual {
    enum scenario_kind kind;
    enum { OF_CHARACTERISTIC, OF_INSTRUMENT, OF_MACHINE } of;
    double size;
} usuals[] = {
    [SCENARIO_DRIFT] = {SCENARIO_DRIFT, OF_CHARACTERISTIC, 1},   [SCENARIO_SHIFT] = {SCENARIO_SHIFT, OF_CHARACTERISTIC, 2},
    [SCENARIO_SPREAD] = {SCENARIO_SPREAD, OF_CHARACTERISTIC, 2}, [SCENARIO_OUTLIER] = {SCENARIO_OUTLIER, OF_CHARACTERISTIC, 6},
    [SCENARIO_WEAR] = {SCENARIO_WEAR, OF_CHARACTERISTIC, 3},     [SCENARIO_STICK] = {SCENARIO_STICK, OF_CHARACTERISTIC, NAN},
    [SCENARIO_SILENCE] = {SCENARIO_SILENCE, OF_INSTRUMENT, NAN}, [SCENARIO_STOP] = {SCENARIO_STOP, OF_MACHINE, NAN},
};

static void resolve_object(struct resolver *resolver, const struct scenario_draft *draft, struct scenario *scenario)
{
    const struct file_draft *file = resolver->draft;
    const struct plant *plant = resolver->plant;
    const struct record *record = &draft->record;
    const struct usual *usual = &usuals[scenario->kind];
    const struct records *tables[] = {&file->characteristics, &file->instruments, &file->machines};
    static const char *const names[] = {"characteristics", "instruments", "machines"};
    const struct records *table = tables[usual->of];
    const char *found = resolve_name(resolver, record, "of", draft->of, table, names[usual->of]);
    if (!found)
        return;
    size_t i = (size_t)(found - table->items) / table->section->size;
    if (usual->of == OF_CHARACTERISTIC)
        scenario->characteristic = &plant->characteristics[i];
    else if (usual->of == OF_INSTRUMENT)
        scenario->instrument = &plant->instruments[i];
    else
        scenario->machine = &plant->machines[i];
}

static void resolve_scenarios(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->simulation.scenarios;
    struct plant *plant = resolver->plant;
    plant->scenarios = arena_zero(resolver->arena, drafts->count, sizeof *plant->scenarios);
    plant->n_scenarios = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        const struct scenario_draft *draft = records_item(drafts, i);
        struct scenario *scenario = &plant->scenarios[i];
        *scenario = draft->scenario;
        scenario->name = draft->record.name;
        if (draft->kind < 0)
            continue;
        scenario->kind = (enum scenario_kind)draft->kind;
        resolve_object(resolver, draft, scenario);
        if (scenario->lasts_us > 0 && scenario->every_us > 0 && scenario->every_us < scenario->lasts_us)
            resolve_problem(resolver, &draft->record, "every", "comes again before it is over: every must not be shorter than lasts");
        if (isnan(usuals[scenario->kind].size) && record_given(&draft->record, "size"))
            resolve_problem(resolver, &draft->record, "size", "stick, silence and stop have no size: leave it out");
        if (scenario->kind == SCENARIO_WEAR && scenario->every_us == 0)
            resolve_problem(resolver, &draft->record, NULL, "'every' is missing: how long does a tool last? A drift is what goes on for ever");
        if (scenario->kind == SCENARIO_SPREAD && scenario->size <= 0)
            resolve_problem(resolver, &draft->record, "size", "a factor on sigma must be above 0");
        if (isnan(scenario->size))
            scenario->size = isnan(usuals[scenario->kind].size) ? 0 : usuals[scenario->kind].size;
    }
}

/* --- faults */

enum { USES_DELAY = 1, USES_SIZE = 2, USES_CODE = 4, USES_ADDRESS = 8, ON_TCP = 16, ON_SERIAL = 32, LINK_ONLY = 64, ANYWHERE = ON_TCP | ON_SERIAL };

/* What may be said of each kind, and where it can happen. */
static const unsigned fault_uses[] = {
    [FAULT_DELAY] = USES_DELAY | USES_ADDRESS | ANYWHERE,
    [FAULT_DROP] = USES_ADDRESS | ANYWHERE,
    [FAULT_GARBLE] = USES_SIZE | USES_ADDRESS | ANYWHERE,
    [FAULT_CRC] = USES_ADDRESS | ON_SERIAL,
    [FAULT_WRONG_UNIT] = USES_ADDRESS | ANYWHERE,
    [FAULT_WRONG_TRANSACTION] = USES_ADDRESS | ON_TCP,
    [FAULT_DUPLICATE] = USES_DELAY | USES_ADDRESS | ANYWHERE,
    [FAULT_TRUNCATE] = USES_SIZE | USES_ADDRESS | ANYWHERE,
    [FAULT_EXCEPTION] = USES_CODE | USES_ADDRESS | ANYWHERE,
    [FAULT_DRIP] = USES_DELAY | USES_ADDRESS | ANYWHERE,
    [FAULT_DISCONNECT] = USES_DELAY | USES_ADDRESS | ANYWHERE,
    [FAULT_REFUSE] = LINK_ONLY | ANYWHERE,
    [FAULT_ILLEGAL] = USES_ADDRESS | ANYWHERE,
};

static void resolve_victim(struct resolver *resolver, const struct fault_draft *draft, struct fault *fault)
{
    const struct records *links = &resolver->draft->links, *instruments = &resolver->draft->instruments;
    const char *link = draft->of ? records_find(links, draft->of) : NULL;
    if (link) {
        fault->link = &resolver->plant->links[(size_t)(link - links->items) / links->section->size];
        return;
    }
    const char *instrument = draft->of ? records_find(instruments, draft->of) : NULL;
    if (instrument) {
        fault->instrument = &resolver->plant->instruments[(size_t)(instrument - instruments->items) / instruments->section->size];
        fault->link = fault->instrument->link;
    } else if (draft->of && records_nearest(links, draft->of)) {
        resolve_name(resolver, &draft->record, "of", draft->of, links, "links");
    } else if (draft->of) {
        resolve_name(resolver, &draft->record, "of", draft->of, instruments, "instruments or links");
    }
}

static void check_uses(struct resolver *resolver, const struct fault_draft *draft, const struct fault *fault)
{
    static const struct {
        const char *key;
        unsigned use;
    } keys[] = {{"delay", USES_DELAY}, {"size", USES_SIZE}, {"code", USES_CODE}, {"address", USES_ADDRESS}, {"count", USES_ADDRESS}};
    const struct record *record = &draft->record;
    unsigned uses = fault_uses[fault->kind];
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (!(uses & keys[i].use) && record_given(record, keys[i].key))
            resolve_problem(resolver, record, keys[i].key, "this kind of fault has none: leave it out");
    if (uses & LINK_ONLY && fault->instrument)
        resolve_problem(resolver, record, "of", "an instrument cannot refuse connections, its link can: name the link");
    if (fault->link && !(uses & (fault->link->kind == LINK_TCP ? ON_TCP : ON_SERIAL)))
        resolve_problem(resolver, record, "kind", "there is no such thing on link '%s': %s", fault->link->name,
                        fault->link->kind == LINK_TCP ? "Modbus TCP has no checksum of its own" : "only Modbus TCP numbers its requests");
    if (fault->kind == FAULT_ILLEGAL && !draft->address)
        resolve_problem(resolver, record, NULL, "'address' is missing: which addresses do not exist?");
    if (record_given(record, "count") && !draft->address)
        resolve_problem(resolver, record, "count", "from which address on? 'address' is missing");
    if (fault->every_us > 0 && (fault->lasts_us == 0 || fault->lasts_us > fault->every_us))
        resolve_problem(resolver, record, "every", "with every it needs a lasts that is not longer");
}

static void complete_fault(struct fault *fault)
{
    static const int64_t usual_delay_us[] = {[FAULT_DRIP] = 20000, [FAULT_DISCONNECT] = 1000000, [FAULT_ILLEGAL] = 0};
    if (fault->delay_us == 0)
        fault->delay_us = fault->kind == FAULT_DELAY ? fault->link->timeout_us * 3 / 2 : usual_delay_us[fault->kind];
    if (fault->code < 0)
        fault->code = fault->kind == FAULT_ILLEGAL ? 2 : 4;
    if (fault->size < 0)
        fault->size = fault->kind == FAULT_GARBLE;
}

static void resolve_faults(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->simulation.faults;
    struct plant *plant = resolver->plant;
    plant->faults = arena_zero(resolver->arena, drafts->count, sizeof *plant->faults);
    plant->n_faults = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        const struct fault_draft *draft = records_item(drafts, i);
        struct fault *fault = &plant->faults[i];
        char why[200];
        *fault = draft->fault;
        fault->name = draft->record.name;
        if (draft->kind < 0)
            continue;
        fault->kind = (enum fault_kind)draft->kind;
        resolve_victim(resolver, draft, fault);
        check_uses(resolver, draft, fault);
        if (!draft->address)
            fault->count = 0;
        else if (address_parse(draft->address, &fault->area, &fault->address, why, sizeof why))
            resolve_problem(resolver, &draft->record, "address", "%s", why);
        else if (fault->count < 1)
            fault->count = 1;
        if (fault->link)
            complete_fault(fault);
    }
}

void resolve_simulation(struct resolver *resolver)
{
    resolve_scenarios(resolver);
    resolve_faults(resolver);
}
