#ifndef GEMBA_CONFIG_RESOLVE_H
#define GEMBA_CONFIG_RESOLVE_H

#include "config/draft.h"

/* From drafts to the plant: names become pointers, and what one key says is held against what others say. */
struct resolver {
    struct plant *plant;
    const struct file_draft *draft;
    struct arena *arena; /* the plant's */
    struct problems *problems;
};

/* Each builds its part of the plant from its drafts; called in the order in which parts refer to each other. */
void resolve_plant(struct resolver *resolver);
void resolve_shifts(struct resolver *resolver);
void resolve_links(struct resolver *resolver);
void resolve_instruments(struct resolver *resolver);
/* The schedules of an instrument whose tags are resolved. */
void resolve_schedules(struct resolver *resolver, const struct instrument_draft *draft, struct instrument *instrument);
/* A tag of an instrument, its table being at its final place. */
void resolve_one_tag(struct resolver *resolver, const struct tag_draft *draft, const struct instrument *instrument, struct tag *tag);
/* Which readings of a tag are stored; its deadband is in place. */
void resolve_recording(struct resolver *resolver, const struct record *record, int recorded, struct tag *tag);
/* Calculated tags, behind the instruments that they are calculated from. */
void resolve_virtuals(struct resolver *resolver);
void resolve_machines(struct resolver *resolver);
void resolve_rule_sets(struct resolver *resolver);
void resolve_characteristics(struct resolver *resolver);
/* A characteristic's chart with its settings, rules and limits; its source and specification are resolved. */
void resolve_chart(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to);
/* "'nelsen' is unknown: did you mean 'nelson'? It is one of ..." */
void resolve_unknown(struct resolver *resolver, const struct record *record, const char *key, const char *name, const char *const *names,
                     size_t count);
/* Both tags are of one instrument, or one is calculated from the other's; else a problem. NULL tags are good. */
bool resolve_together(struct resolver *resolver, const struct record *record, const char *key, const struct tag *tag, const struct tag *source);
void resolve_groups(struct resolver *resolver);
void resolve_reports(struct resolver *resolver);
void resolve_simulation(struct resolver *resolver);

/* A problem with a record's key, at its place. key NULL: with the record. */
void resolve_problem(struct resolver *resolver, const struct record *record, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The draft that the record's key names in a table ("links"), or NULL with a problem that says the nearest. NULL without one when name is NULL or
 * bad. */
void *resolve_name(struct resolver *resolver, const struct record *record, const char *key, const char *name, const struct records *table,
                   const char *table_name);
/* A characteristic of a list of names, written at `at`. */
const struct characteristic *resolve_member(struct resolver *resolver, const struct record *record, const char *name, node *at);
/* Likewise a tag by "instrument.tag". */
const struct tag *resolve_tag(struct resolver *resolver, const struct record *record, const char *key, const char *full_name);
/* A path of the file, beside plant.yaml unless it is absolute. */
const char *resolve_path(struct resolver *resolver, const char *path);

bool tag_is_integer(const struct tag *tag); /* bits ... sm32 */
bool tag_can_count(const struct tag *tag);  /* an integer, or a bit whose rise counts */
bool tag_is_numeric(const struct tag *tag); /* an integer or a float */

#endif
