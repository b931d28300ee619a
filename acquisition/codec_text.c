/* Registers <-> text. */
#include "acquisition/codec_private.h"

#include <string.h>

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

/* Where the i-th character stands: its register, and how far it is shifted in it. */
static int place(const struct tag *tag, int i, int *shift)
{
    if (tag->part != BYTE_BOTH) {
        *shift = tag->part == BYTE_HIGH ? 8 : 0;
        return i;
    }
    int low_first = tag->order == ORDER_BADC || tag->order == ORDER_DCBA;
    *shift = i % 2 == low_first ? 8 : 0;
    return i / 2;
}

void codec_text_decode(const struct tag *tag, const uint16_t *registers, char *text)
{
    unsigned char bytes[2 * 125];
    int length = 0, used = 0;
    for (int shift; length < tag->length && length < (int)sizeof bytes; length++) {
        int at = place(tag, length, &shift);
        bytes[length] = (unsigned char)(registers[at] >> shift);
        if (!bytes[length])
            break;
    }
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

int codec_text_encode(const struct tag *tag, const char *text, uint16_t *registers)
{
    int length = text ? (int)strlen(text) : 0;
    if (length > tag->length - (tag->padding == PADDING_TERMINATED))
        return -1;
    for (int i = 0; i < tag->length; i++) {
        int shift, at = place(tag, i, &shift);
        unsigned byte = i < length ? (unsigned char)text[i] : tag->padding == PADDING_SPACE ? ' ' : 0;
        registers[at] = (uint16_t)((registers[at] & ~(0xffu << shift)) | byte << shift);
    }
    return 0;
}
