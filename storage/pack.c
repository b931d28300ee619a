/* The readings of one poll <-> bytes, without loss:
 *   flags; qualities (one byte when all are equal, else one each); then the value of each column that is not bad, little-endian.
 * A row with a value that its column's code cannot hold exactly (a half in a u16 column) is packed wide: every value as f64 and text. */
#include "storage/private.h"

#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EACH_QUALITY = 1, WIDE = 2 };

enum kind { INTEGER, UNSIGNED_LONG, SIGNED_LONG, HALF, SINGLE, DOUBLE, STRING };

/* Stored by name in layouts: a code may be added, never changed. */
enum {
    AS_BOOL,
    AS_U16,
    AS_I16,
    AS_U32,
    AS_I32,
    AS_U64,
    AS_I64,
    AS_F32,
    AS_F64,
    AS_STRING,
    AS_U8,
    AS_I8,
    AS_U24,
    AS_I24,
    AS_U48,
    AS_I48,
    AS_F16,
    CODES
};

static const struct code {
    const char *name;
    enum kind kind;
    int bytes;
    double low, high;
} codes[CODES] = {
    [AS_BOOL] = {"bool", INTEGER, 1, 0, 1},
    [AS_U16] = {"u16", INTEGER, 2, 0, UINT16_MAX},
    [AS_I16] = {"i16", INTEGER, 2, INT16_MIN, INT16_MAX},
    [AS_U32] = {"u32", INTEGER, 4, 0, UINT32_MAX},
    [AS_I32] = {"i32", INTEGER, 4, INT32_MIN, INT32_MAX},
    [AS_U64] = {"u64", UNSIGNED_LONG, 8, 0, 0x1p53},
    [AS_I64] = {"i64", SIGNED_LONG, 8, -0x1p53, 0x1p53},
    [AS_F32] = {"f32", SINGLE, 4, 0, 0},
    [AS_F64] = {"f64", DOUBLE, 8, 0, 0},
    [AS_STRING] = {"string", STRING, 0, 0, 0},
    [AS_U8] = {"u8", INTEGER, 1, 0, UINT8_MAX},
    [AS_I8] = {"i8", INTEGER, 1, INT8_MIN, INT8_MAX},
    [AS_U24] = {"u24", INTEGER, 3, 0, 0xffffff},
    [AS_I24] = {"i24", INTEGER, 3, -0x800000, 0x7fffff},
    [AS_U48] = {"u48", INTEGER, 6, 0, 0xffffffffffff},
    [AS_I48] = {"i48", INTEGER, 6, -0x800000000000, 0x7fffffffffff},
    [AS_F16] = {"f16", HALF, 2, 0, 0},
};

static int find(const char *name)
{
    for (int i = 0; i < CODES; i++)
        if (!strcmp(codes[i].name, name))
            return i;
    return -1;
}

static bool is_scaled(struct column column)
{
    return column.scale != 1 || column.offset != 0;
}

bool pack_code_same(struct column a, struct column b)
{
    return a.code == b.code && a.scale == b.scale && a.offset == b.offset;
}

/* In hexadecimal, so that the numbers are those of the configuration to the last bit. */
const char *pack_code_text(struct column column, char text[PACK_CODE_TEXT])
{
    if (is_scaled(column))
        snprintf(text, PACK_CODE_TEXT, "%s*%a%+a", codes[column.code].name, column.scale, column.offset);
    else
        snprintf(text, PACK_CODE_TEXT, "%s", codes[column.code].name);
    return text;
}

int pack_code_parse(const char *text, struct column *column)
{
    int used = 0, code;
    char word[16], *end;
    if (sscanf(text, "%15[a-z0-9]%n", word, &used) != 1 || (code = find(word)) < 0)
        return 0;
    *column = (struct column){(unsigned char)code, 1, 0};
    if (text[used] != '*')
        return used;
    column->scale = strtod(text + used + 1, &end);
    if (end == text + used + 1 || (*end != '+' && *end != '-') || codes[code].kind != INTEGER)
        return 0;
    const char *offset = end;
    column->offset = strtod(offset, &end);
    return end == offset ? 0 : (int)(end - text);
}

