#include "config/document.h"

#include "config/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

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
    add(problems, at ? at->line : 1, at ? at->column : 1, format, arguments);
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

/* Nodes are made from libyaml's events: its own documents allocate each node's tag and text apart, and list and map as large as they may become. */
struct composer {
    yaml_parser_t parser;
    struct arena *arena;
    node **pending; /* nodes whose list or map is still open, the root first */
    struct open {
        struct node *node;
        size_t first; /* of its nodes in pending */
    } * open;
    struct anchor {
        const char *name;
        node *node;
        yaml_mark_t mark;
    } * anchors;
    size_t n_pending, n_open, n_anchors, pending_room, open_room, anchors_room;
};

static int composer_error(yaml_parser_t *parser, const char *context, yaml_mark_t context_mark, const char *problem, yaml_mark_t mark)
{
    parser->error = YAML_COMPOSER_ERROR;
    parser->context = context;
    parser->context_mark = context_mark;
    parser->problem = problem;
    parser->problem_mark = mark;
    return -1;
}

static const struct anchor *find_anchor(const struct composer *composer, const yaml_char_t *name)
{
    for (size_t i = 0; i < composer->n_anchors; i++)
        if (!strcmp(composer->anchors[i].name, (const char *)name))
            return &composer->anchors[i];
    return NULL;
}

static void put(struct composer *composer, node *child)
{
    memory_grow((void **)&composer->pending, &composer->pending_room, composer->n_pending, sizeof *composer->pending);
    composer->pending[composer->n_pending++] = child;
}

static int put_alias(struct composer *composer, const yaml_event_t *event)
{
    const struct anchor *found = find_anchor(composer, event->data.alias.anchor);
    if (!found)
        return composer_error(&composer->parser, NULL, event->start_mark, "found undefined alias", event->start_mark);
    put(composer, found->node);
    return 0;
}

/* A list or map is open from here on, and may be named by the aliases in it. */
static int put_node(struct composer *composer, const yaml_event_t *event, struct node made, const yaml_char_t *anchor)
{
    made.line = (int)event->start_mark.line + 1;
    made.column = (int)event->start_mark.column + 1;
    made.end_line = (int)event->end_mark.line + 1;
    struct node *kept = arena_zero(composer->arena, 1, sizeof *kept);
    *kept = made;
    put(composer, kept);
    if (made.kind != NODE_SCALAR) {
        memory_grow((void **)&composer->open, &composer->open_room, composer->n_open, sizeof *composer->open);
        composer->open[composer->n_open++] = (struct open){kept, composer->n_pending};
    }
    const struct anchor *before = anchor ? find_anchor(composer, anchor) : NULL;
    if (before)
        return composer_error(&composer->parser, "found duplicate anchor; first occurrence", before->mark, "second occurrence", event->start_mark);
    if (anchor) {
        memory_grow((void **)&composer->anchors, &composer->anchors_room, composer->n_anchors, sizeof *composer->anchors);
        composer->anchors[composer->n_anchors++] = (struct anchor){arena_text(composer->arena, (const char *)anchor), kept, event->start_mark};
    }
    return 0;
}

static int put_scalar(struct composer *composer, const yaml_event_t *event)
{
    size_t length = event->data.scalar.length;
    char *text = arena_zero(composer->arena, length + 1, 1);
    memcpy(text, event->data.scalar.value, length);
    struct node made = {.kind = NODE_SCALAR, .plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE, .count = length, .text = text};
    return put_node(composer, event, made, event->data.scalar.anchor);
}

/* The list or map that was opened last gets its nodes. */
static int close_open(struct composer *composer)
{
    const struct open last = composer->open[--composer->n_open];
    node **nodes = arena_zero(composer->arena, last.node->count = composer->n_pending - last.first, sizeof *nodes);
    memcpy(nodes, composer->pending + last.first, last.node->count * sizeof *nodes);
    last.node->nodes = nodes;
    composer->n_pending = last.first;
    return 0;
}

