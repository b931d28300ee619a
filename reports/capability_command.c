/* `gemba capability`: a line per characteristic, from the sums that chunks keep. */
#include "reports/output.h"
#include "reports/reports.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_FINE = 0, EXIT_MISSED = 1, EXIT_FAILED = 2, NAMES_MOST = 1000 };

/* --- the columns */

struct capability_row {
    const struct study *study;
    struct fact_index indices[FACTS_INDICES];
};
enum { CP = 0, CPK = 3, PP = 4, PPK = 7 }; /* in facts_indices */

static const struct study *study_of(const void *row)
{
    return ((const struct capability_row *)row)->study;
}

/* Counts have no mean and no spread that a requirement could be about. */
static void set_figure(struct cell *cell, const void *row, double number, int more_decimals)
{
    const struct study *study = study_of(row);
    cell_number(cell, study->characteristic->chart->summarise && study->n_values ? number : NAN, facts_decimals(study) + more_decimals);
}

static const char *counts = "counts, not measured values";

static void set_index(struct cell *cell, const void *row, int place)
{
    const struct capability_row *r = row;
    cell_number(cell, r->study->characteristic->chart->summarise ? r->indices[place].index.value : NAN, 2);
}

static void set_why(struct cell *cell, const void *row, int place)
{
    const struct capability_row *r = row;
    const struct index *index = &r->indices[place].index;
    cell_text(cell, !r->study->characteristic->chart->summarise ? counts : isnan(index->value) ? index->why : "");
}

#define INTEGER(name, expression)                                                                                                                    \
    static void get_##name(const void *row, struct cell *cell)                                                                                       \
    {                                                                                                                                                \
        const struct study *study = study_of(row);                                                                                                   \
        cell->integer = (int64_t)(expression);                                                                                                       \
    }
#define FIGURE(name, expression, decimals)                                                                                                           \
    static void get_##name(const void *row, struct cell *cell)                                                                                       \
    {                                                                                                                                                \
        const struct study *study = study_of(row);                                                                                                   \
        set_figure(cell, row, expression, decimals);                                                                                                 \
    }
#define INDEX(name, place)                                                                                                                           \
    static void get_##name(const void *row, struct cell *cell)                                                                                       \
    {                                                                                                                                                \
        set_index(cell, row, place);                                                                                                                 \
    }                                                                                                                                                \
    static void why_##name(const void *row, struct cell *cell)                                                                                       \
    {                                                                                                                                                \
        set_why(cell, row, place);                                                                                                                   \
    }
INTEGER(n, study->n_values)
INTEGER(below, study->below)
INTEGER(above, study->above)
INTEGER(beyond, study->below + study->above)
INTEGER(bad, study->bad_values)
INTEGER(points, study->n_points)
INTEGER(signals, study->signals)
INTEGER(excluded, study->excluded)
INTEGER(coarse, study->coarse)
FIGURE(mean, study->moments.mean, 1)
FIGURE(sd, study->capability.sd, 2)
FIGURE(within, study->capability.sigma_within, 2)
INDEX(cp, CP)
INDEX(cpk, CPK)
INDEX(pp, PP)
INDEX(ppk, PPK)

static void get_name(const void *row, struct cell *cell)
{
    cell_text(cell, study_of(row)->characteristic->name);
}

static void get_method(const void *row, struct cell *cell)
{
    const struct study *study = study_of(row);
    cell_text(cell, isnan(study->capability.sigma_within) || !study->characteristic->chart->summarise ? "" : study->capability.method);
}

static void get_required(const void *row, struct cell *cell)
{
    cell_number(cell, study_of(row)->characteristic->required_cpk, 2);
}

static void get_index(const void *row, struct cell *cell)
{
    const struct study *study = study_of(row);
    cell_text(cell, study->characteristic->chart->summarise ? study->index_used : "");
}

static void get_reason(const void *row, struct cell *cell)
{
    const struct study *study = study_of(row);
    cell_text(cell, study->characteristic->chart->summarise ? study->index_reason : counts);
}

static void get_requirement(const void *row, struct cell *cell)
{
    cell_text(cell, requirement_words(study_of(row)->requirement));
}

/* What was judged, and whether it is enough: "Cpk yes", "Ppk NO". */
static void get_verdict(const void *row, struct cell *cell)
{
    static const char *const words[] = {[REQUIREMENT_NONE] = "--",
                                        [REQUIREMENT_MET] = "yes",
                                        [REQUIREMENT_MET_UNSURE] = "yes",
                                        [REQUIREMENT_MISSED] = "NO",
                                        [REQUIREMENT_UNKNOWN] = "?"};
    const struct study *study = study_of(row);
    snprintf(cell->text, sizeof cell->text, "%s %s", study->characteristic->chart->summarise ? study->index_used : "---", words[study->requirement]);
}

