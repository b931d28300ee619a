#include "acquisition/sim_floor.h"

#include "acquisition/codec.h"
#include "acquisition/sim_random.h"
#include "acquisition/sim_scenario.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double own_rhythm_s = 5, unknown_cycle_s = 5, mean_run_s = 600, scrap_share = 0.004;

/* What interrupts a running machine, how often among interruptions, and for how long on average. */
static const struct {
    enum oee_state state;
    double share, mean_s;
} stops[] = {{OEE_IDLE, 0.45, 45}, {OEE_BLOCKED, 0.2, 60}, {OEE_SETUP, 0.15, 180}, {OEE_FAULT, 0.2, 150}};
enum { STOPS = sizeof stops / sizeof stops[0] };

struct counter {
    const struct tag *tag;
    int64_t count, modulus; /* 0: never rolls over; 1: a bit that rises with each part */
};

struct value {
    const struct characteristic *characteristic;
    double center, sigma;
    int64_t count; /* where it goes on counting */
};

struct cell {
    const struct machine *machine;       /* or NULL */
    const struct instrument *instrument; /* of a cell without machine */
    struct sim_random random;
    struct value *values;
    size_t n_values, room_values;
    size_t *counters; /* places in the floor's list, each moved on by a part */
    size_t n_counters, room_counters;
    const struct tag **serials;
    size_t n_serials, room_serials;
    double cycle_s;
    int64_t next_us, until_us; /* of the next thing to do; of the present state */
    enum oee_state state;
    int64_t part;
    bool risen; /* its bits stand at 1 since the last part */
};

struct sim_floor {
    const struct plant *plant;
    struct sim_banks *banks;
    int64_t start_us, next_us;
    struct cell *cells;
    size_t n_cells;
    struct counter *counters;
    size_t n_counters, room_counters;
    int64_t *played; /* of each scenario */
};

/* Mean and standard deviation of a characteristic when all is well: the locked ones, else what its specification suggests. */
static void usual(const struct characteristic *c, double *center, double *sigma)
{
    bool lower = !isnan(c->lsl), upper = !isnan(c->usl);
    double aim = !isnan(c->target) ? c->target : c->nominal;
    if (isnan(aim) && lower && upper)
        aim = (c->lsl + c->usl) / 2;
    if (lower && upper)
        *sigma = (c->usl - c->lsl) / (6 * 1.5);
    else if ((lower || upper) && !isnan(aim) && aim != (upper ? c->usl : c->lsl))
        *sigma = fabs((upper ? c->usl : c->lsl) - aim) / 4.5;
    else if (lower || upper) { /* a roughness, a strength: well inside its only limit */
        double limit = upper ? c->usl : c->lsl;
        *sigma = limit != 0 ? fabs(limit) * 0.08 : 0.1;
        aim = limit + (upper ? -4.5 : 4.5) * *sigma;
    } else {
        aim = isnan(aim) ? 100 : aim;
        *sigma = aim != 0 ? fabs(aim) * 0.01 : 0.1;
    }
    *center = aim;
    if (!isnan(c->locked_center) && !isnan(c->locked_sigma)) {
        *center = c->locked_center;
        *sigma = c->locked_sigma;
    }
    if (c->n_parts) {
        *center = c->settings.parts[0].center;
        *sigma = c->settings.parts[0].sigma;
    }
}

/* --- the cells of a plant */

static void add_counter(struct sim_floor *floor, struct cell *cell, const struct tag *tag, int64_t modulus, double least, double most)
{
    size_t at = 0;
    while (at < floor->n_counters && floor->counters[at].tag != tag)
        at++;
    if (at == floor->n_counters) {
        memory_grow((void **)&floor->counters, &floor->room_counters, floor->n_counters, sizeof *floor->counters);
        int64_t first = (int64_t)(least + (most - least) * sim_random_uniform(&cell->random));
        floor->counters[floor->n_counters++] = (struct counter){tag, first, modulus ? modulus : codec_modulus(tag)};
    }
    for (size_t i = 0; i < cell->n_counters; i++)
        if (cell->counters[i] == at)
            return;
    memory_grow((void **)&cell->counters, &cell->room_counters, cell->n_counters, sizeof *cell->counters);
    cell->counters[cell->n_counters++] = at;
}

static void add_serial(struct cell *cell, const struct tag *tag)
{
    for (size_t i = 0; i < cell->n_serials; i++)
        if (cell->serials[i] == tag)
            return;
    memory_grow((void **)&cell->serials, &cell->room_serials, cell->n_serials, sizeof *cell->serials);
    cell->serials[cell->n_serials++] = tag;
}

