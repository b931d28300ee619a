#include "config/reader.h"

#include "config/scalar.h"
#include "config/text.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 48, PATH_NAME_MAX = 60, VALUE_NAMES_MAX = 1000, ENTRIES_MAX = 500000 };

static bool has_control(node *at)
{
    for (size_t i = 0; i < at->count; i++)
        if (iscntrl((unsigned char)at->text[i]))
            return true;
    return false;
}

static int read_scalar(struct reader *reader, const struct slot *slot, node *at)
{
    const char *text = node_scalar(at);
    if (!text)
        return scalar_wrong(reader, slot, at, "%s, but one value is wanted: %s", node_shape(at), slot->field->help);
    if (node_is_empty(at))
        return scalar_wrong(reader, slot, at, "nothing is given: %s", slot->field->help);
    if (has_control(at))
        return scalar_wrong(reader, slot, at, "a control character or line break is in the text");
    return scalar_read(reader, slot, at, text);
}

static int read_list(struct reader *reader, const struct slot *slot, node *at)
{
    node *const *items = node_is_list(at) ? at->nodes : &at;
    size_t count = node_is_list(at) ? at->count : 1;
    int result = 0;
    if (count == 0)
        return scalar_wrong(reader, slot, at, "the list is empty: %s", slot->field->help);
    if ((reader->entries += count) > ENTRIES_MAX)
        return -1;
    scalar_make_list(reader, slot, count);
    for (size_t i = 0; i < count; i++)
        if (read_scalar(reader, slot, items[i]) != 0)
            result = -1;
    return result;
}

static int read_record(struct reader *reader, const struct section *section, node *at, struct record *record);

/* "outer.name", or "name" when outer is the file: the path of each record is made, so without printf. */
static const char *path_of(struct reader *reader, const char *outer, const char *name)
{
    size_t before = strlen(outer), length = strnlen(name, PATH_NAME_MAX);
    char *path = arena_zero(reader->scratch, before + length + 2, 1);
    memcpy(path, outer, before);
    if (before)
        path[before++] = '.';
    memcpy(path + before, name, length);
    return path;
}

static bool name_is_good(struct reader *reader, const char *path, const struct entry *entry)
{
    const char *name = entry->key;
    size_t good = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    if (*name && !name[good] && good <= NAME_MAX_LENGTH)
        return true;
    if (name[good] == '.')
        problems_add(reader->problems, entry->key_node, "%s: the name '%.60s' has a dot, which joins instrument and tag: use - or _", path, name);
    else if (good > NAME_MAX_LENGTH)
        problems_add(reader->problems, entry->key_node, "%s: the name '%.60s' is longer than %d characters", path, name, NAME_MAX_LENGTH);
    else
        problems_add(reader->problems, entry->key_node, "%s: '%.60s' is no name: letters, digits, - and _ make one", path, name);
    return false;
}

static int read_table(struct reader *reader, const struct slot *slot, node *at)
{
    struct records *records = (struct records *)slot->target;
    struct entry *entries;
    if (!node_is_map(at))
        return scalar_wrong(reader, slot, at, "%s, but a map of names is wanted: %s", node_shape(at), slot->field->help);
    size_t count = node_entries(at, &entries, reader->scratch, reader->problems);
    if ((reader->entries += count) > ENTRIES_MAX)
        return -1;
    const char *path = path_of(reader, slot->path, slot->field->key);
    *records = (struct records){.items = arena_zero(reader->scratch, count, slot->field->section->size), .section = slot->field->section};
    for (size_t i = 0; i < count; i++) {
        struct record *record = (struct record *)(records->items + records->count++ * slot->field->section->size);
        name_is_good(reader, path, &entries[i]);
        record->name = arena_text(reader->arena, entries[i].key);
        record->name_node = entries[i].key_node;
        record->path = path_of(reader, path, entries[i].key);
        read_record(reader, slot->field->section, entries[i].value, record);
    }
    records_index(records, reader->scratch);
    return 0;
}

