#include "reports/analysis.h"
#include "reports/json_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The JSON of `gemba study`: keys are stable and documented in gemba.1. What the data cannot support is null, and "why" says the reason. */

/* The numbers of the rules that are looked for in each chart. */
static void put_applied(struct json *json, const struct analysis *analysis)
{
    struct analysis_panel panels[3];
    int count = analysis_panels(analysis, panels);
    json_open(json, "applied", '{');
    for (int i = 0; i < count; i++)
        json_rules(json, panels[i].key, chart_rules_applied(analysis->request.chart, analysis->request.rules, panels[i].place));
    json_close(json, '}');
}

static void put_settings(struct json *json, const struct analysis *analysis)
{
    const struct analysis_request *request = &analysis->request;
    json_open(json, "settings", '{');
    json_text(json, "sigma", analysis->estimate.method);
    json_text(json, "constants", request->settings.published ? "published3" : "exact");
    json_open(json, "rules", '{');
    json_text(json, "id", analysis->rules->id);
    json_open(json, "words", '[');
    for (int i = 0; i < analysis->rules->count; i++)
        json_text(json, NULL, rule_words(analysis->rules, i + 1));
    json_close(json, ']');
    if (!analysis->input->vector_p)
        put_applied(json, analysis);
    json_number(json, "false_alarm", analysis->false_alarm);
    json_close(json, '}');
    if (request->baseline_last) {
        json_open(json, "baseline", '[');
        json_integer(json, NULL, request->baseline_first);
        json_integer(json, NULL, request->baseline_last);
        json_close(json, ']');
    } else
        json_text(json, "baseline", NULL);
    char words[120];
    double alpha = analysis->input->vector_p ? analysis->design.alpha : request->settings.alpha;
    json_text(json, "limits", alpha > 0 ? "probability" : chart_design_words(request->chart, &request->settings, words, sizeof words));
    json_number(json, "alpha", alpha > 0 ? alpha : NAN);
    json_number(json, "confidence", request->confidence);
    json_close(json, '}');
}

struct panel_writer {
    struct json *json;
    const struct analysis *analysis;
    const struct analysis_panel *panel;
};

