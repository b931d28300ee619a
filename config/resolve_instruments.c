#include "config/address.h"
#include "config/resolve.h"
#include "config/url.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool same_endpoint(const struct link *a, const struct link *b)
{
    if (a->kind != b->kind)
        return false;
    return a->kind == LINK_TCP ? a->port == b->port && !strcasecmp(a->host, b->host) : !strcmp(a->device, b->device);
}

void resolve_links(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->links;
    struct plant *plant = resolver->plant;
    plant->links = arena_zero(resolver->arena, drafts->count, sizeof *plant->links);
    plant->n_links = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        const struct link_draft *draft = records_item(drafts, i);
        struct link *link = &plant->links[i];
        char why[200];
        *link = draft->link;
        link->name = draft->record.name;
        if (!link->url)
            continue;
        if (url_parse(link->url, link, resolver->arena, why, sizeof why) != 0) {
            resolve_problem(resolver, &draft->record, "url", "%s", why);
            link->host = link->device = NULL;
            continue;
        }
        for (size_t k = 0; k < i; k++) {
            const struct link *other = &plant->links[k];
            if ((other->host || other->device) && same_endpoint(link, other)) {
                resolve_problem(resolver, &draft->record, "url", "is the endpoint of link '%s' already: instruments of one endpoint share one link",
                                other->name);
                break;
            }
        }
    }
}

/* What a type needs of its place: 0 registers for strings, which say their length. */
static const struct layout {
    enum tag_type type;
    int registers;
    bool bits;  /* lives in coils and discrete inputs */
    bool order; /* has one */
    bool scaled;
} layouts[] = {
    {TYPE_BOOL, 1, true, false, false}, {TYPE_BIT, 1, false, false, false}, {TYPE_U16, 1, false, true, true},     {TYPE_I16, 1, false, true, true},
    {TYPE_U32, 2, false, true, true},   {TYPE_I32, 2, false, true, true},   {TYPE_U64, 4, false, true, true},     {TYPE_I64, 4, false, true, true},
    {TYPE_F32, 2, false, true, true},   {TYPE_F64, 4, false, true, true},   {TYPE_STRING, 0, false, true, false},
};

static bool is_bit_area(enum area area)
{
    return area == AREA_COIL || area == AREA_DISCRETE;
}

/* Keys that mean something for some types only. */
static void check_keys(struct resolver *resolver, const struct tag_draft *draft, const struct tag *tag)
{
    const struct layout *layout = &layouts[tag->type];
    const struct record *record = &draft->record;
    const char *type = tag_type_name(tag->type);
    static const char *const scaling[] = {"scale", "offset", "low", "high", "decimals"};
    if (tag->type == TYPE_BIT && !record_given(record, "bit"))
        resolve_problem(resolver, record, NULL, "'bit' is missing: type bit needs the bit of the register, 0 to 15");
    if (tag->type != TYPE_BIT && record_given(record, "bit"))
        resolve_problem(resolver, record, "bit", "a %s has no bit: write type: bit, or leave it out", type);
    if (tag->type == TYPE_STRING && !record_given(record, "length"))
        resolve_problem(resolver, record, NULL, "'length' is missing: a string needs its length in bytes");
    if (tag->type != TYPE_STRING && record_given(record, "length"))
        resolve_problem(resolver, record, "length", "a %s has no length: write type: string, or leave it out", type);
    if (!layout->order && record_given(record, "order"))
        resolve_problem(resolver, record, "order", "a %s has no order: leave it out", type);
    else if (tag->type == TYPE_STRING && (draft->order == ORDER_CDAB || draft->order == ORDER_DCBA))
        resolve_problem(resolver, record, "order", "the order of a string is ABCD, or BADC when the bytes of each register are swapped");
    for (size_t i = 0; i < sizeof scaling / sizeof scaling[0]; i++)
        if (!layout->scaled && record_given(record, scaling[i]))
            resolve_problem(resolver, record, scaling[i], "a %s is no number: leave it out", type);
}

/* The default type follows the area; a type that is wrong or does not fit is said once, and the tag goes on as a plain one. */
static enum tag_type type_of(struct resolver *resolver, const struct tag_draft *draft, enum area area, bool area_known)
{
    const struct record *record = &draft->record;
    enum tag_type usual = area_known && is_bit_area(area) ? TYPE_BOOL : TYPE_U16;
    if (draft->type < 0)
        return usual;
    enum tag_type type = (enum tag_type)draft->type;
    if (!area_known || is_bit_area(area) == layouts[type].bits)
        return type;
    if (layouts[type].bits)
        resolve_problem(resolver, record, "type",
                        "bool lives in coils and discrete inputs, but %s is %s: type: bit with bit: 0 to 15 reads one of a register", draft->address,
                        area == AREA_HOLDING ? "a holding register" : "an input register");
    else
        resolve_problem(resolver, record, "type", "%s needs registers, but %s is %s: bool is the type there", tag_type_name(type), draft->address,
                        area == AREA_COIL ? "a coil" : "a discrete input");
    return usual;
}

