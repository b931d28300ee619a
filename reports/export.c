#include "reports/export_state.h"
#include "reports/output.h"
#include "reports/part.h"
#include "reports/period.h"
#include "reports/reports.h"
#include "reports/study.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* `gemba export`: series by series, rows stream from the store's cursors to the output, one at a time. */

struct export_row {
    int64_t time_us;
    const char *name;
    double value;
    const char *text; /* a string tag's; "" otherwise */
    const char *quality, *reason;
    const char *chart; /* signals: "Xbar", ... */
    int64_t rule, point;
    const char *serial; /* measurements: the part, ... */
    const struct context *context;
    int64_t attempt, sequence;
};

static void set(struct cell *cell, const char *text)
{
    snprintf(cell->text, sizeof cell->text, "%s", text ? text : "");
}

static void get_time(const void *row, struct cell *cell)
{
    cell->integer = ((const struct export_row *)row)->time_us;
}
static void get_name(const void *row, struct cell *cell)
{
    set(cell, ((const struct export_row *)row)->name);
}
static void get_quality(const void *row, struct cell *cell)
{
    set(cell, ((const struct export_row *)row)->quality);
}
static void get_reason(const void *row, struct cell *cell)
{
    set(cell, ((const struct export_row *)row)->reason);
}
static void get_chart(const void *row, struct cell *cell)
{
    set(cell, ((const struct export_row *)row)->chart);
}
static void get_rule(const void *row, struct cell *cell)
{
    cell->integer = ((const struct export_row *)row)->rule;
}
static void get_point(const void *row, struct cell *cell)
{
    cell->integer = ((const struct export_row *)row)->point;
}

static void get_serial(const void *row, struct cell *cell)
{
    set(cell, ((const struct export_row *)row)->serial);
}
static void get_lot(const void *row, struct cell *cell)
{
    set(cell, ((const struct export_row *)row)->context->lot);
}
static void get_order(const void *row, struct cell *cell)
{
    set(cell, ((const struct export_row *)row)->context->order);
}
static void get_operator(const void *row, struct cell *cell)
{
    set(cell, ((const struct export_row *)row)->context->operator);
}
static void get_gauge(const void *row, struct cell *cell)
{
    set(cell, ((const struct export_row *)row)->context->gauge);
}
static void get_attempt(const void *row, struct cell *cell)
{
    cell->integer = ((const struct export_row *)row)->attempt;
}
static void get_sequence(const void *row, struct cell *cell)
{
    cell->integer = ((const struct export_row *)row)->sequence;
}

static void get_value(const void *row, struct cell *cell)
{
    const struct export_row *r = row;
    cell->number = r->value;
    cell->decimals = -1;
    set(cell, r->text);
}

#define COMMON_COLUMNS                                                                                                                               \
    {"time", "TIME", COLUMN_TIME, -19, get_time}, {"name", "NAME", COLUMN_TEXT, -24, get_name}, {"value", "VALUE", COLUMN_VALUE, 20, get_value},     \
        {"quality", "QUALITY", COLUMN_TEXT, -9, get_quality},                                                                                        \
    {                                                                                                                                                \
        "reason", "REASON", COLUMN_TEXT, -40, get_reason                                                                                             \
    }
static const struct column sample_columns[] = {COMMON_COLUMNS};
static const struct column measurement_columns[] = {
    COMMON_COLUMNS,
    {"serial", "SERIAL", COLUMN_TEXT, -16, get_serial},
    {"lot", "LOT", COLUMN_TEXT, -12, get_lot},
    {"order", "ORDER", COLUMN_TEXT, -12, get_order},
    {"operator", "OPERATOR", COLUMN_TEXT, -12, get_operator},
    {"gauge", "GAUGE", COLUMN_TEXT, -16, get_gauge},
    {"attempt", "ATTEMPT", COLUMN_INTEGER, 7, get_attempt},
    {"sequence", NULL, COLUMN_INTEGER, 0, get_sequence},
};
static const struct column signal_columns[] = {
    COMMON_COLUMNS,
    {"chart", "CHART", COLUMN_TEXT, -8, get_chart},
    {"rule", "RULE", COLUMN_INTEGER, 4, get_rule},
    {"point", "POINT", COLUMN_INTEGER, 8, get_point},
};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

struct export
{
    struct store *store;
    const struct plant *plant;
    int64_t from_us, to_us;
    struct feed *feed; /* what of them is new */
    struct output *output;
};

/* Of a layout. */
static int export_samples(struct export *export, int64_t series, int64_t from_us, int64_t to_us, struct error *err)
{
    struct sample_cursor *cursor;
    struct sample sample;
    int64_t before_us = INT64_MIN;
    bool wanted = false;
    int more;
    if (sample_cursor_open_layout(&cursor, export->store, series, from_us, to_us, err))
        return -1;
    while ((more = sample_cursor_next(cursor, &sample, err)) == 1) {
        const struct reading *reading = &sample.reading;
        if (sample.time_us != before_us)
            wanted = feed_wants(export->feed, sample.time_us, 0);
        before_us = sample.time_us;
        struct export_row row = {.time_us = sample.time_us, .name = sample.name, .value = reading->value, .text = reading->text};
        row.quality = quality_name(reading->quality);
        row.reason = quality_reason(reading->quality);
        if (wanted)
            output_row(export->output, &row);
    }
    sample_cursor_close(cursor);
    return more;
}

