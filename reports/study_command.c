#include "reports/analysis.h"
#include "reports/output.h"
#include "reports/reports.h"
#include "reports/study_options.h"
#include "reports/study_pareto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* `gemba study FILE.csv`: the columns asked for -> subgroups -> an analysis -> one of its renderings. */

/* --- run */

enum { FORMATS = 6, MSA_FORMATS = 3 };
static const struct {
    const char *name;
    void (*write)(FILE *stream, const struct analysis *analysis); /* NULL: a picture */
    void (*write_msa)(FILE *stream, const struct msa_sheet *sheet);
} formats[FORMATS] = {{"text", analysis_text, msa_text},
                      {"json", analysis_json, msa_json},
                      {"csv", analysis_csv, msa_csv},
                      {"pdf", NULL, NULL},
                      {"svg", NULL, NULL},
                      {"png", NULL, NULL}};

/* One of the first `most` formats; -1 with an error. */
static int choose_format(const char *format, size_t most, struct error *err)
{
    const char *names[FORMATS];
    for (size_t i = 0; i < FORMATS; i++)
        names[i] = formats[i].name;
    return study_choose("format", format, names, most, err);
}

static int write_out(const struct analysis *analysis, const char *format, const char *path, struct error *err)
{
    struct output_file file;
    int at = choose_format(format, FORMATS, err);
    if (at < 0 || output_file_open(&file, path, err))
        return -1;
    if (formats[at].write)
        formats[at].write(file.stream, analysis);
    else if (analysis_picture(file.stream, analysis, format, err)) {
        output_file_abandon(&file);
        return -1;
    }
    return output_file_commit(&file, err);
}

