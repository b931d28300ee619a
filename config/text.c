#include "config/text.h"

#include <ctype.h>
#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Decodes one character at *at and moves past it. -1 for an invalid byte, which is passed alone. */
static int32_t decode(const char **at)
{
    const unsigned char *bytes = (const unsigned char *)*at;
    static const struct {
        unsigned char mask, mark;
        int more;
        int32_t least;
    } forms[] = {{0x80, 0x00, 0, 0}, {0xe0, 0xc0, 1, 0x80}, {0xf0, 0xe0, 2, 0x800}, {0xf8, 0xf0, 3, 0x10000}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if ((bytes[0] & forms[i].mask) != forms[i].mark)
            continue;
        int32_t code = bytes[0] & (unsigned char)~forms[i].mask;
        int k = 1;
        for (; k <= forms[i].more && (bytes[k] & 0xc0) == 0x80; k++)
            code = code << 6 | (bytes[k] & 0x3f);
        if (k <= forms[i].more || code < forms[i].least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
            break;
        *at += k;
        return code;
    }
    *at += 1;
    return -1;
}

struct range {
    int32_t first, last;
};

static bool within(int32_t code, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

static bool is_control(int32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* The C library knows the width that curses will use, but only in a UTF-8 locale; elsewhere the blocks that matter. */
static int width(int32_t code)
{
    static const struct range wide[] = {{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                                        {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1faff}, {0x20000, 0x3fffd}};
    static const struct range zero[] = {{0x0300, 0x036f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
    if (code < 0x7f || is_control(code))
        return 1;
    if (!strcmp(nl_langinfo(CODESET), "UTF-8")) {
        int columns = wcwidth((wchar_t)code);
        return columns < 0 ? 1 : columns;
    }
    if (within(code, zero, sizeof zero / sizeof zero[0]))
        return 0;
    return within(code, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
}

int text_columns(const char *utf8)
{
    int columns = 0;
    while (*utf8)
        columns += width(decode(&utf8));
    return columns;
}

int text_fit(char *out, size_t size, const char *utf8, int columns)
{
    if (size == 0)
        return 0;
    size_t bytes = 0, cut_bytes = 0; /* cut: the longest part that leaves a column and a byte for the mark */
    int used = 0, cut_used = 0;
    while (*utf8) {
        const char *at = utf8;
        int32_t code = decode(&utf8);
        int w = width(code);
        size_t length = (size_t)(utf8 - at);
        if (used + w > columns || bytes + length >= size) {
            bytes = cut_bytes, used = cut_used;
            if (columns > 0 && bytes + 1 < size) {
                out[bytes++] = '~';
                used++;
            }
            break;
        }
        if (is_control(code))
            out[bytes++] = '?'; /* must never reach a terminal */
        else {
            memcpy(out + bytes, at, length);
            bytes += length;
        }
        used += w;
        if (used < columns && bytes + 1 < size)
            cut_bytes = bytes, cut_used = used;
    }
    out[bytes] = '\0';
    return used;
}

enum { NEAREST_MAX = 63 };

/* Edit distance where exchanging two neighbours counts once, letter case not at all. */
static int distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int rows[3][NEAREST_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= a_length; i++) {
        int *row = rows[i % 3], *before = rows[(i + 2) % 3], *before2 = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= b_length; j++) {
            int ca = tolower((unsigned char)a[i - 1]), cb = tolower((unsigned char)b[j - 1]);
            int least = before[j - 1] + (ca != cb);
            if (before[j] + 1 < least)
                least = before[j] + 1;
            if (row[j - 1] + 1 < least)
                least = row[j - 1] + 1;
            if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) && cb == tolower((unsigned char)a[i - 2]) && before2[j - 2] + 1 < least)
                least = before2[j - 2] + 1;
            row[j] = least;
        }
    }
    return rows[a_length % 3][b_length];
}

const char *text_nearest(const char *word, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t length = strlen(word);
    int best = 1000;
    if (length == 0 || length > NEAREST_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t name_length = strlen(names[i]);
        if (name_length == 0 || name_length > NEAREST_MAX)
            continue;
        size_t longer = length > name_length ? length : name_length, shorter = length + name_length - longer;
        int far = distance(word, length, names[i], name_length);
        if (far > 1 && shorter >= 3 && !strncasecmp(word, names[i], shorter))
            far = 1; /* one begins the other */
        int limit = longer / 3 > 1 ? (int)(longer / 3) : 1;
        if (far <= limit && far < (int)longer && far < best)
            best = far, nearest = names[i];
    }
    return nearest;
}

size_t text_common_prefix(const char *const *names, size_t count)
{
    size_t common = count ? strlen(names[0]) : 0;
    for (size_t i = 1; i < count; i++)
        for (size_t at = 0; at < common; at++)
            if (names[i][at] != names[0][at] || !names[i][at + 1])
                common = at;
    while (common && (isdigit((unsigned char)names[0][common - 1]) || isalpha((unsigned char)names[0][common]) || (names[0][common] & 0x80)) &&
           names[0][common - 1] != '-' && names[0][common - 1] != ' ')
        common--;
    return common;
}

char *text_exact(double value, char *out, size_t size)
{
    if (isnan(value)) {
        snprintf(out, size, "%s", "");
        return out;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, size, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    return out;
}

/* As many digits as tell the value from its neighbours: as a 32-bit float when it is one, so that 25.003 from a float register is not
 * shown as 25.00300025939941. */
static void as_needed(double value, char *out, size_t size)
{
    if (value == floor(value) && fabs(value) < 1e15) {
        snprintf(out, size, "%.0f", value == 0 ? 0 : value);
        return;
    }
    bool is_float = (double)(float)value == value;
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(out, size, "%.*g", digits, value);
        if (is_float ? strtof(out, NULL) == (float)value : strtod(out, NULL) == value)
            return;
    }
}

enum { TEXT_DECIMALS = 9 };

char *text_number(double value, int decimals, char *out, size_t size)
{
    if (isnan(value))
        snprintf(out, size, "--");
    else if (decimals < 0)
        as_needed(value, out, size);
    else if (decimals > TEXT_DECIMALS && fabs(value) > 0 && fabs(value) < 0.001) /* |S| of small spreads: nobody counts zeros */
        snprintf(out, size, "%.*e", (int)fmax(0, decimals + floor(log10(fabs(value)))), value);
    else if (decimals > TEXT_DECIMALS && value == 0)
        snprintf(out, size, "0");
    else {
        snprintf(out, size, "%.*f", decimals, value);
        if (out[0] == '-' && out[strspn(out, "-0.")] == '\0')
            memmove(out, out + 1, strlen(out)); /* no minus before a zero */
    }
    return out;
}
