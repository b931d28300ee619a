#ifndef GEMBA_CONFIG_DOCUMENT_H
#define GEMBA_CONFIG_DOCUMENT_H

#include "config/arena.h"
#include "config/plant.h"

#include <yaml.h>

/* A YAML text as nodes that know their line and column. Nothing here knows what the keys mean. */

typedef const struct yaml_node_s node;

struct document;

/* Adds a problem at a node; NULL: the head of the file. */
void problems_add(struct problems *problems, node *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void problems_add_at(struct problems *problems, int line, int column, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Sorts by place; of what several aliases of one node say alike, one stays. */
void problems_sort(struct problems *problems);

/* NULL with one problem when the text is no YAML. The document is owned by the caller. */
struct document *document_parse(const char *text, size_t length, struct problems *problems);
void document_free(struct document *document);
node *document_root(const struct document *document); /* NULL when the text is empty */

bool node_is_map(node *at);
bool node_is_list(node *at);
bool node_is_empty(node *at);      /* "key:" with nothing behind it */
const char *node_scalar(node *at); /* the text as written, or NULL when it is a map or a list */
const char *node_shape(node *at);  /* "a map", "a list", "a text" */
int node_line(node *at);

struct entry {
    const char *key;
    node *key_node, *value;
};
/* The pairs of a map in their order, merge keys ("<<") resolved: a key of the map itself wins. Keys given twice and keys that are no texts are
 * problems and left out. *entries is the arena's. */
size_t document_entries(const struct document *document, node *map, struct entry **entries, struct arena *arena, struct problems *problems);
size_t document_items(const struct document *document, node *list, node ***items, struct arena *arena);

#endif
