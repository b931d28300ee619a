/* Capability for scripts: the figures of the screen, each a row. */
#include "tui/capability_print.h"

#include <math.h>
#include <string.h>

enum { NEWEST_POINTS = 1000, ROWS_MOST = 64, WORDS = 160 };

int capability_study(struct study **study, struct store *store, const struct plant *plant, const struct characteristic *characteristic,
                     struct error *err)
{
    const struct period all = {0, INT64_MAX, "all"};
    if (study_make(study, store, plant, characteristic, &all, NEWEST_POINTS, err))
        return -1;
    study_fit(*study);
    return 0;
}

/* --- the rows */

struct figure {
    const char *characteristic;
    char key[48];
    struct index index; /* a plain figure is its value alone */
    int decimals;       /* in text */
    char words[WORDS];  /* instead of a number */
};
struct figures {
    struct figure rows[ROWS_MOST];
    int count;
    const struct study *study;
};

static struct figure *add(struct figures *figures, const char *prefix, const char *name, double value, int decimals)
{
    struct figure *figure = &figures->rows[figures->count < ROWS_MOST - 1 ? figures->count++ : ROWS_MOST - 1];
    *figure = (struct figure){.characteristic = figures->study->characteristic->name, .index = {value, NAN, NAN, NAN, NULL}, .decimals = decimals};
    snprintf(figure->key, sizeof figure->key, "%s%s", prefix, name);
    for (char *p = figure->key; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p == ' ' || *p == '-' ? '_' : *p);
    return figure;
}

static void add_words(struct figures *figures, const char *key, const char *words, const char *why)
{
    struct figure *figure = add(figures, "", key, NAN, 0);
    snprintf(figure->words, sizeof figure->words, "%s", words ? words : "");
    figure->index.why = why;
}

static void add_p(struct figures *figures, const char *prefix, const struct p_value *p, const char *why)
{
    struct figure *figure = add(figures, prefix, "p", p->p, 4);
    figure->index.why = p->relation == '<' ? "less than that" : p->relation == '>' ? "more than that" : why;
}

/* The normal distribution's parameters are the mean and s overall. */
static struct fit fit_of_study(const struct study *study)
{
    if (study_is_fitted(study))
        return study->fit;
    struct fit normal = {.distribution = distribution_find("normal"),
                         .n = study->n_values,
                         .parameters = {study->capability.mean, study->capability.sd},
                         .log_likelihood = NAN,
                         .ad = study->normality.statistic,
                         .p = study->normality.p,
                         .method = "mean and standard deviation",
                         .why = study->normality.why};
    return normal;
}

static void add_fit(struct figures *figures)
{
    const struct study *study = figures->study;
    struct fit fit = fit_of_study(study);
    add_words(figures, "distribution", fit.distribution->id, study->fit.why);
    for (int i = 0; i < fit.distribution->parameters; i++)
        add(figures, "parameter ", fit.distribution->parameter[i], fit.parameters[i], -1);
    add(figures, "", "ad", fit.ad, 3)->index.why = fit.why;
    add_p(figures, "ad ", &fit.p, fit.p_why);
    add(figures, "", "normality ad", study->normality.statistic, 3)->index.why = study->normality.why;
    add_p(figures, "normality ad ", &study->normality.p, NULL);
}

static void add_indices(struct figures *figures)
{
    struct fact_index indices[FACTS_INDICES];
    struct fact_ppm ppm[FACTS_PPM];
    facts_indices(figures->study, indices);
    for (int i = 0; i < FACTS_INDICES; i++)
        add(figures, "", indices[i].name, indices[i].index.value, 3)->index = indices[i].index;
    static const char *const names[FACTS_PPM] = {"observed", "within", "overall"};
    facts_ppm(figures->study, ppm);
    for (int i = 0; i < FACTS_PPM; i++) {
        char prefix[40];
        snprintf(prefix, sizeof prefix, "ppm %s ", names[i]);
        add(figures, prefix, "below", ppm[i].below, 1);
        add(figures, prefix, "above", ppm[i].above, 1);
    }
}

