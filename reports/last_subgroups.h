#ifndef GEMBA_REPORTS_LAST_SUBGROUPS_H
#define GEMBA_REPORTS_LAST_SUBGROUPS_H

#include <stddef.h>
#include <stdint.h>

/* The newest subgroups and where their values lie, oldest first: what the six-pack's plot of single values shows. Zero-initialised is empty. */
enum { LAST_SUBGROUPS = 25 };
struct last_subgroup {
    int64_t number; /* of the point */
    size_t first;   /* its values are values[first] ... */
    size_t n;
};
struct last_subgroups {
    struct last_subgroup of[LAST_SUBGROUPS];
    int count;
};

/* The oldest gives way; one without values is not added. */
void last_subgroups_add(struct last_subgroups *last, int64_t number, size_t first, size_t n);

#endif
