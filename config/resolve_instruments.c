#include "config/resolve.h"
#include "config/url.h"

#include <string.h>

static bool same_endpoint(const struct link *a, const struct link *b)
{
    if (!a->host != !b->host)
        return false;
    return a->host ? a->port == b->port && !strcasecmp(a->host, b->host) : !strcmp(a->device, b->device);
}

/* Several connections to a line would talk at once. */
static void check_connections(struct resolver *resolver, const struct link_draft *draft, const struct link *link)
{
    if (link->kind != LINK_TCP && link->connections > 1)
        resolve_problem(resolver, &draft->record, "connections", "a serial line carries one conversation at a time: leave it out");
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
        check_connections(resolver, draft, link);
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

static void check_unit(struct resolver *resolver, const struct instrument_draft *draft, struct instrument *instrument)
{
    bool rtu = instrument->link && instrument->link->kind != LINK_TCP;
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
        resolve_schedules(resolver, draft, instrument);
    }
}
