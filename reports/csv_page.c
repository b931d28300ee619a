#include "reports/limits.h"
#include "reports/output.h"
#include "reports/render.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* `--format csv`: a row a characteristic. Each line of the lists below is a column: its key and where its value is. */

struct csv_row {
    const struct sheet *sheet;
    const struct study *study;
    const struct characteristic *c;
    const struct capability *k;
    const struct group_study *group; /* NULL: of one characteristic */
};

static const char *class_name(enum characteristic_class class)
{
    static const char *const names[] = {[CLASS_MINOR] = "minor", [CLASS_MAJOR] = "major", [CLASS_CRITICAL] = "critical"};
    return names[class];
}

#define INDEX_COLUMNS(X, name)                                                                                                                       \
    X(NUMBER, name, r->k->name.value)                                                                                                                \
    X(NUMBER, name##_lower, r->k->name.lower)                                                                                                        \
    X(NUMBER, name##_upper, r->k->name.upper)                                                                                                        \
    X(NUMBER, name##_lower_bound, r->k->name.bound)

#define PPM_COLUMNS(X, name)                                                                                                                         \
    X(NUMBER, ppm_##name##_below, r->k->name.below)                                                                                                  \
    X(NUMBER, ppm_##name##_above, r->k->name.above)

#define COLUMNS(X)                                                                                                                                   \
    X(TEXT, report, r->sheet->name)                                                                                                                  \
    X(TEXT, customer, r->sheet->customer)                                                                                                            \
    X(TEXT, plant, r->sheet->plant->name)                                                                                                            \
    X(TEXT, part, r->c->part)                                                                                                                        \
    X(TEXT, characteristic, r->c->name)                                                                                                              \
    X(TEXT, description, r->c->description)                                                                                                          \
    X(TEXT, class, class_name(r->c->class))                                                                                                          \
    X(TEXT, machine, r->c->machine ? r->c->machine->name : "")                                                                                       \
    X(TEXT, source, r->c->source ? r->c->source->full_name : "")                                                                                     \
    X(TEXT, unit, r->c->unit)                                                                                                                        \
    X(TEXT, period, r->study->period.words)                                                                                                          \
    X(TIME, from, r->study->period.from_us)                                                                                                          \
    X(TIME, to, r->study->period.to_us == INT64_MAX ? 0 : r->study->period.to_us)                                                                    \
    X(TIME, made, r->sheet->made_us)                                                                                                                 \
    X(NUMBER, nominal, r->c->nominal)                                                                                                                \
    X(NUMBER, lsl, r->c->lsl)                                                                                                                        \
    X(NUMBER, usl, r->c->usl)                                                                                                                        \
    X(NUMBER, target, r->c->target)                                                                                                                  \
    X(NUMBER, required_cpk, r->c->required_cpk)                                                                                                      \
    X(TEXT, verdict, requirement_words(r->study->requirement))                                                                                       \
    X(TEXT, index_used, r->study->index_used)                                                                                                        \
    X(TEXT, index_reason, r->study->index_reason)                                                                                                    \
    X(TEXT, chart, r->c->chart->id)                                                                                                                  \
    X(INTEGER, subgroup, r->c->subgroup)                                                                                                             \
    X(TEXT, rules, r->c->rules->id)                                                                                                                  \
    X(TEXT, limits, r->study->limits.id ? limits_state_name(r->study->limits.state) : "")                                                            \
    X(NUMBER, center, limits_center(&r->study->limits))                                                                                              \
    X(NUMBER, sigma, r->study->limits.sigma)                                                                                                         \
    X(INTEGER, n, r->study->n_values)                                                                                                                \
    X(INTEGER, bad_values, r->study->bad_values)                                                                                                     \
    X(INTEGER, points, (int64_t)r->study->n_points)                                                                                                  \
    X(INTEGER, signals, (int64_t)r->study->signals)                                                                                                  \
    X(INTEGER, violations, (int64_t)r->study->violations)                                                                                            \
    X(INTEGER, excluded, (int64_t)r->study->excluded)                                                                                                \
    X(INTEGER, below, r->study->below)                                                                                                               \
    X(INTEGER, above, r->study->above)                                                                                                               \
    X(NUMBER, mean, r->study->n_values ? r->k->mean : NAN)                                                                                           \
    X(NUMBER, min, r->study->n_values ? r->study->moments.min : NAN)                                                                                 \
    X(NUMBER, max, r->study->n_values ? r->study->moments.max : NAN)                                                                                 \
    X(NUMBER, sd, r->k->sd)                                                                                                                          \
    X(NUMBER, sigma_within, r->k->sigma_within)                                                                                                      \
    X(NUMBER, df_within, r->k->df_within)                                                                                                            \
    X(TEXT, sigma_method, r->k->method)                                                                                                              \
    X(TEXT, distribution, study_is_fitted(r->study) ? r->study->fit.distribution->id : r->study->sorted ? "normal" : "")                             \
    X(NUMBER, normality_p, r->study->sorted ? r->study->normality.p.p : NAN)                                                                         \
    X(NUMBER, fitted_pp, study_is_fitted(r->study) ? r->study->shape.pp.value : NAN)                                                                 \
    X(NUMBER, fitted_ppk, study_is_fitted(r->study) ? r->study->shape.ppk.value : NAN)                                                               \
    X(NUMBER, confidence, r->k->confidence)                                                                                                          \
    INDEX_COLUMNS(X, cp)                                                                                                                             \
    INDEX_COLUMNS(X, cpl)                                                                                                                            \
    INDEX_COLUMNS(X, cpu)                                                                                                                            \
    INDEX_COLUMNS(X, cpk)                                                                                                                            \
    INDEX_COLUMNS(X, pp)                                                                                                                             \
    INDEX_COLUMNS(X, ppl)                                                                                                                            \
    INDEX_COLUMNS(X, ppu)                                                                                                                            \
    INDEX_COLUMNS(X, ppk)                                                                                                                            \
    PPM_COLUMNS(X, observed)                                                                                                                         \
    PPM_COLUMNS(X, within)                                                                                                                           \
    PPM_COLUMNS(X, overall)                                                                                                                          \
    X(TEXT, settings, r->study->settings)                                                                                                            \
    X(TEXT, members, r->group ? r->group->members : "")                                                                                              \
    X(NUMBER, ucl, r->group && r->group->model ? r->group->model->ucl : NAN)                                                                         \
    X(NUMBER, alpha, r->group ? r->group->group->alpha : NAN)                                                                                        \
    X(NUMBER, judged, r->group ? (double)r->group->judged : NAN)                                                                                     \
    X(NUMBER, dispersion_signals, r->group ? (double)r->group->spread_signals : NAN)                                                                 \
    X(NUMBER, incomplete, r->group ? (double)r->group->incomplete : NAN)

#define SET_TEXT(value) cell_text(cell, value)
#define SET_NUMBER(value) cell->number = (value)
#define SET_INTEGER(value) cell->integer = (value)
#define SET_TIME(value) cell->integer = (value)

#define GETTER(kind, key, value)                                                                                                                     \
    static void get_##key(const void *row, struct cell *cell)                                                                                        \
    {                                                                                                                                                \
        const struct csv_row *r = row;                                                                                                               \
        SET_##kind(value);                                                                                                                           \
    }
COLUMNS(GETTER)

#define COLUMN(kind, key, value) {#key, NULL, COLUMN_##kind, 0, get_##key},
static const struct column columns[] = {COLUMNS(COLUMN)};

struct csv_page {
    struct output *output;
    const struct sheet *sheet;
};

void *csv_page_begin(FILE *stream, const struct sheet *sheet)
{
    struct csv_page *page = memory_zero(1, sizeof *page);
    page->output = output_begin(stream, OUTPUT_CSV, columns, sizeof columns / sizeof columns[0]);
    page->sheet = sheet;
    return page;
}

void csv_page(void *rendering, const struct study *study, int number)
{
    struct csv_page *page = rendering;
    struct capability named = study_capability(study);
    struct csv_row row = {page->sheet, study, study->characteristic, &named, NULL};
    (void)number;
    output_row(page->output, &row);
}

void csv_group_page(void *rendering, const struct group_study *study, int number)
{
    struct csv_page *page = rendering;
    struct csv_row row = {page->sheet, &study->chart, &study->face, &study->chart.capability, study};
    (void)number;
    output_row(page->output, &row);
}

int csv_page_end(void *rendering, struct error *err)
{
    struct csv_page *page = rendering;
    int status = output_end(page->output, err);
    free(page);
    return status;
}