/* The smallest code that holds every value of the tag: of scaled whole numbers what the instrument sent. */
struct column pack_code(const struct tag *tag)
{
    static const unsigned char by_type[TAG_TYPES] = {
        [TYPE_BOOL] = AS_BOOL, [TYPE_BIT] = AS_BOOL,  [TYPE_BITS] = AS_U16,  [TYPE_U8] = AS_U8,     [TYPE_I8] = AS_I8,
        [TYPE_U16] = AS_U16,   [TYPE_I16] = AS_I16,   [TYPE_U24] = AS_U24,   [TYPE_I24] = AS_I24,   [TYPE_U32] = AS_U32,
        [TYPE_I32] = AS_I32,   [TYPE_U48] = AS_U48,   [TYPE_I48] = AS_I48,   [TYPE_U64] = AS_U64,   [TYPE_I64] = AS_I64,
        [TYPE_BCD8] = AS_U8,   [TYPE_BCD16] = AS_U16, [TYPE_BCD24] = AS_U24, [TYPE_BCD32] = AS_U32, [TYPE_SM16] = AS_I16,
        [TYPE_SM32] = AS_I32,  [TYPE_F16] = AS_F16,   [TYPE_F32] = AS_F32,   [TYPE_F64] = AS_F64,   [TYPE_STRING] = AS_STRING,
    };
    bool scaled = tag->type != TYPE_STRING && (tag->scale != 1 || tag->offset != 0);
    unsigned char code = tag->type == TYPE_BITS && tag->width <= 8 ? AS_U8 : by_type[tag->type];
    if (scaled && codes[code].kind == INTEGER)
        return (struct column){code, tag->scale, tag->offset};
    return (struct column){scaled ? AS_F64 : code, 1, 0};
}

static unsigned char *put(unsigned char *out, uint64_t bits, int bytes)
{
    bits = htole64(bits);
    memcpy(out, &bits, (size_t)bytes);
    return out + bytes;
}

static unsigned char *put_text(unsigned char *out, const char *text)
{
    size_t length = strnlen(text, READING_TEXT - 1);
    *out = (unsigned char)length;
    memcpy(out + 1, text, length);
    return out + 1 + length;
}

static uint64_t double_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t single_bits(double value)
{
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    return bits;
}

/* Digits go with a 64-bit integer beyond what every double up to it can hold. */
static void set_long(uint64_t bits, bool is_signed, struct reading *reading)
{
    reading->value = is_signed ? (double)(int64_t)bits : (double)bits;
    if (fabs(reading->value) <= 0x1p53)
        return;
    if (is_signed)
        snprintf(reading->text, sizeof reading->text, "%lld", (long long)(int64_t)bits);
    else
        snprintf(reading->text, sizeof reading->text, "%llu", (unsigned long long)bits);
}

static void decode(struct column column, uint64_t bits, struct reading *reading)
{
    const struct code *code = &codes[column.code];
    float single;
    uint32_t low = (uint32_t)bits;
    switch (code->kind) {
    case INTEGER:
        reading->value = (double)bits;
        if (code->low < 0 && reading->value > code->high)
            reading->value -= code->high - code->low + 1;
        if (is_scaled(column))
            reading->value = reading->value * column.scale + column.offset;
        break;
    case UNSIGNED_LONG:
    case SIGNED_LONG:
        set_long(bits, code->kind == SIGNED_LONG, reading);
        break;
    case HALF:
        reading->value = half_value((uint16_t)bits);
        break;
    case SINGLE:
        memcpy(&single, &low, sizeof single);
        reading->value = (double)single;
        break;
    case DOUBLE:
        memcpy(&reading->value, &bits, sizeof bits);
        break;
    case STRING:
        break;
    }
}

/* The value as the column's bits; false when the column cannot hold it exactly. */
static bool encode(struct column column, const struct reading *reading, uint64_t *bits)
{
    const struct code *code = &codes[column.code];
    double value = reading->value;
    bool is_long = code->kind == SIGNED_LONG || code->kind == UNSIGNED_LONG;
    if (code->kind == STRING)
        return isnan(value);
    if (reading->text[0] && !is_long)
        return false;
    if (code->kind == DOUBLE) {
        *bits = double_bits(value);
        return true;
    }
    if (code->kind == SINGLE) {
        if (isfinite(value) && fabs(value) > 0x1.fffffep127)
            return false;
        *bits = single_bits(value);
    } else if (code->kind == HALF) {
        *bits = half_bits(value);
    } else if (is_long && reading->text[0]) {
        *bits = code->kind == SIGNED_LONG ? (uint64_t)strtoll(reading->text, NULL, 10) : strtoull(reading->text, NULL, 10);
    } else {
        double raw = is_scaled(column) ? nearbyint((value - column.offset) / column.scale) : value;
        if (!(raw >= code->low && raw <= code->high))
            return false;
        *bits = (uint64_t)(int64_t)raw;
    }
    /* What unpacking will make of it decides. */
    struct reading again = {.value = 0};
    uint64_t kept = code->bytes == 8 ? *bits : *bits & ((UINT64_C(1) << (8 * code->bytes)) - 1);
    decode(column, kept, &again);
    return (double_bits(again.value) == double_bits(value) || (isnan(value) && isnan(again.value))) &&
           (is_long ? !strcmp(again.text, reading->text) : !reading->text[0]);
}

