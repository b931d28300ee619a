#ifndef GEMBA_ACQUISITION_CODEC_H
#define GEMBA_ACQUISITION_CODEC_H

#include "storage/storage.h"

/* Pure. registers[tag->registers] as they travel; of coils and discrete inputs registers[0] is 0 or 1.
 *
 * A number is scaled, then checked: NaN and infinities are bad (sensor), values outside low..high are bad (range), and bad values are NAN.
 * Text ends at a NUL, loses trailing blanks, and each byte that is control or no UTF-8 becomes '?'. */
struct reading codec_decode(const struct tag *tag, const uint16_t *registers);

/* The same table backwards: value (in the tag's unit) or, for strings and exact 64-bit integers, text; NULL is "". TYPE_BIT changes only its own
 * bit of registers[0]. -1 when the tag's type cannot hold the value; registers are then unchanged. */
int codec_encode(const struct tag *tag, double value, const char *text, uint16_t *registers);

/* Where a counter of this type rolls over: 65536, 2^32; 0 when it never does in practice (64 bits, floats); 1: a bit, whose rise counts. */
int64_t codec_modulus(enum tag_type type);

#endif
