#include "config/document.h"

#include "config/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct document {
    yaml_document_t yaml;
};

static void add(struct problems *problems, int line, int column, const char *format, va_list arguments)
{
    void *items = problems->items;
    char *text = NULL;
    memory_grow(&items, &problems->room, problems->count, sizeof *problems->items);
    problems->items = items;
    if (vasprintf(&text, format, arguments) < 0)
        text = memory_text(format);
    problems->items[problems->count++] = (struct problem){line, column, text};
}

void problems_add(struct problems *problems, node *at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(problems, at ? (int)at->start_mark.line + 1 : 1, at ? (int)at->start_mark.column + 1 : 1, format, arguments);
    va_end(arguments);
}

void problems_add_at(struct problems *problems, int line, int column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(problems, line, column, format, arguments);
    va_end(arguments);
}

static int by_place(const void *a, const void *b)
{
    const struct problem *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return strcmp(x->text, y->text);
}

void problems_sort(struct problems *problems)
{
    size_t kept = 0;
    if (problems->count)
        qsort(problems->items, problems->count, sizeof *problems->items, by_place);
    for (size_t i = 0; i < problems->count; i++) {
        if (kept && by_place(&problems->items[kept - 1], &problems->items[i]) == 0)
            free(problems->items[i].text);
        else
            problems->items[kept++] = problems->items[i];
    }
    problems->count = kept;
}

void problems_free(struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        free(problems->items[i].text);
    free(problems->items);
    *problems = (struct problems){0};
}

/* What libyaml calls "character that cannot start any token" is mostly this. */
static bool indented_with_tab(const char *text, int line)
{
    for (; line > 1 && text; line--)
        text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
    return text && memchr(text, '\t', strspn(text, " \t")) != NULL;
}

/* The reader's errors (encoding) come with a byte offset, all others with a mark. */
static void syntax_problem(const yaml_parser_t *parser, const char *text, size_t length, struct problems *problems)
{
    const char *what = parser->problem ? parser->problem : "not readable";
    if (parser->error == YAML_READER_ERROR) {
        int line = 1, column = 1;
        for (size_t i = 0; i < parser->problem_offset && i < length; i++, column++)
            if (text[i] == '\n')
                line++, column = 0;
        problems_add_at(problems, line, column, "this is not UTF-8 text (%s): save the file as UTF-8", what);
        return;
    }
    int line = (int)parser->problem_mark.line + 1, column = (int)parser->problem_mark.column + 1;
    if (indented_with_tab(text, line))
        problems_add_at(problems, line, column, "YAML syntax: a tab is in the indentation: indent with blanks only");
    else if (parser->context && parser->context_mark.line != parser->problem_mark.line)
        problems_add_at(problems, line, column, "YAML syntax: %s %s that begins at line %d", what, parser->context,
                        (int)parser->context_mark.line + 1);
    else
        problems_add_at(problems, line, column, "YAML syntax: %s%s%s", what, parser->context ? " " : "", parser->context ? parser->context : "");
}

struct document *document_parse(const char *text, size_t length, struct problems *problems)
{
    yaml_parser_t parser;
    yaml_document_t rest;
    struct document *document = memory_zero(1, sizeof *document);
    yaml_parser_initialize(&parser);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    bool good = yaml_parser_load(&parser, &document->yaml);
    bool complete = good && yaml_parser_load(&parser, &rest);
    if (!complete)
        syntax_problem(&parser, text, length, problems);
    else {
        node *second = yaml_document_get_root_node(&rest);
        if (second)
            problems_add(problems, second, "a second document begins here: a plant is one document, remove the '---' before it");
        complete = !second;
        yaml_document_delete(&rest);
    }
    yaml_parser_delete(&parser);
    if (complete)
        return document;
    if (good)
        yaml_document_delete(&document->yaml);
    free(document);
    return NULL;
}

void document_free(struct document *document)
{
    yaml_document_delete(&document->yaml);
    free(document);
}

/* libyaml's getters take a pointer to a document that they do not change. */
static node *get(const struct document *document, int index)
{
    return yaml_document_get_node((yaml_document_t *)&document->yaml, index);
}

node *document_root(const struct document *document)
{
    return yaml_document_get_root_node((yaml_document_t *)&document->yaml);
}

bool node_is_map(node *at)
{
    return at->type == YAML_MAPPING_NODE;
}

bool node_is_list(node *at)
{
    return at->type == YAML_SEQUENCE_NODE;
}

bool node_is_empty(node *at)
{
    return at->type == YAML_SCALAR_NODE && at->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && at->data.scalar.length == 0;
}

const char *node_scalar(node *at)
{
    return at->type == YAML_SCALAR_NODE ? (const char *)at->data.scalar.value : NULL;
}

