/* Published data and what R's qcc gives for them: not part of this source, read when it lies beside it. */
#ifndef GEMBA_TESTS_SPC_TEXTBOOK_H
#define GEMBA_TESTS_SPC_TEXTBOOK_H

#include "tests/spc/reference.h"

#include <stdbool.h>

#define TEXTBOOK "../../../shared/reference/textbook/" /* from tests/reference */
bool textbook_here(void);
/* The value of qcc with exact constants. index from 1. */
double textbook_value(const char *id, const char *key, int index);

#endif
