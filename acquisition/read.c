#include "acquisition/acquisition.h"

#include "acquisition/codec.h"
#include "acquisition/scout.h"
#include "acquisition/trace.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COUNT_USUAL = 4, COUNT_MOST = 125, BITS_MOST = 2000, UNIT_MOST = 255 };

struct place {
    int unit, first, count;
    enum area area;
};

static bool is_bits(enum area area)
{
    return area == AREA_COIL || area == AREA_DISCRETE;
}

/* --- showing one place as everything it may be */

static struct tag tag_of(enum tag_type type, enum byte_order order, const struct place *place)
{
    int registers = type == TYPE_STRING ? place->count : tag_types[type].registers;
    return (struct tag){.name = "",
                        .full_name = "",
                        .area = place->area,
                        .type = type,
                        .order = order,
                        .width = 1,
                        .registers = registers,
                        .length = type == TYPE_STRING ? 2 * registers : 0,
                        .part = BYTE_BOTH,
                        .scale = 1,
                        .unit = "",
                        .decimals = -1,
                        .low = NAN,
                        .high = NAN};
}

static char *value_text(const struct tag *tag, const uint16_t *registers, char *out, size_t size)
{
    struct reading reading = codec_decode(tag, registers);
    if (reading.text[0] || tag->type == TYPE_STRING)
        snprintf(out, size, "%s", reading.text);
    else if (quality_is_bad(reading.quality))
        snprintf(out, size, "-");
    else
        snprintf(out, size, tag_types[tag->type].kind == KIND_FLOAT ? "%.9g" : "%.0f", reading.value);
    return out;
}

static void print_type(enum tag_type type, const struct place *place, const uint16_t *registers)
{
    char text[READING_TEXT];
    int orders = !tag_types[type].ordered ? 1 : ORDER_DCBA + 1;
    bool one = type != TYPE_STRING && tag_types[type].registers == 1;
    printf("  %-7s", tag_type_name(type));
    for (int order = ORDER_ABCD; order < orders; order++) {
        struct tag tag = tag_of(type, (enum byte_order)order, place);
        bool same = (one || type == TYPE_STRING) && (order == ORDER_CDAB || order == ORDER_DCBA); /* one register has no words to swap */
        printf(order + 1 < orders ? " %-21s" : " %s", same ? "" : value_text(&tag, registers, text, sizeof text));
    }
    putchar('\n');
}

static void print_bits(const struct place *place, const uint16_t *bits)
{
    for (int i = 0; i < place->count; i++)
        printf("%s%d", i % 16 == 0 ? i ? "\n  " : "  " : i % 8 == 0 ? "  " : " ", bits[i]);
    putchar('\n');
}

static void print_registers(const struct place *place, const uint16_t *registers)
{
    for (int i = 0; i < place->count; i++) {
        printf("  %s:%-5d 0x%04x  ", area_name(place->area), place->first + i, registers[i]);
        for (int bit = 15; bit >= 0; bit--)
            printf("%d%s", registers[i] >> bit & 1, bit % 4 == 0 ? " " : "");
        printf(" %d\n", registers[i]);
    }
    printf("\n  %-7s", "");
    for (int order = ORDER_ABCD; order <= ORDER_DCBA; order++)
        printf(order < ORDER_DCBA ? " %-21s" : " %s", byte_order_name((enum byte_order)order));
    putchar('\n');
    for (enum tag_type type = TYPE_U8; type <= TYPE_STRING; type++)
        if (type == TYPE_STRING || tag_types[type].registers <= place->count)
            print_type(type, place, registers);
}

/* --- reading */

/* Unless a number was asked for, fewer registers are tried when the unit has not so many there. */
static struct outcome read_place(struct scout *scout, struct place *place, bool exactly, uint16_t *registers, int64_t *took_us)
{
    for (;;) {
        int64_t begun_us = clock_monotonic_us();
        struct outcome outcome = scout_read(scout, place->unit, place->area, place->first, place->count, registers);
        *took_us = clock_monotonic_us() - begun_us;
        if (exactly || place->count == 1 || (outcome.exception != 2 && outcome.exception != 3))
            return outcome;
        place->count /= 2;
    }
}

