#ifndef GEMBA_CONFIG_SCALAR_H
#define GEMBA_CONFIG_SCALAR_H

#include "config/draft.h"

/* One text of the file becomes one typed value of a draft, by its field. */

enum { SECTIONS_MAX = 40 };

struct reader {
    struct arena *arena, *scratch;
    struct problems *problems;
    size_t entries;                           /* read so far: aliases can make a small file large */
    const struct record *fresh[SECTIONS_MAX]; /* a draft of each section met */
    size_t n_fresh;
};

/* One value on its way into a draft. */
struct slot {
    const struct field *field;
    const char *path; /* of its record */
    char *target;
};

/* Adds "path.key: ..." at a node and returns -1. */
int scalar_wrong(struct reader *reader, const struct slot *slot, node *at, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Reads text into the slot's target; for list kinds adds it as one more item. -1 with a problem at the node. */
int scalar_read(struct reader *reader, const struct slot *slot, node *at, const char *text);
/* A whole number in decimal, nothing else; -1 when it is none. */
int scalar_integer(const char *text, int64_t *value);
/* "08:00" to minutes after midnight; -1 when it is no time of day. "24:00" only where `last` allows it. */
int scalar_clock(const char *text, bool last);

bool scalar_is_list(enum field_kind kind);
/* An empty list with room for so many items. */
void scalar_make_list(struct reader *reader, const struct slot *slot, size_t room);

#endif