/* {0: off, 1: idle} */
static int read_names(struct reader *reader, const struct slot *slot, node *at)
{
    struct value_names *names = (struct value_names *)slot->target;
    struct entry *entries;
    if (!node_is_map(at))
        return scalar_wrong(reader, slot, at, "%s, but a map is wanted, as in {0: off, 1: idle}", node_shape(at));
    size_t count = node_entries(at, &entries, reader->scratch, reader->problems);
    if ((reader->entries += count) > ENTRIES_MAX)
        return -1;
    if (count > VALUE_NAMES_MAX)
        return scalar_wrong(reader, slot, at, "more than %d names", VALUE_NAMES_MAX);
    struct value_name *items = arena_zero(reader->arena, count, sizeof *items);
    int result = 0;
    for (size_t i = 0; i < count; i++) {
        const char *text = node_scalar(entries[i].value);
        if (scalar_integer(entries[i].key, &items[i].value) != 0)
            result = scalar_wrong(reader, slot, entries[i].key_node, "'%.60s' is no whole number", entries[i].key);
        else if (!text || !*text || has_control(entries[i].value) || text_columns(text) > NAME_MAX_LENGTH)
            result = scalar_wrong(reader, slot, entries[i].value, "a name is a text of at most %d characters", NAME_MAX_LENGTH);
        else
            items[i].name = arena_text(reader->arena, text);
        for (size_t k = 0; k < i; k++)
            if (items[k].name && items[i].name && items[k].value == items[i].value)
                result = scalar_wrong(reader, slot, entries[i].key_node, "%s has a name already", entries[i].key);
    }
    *names = (struct value_names){items, result ? 0 : count};
    return result;
}

static int read_field(struct reader *reader, const struct slot *slot, node *at)
{
    if (slot->field->kind == FIELD_TABLE)
        return node_is_empty(at) ? 0 : read_table(reader, slot, at);
    if (slot->field->kind == FIELD_NAMES)
        return read_names(reader, slot, at);
    if (slot->field->kind == FIELD_RECORD)
        return read_record(reader, slot->field->section, at, (struct record *)slot->target);
    return scalar_is_list(slot->field->kind) ? read_list(reader, slot, at) : read_scalar(reader, slot, at);
}

/* Defaults are written in the schema as in the file, and read by the same readers: they are right, so no node is needed. */
static void read_standard(struct reader *reader, const struct slot *slot)
{
    char text[100], *rest = text;
    if (!scalar_is_list(slot->field->kind)) {
        scalar_read(reader, slot, NULL, slot->field->standard);
        return;
    }
    snprintf(text, sizeof text, "%s", slot->field->standard);
    scalar_make_list(reader, slot, strlen(text) + 1);
    for (char *item = strsep(&rest, ","); item; item = strsep(&rest, ","))
        scalar_read(reader, slot, NULL, item);
}

/* What a key without value and without default holds; also one whose value is wrong. */
static void blank(const struct slot *slot)
{
    switch (slot->field->kind) {
    case FIELD_INTEGER:
    case FIELD_CLOCK:
    case FIELD_WORD:
        *(int *)slot->target = -1;
        break;
    case FIELD_REAL:
    case FIELD_SECONDS:
        *(double *)slot->target = NAN;
        break;
    case FIELD_COUNT:
    case FIELD_DURATION:
        *(int64_t *)slot->target = 0;
        break;
    case FIELD_TEXT:
        *(const char **)slot->target = NULL;
        break;
    case FIELD_WORDS:
        *(unsigned *)slot->target = 0;
        break;
    case FIELD_TEXTS:
        *(struct texts *)slot->target = (struct texts){0};
        break;
    case FIELD_NUMBERS:
        *(struct numbers *)slot->target = (struct numbers){0};
        break;
    case FIELD_NAMES:
    case FIELD_RECORD:
    case FIELD_TABLE:
        break; /* have no defaults of their own */
    }
}

static struct slot slot_of(const struct field *field, struct record *record)
{
    return (struct slot){field, record->path, (char *)record + field->offset};
}

