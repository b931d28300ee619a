/* `gemba retain`: drops what is older than plant.yaml says, and what would go. */
#include "reports/output.h"
#include "reports/reports.h"
#include "storage/storage.h"

#include <stdlib.h>

struct retain_row {
    enum keep_class class;
    int64_t keep_us;
    struct retained retained;
};

static void get_class(const void *row, struct cell *cell)
{
    snprintf(cell->text, sizeof cell->text, "%s", keep_class_name(((const struct retain_row *)row)->class));
}
static void get_keep(const void *row, struct cell *cell)
{
    int64_t keep_us = ((const struct retain_row *)row)->keep_us;
    if (keep_us)
        snprintf(cell->text, sizeof cell->text, "%g d", (double)keep_us / (double)DAY_US);
    else
        snprintf(cell->text, sizeof cell->text, "for ever");
}
#define GET(name, field)                                                                                                                             \
    static void get_##name(const void *row, struct cell *cell)                                                                                       \
    {                                                                                                                                                \
        cell->integer = ((const struct retain_row *)row)->retained.field;                                                                            \
    }
GET(rows, rows)
GET(chunks, chunks)
GET(bytes, bytes)
GET(from, from_us)
GET(to, to_us)

static const struct column columns[] = {
    {"class", "CLASS", COLUMN_TEXT, -10, get_class},
    {"keep", "KEEP", COLUMN_TEXT, -10, get_keep},
    {"rows", "ROWS", COLUMN_INTEGER, 12, get_rows},
    {"chunks", "CHUNKS", COLUMN_INTEGER, 10, get_chunks},
    {"bytes", "BYTES", COLUMN_INTEGER, 14, get_bytes},
    {"from", "FROM", COLUMN_TIME, -19, get_from},
    {"to", "TO", COLUMN_TIME, -19, get_to},
};

static int run(const struct plant *plant, struct store *store, bool dry_run, bool quiet, enum output_format format)
{
    struct error err;
    struct person person = person_of_account(plant->store_path);
    int64_t now_us = clock_now_us();
    if (!dry_run && person.access < ACCESS_ENGINEER) {
        error_set(&err, ERR_READ_ONLY, "%s is %s: only an engineer (or the collector's account) lets go of what is stored", person.name,
                  person_access_name(person.access));
        return options_failed("retain", &err);
    }
    struct output *output = quiet ? NULL : output_begin(stdout, format, columns, sizeof columns / sizeof columns[0]);
    int status = 0;
    for (int class = 0; class < KEEP_CLASSES && status == 0; class ++) {
        struct retain_row row = {.class = (enum keep_class) class, .keep_us = plant->keep_us[class]};
        if (row.keep_us && store_retain(store, row.class, now_us - row.keep_us, dry_run, person.name, &row.retained, &err))
            status = options_failed("retain", &err);
        else if (output)
            output_row(output, &row);
    }
    if (output && output_end(output, &err) && status == 0)
        status = options_failed("retain", &err);
    return status;
}

int retain_command(int argc, char **argv)
{
    const char *config = NULL, *format_name = "text";
    bool dry_run = false, quiet = false;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"dry-run", 'n', OPTION_FLAG, NULL, "only say what would go", &dry_run},
        {"quiet", 'q', OPTION_FLAG, NULL, "say nothing when all is well (cron)", &quiet},
        {"format", 'f', OPTION_TEXT, "FORMAT", "text (default), csv or json", &format_name},
    };
    const struct command_line line = {
        .usage = "gemba retain [options]",
        .summary =
            "Drops what is older than `store: {keep: {readings: 30d, values: 2y, ...}}` says, in short steps while the collector records, and\n"
            "says per class what went. Verdicts, limits, notes, the audit chain and the figures of dropped values stay. The file does not\n"
            "shrink: its freed pages are used again. Exit status: 0 done, 2 an error.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
    };
    struct error err;
    enum output_format format;
    int parsed = options_parse(&line, argc, argv, NULL);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (output_format_parse(format_name, &format, &err))
        return options_failed("retain", &err);
    struct plant *plant = plant_open(config);
    struct store *store = plant ? store_open_plant(plant, dry_run ? STORE_READ : STORE_WRITE) : NULL;
    int status = store ? run(plant, store, dry_run, quiet, format) : 2;
    store_close(store);
    plant_free(plant);
    return status;
}
