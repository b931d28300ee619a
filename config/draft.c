#include "config/draft.h"

#include "config/memory.h"
#include "config/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

size_t record_index(const struct record *record, const char *key)
{
    size_t i = 0;
    while (record->section->fields[i].key && strcmp(record->section->fields[i].key, key) != 0)
        i++;
    assert(record->section->fields[i].key);
    return i;
}

bool record_given(const struct record *record, const char *key)
{
    return record->section && record->at[record_index(record, key)];
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
    for (size_t i = 0; i < records->count; i++) {
        struct record *record = records_item(records, i);
        if (!strcmp(record->name, name))
            return record;
    }
    return NULL;
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
