/* The piston-ring trial: 25 subgroups of 5, and the same with some subgroups cut short (Montgomery 2009, table 6.4). */
#ifndef GEMBA_TESTS_SPC_PISTON_H
#define GEMBA_TESTS_SPC_PISTON_H

#include "spc/spc.h"

enum { PISTON_SUBGROUPS = 25, PISTON_SIZE = 5 };

struct piston {
    double *values; /* subgroup i: values + 5 i, of which sizes[i] count */
    int sizes[PISTON_SUBGROUPS];
};
struct piston piston_rings(bool unequal);
void piston_subgroups(const struct piston *piston, const struct spc_chart *chart, struct subgroup *points);
struct moments piston_moments(const struct piston *piston);

#endif
