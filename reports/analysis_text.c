#include "reports/analysis.h"

#include "config/config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The study as text within 80 columns: figures, charts drawn in characters, signals. */
enum { WIDTH = 80, COLUMNS = 60, ROWS = 13, SMALL_ROWS = 7, SIGNALS = 40 };

static int digits(double value)
{
    return value > 0 && isfinite(value) ? (int)fmax(0, fmin(9, 3 - floor(log10(value)))) : 4;
}

/* Decimals that show a value of a panel. */
static int decimals_of(const struct analysis *analysis, const struct analysis_panel *panel)
{
    double sigma = analysis_panel_line(panel, &analysis->last)->sigma;
    return digits(sigma > 0 ? sigma : analysis->estimate.sigma);
}

static const char *number(double value, int decimals)
{
    static char ring[8][40];
    static int next;
    char *out = ring[next++ % 8];
    double size = fabs(value);
    if (!isfinite(value))
        return "--";
    if (size >= 1e15 || (size > 0 && size < 1e-9)) { /* as many places as digits would be no help */
        snprintf(out, sizeof ring[0], "%.6g", value);
        return out;
    }
    return text_number(value, decimals, out, sizeof ring[0]);
}

/* Words wrapped at the width, further lines under the first. */
void analysis_paragraph(FILE *stream, const char *head, const char *words)
{
    int column = fprintf(stream, "%s", head), indent = column;
    while (*words) {
        int length = (int)strcspn(words, " ");
        if (column > indent && column + 1 + length > WIDTH)
            column = fprintf(stream, "\n%*s", indent, "") - 1;
        else if (column > indent)
            column += fprintf(stream, " ");
        column += fprintf(stream, "%.*s", length, words);
        words += length + strspn(words + length, " ");
    }
    putc('\n', stream);
}

/* --- charts */

struct canvas {
    const struct analysis *analysis;
    const struct analysis_panel *panel;
    double low, high;
    int rows;
    char mark; /* of a point that is as it should be */
    char cells[ROWS][COLUMNS + 1];
};

static char *cell_at(struct canvas *canvas, size_t i, double value)
{
    size_t n = canvas->analysis->n_points, column = n <= COLUMNS ? i : i * COLUMNS / n;
    int row = (int)lround((canvas->high - value) / (canvas->high - canvas->low) * (canvas->rows - 1));
    return &canvas->cells[row][column];
}

static void put(struct canvas *canvas, size_t i, double value, char mark)
{
    if (isfinite(value) && *cell_at(canvas, i, value) == ' ')
        *cell_at(canvas, i, value) = mark;
}

static bool put_point(void *context, size_t i, const struct subgroup *point, const struct verdict *verdict)
{
    struct canvas *canvas = context;
    const struct limit_line *line = analysis_panel_line(canvas->panel, verdict);
    put(canvas, i, line->ucl, '-'), put(canvas, i, line->lcl, '-'), put(canvas, i, line->center, '.');
    double value = verdict->plotted[canvas->panel->place];
    int rule = rule_most_severe(canvas->analysis->rules, analysis_panel_rules(canvas->panel, verdict));
    if (!isfinite(value))
        return true;
    char mark = rule > 9 ? '#' : rule ? (char)('0' + rule) : point->excluded ? 'o' : canvas->mark, *cell = cell_at(canvas, i, value);
    if (rule || strchr(" .-", *cell))
        *cell = mark;
    return true;
}

/* twin: what is drawn together with it, or NULL. */
static void chart(FILE *stream, const struct analysis *analysis, const struct analysis_panel *panel, const struct analysis_panel *twin, int rows)
{
    struct canvas canvas = {analysis, panel, analysis->low[panel->place], analysis->high[panel->place], rows, twin ? '^' : '*', {{0}}};
    const struct limit_line *last = analysis_panel_line(panel, &analysis->last);
    int decimals = decimals_of(analysis, panel);
    memset(canvas.cells, ' ', sizeof canvas.cells);
    if (twin) {
        canvas.low = fmin(canvas.low, analysis->low[twin->place]);
        canvas.high = fmax(canvas.high, analysis->high[twin->place]);
    }
    fprintf(stream, "\n%s%s%s%s chart: centre %s, limits %s to %s\n", panel->name, twin ? " ^ and " : "", twin ? twin->name : "", twin ? " v" : "",
            number(last->center, decimals), number(last->lcl, decimals), number(last->ucl, decimals));
    if (!(canvas.high >= canvas.low) || !isfinite(canvas.high - canvas.low))
        return;
    if (canvas.high == canvas.low) {
        canvas.low -= 1;
        canvas.high += 1;
    }
    analysis_each(analysis, put_point, &canvas);
    if (twin) {
        canvas.panel = twin;
        canvas.mark = 'v';
        analysis_each(analysis, put_point, &canvas);
    }
    for (int row = 0; row < rows; row++) {
        int used = COLUMNS;
        double range = canvas.high - canvas.low, value = canvas.high - range * row / (rows - 1);
        if (fabs(value) < range * 1e-9)
            value = 0;
        while (used > 0 && canvas.cells[row][used - 1] == ' ')
            used--;
        fprintf(stream, "%14.14s |%.*s\n", number(value, decimals), used, canvas.cells[row]);
    }
}

