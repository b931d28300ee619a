/* Names <-> ids, config revisions, the plant's clock. */
#include "storage/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Names of the plant, and where their ids go. */
struct named {
    const char *name;
    int64_t *id;
    const int64_t *instrument; /* a tag's */
};
struct names {
    struct named *items;
    size_t count, room;
};

static void add_name(struct names *names, const char *name, int64_t *id, const int64_t *instrument)
{
    *id = 0;
    memory_grow((void **)&names->items, &names->room, names->count, sizeof *names->items);
    names->items[names->count++] = (struct named){name, id, instrument};
}

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* Goes through the store's names, which come sorted, and the plant's side by side: a query each costs ten times as much. */
static int find_ids(struct store *store, enum query query, const struct names *names, struct error *err)
{
    size_t size = names->count * sizeof *names->items;
    struct named *sorted = memory_zero(names->count, sizeof *sorted), *next = sorted;
    if (size)
        memcpy(sorted, names->items, size);
    qsort(sorted, names->count, sizeof *sorted, by_name);
    sqlite3_stmt *statement = query_start(store, query, err, "");
    int more = statement ? 1 : -1;
    while (next < sorted + names->count && more == 1 && (more = query_next(store, statement, err)) == 1) {
        const char *name = (const char *)sqlite3_column_text(statement, 1);
        if (!name)
            more = fault_set(err, store->path, store->db, SQLITE_NOMEM);
        for (; name && next < sorted + names->count && strcmp(next->name, name) <= 0; next++)
            if (!strcmp(next->name, name))
                *next->id = sqlite3_column_int64(statement, 0);
    }
    if (statement)
        query_end(statement);
    free(sorted);
    return more < 0 ? -1 : 0;
}

/* The ids of names; a recorder adds unknown ones. */
static int identify(struct store *store, enum query find, enum query add, const struct names *names, struct error *err)
{
    if (names->count && find_ids(store, find, names, err))
        return -1;
    for (size_t i = 0; i < names->count && store->mode == STORE_RECORD; i++) {
        const struct named *named = &names->items[i];
        if (*named->id)
            continue;
        if (named->instrument ? query_run(store, add, err, "ti", named->name, *named->instrument) : query_run(store, add, err, "t", named->name))
            return -1;
        *named->id = sqlite3_last_insert_rowid(store->db);
    }
    return 0;
}

enum { LINKS, MACHINES, CHARACTERISTICS, GROUPS, INSTRUMENTS, TAGS, KINDS };

static void name_all(struct plant *plant, struct names names[KINDS])
{
    for (size_t i = 0; i < plant->n_links; i++)
        add_name(&names[LINKS], plant->links[i].name, &plant->links[i].id, NULL);
    for (size_t i = 0; i < plant->n_machines; i++)
        add_name(&names[MACHINES], plant->machines[i].name, &plant->machines[i].id, NULL);
    for (size_t i = 0; i < plant->n_characteristics; i++)
        add_name(&names[CHARACTERISTICS], plant->characteristics[i].name, &plant->characteristics[i].id, NULL);
    for (size_t i = 0; i < plant->n_groups; i++)
        add_name(&names[GROUPS], plant->groups[i].name, &plant->groups[i].id, NULL);
    for (size_t i = 0; i < plant->n_instruments; i++) {
        struct instrument *instrument = &plant->instruments[i];
        add_name(&names[INSTRUMENTS], instrument->name, &instrument->id, NULL);
        for (size_t j = 0; j < instrument->n_tags; j++)
            add_name(&names[TAGS], instrument->tags[j].full_name, &instrument->tags[j].id, &instrument->id);
    }
}

static int identify_all(struct store *store, struct plant *plant, struct error *err)
{
    static const struct {
        enum query find, add;
    } queries[KINDS] = {
        [LINKS] = {QUERY_LINK_NAMES, QUERY_LINK_ADD},
        [MACHINES] = {QUERY_MACHINE_NAMES, QUERY_MACHINE_ADD},
        [CHARACTERISTICS] = {QUERY_CHARACTERISTIC_NAMES, QUERY_CHARACTERISTIC_ADD},
        [GROUPS] = {QUERY_GROUP_NAMES, QUERY_GROUP_ADD},
        [INSTRUMENTS] = {QUERY_INSTRUMENT_NAMES, QUERY_INSTRUMENT_ADD},
        [TAGS] = {QUERY_TAG_NAMES, QUERY_TAG_ADD},
    };
    struct names names[KINDS] = {0};
    int result = 0;
    name_all(plant, names);
    for (int kind = 0; kind < KINDS; kind++) {
        if (!result)
            result = identify(store, queries[kind].find, queries[kind].add, &names[kind], err);
        free(names[kind].items);
    }
    for (size_t i = 0; i < plant->n_instruments && !result; i++)
        if (plant->instruments[i].id)
            result = store_lessons(store, plant->instruments[i].id, &plant->instruments[i].lessons, err);
    return result;
}

/* FNV-1a, 64 bits. */
int64_t revision_hash(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return (int64_t)hash;
}

static int keep_revision(struct store *store, const struct plant *plant, struct error *err)
{
    const char *text = plant->text ? plant->text : "";
    char line[AUDIT_REVISION];
    int64_t hash = revision_hash(text), newest = 0, now_us = clock_now_us();
    int found = query_integer(store, QUERY_REVISION_NEWEST, &newest, err, "");
    if (found < 0 || (found && newest == hash))
        return found < 0 ? -1 : 0;
    if (query_run(store, QUERY_REVISION_ADD, err, "iit", now_us, hash, text) ||
        !audit_revision(sqlite3_last_insert_rowid(store->db), text, line, err))
        return -1;
    return audit_add(store, now_us, person_of_account(store->path).name, "config", plant->name ? plant->name : "", line, err);
}

