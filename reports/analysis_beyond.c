#include "reports/analysis.h"
#include "reports/course.h"
#include "reports/json_figures.h"
#include "reports/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a chart alone does not say: when the mean began to move and where it goes, the outlier, the machine study, other kinds of Cpm, and what the
 * design of the chart is worth. */

enum { RUNS = 1000, LABEL = 24 }; /* simulated where no chain holds the rules: to 3 %; columns of a point's name in a sentence */
static const double outlier_alpha = 0.05;
static const double shifts[ANALYSIS_SHIFTS] = {0, 0.5, 1, 1.5, 2, 3};
static const char *const variant_ids[ANALYSIS_CPM] = {"n", "n_minus_1", "chan", "within", "k"};

/* The means of the points that count, of the last stage. */
static void judge_trend(struct analysis *analysis)
{
    const struct analysis_input *input = analysis->input;
    double *means = memory_zero(analysis->n_points + 1, sizeof *means);
    size_t count = 0;
    analysis->trend_points = memory_zero(analysis->n_points + 1, sizeof *analysis->trend_points);
    for (size_t i = 0; i < analysis->n_points; i++) {
        const struct subgroup *point = &analysis->points[i];
        if (i && input->stages && input->stages[i] != input->stages[i - 1])
            count = 0;
        if (point->excluded || point->n < 1 || !isfinite(point->mean))
            continue;
        analysis->trend_points[count] = i;
        means[count++] = point->mean;
    }
    analysis->n_trend = count;
    analysis->trend = trend_of(means, count, analysis_specification(analysis), analysis->request.confidence);
    free(means);
}

static void judge_design(struct analysis *analysis)
{
    const struct analysis_request *request = &analysis->request;
    int n = 1;
    for (size_t i = 0; i < analysis->n_points; i++)
        n = analysis->points[i].n > n ? analysis->points[i].n : n;
    size_t bytes = runlength_room(RUNLENGTH_STATES);
    void *room = memory_zero(1, bytes);
    for (int i = 0; i < ANALYSIS_SHIFTS; i++) {
        struct runlength *design = &analysis->design_length[i];
        *design = chart_run_length(request->chart, &request->settings, request->rules, n, shifts[i], RUNS, room, bytes);
        if (i == 0 && !design->why && !isnan(analysis->false_alarm))
            design->arl = analysis->false_alarm;
        if (design->why)
            for (int k = i; k < ANALYSIS_SHIFTS; k++)
                analysis->design_length[k] = *design;
        if (design->why)
            break;
    }
    free(room);
}

void analysis_beyond(struct analysis *analysis)
{
    struct specification specification = analysis_specification(analysis);
    judge_trend(analysis);
    judge_design(analysis);
    analysis->outlier = grubbs_of(analysis->values, analysis->n_values, outlier_alpha);
    analysis->machine = machine_capability_of(&analysis->moments, specification, analysis->request.confidence);
    for (int i = 0; i < ANALYSIS_CPM; i++)
        analysis->cpm_variants[i] = cpm_of(&analysis->capability, specification, (enum cpm_variant)i);
}

/* --- as JSON */

static void put_why(struct json *json, const char *why)
{
    if (why)
        json_text(json, "why", why);
}

/* The number, from 1, of a point among those that the trend was found in: the last one where place is beyond them, 0 where there is none. */
static int64_t point_at(const struct analysis *analysis, size_t place)
{
    size_t count = analysis->n_trend;
    return count ? (int64_t)analysis->trend_points[place < count ? place : count - 1] + 1 : 0;
}

