#ifndef GEMBA_ACQUISITION_OUTCOME_H
#define GEMBA_ACQUISITION_OUTCOME_H

#include "acquisition/transport.h"

/* What an errno, the system's or libmodbus', means for a plant. patience_us: how long it was waited for, for "no answer within 1 s". */
struct outcome outcome_of(int error, const char *waiting_for, int64_t patience_us);

/* What an exception means; its code is libmodbus' errno above its base. */
struct outcome outcome_of_exception(int code);

#endif