/* Of group: who led how often, those that never did left out. */
static void leads(FILE *stream, const struct analysis *analysis)
{
    int count = analysis->input->n_streams;
    if (!count)
        return;
    struct analysis_lead *each = memory_zero((size_t)count, sizeof *each);
    analysis_leads(analysis, each);
    fprintf(stream, "\n%-24s %10s %10s %10s   (points)\n", "Stream", "largest", "smallest", "widest");
    for (int s = 0; s < count; s++)
        if (each[s].largest + each[s].smallest + each[s].widest)
            fprintf(stream, "  %-22.22s %10zu %10zu %10zu\n", analysis->input->stream_names[s], each[s].largest, each[s].smallest, each[s].widest);
    free(each);
}

struct signal_list {
    FILE *stream;
    const struct analysis *analysis;
    struct analysis_panel panels[3];
    int count, shown;
};

static bool put_signals(void *context, size_t i, const struct subgroup *point, const struct verdict *verdict)
{
    struct signal_list *list = context;
    const struct analysis *analysis = list->analysis;
    const char *label = analysis->input->labels && analysis->input->labels[i] ? analysis->input->labels[i] : "";
    char blamed[200];
    for (int p = 0; p < list->count; p++) {
        uint32_t fired = analysis_panel_rules(&list->panels[p], verdict);
        for (int rule = 1; fired && rule <= analysis->rules->count; rule++)
            if (fired >> (rule - 1) & 1) {
                const char *owner = analysis_stream_name(analysis, &list->panels[p], point, NULL);
                fprintf(list->stream, "  point %zu%s%.16s: %s %s: rule %d, %.30s%s%.16s\n", i + 1, *label ? " " : "", label, list->panels[p].name,
                        number(verdict->plotted[list->panels[p].place], decimals_of(analysis, &list->panels[p])), rule,
                        rule_words(analysis->rules, rule), *owner ? ": " : "", owner);
                list->shown++;
            }
    }
    if (*analysis_blame_words(analysis, i, blamed, sizeof blamed))
        analysis_paragraph(list->stream, "    made by ", blamed);
    return list->shown < SIGNALS;
}

static void signals(FILE *stream, const struct analysis *analysis)
{
    struct signal_list list = {.stream = stream, .analysis = analysis};
    list.count = analysis_panels(analysis, list.panels);
    fprintf(stream, "\n%zu of %zu points signal%s\n", analysis->signals, analysis->n_points, analysis->signals ? ":" : ".");
    if (analysis->signals)
        analysis_each(analysis, put_signals, &list);
    if (list.shown >= SIGNALS)
        fprintf(stream, "  ... --format csv lists all\n");
}

/* --- figures */

static void index_row(FILE *stream, const char *name, const struct index *index, double confidence)
{
    if (isnan(index->value))
        fprintf(stream, "  %-6s --       %.60s\n", name, index->why ? index->why : "");
    else if (isnan(index->lower))
        fprintf(stream, "  %-6s %s\n", name, number(index->value, 4));
    else
        fprintf(stream, "  %-6s %-8s %g %%: %s to %s, at least %s\n", name, number(index->value, 4), 100 * confidence, number(index->lower, 4),
                number(index->upper, 4), number(index->bound, 4));
}

