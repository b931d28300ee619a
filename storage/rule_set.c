/* Rule sets by what a basis says of them. */
#include "storage/private.h"

#include <stdlib.h>
#include <string.h>

static const struct spc_rule_set *own_set(struct store *store, const char *text)
{
    for (size_t i = 0; i < store->n_rule_sets; i++)
        if (!strcmp(store->rule_sets[i].text, text))
            return store->rule_sets[i].set;
    struct rule_set_text kept = {memory_text(text), memory_text(text), memory_zero(1, sizeof *kept.set)};
    if (rule_set_read(kept.set, kept.cut)) {
        free(kept.text);
        free(kept.cut);
        free(kept.set);
        return NULL;
    }
    memory_grow((void **)&store->rule_sets, &store->rule_sets_room, store->n_rule_sets, sizeof *store->rule_sets);
    store->rule_sets[store->n_rule_sets++] = kept;
    return kept.set;
}

const struct spc_rule_set *rule_set_of(struct store *store, const struct spc_chart *chart, const char *text)
{
    const struct spc_rule_set *named = spc_rule_set_find(text), *charts = chart ? chart_rules(chart, NULL) : NULL;
    if (named)
        return named;
    if (charts && !strcmp(charts->id, text))
        return charts;
    return strchr(text, ':') ? own_set(store, text) : NULL;
}

void rule_sets_free(struct store *store)
{
    for (size_t i = 0; i < store->n_rule_sets; i++) {
        free(store->rule_sets[i].text);
        free(store->rule_sets[i].cut);
        free(store->rule_sets[i].set);
    }
    free(store->rule_sets);
}
