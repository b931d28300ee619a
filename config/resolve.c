#include "config/resolve.h"

#include "config/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void resolve_problem(struct resolver *resolver, const struct record *record, const char *key, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    problems_add(resolver->problems, record_at(record, key), "%s%s%s: %s", record->path, key ? "." : "", key ? key : "", text);
}

void *resolve_name(struct resolver *resolver, const struct record *record, const char *key, const char *name, const struct records *table,
                   const char *table_name)
{
    if (!name)
        return NULL;
    void *found = records_find(table, name);
    if (found)
        return found;
    const char *nearest = records_nearest(table, name);
    if (nearest)
        resolve_problem(resolver, record, key, "there is no '%.60s' in %s: did you mean '%s'?", name, table_name, nearest);
    else
        resolve_problem(resolver, record, key, "there is no '%.60s' in %s", name, table_name);
    return NULL;
}

/* A calculated tag; formulas see those written above them. */
static const struct tag *resolve_virtual(struct resolver *resolver, const struct record *record, const char *key, const char *name)
{
    const struct records *drafts = &resolver->draft->virtuals;
    const struct plant *plant = resolver->plant;
    const struct virtual_draft *draft = resolve_name(resolver, record, key, name, drafts, "virtual");
    if (!draft)
        return NULL;
    size_t place = resolver->draft->instruments.count + (size_t)((const char *)draft - drafts->items) / drafts->section->size;
    if (place < plant->n_instruments)
        return &plant->instruments[place].tags[0];
    resolve_problem(resolver, record, key, "'virtual.%s' stands below: a formula uses virtual tags that are written above it", name);
    return NULL;
}

const struct characteristic *resolve_member(struct resolver *resolver, const struct record *record, const char *name, node *at)
{
    const struct records *drafts = &resolver->draft->characteristics;
    const struct characteristic_draft *found = records_find(drafts, name);
    if (found)
        return &resolver->plant->characteristics[(size_t)((const char *)found - drafts->items) / drafts->section->size];
    const char *nearest = records_nearest(drafts, name);
    problems_add(resolver->problems, at, "%s.characteristics: there is no '%.60s' in characteristics%s%s%s", record->path, name,
                 nearest ? ": did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return NULL;
}

const struct tag *resolve_tag(struct resolver *resolver, const struct record *record, const char *key, const char *full_name)
{
    if (!full_name)
        return NULL;
    const char *dot = strrchr(full_name, '.');
    if (!dot) {
        resolve_problem(resolver, record, key, "'%.60s' is no INSTRUMENT.TAG, as in gauge-7.bore", full_name);
        return NULL;
    }
    char *name = arena_format(resolver->arena, "%.*s", (int)(dot - full_name), full_name);
    if (!strcmp(name, "virtual"))
        return resolve_virtual(resolver, record, key, dot + 1);
    const struct records *tables = &resolver->draft->instruments;
    const struct instrument_draft *instrument = resolve_name(resolver, record, key, name, tables, "instruments");
    if (!instrument)
        return NULL;
    const struct tag_draft *tag = records_find(&instrument->tags, dot + 1);
    if (tag) {
        size_t i = (size_t)((const char *)instrument - tables->items) / tables->section->size;
        size_t k = (size_t)((const char *)tag - instrument->tags.items) / instrument->tags.section->size;
        return &resolver->plant->instruments[i].tags[k];
    }
    const char *nearest = records_nearest(&instrument->tags, dot + 1);
    if (nearest)
        resolve_problem(resolver, record, key, "'%s' has no tag '%.60s': did you mean '%s.%s'?", name, dot + 1, name, nearest);
    else
        resolve_problem(resolver, record, key, "'%s' has no tag '%.60s'", name, dot + 1);
    return NULL;
}

const char *resolve_path(struct resolver *resolver, const char *path)
{
    const char *file = resolver->plant->file, *slash = strrchr(file, '/');
    if (path[0] == '/' || !slash)
        return path;
    return arena_format(resolver->arena, "%.*s/%s", (int)(slash - file), file, path);
}

bool tag_is_integer(const struct tag *tag)
{
    return tag->type >= TYPE_BITS && tag->type <= TYPE_SM32;
}

bool tag_can_count(const struct tag *tag)
{
    return tag_is_integer(tag) || tag->type == TYPE_BIT || tag->type == TYPE_BOOL;
}

bool tag_is_numeric(const struct tag *tag)
{
    return tag->type >= TYPE_BITS && tag->type <= TYPE_F64;
}

void resolve_plant(struct resolver *resolver)
{
    const struct file_draft *draft = resolver->draft;
    struct plant *plant = resolver->plant;
    plant->name = draft->plant.name;
    plant->timezone = draft->plant.timezone;
    plant->language = draft->plant.language;
    plant->store_path = draft->store.path ? resolve_path(resolver, draft->store.path) : NULL;
    for (int class = 0; class < KEEP_CLASSES; class++)
        plant->keep_us[class] = draft->store.keep.record.node ? draft->store.keep.us[class] : 0;
    plant->simulated = draft->simulation.record.node != NULL;
    plant->simulation_speed = plant->simulated ? draft->simulation.speed : 1;
    plant->simulation_marked = plant->simulated && draft->simulation.signals == 1;
    if (plant->timezone && text_set_timezone(plant->timezone) != 0)
        resolve_problem(resolver, &draft->plant.record, "timezone",
                        "'%.60s' is no zone of this machine's tz database, like Europe/Berlin or Asia/Shanghai (`timedatectl list-timezones`)",
                        plant->timezone);
}
