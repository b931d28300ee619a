/* `gemba trace`: everything that is known about one part, a lot or a work order, a row for each of its measurements. */
#include "reports/output.h"
#include "reports/part.h"
#include "reports/reports.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct trace_row {
    const struct measurement *m;
    const struct characteristic *c; /* NULL when it is no longer in the configuration */
    const char *name;
    struct context context;
    struct point point;
    bool has_point;
    char alarms[300], notes[300];
};

static uint32_t rules_of(const struct trace_row *row)
{
    const struct verdict *v = &row->point.verdict;
    return row->has_point ? v->location_rules | v->dispersion_rules | v->within_rules : 0;
}

/* In one word or two, the most important thing first. */
static void set_verdict(struct cell *cell, const struct trace_row *row)
{
    double value = row->m->value;
    if (!quality_is_good(row->m->quality))
        cell_text(cell, quality_reason(row->m->quality));
    else if (row->m->attempt)
        snprintf(cell->text, sizeof cell->text, "measured again (%d)", row->m->attempt + 1);
    else if (row->c && value < row->c->lsl)
        cell_text(cell, "below LSL");
    else if (row->c && value > row->c->usl)
        cell_text(cell, "above USL");
    else if (!row->has_point)
        cell_text(cell, "not judged yet");
    else if (row->point.subgroup.excluded)
        cell_text(cell, "excluded");
    else if (rules_of(row)) {
        struct cell rules = {0};
        cell_rules(&rules, rules_of(row));
        snprintf(cell->text, sizeof cell->text, "rule %.300s", rules.text);
    } else
        cell_text(cell, "in control");
}

#define GET(name, statements) CELL_GETTER(struct trace_row, name, statements)
GET(time, cell->integer = row->m->time_us)
GET(name, cell_text(cell, row->name))
GET(part, cell_text(cell, row->c ? row->c->part : ""))
GET(machine, cell_text(cell, row->c && row->c->machine ? row->c->machine->name : ""))
GET(value, cell->number = row->m->value; cell->decimals = row->c ? row->c->decimals : -1)
GET(unit, cell_text(cell, row->c ? row->c->unit : ""))
GET(verdict, set_verdict(cell, row))
GET(quality, cell_text(cell, quality_name(row->m->quality)))
GET(reason, cell_text(cell, quality_reason(row->m->quality)))
GET(serial, cell_text(cell, row->m->serial))
GET(attempt, cell->integer = row->m->attempt + 1)
GET(point, cell->integer = row->m->point)
GET(rules, cell_rules(cell, rules_of(row)))
GET(location, cell->number = row->has_point ? row->point.subgroup.location : (double)NAN; cell->decimals = -1)
GET(lcl, cell->number = row->has_point ? row->point.verdict.location.lcl : (double)NAN; cell->decimals = -1)
GET(center, cell->number = row->has_point ? row->point.verdict.location.center : (double)NAN; cell->decimals = -1)
GET(ucl, cell->number = row->has_point ? row->point.verdict.location.ucl : (double)NAN; cell->decimals = -1)
GET(lsl, cell->number = row->c ? row->c->lsl : (double)NAN; cell->decimals = -1)
GET(usl, cell->number = row->c ? row->c->usl : (double)NAN; cell->decimals = -1)
GET(excluded, cell->integer = row->has_point && row->point.subgroup.excluded)
GET(cause, cell_text(cell, row->has_point ? row->point.cause : ""))
GET(action, cell_text(cell, row->has_point ? row->point.action : ""))
GET(who, cell_text(cell, row->has_point ? row->point.who : ""))
GET(gauge, cell_text(cell, row->context.gauge))
GET(operator, cell_text(cell, row->context.operator))
GET(lot, cell_text(cell, row->context.lot))
GET(order, cell_text(cell, row->context.order))
GET(alarms, cell_text(cell, row->alarms))
GET(notes, cell_text(cell, row->notes))

