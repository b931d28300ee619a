#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tag_row {
    const struct tag *tag; /* the plant's */
    struct reading reading;
    int64_t time_us, now_us;
};

#define ROW(name) const struct tag_row *name = data

/* A value that was good but is old has become uncertain, whatever the store still says. One that is read only when another changes is as old as
 * that one. */
static void mark_stale(struct tag_row *row, const int64_t *times_us, int64_t now_us)
{
    const struct instrument *instrument = row->tag->instrument;
    const struct tag *on_change = instrument->schedules[row->tag->schedule].on_change;
    const struct tag *clock = on_change ? on_change : row->tag;
    if (quality_is_good(row->reading.quality) && store_is_stale(times_us[clock->column], instrument->schedules[clock->schedule].every_us, now_us))
        row->reading.quality = QUALITY_UNCERTAIN_STALE;
}

static int load(const struct board_source *source, void **rows, size_t *count, struct error *err)
{
    const struct plant *plant = source->plant;
    size_t total = 0, at = 0, most = 0;
    for (size_t i = 0; i < plant->n_instruments; i++) {
        total += plant->instruments[i].n_tags;
        most = plant->instruments[i].n_tags > most ? plant->instruments[i].n_tags : most;
    }
    struct tag_row *out = memory_zero(total + 1, sizeof *out);
    struct reading *readings = memory_zero(most + 1, sizeof *readings);
    int64_t *times_us = memory_zero(most + 1, sizeof *times_us);
    for (size_t i = 0; i < plant->n_instruments; i++) {
        const struct instrument *instrument = &plant->instruments[i];
        if (store_latest_each(source->store, instrument, readings, times_us, err)) {
            free(out);
            free(readings);
            free(times_us);
            return -1;
        }
        for (size_t j = 0; j < instrument->n_tags; j++) {
            out[at] = (struct tag_row){&instrument->tags[j], readings[j], times_us[j], source->now_us};
            mark_stale(&out[at++], times_us, source->now_us);
        }
    }
    free(readings);
    free(times_us);
    *rows = out;
    *count = total;
    return 0;
}

static const char *value_name(const struct tag_row *row)
{
    const char *name = tag_value_name(row->tag, row->reading.value);
    return name ? name : "";
}

static void put_value_text(struct cell *cell, const struct tag_row *row)
{
    char number[40];
    const char *value = row->reading.text[0]        ? row->reading.text
                        : row->tag->decimals >= 0   ? text_number(row->reading.value, row->tag->decimals, number, sizeof number)
                        : isnan(row->reading.value) ? "--"
                                                    : text_exact(row->reading.value, number, sizeof number);
    const char *named = value_name(row);
    snprintf(cell->text, sizeof cell->text, "%s%s%s%s", value, *named ? " " : "", named, quality_is_good(row->reading.quality) ? "" : " ?");
}

/* Of a value in one register only when it is swapped; a calculated one does not travel. */
static const char *order_name(const struct tag *tag)
{
    bool swapped = tag->order == ORDER_BADC || tag->order == ORDER_DCBA;
    return !tag->formula && (tag->registers > 1 || swapped) ? tag_order_name(tag) : "";
}

static void put_address(struct cell *cell, const struct tag *tag)
{
    if (tag->formula)
        snprintf(cell->text, sizeof cell->text, "= %s", tag->formula->text);
    else
        snprintf(cell->text, sizeof cell->text, "%s:%d", area_name(tag->area), tag->address);
}

#define GET(name, statements) CELL_GETTER(struct tag_row, name, statements)
#define TEXT(value) cell_text(cell, value)
GET(name, TEXT(row->tag->full_name))
GET(value_text, put_value_text(cell, row))
GET(value, (cell->number = row->reading.value, cell->decimals = row->tag->decimals))
GET(value_name, TEXT(value_name(row)))
GET(text, TEXT(row->reading.text))
GET(unit, TEXT(row->tag->unit))
GET(quality, TEXT(quality_name(row->reading.quality)))
GET(reason, TEXT(quality_reason(row->reading.quality)))
GET(time, cell->integer = row->time_us)
GET(age, cell->number = row->time_us ? (double)(row->now_us - row->time_us) / 1000 : NAN)
GET(address, put_address(cell, row->tag))
GET(type, TEXT(tag_type_name(row->tag->type)))
GET(order, TEXT(order_name(row->tag)))

static void get_age_words(const void *data, struct cell *cell)
{
    ROW(row);
    if (row->time_us)
        text_age(row->now_us - row->time_us, cell->text, sizeof cell->text);
    else
        TEXT("never");
}

static const struct column columns[] = {
    {"name", "TAG", COLUMN_TEXT, -22, get_name},
    {NULL, "VALUE", COLUMN_TEXT, 16, get_value_text},
    {"unit", "UNIT", COLUMN_TEXT, -6, get_unit},
    {"quality", "QUALITY", COLUMN_TEXT, -9, get_quality},
    {NULL, "AGE", COLUMN_TEXT, 6, get_age_words},
    {"reason", "REASON", COLUMN_TEXT, -32, get_reason},
    {"type", "TYPE", COLUMN_TEXT, -6, get_type},
    {"order", "ORDER", COLUMN_TEXT, -8, get_order},
    {"address", "ADDRESS", COLUMN_TEXT, -14, get_address},
    {"value", NULL, COLUMN_NUMBER, 12, get_value},
    {"value_name", NULL, COLUMN_TEXT, -12, get_value_name},
    {"text", NULL, COLUMN_TEXT, -12, get_text},
    {"time", NULL, COLUMN_TIME, 8, get_time},
    {"age_ms", NULL, COLUMN_NUMBER, 8, get_age},
};

static const char *name(const void *data)
{
    ROW(row);
    return row->tag->full_name;
}

static enum look look(const void *data)
{
    ROW(row);
    return quality_is_bad(row->reading.quality) ? LOOK_WARN : quality_is_good(row->reading.quality) ? LOOK_DEFAULT : LOOK_DIM;
}

static void detail(const void *data, char *out, size_t size)
{
    ROW(row);
    const struct tag *tag = row->tag;
    const char *reason = quality_reason(row->reading.quality);
    const char *named = value_name(row), *order = order_name(tag);
    struct cell address;
    put_address(&address, tag);
    snprintf(out, size, "%s  %s%s%s %s%s%s  %s%s%s", tag->full_name, named, *named ? "  " : "", address.text, tag_type_name(tag->type),
             *order ? " " : "", order, quality_name(row->reading.quality), *reason ? ": " : "", reason);
}

const struct board board_tags = {
    "tags",
    "the plant has no tags: add `tags:` to its instruments",
    columns,
    sizeof columns / sizeof columns[0],
    sizeof(struct tag_row),
    load,
    name,
    look,
    detail,
    NULL,
};