/* While no collector ran nobody knows what the machines did. */
static int close_silence(struct store *store, struct error *err)
{
    int64_t until;
    if (store_known_until(store, 0, &until, err))
        return -1;
    return until > 0 && until < clock_now_us() ? query_run(store, QUERY_STATE_LOST, err, "i", until) : 0;
}

static void remember_bases(struct store *store, const struct plant *plant)
{
    store->n_bases = 0;
    for (size_t i = 0; i < plant->n_characteristics; i++) {
        const struct characteristic *characteristic = &plant->characteristics[i];
        struct basis *basis = basis_of(store, characteristic->id);
        *basis = (struct basis){.characteristic = characteristic->id,
                                .chart = characteristic->chart,
                                .rules = characteristic->rules,
                                .streams = characteristic->streams,
                                .n_streams = characteristic->n_streams,
                                .lsl = characteristic->lsl,
                                .usl = characteristic->usl};
        chart_words(basis->chart, &characteristic->settings, basis->rules, characteristic->subgroup, basis->settings, sizeof basis->settings);
    }
}

/* A recorder writes at the end of every series in turn: those pages (of measurements, points and their index) should stay in memory. */
static void size_cache(struct store *store, const struct plant *plant)
{
    enum { LEAST_KB = 16000, KB_A_SERIES = 16 };
    char text[64];
    snprintf(text, sizeof text, "PRAGMA cache_size = -%zu", LEAST_KB + KB_A_SERIES * plant->n_characteristics);
    sqlite3_exec(store->db, text, NULL, NULL, NULL);
}

/* 1 when the store knows an instrument or a characteristic of the plant by its name, or the plant has none; 0, -1. */
static int knows_something(struct store *store, const struct plant *plant, struct error *err)
{
    int64_t id;
    int found = plant->n_instruments + plant->n_characteristics == 0;
    for (size_t i = 0; i < plant->n_instruments && !found; i++)
        found = query_integer(store, QUERY_INSTRUMENT_ID, &id, err, "t", plant->instruments[i].name);
    for (size_t i = 0; i < plant->n_characteristics && !found; i++)
        found = query_integer(store, QUERY_CHARACTERISTIC_ID, &id, err, "t", plant->characteristics[i].name);
    return found;
}

/* A plant may change its name, and what is in it; not both at once: that is another plant's file. */
static int refuse_another_plant(struct store *store, const struct plant *plant, struct error *err)
{
    char before[128] = "";
    sqlite3_stmt *statement = query_start(store, QUERY_PLANT_NEWEST, err, "");
    int found = statement ? query_next(store, statement, err) : -1;
    if (found == 1)
        query_row(statement, "t", before, sizeof before);
    if (statement)
        query_end(statement);
    if (found < 1 || !*before || !plant->name || !strcmp(before, plant->name))
        return found < 0 ? -1 : 0;
    found = knows_something(store, plant, err);
    if (found)
        return found < 0 ? -1 : 0;
    return error_set(err, ERR_CONFIG,
                     "the store %s is that of the plant '%s', and knows no instrument and no characteristic of '%s': set store: {path: ...} to this"
                     " plant's own file",
                     store->path, before, plant->name);
}

int store_identify(struct store *store, struct plant *plant, struct error *err)
{
    bool records = store->mode == STORE_RECORD;
    if (!records)
        return refuse_another_plant(store, plant, err) || identify_all(store, plant, err) ? -1 : 0;
    if (store_begin(store, err))
        return -1;
    if (refuse_another_plant(store, plant, err) || identify_all(store, plant, err) || keep_revision(store, plant, err) || close_silence(store, err) ||
        store_commit(store, err)) {
        store_rollback(store);
        return -1;
    }
    remember_bases(store, plant);
    size_cache(store, plant);
    return 0;
}

int store_set_anchor(struct store *store, struct clock_anchor anchor, struct error *err)
{
    return query_run(store, QUERY_ANCHOR_SET, err, "iid", anchor.real_us, anchor.plant_us, anchor.speed);
}

int store_anchor(struct store *store, struct clock_anchor *anchor, struct error *err)
{
    *anchor = (struct clock_anchor){.speed = 1};
    sqlite3_stmt *statement = query_start(store, QUERY_ANCHOR, err, "");
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "iid", &anchor->real_us, &anchor->plant_us, &anchor->speed);
    query_end(statement);
    return found < 0 ? -1 : 0;
}

int characteristic_name(struct store *store, int64_t characteristic, const char **name, struct error *err)
{
    for (size_t i = 0; i < store->n_names; i++)
        if (store->names[i].id == characteristic) {
            *name = store->names[i].text;
            return 0;
        }
    sqlite3_stmt *statement = query_start(store, QUERY_CHARACTERISTIC_NAME, err, "i", characteristic);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    const char *text = found == 1 ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    if (text) {
        memory_grow((void **)&store->names, &store->names_room, store->n_names, sizeof *store->names);
        store->names[store->n_names] = (struct name){characteristic, memory_text(text)};
        *name = store->names[store->n_names++].text;
    } else if (found == 1)
        fault_set(err, store->path, store->db, SQLITE_NOMEM);
    else if (found == 0)
        error_set(err, ERR_NOT_FOUND, "the store %s knows no characteristic number %lld", store->path, (long long)characteristic);
    query_end(statement);
    return text ? 0 : -1;
}

const char *store_characteristic_name(struct store *store, int64_t characteristic)
{
    const char *name;
    return characteristic_name(store, characteristic, &name, NULL) ? NULL : name;
}