static int take(struct composer *composer, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return put_scalar(composer, event);
    case YAML_ALIAS_EVENT:
        return put_alias(composer, event);
    case YAML_SEQUENCE_START_EVENT:
        return put_node(composer, event, (struct node){.kind = NODE_LIST}, event->data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        return put_node(composer, event, (struct node){.kind = NODE_MAP}, event->data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_open(composer);
    default:
        return 0;
    }
}

/* The next document's root, NULL when there is none; -1: syntax. */
static int compose(struct composer *composer, node **root)
{
    bool done = false;
    int result = 0;
    composer->n_pending = composer->n_open = composer->n_anchors = 0;
    while (!done && result == 0) {
        yaml_event_t event;
        if (!yaml_parser_parse(&composer->parser, &event))
            return -1;
        done = event.type == YAML_DOCUMENT_END_EVENT || event.type == YAML_STREAM_END_EVENT || event.type == YAML_NO_EVENT;
        result = take(composer, &event);
        yaml_event_delete(&event);
    }
    *root = composer->n_pending ? composer->pending[0] : NULL;
    return result;
}

int document_parse(const char *text, size_t length, node **root, struct arena *arena, struct problems *problems)
{
    struct composer composer = {.arena = arena};
    node *second = NULL;
    yaml_parser_initialize(&composer.parser);
    yaml_parser_set_encoding(&composer.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&composer.parser, (const unsigned char *)text, length);
    bool good = compose(&composer, root) == 0 && compose(&composer, &second) == 0;
    if (!good)
        syntax_problem(&composer.parser, text, length, problems);
    else if (second)
        problems_add(problems, second, "a second document begins here: a plant is one document, remove the '---' before it");
    yaml_parser_delete(&composer.parser);
    free(composer.pending);
    free(composer.open);
    free(composer.anchors);
    return good && !second ? 0 : -1;
}

bool node_is_map(node *at)
{
    return at->kind == NODE_MAP;
}

bool node_is_list(node *at)
{
    return at->kind == NODE_LIST;
}

bool node_is_empty(node *at)
{
    return at->kind == NODE_SCALAR && at->plain && at->count == 0;
}

const char *node_scalar(node *at)
{
    return at->kind == NODE_SCALAR ? at->text : NULL;
}

const char *node_shape(node *at)
{
    return node_is_map(at) ? "a map" : node_is_list(at) ? "a list" : node_is_empty(at) ? "nothing" : "a text";
}

enum { MERGE_DEPTH = 8, MERGES_MAX = 10000 };

struct collection {
    struct arena *arena;
    struct problems *problems;
    struct entry *entries;
    size_t count, room;
    size_t own; /* of the map itself; the others are merged */
    int merges;
};

static void add_entry(struct collection *into, node *key, node *value)
{
    if (into->count == into->room) {
        struct entry *larger = arena_zero(into->arena, into->room = into->room * 2 + 8, sizeof *larger);
        if (into->count)
            memcpy(larger, into->entries, into->count * sizeof *larger);
        into->entries = larger;
    }
    into->entries[into->count++] = (struct entry){key->text, key, value};
}

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
        for (size_t i = 0; i < value->count; i++) {
            node *map = value->nodes[i];
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
    return key->kind == NODE_SCALAR && key->plain && !strcmp(key->text, "<<");
}

/* The map's own pairs first, then those it merges: who comes first wins. */
static void collect(struct collection *into, node *map, int depth)
{
    size_t merges = 0;
    for (size_t i = 0; i < map->count; i += 2) {
        node *key = map->nodes[i];
        if (!node_scalar(key))
            problems_add(into->problems, key, "a key is a text, but this is %s", node_shape(key));
        else if (is_merge(key))
            merges++;
        else
            add_entry(into, key, map->nodes[i + 1]);
    }
    if (depth == 0)
        into->own = into->count;
    for (size_t i = 0; merges && i < map->count; i += 2)
        if (is_merge(map->nodes[i]))
            collect_merge(into, map->nodes[i + 1], depth);
}

/* Where a key is or should be in a table of numbers of entries (from 1; 0 is free) of 2^n places, at least one of them free. */
static uint32_t *place_of(uint32_t *table, size_t places, const struct entry *entries, const char *key)
{
    uint32_t hash = 0;
    for (const char *c = key; *c; c++)
        hash = (hash ^ (unsigned char)*c) * UINT32_C(0x9e3779b1);
    size_t place = (hash ^ hash >> 16) & (places - 1);
    while (table[place] && strcmp(entries[table[place] - 1].key, key) != 0)
        place = (place + 1) & (places - 1);
    return &table[place];
}

size_t node_entries(node *map, struct entry **entries, struct arena *arena, struct problems *problems)
{
    struct collection all = {.arena = arena, .problems = problems, .room = map->count / 2};
    all.entries = arena_zero(arena, all.room, sizeof *all.entries);
    collect(&all, map, 0);
    size_t kept = 0, places = 2;
    while (places < 2 * all.count)
        places *= 2;
    uint32_t *table = arena_zero(arena, places, sizeof *table);
    for (size_t i = 0; i < all.count; i++) {
        const struct entry entry = all.entries[i];
        uint32_t *place = place_of(table, places, all.entries, entry.key);
        if (*place && i < all.own)
            problems_add(problems, entry.key_node, "'%s' is given twice: the first is at line %d", entry.key, all.entries[*place - 1].key_node->line);
        if (*place)
            continue;
        all.entries[kept++] = entry;
        *place = (uint32_t)kept;
    }
    *entries = all.entries;
    return kept;
}
