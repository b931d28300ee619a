#include "config/draft.h"

#include "config/memory.h"
#include "config/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

size_t record_index(const struct record *record, const char *key)
{
    const struct field *field = section_field(record->section, key);
    assert(field);
    return (size_t)(field - record->section->fields);
}

/* Asked so often of so many records that only what is given is looked through. */
bool record_given(const struct record *record, const char *key)
{
    for (uint64_t rest = record->given; rest; rest &= rest - 1) {
        const char *given = record->section->fields[__builtin_ctzll(rest)].key;
        if (*given == *key && !strcmp(given, key))
            return true;
    }
    return false;
}

bool record_bad(const struct record *record, const char *key)
{
    return record->bad >> record_index(record, key) & 1;
}

node *record_at(const struct record *record, const char *key)
{
    node *at = record->section && key ? record->at[record_index(record, key)] : NULL;
    return at ? at : record->name_node ? record->name_node : record->node;
}

void *records_item(const struct records *records, size_t i)
{
    return records->items + i * records->section->size;
}

void *records_find(const struct records *records, const char *name)
{
    size_t low = 0, high = records->by_name ? records->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(records->by_name[middle]->name, name);
        if (order == 0)
            return records->by_name[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct record *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

void records_index(struct records *records, struct arena *arena)
{
    records->by_name = arena_zero(arena, records->count + 1, sizeof *records->by_name);
    for (size_t i = 0; i < records->count; i++)
        records->by_name[i] = records_item(records, i);
    qsort(records->by_name, records->count, sizeof *records->by_name, by_name);
}

const char *records_nearest(const struct records *records, const char *word)
{
    const char **names = memory_zero(records->count + 1, sizeof *names);
    for (size_t i = 0; i < records->count; i++)
        names[i] = ((struct record *)records_item(records, i))->name;
    const char *nearest = text_nearest(word, names, records->count);
    free(names);
    return nearest;
}