/* A draft of the section of which nothing is given: what most of a record is, made once. */
static const struct record *fresh_record(struct reader *reader, const struct section *section)
{
    for (size_t i = 0; i < reader->n_fresh; i++)
        if (reader->fresh[i]->section == section)
            return reader->fresh[i];
    struct record *record = arena_zero(reader->scratch, section->size, 1);
    record->section = section;
    for (const struct field *field = section->fields; field->key; field++) {
        const struct slot slot = slot_of(field, record);
        blank(&slot);
        if (field->kind == FIELD_RECORD)
            memcpy(slot.target, fresh_record(reader, field->section), field->section->size);
        else if (field->standard)
            read_standard(reader, &slot);
        if (field->required)
            record->bad |= UINT64_C(1) << (field - section->fields);
    }
    assert(reader->n_fresh < SECTIONS_MAX);
    return reader->fresh[reader->n_fresh++] = record;
}

/* The paths of the records in a record, which has its own. */
static void name_inner(struct reader *reader, struct record *record)
{
    for (const struct field *field = record->section->fields; field->key; field++)
        if (field->kind == FIELD_RECORD) {
            struct record *inner = (struct record *)((char *)record + field->offset);
            inner->path = path_of(reader, record->path, field->key);
            name_inner(reader, inner);
        }
}

static void unknown_key(struct reader *reader, const struct section *section, const char *path, const struct entry *entry)
{
    const char *names[FIELDS_MAX];
    size_t count = 0, used = 0;
    char list[600] = "";
    for (const struct field *field = section->fields; field->key; field++) {
        names[count++] = field->key;
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", field->key);
    }
    const char *nearest = text_nearest(entry->key, names, count);
    const char *colon = *path ? ": " : "";
    if (nearest)
        problems_add(reader->problems, entry->key_node, "%s%sunknown key '%.60s': did you mean '%s'?", path, colon, entry->key, nearest);
    else
        problems_add(reader->problems, entry->key_node, "%s%sunknown key '%.60s'; known are %s", path, colon, entry->key, list);
}

/* Whatever is given: its default goes first, so that a wrong value leaves none. */
static void read_entries(struct reader *reader, struct record *record, const struct entry *entries, size_t count)
{
    const struct section *section = record->section;
    for (size_t i = 0; i < count && reader->entries <= ENTRIES_MAX; i++) {
        const struct field *field = section_field(section, entries[i].key);
        if (!field) {
            unknown_key(reader, section, record->path, &entries[i]);
            continue;
        }
        const struct slot slot = slot_of(field, record);
        const uint64_t bit = UINT64_C(1) << (field - section->fields);
        record->at[field - section->fields] = entries[i].value;
        record->given |= bit;
        blank(&slot);
        record->bad = read_field(reader, &slot, entries[i].value) ? record->bad | bit : record->bad & ~bit;
    }
}

/* A record whose name and path are known. */
static int read_record(struct reader *reader, const struct section *section, node *at, struct record *record)
{
    struct entry *entries = NULL;
    const struct record known = *record;
    memcpy(record, fresh_record(reader, section), section->size);
    record->name = known.name;
    record->name_node = known.name_node;
    record->path = known.path;
    record->node = at;
    name_inner(reader, record);
    if (!node_is_map(at) && !node_is_empty(at)) {
        problems_add(reader->problems, at, "%s: %s, but a map of settings is wanted", *record->path ? record->path : "plant.yaml", node_shape(at));
        return -1;
    }
    size_t count = node_is_map(at) ? node_entries(at, &entries, reader->scratch, reader->problems) : 0;
    reader->entries += count;
    read_entries(reader, record, entries, count);
    for (const struct field *field = section->fields; field->key && reader->entries <= ENTRIES_MAX; field++)
        if (field->required && !record->at[field - section->fields])
            problems_add(reader->problems, record->name_node ? record->name_node : at, "%s%s'%s' is missing: %s", record->path,
                         *record->path ? ": " : "", field->key, field->help);
    return 0;
}

int reader_read(struct file_draft *draft, node *root, struct arena *arena, struct arena *scratch, struct problems *problems)
{
    struct reader reader = {.arena = arena, .scratch = scratch, .problems = problems};
    draft->record.path = "";
    if (!root) {
        problems_add(problems, NULL, "the file is empty: `gemba check --keys` prints an example");
        return -1;
    }
    read_record(&reader, &schema_file, root, &draft->record);
    if (reader.entries <= ENTRIES_MAX)
        return 0;
    problems_add(problems, NULL, "more than %d settings, aliases counted each time: make two plants of it", ENTRIES_MAX);
    return -1;
}
