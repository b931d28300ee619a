#include "acquisition/sim_signal.h"

#include "acquisition/sim_random.h"
#include "storage/storage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIGNAL_WORDS = 4 /* of the longest number */, NARROW = 16 /* values */ };

struct signal {
    const struct sim_bank *bank;
    const struct tag *tag;
    int64_t next_us;
};

struct sim_signals {
    const struct plant *plant;
    struct sim_banks *banks;
    struct signal *items; /* those of one bank side by side */
    size_t count;
};

static const struct {
    const char *unit;
    double middle, swing;
} usual[] = {
    {"degC", 23, 2}, {"°C", 23, 2}, {"C", 23, 2},    {"bar", 6, 0.3},  {"mbar", 1013, 8}, {"%", 45, 6},        {"A", 12, 3},
    {"V", 230, 3},   {"kW", 18, 5}, {"l/min", 8, 1}, {"Hz", 50, 0.03}, {"rpm", 1500, 25}, {"1/min", 1500, 25}, {"mm/s", 2.2, 0.6},
};

static void middle_and_swing(const struct tag *tag, double *middle, double *swing)
{
    *middle = 100, *swing = 5;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (!strcmp(usual[i].unit, tag->unit))
            *middle = usual[i].middle, *swing = usual[i].swing;
    bool fits = !(*middle - *swing < tag->low) && !(*middle + *swing > tag->high);
    if (!fits && isfinite(tag->low) && isfinite(tag->high))
        *middle = (tag->low + tag->high) / 2, *swing = (tag->high - tag->low) / 4;
}

/* Of an enumeration one of its named values after the other, -1 to 1 of the wave to the first to the last. */
static double named_value(const struct tag *tag, double wave)
{
    double count = (double)tag->names.count, at = floor((wave + 1) / 2 * count);
    return (double)tag->names.items[(size_t)fmin(fmax(at, 0), count - 1)].value;
}

/* What the type can hold, in the tag's unit; a range with nothing in it leaves the value alone. */
static void keep_within(const struct tag *tag, double *middle, double *swing)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    double beyond = tag->type == TYPE_BITS ? ldexp(1, tag->width) : info->beyond;
    if (!(beyond > info->least))
        return;
    double a = info->least * tag->scale + tag->offset, b = (beyond - 1) * tag->scale + tag->offset;
    double least = fmin(a, b), most = fmax(a, b);
    least = tag->low > least ? tag->low : least;
    most = tag->high < most ? tag->high : most;
    bool narrow = most - least < NARROW * fabs(tag->scale);
    if (narrow || *middle - *swing < least || *middle + *swing > most)
        *middle = (least + most) / 2, *swing = (most - least) / (narrow ? 2 : 4);
}

double sim_signal_at(const struct tag *tag, int64_t time_us)
{
    struct sim_random own;
    sim_random_seed(&own, 0, tag->full_name);
    double phase = 2 * M_PI * sim_random_uniform(&own), period_s = 600 + 600 * sim_random_uniform(&own);
    double turn = 2 * M_PI * fmod((double)time_us / (double)SECOND_US, period_s * 10) / period_s;
    double wave = 0.8 * sin(turn + phase) + 0.2 * sin(7.3 * turn + 2 * phase);
    if (tag->type == TYPE_BOOL || tag->type == TYPE_BIT)
        return wave > 0.5;
    if (tag->names.count)
        return named_value(tag, wave);
    double middle, swing;
    middle_and_swing(tag, &middle, &swing);
    keep_within(tag, &middle, &swing);
    return middle + swing * wave;
}

static bool is_driven(const struct plant *plant, const struct tag *tag)
{
    for (size_t i = 0; i < plant->n_characteristics; i++) {
        const struct characteristic *c = &plant->characteristics[i];
        if (c->source == tag || c->on_new == tag || c->serial == tag || c->size == tag || c->stream == tag)
            return true;
        for (int s = 0; c->stream_tags && s < c->n_streams; s++)
            if (c->stream_tags[s] == tag)
                return true;
    }
    for (size_t i = 0; i < plant->n_machines; i++) {
        const struct machine *m = &plant->machines[i];
        if (m->state == tag || m->parts == tag || m->rejects == tag)
            return true;
    }
    return false;
}

static int by_bank(const void *a, const void *b)
{
    const struct signal *x = a, *y = b;
    return x->bank == y->bank ? 0 : x->bank < y->bank ? -1 : 1;
}

struct sim_signals *sim_signals_create(const struct plant *plant, struct sim_banks *banks)
{
    struct sim_signals *signals = memory_zero(1, sizeof *signals);
    signals->plant = plant;
    signals->banks = banks;
    size_t room = 0;
    for (size_t i = 0; i < plant->n_instruments; i++)
        for (size_t t = 0; t < plant->instruments[i].n_tags; t++) {
            const struct tag *tag = &plant->instruments[i].tags[t];
            if (tag->formula || is_driven(plant, tag))
                continue;
            memory_grow((void **)&signals->items, &room, signals->count, sizeof *signals->items);
            signals->items[signals->count++] = (struct signal){sim_bank_of(banks, tag->instrument), tag, INT64_MIN};
        }
    if (signals->count)
        qsort(signals->items, signals->count, sizeof *signals->items, by_bank);
    return signals;
}

void sim_signals_free(struct sim_signals *signals)
{
    if (!signals)
        return;
    free(signals->items);
    free(signals);
}

/* Who reads a mark knows whose it is, and which request it was served to: word 0 says unit and address, the last ones count. */
static void mark(struct sim_banks *banks, const struct tag *tag, uint32_t count)
{
    int unit = tag->instrument->unit, last = tag->registers - 1;
    uint16_t words[SIGNAL_WORDS] = {(uint16_t)(unit << 8 | (tag->address & 0xff))};
    char text[READING_TEXT];
    if (tag->type == TYPE_STRING) {
        snprintf(text, sizeof text, "%d-%d-%u", unit, tag->address, count);
        sim_bank_write(banks, tag, NAN, text);
        return;
    }
    if (last == 0)
        words[0] = (uint16_t)((unit * 11 + tag->address) << 10 | (count & 0x3ff));
    else
        words[last] = (uint16_t)count;
    if (last > 1)
        words[last - 1] = (uint16_t)(count >> 16);
    if (tag->area == AREA_COIL || tag->area == AREA_DISCRETE)
        words[0] = count & 1;
    sim_bank_put(banks, tag, words);
}

void sim_signals_refresh(struct sim_signals *signals, struct sim_bank *bank, int64_t now_us)
{
    size_t from = 0, to = signals->count;
    bank->requests++;
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (signals->items[middle].bank < bank)
            from = middle + 1;
        else
            to = middle;
    }
    for (size_t i = from; i < signals->count && signals->items[i].bank == bank && signals->items[i].next_us <= now_us; i++) {
        struct signal *signal = &signals->items[i];
        if (signals->plant->simulation_marked && !signal->tag->writable) {
            mark(signals->banks, signal->tag, bank->requests);
            continue;
        }
        sim_bank_write(signals->banks, signal->tag, sim_signal_at(signal->tag, now_us), signal->tag->type == TYPE_STRING ? "simulated" : NULL);
        signal->next_us = signal->tag->writable ? INT64_MAX : now_us + SECOND_US; /* a setting stays until somebody writes it */
    }
}
