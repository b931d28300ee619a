#include "config/tag_type.h"

#include <stdio.h>
#include <string.h>

const struct tag_type_info tag_types[TAG_TYPES] = {
    [TYPE_BOOL] = {KIND_UNSIGNED, 1, 2, 0, 2, false},
    [TYPE_BIT] = {KIND_UNSIGNED, 1, 2, 0, 2, false},
    [TYPE_BITS] = {KIND_UNSIGNED, 1, 2, 0, 0x1p16, false},
    [TYPE_U8] = {KIND_UNSIGNED, 1, 1, 0, 0x1p8, false},
    [TYPE_I8] = {KIND_SIGNED, 1, 1, -0x1p7, 0x1p7, false},
    [TYPE_U16] = {KIND_UNSIGNED, 1, 2, 0, 0x1p16, true},
    [TYPE_I16] = {KIND_SIGNED, 1, 2, -0x1p15, 0x1p15, true},
    [TYPE_U24] = {KIND_UNSIGNED, 2, 3, 0, 0x1p24, true},
    [TYPE_I24] = {KIND_SIGNED, 2, 3, -0x1p23, 0x1p23, true},
    [TYPE_U32] = {KIND_UNSIGNED, 2, 4, 0, 0x1p32, true},
    [TYPE_I32] = {KIND_SIGNED, 2, 4, -0x1p31, 0x1p31, true},
    [TYPE_U48] = {KIND_UNSIGNED, 3, 6, 0, 0x1p48, true},
    [TYPE_I48] = {KIND_SIGNED, 3, 6, -0x1p47, 0x1p47, true},
    [TYPE_U64] = {KIND_UNSIGNED, 4, 8, 0, 0x1p64, true},
    [TYPE_I64] = {KIND_SIGNED, 4, 8, -0x1p63, 0x1p63, true},
    [TYPE_BCD8] = {KIND_BCD, 1, 1, 0, 1e2, false},
    [TYPE_BCD16] = {KIND_BCD, 1, 2, 0, 1e4, true},
    [TYPE_BCD24] = {KIND_BCD, 2, 3, 0, 1e6, true},
    [TYPE_BCD32] = {KIND_BCD, 2, 4, 0, 1e8, true},
    [TYPE_SM16] = {KIND_SIGN_MAGNITUDE, 1, 2, -0x1p15 + 1, 0x1p15, true},
    [TYPE_SM32] = {KIND_SIGN_MAGNITUDE, 2, 4, -0x1p31 + 1, 0x1p31, true},
    [TYPE_F16] = {KIND_FLOAT, 1, 2, 0, 0, true},
    [TYPE_F32] = {KIND_FLOAT, 2, 4, 0, 0, true},
    [TYPE_F64] = {KIND_FLOAT, 4, 8, 0, 0, true},
    [TYPE_STRING] = {KIND_TEXT, 0, 0, 0, 0, true},
};

static const char *const names[] = {[ORDER_ABCD] = "ABCD", [ORDER_CDAB] = "CDAB", [ORDER_BADC] = "BADC", [ORDER_DCBA] = "DCBA"};

const char *byte_order_name(enum byte_order order)
{
    return order < ORDER_LETTERS ? names[order] : "?";
}

static int parse_string_order(const char *text, enum byte_order *order, char *why, size_t size)
{
    if (!strcmp(text, "AB") || !strcmp(text, "ABCD"))
        *order = ORDER_ABCD;
    else if (!strcmp(text, "BA") || !strcmp(text, "BADC"))
        *order = ORDER_BADC;
    else {
        snprintf(why, size, "'%.20s': the order of a string is AB, or BA when the bytes of each register are swapped", text);
        return -1;
    }
    return 0;
}

/* Each letter of the value once, and "-" for the rest. */
static bool read_letters(const char *text, int bytes, int total, uint8_t *place)
{
    int length = (int)strlen(text), unused = total - bytes, at = 0;
    unsigned seen = 0;
    if (length == bytes && unused)
        place[at++] = 0, seen = 1;
    if (length + at != total)
        return false;
    for (; *text; text++) {
        int byte = *text == '-' && unused ? 0 : *text - 'A' + unused;
        if (byte < 0 || byte >= total || (*text != '-' && byte < unused) || seen >> byte & 1)
            return false;
        seen |= 1u << byte;
        place[at++] = (uint8_t)byte;
    }
    return true;
}

int byte_order_parse(const char *text, enum tag_type type, enum byte_order *order, uint8_t *place, char *why, size_t size)
{
    const struct tag_type_info *info = &tag_types[type];
    int total = 2 * info->registers;
    if (info->kind == KIND_TEXT)
        return parse_string_order(text, order, why, size);
    for (enum byte_order named = ORDER_ABCD; named < ORDER_LETTERS; named++)
        if (!strcmp(text, names[named])) {
            *order = named;
            return 0;
        }
    if (!read_letters(text, info->bytes, total, place)) {
        snprintf(why, size, "'%.20s' is no order of %d bytes: ABCD, CDAB, BADC or DCBA, or each letter from A to %c once%s", text, info->bytes,
                 'A' + info->bytes - 1, total > info->bytes ? " and - for the byte that is not used" : "");
        return -1;
    }
    *order = ORDER_LETTERS;
    for (enum byte_order named = ORDER_DCBA + 1; named-- > ORDER_ABCD;) {
        int i = 0;
        while (i < total && byte_order_place(named, info->registers, i) == place[i])
            i++;
        if (i == total)
            *order = named;
    }
    return 0;
}
