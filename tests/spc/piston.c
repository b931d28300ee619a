#include "tests/spc/piston.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"

struct piston piston_rings(bool unequal)
{
    static const int shortened[PISTON_SUBGROUPS] = {5, 3, 5, 5, 5, 4, 4, 5, 4, 5, 5, 5, 3, 5, 3, 5, 4, 5, 5, 3, 5, 5, 5, 5, 5};
    struct piston piston;
    size_t count;
    piston.values = reference_column("own/dist_piston_trial.csv", "x", &count);
    ck_assert_uint_eq(count, PISTON_SUBGROUPS * PISTON_SIZE);
    for (int i = 0; i < PISTON_SUBGROUPS; i++)
        piston.sizes[i] = unequal ? shortened[i] : PISTON_SIZE;
    return piston;
}

void piston_subgroups(const struct piston *piston, const struct spc_chart *chart, struct subgroup *points)
{
    for (int i = 0; i < PISTON_SUBGROUPS; i++)
        points[i] = chart->summarise(piston->values + (ptrdiff_t)PISTON_SIZE * i, piston->sizes[i], i ? &points[i - 1] : NULL);
}

struct moments piston_moments(const struct piston *piston)
{
    struct moments moments = {0};
    for (int i = 0; i < PISTON_SUBGROUPS; i++)
        for (int j = 0; j < piston->sizes[i]; j++)
            moments_add(&moments, piston->values[PISTON_SIZE * i + j]);
    return moments;
}
