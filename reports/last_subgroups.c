#include "reports/last_subgroups.h"

#include <string.h>

void last_subgroups_add(struct last_subgroups *last, int64_t number, size_t first, size_t n)
{
    if (n == 0)
        return;
    if (last->count == LAST_SUBGROUPS)
        memmove(last->of, last->of + 1, sizeof last->of[0] * (size_t)--last->count);
    last->of[last->count++] = (struct last_subgroup){number, first, n};
}
