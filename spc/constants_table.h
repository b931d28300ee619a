/* Private to constants.c. */
#ifndef GEMBA_SPC_CONSTANTS_TABLE_H
#define GEMBA_SPC_CONSTANTS_TABLE_H

#include "spc/constants.h"

struct range_constants {
    double d2, d3, d4;
};
extern const struct range_constants range_constants[CONSTANTS_MAX - 1]; /* [n - 2] */

#endif
