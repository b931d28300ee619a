#include "acquisition/codec.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The i-th byte on the wire is the value's byte permutation[i], 0 being the most significant. One register has no words to swap. */
static const uint8_t permutation_1[4][2] = {
    [ORDER_ABCD] = {0, 1},
    [ORDER_CDAB] = {0, 1},
    [ORDER_BADC] = {1, 0},
    [ORDER_DCBA] = {1, 0},
};
static const uint8_t permutation_2[4][4] = {
    [ORDER_ABCD] = {0, 1, 2, 3},
    [ORDER_CDAB] = {2, 3, 0, 1},
    [ORDER_BADC] = {1, 0, 3, 2},
    [ORDER_DCBA] = {3, 2, 1, 0},
};
static const uint8_t permutation_4[4][8] = {
    [ORDER_ABCD] = {0, 1, 2, 3, 4, 5, 6, 7},
    [ORDER_CDAB] = {6, 7, 4, 5, 2, 3, 0, 1},
    [ORDER_BADC] = {1, 0, 3, 2, 5, 4, 7, 6},
    [ORDER_DCBA] = {7, 6, 5, 4, 3, 2, 1, 0},
};

static const uint8_t *permutation(const struct tag *tag, int registers)
{
    if (tag->type == TYPE_BOOL || tag->type == TYPE_BIT)
        return permutation_1[ORDER_ABCD];
    return registers == 1 ? permutation_1[tag->order] : registers == 2 ? permutation_2[tag->order] : permutation_4[tag->order];
}

static uint64_t gather(const struct tag *tag, int registers, const uint16_t *words)
{
    const uint8_t *order = permutation(tag, registers);
    uint64_t raw = 0;
    for (int i = 0; i < 2 * registers; i++) {
        uint64_t byte = i % 2 ? words[i / 2] & 0xff : words[i / 2] >> 8;
        raw |= byte << 8 * (2 * registers - 1 - order[i]);
    }
    return raw;
}

static void scatter(const struct tag *tag, int registers, uint64_t raw, uint16_t *words)
{
    const uint8_t *order = permutation(tag, registers);
    for (int i = 0; i < 2 * registers; i++) {
        unsigned byte = raw >> 8 * (2 * registers - 1 - order[i]) & 0xff;
        words[i / 2] = (uint16_t)(i % 2 ? (words[i / 2] & 0xff00) | byte : byte << 8);
    }
}

static double from_unsigned(uint64_t raw)
{
    return (double)raw;
}
static double from_i16(uint64_t raw)
{
    return (int16_t)raw;
}
static double from_i32(uint64_t raw)
{
    return (int32_t)raw;
}
static double from_i64(uint64_t raw)
{
    return (double)(int64_t)raw;
}

