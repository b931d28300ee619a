#include "acquisition/sim_bank.h"

#include "acquisition/codec.h"

#include <stdlib.h>
#include <string.h>

struct sim_banks {
    const struct plant *plant;
    struct sim_bank *items;
    size_t count;
    struct sim_bank **of; /* of each instrument of the plant */
};

struct sim_bank *sim_bank_find(struct sim_banks *banks, const struct link *link, int unit)
{
    for (size_t i = 0; i < banks->count; i++)
        if (banks->items[i].unit == unit && banks->items[i].link == link)
            return &banks->items[i];
    return NULL;
}

struct sim_bank *sim_bank_of(struct sim_banks *banks, const struct instrument *instrument)
{
    return banks->of[instrument - banks->plant->instruments];
}

/* The addresses of one area that a bank has: [from, to). */
struct extent {
    int from, to;
};

static void map_bank(struct sim_banks *banks, struct sim_bank *bank)
{
    struct extent extents[AREA_INPUT + 1] = {{0, 0}};
    for (size_t i = 0; i < banks->plant->n_instruments; i++) {
        const struct instrument *instrument = &banks->plant->instruments[i];
        for (size_t t = 0; banks->of[i] == bank && t < instrument->n_tags; t++) {
            const struct tag *tag = &instrument->tags[t];
            struct extent *extent = &extents[tag->area];
            bool first = extent->to == 0;
            if (first || tag->address < extent->from)
                extent->from = tag->address;
            if (first || tag->address + tag->registers > extent->to)
                extent->to = tag->address + tag->registers;
        }
    }
#define FROM_AND_COUNT(area) (unsigned)extents[area].from, (unsigned)(extents[area].to - extents[area].from)
    bank->mapping = modbus_mapping_new_start_address(FROM_AND_COUNT(AREA_COIL), FROM_AND_COUNT(AREA_DISCRETE), FROM_AND_COUNT(AREA_HOLDING),
                                                     FROM_AND_COUNT(AREA_INPUT));
#undef FROM_AND_COUNT
    if (!bank->mapping) {
        log_error("no memory for the registers of unit %d on link '%s'", bank->unit, bank->link->name);
        abort();
    }
}

struct sim_banks *sim_banks_create(const struct plant *plant)
{
    struct sim_banks *banks = memory_zero(1, sizeof *banks);
    banks->plant = plant;
    banks->items = memory_zero(plant->n_instruments, sizeof *banks->items);
    banks->of = memory_zero(plant->n_instruments, sizeof(struct sim_bank *));
    for (size_t i = 0; i < plant->n_instruments; i++) {
        const struct instrument *instrument = &plant->instruments[i];
        banks->of[i] = sim_bank_find(banks, instrument->link, instrument->unit);
        if (banks->of[i])
            continue;
        banks->of[i] = &banks->items[banks->count++];
        banks->of[i]->link = instrument->link;
        banks->of[i]->unit = instrument->unit;
    }
    for (size_t i = 0; i < banks->count; i++)
        map_bank(banks, &banks->items[i]);
    return banks;
}

void sim_banks_free(struct sim_banks *banks)
{
    if (!banks)
        return;
    for (size_t i = 0; i < banks->count; i++)
        modbus_mapping_free(banks->items[i].mapping);
    free(banks->items);
    free(banks->of);
    free(banks);
}

void sim_bank_write(struct sim_banks *banks, const struct tag *tag, double value, const char *text)
{
    modbus_mapping_t *mapping = sim_bank_of(banks, tag->instrument)->mapping;
    uint16_t bit = 0;
    switch (tag->area) { /* a value that the tag's type cannot hold leaves the one before, as in a gauge that overruns */
    case AREA_COIL:
        if (!codec_encode(tag, value, text, &bit))
            mapping->tab_bits[tag->address - mapping->start_bits] = (uint8_t)bit;
        break;
    case AREA_DISCRETE:
        if (!codec_encode(tag, value, text, &bit))
            mapping->tab_input_bits[tag->address - mapping->start_input_bits] = (uint8_t)bit;
        break;
    case AREA_HOLDING:
        codec_encode(tag, value, text, &mapping->tab_registers[tag->address - mapping->start_registers]);
        break;
    case AREA_INPUT:
        codec_encode(tag, value, text, &mapping->tab_input_registers[tag->address - mapping->start_input_registers]);
        break;
    }
}
