/* The checked model of plant.yaml. Everything is owned by the plant and lives until plant_free; references are pointers inside it.
 * `id` fields are the store's stable ids, 0 until the store has identified the plant (storage/store.h). */
#ifndef GEMBA_CONFIG_PLANT_H
#define GEMBA_CONFIG_PLANT_H

#include "config/simulation.h"

enum { SHIFT_BREAKS = 8 };

struct shift {
    const char *name;
    int start_min, end_min; /* minutes after local midnight; end <= start: ends the next day */
    unsigned days;          /* bit 0 = Monday ... 6 = Sunday, of the day it starts on */
    struct {
        int from_min, to_min;
    } breaks[SHIFT_BREAKS];
    int n_breaks;
};

/* What the store lets go of when it is old (`gemba retain`). */
enum keep_class {
    KEEP_READINGS, /* what polls brought */
    KEEP_VALUES,   /* single measurements */
    KEEP_EVENTS,   /* the plant's log */
    KEEP_COUNTS,   /* parts and rejects by the minute */
    KEEP_CLASSES,
};

struct plant {
    const char *file; /* as opened */
    const char *text; /* the whole file, for the store's config revisions */
    const char *name, *timezone, *language;
    const char *store_path;        /* resolved beside the config file */
    int64_t keep_us[KEEP_CLASSES]; /* 0: for ever */
    bool simulated;                /* has a simulation section */
    double simulation_speed;       /* plant seconds per second; 1 by default */
    bool simulation_marked;        /* tags that nothing drives hold a mark of unit, address and request instead of believable values */
    struct shift *shifts;
    size_t n_shifts;
    struct link *links;
    size_t n_links;
    struct instrument *instruments;
    size_t n_instruments;
    struct machine *machines;
    size_t n_machines;
    struct characteristic *characteristics;
    size_t n_characteristics;
    struct characteristic_group *groups;
    size_t n_groups;
    struct report *reports;
    size_t n_reports;
    struct spc_rule_set *rule_sets; /* the plant's own */
    size_t n_rule_sets;
    struct scenario *scenarios;
    size_t n_scenarios;
    struct fault *faults;
    size_t n_faults;
    void *arena; /* private */
};

/* Everything that is wrong with a file, in the order of its lines. */
struct problem {
    int line, column;
    char *text; /* what is wrong, and what would be right */
};
struct problems {
    struct problem *items;
    size_t count, room;
};
void problems_free(struct problems *problems);

/* Reads and checks a file. Returns the plant, owned by the caller, or NULL with at least one problem (a file that cannot be read is one
 * problem at line 0). Also sets the process's time zone to the plant's. */
struct plant *plant_load(const char *path, struct problems *problems);
void plant_free(struct plant *plant);

/* What commands call: finds the file (path, else $GEMBA_CONFIG, ./plant.yaml, /etc/gemba/plant.yaml), loads it, and prints each problem to
 * standard error as "file:line:column: text". NULL when there were any. In a simulated plant it sets the clock: from GEMBA_CLOCK, else from now on at
 * the plant's speed. */
struct plant *plant_open(const char *path);

/* Prints every section and key with type, unit, default and help, as a commented example plant.yaml (generated from the schema). */
void plant_print_schema(void);
/* Likewise, as a section of the manual page. */
void plant_print_manual(void);

/* By name; NULL when absent. */
const struct characteristic *plant_characteristic(const struct plant *plant, const char *name);
const struct characteristic_group *plant_group(const struct plant *plant, const char *name);
const struct machine *plant_machine(const struct plant *plant, const char *name);
const struct tag *plant_tag(const struct plant *plant, const char *full_name);
/* A named set, or one of the plant's own. */
const struct spc_rule_set *plant_rule_set(const struct plant *plant, const char *id);
/* What indices are made from: without its natural bounds. */
struct specification characteristic_specification(const struct characteristic *characteristic);
/* The name of a characteristic or tag that may have been meant, or NULL. */
const char *plant_nearest_characteristic(const struct plant *plant, const char *word);
const char *plant_nearest_tag(const struct plant *plant, const char *word);

/* Names for show, check and the schema: "holding", "f32". */
const char *area_name(enum area area);
const char *keep_class_name(enum keep_class class);
const char *fault_kind_name(enum fault_kind kind);
const char *tag_type_name(enum tag_type type);
/* "CDAB", "GHEFCDAB"; "" of a type without one. */
const char *tag_order_name(const struct tag *tag);
/* "idle", or NULL when the value has no name. */
const char *tag_value_name(const struct tag *tag, double value);

#endif
