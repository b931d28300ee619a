#ifndef GEMBA_CONFIG_HALF_H
#define GEMBA_CONFIG_HALF_H

#include <stdint.h>

/* IEEE 754 binary16, for compilers without it. half_bits rounds to the nearest, ties to even; beyond 65504 it gives infinity. */
double half_value(uint16_t bits);
uint16_t half_bits(double value);

#endif
