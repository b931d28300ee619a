#ifndef GEMBA_CONFIG_SCHEMA_H
#define GEMBA_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

/* What plant.yaml may hold: const tables, from which the reader, its errors and the printed schema come. */

enum field_kind {
    FIELD_TEXT,     /* const char *; one of words, when there are words */
    FIELD_INTEGER,  /* int, least..most */
    FIELD_COUNT,    /* int64_t, least..most */
    FIELD_REAL,     /* double, least..most */
    FIELD_DURATION, /* int64_t us, least..most seconds */
    FIELD_SECONDS,  /* double s, least..most */
    FIELD_CLOCK,    /* int, minutes after midnight */
    FIELD_WORD,     /* int, the word's value */
    FIELD_WORDS,    /* unsigned, a list: the values or-ed */
    FIELD_TEXTS,    /* struct texts, a list */
    FIELD_NUMBERS,  /* struct numbers, a list */
    FIELD_NAMES,    /* struct value_names, a map from whole numbers to texts */
    FIELD_RECORD,   /* a draft (draft.h), by its section */
    FIELD_TABLE,    /* struct records: names -> drafts */
};

struct word {
    const char *name; /* NULL ends a table */
    int value;
};

struct field {
    const char *key;
    enum field_kind kind;
    size_t offset;
    const char *standard; /* the default, as it would be written; NULL: none, the target keeps what the section's fresh draft has */
    double least, most;
    const struct word *words;
    const struct section *section;
    bool required;
    const char *example, *help;
};

enum { FIELDS_MAX = 48 }; /* as many as a record has bits for */

struct section {
    const char *example_name;   /* of a record in a table */
    const struct field *fields; /* at most FIELDS_MAX; ended by key NULL */
    size_t size;                /* of its draft */
};

/* The field of that key; NULL: there is none. */
const struct field *section_field(const struct section *section, const char *key);

extern const struct section schema_file; /* the whole of plant.yaml */
extern const struct word schema_areas[], schema_types[], schema_periods[], schema_faults[];

const char *word_name(const struct word *words, int value); /* "?" when there is none */
/* The row of name, else NULL with *nearest set (or NULL). */
const struct word *word_find(const struct word *words, const char *name, const char **nearest);
/* "pdf, csv or text" into out. */
char *word_list(const struct word *words, char *out, size_t size);

#endif
