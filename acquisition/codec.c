/* Registers <-> readings: where a value's bits stand, what they say, and whether it may be believed. */
#include "acquisition/codec_private.h"

#include <math.h>
#include <string.h>

/* The value's own bits within its registers, as one number of 16 bits a register. */
struct field {
    int shift, width;
};

static struct field field_of(const struct tag *tag)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    if (tag->type == TYPE_BIT)
        return (struct field){tag->bit, 1};
    if (tag->type == TYPE_BITS)
        return (struct field){tag->bit, tag->width};
    return (struct field){info->bytes == 1 && tag->part == BYTE_HIGH ? 8 : 0, 8 * info->bytes};
}

static uint64_t mask_of(struct field field)
{
    return (field.width == 64 ? UINT64_MAX : (UINT64_C(1) << field.width) - 1) << field.shift;
}

static inline int place(const struct tag *tag, int i)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    if (!info->ordered)
        return i;
    return tag->order == ORDER_LETTERS ? tag->place[i] : byte_order_place(tag->order, info->registers, i);
}

static uint64_t gather(const struct tag *tag, const uint16_t *words)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    int bytes = 2 * info->registers;
    uint64_t all = 0;
    if (!info->ordered || tag->order == ORDER_ABCD) { /* most are: as they come */
        for (int i = 0; i < info->registers; i++)
            all = all << 16 | words[i];
        return all;
    }
    for (int i = 0; i < bytes; i++) {
        uint64_t byte = i % 2 ? words[i / 2] & 0xff : words[i / 2] >> 8;
        all |= byte << 8 * (bytes - 1 - place(tag, i));
    }
    return all;
}

static void scatter(const struct tag *tag, uint64_t all, uint16_t *words)
{
    int bytes = 2 * tag_types[tag->type].registers;
    for (int i = 0; i < bytes; i++) {
        unsigned byte = all >> 8 * (bytes - 1 - place(tag, i)) & 0xff;
        words[i / 2] = (uint16_t)(i % 2 ? (words[i / 2] & 0xff00) | byte : byte << 8);
    }
}

static bool is_fault(const struct tag *tag, uint64_t raw)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    for (size_t i = 0; i < tag->n_faults; i++) {
        uint64_t bits = tag->faults[i].bits; /* a number is compared as the type writes it: a float has not all its digits */
        if (!tag->faults[i].is_bits && codec_numbers[info->kind].encode(tag->faults[i].number, info, field_of(tag).width, &bits) != 0)
            continue;
        if (bits == raw)
            return true;
    }
    return false;
}

static bool has_digits(const struct tag *tag)
{
    return tag_types[tag->type].bytes == 8 && tag_types[tag->type].kind != KIND_FLOAT;
}

/* The digits of an integer that its double is not. */
static void add_digits(const struct tag *tag, uint64_t raw, double value, char *text)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    uint64_t again;
    if (has_digits(tag) && tag->scale == 1 && tag->offset == 0 && (codec_numbers[info->kind].encode(value, info, 64, &again) || again != raw))
        codec_digits(info->kind, raw, text, READING_TEXT);
}

struct reading codec_decode(const struct tag *tag, const uint16_t *registers)
{
    struct reading reading = {.value = NAN, .quality = QUALITY_GOOD};
    const struct tag_type_info *info = &tag_types[tag->type];
    if (info->kind == KIND_TEXT) {
        codec_text_decode(tag, registers, reading.text);
        return reading;
    }
    struct field field = field_of(tag);
    uint64_t raw = (gather(tag, registers) & mask_of(field)) >> field.shift;
    if (tag->type == TYPE_BOOL)
        raw = raw != 0;
    double number = codec_numbers[info->kind].decode(raw, field.width), value = number * tag->scale + tag->offset;
    if (!isfinite(value) || is_fault(tag, raw))
        reading.quality = QUALITY_BAD_SENSOR;
    else if (value < tag->low || value > tag->high)
        reading.quality = QUALITY_BAD_RANGE;
    else {
        reading.value = value;
        add_digits(tag, raw, number, reading.text);
    }
    return reading;
}

static bool find_name(const struct tag *tag, const char *text, double *value)
{
    for (size_t i = 0; i < tag->names.count; i++)
        if (!strcmp(tag->names.items[i].name, text)) {
            *value = (double)tag->names.items[i].value;
            return true;
        }
    return false;
}

int codec_encode(const struct tag *tag, double value, const char *text, uint16_t *registers)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    if (info->kind == KIND_TEXT)
        return codec_text_encode(tag, text, registers);
    struct field field = field_of(tag);
    uint64_t raw;
    bool named = text && find_name(tag, text, &value);
    if (!named && has_digits(tag) && text && *text) {
        if (codec_digits_parse(info->kind, text, &raw) != 0)
            return -1;
    } else if (codec_numbers[info->kind].encode((value - tag->offset) / tag->scale, info, field.width, &raw) != 0)
        return -1;
    if (is_fault(tag, raw))
        return -1;
    uint64_t others = codec_shares(tag) ? gather(tag, registers) & ~mask_of(field) : 0;
    scatter(tag, others | raw << field.shift, registers);
    return 0;
}

bool codec_shares(const struct tag *tag)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    if (info->kind == KIND_TEXT)
        return tag->part != BYTE_BOTH || tag->length % 2;
    return tag->type != TYPE_BOOL && field_of(tag).width < 16 * info->registers;
}

int64_t codec_modulus(const struct tag *tag)
{
    const struct tag_type_info *info = &tag_types[tag->type];
    if (tag->type == TYPE_BOOL || tag->type == TYPE_BIT)
        return 1;
    if (tag->type == TYPE_BITS)
        return INT64_C(1) << tag->width;
    if (info->bytes == 8)
        return 0;
    return (int64_t)(info->kind == KIND_SIGNED ? info->beyond - info->least : info->beyond);
}
