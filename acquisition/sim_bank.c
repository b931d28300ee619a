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

static void stretch(struct extent *extent, int from, int registers)
{
    bool first = extent->to == 0;
    if (first || from < extent->from)
        extent->from = from;
    if (first || from + registers > extent->to)
        extent->to = from + registers;
}

static void map_bank(struct sim_banks *banks, struct sim_bank *bank)
{
    struct extent extents[AREA_INPUT + 1] = {{0, 0}};
    for (size_t i = 0; i < banks->plant->n_instruments; i++) {
        const struct instrument *instrument = &banks->plant->instruments[i];
        for (size_t t = 0; banks->of[i] == bank && t < instrument->n_tags; t++) {
            const struct tag *tag = &instrument->tags[t];
            stretch(&extents[tag->area], tag->address, tag->registers);
            if (tag->writable)
                stretch(&extents[tag->area], tag->write_address, tag->registers);
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
        banks->of[i]->banks = banks;
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

/* Where a tag's registers stand; NULL: it has none of its own. */
static uint16_t *registers_of(modbus_mapping_t *mapping, const struct tag *tag)
{
    if (tag->area == AREA_HOLDING)
        return &mapping->tab_registers[tag->address - mapping->start_registers];
    return tag->area == AREA_INPUT ? &mapping->tab_input_registers[tag->address - mapping->start_input_registers] : NULL;
}

static uint8_t *bit_of(modbus_mapping_t *mapping, const struct tag *tag)
{
    if (tag->area == AREA_COIL)
        return &mapping->tab_bits[tag->address - mapping->start_bits];
    return tag->area == AREA_DISCRETE ? &mapping->tab_input_bits[tag->address - mapping->start_input_bits] : NULL;
}

/* A value that the tag's type cannot hold leaves the one before, as in a gauge that overruns. */
void sim_bank_write(struct sim_banks *banks, const struct tag *tag, double value, const char *text)
{
    modbus_mapping_t *mapping = sim_bank_of(banks, tag->instrument)->mapping;
    uint16_t *registers = registers_of(mapping, tag), bit = 0;
    if (registers)
        codec_encode(tag, value, text, registers);
    else if (bit_of(mapping, tag) && !codec_encode(tag, value, text, &bit))
        *bit_of(mapping, tag) = (uint8_t)bit;
}

void sim_bank_put(struct sim_banks *banks, const struct tag *tag, const uint16_t *registers)
{
    modbus_mapping_t *mapping = sim_bank_of(banks, tag->instrument)->mapping;
    uint16_t *place = registers_of(mapping, tag);
    if (place)
        memcpy(place, registers, (size_t)tag->registers * sizeof *registers);
    else if (bit_of(mapping, tag))
        *bit_of(mapping, tag) = (uint8_t)registers[0];
}

static void take_over(struct sim_bank *bank, const struct tag *tag)
{
    modbus_mapping_t *mapping = bank->mapping;
    uint16_t bit = tag->area == AREA_COIL ? mapping->tab_bits[tag->write_address - mapping->start_bits] : 0;
    const uint16_t *written = tag->area == AREA_COIL ? &bit : &mapping->tab_registers[tag->write_address - mapping->start_registers];
    struct reading reading = codec_decode(tag, written);
    if (quality_is_good(reading.quality))
        sim_bank_write(bank->banks, tag, reading.value, reading.text);
}

void sim_bank_written(struct sim_bank *bank, enum area area, int first, int count)
{
    const struct plant *plant = bank->banks->plant;
    for (size_t i = 0; i < plant->n_instruments; i++) {
        const struct instrument *instrument = &plant->instruments[i];
        for (size_t t = 0; bank->banks->of[i] == bank && t < instrument->n_tags; t++) {
            const struct tag *tag = &instrument->tags[t];
            bool apart = tag->writable && tag->area == area && tag->write_address != tag->address;
            if (apart && tag->write_address < first + count && first < tag->write_address + tag->registers)
                take_over(bank, tag);
        }
    }
}
