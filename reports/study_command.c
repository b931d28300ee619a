#include "reports/analysis.h"
#include "reports/output.h"
#include "reports/reports.h"
#include "reports/study_msa.h"
#include "reports/study_pareto.h"
#include "reports/study_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* `gemba study FILE.csv`: the columns asked for -> subgroups -> an analysis -> one of its renderings. */

enum { LARGE_SUBGROUP = 8 };

struct study_options {
    struct study_columns columns;
    const char *chart, *rules, *sigma, *constants, *baseline, *fit, *z, *natural, *config, *format, *output;
    struct plant *plant; /* of config, or NULL */
    long span;
    double center, sd, lsl, usl, target, lambda, width, k, h, fir, alpha, opportunities, confidence;
    double accept, accept_alpha, reject, reject_beta;
    struct msa_options msa;
    const char *pareto;
};

static int failed(const struct error *err)
{
    fprintf(stderr, "gemba study: %s\n", err->text);
    return 2;
}

/* --- names */

static int unknown(struct error *err, const char *what, const char *name, const char *const *names, size_t count)
{
    char list[400];
    size_t used = 0;
    const char *nearest = text_nearest(name, names, count);
    if (nearest)
        return error_set(err, ERR_USAGE, "unknown %s '%.60s': did you mean '%s'?", what, name, nearest);
    for (size_t i = 0; i < count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    return error_set(err, ERR_USAGE, "unknown %s '%.60s': it is one of %s", what, name, list);
}

/* The place of name in names; -1 with an error. */
static int choose(const char *what, const char *name, const char *const *names, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(name, names[i]))
            return (int)i;
    return unknown(err, what, name, names, count);
}

static int read_names(const struct study_options *o, struct analysis_request *request, struct error *err)
{
    static const char *const constants[] = {"exact", "published3"}, *const methods[] = {"runs", "parts", "constant", "relative"};
    const char *names[64];
    size_t count = 0;
    int at;
    if (o->sigma) {
        for (; count < sigma_estimator_count; count++)
            names[count] = sigma_estimators[count].id;
        if ((at = choose("estimator of sigma", o->sigma, names, count, err)) < 0)
            return -1;
        request->settings.sigma = &sigma_estimators[at];
    }
    const size_t own = o->plant ? o->plant->n_rule_sets : 0;
    for (count = 0; count < spc_rule_set_count && count < 32; count++)
        names[count] = spc_rule_sets[count].id;
    for (size_t i = 0; i < own && count < 64; i++)
        names[count++] = o->plant->rule_sets[i].id;
    if ((at = choose("rule set", o->rules, names, count, err)) < 0)
        return -1;
    request->rules = (size_t)at < spc_rule_set_count ? &spc_rule_sets[at] : &o->plant->rule_sets[(size_t)at - spc_rule_set_count];
    if ((at = choose("kind of constants", o->constants, constants, 2, err)) < 0)
        return -1;
    request->settings.published = at == 1;
    if ((at = choose("Z-MR method", o->z, methods, 4, err)) < 0)
        return -1;
    request->settings.z = (enum z_method)at;
    return 0;
}

static int read_baseline(const struct study_options *o, struct analysis_request *request, struct error *err)
{
    char rest;
    if (!o->baseline)
        return 0;
    if (sscanf(o->baseline, "%ld:%ld%c", &request->baseline_first, &request->baseline_last, &rest) != 2 || request->baseline_first < 1 ||
        request->baseline_last < request->baseline_first)
        return error_set(err, ERR_USAGE, "--baseline wants FIRST:LAST, such as 1:25, not '%.40s'", o->baseline);
    if (o->columns.stage)
        return error_set(err, ERR_USAGE, "--baseline and --stage exclude each other: each stage is its own baseline");
    return 0;
}

static bool within_unit(double p)
{
    return p > 0 && p < 1;
}

