#ifndef GEMBA_CONFIG_TAG_TYPE_H
#define GEMBA_CONFIG_TAG_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a value is made of. Integers stand from TYPE_BITS to TYPE_SM32, floats behind them. */
enum tag_type {
    TYPE_BOOL,
    TYPE_BIT,
    TYPE_BITS, /* some bits of a register: a shift and a width */
    TYPE_U8,   /* one byte of a register */
    TYPE_I8,
    TYPE_U16,
    TYPE_I16,
    TYPE_U24, /* three bytes of two registers */
    TYPE_I24,
    TYPE_U32,
    TYPE_I32,
    TYPE_U48,
    TYPE_I48,
    TYPE_U64,
    TYPE_I64,
    TYPE_BCD8, /* two decimal digits a byte */
    TYPE_BCD16,
    TYPE_BCD24,
    TYPE_BCD32,
    TYPE_SM16, /* the highest bit is the sign, the others the magnitude */
    TYPE_SM32,
    TYPE_F16,
    TYPE_F32,
    TYPE_F64,
    TYPE_STRING,
};
#define TAG_TYPES (TYPE_STRING + 1)

enum value_kind { KIND_UNSIGNED, KIND_SIGNED, KIND_BCD, KIND_SIGN_MAGNITUDE, KIND_FLOAT, KIND_TEXT };

struct tag_type_info {
    enum value_kind kind;
    int registers;        /* 0: a string says its length */
    int bytes;            /* of the value: 1 in u8, 3 in u24; 0: a string */
    double least, beyond; /* what fits: least <= value < beyond; both 0: any number, or text */
    bool ordered;         /* has a byte order */
};
extern const struct tag_type_info tag_types[TAG_TYPES];

/* How the bytes of a value travel: A is the most significant. The four names mean the same of any number of registers: CDAB begins with the last
 * register, BADC swaps the bytes of each, DCBA does both. ORDER_LETTERS: any other, said byte by byte. */
enum byte_order { ORDER_ABCD, ORDER_CDAB, ORDER_BADC, ORDER_DCBA, ORDER_LETTERS };

/* Which byte of the registers' 2 * registers, 0 the most significant, travels i-th in one of the four named orders. */
static inline int byte_order_place(enum byte_order order, int registers, int i)
{
    bool last_first = order == ORDER_CDAB || order == ORDER_DCBA, swapped = order == ORDER_BADC || order == ORDER_DCBA;
    return (last_first ? 2 * registers - 2 - (i & ~1) : i & ~1) | ((i & 1) ^ swapped);
}

const char *byte_order_name(enum byte_order order); /* of the four */

/* Reads one of the names, or a letter for each byte as they travel ("GHEFCDAB", "BA"); of u24, i24 and bcd24 "-" is the byte that is not used,
 * before the others when it is left out. place[8] is filled for ORDER_LETTERS. -1 with the reason and the way out in why. */
int byte_order_parse(const char *text, enum tag_type type, enum byte_order *order, uint8_t *place, char *why, size_t size);

enum byte_part { BYTE_BOTH, BYTE_LOW, BYTE_HIGH };

#endif