static double from_f32(uint64_t raw)
{
    uint32_t bits = (uint32_t)raw;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double from_f64(uint64_t raw)
{
    double value;
    memcpy(&value, &raw, sizeof value);
    return value;
}

static int to_integer(double value, double least, double beyond, uint64_t *raw)
{
    double whole = nearbyint(value);
    if (!(whole >= least && whole < beyond))
        return -1;
    *raw = whole < 0 ? (uint64_t)(int64_t)whole : (uint64_t)whole;
    return 0;
}

static int to_bit(double value, uint64_t *raw)
{
    return to_integer(value, 0, 2, raw);
}
static int to_u16(double value, uint64_t *raw)
{
    return to_integer(value, 0, 0x1p16, raw);
}
static int to_i16(double value, uint64_t *raw)
{
    return to_integer(value, -0x1p15, 0x1p15, raw);
}
static int to_u32(double value, uint64_t *raw)
{
    return to_integer(value, 0, 0x1p32, raw);
}
static int to_i32(double value, uint64_t *raw)
{
    return to_integer(value, -0x1p31, 0x1p31, raw);
}
static int to_u64(double value, uint64_t *raw)
{
    return to_integer(value, 0, 0x1p64, raw);
}
static int to_i64(double value, uint64_t *raw)
{
    return to_integer(value, -0x1p63, 0x1p63, raw);
}

static int to_f32(double value, uint64_t *raw)
{
    if (isfinite(value) && fabs(value) > FLT_MAX)
        return -1;
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    *raw = bits;
    return 0;
}

static int to_f64(double value, uint64_t *raw)
{
    memcpy(raw, &value, sizeof value);
    return 0;
}

static void u64_digits(uint64_t raw, char *text, size_t size)
{
    snprintf(text, size, "%" PRIu64, raw);
}
static void i64_digits(uint64_t raw, char *text, size_t size)
{
    snprintf(text, size, "%" PRId64, (int64_t)raw);
}

static int u64_parse(const char *text, uint64_t *raw)
{
    char *end;
    errno = 0;
    *raw = strtoull(text, &end, 10);
    return isdigit((unsigned char)text[0]) && !*end && !errno ? 0 : -1;
}

static int i64_parse(const char *text, uint64_t *raw)
{
    char *end;
    errno = 0;
    *raw = (uint64_t)strtoll(text, &end, 10);
    return end != text && !*end && !errno ? 0 : -1;
}

/* A number type: how many registers it takes, and its value from and to the raw bits. digits, parse: of types that a double cannot hold. */
static const struct codec {
    int registers;
    int64_t modulus;
    double (*decode)(uint64_t raw);
    int (*encode)(double value, uint64_t *raw);
    void (*digits)(uint64_t raw, char *text, size_t size);
    int (*parse)(const char *text, uint64_t *raw);
} codecs[] = {
    [TYPE_BOOL] = {1, 1, from_unsigned, to_bit, NULL, NULL},
    [TYPE_BIT] = {1, 1, from_unsigned, to_bit, NULL, NULL},
    [TYPE_U16] = {1, INT64_C(1) << 16, from_unsigned, to_u16, NULL, NULL},
    [TYPE_I16] = {1, INT64_C(1) << 16, from_i16, to_i16, NULL, NULL},
    [TYPE_U32] = {2, INT64_C(1) << 32, from_unsigned, to_u32, NULL, NULL},
    [TYPE_I32] = {2, INT64_C(1) << 32, from_i32, to_i32, NULL, NULL},
    [TYPE_U64] = {4, 0, from_unsigned, to_u64, u64_digits, u64_parse},
    [TYPE_I64] = {4, 0, from_i64, to_i64, i64_digits, i64_parse},
    [TYPE_F32] = {2, 0, from_f32, to_f32, NULL, NULL},
    [TYPE_F64] = {4, 0, from_f64, to_f64, NULL, NULL},
};

int64_t codec_modulus(enum tag_type type)
{
    return type == TYPE_STRING ? 0 : codecs[type].modulus;
}

/* Length of the valid UTF-8 sequence of printable text at bytes, or 0. */
static int utf8_length(const unsigned char *bytes, int left)
{
    static const struct {
        unsigned mask, lead, least;
    } forms[] = {{0x80, 0x00, 0x20}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (int extra = 0; extra < 4; extra++) {
        if ((bytes[0] & forms[extra].mask) != forms[extra].lead)
            continue;
        if (extra >= left)
            return 0;
        unsigned point = bytes[0] & ~forms[extra].mask;
        for (int i = 1; i <= extra; i++) {
            if ((bytes[i] & 0xc0) != 0x80)
                return 0;
            point = point << 6 | (bytes[i] & 0x3f);
        }
        int control = point == 0x7f || (point >= 0x80 && point < 0xa0), surrogate = point >= 0xd800 && point < 0xe000;
        return point < forms[extra].least || point > 0x10ffff || control || surrogate ? 0 : extra + 1;
    }
    return 0;
}

static unsigned char string_byte(const struct tag *tag, const uint16_t *registers, int i)
{
    int low_first = tag->order == ORDER_BADC || tag->order == ORDER_DCBA;
    return (unsigned char)((i % 2) == low_first ? registers[i / 2] >> 8 : registers[i / 2] & 0xff);
}

static void decode_string(const struct tag *tag, const uint16_t *registers, char *text)
{
    unsigned char bytes[2 * 125];
    int length = 0, used = 0;
    while (length < tag->length && length < (int)sizeof bytes && (bytes[length] = string_byte(tag, registers, length)))
        length++;
    while (length && bytes[length - 1] == ' ')
        length--;
    for (int i = 0; i < length;) {
        int n = utf8_length(bytes + i, length - i);
        if (used + (n ? n : 1) >= READING_TEXT)
            break;
        if (n)
            memcpy(text + used, bytes + i, (size_t)n);
        else
            text[used] = '?';
        used += n ? n : 1;
        i += n ? n : 1;
    }
    text[used] = '\0';
}

static int encode_string(const struct tag *tag, const char *text, uint16_t *registers)
{
    size_t length = text ? strlen(text) : 0;
    if (length > (size_t)tag->length)
        return -1;
    int low_first = tag->order == ORDER_BADC || tag->order == ORDER_DCBA;
    memset(registers, 0, (size_t)tag->registers * sizeof *registers);
    for (size_t i = 0; i < length; i++)
        registers[i / 2] |= (uint16_t)((int)(i % 2) == low_first ? (unsigned char)text[i] << 8 : (unsigned char)text[i]);
    return 0;
}

struct reading codec_decode(const struct tag *tag, const uint16_t *registers)
{
    struct reading reading = {.value = NAN, .quality = QUALITY_GOOD};
    if (tag->type == TYPE_STRING) {
        decode_string(tag, registers, reading.text);
        return reading;
    }
    const struct codec *codec = &codecs[tag->type];
    uint64_t raw = gather(tag, codec->registers, registers);
    if (tag->type == TYPE_BIT)
        raw = raw >> tag->bit & 1;
    else if (tag->type == TYPE_BOOL)
        raw = raw != 0;
    double value = codec->decode(raw);
    uint64_t again;
    if (codec->digits && tag->scale == 1 && tag->offset == 0 && (codec->encode(value, &again) || again != raw))
        codec->digits(raw, reading.text, sizeof reading.text);
    value = value * tag->scale + tag->offset;
    if (!isfinite(value))
        reading.quality = QUALITY_BAD_SENSOR;
    else if (value < tag->low || value > tag->high)
        reading.quality = QUALITY_BAD_RANGE;
    else
        reading.value = value;
    if (quality_is_bad(reading.quality))
        reading.text[0] = '\0';
    return reading;
}

int codec_encode(const struct tag *tag, double value, const char *text, uint16_t *registers)
{
    if (tag->type == TYPE_STRING)
        return encode_string(tag, text, registers);
    const struct codec *codec = &codecs[tag->type];
    uint64_t raw;
    if (codec->parse && text && *text) {
        if (codec->parse(text, &raw))
            return -1;
    } else if (codec->encode((value - tag->offset) / tag->scale, &raw))
        return -1;
    if (tag->type == TYPE_BIT)
        raw = (registers[0] & ~(1u << tag->bit)) | raw << tag->bit;
    scatter(tag, codec->registers, raw, registers);
    return 0;
}