/* The most important first: what a terminal has no room for is in CSV and JSON. */
static const struct column short_columns[] = {
    {"name", "NAME", COLUMN_TEXT, -11, get_name},
    {"n", "N", COLUMN_INTEGER, 7, get_n},
    {"cp", "CP", COLUMN_NUMBER, 4, get_cp},
    {"cpk", "CPK", COLUMN_NUMBER, 4, get_cpk},
    {"pp", "PP", COLUMN_NUMBER, 4, get_pp},
    {"ppk", "PPK", COLUMN_NUMBER, 4, get_ppk},
    {"beyond", "OUT", COLUMN_INTEGER, 5, get_beyond},
    {"signals", "SIG", COLUMN_INTEGER, 4, get_signals},
    {"met", "MET", COLUMN_TEXT, -7, get_verdict},
    {"mean", "MEAN", COLUMN_NUMBER, 8, get_mean},
    {"within", "WITHIN", COLUMN_NUMBER, 7, get_within},
    {"sd", "S", COLUMN_NUMBER, 7, get_sd},
};
static const struct column data_columns[] = {
    {"name", NULL, COLUMN_TEXT, 0, get_name},
    {"n", NULL, COLUMN_INTEGER, 0, get_n},
    {"mean", NULL, COLUMN_NUMBER, 0, get_mean},
    {"sigma_overall", NULL, COLUMN_NUMBER, 0, get_sd},
    {"sigma_within", NULL, COLUMN_NUMBER, 0, get_within},
    {"sigma_method", NULL, COLUMN_TEXT, 0, get_method},
    {"cp", NULL, COLUMN_NUMBER, 0, get_cp},
    {"cp_why", NULL, COLUMN_TEXT, 0, why_cp},
    {"cpk", NULL, COLUMN_NUMBER, 0, get_cpk},
    {"cpk_why", NULL, COLUMN_TEXT, 0, why_cpk},
    {"pp", NULL, COLUMN_NUMBER, 0, get_pp},
    {"pp_why", NULL, COLUMN_TEXT, 0, why_pp},
    {"ppk", NULL, COLUMN_NUMBER, 0, get_ppk},
    {"ppk_why", NULL, COLUMN_TEXT, 0, why_ppk},
    {"below", NULL, COLUMN_INTEGER, 0, get_below},
    {"above", NULL, COLUMN_INTEGER, 0, get_above},
    {"bad", NULL, COLUMN_INTEGER, 0, get_bad},
    {"points", NULL, COLUMN_INTEGER, 0, get_points},
    {"signals", NULL, COLUMN_INTEGER, 0, get_signals},
    {"excluded", NULL, COLUMN_INTEGER, 0, get_excluded},
    {"coarse", NULL, COLUMN_INTEGER, 0, get_coarse},
    {"required_cpk", NULL, COLUMN_NUMBER, 0, get_required},
    {"index", NULL, COLUMN_TEXT, 0, get_index},
    {"index_reason", NULL, COLUMN_TEXT, 0, get_reason},
    {"requirement", NULL, COLUMN_TEXT, 0, get_requirement},
};
#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* --- the lines */

struct request {
    const char *config, *words, *from, *to, *path;
    enum output_format format;
    bool strict;
    const char *names[NAMES_MOST + 1];
    const struct plant *plant;
    struct store *store;
    struct period period;
};

struct total {
    size_t lines, met, missed;
    int64_t n, below, above, bad, points, signals;
};

static void add_up(struct total *total, const struct study *study)
{
    total->lines++;
    total->met += study->requirement == REQUIREMENT_MET || study->requirement == REQUIREMENT_MET_UNSURE;
    total->missed += study->requirement == REQUIREMENT_MISSED;
    total->n += (int64_t)study->n_values;
    total->below += study->below;
    total->above += study->above;
    total->bad += study->bad_values;
    total->points += (int64_t)study->n_points;
    total->signals += (int64_t)study->signals;
}

static void print_total(FILE *stream, const struct total *total, const struct period *period)
{
    fprintf(stream, "\n%s\n%zu characteristic%s: %zu met, %zu MISSED, %zu not judged\n", period->words, total->lines, total->lines == 1 ? "" : "s",
            total->met, total->missed, total->lines - total->met - total->missed);
    fprintf(stream, "%lld values, %lld below, %lld above, %lld bad; %lld points, %lld signals\n", (long long)total->n, (long long)total->below,
            (long long)total->above, (long long)total->bad, (long long)total->points, (long long)total->signals);
}

static bool is_asked(const struct request *request, const struct characteristic *c)
{
    for (const char *const *name = request->names; *name; name++)
        if (!strcmp(*name, c->name))
            return true;
    return !request->names[0];
}

static int write_lines(const struct request *request, struct output *output, struct total *total, struct error *err)
{
    for (size_t i = 0; i < request->plant->n_characteristics; i++) {
        const struct characteristic *c = &request->plant->characteristics[i];
        struct study *study;
        if (!is_asked(request, c))
            continue;
        if (study_figures(&study, request->store, request->plant, c, &request->period, err))
            return -1;
        struct capability_row row = {.study = study};
        facts_indices(study, row.indices);
        output_row(output, &row);
        add_up(total, study);
        if (request->strict && study->requirement == REQUIREMENT_MISSED)
            facts_tell_missed("capability", study);
        study_free(study);
    }
    return 0;
}