static void add_value(struct sim_floor *floor, struct cell *cell, const struct characteristic *characteristic)
{
    memory_grow((void **)&cell->values, &cell->room_values, cell->n_values, sizeof *cell->values);
    struct value *value = &cell->values[cell->n_values++];
    value->characteristic = characteristic;
    *value = (struct value){.characteristic = characteristic};
    usual(characteristic, &value->center, &value->sigma);
    if (characteristic->size && (characteristic->running || chart_is_event(characteristic->chart)))
        add_counter(floor, cell, characteristic->size, 0, 0, 900);
    if (characteristic->on_new)
        add_counter(floor, cell, characteristic->on_new, 0, 0, 900);
    if (characteristic->serial)
        add_serial(cell, characteristic->serial);
}

static void add_cell(struct sim_floor *floor, const struct machine *machine, const struct instrument *instrument, uint64_t seed)
{
    struct cell *cell = &floor->cells[floor->n_cells++];
    cell->machine = machine;
    cell->instrument = instrument;
    sim_random_seed(&cell->random, seed, machine ? machine->name : instrument->name);
    cell->cycle_s = !machine ? own_rhythm_s : isnan(machine->ideal_cycle_s) ? unknown_cycle_s : machine->ideal_cycle_s;
    cell->part = (int64_t)(1000 + 4000 * sim_random_uniform(&cell->random));
    if (machine && machine->parts)
        add_counter(floor, cell, machine->parts, machine->counter_modulus, 2000, 20000);
    for (size_t i = 0; i < floor->plant->n_characteristics; i++) {
        const struct characteristic *c = &floor->plant->characteristics[i];
        if (c->machine == machine && (machine || c->source->instrument == instrument))
            add_value(floor, cell, c);
    }
    if (machine && machine->rejects)
        add_counter(floor, cell, machine->rejects, machine->counter_modulus, 10, 200);
    if (!machine && !cell->n_values)
        floor->n_cells--;
}

/* --- a part */

static void write_counter(struct sim_floor *floor, struct counter *counter, int64_t count)
{
    if (counter->modulus > 1)
        count %= counter->modulus;
    else if (counter->modulus == 1)
        count = count != 0;
    const struct tag *tag = counter->tag;
    sim_bank_write(floor->banks, tag, (double)count * tag->scale + tag->offset, NULL);
}

/* The part's own digits are never cut: a short field loses the part number's letters first. */
static void write_serial(struct sim_floor *floor, const struct cell *cell, const struct tag *tag)
{
    const char *part = cell->n_values ? cell->values[0].characteristic->part : NULL;
    char digits[24], text[READING_TEXT];
    snprintf(digits, sizeof digits, "%06lld", (long long)(cell->part % 1000000));
    int length = tag->length < (int)sizeof text - 1 ? tag->length : (int)sizeof text - 1;
    int letters = length - (int)strlen(digits) - 1;
    if (part && letters > 0)
        snprintf(text, sizeof text, "%.*s-%s", letters, part, digits);
    else
        snprintf(text, sizeof text, "%s", digits + (length < 6 ? 6 - length : 0));
    sim_bank_write(floor->banks, tag, NAN, text);
}

/* Two in a hundred, unless the chart of it is locked elsewhere; more while something is wrong. A machine's own counters count by themselves. */
static void count(struct sim_floor *floor, struct cell *cell, struct value *value, const struct sim_effect *effect)
{
    enum { SAMPLE = 200 };
    const struct characteristic *c = value->characteristic;
    const struct machine *m = c->machine;
    double share = (isnan(c->locked_center) || c->locked_center > 1 ? 0.02 : c->locked_center) * fmax(1, fabs(effect->offset)) * effect->spread;
    if (m && (c->source == m->rejects || c->source == m->parts))
        return;
    if (c->running || chart_is_event(c->chart)) {
        value->count += sim_random_uniform(&cell->random) < share;
        sim_bank_write(floor->banks, c->source, (double)value->count, NULL);
        return;
    }
    int found = 0;
    for (int i = 0; i < SAMPLE; i++)
        found += sim_random_uniform(&cell->random) < share;
    sim_bank_write(floor->banks, c->source, found, NULL);
    if (c->size)
        sim_bank_write(floor->banks, c->size, SAMPLE, NULL);
}

