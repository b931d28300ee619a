/* Reference data: columns of CSV files, and JSON read as the YAML that it is. Names are relative to tests/reference. A missing file, key or
 * column fails the test. */
#ifndef GEMBA_TESTS_SPC_REFERENCE_H
#define GEMBA_TESTS_SPC_REFERENCE_H

#include <stddef.h>
#include <yaml.h>

/* The column with this header; the caller frees it. */
double *reference_column(const char *file, const char *header, size_t *count);

struct reference {
    yaml_document_t *document;
    yaml_node_t *node;
};
struct reference reference_open(const char *file); /* the root; the document lives as long as the process */
/* What a path of keys and positions leads to: reference_at(root, "capability/piston_two/within"). */
struct reference reference_at(struct reference from, const char *path);
int reference_has(struct reference from, const char *key);
size_t reference_count(struct reference list); /* items of a list, pairs of a map */
struct reference reference_item(struct reference list, size_t i);
const char *reference_key(struct reference map, size_t i);
const char *reference_text(struct reference scalar);
double reference_number(struct reference scalar); /* a number, also as a string; NAN for null */
double reference_number_at(struct reference from, const char *path);

/* Seeded random numbers, the same on every machine (splitmix64). */
double random_uniform(unsigned long long *seed); /* (0, 1) */
double random_normal(unsigned long long *seed);
int random_below(unsigned long long *seed, int n); /* 0 .. n - 1 */

#endif