static int export_measurements(struct export *export, int64_t series, int64_t from_us, int64_t to_us, struct error *err)
{
    struct measurement_cursor *cursor;
    struct measurement measurement;
    struct context context = {0};
    int64_t known = -1; /* whose context it is */
    int more;
    const char *name = store_characteristic_name(export->store, series);
    if (measurement_cursor_open(&cursor, export->store, series, from_us, to_us, 0, err))
        return -1;
    while ((more = measurement_cursor_next(cursor, &measurement, err)) == 1) {
        if (!feed_wants(export->feed, measurement.time_us, measurement.sequence))
            continue;
        struct export_row row = {.time_us = measurement.time_us, .name = name, .value = measurement.value, .text = "", .serial = measurement.serial};
        if (measurement.context != known && part_context(export->store, export->plant, &measurement, &context, err)) {
            more = -1;
            break;
        }
        known = measurement.context;
        row.context = &context;
        row.attempt = measurement.attempt;
        row.sequence = measurement.sequence;
        row.quality = quality_name(measurement.quality);
        row.reason = quality_reason(measurement.quality);
        output_row(export->output, &row);
    }
    measurement_cursor_close(cursor);
    return more;
}

/* A row for each rule that fired at a point on one of its panels; of streams with whose it is. */
static void export_rules(struct export *export, const struct characteristic *c, const struct point *point, int place)
{
    const char *const names[] = {c->chart->location, c->chart->dispersion, chart_third(c->chart)};
    const double shown[] = {point->subgroup.location, point->subgroup.dispersion, point->verdict.plotted[2]};
    uint32_t rules = study_rules(point, place);
    char reason[128];
    for (int number = 1; number <= c->rules->count; number++) {
        if (!(rules & UINT32_C(1) << (number - 1)))
            continue;
        struct export_row row = {.time_us = point->time_us, .name = c->name, .text = "", .rule = number, .point = point->number};
        row.value = c->n_streams ? point->verdict.plotted[place] : shown[place];
        row.quality = quality_name(QUALITY_GOOD);
        snprintf(reason, sizeof reason, "%s%s%s", rule_words(c->rules, number), *point->streams[place] ? ": " : "", point->streams[place]);
        row.reason = reason;
        row.chart = names[place];
        output_row(export->output, &row);
    }
}

static int export_signals(struct export *export, int64_t series, int64_t from_us, int64_t to_us, struct error *err)
{
    const struct characteristic *c = part_characteristic(export->plant, series);
    struct point_cursor *cursor;
    struct point point;
    int more;
    if (!c)
        return 0;
    if (point_cursor_open(&cursor, export->store, series, from_us, to_us, 0, err))
        return -1;
    while ((more = point_cursor_next(cursor, &point, err)) == 1)
        if (feed_wants(export->feed, point.time_us, point.number))
            for (int place = 0; place < STUDY_PANELS; place++)
                export_rules(export, c, &point, place);
    point_cursor_close(cursor);
    return more;
}

static const struct export_kind {
    const char *name;
    const struct column *columns;
    size_t n_columns;
    enum feed_kind feed;
    int (*run)(struct export *export, int64_t series, int64_t from_us, int64_t to_us, struct error *err);
} kinds[] = {
    {"samples", sample_columns, COUNT_OF(sample_columns), FEED_POLLS, export_samples},
    {"measurements", measurement_columns, COUNT_OF(measurement_columns), FEED_VALUES, export_measurements},
    {"signals", signal_columns, COUNT_OF(signal_columns), FEED_POINTS, export_signals},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const struct export_kind *find_kind(const char *name, struct error *err)
{
    const char *names[KINDS];
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = kinds[i].name;
        if (name && !strcmp(name, names[i]))
            return &kinds[i];
    }
    const char *nearest = name ? text_nearest(name, names, KINDS) : NULL;
    if (!name)
        error_set(err, ERR_USAGE, "export what? samples, measurements or signals");
    else if (nearest)
        error_set(err, ERR_USAGE, "there is nothing called '%s' to export: did you mean '%s'?", name, nearest);
    else
        error_set(err, ERR_USAGE, "there is nothing called '%s' to export: samples, measurements or signals", name);
    return NULL;
}

static int export_all(struct export *export, const struct export_kind *kind, struct error *err)
{
    int64_t series, from_us, to_us;
    int more, some;
    while ((more = feed_next(export->feed, &series, err)) == 1) {
        while ((some = feed_period(export->feed, &from_us, &to_us, err)) == 1)
            if (kind->run(export, series, from_us, to_us, err))
                return -1;
        if (some)
            return -1;
    }
    return more;
}