static void capability(FILE *stream, const struct analysis *analysis)
{
    const struct capability *c = &analysis->capability;
    const struct specification *s = &analysis->request.specification;
    int decimals = digits(c->sd);
    char why[160];
    const struct {
        const char *name;
        const struct ppm *ppm;
    } ppms[] = {{"observed", &c->observed}, {"within", &c->within}, {"overall", &c->overall}};
    fprintf(stream, "\nn %lld, mean %s, sigma within %s (%s), overall %s\n", (long long)c->n, number(c->mean, decimals + 1),
            number(c->sigma_within, decimals + 2), c->method, number(c->sd, decimals + 2));
    if (isnan(s->lsl) && isnan(s->usl))
        return;
    fprintf(stream, "LSL %s, USL %s, target %s\n", number(s->lsl, decimals), number(s->usl, decimals), number(s->target, decimals));
    if (analysis->request.natural)
        fprintf(stream, "%s is a natural bound: no index on that side\n", strcmp(analysis->request.natural, "lsl") ? "USL" : "LSL");
    index_row(stream, "Cp", &c->cp, c->confidence);
    index_row(stream, "Cpk", &c->cpk, c->confidence);
    index_row(stream, "Pp", &c->pp, c->confidence);
    index_row(stream, "Ppk", &c->ppk, c->confidence);
    bool within = !strcmp(analysis_index(analysis, why, sizeof why), "Cpk");
    analysis_paragraph(stream, within ? "  judge by Cpk: " : "  judge by Ppk: ", why);
    index_row(stream, "Cpm", &analysis->cpm, c->confidence);
    index_row(stream, "CCpk", &analysis->ccpk, c->confidence);
    if (!analysis->both.why) {
        fprintf(stream, "  between and within: sigma between %s, both %s\n", number(analysis->both.between, decimals + 2),
                number(analysis->both.both, decimals + 2));
        index_row(stream, "CpkB/W", &analysis->both.cpk, c->confidence);
    }
    fprintf(stream, "  ppm  %-10s %14s %14s\n", "", "below LSL", "above USL");
    for (size_t i = 0; i < sizeof ppms / sizeof ppms[0]; i++)
        fprintf(stream, "       %-10s %14s %14s\n", ppms[i].name, number(ppms[i].ppm->below, 2), number(ppms[i].ppm->above, 2));
}

static void in_time(FILE *stream, const struct analysis *analysis)
{
    const struct time_model *model = &analysis->model;
    if (model->why)
        fputs("\n", stream), analysis_paragraph(stream, "Time model (ISO 22514-2): not known: ", model->why);
    else
        fprintf(stream, "\nTime model (ISO 22514-2): %s, %s\n  location p %.4f, spread p %.4f, trend p %.4f\n", model->id, model->words,
                model->p_location, model->p_spread, model->p_trend);
}

static void shapes(FILE *stream, const struct analysis *analysis)
{
    const struct normality *ad = &analysis->normality[0];
    if (ad->why)
        fprintf(stream, "\nNormality: %s\n", ad->why);
    else
        fprintf(stream, "\nNormality: %s %s %s, p %c %.4f\n", normality_tests[0].name, normality_tests[0].symbol, number(ad->statistic, 4),
                ad->p.p < 0.0001 ? '<'
                : ad->p.relation ? ad->p.relation
                                 : '=',
                fmax(ad->p.p, 0.0001));
    for (size_t i = 0; i < analysis->n_fits; i++) {
        const struct fit *fit = &analysis->fits[i];
        if (fit->why)
            fprintf(stream, "  %-26.26s --  %.48s\n", fit->distribution->name, fit->why);
        else
            fprintf(stream, "  %-26.26s A2 %-9s p %-8s log-likelihood %s\n", fit->distribution->name, number(fit->ad, 4), number(fit->p.p, 4),
                    number(fit->log_likelihood, 4));
    }
    if (analysis->n_fits && !isnan(analysis->shape.ppk.value)) {
        fprintf(stream, "  by the %s (percentiles; Z-score)\n", analysis->fits[0].distribution->name);
        index_row(stream, "Ppk", &analysis->shape.ppk, analysis->capability.confidence);
        index_row(stream, "Ppk Z", &analysis->by_z.ppk, analysis->capability.confidence);
        if (isnan(analysis->shape.ppk.lower) && analysis->shape.ppk.why)
            fprintf(stream, "         %s\n", analysis->shape.ppk.why);
    }
}

void analysis_text(FILE *stream, const struct analysis *analysis)
{
    struct analysis_panel panels[3];
    char settings[320];
    int count = analysis_panels(analysis, panels);
    fprintf(stream, "%s chart of %zu points\n", analysis->request.chart->name, analysis->n_points);
    analysis_paragraph(stream, "", analysis_settings(analysis, settings, sizeof settings));
    for (int i = 0; i < count; i++)
        if (panels[i].with < 0)
            chart(stream, analysis, &panels[i], i + 1 < count && panels[i + 1].with == panels[i].place ? &panels[i + 1] : NULL,
                  i ? SMALL_ROWS : ROWS);
    leads(stream, analysis);
    signals(stream, analysis);
    if (analysis_measures(analysis)) {
        capability(stream, analysis);
        in_time(stream, analysis);
        analysis_beyond_text(stream, analysis);
        shapes(stream, analysis);
    }
    if (analysis->n_warnings)
        putc('\n', stream);
    for (int i = 0; i < analysis->n_warnings; i++)
        analysis_paragraph(stream, "! ", analysis->warnings[i]);
}