static const struct column columns[] = {
    {"time", "TIME", COLUMN_TIME, -19, get_time},
    {"serial", "SERIAL", COLUMN_TEXT, -14, get_serial},
    {"characteristic", "CHARACTERISTIC", COLUMN_TEXT, -20, get_name},
    {"value", "VALUE", COLUMN_NUMBER, 12, get_value},
    {"unit", "UNIT", COLUMN_TEXT, -5, get_unit},
    {"verdict", "VERDICT", COLUMN_TEXT, -18, get_verdict},
    {"gauge", "GAUGE", COLUMN_TEXT, -12, get_gauge},
    {"operator", "OPERATOR", COLUMN_TEXT, -10, get_operator},
    {"lot", "LOT", COLUMN_TEXT, -10, get_lot},
    {"order", "ORDER", COLUMN_TEXT, -10, get_order},
    {"machine", "MACHINE", COLUMN_TEXT, -10, get_machine},
    {"cause", "CAUSE", COLUMN_TEXT, -20, get_cause},
    {"action", "ACTION", COLUMN_TEXT, -20, get_action},
    {"who", "WHO", COLUMN_TEXT, -10, get_who},
    {"part", NULL, COLUMN_TEXT, 0, get_part},
    {"quality", NULL, COLUMN_TEXT, 0, get_quality},
    {"reason", NULL, COLUMN_TEXT, 0, get_reason},
    {"attempt", NULL, COLUMN_INTEGER, 0, get_attempt},
    {"point", NULL, COLUMN_INTEGER, 0, get_point},
    {"rules", NULL, COLUMN_LIST, 0, get_rules},
    {"location", NULL, COLUMN_NUMBER, 0, get_location},
    {"lcl", NULL, COLUMN_NUMBER, 0, get_lcl},
    {"center", NULL, COLUMN_NUMBER, 0, get_center},
    {"ucl", NULL, COLUMN_NUMBER, 0, get_ucl},
    {"lsl", NULL, COLUMN_NUMBER, 0, get_lsl},
    {"usl", NULL, COLUMN_NUMBER, 0, get_usl},
    {"excluded", NULL, COLUMN_BOOLEAN, 0, get_excluded},
    {"alarms", "ALARMS", COLUMN_TEXT, -30, get_alarms},
    {"notes", NULL, COLUMN_TEXT, 0, get_notes},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* For people: what was measured and whether it was good on the line, where it comes from below it. A traced serial number is known. */
static size_t choose(enum trace_key key, struct column *chosen)
{
    static const char *const ranks[] = {"time", "characteristic", "value",   "unit",  "verdict", "serial", "gauge", "operator",
                                        "lot",  "order",          "machine", "cause", "action",  "who",    "alarms"};
    size_t count = 0;
    for (size_t rank = 0; rank < sizeof ranks / sizeof ranks[0]; rank++)
        for (size_t i = 0; i < COLUMNS; i++)
            if (!strcmp(ranks[rank], columns[i].key) && (key != TRACE_SERIAL || strcmp(columns[i].key, "serial") != 0))
                chosen[count++] = columns[i];
    return count;
}

/* --- filling a row */

static void append(char *out, size_t size, const char *text)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%s", used ? "; " : "", text);
}

static int take_alarms(struct store *store, struct trace_row *row, struct error *err)
{
    struct alarm *alarms;
    size_t count;
    int64_t until_us = row->has_point ? row->point.time_us : row->m->time_us;
    if (store_alarms_at(store, row->m->characteristic, row->m->time_us, until_us, &alarms, &count, err))
        return -1;
    row->alarms[0] = '\0';
    for (size_t i = 0; i < count; i++)
        append(row->alarms, sizeof row->alarms, alarms[i].text);
    free(alarms);
    return 0;
}

