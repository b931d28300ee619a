#ifndef GEMBA_CONFIG_DOCUMENT_H
#define GEMBA_CONFIG_DOCUMENT_H

#include "config/arena.h"
#include "config/plant.h"

/* A YAML text as nodes that know their line and column. Nothing here knows what the keys mean. */

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAP };

typedef const struct node node;
struct node {
    enum node_kind kind;
    bool plain;                 /* a scalar without quotes */
    int line, column, end_line; /* from 1 */
    size_t count;               /* bytes of the text, or nodes */
    union {
        const char *text;   /* a scalar's, with a NUL behind it */
        node *const *nodes; /* a list's items; a map's keys and values in turn */
    };
};

/* Adds a problem at a node; NULL: the head of the file. */
void problems_add(struct problems *problems, node *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void problems_add_at(struct problems *problems, int line, int column, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Sorts by place; of what several aliases of one node say alike, one stays. */
void problems_sort(struct problems *problems);

/* The nodes are the arena's; *root is NULL when the text is empty. -1 with one problem when it is no YAML. */
int document_parse(const char *text, size_t length, node **root, struct arena *arena, struct problems *problems);

bool node_is_map(node *at);
bool node_is_list(node *at);
bool node_is_empty(node *at);      /* "key:" with nothing behind it */
const char *node_scalar(node *at); /* the text as written, or NULL when it is a map or a list */
const char *node_shape(node *at);  /* "a map", "a list", "a text" */

struct entry {
    const char *key;
    node *key_node, *value;
};
/* The pairs of a map in their order, merge keys ("<<") resolved: a key of the map itself wins. Keys given twice and keys that are no texts are
 * problems and left out. *entries is the arena's. */
size_t node_entries(node *map, struct entry **entries, struct arena *arena, struct problems *problems);

#endif