static void put_change(struct json *json, const struct analysis *analysis)
{
    const struct change_point *change = &analysis->trend.change;
    json_open(json, "change", '{');
    json_text(json, "kind", change->why ? NULL : change->kind == CHANGE_STEP ? "step" : "drift");
    if (!change->why) {
        json_integer(json, "first", point_at(analysis, change->last));
        json_integer(json, "lower", point_at(analysis, change->lower));
        json_integer(json, "upper", point_at(analysis, change->upper));
    }
    json_number(json, "before", change->before);
    json_number(json, "after", change->after);
    json_number(json, "slope", change->slope);
    json_number(json, "sd", change->sd);
    json_number(json, "gain", change->gain);
    json_number(json, "p", change->p);
    put_why(json, change->why);
    json_close(json, '}');
}

/* From point to point; NAN: not said. */
static double interval_s(const struct analysis *analysis)
{
    return analysis->request.every_us > 0 ? (double)analysis->request.every_us / SECOND_US : NAN;
}

static void put_forecast(struct json *json, const struct analysis *analysis)
{
    const struct forecast *forecast = &analysis->trend.forecast;
    bool told = !forecast->why;
    json_open(json, "forecast", '{');
    json_text(json, "limit", !told ? NULL : forecast->limit > 0 ? "usl" : "lsl");
    json_integer(json, "since", point_at(analysis, analysis->trend.since));
    json_number(json, "slope", forecast->slope);
    json_number(json, "slope_lower", forecast->slope_lower);
    json_number(json, "slope_upper", forecast->slope_upper);
    json_number(json, "mean_now", forecast->mean_now);
    json_number(json, "points", told ? forecast->distance : NAN);
    json_number(json, "points_lower", told ? forecast->lower : NAN);
    json_number(json, "points_upper", told ? forecast->upper : NAN);
    json_number(json, "seconds", told ? forecast->distance * interval_s(analysis) : NAN);
    put_why(json, forecast->why);
    json_close(json, '}');
}

static void put_outlier(struct json *json, const struct analysis *analysis)
{
    const struct grubbs *outlier = &analysis->outlier;
    json_open(json, "outlier", '{');
    json_number(json, "value", outlier->why ? NAN : analysis->values[outlier->index]);
    json_number(json, "g", outlier->g);
    json_number(json, "critical", outlier->critical);
    json_number(json, "critical_one_sided", outlier->critical_one_sided);
    json_number(json, "p", outlier->p);
    json_number(json, "p_one_sided", outlier->p_one_sided);
    put_why(json, outlier->why);
    json_close(json, '}');
}

