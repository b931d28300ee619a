/* Raw bits <-> numbers, a row for each way of writing a number. */
#include "acquisition/codec_private.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t mask(int width)
{
    return width == 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

static uint64_t sign_bit(int width)
{
    return UINT64_C(1) << (width - 1);
}

static double decode_unsigned(uint64_t raw, int width)
{
    (void)width;
    return (double)raw;
}

static double decode_signed(uint64_t raw, int width)
{
    return raw & sign_bit(width) ? (double)(int64_t)(raw | ~mask(width)) : (double)raw;
}

static double decode_bcd(uint64_t raw, int width)
{
    double value = 0;
    for (int shift = width - 4; shift >= 0; shift -= 4) {
        unsigned digit = raw >> shift & 15;
        if (digit > 9)
            return NAN;
        value = value * 10 + digit;
    }
    return value;
}

static double decode_sign_magnitude(uint64_t raw, int width)
{
    double magnitude = (double)(raw & ~sign_bit(width));
    return raw & sign_bit(width) && magnitude > 0 ? -magnitude : magnitude;
}

static double decode_float(uint64_t raw, int width)
{
    uint32_t bits = (uint32_t)raw;
    double value;
    float single;
    memcpy(&single, &bits, sizeof single);
    memcpy(&value, &raw, sizeof value);
    return width == 16 ? half_value((uint16_t)raw) : width == 32 ? (double)single : value;
}

/* Rounded to a whole number that the type and the width can hold. */
static int whole(double value, const struct tag_type_info *info, double *out)
{
    *out = nearbyint(value);
    return *out >= info->least && *out < info->beyond ? 0 : -1;
}

static int encode_unsigned(double value, const struct tag_type_info *info, int width, uint64_t *raw)
{
    if (whole(value, info, &value) != 0)
        return -1;
    *raw = (uint64_t)value;
    return *raw > mask(width) ? -1 : 0;
}

static int encode_signed(double value, const struct tag_type_info *info, int width, uint64_t *raw)
{
    if (whole(value, info, &value) != 0)
        return -1;
    *raw = (uint64_t)(int64_t)value & mask(width);
    return 0;
}

static int encode_bcd(double value, const struct tag_type_info *info, int width, uint64_t *raw)
{
    if (whole(value, info, &value) != 0)
        return -1;
    uint64_t left = (uint64_t)value;
    *raw = 0;
    for (int shift = 0; shift < width; shift += 4, left /= 10)
        *raw |= left % 10 << shift;
    return 0;
}

static int encode_sign_magnitude(double value, const struct tag_type_info *info, int width, uint64_t *raw)
{
    if (whole(value, info, &value) != 0)
        return -1;
    *raw = (uint64_t)fabs(value) | (value < 0 ? sign_bit(width) : 0);
    return 0;
}

static int encode_float(double value, const struct tag_type_info *info, int width, uint64_t *raw)
{
    (void)info;
    uint32_t bits;
    if (width == 64) {
        memcpy(raw, &value, sizeof value);
        return 0;
    }
    if (isfinite(value) && fabs(value) > (width == 16 ? 65504 : FLT_MAX))
        return -1;
    float single = (float)value;
    memcpy(&bits, &single, sizeof bits);
    *raw = width == 16 ? half_bits(value) : bits;
    return 0;
}

const struct codec_number codec_numbers[] = {
    [KIND_UNSIGNED] = {decode_unsigned, encode_unsigned},
    [KIND_SIGNED] = {decode_signed, encode_signed},
    [KIND_BCD] = {decode_bcd, encode_bcd},
    [KIND_SIGN_MAGNITUDE] = {decode_sign_magnitude, encode_sign_magnitude},
    [KIND_FLOAT] = {decode_float, encode_float},
};

void codec_digits(enum value_kind kind, uint64_t raw, char *text, size_t size)
{
    if (kind == KIND_SIGNED)
        snprintf(text, size, "%" PRId64, (int64_t)raw);
    else
        snprintf(text, size, "%" PRIu64, raw);
}

int codec_digits_parse(enum value_kind kind, const char *text, uint64_t *raw)
{
    bool negative = text[0] == '-' && kind == KIND_SIGNED;
    char *end;
    if (!isdigit((unsigned char)text[negative]))
        return -1;
    errno = 0;
    *raw = kind == KIND_SIGNED ? (uint64_t)strtoll(text, &end, 10) : strtoull(text, &end, 10);
    return *end || errno ? -1 : 0;
}