static void check_place(struct resolver *resolver, const struct tag_draft *draft, const struct tag *tag, const struct instrument *instrument)
{
    const struct record *record = &draft->record;
    if (tag->address + tag->registers > 65536)
        resolve_problem(resolver, record, "address", "%s: the %d registers of a %s end beyond the last one, %s:65535", draft->address, tag->registers,
                        tag_type_name(tag->type), area_name(tag->area));
    if (!is_bit_area(tag->area) && tag->registers > instrument->max_registers)
        resolve_problem(resolver, record, NULL, "a %s of %d registers does not fit in one request: max_registers of '%s' is %d",
                        tag_type_name(tag->type), tag->registers, instrument->name, instrument->max_registers);
}

static void resolve_one_tag(struct resolver *resolver, const struct tag_draft *draft, const struct instrument *instrument, struct tag *tag)
{
    const struct record *record = &draft->record;
    char why[240];
    bool placed = false;
    *tag = draft->tag;
    tag->name = record->name;
    tag->full_name = arena_format(resolver->arena, "%s.%s", instrument->name, record->name);
    tag->instrument = instrument;
    tag->area = AREA_HOLDING;
    if (draft->address) {
        placed = address_parse(draft->address, &tag->area, &tag->address, why, sizeof why) == 0;
        if (!placed)
            resolve_problem(resolver, record, "address", "%s", why);
    }
    tag->type = type_of(resolver, draft, tag->area, placed);
    tag->order = draft->order < 0 ? ORDER_ABCD : (enum byte_order)draft->order;
    tag->registers = tag->type == TYPE_STRING ? (tag->length + 1) / 2 : layouts[tag->type].registers;
    if (!record_bad(record, "type"))
        check_keys(resolver, draft, tag);
    if (tag->type != TYPE_STRING || tag->length < 0)
        tag->length = 0;
    if (tag->type != TYPE_BIT || tag->bit < 0)
        tag->bit = 0;
    if (placed)
        check_place(resolver, draft, tag, instrument);
    if (tag->scale == 0)
        resolve_problem(resolver, record, "scale", "0 would make every value the same");
    if (tag->low >= tag->high)
        resolve_problem(resolver, record, "low", "%g is not below high, %g", tag->low, tag->high);
}

static void check_unit(struct resolver *resolver, const struct instrument_draft *draft, struct instrument *instrument)
{
    bool rtu = instrument->link && instrument->link->kind == LINK_RTU;
    if (instrument->unit < 0)
        instrument->unit = rtu ? 1 : 255;
    else if (instrument->unit > 247 && instrument->unit != 255)
        resolve_problem(resolver, &draft->record, "unit", "%d is reserved: 0 to 247, or 255 for the device itself on tcp", instrument->unit);
    else if (rtu && instrument->link->device && (instrument->unit == 0 || instrument->unit == 255))
        resolve_problem(resolver, &draft->record, "unit", "%d gets no answer on a serial line: 1 to 247", instrument->unit);
}

void resolve_instruments(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->instruments, *links = &resolver->draft->links;
    struct plant *plant = resolver->plant;
    plant->instruments = arena_zero(resolver->arena, drafts->count, sizeof *plant->instruments);
    plant->n_instruments = drafts->count;
    if (drafts->count == 0 && record_given(&resolver->draft->record, "instruments") && !record_bad(&resolver->draft->record, "instruments"))
        resolve_problem(resolver, &resolver->draft->record, "instruments", "there is none, but a plant has at least one");
    for (size_t i = 0; i < drafts->count; i++) {
        const struct instrument_draft *draft = records_item(drafts, i);
        struct instrument *instrument = &plant->instruments[i];
        *instrument = draft->instrument;
        instrument->name = draft->record.name;
        const struct link_draft *link = resolve_name(resolver, &draft->record, "link", draft->link, links, "links");
        if (link)
            instrument->link = &plant->links[(size_t)((const char *)link - links->items) / links->section->size];
        check_unit(resolver, draft, instrument);
        instrument->n_tags = draft->tags.count;
        instrument->tags = arena_zero(resolver->arena, draft->tags.count, sizeof *instrument->tags);
        if (draft->tags.count == 0 && draft->record.node && record_given(&draft->record, "tags") && !record_bad(&draft->record, "tags"))
            resolve_problem(resolver, &draft->record, "tags", "there is none, but an instrument has at least one");
        for (size_t k = 0; k < draft->tags.count; k++) {
            resolve_one_tag(resolver, records_item(&draft->tags, k), instrument, &instrument->tags[k]);
            instrument->tags[k].column = k;
        }
    }
}