static int check_numbers(const struct study_options *o, struct error *err)
{
    const struct {
        bool bad;
        const char *words;
    } checks[] = {
        {o->lsl >= o->usl, "--lsl must be below --usl"},
        {o->natural && strcmp(o->natural, "lsl") != 0 && strcmp(o->natural, "usl") != 0, "--natural is lsl or usl"},
        {o->natural && isnan(strcmp(o->natural, "lsl") ? o->usl : o->lsl), "--natural names a limit that is not given: --lsl or --usl"},
        {o->sd <= 0, "--sd must be above 0"},
        {!(o->lambda > 0 && o->lambda <= 1), "--lambda must be above 0, and at most 1"},
        {!(o->width > 0), "--width must be above 0"},
        {!(o->k >= 0), "--k must not be below 0"},
        {!(o->h > 0), "--h must be above 0"},
        {!(o->fir >= 0 && o->fir <= o->h), "--fir must lie between 0 and h"},
        {o->span < 1 || o->span > CHART_SPAN_MAX, "--span must lie between 1 and 32"},
        {!(o->alpha >= 0 && o->alpha < 1), "--alpha must lie between 0 and 1"},
        {!(o->opportunities > 0), "--opportunities must be above 0"},
        {!(o->confidence > 0 && o->confidence < 1), "--confidence must lie between 0 and 1"},
        {!within_unit(o->accept) || !within_unit(o->accept_alpha) || (!isnan(o->reject) && !within_unit(o->reject)) ||
             (!isnan(o->reject_beta) && !within_unit(o->reject_beta)),
         "--accept, --accept-alpha, --reject and --reject-beta must lie between 0 and 1"},
        {isnan(o->reject) != isnan(o->reject_beta), "--reject and --reject-beta go together: the fraction to be found, and the chance to miss it"},
        {o->columns.subgroup < 0, "--subgroup must be above 0"},
        {o->columns.subgroup && o->columns.by, "--subgroup and --by exclude each other"},
        {o->columns.wide && (o->columns.by || o->columns.subgroup), "--wide has a subgroup in each row: it excludes --by and --subgroup"},
        {o->columns.wide && (o->columns.value || o->columns.count), "--wide takes all columns of numbers: it excludes --value and --count"},
        {o->columns.value && o->columns.count, "--value and --count exclude each other"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (checks[i].bad)
            return error_set(err, ERR_USAGE, "%s", checks[i].words);
    return 0;
}

static void copy_settings(const struct study_options *o, struct analysis_request *request)
{
    struct chart_settings *s = &request->settings;
    s->center = o->center;
    s->spread = o->sd;
    s->lambda = o->lambda;
    s->width = o->width;
    s->k = o->k;
    s->h = o->h;
    s->head = o->fir;
    s->span = (int)o->span;
    s->alpha = o->alpha;
    s->opportunities = o->opportunities;
    s->accept = o->accept;
    s->accept_alpha = o->accept_alpha;
    s->reject = o->reject;
    s->reject_beta = o->reject_beta;
    s->lsl = o->lsl;
    s->usl = o->usl;
    s->target = o->target;
    request->specification = (struct specification){.lsl = o->lsl, .usl = o->usl, .target = o->target};
    request->natural = o->natural;
    s->lsl = o->natural && !strcmp(o->natural, "lsl") ? NAN : s->lsl;
    s->usl = o->natural && !strcmp(o->natural, "usl") ? NAN : s->usl;
    request->fit = o->fit;
    request->confidence = o->confidence;
}

/* --- the chart */

static size_t largest(const struct analysis_input *input)
{
    size_t most = input->spool ? input->group : 0;
    if (input->spool)
        return most;
    for (size_t i = 0; i < input->points; i++)
        if (input->starts[i + 1] - input->starts[i] > most)
            most = input->starts[i + 1] - input->starts[i];
    return most;
}

static int choose_chart(const struct study_options *o, const struct analysis_input *input, const struct spc_chart **chart, struct error *err)
{
    const char *names[64], *id = o->chart;
    size_t count = 0, most = largest(input);
    if (!id && o->columns.count)
        return error_set(err, ERR_USAGE, "what is counted? --chart p or np (defectives), c or u (defects), laney-p, laney-u, dpmo");
    if (!id)
        id = most <= 1 ? "i-mr" : most <= LARGE_SUBGROUP ? "xbar-r" : "xbar-s";
    for (; count < spc_chart_count; count++)
        names[count] = spc_charts[count].id;
    int at = choose("chart", id, names, count, err);
    if (at < 0)
        return -1;
    *chart = &spc_charts[at];
    if (most > 1 && (*chart)->max_n <= 1)
        return error_set(err, ERR_USAGE, "the chart %s takes single values, not subgroups of %zu", id, most);
    if (most <= 1 && (*chart)->min_n > 1)
        return error_set(err, ERR_USAGE, "the chart %s needs subgroups: say --subgroup N, --by COLUMN or --wide", id);
    bool sized = !strcmp(id, "p") || !strcmp(id, "np") || !strncmp(id, "laney", 5) || !strcmp(id, "u") || !strcmp(id, "dpmo");
    if (sized && !o->columns.size)
        return error_set(err, ERR_USAGE, "the chart %s needs the size of each sample: --size COLUMN, or a number", id);
    return 0;
}

static int check_chart(const struct analysis_request *request, const struct analysis_input *input, struct error *err)
{
    const struct spc_chart *chart = request->chart;
    const struct chart_settings *s = &request->settings;
    bool subgroups = largest(input) > 1, individual = chart->max_n == 1 || chart_third(chart);
    if (s->sigma && !chart->summarise)
        return error_set(err, ERR_USAGE, "the chart %s has its own spread: --sigma does not fit", chart->id);
    if (s->sigma && s->sigma->basis == SIGMA_WITHIN && (!subgroups || individual))
        return error_set(err, ERR_USAGE, "--sigma %s needs subgroups, which the chart %s does not go by here", s->sigma->id, chart->id);
    if (s->sigma && s->sigma->basis == SIGMA_STEPS && subgroups && !individual)
        return error_set(err, ERR_USAGE, "--sigma %s is for single values, not subgroups", s->sigma->id);
    if (!strcmp(chart->id, "pre-control") && (isnan(s->lsl) || isnan(s->usl)))
        return error_set(err, ERR_USAGE, "the chart pre-control needs --lsl and --usl");
    if (!strcmp(chart->id, "acceptance") && isnan(s->lsl) && isnan(s->usl))
        return error_set(err, ERR_USAGE, "the chart acceptance needs --lsl, --usl or both");
    if (chart_is_event(chart) && !isnan(s->center))
        return error_set(err, ERR_USAGE, "the chart %s goes by a distribution fitted to the data: --center does not fit", chart->id);
    if (!isnan(s->spread) && !chart->summarise)
        return error_set(err, ERR_USAGE, "the chart %s has its own spread: --sd does not fit", chart->id);
    if (s->z == Z_RELATIVE && !input->spool)
        for (size_t i = 0; i < input->starts[input->points]; i++)
            if (input->values[i] <= 0)
                return error_set(err, ERR_CONFIG, "value %zu is %g: the relative Z-MR chart takes logarithms", i + 1, input->values[i]);
    return 0;
}

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
    return choose("format", format, names, most, err);
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
    bool plain = !columns->by && !columns->stage && !columns->size && !columns->count && !columns->wide && !columns->exclude.count && !o->fit;
    return chart && printed && plain && chart->summarise && chart_sums_can(chart, subgroups, &request->settings) &&
           (subgroups ? chart->max_n > 1 && columns->subgroup <= CONSTANTS_MAX : chart->min_n <= 1) && strcmp(chart->id, "z-mr") != 0;
}

static int study(struct study_table *table, const char *path, struct study_options *o, struct analysis_input *input, struct error *err)
{
    struct analysis_request request = {.settings = chart_defaults};
    struct analysis analysis;
    copy_settings(o, &request);
    if (check_numbers(o, err) || read_names(o, &request, err) || read_baseline(o, &request, err))
        return -1;
    o->columns.parts = o->chart && !strcmp(o->chart, "z-mr");
    o->columns.runs = request.settings.z == Z_BY_RUNS;
    const char *format = o->format ? o->format : format_of(o->output);
    o->columns.stream = can_stream(o, &request, format);
    if (study_table_read(table, input, path, &o->columns, err))
        return -1;
    if (choose_chart(o, input, &request.chart, err) || check_chart(&request, input, err))
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
    if (choose("gauge study", o->msa.kind, study_msa_kinds, kinds, err) < 0)
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
                              .span = 3,
                              .center = NAN,
                              .sd = NAN,
                              .lsl = NAN,
                              .usl = NAN,
                              .target = NAN,
                              .lambda = 0.2,
                              .width = 3,
                              .k = 0.5,
                              .h = 5,
                              .opportunities = 1,
                              .confidence = 0.95,
                              .accept = chart_defaults.accept,
                              .accept_alpha = chart_defaults.accept_alpha,
                              .reject = NAN,
                              .reject_beta = NAN,
                              .msa = {.tolerance = NAN, .process_sd = NAN, .resolution = NAN, .multiplier = NAN, .percent = 20, .pool = 0.05}};
    const struct option_row rows[] = {
        {"value", 0, OPTION_TEXT, "COLUMN", "the measured values (default: the first column of numbers)", &o.columns.value},
        {"subgroup", 'n', OPTION_INTEGER, "N", "so many values in a row are a subgroup", &o.columns.subgroup},
        {"by", 0, OPTION_TEXT, "COLUMN", "values with the same name here are a subgroup; z-mr: the part", &o.columns.by},
        {"wide", 0, OPTION_FLAG, NULL, "each row is a subgroup, of all columns of numbers", &o.columns.wide},
        {"count", 0, OPTION_TEXT, "COLUMN", "counts of defectives or defects", &o.columns.count},
        {"size", 0, OPTION_TEXT, "COLUMN", "the samples' sizes, or one number", &o.columns.size},
        {"stage", 0, OPTION_TEXT, "COLUMN", "where the name here changes, a new stage with its own limits begins", &o.columns.stage},
        {"exclude", 0, OPTION_LIST, "POINTS", "points that stay drawn but leave centre and sigma: 7,12", &o.columns.exclude},
        {"chart", 0, OPTION_TEXT, "ID", "i-mr, xbar-r, ewma, p, ... (default: by the size of the subgroups)", &o.chart},
        {"rules", 0, OPTION_TEXT, "SET", "nelson (default), western-electric, aiag, ..., or one of --config", &o.rules},
        {"config", 'c', OPTION_TEXT, "FILE", "a plant's configuration: its own rule sets", &o.config},
        {"sigma", 0, OPTION_TEXT, "ID", "rbar, sbar, pooled, mr, median-mr, sqrt-mssd, nelson-mr, overall", &o.sigma},
        {"constants", 0, OPTION_TEXT, "KIND", "exact (default), or published3: d2 to 3 decimals", &o.constants},
        {"center", 0, OPTION_REAL, "X", "the centre, instead of the mean of the data", &o.center},
        {"sd", 0, OPTION_REAL, "X", "sigma, instead of an estimate", &o.sd},
        {"alpha", 0, OPTION_REAL, "P", "probability limits: the chance outside them, 0.0027", &o.alpha},
        {"baseline", 0, OPTION_TEXT, "FIRST:LAST", "the points that limits are calculated from (default: all)", &o.baseline},
        {"lsl", 0, OPTION_REAL, "X", "lower specification limit", &o.lsl},
        {"usl", 0, OPTION_REAL, "X", "upper specification limit", &o.usl},
        {"target", 0, OPTION_REAL, "X", "target: of Cpm, and of CUSUM", &o.target},
        {"natural", 0, OPTION_TEXT, "LIMIT", "lsl or usl: a limit that nothing can pass, as 0 of a roughness; no index on that side", &o.natural},
        {"fit", 0, OPTION_TEXT, "NAME", "a distribution to fit, or auto: all of them, best first", &o.fit},
        {"confidence", 0, OPTION_REAL, "P", "of the intervals (default 0.95)", &o.confidence},
        {"lambda", 0, OPTION_REAL, "X", "EWMA: weight of the newest point (default 0.2)", &o.lambda},
        {"width", 0, OPTION_REAL, "X", "EWMA: limits in its sigmas (default 3)", &o.width},
        {"k", 0, OPTION_REAL, "X", "CUSUM: reference value in sigmas (default 0.5)", &o.k},
        {"h", 0, OPTION_REAL, "X", "CUSUM: decision interval in sigmas (default 5)", &o.h},
        {"fir", 0, OPTION_REAL, "X", "CUSUM: head start in sigmas (h/2 is usual; default 0)", &o.fir},
        {"span", 0, OPTION_INTEGER, "N", "moving average: subgroups in it (default 3)", &o.span},
        {"opportunities", 0, OPTION_REAL, "N", "DPMO: chances for a defect in a unit", &o.opportunities},
        {"z", 0, OPTION_TEXT, "METHOD", "Z-MR: parts (default), runs, constant or relative", &o.z},
        {"accept", 0, OPTION_REAL, "P", "acceptance: fraction beyond a limit that is still accepted (default 0.00135)", &o.accept},
        {"accept-alpha", 0, OPTION_REAL, "P", "acceptance: the chance to reject that (default 0.00135)", &o.accept_alpha},
        {"reject", 0, OPTION_REAL, "P", "acceptance: instead, the fraction beyond a limit that is to be found", &o.reject},
        {"reject-beta", 0, OPTION_REAL, "P", "acceptance: the chance to miss that", &o.reject_beta},
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
        return failed(&err);
    }
    if (o.config && !(o.plant = plant_open(o.config)))
        return 2;
    int status = run(&table, operands[0], &o, &input, &err);
    study_table_free(&table, &input);
    plant_free(o.plant);
    free(o.columns.exclude.items);
    return status ? failed(&err) : 0;
}
