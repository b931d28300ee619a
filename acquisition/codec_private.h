#ifndef GEMBA_ACQUISITION_CODEC_PRIVATE_H
#define GEMBA_ACQUISITION_CODEC_PRIVATE_H

#include "acquisition/codec.h"

/* Numbers and their raw bits (codec_number.c): width bits, the rest 0. */
struct codec_number {
    double (*decode)(uint64_t raw, int width);                                               /* NAN when the bits are no number */
    int (*encode)(double value, const struct tag_type_info *info, int width, uint64_t *raw); /* -1: it does not fit */
};
extern const struct codec_number codec_numbers[]; /* by enum value_kind */

/* 64-bit integers that a double cannot hold, as decimal digits. */
void codec_digits(enum value_kind kind, uint64_t raw, char *text, size_t size);
int codec_digits_parse(enum value_kind kind, const char *text, uint64_t *raw);

/* Strings (codec_text.c). */
void codec_text_decode(const struct tag *tag, const uint16_t *registers, char *text);
int codec_text_encode(const struct tag *tag, const char *text, uint16_t *registers);

#endif