/* shift: of the mean, in sigmas of the process; points until it signals, and, where a point comes every so long, what that is in time. */
static void put_design(struct json *json, const struct analysis *analysis)
{
    double every_s = interval_s(analysis);
    json_open(json, "design", '[');
    for (int i = 0; i < ANALYSIS_SHIFTS; i++) {
        const struct runlength *length = &analysis->design_length[i];
        json_open(json, NULL, '{');
        json_number(json, "shift", shifts[i]);
        json_number(json, "arl", length->arl);
        json_number(json, "error", length->error);
        if (every_s > 0 && i == 0)
            json_number(json, "false_alarms_per_day", runlength_price(length->arl, length->arl, every_s).false_alarms_per_day);
        if (every_s > 0 && i > 0)
            json_number(json, "detect_s", runlength_price(analysis->design_length[0].arl, length->arl, every_s).detect_s);
        put_why(json, length->why);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void analysis_beyond_json(struct json *json, const struct analysis *analysis)
{
    if (!analysis->trend_points)
        return;
    put_change(json, analysis);
    put_forecast(json, analysis);
    put_outlier(json, analysis);
    put_design(json, analysis);
}

void analysis_variants_json(struct json *json, const struct analysis *analysis)
{
    if (!analysis->trend_points)
        return;
    json_open(json, "machine", '{');
    json_index(json, "cm", &analysis->machine.cm);
    json_index(json, "cmk", &analysis->machine.cmk);
    if (analysis->machine.words)
        json_text(json, "words", analysis->machine.words);
    json_close(json, '}');
    json_open(json, "cpm_variants", '{');
    for (int i = 0; i < ANALYSIS_CPM; i++) {
        json_open(json, variant_ids[i], '{');
        json_text(json, "variant", cpm_words((enum cpm_variant)i));
        json_number(json, "value", analysis->cpm_variants[i].value);
        put_why(json, isnan(analysis->cpm_variants[i].value) ? analysis->cpm_variants[i].why : NULL);
        json_close(json, '}');
    }
    json_close(json, '}');
}

/* --- in words */

/* So many that a residual sigma has three figures. */
static int decimals_of(double sigma)
{
    return sigma > 0 && isfinite(sigma) ? (int)fmax(0, fmin(9, 2 - floor(log10(sigma)))) : 4;
}

/* As the chart screen says it, with both means and the chance of it. */
static void put_change_words(FILE *stream, const struct analysis *analysis)
{
    const struct change_point *change = &analysis->trend.change;
    char words[240], label[64] = "", before[40], after[40];
    if (change->why) {
        analysis_paragraph(stream, "Change: ", change->why);
        return;
    }
    const char *const *labels = analysis->input->labels;
    struct change_place place = {point_at(analysis, change->last), point_at(analysis, change->lower), point_at(analysis, change->upper), label};
    if (labels && labels[place.point - 1])
        text_fit(label, sizeof label, labels[place.point - 1], LABEL);
    int decimals = decimals_of(change->sd);
    change_words(change, &place, decimals, words, sizeof words);
    size_t used = strlen(words);
    snprintf(words + used, sizeof words - used, ", mean from %s to %s, p %s%.2g", text_number(change->before, decimals, before, sizeof before),
             text_number(change->after, decimals, after, sizeof after), change->p < 1e-6 ? "< " : "", fmax(change->p, 1e-6));
    analysis_paragraph(stream, "Change: ", words);
}

static void put_forecast_words(FILE *stream, const struct analysis *analysis)
{
    const struct forecast *forecast = &analysis->trend.forecast;
    struct specification limits = analysis_specification(analysis);
    char words[240];
    forecast_words(forecast, forecast->limit > 0 ? limits.usl : limits.lsl, interval_s(analysis), decimals_of(forecast->sd), words, sizeof words);
    analysis_paragraph(stream, "Forecast: ", forecast->why ? forecast->why : words);
}

static void put_outlier_words(FILE *stream, const struct analysis *analysis)
{
    const struct grubbs *outlier = &analysis->outlier;
    if (outlier->why)
        fprintf(stream, "Outlier (Grubbs): %s\n", outlier->why);
    else
        fprintf(stream, "Outlier (Grubbs): %s %.6g: G %.3f, critical %.3f\n", outlier->g > outlier->critical ? "yes," : "none; furthest is",
                analysis->values[outlier->index], outlier->g, outlier->critical);
}

void analysis_beyond_text(FILE *stream, const struct analysis *analysis)
{
    char words[240];
    if (!analysis->trend_points)
        return;
    putc('\n', stream);
    put_change_words(stream, analysis);
    put_forecast_words(stream, analysis);
    put_outlier_words(stream, analysis);
    if (analysis->design_length[0].why) {
        snprintf(words, sizeof words, "not known: %s", analysis->design_length[0].why);
        analysis_paragraph(stream, "Points until a signal: ", words);
        return;
    }
    fprintf(stream, "Points until a signal, the mean being shifted by so many sigmas:\n ");
    for (int i = 0; i < ANALYSIS_SHIFTS; i++)
        fprintf(stream, " %g: %.3g%s", shifts[i], analysis->design_length[i].arl, i + 1 < ANALYSIS_SHIFTS ? "," : "\n");
    if (analysis->request.every_us > 0) {
        struct design_price price =
            runlength_price(analysis->design_length[0].arl, analysis->design_length[2].arl, (double)analysis->request.every_us / 1e6);
        fprintf(stream, "  which is %.3g false alarms a day, and %.3g minutes to find a shift of 1 sigma\n", price.false_alarms_per_day,
                price.detect_s / 60);
    }
}