/* Names are never cut: figures give way. */
static size_t choose(const struct request *request, FILE *stream, struct column *fitting)
{
    struct column all[COUNT_OF(short_columns)];
    memcpy(all, short_columns, sizeof all);
    for (size_t i = 0; i < request->plant->n_characteristics; i++) {
        int columns = text_columns(request->plant->characteristics[i].name);
        if (is_asked(request, &request->plant->characteristics[i]) && columns > -all[0].width)
            all[0].width = -columns;
    }
    return output_fit(all, COUNT_OF(all), output_width(stream), fitting);
}

static int write_all(const struct request *request, struct total *total, struct error *err)
{
    bool is_text = request->format == OUTPUT_TEXT;
    struct output_file file;
    struct error unwritten;
    if (output_file_open(&file, request->path, err))
        return -1;
    struct column fitting[COUNT_OF(short_columns)];
    struct output *output = is_text ? output_begin(file.stream, request->format, fitting, choose(request, file.stream, fitting))
                                    : output_begin(file.stream, request->format, data_columns, COUNT_OF(data_columns));
    int status = store_snapshot_begin(request->store, err);
    if (status == 0) {
        status = write_lines(request, output, total, err);
        store_snapshot_end(request->store);
    }
    bool bad = output_end(output, &unwritten) != 0;
    if (status == 0 && !bad && is_text)
        print_total(file.stream, total, &request->period);
    if (status == 0 && !bad)
        return output_file_commit(&file, err);
    if (status == 0)
        *err = unwritten;
    output_file_abandon(&file);
    return -1;
}

/* --- the command */

static int find_period(struct request *request, struct error *err)
{
    bool spans = request->from || request->to;
    if (spans && request->words)
        return error_set(err, ERR_USAGE, "give --period, or --from and --to, not both");
    char *words = spans ? memory_format("%s..%s", request->from ? request->from : "", request->to ? request->to : "")
                        : memory_text(request->words ? request->words : "today");
    int status = period_parse(request->plant, words, clock_now_us(), &request->period, err);
    free(words);
    return status;
}

static int check_names(const struct request *request, struct error *err)
{
    const struct plant *plant = request->plant;
    if (plant->n_characteristics == 0)
        return error_set(err, ERR_USAGE, "the plant has no characteristics: add `characteristics:` to its configuration");
    for (const char *const *name = request->names; *name; name++) {
        if (plant_characteristic(plant, *name))
            continue;
        const char *nearest = plant_nearest_characteristic(plant, *name);
        return error_set(err, ERR_USAGE, nearest ? "no characteristic '%s': did you mean '%s'?" : "no characteristic '%s'%s", *name,
                         nearest ? nearest : ": `gemba show characteristics` lists them");
    }
    return 0;
}

static int run(struct request *request)
{
    struct error err = {0};
    struct total total = {0};
    if (check_names(request, &err) || find_period(request, &err) || write_all(request, &total, &err))
        return options_failed("capability", &err);
    return request->strict && total.missed ? EXIT_MISSED : EXIT_FINE;
}

int capability_command(int argc, char **argv)
{
    struct request request = {.path = "-"};
    const char *format = "text";
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&request.config),
        {"period", 'p', OPTION_TEXT, "PERIOD", "this-shift, last-month, 8h, 2026-10, FROM..TO, ... (default: today)", &request.words},
        {"from", 0, OPTION_TEXT, "TIME", "instead of a period: the first instant (ISO date or time, the plant's zone)", &request.from},
        {"to", 0, OPTION_TEXT, "TIME", "the instant after the last", &request.to},
        {"format", 'f', OPTION_TEXT, "FORMAT", "text (default), csv or json", &format},
        {"strict", 0, OPTION_FLAG, NULL, "exit 1 when a characteristic misses its requirement", &request.strict},
        {"output", 'o', OPTION_TEXT, "FILE", "where to write (default: standard output)", &request.path},
    };
    const struct command_line line = {
        .usage = "gemba capability [NAME...] [options]",
        .summary = "Capability of the characteristics in a period, one line each, the figures of `gemba report`: n, mean, s overall, sigma within,\n"
                   "Cp, Cpk, Pp, Ppk, values beyond the limits (OUT), signals (SIG), and whether the required Cpk is met (MET): by Cpk where the\n"
                   "process is in control, else by Ppk. CSV and JSON say more, also why an index is not there. Comes from sums that the store\n"
                   "keeps, not from the values. Exit status: 0 done, 1 done but a requirement\n"
                   "is missed (--strict), 2 not done.",
        .rows = rows,
        .count = COUNT_OF(rows),
        .max_operands = NAMES_MOST,
    };
    struct error err = {0};
    int parsed = options_parse(&line, argc, argv, request.names);
    if (parsed)
        return parsed > 0 ? EXIT_FINE : EXIT_FAILED;
    if (output_format_parse(format, &request.format, &err))
        return options_failed("capability", &err);
    struct plant *plant = plant_open(request.config);
    request.plant = plant;
    request.store = plant ? store_open_plant(plant, STORE_READ) : NULL;
    int status = request.store ? run(&request) : EXIT_FAILED;
    store_close(request.store);
    plant_free(plant);
    return status;
}
