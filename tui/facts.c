#include "tui/facts.h"

#include <stdlib.h>
#include <string.h>

static bool is_known(const struct facts *facts, const char *line)
{
    for (int i = 0; i < facts->n_lines; i++)
        if (!strcmp(facts->lines[i].name, line))
            return true;
    return false;
}

static void sum_lines(struct facts *facts, const struct plant *plant, const struct list *overview)
{
    const struct overview_row *rows = (const struct overview_row *)overview->rows;
    struct oee *machines = memory_zero(overview->count + 1, sizeof *machines);
    facts->n_lines = 0;
    for (size_t i = 0; i < plant->n_machines && facts->n_lines < LINES_MOST; i++) {
        const char *line = plant->machines[i].line;
        size_t n = 0;
        if (is_known(facts, line))
            continue;
        for (size_t j = 0; j < overview->count; j++)
            if (!strcmp(rows[j].line, line))
                machines[n++] = rows[j].oee;
        board_text(facts->lines[facts->n_lines].name, BOARD_NAME, line);
        facts->lines[facts->n_lines++].oee = oee_sum(machines, n).oee;
    }
    free(machines);
}

int facts_load(struct facts *facts, struct store *store, const struct plant *plant, const struct list *overview, struct error *err)
{
    struct collector_status collector;
    struct alarm *alarms = NULL;
    size_t count = 0;
    if (board_open_alarms(store, &alarms, &count, err))
        return -1;
    facts->open = (int)count;
    facts->new = 0;
    for (size_t i = 0; i < count; i++)
        facts->new += alarm_is_new(&alarms[i]);
    if (count)
        facts->newest = alarms[0];
    free(alarms);
    facts->collector_us = store_collector_status(store, &collector, NULL) ? 0 : collector.time_us;
    sum_lines(facts, plant, overview);
    return 0;
}
