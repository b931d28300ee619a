#ifndef GEMBA_ACQUISITION_CODEC_H
#define GEMBA_ACQUISITION_CODEC_H

#include "storage/storage.h"

/* Pure. registers[tag->registers] as they travel; of coils and discrete inputs registers[0] is 0 or 1.
 *
 * Raw values that mean a sensor fault, BCD with a digit above 9, NaN and infinities are bad (sensor). Other numbers are scaled, then checked:
 * outside low..high is bad (range). Bad values are NAN. Text ends at a NUL, loses trailing blanks, and each byte that is control or no UTF-8
 * becomes '?'. */
struct reading codec_decode(const struct tag *tag, const uint16_t *registers);

/* The same tables backwards: value (in the tag's unit) or text: of strings, exact 64-bit integers, and the names of an enumeration; NULL is "".
 * -1 when the tag's type cannot hold the value, or when it would be read as a sensor fault; registers are then unchanged. */
int codec_encode(const struct tag *tag, double value, const char *text, uint16_t *registers);

/* Whether the tag shares its registers with others (a bit, a byte): codec_encode then changes only its own bits of what is there. */
bool codec_shares(const struct tag *tag);

/* Where a counter of this tag rolls over: 65536, 2^32, 10^8; 0 when it never does in practice (64 bits, floats); 1: a bit, whose rise counts. */
int64_t codec_modulus(const struct tag *tag);

#endif
