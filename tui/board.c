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

/* What source then points into is the caller's. */
static int with_alarms(struct board_source *source, struct alarm **alarms, struct error *err)
{
    if (board_open_alarms(source->store, alarms, &source->n_alarms, err))
        return -1;
    source->alarms = *alarms;
    return 0;
}

int board_load(const struct board_filling *filling, const struct board_source *asked, void **rows, size_t *count, struct error *err)
{
    struct board_source source = *asked;
    struct alarm *alarms = NULL;
    if (with_alarms(&source, &alarms, err))
        return -1;
    char *out = memory_zero(filling->n + 1, filling->row_size);
    int failed = 0;
    for (size_t i = 0; i < filling->n && !failed; i++)
        failed = filling->fill(&source, i, out + i * filling->row_size, err);
    free(alarms);
    if (failed) {
        free(out);
        return -1;
    }
    if (filling->order)
        qsort(out, filling->n, filling->row_size, filling->order);
    *rows = out;
    *count = filling->n;
    return 0;
}

static bool is_signal(const struct alarm *alarm)
{
    return !strcmp(alarm->kind, "signal") || !strcmp(alarm->kind, "specification");
}

void board_count_signals(const struct board_source *source, int64_t characteristic, int *open, int *new)
{
    *open = *new = 0;
    for (size_t i = 0; i < source->n_alarms; i++)
        if (source->alarms[i].characteristic == characteristic && characteristic && is_signal(&source->alarms[i])) {
            ++*open;
            *new += alarm_is_new(&source->alarms[i]);
        }
}

/* NULL: it is stable. */
static const char *unstable(const struct board_indices *indices, const struct board_source *source, const struct characteristic *characteristic)
{
    for (size_t i = 0; i < source->n_alarms; i++)
        if (source->alarms[i].characteristic == characteristic->id && !strcmp(source->alarms[i].kind, "signal"))
            return "not in control";
    return !chart_tells_control(characteristic->chart) ? "its chart does not show control" : indices->has_limits ? NULL : "no control limits yet";
}

static void judge(struct board_indices *indices, const struct characteristic *characteristic, const char *unstable)
{
    indices->requirement = capability_requirement(&indices->capability, characteristic->required_cpk, !unstable, &indices->name);
    bool within = !strcmp(indices->name, "Cpk");
    indices->index = within ? indices->capability.cpk : indices->capability.ppk;
    if (characteristic->distribution || characteristic->fitted) { /* running sums know the normal one only */
        indices->name = "Ppk";
        indices->why = "its distribution is fitted on the capability screen";
        indices->index = (struct index){NAN, NAN, NAN, NAN, indices->why};
        indices->requirement = indices->requirement == REQUIREMENT_NONE ? REQUIREMENT_NONE : REQUIREMENT_UNKNOWN;
        indices->capability = capability_without_indices(indices->capability, indices->why);
    } else if (unstable)
        indices->capability = capability_without_within(indices->capability, unstable);
    if (!*indices->why && !within)
        indices->why = unstable ? unstable : indices->capability.cpk.why ? indices->capability.cpk.why : "";
}

void board_indices(struct board_indices *indices, const struct board_source *source, const struct characteristic *characteristic)
{
    struct limits limits;
    struct standing *standing = &indices->standing;
    *indices = (struct board_indices){.standing = {.last = NAN, .quality = QUALITY_BAD_NEVER_READ}, .name = "", .why = ""};
    if (characteristic->id) {
        store_standing(source->store, characteristic->id, standing, NULL);
        bool found = characteristic->learns_parts /* those of the part that is made */
                         ? standing->limits && !store_limits(source->store, standing->limits, &limits, NULL)
                         : !store_limits_in_force(source->store, characteristic->id, &limits, NULL);
        indices->has_limits = found && limits_are_known(&limits);
        indices->limits = indices->has_limits ? limits.state : LIMITS_TRIAL;
    }
    indices->capability =
        capability_of(&standing->moments, &standing->within, characteristic_specification(characteristic), standing->below, standing->above, 0.95);
    indices->index = (struct index){NAN, NAN, NAN, NAN, "counts have no specification"};
    indices->requirement = isnan(characteristic->required_cpk) ? REQUIREMENT_NONE : REQUIREMENT_UNKNOWN;
    if (characteristic->chart->summarise)
        judge(indices, characteristic, unstable(indices, source, characteristic));
}

int board_indices_of(struct board_indices *indices, const struct board_source *asked, const struct characteristic *characteristic, struct error *err)
{
    struct board_source source = *asked;
    struct alarm *alarms = NULL;
    if (with_alarms(&source, &alarms, err))
        return -1;
    board_indices(indices, &source, characteristic);
    free(alarms);
    return 0;
}

char *board_index_words(const struct board_indices *indices, char *out, size_t size)
{
    char number[32];
    if (isnan(indices->index.value))
        snprintf(out, size, "-- ");
    else
        snprintf(out, size, "%s %s%c", indices->name,
                 text_number(indices->index.value, fabs(indices->index.value) < 10 ? 2 : 0, number, sizeof number),
                 indices->requirement == REQUIREMENT_MISSED ? '!' : ' ');
    return out;
}

const char *board_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
    return out;
}