/* Whose the next value is: the streams take turns, part by part. */
static void write_stream(struct sim_floor *floor, const struct cell *cell, const struct characteristic *c)
{
    const char *name = c->streams[cell->part % c->n_streams];
    double number = strtod(name, NULL);
    for (size_t i = 0; i < c->stream->names.count; i++)
        if (!strcmp(c->stream->names.items[i].name, name))
            number = (double)c->stream->names.items[i].value;
    sim_bank_write(floor->banks, c->stream, number, name);
}

/* One value of a part, or of each stream that has a tag of its own. Returns whether all are within the specification. */
static bool measure_value(struct sim_floor *floor, struct cell *cell, const struct value *value, const struct sim_effect *effect)
{
    const struct characteristic *c = value->characteristic;
    int count = c->stream_tags ? c->n_streams : 1;
    bool good = true;
    for (int s = 0; s < count; s++) {
        double result = value->center + value->sigma * (effect->offset + effect->spread * sim_random_normal(&cell->random));
        good = good && !(result < c->lsl) && !(result > c->usl);
        if (!effect->stuck)
            sim_bank_write(floor->banks, c->stream_tags ? c->stream_tags[s] : c->source, result, NULL);
    }
    if (c->stream)
        write_stream(floor, cell, c);
    return good;
}

static bool measure(struct sim_floor *floor, struct cell *cell, int64_t time_us)
{
    bool good = true;
    for (size_t i = 0; i < cell->n_values; i++) {
        struct value *value = &cell->values[i];
        const struct characteristic *c = value->characteristic;
        struct sim_effect effect = sim_scenario_effect(floor->plant, c, time_us - floor->start_us, floor->played);
        if (!c->chart->summarise) {
            count(floor, cell, value, &effect);
            continue;
        }
        good = measure_value(floor, cell, value, &effect) && good;
    }
    for (size_t i = 0; i < cell->n_serials; i++)
        write_serial(floor, cell, cell->serials[i]);
    return good;
}

static void make_part(struct sim_floor *floor, struct cell *cell, int64_t time_us)
{
    cell->part++;
    bool good = measure(floor, cell, time_us) && sim_random_uniform(&cell->random) >= scrap_share;
    for (size_t i = 0; i < cell->n_counters; i++) {
        struct counter *counter = &floor->counters[cell->counters[i]];
        bool counts = !cell->machine || counter->tag != cell->machine->rejects || !good;
        counter->count += counts;
        cell->risen = cell->risen || (counts && counter->modulus == 1);
        write_counter(floor, counter, counter->count);
    }
}

/* Handshake bits fall between two parts, so that the next one can rise. */
static void drop_bits(struct sim_floor *floor, struct cell *cell)
{
    for (size_t i = 0; i < cell->n_counters; i++) {
        struct counter *counter = &floor->counters[cell->counters[i]];
        if (counter->modulus == 1)
            write_counter(floor, counter, 0);
    }
    cell->risen = false;
}

/* --- a machine's day */

static bool knows_state(const struct machine *machine, enum oee_state state)
{
    for (int i = 0; machine && i < machine->n_states; i++)
        if (machine->states[i].state == state)
            return true;
    return false;
}

static void enter(struct sim_floor *floor, struct cell *cell, enum oee_state state)
{
    cell->state = state;
    const struct machine *machine = cell->machine;
    if (!machine || !machine->state)
        return;
    for (int i = 0; i < machine->n_states; i++)
        if (machine->states[i].state == state) {
            sim_bank_write(floor->banks, machine->state, (double)machine->states[i].value, NULL);
            return;
        }
}

static int64_t soon(struct cell *cell, int64_t time_us, double mean_s)
{
    return time_us + (int64_t)(sim_random_exponential(&cell->random, mean_s) * (double)SECOND_US);
}

/* One of the states that the plant can tell apart; a machine without a state word just pauses. */
static void interrupt(struct sim_floor *floor, struct cell *cell, int64_t time_us)
{
    double shares = 0;
    for (int i = 0; i < STOPS; i++)
        shares += knows_state(cell->machine, stops[i].state) ? stops[i].share : 0;
    double draw = shares * sim_random_uniform(&cell->random);
    int chosen = 0;
    for (int i = 0; i < STOPS && shares > 0; i++) {
        if (!knows_state(cell->machine, stops[i].state))
            continue;
        chosen = i;
        if ((draw -= stops[i].share) < 0)
            break;
    }
    cell->until_us = soon(cell, time_us, stops[chosen].mean_s);
    enter(floor, cell, stops[chosen].state);
}

static int64_t cycle_us(struct cell *cell)
{
    double late = cell->machine ? 0.02 + 0.03 * fabs(sim_random_normal(&cell->random)) : 0;
    return (int64_t)(cell->cycle_s * (1 + late) * (double)SECOND_US);
}

