/* config/: what the plant is, and the ground floor that everybody stands on.
 *
 * plant.h     the checked model of plant.yaml, and how to load it; its parts: instrument.h, characteristic.h, simulation.h, and tag_type.h, the
 *             types and byte orders of values
 * shift.h     the shift calendar: which shift holds at an instant (DST-proof)
 * error.h     how a function says what went wrong
 * options.h   command-line options from a table, with --help and nearest names
 * expression.h  formulas of virtual tags
 * url.h, address.h  links and registers as people write them
 * person.h    whose account this is, and what that allows
 * clock.h     plant time and monotonic time; the demo's faster clock
 * half.h      16-bit floats
 * text.h      terminal columns, nearest names, times and durations as words
 * log.h       one line per event on standard error
 * memory.h    allocation that never returns NULL
 *
 * Includes spc/ only, for the names of charts, rule sets and machine states. */
#ifndef GEMBA_CONFIG_H
#define GEMBA_CONFIG_H

#include "config/address.h"
#include "config/clock.h"
#include "config/error.h"
#include "config/expression.h"
#include "config/half.h"
#include "config/log.h"
#include "config/memory.h"
#include "config/options.h"
#include "config/person.h"
#include "config/plant.h"
#include "config/shift.h"
#include "config/text.h"
#include "config/url.h"

#define GEMBA_VERSION "0.1.0"

#endif