/* The rows on the disk, then where they end, then their name: whenever this run is killed, the next one knows which rows there are. */
static int publish(struct export *export, const struct export_kind *kind, struct output_file *file, const char *resume, struct error *err)
{
    if (output_file_settle(file, err))
        return -1;
    if (!resume)
        return output_file_publish(file, err);
    if (export_state_promise(resume, kind->name, feed_marks_now(export->feed), file->temporary, err))
        return -1;
    if (!output_file_publish(file, err))
        return export_state_keep(resume, err);
    export_state_withdraw(resume);
    return -1;
}

static int write_rows(struct export *export, const struct export_kind *kind, enum output_format format, const char *path, const char *resume,
                      struct error *err)
{
    struct output_file file;
    if (output_file_open(&file, path, err))
        return -1;
    struct error unwritten;
    export->output = output_begin(file.stream, format, kind->columns, kind->n_columns);
    int status = export_all(export, kind, err);
    if (output_end(export->output, &unwritten) && status == 0) {
        *err = unwritten;
        status = -1;
    }
    status = status || publish(export, kind, &file, resume, err) ? -1 : 0;
    output_file_abandon(&file);
    return status;
}

/* Rows that come only once must not be written over. */
static int check_place(const char *path, struct error *err)
{
    struct stat st;
    if (!strcmp(path, "-") || stat(path, &st) || !S_ISREG(st.st_mode) || st.st_size == 0)
        return 0;
    return error_set(err, ERR_USAGE, "%s is there from a run before, and its rows come only once: take it away first, or name another file with -o",
                     path);
}

static int run(struct export *export, const struct export_kind *kind, enum output_format format, const char *path, const char *resume,
               struct error *err)
{
    struct feed_marks marks = {0};
    if (resume && (export_state_read(resume, kind->name, &marks, err) || check_place(path, err))) {
        feed_marks_free(&marks);
        return -1;
    }
    int status = feed_open(&export->feed, export->store, kind->feed, resume ? &marks : NULL, export->from_us, export->to_us, err);
    if (!status)
        status = write_rows(export, kind, format, path, resume, err);
    if (status && resume && err->code == ERR_USAGE) { /* the marks are ahead of the store */
        struct error why = *err;
        error_set(err, ERR_USAGE, "%s; remove %s to export everything anew", why.text, resume);
    }
    feed_close(export->feed);
    feed_marks_free(&marks);
    return status;
}

/* The part of the time line that is wanted. */
static int find_period(struct export *export, const char *words, struct error *err)
{
    struct period period;
    if (!words)
        return 0;
    if (period_parse(export->plant, words, clock_now_us(), &period, err))
        return -1;
    export->from_us = period.from_us;
    export->to_us = period.to_us;
    return 0;
}

int export_command(int argc, char **argv)
{
    const char *config = NULL, *format_name = "csv", *path = "-", *words = NULL, *resume = NULL, *operands[1] = {NULL};
    struct export export = {.from_us = 0, .to_us = INT64_MAX};
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"format", 'f', OPTION_TEXT, "FORMAT", "csv (default), json, copy (PostgreSQL's COPY text) or text", &format_name},
        {"period", 'p', OPTION_TEXT, "WORDS", "as of gemba report: last-month, yesterday, 8h, FROM..TO, ...", &words},
        {"resume", 0, OPTION_TEXT, "STATE", "only what was recorded since the run before, of which the file STATE keeps the end", &resume},
        {"from", 0, OPTION_TIME, "TIME", "the first instant (ISO 8601; the plant's zone without one)", &export.from_us},
        {"to", 0, OPTION_TIME, "TIME", "the instant after the last", &export.to_us},
        {"output", 'o', OPTION_TEXT, "FILE", "where to write (default: standard output)", &path},
    };
    const struct command_line line = {
        .usage = "gemba export samples|measurements|signals [options]",
        .summary =
            "Writes what is stored, a row each: time (UTC), name, value, quality and the reason for it. Measurements also say serial number, lot,\n"
            "order, operator, gauge, attempt and sequence, signals chart, rule and point. Rows go series by series, each in order of time.\n"
            "With --resume a row comes exactly once, also one that is recorded later with an old time; a run that fails or is killed brings\n"
            "nothing and is made up for by the next one. Exit status: 0 done, 2 an error.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
        .max_operands = 1,
    };
    struct error err = {0};
    enum output_format format;
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    const struct export_kind *kind = find_kind(operands[0], &err);
    if (!kind || output_format_parse(format_name, &format, &err))
        return options_failed("export", &err);
    struct plant *plant = plant_open(config);
    if (!plant)
        return 2;
    export.plant = plant;
    export.store = store_open_plant(plant, STORE_READ);
    int status = 2;
    if (export.store)
        status = find_period(&export, words, &err) || run(&export, kind, format, path, resume, &err) ? options_failed("export", &err) : 0;
    store_close(export.store);
    plant_free(plant);
    return status;
}
