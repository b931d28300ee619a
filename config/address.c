#include "config/address.h"

#include "config/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES = 65536 };

static int read_modicon(const char *text, enum area *area, int *address, char *why, size_t size)
{
    static const struct {
        char digit;
        enum area area;
    } leading[] = {{'0', AREA_COIL}, {'1', AREA_DISCRETE}, {'3', AREA_INPUT}, {'4', AREA_HOLDING}};
    size_t digits = strlen(text);
    if (digits > 6) {
        snprintf(why, size, "'%.20s' has more than 6 digits; 40001, 400001 or holding:0", text);
        return -1;
    }
    char first = digits >= 5 ? text[0] : '0';
    int number = atoi(digits >= 5 ? text + 1 : text), most = digits == 6 ? ADDRESSES : 9999;
    for (size_t i = 0; i < sizeof leading / sizeof leading[0]; i++) {
        if (leading[i].digit != first)
            continue;
        if (number < 1 || number > most) {
            snprintf(why, size, "%s is out of range: Modicon numbers count from 1 to %d behind the area's digit (%c%0*d is address 0)", text, most,
                     first, digits == 6 ? 5 : 4, 1);
            return -1;
        }
        *area = leading[i].area;
        *address = number - 1;
        return 0;
    }
    snprintf(why, size, "%s begins with none of 0 (coil), 1 (discrete), 3 (input) and 4 (holding); or write holding:%s", text, text);
    return -1;
}

int address_parse(const char *text, enum area *area, int *address, char *why, size_t size)
{
    if (*text && strspn(text, "0123456789") == strlen(text))
        return read_modicon(text, area, address, why, size);
    char name[16] = "";
    const char *colon = strchr(text, ':'), *nearest = NULL;
    if (!colon) {
        snprintf(why, size, "'%.40s' is no address; 40001, 400001, or holding:0, input:16, discrete:3, coil:0x1f", text);
        return -1;
    }
    snprintf(name, sizeof name, "%.*s", colon - text > 15 ? 15 : (int)(colon - text), text);
    const struct word *word = word_find(schema_areas, name, &nearest);
    if (!word) {
        snprintf(why, size, "unknown area '%s': %s%s%sit is coil, discrete, holding or input", name, nearest ? "did you mean '" : "",
                 nearest ? nearest : "", nearest ? "'? " : "");
        return -1;
    }
    const char *digits = colon + 1;
    bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    digits += hex ? 2 : 0;
    size_t length = strlen(digits);
    long value = length > 0 && length < 8 && strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789") == length
                     ? strtol(digits, NULL, hex ? 16 : 10)
                     : -1;
    if (value < 0 || value >= ADDRESSES) {
        snprintf(why, size, "'%.20s' is out of range: %s:0 to %s:65535, decimal or 0x...", colon + 1, name, name);
        return -1;
    }
    *area = (enum area)word->value;
    *address = (int)value;
    return 0;
}
