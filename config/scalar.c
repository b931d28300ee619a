#include "config/scalar.h"

#include "config/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX_LENGTH = 1000 };

typedef int (*scalar_reader)(struct reader *reader, const struct slot *slot, node *at, const char *text);

int scalar_wrong(struct reader *reader, const struct slot *slot, node *at, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    problems_add(reader->problems, at, "%s%s%s: %s", slot->path, *slot->path ? "." : "", slot->field->key, text);
    return -1;
}

static int unknown_word(struct reader *reader, const struct slot *slot, node *at, const char *text, const char *nearest)
{
    char list[200];
    word_list(slot->field->words, list, sizeof list);
    if (nearest)
        return scalar_wrong(reader, slot, at, "'%.60s' is unknown: did you mean '%s'? It is one of %s", text, nearest, list);
    return scalar_wrong(reader, slot, at, "'%.60s' is unknown: it is one of %s", text, list);
}

static int read_text(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    const char *nearest;
    if (strlen(text) > TEXT_MAX_LENGTH)
        return scalar_wrong(reader, slot, at, "longer than %d bytes", TEXT_MAX_LENGTH);
    if (slot->field->words && !word_find(slot->field->words, text, &nearest))
        return unknown_word(reader, slot, at, text, nearest);
    *(const char **)slot->target = at ? arena_text(reader->arena, text) : text; /* the schema's own stays */
    return 0;
}

int scalar_integer(const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return errno || end == text || *end || isspace((unsigned char)text[0]) ? -1 : 0;
}

static int read_count(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    const struct field *field = slot->field;
    int64_t value;
    if (scalar_integer(text, &value) != 0)
        return scalar_wrong(reader, slot, at, "'%.60s' is no whole number; %.0f to %.0f", text, field->least, field->most);
    if ((double)value < field->least || (double)value > field->most)
        return scalar_wrong(reader, slot, at, "%s is out of range: %.0f to %.0f", text, field->least, field->most);
    *(int64_t *)slot->target = value;
    return 0;
}

static int read_integer(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    int64_t value;
    struct slot wide = {slot->field, slot->path, (char *)&value};
    if (read_count(reader, &wide, at, text) != 0)
        return -1;
    *(int *)slot->target = (int)value;
    return 0;
}

static int read_real(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    const struct field *field = slot->field;
    char *end;
    double value = strtod(text, &end);
    if (!*text || *end || text[strspn(text, "0123456789.+-eE")])
        return scalar_wrong(reader, slot, at, "'%.60s' is no number%s", text, strchr(text, ',') ? ": the decimal mark is a point" : "");
    if (!isfinite(value) || value < field->least || value > field->most) {
        if (field->most >= 1e300)
            return scalar_wrong(reader, slot, at, "%s is out of range%s", text, field->least > 0 ? ": it must be above 0" : "");
        return scalar_wrong(reader, slot, at, "%s is out of range: %g to %g", text, field->least, field->most);
    }
    *(double *)slot->target = value;
    return 0;
}

static const char *seconds_words(double seconds, char *out, size_t size)
{
    static const struct {
        double s;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}, {0, "ms"}};
    size_t i = 0;
    while (seconds < units[i].s)
        i++;
    snprintf(out, size, "%g%s", units[i].s > 0 ? seconds / units[i].s : seconds * 1000, units[i].name);
    return out;
}

static int read_duration(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    const struct field *field = slot->field;
    char least[32], most[32];
    int64_t value;
    bool parsed = text_duration_parse(text, &value) == 0;
    if (parsed && (double)value >= field->least * 1e6 && (double)value <= field->most * 1e6) {
        *(int64_t *)slot->target = value;
        return 0;
    }
    seconds_words(field->least, least, sizeof least);
    seconds_words(field->most, most, sizeof most);
    if (!parsed) {
        if (*text && !text[strspn(text, "0123456789.")])
            return scalar_wrong(reader, slot, at, "'%.60s' has no unit: us, ms, s, min, h or d, as in %ss", text, text);
        return scalar_wrong(reader, slot, at, "'%.60s' is no duration; like 500ms, 4.2s, 5min, 8h or 2d; %s to %s", text, least, most);
    }
    return scalar_wrong(reader, slot, at, "%s is out of range: %s to %s", text, least, most);
}