static int read_and_print(struct scout *scout, struct place *place, bool exactly, struct trace *trace)
{
    uint16_t registers[BITS_MOST];
    int64_t took_us;
    struct outcome outcome = read_place(scout, place, exactly, registers, &took_us);
    trace_flush(trace);
    if (outcome.kind != OUTCOME_GOOD) {
        fprintf(stderr, "gemba: unit %d, %s:%d, %d of them: %s\n", place->unit, area_name(place->area), place->first, place->count, outcome.text);
        return 2;
    }
    printf("unit %d, %s:%d, %d %s%s in %.1f ms\n\n", place->unit, area_name(place->area), place->first, place->count,
           is_bits(place->area) ? "bit" : "register", place->count == 1 ? "" : "s", (double)took_us / 1000);
    if (is_bits(place->area))
        print_bits(place, registers);
    else
        print_registers(place, registers);
    return 0;
}

static int parse_place(const char *address, long unit, long count, struct place *place, char *why, size_t size)
{
    if (address_parse(address, &place->area, &place->first, why, size))
        return -1;
    long most = is_bits(place->area) ? BITS_MOST : COUNT_MOST;
    if (unit < 0 || unit > UNIT_MOST)
        snprintf(why, size, "--unit %ld: 0 to %d", unit, UNIT_MOST);
    else if (count < 0 || count > most)
        snprintf(why, size, "--count %ld: 1 to %ld", count, most);
    else {
        place->unit = (int)unit;
        place->count = count ? (int)count : COUNT_USUAL;
        if (place->first + place->count <= 65536)
            return 0;
        if (!count) {
            place->count = 65536 - place->first;
            return 0;
        }
        snprintf(why, size, "%ld from %s on end beyond the last one, %s:65535", count, address, area_name(place->area));
    }
    return -1;
}

int read_command(int argc, char **argv)
{
    const char *operands[2] = {NULL, NULL};
    long unit = 1, count = 0;
    int64_t timeout_us = SECOND_US;
    bool traced = false;
    const struct option_row rows[] = {
        {"unit", 'u', OPTION_INTEGER, "N", "the unit's number; default 1", &unit},
        {"count", 'n', OPTION_INTEGER, "N", "registers or bits; default 4, or as many as there are", &count},
        {"timeout", 't', OPTION_DURATION, "DURATION", "how long an answer may take; default 1s", &timeout_us},
        {"trace", 0, OPTION_FLAG, NULL, "print each frame in hexadecimal, with what it says", &traced},
    };
    const struct command_line line = {
        "gemba read URL ADDRESS [--unit N] [--count N] [--trace]",
        "Reads one place of a unit, without any configuration, and shows it in every type and byte order side by side: the one that makes sense is "
        "the one to configure. URL as in plant.yaml (tcp://10.0.3.17:502, rtu:///dev/ttyUSB0?baud=19200&parity=even), ADDRESS too (40001, "
        "holding:0). "
        "Exit status: 0 read, 2 not.",
        rows, sizeof rows / sizeof rows[0], 2};
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (!operands[1]) {
        fprintf(stderr, "gemba read: a URL and an address are wanted, as in `gemba read tcp://10.0.3.17 40001`\n");
        return 2;
    }
    struct place place;
    struct scout scout;
    struct trace trace;
    struct error err;
    char why[240];
    if (parse_place(operands[1], unit, count, &place, why, sizeof why)) {
        fprintf(stderr, "gemba read: %s\n", why);
        return 2;
    }
    if (scout_open(&scout, operands[0], timeout_us, &err))
        return options_failed("read", &err);
    trace_init(&trace, scout.link.kind, stdout);
    if (traced)
        transport_trace(scout.transport, trace_bytes, &trace);
    int status = read_and_print(&scout, &place, count > 0, &trace);
    scout_close(&scout);
    return status;
}
