#ifndef GEMBA_CONFIG_ADDRESS_H
#define GEMBA_CONFIG_ADDRESS_H

#include "config/plant.h"

/* Reads a register address: Modicon with 5 digits (40001, 30001, 10001, coils 1..9999) or 6 (400001 ... 000001), numbered from 1, or an area with
 * the address of the protocol, from 0 ("holding:0", "coil:0x1f"). -1 with the reason and the way out in why. */
int address_parse(const char *text, enum area *area, int *address, char *why, size_t size);

#endif