static int take_notes(struct store *store, const char *object, char *out, size_t size, struct error *err)
{
    struct note *notes;
    size_t count;
    if (!object[0])
        return 0;
    if (store_notes(store, object, 0, INT64_MAX, 20, &notes, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        char text[600];
        snprintf(text, sizeof text, "%s (%s)", notes[i].text, notes[i].who);
        append(out, size, text);
    }
    free(notes);
    return 0;
}

static int fill(struct store *store, const struct plant *plant, struct point_finder *finder, const struct measurement *m, struct trace_row *row,
                struct error *err)
{
    *row = (struct trace_row){.m = m, .c = part_characteristic(plant, m->characteristic)};
    row->name = store_characteristic_name(store, m->characteristic);
    int found = point_finder_find(finder, m, &row->point, err);
    row->has_point = found == 1;
    return found < 0 || part_context(store, plant, m, &row->context, err) || take_alarms(store, row, err) ||
                   take_notes(store, m->serial, row->notes, sizeof row->notes, err) ||
                   take_notes(store, row->context.lot, row->notes, sizeof row->notes, err) ||
                   take_notes(store, row->context.order, row->notes, sizeof row->notes, err)
               ? -1
               : 0;
}

/* --- the command */

static int print_notes(struct store *store, const char *object, struct error *err)
{
    struct note *notes;
    size_t count;
    if (store_notes(store, object, 0, INT64_MAX, 100, &notes, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        char when[48];
        printf("note %s %s: %s\n", text_time_local(notes[i].time_us, "%Y-%m-%d %H:%M:%S", when, sizeof when), notes[i].who, notes[i].text);
    }
    free(notes);
    return 0;
}

static int trace(struct store *store, const struct plant *plant, enum trace_key key, const char *text, enum output_format format, struct error *err)
{
    struct measurement *measurements;
    size_t count;
    if (store_trace(store, key, text, &measurements, &count, err))
        return 2;
    struct column chosen[COLUMNS];
    struct output *output = format == OUTPUT_TEXT ? output_begin_within(stdout, format, chosen, choose(key, chosen), output_width(stdout))
                                                  : output_begin(stdout, format, columns, COLUMNS);
    struct point_finder *finder = point_finder_create(store);
    int status = count ? 0 : 1;
    for (size_t i = 0; i < count && status < 2; i++) {
        struct trace_row row;
        status = fill(store, plant, finder, &measurements[i], &row, err) ? 2 : status;
        if (status < 2)
            output_row(output, &row);
    }
    point_finder_destroy(finder);
    struct error unwritten;
    if (output_end(output, &unwritten) && status < 2) {
        *err = unwritten;
        status = 2;
    }
    if (status == 0 && format == OUTPUT_TEXT && print_notes(store, text, err))
        status = 2;
    free(measurements);
    return status;
}

static int run(const struct plant *plant, struct store *store, enum trace_key key, const char *text, enum output_format format)
{
    static const char *const words[] = {[TRACE_SERIAL] = "part with the serial number", [TRACE_LOT] = "lot", [TRACE_ORDER] = "order"};
    struct error err = {0};
    int status = store_snapshot_begin(store, &err) ? 2 : trace(store, plant, key, text, format, &err);
    store_snapshot_end(store);
    if (status == 1)
        fprintf(stderr, "gemba trace: nothing was measured of a %s '%s'\n", words[key], text);
    return status == 2 ? options_failed("trace", &err) : status;
}

int trace_command(int argc, char **argv)
{
    const char *config = NULL, *format_name = "text", *lot = NULL, *order = NULL, *operands[1];
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"lot", 0, OPTION_TEXT, "LOT", "all parts of a lot", &lot},
        {"order", 0, OPTION_TEXT, "ORDER", "all parts of a work order", &order},
        {"format", 'f', OPTION_TEXT, "FORMAT", "text (default), csv or json; the latter two have all columns", &format_name},
    };
    const struct command_line line = {
        .usage = "gemba trace [SERIAL] [options]",
        .summary = "Everything that is known about a part, a lot or a work order: each measurement with its verdict, limits, gauge, operator,\n"
                   "cause, alarms of that time and notes. Exit status: 0 found, 1 nothing was measured of it, 2 an error.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
        .max_operands = 1,
    };
    struct error err;
    enum output_format format;
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if ((operands[0] != NULL) + (lot != NULL) + (order != NULL) != 1) {
        error_set(&err, ERR_USAGE, "trace what? a serial number, --lot LOT or --order ORDER, one of them");
        return options_failed("trace", &err);
    }
    if (output_format_parse(format_name, &format, &err))
        return options_failed("trace", &err);
    struct plant *plant = plant_open(config);
    struct store *store = plant ? store_open_plant(plant, STORE_READ) : NULL;
    int status = 2;
    if (store)
        status = run(plant, store, lot ? TRACE_LOT : order ? TRACE_ORDER : TRACE_SERIAL, lot ? lot : order ? order : operands[0], format);
    store_close(store);
    plant_free(plant);
    return status;
}
