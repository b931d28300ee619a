#include "reports/study_msa_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The table of a gauge study, its readings in the order that spc wants them, and the kinds of study. */

/* --- reading */

static int find(struct gauge *gauge, const char *name, enum csv_use use, int *at, struct error *err)
{
    *at = -1;
    if (!name)
        return 0;
    if ((*at = study_csv_find(&gauge->csv, name, err)) < 0)
        return -1;
    if (gauge->csv.columns[*at].use != CSV_UNUSED)
        return error_set(err, ERR_USAGE, "column '%.60s' is asked for twice", gauge->csv.columns[*at].name);
    gauge->csv.columns[*at].use = use;
    return 0;
}

static int read_table(struct gauge *gauge, const char *path, bool categories, struct error *err)
{
    const struct msa_options *o = gauge->o;
    char *end = NULL;
    gauge->master = o->reference ? strtod(o->reference, &end) : NAN;
    bool number = o->reference && !*end && !categories;
    enum csv_use use = categories ? CSV_LABEL : CSV_NUMBER;
    gauge->master = number ? gauge->master : NAN;
    if (study_csv_open(&gauge->csv, path, err) || find(gauge, o->part, CSV_LABEL, &gauge->part, err) ||
        find(gauge, o->appraiser, CSV_LABEL, &gauge->appraiser, err) || find(gauge, o->trial, CSV_LABEL, &gauge->trial, err) ||
        find(gauge, number ? NULL : o->reference, use, &gauge->reference, err) || find(gauge, o->value, use, &gauge->value, err))
        return -1;
    for (size_t i = 0; gauge->value < 0 && i < gauge->csv.n_columns; i++)
        if (gauge->csv.columns[i].use == CSV_UNUSED && gauge->csv.columns[i].numeric && !categories) {
            gauge->csv.columns[i].use = CSV_NUMBER;
            gauge->value = (int)i;
        }
    if (gauge->value < 0)
        return error_set(err, ERR_USAGE, "which column has the %s? --value COLUMN", categories ? "ratings" : "readings");
    return study_csv_read(&gauge->csv, err);
}

const char *gauge_name(const struct gauge *gauge, int column, size_t row)
{
    int label = column < 0 ? -1 : gauge->csv.columns[column].labels[row];
    return label < 0 ? "(none)" : gauge->csv.columns[column].names[label];
}

static int need(const char *option, const char *given, const char *what, struct error *err)
{
    return given ? 0 : error_set(err, ERR_USAGE, "which column names the %s? --%s COLUMN", what, option);
}

/* The numbers of parts: as they appear in the table, or, nested, among those of their appraiser. */
int gauge_number_parts(struct gauge *gauge, bool nested, struct error *err)
{
    size_t rows = gauge->csv.rows, n_parts = gauge->csv.columns[gauge->part].n_names;
    gauge->appraisers = gauge->appraiser < 0 ? 1 : (int)gauge->csv.columns[gauge->appraiser].n_names;
    gauge->parts = nested ? 0 : (int)n_parts;
    gauge->place = memory_zero(rows + 1, sizeof *gauge->place);
    int *number = memory_zero((size_t)gauge->appraisers * n_parts + 1, sizeof *number),
        *count = memory_zero((size_t)gauge->appraisers + 1, sizeof *count);
    int status = 0;
    for (size_t row = 0; row < rows && !status; row++) {
        int part = gauge->csv.columns[gauge->part].labels[row],
            appraiser = gauge->appraiser < 0 ? 0 : gauge->csv.columns[gauge->appraiser].labels[row];
        if (part < 0 || appraiser < 0) {
            status = error_set(err, ERR_CONFIG, "data row %zu does not say its %s", row + 1, part < 0 ? "part" : "appraiser");
            continue;
        }
        int *mine = &number[(size_t)appraiser * n_parts + (size_t)part];
        if (!*mine)
            *mine = ++count[appraiser];
        gauge->place[row] = nested ? *mine - 1 : part;
        if (nested && *mine > gauge->parts)
            gauge->parts = *mine;
    }
    free(number);
    free(count);
    return status;
}

