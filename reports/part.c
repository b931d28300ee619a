#include "reports/part.h"

#include <stdio.h>

const struct characteristic *part_characteristic(const struct plant *plant, int64_t id)
{
    for (size_t i = 0; i < plant->n_characteristics; i++)
        if (plant->characteristics[i].id == id)
            return &plant->characteristics[i];
    return NULL;
}

int part_context(struct store *store, const struct plant *plant, const struct measurement *measurement, struct context *context, struct error *err)
{
    if (store_context(store, measurement->context, context, err))
        return -1;
    const struct characteristic *c = measurement->context ? NULL : part_characteristic(plant, measurement->characteristic);
    if (c)
        snprintf(context->gauge, sizeof context->gauge, "%s", c->source->instrument->name);
    return 0;
}