const char *node_shape(node *at)
{
    return node_is_map(at) ? "a map" : node_is_list(at) ? "a list" : node_is_empty(at) ? "nothing" : "a text";
}

int node_line(node *at)
{
    return (int)at->start_mark.line + 1;
}

enum { MERGE_DEPTH = 8, MERGES_MAX = 10000 };

struct collection {
    const struct document *document;
    struct arena *arena;
    struct problems *problems;
    struct entry *entries;
    size_t count, room;
    int merges;
};

static void collect(struct collection *into, node *map, int depth);

static void collect_merge(struct collection *into, node *value, int depth)
{
    if (++into->merges > MERGES_MAX)
        return; /* a bomb of aliases; whatever it was to be, keys will be missing */
    if (depth == MERGE_DEPTH)
        problems_add(into->problems, value, "'<<' goes through more than %d maps: a map may not merge itself", MERGE_DEPTH);
    else if (node_is_map(value))
        collect(into, value, depth + 1);
    else if (node_is_list(value)) {
        for (yaml_node_item_t *item = value->data.sequence.items.start; item < value->data.sequence.items.top; item++) {
            node *map = get(into->document, *item);
            if (node_is_map(map) && ++into->merges <= MERGES_MAX)
                collect(into, map, depth + 1);
            else if (!node_is_map(map))
                problems_add(into->problems, map, "'<<' merges maps, but this is %s", node_shape(map));
        }
    } else
        problems_add(into->problems, value, "'<<' merges a map (as in '<<: *name'), but this is %s", node_shape(value));
}

static bool is_merge(node *key)
{
    return key->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !strcmp((const char *)key->data.scalar.value, "<<");
}

/* The map's own pairs first, then those it merges: who comes first wins. */
static void collect(struct collection *into, node *map, int depth)
{
    yaml_node_pair_t *start = map->data.mapping.pairs.start, *top = map->data.mapping.pairs.top;
    for (yaml_node_pair_t *pair = start; pair < top; pair++) {
        node *key = get(into->document, pair->key);
        if (!node_scalar(key)) {
            problems_add(into->problems, key, "a key is a text, but this is %s", node_shape(key));
            continue;
        }
        if (is_merge(key))
            continue;
        void *entries = into->entries;
        memory_grow(&entries, &into->room, into->count, sizeof *into->entries);
        into->entries = entries;
        into->entries[into->count++] = (struct entry){node_scalar(key), key, get(into->document, pair->value)};
    }
    for (yaml_node_pair_t *pair = start; pair < top; pair++) {
        node *key = get(into->document, pair->key);
        if (node_scalar(key) && is_merge(key))
            collect_merge(into, get(into->document, pair->value), depth);
    }
}

static int by_key(const void *a, const void *b)
{
    const struct entry *const *x = a, *const *y = b;
    int order = strcmp((*x)->key, (*y)->key);
    return order ? order : (*x > *y) - (*x < *y);
}

size_t document_entries(const struct document *document, node *map, struct entry **entries, struct arena *arena, struct problems *problems)
{
    struct collection all = {.document = document, .arena = arena, .problems = problems};
    collect(&all, map, 0);
    yaml_node_pair_t *start = map->data.mapping.pairs.start, *top = map->data.mapping.pairs.top;
    size_t own = 0, kept = 0;
    for (yaml_node_pair_t *pair = start; pair < top; pair++) {
        node *key = get(document, pair->key);
        own += node_scalar(key) && !is_merge(key);
    }
    struct entry **sorted = arena_zero(arena, all.count + 1, sizeof *sorted);
    for (size_t i = 0; i < all.count; i++)
        sorted[i] = &all.entries[i];
    qsort(sorted, all.count, sizeof *sorted, by_key);
    for (size_t i = 1, first = 0; i < all.count; i++) {
        if (strcmp(sorted[first]->key, sorted[i]->key) != 0) {
            first = i;
            continue;
        }
        if ((size_t)(sorted[i] - all.entries) < own)
            problems_add(problems, sorted[i]->key_node, "'%s' is given twice: the first is at line %d", sorted[i]->key,
                         node_line(sorted[first]->key_node));
        sorted[i]->value = NULL;
    }
    *entries = arena_zero(arena, all.count + 1, sizeof **entries);
    for (size_t i = 0; i < all.count; i++)
        if (all.entries[i].value)
            (*entries)[kept++] = all.entries[i];
    free(all.entries);
    return kept;
}

size_t document_items(const struct document *document, node *list, node ***items, struct arena *arena)
{
    size_t count = (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
    *items = arena_zero(arena, count + 1, sizeof **items);
    for (size_t i = 0; i < count; i++)
        (*items)[i] = get(document, list->data.sequence.items.start[i]);
    return count;
}