static bool is_absent(const struct reading *reading)
{
    return quality_is_bad(reading->quality) && isnan(reading->value) && !reading->text[0];
}

static bool needs_wide(const struct column *columns, size_t count, const struct reading *readings)
{
    uint64_t bits;
    for (size_t i = 0; i < count; i++) {
        bool bad = quality_is_bad(readings[i].quality);
        if (bad ? !is_absent(&readings[i]) : !encode(columns[i], &readings[i], &bits))
            return true;
    }
    return false;
}

static unsigned char *put_qualities(unsigned char *out, size_t count, const struct reading *readings, unsigned char *flags)
{
    for (size_t i = 1; i < count; i++)
        if (readings[i].quality != readings[0].quality)
            *flags |= EACH_QUALITY;
    for (size_t i = 0; i < (*flags & EACH_QUALITY ? count : 1); i++)
        *out++ = (unsigned char)readings[i].quality;
    return out;
}

size_t pack_readings(const struct column *columns, size_t count, const struct reading *readings, unsigned char *out)
{
    unsigned char *at = out + 1;
    *out = needs_wide(columns, count, readings) ? WIDE : 0;
    at = put_qualities(at, count, readings, out);
    for (size_t i = 0; i < count; i++) {
        const struct reading *reading = &readings[i];
        const struct code *code = &codes[columns[i].code];
        uint64_t bits;
        if (*out & WIDE)
            at = put_text(put(at, double_bits(reading->value), 8), reading->text);
        else if (quality_is_bad(reading->quality))
            continue;
        else if (code->kind == STRING)
            at = put_text(at, reading->text);
        else if (encode(columns[i], reading, &bits))
            at = put(at, bits, code->bytes);
    }
    return (size_t)(at - out);
}

struct reader {
    const unsigned char *at, *end;
};

static bool get(struct reader *in, uint64_t *bits, int bytes)
{
    *bits = 0;
    if (in->end - in->at < bytes)
        return false;
    memcpy(bits, in->at, (size_t)bytes);
    *bits = le64toh(*bits);
    in->at += bytes;
    return true;
}

static bool get_text(struct reader *in, char *text)
{
    uint64_t length;
    if (!get(in, &length, 1) || length >= READING_TEXT || in->end - in->at < (ptrdiff_t)length)
        return false;
    memcpy(text, in->at, length);
    text[length] = '\0';
    in->at += length;
    return true;
}

static bool get_value(struct reader *in, struct column column, bool wide, struct reading *reading)
{
    const struct code *code = &codes[column.code];
    uint64_t bits;
    if (code->kind == STRING && !wide)
        return get_text(in, reading->text);
    if (!get(in, &bits, wide ? 8 : code->bytes))
        return false;
    decode(wide ? (struct column){AS_F64, 1, 0} : column, bits, reading);
    return !wide || get_text(in, reading->text);
}

int pack_unpack(const struct column *columns, size_t count, const unsigned char *data, size_t size, struct reading *readings)
{
    struct reader in = {data, data + size};
    uint64_t flags, quality = 0;
    if (!get(&in, &flags, 1))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if ((i == 0 || flags & EACH_QUALITY) && !get(&in, &quality, 1))
            return -1;
        readings[i] = (struct reading){.value = NAN, .quality = (enum quality)quality};
    }
    for (size_t i = 0; i < count; i++) {
        bool absent = !(flags & WIDE) && quality_is_bad(readings[i].quality);
        if (!absent && !get_value(&in, columns[i], flags & WIDE, &readings[i]))
            return -1;
    }
    return in.at == in.end ? 0 : -1;
}
