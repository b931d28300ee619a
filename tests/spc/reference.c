#include "tests/spc/reference.h"

#include "tests/harness.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_file(const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "tests/reference/%s", name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "cannot open %s: run the tests in the project's root directory", path);
    return file;
}

/* The place of header in a comma-separated line, or -1. */
static int column_of(char *line, const char *header)
{
    char *rest = line;
    for (int place = 0; rest; place++) {
        char *word = strsep(&rest, ",\r\n");
        if (!strcmp(word, header))
            return place;
    }
    return -1;
}

static double field_of(char *line, int place)
{
    char *rest = line, *word = line;
    for (int i = 0; i <= place; i++)
        word = strsep(&rest, ",\r\n");
    ck_assert_ptr_nonnull(word);
    return strtod(word, NULL);
}

double *reference_column(const char *name, const char *header, size_t *count)
{
    enum { ROOM = 6000 };
    char line[2000];
    FILE *file = open_file(name);
    double *values = calloc(ROOM, sizeof *values);
    ck_assert_ptr_nonnull(values);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    int place = column_of(line, header);
    ck_assert_msg(place >= 0, "%s has no column %s", name, header);
    for (*count = 0; fgets(line, sizeof line, file); ++*count) {
        ck_assert_uint_lt(*count, ROOM);
        values[*count] = field_of(line, place);
    }
    fclose(file);
    ck_assert_uint_gt(*count, 0);
    return values;
}

struct reference reference_open(const char *name)
{
    static yaml_document_t documents[8];
    static int used;
    ck_assert_int_lt(used, 8);
    yaml_document_t *document = &documents[used++];
    yaml_parser_t parser;
    FILE *file = open_file(name);
    ck_assert(yaml_parser_initialize(&parser));
    yaml_parser_set_input_file(&parser, file);
    ck_assert_msg(yaml_parser_load(&parser, document), "%s:%zu: %s", name, parser.problem_mark.line + 1, parser.problem);
    yaml_parser_delete(&parser);
    fclose(file);
    return (struct reference){document, yaml_document_get_root_node(document)};
}

static yaml_node_t *child(struct reference from, const char *key, size_t length)
{
    if (from.node->type == YAML_SEQUENCE_NODE)
        return reference_item(from, strtoul(key, NULL, 10)).node;
    ck_assert_int_eq(from.node->type, YAML_MAPPING_NODE);
    for (yaml_node_pair_t *pair = from.node->data.mapping.pairs.start; pair < from.node->data.mapping.pairs.top; pair++) {
        yaml_node_t *name = yaml_document_get_node(from.document, pair->key);
        if (name->data.scalar.length == length && !memcmp(name->data.scalar.value, key, length))
            return yaml_document_get_node(from.document, pair->value);
    }
    return NULL;
}

struct reference reference_at(struct reference from, const char *path)
{
    for (const char *key = path; *key;) {
        size_t length = strcspn(key, "/");
        from.node = child(from, key, length);
        ck_assert_msg(from.node != NULL, "no %.*s in %s", (int)length, key, path);
        key += length + (key[length] == '/');
    }
    return from;
}

int reference_has(struct reference from, const char *key)
{
    return child(from, key, strlen(key)) != NULL;
}

size_t reference_count(struct reference list)
{
    if (list.node->type == YAML_SEQUENCE_NODE)
        return (size_t)(list.node->data.sequence.items.top - list.node->data.sequence.items.start);
    ck_assert_int_eq(list.node->type, YAML_MAPPING_NODE);
    return (size_t)(list.node->data.mapping.pairs.top - list.node->data.mapping.pairs.start);
}

struct reference reference_item(struct reference list, size_t i)
{
    ck_assert_uint_lt(i, reference_count(list));
    int id = list.node->type == YAML_SEQUENCE_NODE ? list.node->data.sequence.items.start[i] : list.node->data.mapping.pairs.start[i].value;
    return (struct reference){list.document, yaml_document_get_node(list.document, id)};
}

const char *reference_key(struct reference map, size_t i)
{
    ck_assert_uint_lt(i, reference_count(map));
    return (const char *)yaml_document_get_node(map.document, map.node->data.mapping.pairs.start[i].key)->data.scalar.value;
}

const char *reference_text(struct reference scalar)
{
    ck_assert_int_eq(scalar.node->type, YAML_SCALAR_NODE);
    return (const char *)scalar.node->data.scalar.value;
}

double reference_number(struct reference scalar)
{
    const char *text = reference_text(scalar);
    if (!strcmp(text, "null"))
        return NAN;
    char *end;
    double value = strtod(text, &end);
    ck_assert_msg(end != text && !*end, "'%s' is not a number", text);
    return value;
}

double reference_number_at(struct reference from, const char *path)
{
    return reference_number(reference_at(from, path));
}

static uint64_t random_bits(unsigned long long *seed)
{
    uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double random_uniform(unsigned long long *seed)
{
    return ((double)(random_bits(seed) >> 11) + 0.5) * 0x1p-53;
}

double random_normal(unsigned long long *seed)
{
    double radius = sqrt(-2 * log(random_uniform(seed)));
    return radius * cos(2 * M_PI * random_uniform(seed));
}

int random_below(unsigned long long *seed, int n)
{
    return (int)(random_bits(seed) % (uint64_t)n);
}