static void step_machine(struct sim_floor *floor, struct cell *cell, int64_t time_us)
{
    if (sim_scenario_stops(floor->plant, cell->machine, time_us - floor->start_us)) {
        cell->until_us = time_us;
        cell->next_us = time_us + SECOND_US;
        if (cell->state != OEE_FAULT)
            enter(floor, cell, OEE_FAULT);
    } else if (cell->state != OEE_RUNNING && time_us < cell->until_us) {
        cell->next_us = time_us + SECOND_US;
    } else if (cell->state != OEE_RUNNING) {
        enter(floor, cell, OEE_RUNNING);
        cell->until_us = soon(cell, time_us, mean_run_s);
        cell->next_us = time_us + cycle_us(cell);
    } else {
        make_part(floor, cell, time_us);
        cell->next_us = time_us + cycle_us(cell);
        if (time_us >= cell->until_us)
            interrupt(floor, cell, time_us);
    }
}

static void step(struct sim_floor *floor, struct cell *cell)
{
    int64_t time_us = cell->next_us;
    if (cell->risen) {
        drop_bits(floor, cell);
        cell->next_us = time_us + (int64_t)(cell->cycle_s / 2 * (double)SECOND_US);
    } else if (cell->machine) {
        step_machine(floor, cell, time_us);
    } else {
        make_part(floor, cell, time_us);
        cell->next_us = time_us + cycle_us(cell);
    }
    if (cell->risen)
        cell->next_us = time_us + (int64_t)(cell->cycle_s / 2 * (double)SECOND_US);
}

static void mute(struct sim_floor *floor, int64_t now_us)
{
    for (size_t i = 0; i < floor->plant->n_scenarios; i++) {
        const struct scenario *scenario = &floor->plant->scenarios[i];
        if (scenario->kind == SCENARIO_SILENCE)
            sim_bank_of(floor->banks, scenario->instrument)->mute =
                sim_scenario_silences(floor->plant, scenario->instrument, now_us - floor->start_us);
    }
}

void sim_floor_advance(struct sim_floor *floor, int64_t now_us)
{
    mute(floor, now_us);
    while (floor->n_cells && floor->next_us <= now_us) {
        struct cell *first = &floor->cells[0];
        for (size_t i = 1; i < floor->n_cells; i++)
            if (floor->cells[i].next_us < first->next_us)
                first = &floor->cells[i];
        floor->next_us = first->next_us;
        if (first->next_us <= now_us)
            step(floor, first);
    }
}

/* What was measured last before anybody looked. */
static void begin(struct sim_floor *floor, struct cell *cell)
{
    measure(floor, cell, floor->start_us - 1);
    for (size_t i = 0; i < cell->n_counters; i++) {
        struct counter *counter = &floor->counters[cell->counters[i]];
        write_counter(floor, counter, counter->modulus == 1 ? 0 : counter->count);
    }
    enter(floor, cell, OEE_RUNNING);
    cell->until_us = soon(cell, floor->start_us, mean_run_s);
    cell->next_us = floor->start_us + (int64_t)(cell->cycle_s * sim_random_uniform(&cell->random) * (double)SECOND_US);
}

struct sim_floor *sim_floor_create(const struct plant *plant, struct sim_banks *banks, uint64_t seed, int64_t start_us)
{
    struct sim_floor *floor = memory_zero(1, sizeof *floor);
    floor->plant = plant;
    floor->banks = banks;
    floor->start_us = start_us;
    floor->next_us = INT64_MIN;
    floor->played = memory_zero(plant->n_scenarios + 1, sizeof *floor->played);
    floor->cells = memory_zero(plant->n_machines + plant->n_instruments + 1, sizeof *floor->cells);
    for (size_t i = 0; i < plant->n_machines; i++)
        add_cell(floor, &plant->machines[i], NULL, seed);
    for (size_t i = 0; i < plant->n_instruments; i++)
        add_cell(floor, NULL, &plant->instruments[i], seed);
    for (size_t i = 0; i < floor->n_cells; i++)
        begin(floor, &floor->cells[i]);
    return floor;
}

void sim_floor_free(struct sim_floor *floor)
{
    if (!floor)
        return;
    for (size_t i = 0; i < floor->n_cells; i++) {
        free(floor->cells[i].values);
        free(floor->cells[i].counters);
        free(floor->cells[i].serials);
    }
    free(floor->cells);
    free(floor->counters);
    free(floor->played);
    free(floor);
}
