#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN_MOST = 1000 };

int64_t board_answer_us(struct store *store, const struct instrument *instrument)
{
    struct link_status status;
    int64_t newest_us = 0;
    if (!instrument || !instrument->id)
        return 0;
    if (!store_link_status(store, instrument->id, &status, NULL))
        return status.last_answer_us;
    struct reading *readings = memory_zero(instrument->n_tags + 1, sizeof *readings);
    if (store_latest(store, instrument, readings, &newest_us, NULL))
        newest_us = 0;
    bool good = false;
    for (size_t i = 0; i < instrument->n_tags; i++)
        good |= quality_is_good(readings[i].quality);
    free(readings);
    return good ? newest_us : 0;
}

bool board_machine_is_stale(const struct board_source *source, const struct machine *machine, int64_t *data_us)
{
    const struct tag *tag = machine->state ? machine->state : machine->parts;
    *data_us = tag ? board_answer_us(source->store, tag->instrument) : 0;
    return tag && store_is_stale(*data_us, tag->instrument->every_us, source->now_us);
}

bool board_characteristic_is_stale(const struct board_source *source, const struct characteristic *characteristic, int64_t time_us)
{
    const struct instrument *instrument = characteristic->source->instrument;
    if (!time_us)
        return true;
    if (characteristic->on_new)
        return store_is_stale(board_answer_us(source->store, instrument), instrument->every_us, source->now_us);
    return store_is_stale(time_us, characteristic->every_us ? characteristic->every_us : instrument->every_us, source->now_us);
}

int board_open_alarms(struct store *store, struct alarm **alarms, size_t *count, struct error *err)
{
    return store_alarms(store, true, OPEN_MOST, alarms, count, err);
}

static bool is_signal(const struct alarm *alarm)
{
    return !strcmp(alarm->kind, "signal") || !strcmp(alarm->kind, "specification");
}

void board_count_signals(const struct alarm *alarms, size_t count, int64_t characteristic, int *open, int *new)
{
    *open = *new = 0;
    for (size_t i = 0; i < count; i++)
        if (alarms[i].characteristic == characteristic && characteristic && is_signal(&alarms[i])) {
            ++*open;
            *new += alarm_is_new(&alarms[i]);
        }
}

bool board_capability(struct store *store, const struct characteristic *characteristic, struct standing *standing, struct capability *capability)
{
    *standing = (struct standing){.last = NAN, .quality = QUALITY_BAD_NEVER_READ};
    struct specification specification = characteristic_specification(characteristic);
    bool known = characteristic->id && !store_standing(store, characteristic->id, standing, NULL);
    *capability = capability_of(&standing->moments, &standing->within, specification, standing->below, standing->above, 0.95);
    return known;
}

enum requirement board_requirement(const struct characteristic *characteristic, const struct capability *capability, const struct alarm *alarms,
                                   size_t count, const char **used)
{
    bool stable = chart_tells_control(characteristic->chart);
    for (size_t i = 0; i < count; i++)
        stable &= alarms[i].characteristic != characteristic->id || strcmp(alarms[i].kind, "signal");
    enum requirement requirement = capability_requirement(capability, characteristic->required_cpk, stable, used);
    if (!characteristic->distribution && !characteristic->fitted)
        return requirement;
    *used = "Ppk"; /* of the fitted distribution, which running sums do not know: the capability screen and reports fit it */
    return requirement == REQUIREMENT_NONE ? REQUIREMENT_NONE : REQUIREMENT_UNKNOWN;
}

const char *board_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
    return out;
}

void board_number(struct cell *cell, double number, int decimals)
{
    cell->number = number;
    cell->decimals = decimals;
}

void board_rules(struct cell *cell, uint32_t fired)
{
    cell->text[0] = 0;
    for (int rule = 1; rule <= RULES_MAX; rule++)
        if (fired >> (rule - 1) & 1)
            snprintf(cell->text + strlen(cell->text), sizeof cell->text - strlen(cell->text), "%s%d", cell->text[0] ? " " : "", rule);
}
