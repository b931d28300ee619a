#ifndef GEMBA_CONFIG_DRAFT_H
#define GEMBA_CONFIG_DRAFT_H

#include "config/document.h"
#include "config/schema.h"

/* A plant as the file gives it: values are typed and in range, but names are still names. Every draft begins with its record, which
 * remembers where each key was written. An enum or number that was not given and has no default is -1. */

struct record {
    const struct section *section;
    const char *name; /* in its table; NULL for a single section */
    const char *path; /* "instruments.gauge-7", for messages */
    node *name_node, *node;
    node *at[FIELDS_MAX]; /* the value of each field, NULL when not given */
    uint64_t given, bad;  /* bit i: field i was given; it was given, but is wrong, or is missing though it must be given */
};

struct records {
    char *items; /* count drafts of the section's size */
    size_t count;
    const struct section *section;
    struct record **by_name; /* the same, sorted: thousands of characteristics look for their tags */
};

struct texts {
    const char **items;
    node **nodes;
    size_t count;
};
struct numbers {
    int64_t *items;
    node **nodes;
    size_t count;
};

struct plant_draft {
    struct record record;
    const char *name, *timezone, *language;
};
struct keep_draft {
    struct record record;
    int64_t us[KEEP_CLASSES];
};
struct store_draft {
    struct record record;
    const char *path;
    struct keep_draft keep;
};
struct shift_draft {
    struct record record;
    struct shift shift;
    struct texts breaks;
};
struct link_draft {
    struct record record;
    struct link link;
};
struct tag_draft {
    struct record record;
    struct tag tag;
    struct schedule own;
    const char *address, *write_address, *order, *on_change;
    int type, byte, padding, recorded, writable;
    struct texts faults;
};
struct instrument_draft {
    struct record record;
    struct instrument instrument;
    struct schedule own; /* of its tags that have none of their own; the period is the instrument's */
    const char *link;
    struct records tags;
};
struct virtual_draft {
    struct record record;
    struct tag tag;
    struct formula formula;
    const char *value;
    int recorded;
};
struct state_draft {
    struct record record;
    const char *tag;
    struct numbers values[OEE_STATES];
};
struct machine_draft {
    struct record record;
    struct machine machine;
    struct state_draft state;
    const char *parts, *rejects;
};
struct limits_draft {
    struct record record;
    double center, sigma, within, sigma_z;
};
struct design_draft {
    struct record record;
    struct chart_settings settings;
    const char *sigma;
    int constants, z;
};
struct part_draft {
    struct record record;
    double center, sigma;
};
struct rule_set_draft {
    struct record record;
    const char *name;
    struct texts rules;
};
struct characteristic_draft {
    struct record record;
    struct characteristic characteristic;
    const char *machine, *source, *on_new, *serial, *lot, *order, *operator, * acknowledge, *chart, *rules, *by, *sample, *distribution, *stream;
    int class, counts, natural;
    struct limits_draft limits;
    struct design_draft design;
    struct records parts;
    struct texts streams;
};
struct group_draft {
    struct record record;
    struct characteristic_group group;
    struct texts characteristics;
    int chart;
};
struct report_draft {
    struct record record;
    struct report report;
    struct texts characteristics, groups;
};
struct scenario_draft {
    struct record record;
    struct scenario scenario;
    const char *of;
    int kind;
};
struct fault_draft {
    struct record record;
    struct fault fault;
    const char *of, *address;
    int kind;
};
struct simulation_draft {
    struct record record;
    double speed;
    int signals;
    struct records scenarios, faults;
};

struct file_draft {
    struct record record;
    struct plant_draft plant;
    struct store_draft store;
    struct records shifts, links, instruments, virtuals, machines, characteristics, groups, reports, rule_sets;
    struct simulation_draft simulation;
};

/* Index of a key in the record's section, which must have it. */
size_t record_index(const struct record *record, const char *key);
bool record_given(const struct record *record, const char *key);
bool record_bad(const struct record *record, const char *key);
node *record_at(const struct record *record, const char *key); /* where to point: the value, else the record's name, else NULL */
/* The i-th draft of a table, and one by name (NULL). */
void *records_item(const struct records *records, size_t i);
/* When all are read and have their names: for records_find. */
void records_index(struct records *records, struct arena *arena);
void *records_find(const struct records *records, const char *name);
/* The known name nearest to a word, or NULL. */
const char *records_nearest(const struct records *records, const char *word);

#endif