/* Which trial a row is: by its name, or by how often its part was met before. Every cell must have as many as the others. */
int gauge_arrange(struct gauge *gauge, const int *categories, struct error *err)
{
    size_t rows = gauge->csv.rows, cells = (size_t)gauge->appraisers * (size_t)gauge->parts;
    gauge->trials = (int)(rows / cells);
    if (!gauge->trials)
        return error_set(err, ERR_CONFIG, "%zu readings of %d parts by %d appraisers: some were not measured", rows, gauge->parts, gauge->appraisers);
    size_t room = cells * (size_t)gauge->trials;
    int *met = memory_zero(cells, sizeof *met), status = 0;
    gauge->readings = memory_zero(room, sizeof *gauge->readings);
    gauge->looks = memory_zero(room, sizeof *gauge->looks);
    for (size_t row = 0; row < rows && !status; row++) {
        int appraiser = gauge->appraiser < 0 ? 0 : gauge->csv.columns[gauge->appraiser].labels[row];
        size_t cell = (size_t)appraiser * (size_t)gauge->parts + (size_t)gauge->place[row];
        int trial = met[cell]++;
        if (gauge->trial >= 0 && gauge->csv.columns[gauge->trial].labels[row] >= 0 &&
            gauge->csv.columns[gauge->trial].n_names == (size_t)gauge->trials)
            trial = gauge->csv.columns[gauge->trial].labels[row];
        double value = categories ? categories[row] : gauge->csv.columns[gauge->value].numbers[row];
        if (isnan(value) || (categories && value < 0))
            status =
                error_set(err, ERR_CONFIG, "data row %zu: the reading of part '%.30s' by '%.30s' is missing, and a gauge study needs all of them",
                          row + 1, gauge_name(gauge, gauge->part, row), gauge_name(gauge, gauge->appraiser, row));
        else if (met[cell] > gauge->trials)
            status = error_set(err, ERR_CONFIG, "data row %zu: part '%.30s' by '%.30s' has more readings than the others: %d each are wanted",
                               row + 1, gauge_name(gauge, gauge->part, row), gauge_name(gauge, gauge->appraiser, row), gauge->trials);
        else {
            gauge->readings[cell * (size_t)gauge->trials + (size_t)trial] = value;
            gauge->looks[cell * (size_t)gauge->trials + (size_t)trial] = categories ? categories[row] : 0;
        }
    }
    for (size_t cell = 0; cell < cells && !status; cell++)
        if (met[cell] != gauge->trials)
            status = error_set(err, ERR_CONFIG,
                               "appraiser %zu, part %zu (as they appear) has %d readings, others have %d: every appraiser must "
                               "measure every part as often",
                               cell / (size_t)gauge->parts + 1, cell % (size_t)gauge->parts + 1, met[cell], gauge->trials);
    free(met);
    return status;
}

const char *gauge_judged(enum msa_figure figure, double value)
{
    return isnan(value) ? NULL : msa_acceptance_words(msa_judge(figure, value));
}

const char *gauge_appraiser(const struct gauge *gauge, int appraiser)
{
    return gauge->appraiser < 0 ? "1" : gauge->csv.columns[gauge->appraiser].names[appraiser];
}

/* --- the table of kinds */

static const struct {
    const char *id;
    bool categories, parts, appraisers;
    int (*make)(struct gauge *gauge, struct msa_sheet *sheet, struct error *err);
} kinds[] = {
    {"grr", false, true, true, gauge_grr_anova},         {"grr-range", false, true, true, gauge_grr_ranges},
    {"grr-nested", false, true, true, gauge_grr_nested}, {"type1", false, false, false, gauge_type1},
    {"bias", false, false, false, gauge_bias},           {"linearity", false, false, false, gauge_linearity},
    {"attribute", true, true, true, gauge_attribute},
};
const char *const study_msa_kinds[] = {"grr", "grr-range", "grr-nested", "type1", "bias", "linearity", "attribute", "stability", NULL};

int study_msa(struct msa_sheet *sheet, const char *path, const struct msa_options *options, struct error *err)
{
    struct gauge gauge = {.o = options, .value = -1, .part = -1, .appraiser = -1, .trial = -1, .reference = -1};
    size_t at = 0;
    *sheet = (struct msa_sheet){.kind = options->kind};
    while (strcmp(kinds[at].id, options->kind))
        at++;
    int status = 0;
    if (kinds[at].parts)
        status = need("part", options->part, "parts", err);
    if (!status && kinds[at].appraisers && at != 0)
        status = need("appraiser", options->appraiser, "appraisers", err);
    if (!status)
        status = read_table(&gauge, path, kinds[at].categories, err);
    if (!status)
        status = kinds[at].make(&gauge, sheet, err);
    study_csv_free(&gauge.csv);
    free(gauge.readings);
    free(gauge.looks);
    free(gauge.place);
    return status;
}