static void put_blame(struct json *json, const struct analysis *analysis, size_t i)
{
    struct t2_part parts[MULTIVARIATE_MAX];
    int named, count = analysis_blame(analysis, i, parts, &named);
    if (!count)
        return;
    json_open(json, "contributing", '[');
    for (int k = 0; k < count; k++) {
        json_open(json, NULL, '{');
        json_text(json, "name", analysis->input->vector_names[parts[k].variable]);
        json_number(json, "given_others", parts[k].given_others);
        json_number(json, "limit", parts[k].limit);
        json_number(json, "p", parts[k].p);
        json_number(json, "alone", parts[k].alone);
        json_number(json, "alone_limit", parts[k].alone_limit);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* The variables of t2 and mewma: their means and covariance. */
static void put_variables(struct json *json, const struct analysis *analysis)
{
    const struct t2_model *model = &analysis->design.model;
    int p = analysis->input->vector_p;
    if (!p)
        return;
    json_open(json, "variables", '[');
    for (int v = 0; v < p; v++) {
        json_open(json, NULL, '{');
        json_text(json, "name", analysis->input->vector_names[v]);
        json_number(json, "mean", model->why ? NAN : model->mean[v]);
        json_open(json, "covariance", '[');
        for (int w = 0; w < p; w++)
            json_number(json, NULL, model->why ? NAN : model->covariance[v * p + w]);
        json_close(json, ']');
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* Whose value it is; a tie names the first of those that are exactly alike. */
static void put_stream(struct json *json, const struct panel_writer *writer, const struct subgroup *point)
{
    bool several = false;
    const char *name = analysis_stream_name(writer->analysis, writer->panel, point, &several);
    if (writer->analysis->input->n_streams)
        json_text(json, "stream", *name ? name : NULL);
    if (several)
        json_boolean(json, "tie", true);
}

/* Of group: how often each stream led. */
static void put_streams(struct json *json, const struct analysis *analysis)
{
    int count = analysis->input->n_streams;
    if (!count)
        return;
    struct analysis_lead *leads = memory_zero((size_t)count, sizeof *leads);
    analysis_leads(analysis, leads);
    json_open(json, "streams", '[');
    for (int s = 0; s < count; s++) {
        json_open(json, NULL, '{');
        json_text(json, "name", analysis->input->stream_names[s]);
        json_integer(json, "largest", (int64_t)leads[s].largest);
        json_integer(json, "smallest", (int64_t)leads[s].smallest);
        json_integer(json, "widest", (int64_t)leads[s].widest);
        json_close(json, '}');
    }
    json_close(json, ']');
    free(leads);
}

static bool put_point(void *context, size_t i, const struct subgroup *point, const struct verdict *verdict)
{
    const struct panel_writer *writer = context;
    const struct limit_line *line = analysis_panel_line(writer->panel, verdict);
    struct json *json = writer->json;
    json_open(json, NULL, '{');
    json_integer(json, "i", (int64_t)i + 1);
    if (writer->analysis->input->labels)
        json_text(json, "label", writer->analysis->input->labels[i]);
    if (point->size > 0 && !analysis_measures(writer->analysis))
        json_number(json, "n", point->size);
    else
        json_integer(json, "n", point->n);
    json_number(json, "value", verdict->plotted[writer->panel->place]);
    put_stream(json, writer, point);
    json_number(json, "center", line->center);
    json_number(json, "lcl", line->lcl);
    json_number(json, "ucl", line->ucl);
    if (point->excluded)
        json_boolean(json, "excluded", true);
    json_rules(json, "rules", analysis_panel_rules(writer->panel, verdict));
    if (writer->panel->place == 0)
        put_blame(json, writer->analysis, i);
    json_close(json, '}');
    return true;
}

static void put_panel(struct json *json, const struct analysis *analysis, const struct analysis_panel *panel)
{
    char name[24];
    size_t length = strlen(panel->name);
    for (size_t i = 0; i <= length && i < sizeof name; i++)
        name[i] = (char)(panel->name[i] >= 'A' && panel->name[i] <= 'Z' ? panel->name[i] + 32 : panel->name[i]);
    json_open(json, panel->key, '{');
    json_text(json, "name", name);
    json_number(json, "center", analysis_panel_line(panel, &analysis->last)->center);
    json_open(json, "points", '[');
    analysis_each(analysis, put_point, &(struct panel_writer){json, analysis, panel});
    json_close(json, ']');
    json_close(json, '}');
}

static void put_z(struct json *json, const struct analysis *analysis)
{
    const struct capability *c = &analysis->capability;
    struct specification specification = analysis_specification(analysis), *s = &specification;
    struct z_bench within = z_bench_of(c->mean, c->sigma_within, *s), overall = z_bench_of(c->mean, c->sd, *s);
    json_open(json, "z_bench", '{');
    json_number(json, "within", within.bench);
    json_number(json, "overall", overall.bench);
    if (within.why || overall.why)
        json_text(json, "why", within.why ? within.why : overall.why);
    json_close(json, '}');
}

static void put_between(struct json *json, const struct between_within *both)
{
    json_open(json, "between_within", '{');
    json_number(json, "sigma_between", both->between);
    json_number(json, "sigma", both->both);
    json_index(json, "cp", &both->cp);
    json_index(json, "cpk", &both->cpk);
    if (both->why)
        json_text(json, "why", both->why);
    json_close(json, '}');
}

static void put_time_model(struct json *json, const struct time_model *model)
{
    json_open(json, "time_model", '{');
    json_text(json, "id", model->id);
    json_text(json, "words", model->words);
    json_number(json, "p_location", model->p_location);
    json_number(json, "p_spread", model->p_spread);
    json_number(json, "p_trend", model->p_trend);
    json_number(json, "p_shape", model->p_shape);
    if (model->why)
        json_text(json, "why", model->why);
    json_close(json, '}');
}

static void put_capability(struct json *json, const struct analysis *analysis)
{
    const struct capability *c = &analysis->capability;
    const struct specification *s = &analysis->request.specification;
    const struct {
        const char *key;
        const struct index *index;
    } indices[] = {{"cp", &c->cp},   {"cpl", &c->cpl}, {"cpu", &c->cpu}, {"cpk", &c->cpk},        {"pp", &c->pp},
                   {"ppl", &c->ppl}, {"ppu", &c->ppu}, {"ppk", &c->ppk}, {"cpm", &analysis->cpm}, {"ccpk", &analysis->ccpk}};
    char why[160];
    json_open(json, "capability", '{');
    json_integer(json, "n", c->n);
    json_number(json, "mean", c->mean);
    json_number(json, "lsl", s->lsl);
    json_number(json, "usl", s->usl);
    json_number(json, "target", s->target);
    json_number(json, "sigma_within", c->sigma_within);
    json_text(json, "sigma_within_method", c->method);
    json_number(json, "sigma_overall", c->sd);
    if (analysis->request.natural)
        json_text(json, "natural", analysis->request.natural);
    json_text(json, "judge_by", analysis_index(analysis, why, sizeof why));
    json_text(json, "judge_by_why", why);
    for (size_t i = 0; i < sizeof indices / sizeof indices[0]; i++)
        json_index(json, indices[i].key, indices[i].index);
    analysis_variants_json(json, analysis);
    put_z(json, analysis);
    put_between(json, &analysis->both);
    json_open(json, "ppm", '{');
    json_ppm(json, "observed", &c->observed);
    json_ppm(json, "within", &c->within);
    json_ppm(json, "overall", &c->overall);
    json_close(json, '}');
    json_close(json, '}');
}

static void put_normality(struct json *json, const struct analysis *analysis)
{
    static const struct {
        const char *id, *key, *statistic;
    } names[] = {{"anderson-darling", "ad", "a2"},  {"shapiro-wilk", "shapiro_wilk", "w"},          {"ryan-joiner", "ryan_joiner", "rj"},
                 {"lilliefors", "lilliefors", "d"}, {"cramer-von-mises", "cramer_von_mises", "w2"}, {"shapiro-francia", "shapiro_francia", "w"}};
    json_open(json, "normality", '{');
    for (size_t i = 0; i < normality_test_count && i < ANALYSIS_TESTS; i++) {
        const struct normality *test = &analysis->normality[i];
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
            if (!strcmp(names[k].id, normality_tests[i].id)) {
                json_open(json, names[k].key, '{');
                json_number(json, names[k].statistic, test->statistic);
                json_p_value(json, &test->p);
                if (test->why)
                    json_text(json, "why", test->why);
                json_close(json, '}');
            }
    }
    json_close(json, '}');
}

static void put_fits(struct json *json, const struct analysis *analysis)
{
    json_open(json, "fits", '[');
    for (size_t i = 0; i < analysis->n_fits; i++) {
        json_open(json, NULL, '{');
        json_fit(json, &analysis->fits[i]);
        json_close(json, '}');
    }
    json_close(json, ']');
    if (!analysis->n_fits)
        return;
    json_open(json, "fit_capability", '{');
    json_text(json, "distribution", analysis->fits[0].distribution->id);
    json_index(json, "pp", &analysis->shape.pp);
    json_index(json, "ppl", &analysis->shape.ppl);
    json_index(json, "ppu", &analysis->shape.ppu);
    json_index(json, "ppk", &analysis->shape.ppk);
    json_ppm(json, "ppm", &analysis->shape.overall);
    json_open(json, "z_score", '{');
    json_index(json, "pp", &analysis->by_z.pp);
    json_index(json, "ppl", &analysis->by_z.ppl);
    json_index(json, "ppu", &analysis->by_z.ppu);
    json_index(json, "ppk", &analysis->by_z.ppk);
    json_number(json, "z_bench", analysis->by_z.z_bench);
    json_close(json, '}');
    json_close(json, '}');
}

void analysis_json(FILE *stream, const struct analysis *analysis)
{
    struct json json = {.stream = stream};
    struct analysis_panel panels[3];
    int count = analysis_panels(analysis, panels);
    bool measures = analysis_measures(analysis);
    json_open(&json, NULL, '{');
    json_text(&json, "chart", analysis->request.chart->id);
    json_integer(&json, "n", (int64_t)analysis->n_points);
    put_settings(&json, analysis);
    json_number(&json, "center", analysis->estimate.center);
    json_number(&json, "sigma_within", analysis->estimate.sigma);
    json_number(&json, "sigma_overall", measures ? analysis->capability.sd : NAN);
    json_number(&json, "extra", analysis->estimate.extra);
    if (analysis->estimate.why)
        json_text(&json, "why", analysis->estimate.why);
    json_integer(&json, "signals", (int64_t)analysis->signals);
    put_variables(&json, analysis);
    put_streams(&json, analysis);
    for (int i = 0; i < count; i++)
        put_panel(&json, analysis, &panels[i]);
    if (measures) {
        put_capability(&json, analysis);
        put_time_model(&json, &analysis->model);
        analysis_beyond_json(&json, analysis);
        put_normality(&json, analysis);
        put_fits(&json, analysis);
    } else {
        json_text(&json, "capability", NULL);
        json_text(&json, "normality", NULL);
    }
    json_open(&json, "warnings", '[');
    for (int i = 0; i < analysis->n_warnings; i++)
        json_text(&json, NULL, analysis->warnings[i]);
    json_close(&json, ']');
    json_close(&json, '}');
}