/* The format that the file's name asks for. */
static const char *format_of(const char *path)
{
    static const char *const suffixes[] = {".json", ".csv", ".pdf", ".svg", ".png"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
        if (length > strlen(suffixes[i]) && !strcmp(path + length - strlen(suffixes[i]), suffixes[i]))
            return suffixes[i] + 1;
    return "text";
}

/* Values that are not held can be charted, and summed up; not sorted, fitted, drawn, or grouped by name. */
static bool can_stream(const struct study_options *o, const struct analysis_request *request, const char *format)
{
    const struct study_columns *columns = &o->columns;
    bool subgroups = columns->subgroup > 1;
    const struct spc_chart *chart = spc_chart_find(o->chart                              ? o->chart
                                                   : !subgroups                          ? "i-mr"
                                                   : columns->subgroup <= LARGE_SUBGROUP ? "xbar-r"
                                                                                         : "xbar-s");
    bool printed = !strcmp(format, "text") || !strcmp(format, "json") || !strcmp(format, "csv");
    bool plain = !columns->by && !columns->time && !columns->stage && !columns->size && !columns->count && !columns->wide && !columns->streams &&
                 !columns->exclude.count && !o->fit;
    return chart && printed && plain && chart->summarise && chart_sums_can(chart, subgroups, &request->settings) &&
           (subgroups ? chart->max_n > 1 && columns->subgroup <= CONSTANTS_MAX : chart->min_n <= 1) && strcmp(chart->id, "z-mr") != 0;
}

static bool is_vector_chart(const char *id)
{
    return id && vector_chart_find(id, 1, 1);
}

/* T2 and MEWMA: the rows are vectors. */
static int take_vectors(struct study_table *table, const struct study_options *o, struct analysis_input *input, struct analysis_request *request,
                        struct error *err)
{
    if (table->n_wide > MULTIVARIATE_MAX)
        return error_set(err, ERR_USAGE, "the chart %s takes up to %d columns, not %zu: name them with --columns", o->chart, MULTIVARIATE_MAX,
                         table->n_wide);
    input->vector_p = (int)table->n_wide;
    input->vector_n = o->columns.subgroup > 1 ? (int)o->columns.subgroup : 1;
    input->vector_names = table->names;
    request->chart = vector_chart_find(o->chart, input->vector_p, input->vector_n);
    return 0;
}

static int study(struct study_table *table, const char *path, struct study_options *o, struct analysis_input *input, struct error *err)
{
    struct analysis_request request;
    struct analysis analysis;
    o->columns.streams = o->columns.stream_of || (o->chart && !strcmp(o->chart, "group"));
    if (o->columns.streams)
        o->chart = o->chart ? o->chart : "group";
    if (study_request(o, &request, err))
        return -1;
    o->columns.wide |= is_vector_chart(o->chart) || o->columns.columns.count;
    o->columns.parts = o->chart && !strcmp(o->chart, "z-mr");
    o->columns.runs = request.settings.z == Z_BY_RUNS;
    const char *format = o->format ? o->format : format_of(o->output);
    o->columns.stream = can_stream(o, &request, format);
    if (study_table_read(table, input, path, &o->columns, err))
        return -1;
    if (is_vector_chart(o->chart) ? take_vectors(table, o, input, &request, err) : study_choose_chart(o, input, &request, err))
        return -1;
    int status = analysis_make(&analysis, &request, input, err);
    if (status == 0)
        status = write_out(&analysis, format, o->output, err);
    analysis_free(&analysis);
    return status;
}

/* A gauge study, or a Pareto table: both are sheets. */
static int study_sheet(struct study_options *o, const char *path, const char *format, struct error *err)
{
    struct msa_sheet sheet;
    struct output_file file;
    int at = choose_format(format, MSA_FORMATS, err);
    if (at < 0)
        return -1;
    if (!(o->confidence > 0 && o->confidence < 1))
        return error_set(err, ERR_USAGE, "--confidence must lie between 0 and 1");
    o->msa.value = o->columns.value;
    o->msa.confidence = o->confidence;
    o->msa.published = !strcmp(o->constants, "published3");
    int status = o->pareto ? study_pareto(&sheet, path, o->pareto, o->columns.count, err) : study_msa(&sheet, path, &o->msa, err);
    if (!status)
        status = output_file_open(&file, o->output, err);
    if (!status) {
        formats[at].write_msa(file.stream, &sheet);
        status = output_file_commit(&file, err);
    }
    msa_sheet_free(&sheet);
    return status;
}

/* A gauge study, or the charts of values: a stability study is the latter, of one master over time. */
static int run(struct study_table *table, const char *path, struct study_options *o, struct analysis_input *input, struct error *err)
{
    size_t kinds = 0;
    while (study_msa_kinds[kinds])
        kinds++;
    if (o->pareto && o->msa.kind)
        return error_set(err, ERR_USAGE, "--pareto and --msa exclude each other");
    if (o->pareto)
        return study_sheet(o, path, o->format ? o->format : format_of(o->output), err);
    if (!o->msa.kind)
        return study(table, path, o, input, err);
    if (study_choose("gauge study", o->msa.kind, study_msa_kinds, kinds, err) < 0)
        return -1;
    if (!strcmp(o->msa.kind, "stability"))
        return study(table, path, o, input, err);
    return study_sheet(o, path, o->format ? o->format : format_of(o->output), err);
}

int study_command(int argc, char **argv)
{
    struct study_options o = {.rules = "nelson",
                              .constants = "exact",
                              .z = "parts",
                              .output = "-",
                              .settings = chart_defaults,
                              .span = chart_defaults.span,
                              .confidence = 0.95,
                              .msa = {.tolerance = NAN, .process_sd = NAN, .resolution = NAN, .multiplier = NAN, .percent = 20, .pool = 0.05}};
    const struct option_row rows[] = {
        {"value", 0, OPTION_TEXT, "COLUMN", "the measured values (default: the first column of numbers)", &o.columns.value},
        {"subgroup", 'n', OPTION_INTEGER, "N", "so many values in a row are a subgroup", &o.columns.subgroup},
        {"by", 0, OPTION_TEXT, "COLUMN", "values with the same name here are a subgroup; z-mr: the part", &o.columns.by},
        {"stream", 0, OPTION_TEXT, "COLUMN", "group: whose each value is, spindle or cavity; points are --by, or rounds in which each has --subgroup",
         &o.columns.stream_of},
        {"gap", 0, OPTION_DURATION, "TIME", "a longer pause than this begins a subgroup: 10min, by the times of --time", &o.columns.gap_us},
        {"time", 0, OPTION_TEXT, "COLUMN", "the times that --gap goes by: 2026-11-02 14:30:05", &o.columns.time},
        {"wide", 0, OPTION_FLAG, NULL, "each row is a subgroup, of all columns of numbers; group: each column is a stream", &o.columns.wide},
        {"columns", 0, OPTION_LIST, "COLUMNS", "the columns of --wide; the variables of t2 and mewma (default: all columns of numbers)",
         &o.columns.columns},
        {"count", 0, OPTION_TEXT, "COLUMN", "counts of defectives or defects", &o.columns.count},
        {"size", 0, OPTION_TEXT, "COLUMN", "the samples' sizes, or one number", &o.columns.size},
        {"stage", 0, OPTION_TEXT, "COLUMN", "where the name here changes, a new stage with its own limits begins", &o.columns.stage},
        {"exclude", 0, OPTION_LIST, "POINTS", "points that stay drawn but leave centre and sigma: 7,12", &o.columns.exclude},
        {"chart", 0, OPTION_TEXT, "ID", "i-mr, xbar-r, ewma, p, t2, ... (default: by the size of the subgroups)", &o.chart},
        {"rules", 0, OPTION_TEXT, "SET", "nelson (default), western-electric, aiag, ..., or one of --config", &o.rules},
        {"config", 'c', OPTION_TEXT, "FILE", "a plant's configuration: its own rule sets", &o.config},
        {"sigma", 0, OPTION_TEXT, "ID", "rbar, sbar, pooled, mr, median-mr, sqrt-mssd, nelson-mr, overall", &o.sigma},
        {"constants", 0, OPTION_TEXT, "KIND", "exact (default), or published3: d2 to 3 decimals", &o.constants},
        {"center", 0, OPTION_REAL, "X", "the centre, instead of the mean of the data", &o.settings.center},
        {"sd", 0, OPTION_REAL, "X", "sigma, instead of an estimate", &o.settings.spread},
        {"alpha", 0, OPTION_REAL, "P", "probability limits: the chance outside them, 0.0027", &o.settings.alpha},
        {"baseline", 0, OPTION_TEXT, "FIRST:LAST", "the points that limits are calculated from (default: all)", &o.baseline},
        {"lsl", 0, OPTION_REAL, "X", "lower specification limit", &o.settings.lsl},
        {"usl", 0, OPTION_REAL, "X", "upper specification limit", &o.settings.usl},
        {"target", 0, OPTION_REAL, "X", "target: of Cpm, and of CUSUM", &o.settings.target},
        {"natural", 0, OPTION_TEXT, "LIMIT", "lsl or usl: a limit that nothing can pass, as 0 of a roughness; no index on that side", &o.natural},
        {"fit", 0, OPTION_TEXT, "NAME", "a distribution to fit, or auto: all of them, best first", &o.fit},
        {"every", 0, OPTION_DURATION, "TIME", "a point is made every so long: the chart's false alarms a day, and minutes to find a shift",
         &o.every_us},
        {"confidence", 0, OPTION_REAL, "P", "of the intervals (default 0.95)", &o.confidence},
        {"lambda", 0, OPTION_REAL, "X", "EWMA, MEWMA: weight of the newest point (default 0.2)", &o.settings.lambda},
        {"width", 0, OPTION_REAL, "X", "EWMA: limits in its sigmas (default 3)", &o.settings.width},
        {"k", 0, OPTION_REAL, "X", "CUSUM: reference value in sigmas (default 0.5)", &o.settings.k},
        {"h", 0, OPTION_REAL, "X", "CUSUM: decision interval in sigmas (default 5)", &o.settings.h},
        {"fir", 0, OPTION_REAL, "X", "CUSUM: head start in sigmas (h/2 is usual; default 0)", &o.settings.head},
        {"span", 0, OPTION_INTEGER, "N", "moving average: subgroups in it (default 3)", &o.span},
        {"opportunities", 0, OPTION_REAL, "N", "DPMO: chances for a defect in a unit", &o.settings.opportunities},
        {"z", 0, OPTION_TEXT, "METHOD", "Z-MR: parts (default), runs, constant or relative", &o.z},
        {"accept", 0, OPTION_REAL, "P", "acceptance: fraction beyond a limit that is still accepted (default 0.00135)", &o.settings.accept},
        {"accept-alpha", 0, OPTION_REAL, "P", "acceptance: the chance to reject that (default 0.00135)", &o.settings.accept_alpha},
        {"reject", 0, OPTION_REAL, "P", "acceptance: instead, the fraction beyond a limit that is to be found", &o.settings.reject},
        {"reject-beta", 0, OPTION_REAL, "P", "acceptance: the chance to miss that", &o.settings.reject_beta},
        {"msa", 0, OPTION_TEXT, "KIND", "a gauge study: grr, grr-range, grr-nested, type1, bias, linearity, stability, attribute", &o.msa.kind},
        {"pareto", 0, OPTION_TEXT, "COLUMN", "instead of a chart: the names in this column by how often they stand there, or by --count", &o.pareto},
        {"part", 0, OPTION_TEXT, "COLUMN", "gauge study: which part was measured", &o.msa.part},
        {"appraiser", 0, OPTION_TEXT, "COLUMN", "gauge study: who measured", &o.msa.appraiser},
        {"trial", 0, OPTION_TEXT, "COLUMN", "gauge study: which repetition (default: in the order of the rows)", &o.msa.trial},
        {"reference", 0, OPTION_TEXT, "COLUMN", "gauge study: the true values, or the one of a master", &o.msa.reference},
        {"tolerance", 0, OPTION_REAL, "X", "gauge study: USL - LSL, for shares of it", &o.msa.tolerance},
        {"process-sd", 0, OPTION_REAL, "X", "gauge study: the process' sigma, for shares of it", &o.msa.process_sd},
        {"multiplier", 0, OPTION_REAL, "X", "gauge study: sigmas of a study variation (default 6; formerly 5.15)", &o.msa.multiplier},
        {"pool", 0, OPTION_REAL, "P", "grr: the interaction is dropped when its p is above this (default 0.05; AIAG 0.25)", &o.msa.pool},
        {"percent", 0, OPTION_REAL, "X", "type1: share of the tolerance for Cg, in % (default 20)", &o.msa.percent},
        {"resolution", 0, OPTION_REAL, "X", "type1: the step of the gauge's display", &o.msa.resolution},
        {"method", 0, OPTION_TEXT, "METHOD", "bias: spread by sd (default) or range", &o.msa.method},
        {"bad", 0, OPTION_TEXT, "RATING", "attribute: the rating of a bad part, for miss and false alarm rates", &o.msa.bad},
        {"format", 'f', OPTION_TEXT, "FORMAT", "text, json, csv, pdf, svg or png (default: by the name of the output, or text)", &o.format},
        {"output", 'o', OPTION_TEXT, "FILE", "where to write (default: standard output)", &o.output},
    };
    const struct command_line line = {
        .usage = "gemba study FILE.csv [options]",
        .summary = "SPC of a CSV file (- is standard input) without a plant: control chart, signals, capability. The first row names the columns.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
        .max_operands = 1,
    };
    const char *operands[1] = {NULL};
    struct study_table table = {0};
    struct analysis_input input = {0};
    struct error err = {0};
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (!operands[0]) {
        error_set(&err, ERR_USAGE, "study what? gemba study FILE.csv, or - for standard input");
        return options_failed("study", &err);
    }
    if (o.config && !(o.plant = plant_open(o.config)))
        return 2;
    int status = run(&table, operands[0], &o, &input, &err);
    study_table_free(&table, &input);
    plant_free(o.plant);
    free(o.columns.exclude.items);
    free(o.columns.columns.items);
    return status ? options_failed("study", &err) : 0;
}