static int read_seconds(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    int64_t value;
    struct slot us = {slot->field, slot->path, (char *)&value};
    if (read_duration(reader, &us, at, text) != 0)
        return -1;
    *(double *)slot->target = (double)value / 1e6;
    return 0;
}

int scalar_clock(const char *text, bool last)
{
    int hour, minute, used = 0;
    if (strspn(text, "0123456789:") != strlen(text) || sscanf(text, "%2d:%2d%n", &hour, &minute, &used) != 2 || text[used] || strlen(text) < 4 ||
        text[used - 3] != ':')
        return -1;
    return minute < 60 && (hour < 24 || (last && hour == 24 && minute == 0)) ? hour * 60 + minute : -1;
}

static int read_clock(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    int minutes = scalar_clock(text, false);
    if (minutes < 0)
        return scalar_wrong(reader, slot, at, "'%.60s' is no time of day; \"00:00\" to \"23:59\"", text);
    *(int *)slot->target = minutes;
    return 0;
}

static int read_word(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    const char *nearest;
    const struct word *word = word_find(slot->field->words, text, &nearest);
    if (!word)
        return unknown_word(reader, slot, at, text, nearest);
    *(int *)slot->target = word->value;
    return 0;
}

static int add_word(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    int value;
    struct slot one = {slot->field, slot->path, (char *)&value};
    if (read_word(reader, &one, at, text) != 0)
        return -1;
    *(unsigned *)slot->target |= (unsigned)value;
    return 0;
}

/* The lists have room for all items from the start; see scalar_make_list. */
static int add_text(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    struct texts *texts = (struct texts *)slot->target;
    texts->nodes[texts->count] = at;
    texts->items[texts->count++] = arena_text(reader->arena, text);
    return 0;
}

static int add_number(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    struct numbers *numbers = (struct numbers *)slot->target;
    int64_t value;
    if (scalar_integer(text, &value) != 0)
        return scalar_wrong(reader, slot, at, "'%.60s' is no whole number", text);
    numbers->nodes[numbers->count] = at;
    numbers->items[numbers->count++] = value;
    return 0;
}

static void make_texts(struct arena *scratch, char *target, size_t room)
{
    *(struct texts *)target = (struct texts){arena_zero(scratch, room, sizeof(char *)), arena_zero(scratch, room, sizeof(node *)), 0};
}

static void make_numbers(struct arena *scratch, char *target, size_t room)
{
    *(struct numbers *)target = (struct numbers){arena_zero(scratch, room, sizeof(int64_t)), arena_zero(scratch, room, sizeof(node *)), 0};
}

static const struct kind {
    scalar_reader read;                                             /* of a text; of each item, for lists */
    bool list;                                                      /* takes a list of texts, or one */
    void (*make)(struct arena *scratch, char *target, size_t room); /* an empty list */
} kinds[] = {
    [FIELD_TEXT] = {read_text, false, NULL},
    [FIELD_INTEGER] = {read_integer, false, NULL},
    [FIELD_COUNT] = {read_count, false, NULL},
    [FIELD_REAL] = {read_real, false, NULL},
    [FIELD_DURATION] = {read_duration, false, NULL},
    [FIELD_SECONDS] = {read_seconds, false, NULL},
    [FIELD_CLOCK] = {read_clock, false, NULL},
    [FIELD_WORD] = {read_word, false, NULL},
    [FIELD_WORDS] = {add_word, true, NULL},
    [FIELD_TEXTS] = {add_text, true, make_texts},
    [FIELD_NUMBERS] = {add_number, true, make_numbers},
    [FIELD_NAMES] = {NULL, false, NULL},
    [FIELD_RECORD] = {NULL, false, NULL},
    [FIELD_TABLE] = {NULL, false, NULL},
};

int scalar_read(struct reader *reader, const struct slot *slot, node *at, const char *text)
{
    return kinds[slot->field->kind].read(reader, slot, at, text);
}

bool scalar_is_list(enum field_kind kind)
{
    return kinds[kind].list;
}

void scalar_make_list(struct reader *reader, const struct slot *slot, size_t room)
{
    if (kinds[slot->field->kind].make)
        kinds[slot->field->kind].make(reader->scratch, slot->target, room);
}