static void fill(struct figures *figures)
{
    const struct study *study = figures->study;
    const struct characteristic *c = study->characteristic;
    int decimals = facts_decimals(study);
    add_words(figures, "verdict", facts_verdict(study), NULL);
    if (!c->chart->summarise) {
        add_words(figures, "judged_by", "", "counts have no specification, and so no capability");
        return;
    }
    add_words(figures, "judged_by", study->index_used, study->index_reason);
    add(figures, "", "required cpk", c->required_cpk, 2);
    add_indices(figures);
    add(figures, "", "lsl", c->lsl, decimals);
    add(figures, "", "usl", c->usl, decimals);
    add(figures, "", "nominal", c->nominal, decimals);
    add(figures, "", "n", (double)study->n_values, 0);
    add(figures, "", "points", (double)study->n_points, 0);
    if (!study->n_values)
        return;
    add(figures, "", "mean", study->capability.mean, decimals + 1);
    add(figures, "", "sd", study->capability.sd, decimals + 2);
    add(figures, "", "sigma within", study->capability.sigma_within, decimals + 2)->index.why = study->capability.method;
    add_fit(figures);
}

/* --- printed */

#define GET(name, statements) CELL_GETTER(struct figure, name, statements)
GET(characteristic, cell_text(cell, row->characteristic))
GET(key, cell_text(cell, row->key))
GET(words, cell_text(cell, row->words))
GET(shown, cell_text(cell, row->words); cell_number(cell, row->index.value, row->decimals))
GET(value, cell_number(cell, row->index.value, row->decimals))
GET(lower, cell_number(cell, row->index.lower, row->decimals))
GET(upper, cell_number(cell, row->index.upper, row->decimals))
GET(bound, cell_number(cell, row->index.bound, row->decimals))
GET(why, cell_text(cell, row->index.why))

static const struct column in_text[] = {
    {NULL, "FIGURE", COLUMN_TEXT, -22, get_key},  {NULL, "VALUE", COLUMN_VALUE, 14, get_shown}, {NULL, "LOWER", COLUMN_NUMBER, 8, get_lower},
    {NULL, "UPPER", COLUMN_NUMBER, 8, get_upper}, {NULL, "BOUND", COLUMN_NUMBER, 8, get_bound}, {NULL, "WHY", COLUMN_TEXT, -40, get_why},
};
static const struct column for_scripts[] = {
    {"characteristic", NULL, COLUMN_TEXT, 0, get_characteristic},
    {"figure", NULL, COLUMN_TEXT, 0, get_key},
    {"value", NULL, COLUMN_NUMBER, 0, get_value},
    {"lower", NULL, COLUMN_NUMBER, 0, get_lower},
    {"upper", NULL, COLUMN_NUMBER, 0, get_upper},
    {"lower_bound", NULL, COLUMN_NUMBER, 0, get_bound},
    {"words", NULL, COLUMN_TEXT, 0, get_words},
    {"why", NULL, COLUMN_TEXT, 0, get_why},
};

int capability_print(const struct study *study, enum output_format format, FILE *stream, struct error *err)
{
    struct figures figures = {.study = study};
    bool text = format == OUTPUT_TEXT;
    fill(&figures);
    struct output *output =
        output_begin_within(stream, format, text ? in_text : for_scripts,
                            text ? sizeof in_text / sizeof in_text[0] : sizeof for_scripts / sizeof for_scripts[0], output_width(stream));
    for (int i = 0; i < figures.count; i++)
        output_row(output, &figures.rows[i]);
    return output_end(output, err);
}

void capability_put_fit(struct json *json, const struct study *study)
{
    if (!study->n_values || !study->characteristic->chart->summarise) {
        json_text(json, "fit", NULL);
        return;
    }
    struct fact_index indices[FACTS_INDICES];
    struct fit fit = fit_of_study(study);
    static const char *const keys[] = {"pp", "ppl", "ppu", "ppk"};
    facts_indices(study, indices);
    json_open(json, "fit", '{');
    json_integer(json, "points", (int64_t)study->n_points);
    json_integer(json, "n", (int64_t)study->n_values);
    json_fit(json, &fit);
    json_open(json, "normality", '{');
    json_number(json, "ad", study->normality.statistic);
    json_p_value(json, &study->normality.p);
    json_close(json, '}');
    for (int i = 0; i < 4; i++)
        json_index(json, keys[i], &indices[FACTS_INDICES / 2 + i].index);
    json_close(json, '}');
}
