/* `gemba note`: writes a note about a thing, or lists the notes. */
#include "reports/output.h"
#include "reports/reports.h"

#include <stdlib.h>
#include <string.h>

#define GET(name, statements) CELL_GETTER(struct note, name, statements)
GET(time, cell->integer = row->time_us)
GET(written, cell->integer = row->written_us)
GET(object, cell_text(cell, row->object))
GET(who, cell_text(cell, row->who))
GET(text, cell_text(cell, row->text))

static const struct column columns[] = {
    {"time", "TIME", COLUMN_TIME, -19, get_time}, {"object", "ABOUT", COLUMN_TEXT, -20, get_object}, {"who", "WHO", COLUMN_TEXT, -12, get_who},
    {"text", "NOTE", COLUMN_TEXT, -60, get_text}, {"written", NULL, COLUMN_TIME, 0, get_written},
};

static int list(struct store *store, const char *object, enum output_format format)
{
    struct error err;
    struct note *notes;
    size_t count;
    if (store_notes(store, object, 0, INT64_MAX, 1000, &notes, &count, &err))
        return options_failed("note", &err);
    struct output *output = output_begin(stdout, format, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count; i++)
        output_row(output, &notes[i]);
    free(notes);
    return output_end(output, &err) ? options_failed("note", &err) : 0;
}

static int write_note(struct store *store, const struct plant *plant, const char *object, const char *text, int64_t about_us)
{
    struct error err;
    struct person person = person_of_account(plant->store_path);
    int64_t now_us = clock_now_us();
    if (strlen(text) >= sizeof((struct note *)0)->text || strlen(object) >= sizeof((struct note *)0)->object) {
        error_set(&err, ERR_USAGE, "a note has up to %zu letters, what it is about up to %zu", sizeof((struct note *)0)->text - 1,
                  sizeof((struct note *)0)->object - 1);
        return options_failed("note", &err);
    }
    if (person.access < ACCESS_OPERATOR) {
        error_set(&err, ERR_READ_ONLY, "%s is a %s: operators and engineers write notes", person.name, person_access_name(person.access));
        return options_failed("note", &err);
    }
    return action_note(store, object, text, about_us ? about_us : now_us, person.name, now_us, &err) ? options_failed("note", &err) : 0;
}

int note_command(int argc, char **argv)
{
    const char *config = NULL, *format_name = "text", *operands[2];
    int64_t about_us = 0;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"at", 0, OPTION_TIME, "TIME", "the time it is about (default: now)", &about_us},
        {"format", 'f', OPTION_TEXT, "FORMAT", "of the list: text (default), csv or json", &format_name},
    };
    const struct command_line line = {
        .usage = "gemba note [OBJECT [TEXT]] [options]",
        .summary = "Writes a note about a part, a lot, an order, a characteristic or a machine; with an OBJECT alone lists its notes, without one\n"
                   "the newest of all. A note stays as it was written, with a line in the audit chain. `gemba trace` shows those of a part.\n"
                   "Exit status: 0 done, 2 an error.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
        .max_operands = 2,
    };
    struct error err;
    enum output_format format;
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (output_format_parse(format_name, &format, &err))
        return options_failed("note", &err);
    struct plant *plant = plant_open(config);
    struct store *store = plant ? store_open_plant(plant, operands[1] ? STORE_WRITE : STORE_READ) : NULL;
    int status = 2;
    if (store)
        status = operands[1] ? write_note(store, plant, operands[0], operands[1], about_us) : list(store, operands[0], format);
    store_close(store);
    plant_free(plant);
    return status;
}
