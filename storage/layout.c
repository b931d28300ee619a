/* How an instrument's polls are packed: kept by number, so that rows stay readable when its tags change. */
#include "storage/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void layout_free(struct layout *layout)
{
    for (size_t i = 0; i < layout->count; i++)
        free(layout->names[i]);
    free(layout->names);
    free(layout->tags);
    free(layout->codes);
    free(layout);
}

void layouts_forget(struct store *store)
{
    for (size_t i = 0; i < store->n_layouts; i++)
        layout_free(store->layouts[i]);
    store->n_layouts = 0;
    memset(store->buckets, 0, sizeof store->buckets);
}

/* A plant has thousands of layouts, and looks one up for every row: they are found by a hash of their columns (multiplicative, its upper bits). */
static uint64_t hash(uint64_t so_far, int64_t tag, struct column column)
{
    return (so_far ^ ((uint64_t)tag << 8 | column.code)) * UINT64_C(0x9e3779b97f4a7c15);
}

static struct layout **bucket(struct store *store, uint64_t columns)
{
    return &store->buckets[(columns >> 32) % LAYOUT_BUCKETS];
}

/* "" for a tag that is unknown; NULL on error. Owned by the caller. */
static char *tag_name(struct store *store, int64_t tag, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, QUERY_TAG_NAME, err, "i", tag);
    if (!statement)
        return NULL;
    int found = query_next(store, statement, err);
    char *name = found < 0 ? NULL : memory_text(found ? (const char *)sqlite3_column_text(statement, 0) : "");
    query_end(statement);
    return name;
}

static struct layout *damaged(struct store *store, struct layout *layout, struct error *err)
{
    error_set(err, ERR_CORRUPT, "the store %s is damaged: layout %lld of the journal cannot be read; restore a backup", store->path,
              (long long)layout->id);
    layout_free(layout);
    return NULL;
}

/* Reads "tag:column tag:column". */
static struct layout *layout_parse(struct store *store, int64_t id, int64_t instrument, const char *columns, struct error *err)
{
    struct layout *layout = memory_zero(1, sizeof *layout);
    size_t room = strlen(columns) / 2 + 1;
    *layout = (struct layout){.id = id,
                              .instrument = instrument,
                              .tags = memory_zero(room, sizeof *layout->tags),
                              .codes = memory_zero(room, sizeof *layout->codes),
                              .names = memory_zero(room, sizeof *layout->names)};
    while (*columns) {
        int used = 0, more;
        long long tag;
        struct column column;
        if (sscanf(columns, "%lld:%n", &tag, &used) != 1 || !used || !(more = pack_code_parse(columns + used, &column)))
            return damaged(store, layout, err);
        char *name = tag_name(store, tag, err);
        if (!name) {
            layout_free(layout);
            return NULL;
        }
        layout->names[layout->count] = name;
        layout->tags[layout->count] = tag;
        layout->codes[layout->count++] = column;
        columns += used + more;
        columns += *columns == ' ';
    }
    return layout;
}

static const struct layout *keep(struct store *store, struct layout *layout)
{
    uint64_t columns = 0;
    for (size_t i = 0; i < layout->count; i++)
        columns = hash(columns, layout->tags[i], layout->codes[i]);
    struct layout **place = bucket(store, columns);
    layout->next = *place;
    *place = layout;
    memory_grow((void **)&store->layouts, &store->layouts_room, store->n_layouts, sizeof *store->layouts);
    return store->layouts[store->n_layouts++] = layout;
}

const struct layout *layout_get(struct store *store, int64_t id, struct error *err)
{
    for (size_t i = 0; i < store->n_layouts; i++)
        if (store->layouts[i]->id == id)
            return store->layouts[i];
    sqlite3_stmt *statement = query_start(store, QUERY_LAYOUT, err, "i", id);
    if (!statement)
        return NULL;
    struct layout *layout = NULL;
    int found = query_next(store, statement, err);
    if (found == 1) {
        const char *columns = (const char *)sqlite3_column_text(statement, 1);
        layout = layout_parse(store, id, sqlite3_column_int64(statement, 0), columns ? columns : "", err);
    }
    query_end(statement);
    if (found == 0)
        error_set(err, ERR_CORRUPT, "the store %s is damaged: its journal names a layout %lld that is not there; restore a backup", store->path,
                  (long long)id);
    return layout ? keep(store, layout) : NULL;
}

static bool fits(const struct layout *layout, const struct instrument *instrument, const struct reading *readings)
{
    size_t column = 0;
    if (layout->instrument != instrument->id)
        return false;
    for (size_t i = 0; i < instrument->n_tags; i++) {
        if (readings[i].quality == QUALITY_ABSENT)
            continue;
        if (column == layout->count || layout->tags[column] != instrument->tags[i].id ||
            !pack_code_same(layout->codes[column], pack_code(&instrument->tags[i])))
            return false;
        column++;
    }
    return column == layout->count;
}

static char *columns_of(const struct instrument *instrument, const struct reading *readings)
{
    char *columns = memory_zero(instrument->n_tags + 1, 24 + PACK_CODE_TEXT), *at = columns, text[PACK_CODE_TEXT];
    for (size_t i = 0; i < instrument->n_tags; i++)
        if (readings[i].quality != QUALITY_ABSENT)
            at += sprintf(at, "%s%lld:%s", at > columns ? " " : "", (long long)instrument->tags[i].id,
                          pack_code_text(pack_code(&instrument->tags[i]), text));
    return columns;
}

const struct layout *layout_for(struct store *store, const struct instrument *instrument, const struct reading *readings, struct error *err)
{
    uint64_t hashed = 0;
    for (size_t i = 0; i < instrument->n_tags; i++)
        if (readings[i].quality != QUALITY_ABSENT)
            hashed = hash(hashed, instrument->tags[i].id, pack_code(&instrument->tags[i]));
    for (const struct layout *layout = *bucket(store, hashed); layout; layout = layout->next)
        if (fits(layout, instrument, readings))
            return layout;
    char *columns = columns_of(instrument, readings);
    int64_t id = 0;
    int found = query_integer(store, QUERY_LAYOUT_FIND, &id, err, "it", instrument->id, columns);
    if (found == 0 && query_run(store, QUERY_LAYOUT_ADD, err, "it", instrument->id, columns) == 0) {
        id = sqlite3_last_insert_rowid(store->db);
        found = 1;
    }
    free(columns);
    return found == 1 ? layout_get(store, id, err) : NULL;
}
