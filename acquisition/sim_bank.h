#ifndef GEMBA_ACQUISITION_SIM_BANK_H
#define GEMBA_ACQUISITION_SIM_BANK_H

#include "config/config.h"

#include <modbus/modbus.h>

/* The registers of one unit on one link. Instruments that share both share the bank, as two polls of one real PLC do. */
struct sim_bank {
    struct sim_banks *banks; /* that it is one of */
    const struct link *link;
    int unit;
    modbus_mapping_t *mapping; /* from the lowest to the highest address of each area; holes read 0 */
    bool mute;                 /* does not answer */
    uint32_t requests;         /* that came for it */
};

struct sim_banks;
struct sim_banks *sim_banks_create(const struct plant *plant);
void sim_banks_free(struct sim_banks *banks);

/* The bank of an instrument; of a unit on a link, or NULL when nobody there has that number. */
struct sim_bank *sim_bank_of(struct sim_banks *banks, const struct instrument *instrument);
struct sim_bank *sim_bank_find(struct sim_banks *banks, const struct link *link, int unit);

/* Puts a value (engineering units) or a string tag's text where the tag is read from. */
void sim_bank_write(struct sim_banks *banks, const struct tag *tag, double value, const char *text);
/* The same, as registers. */
void sim_bank_put(struct sim_banks *banks, const struct tag *tag, const uint16_t *registers);

/* Somebody wrote there: tags with a write_address among it take the value over to where they are read. */
void sim_bank_written(struct sim_bank *bank, enum area area, int first, int count);

#endif
