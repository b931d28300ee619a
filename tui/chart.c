#include "tui/chart.h"

#include "tui/board.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCROLL_MOST = 2000, DECIMALS_WHEN_UNKNOWN = 4 };

int64_t chart_first(int64_t newest, int64_t anchor, int slots)
{
    int64_t page = slots / 4 > 1 ? slots / 4 : 1, over = newest - slots;
    if (anchor > 0 && anchor < newest)
        return anchor > slots ? anchor - slots + 1 : 1;
    return over <= 0 ? 1 : (over + page - 1) / page * page + 1;
}

/* Zones are drawn where rules go by them. */
static struct plot_point plot_point_of(const struct chart *chart, const struct point *point, int place)
{
    struct limit_line line = *study_line(point, place);
    if (place > 0 || !chart_has_zones(chart->characteristic->chart))
        line.sigma = NAN;
    int rule = rule_most_severe(study_rule_set(chart->study, point), study_rules(point, place));
    int stream = chart_has_streams(chart->characteristic->chart) ? streams_at(&point->subgroup, (enum stream_place)place, NULL) : -1;
    return (struct plot_point){.value = point->verdict.plotted[place],
                               .line = line,
                               .rule = rule,
                               .excluded = point->subgroup.excluded,
                               .zone = chart_zone(chart->characteristic->chart),
                               .mark = stream < 0 ? 0 : plot_rule_mark(stream + 1)};
}

static void set_plot_points(struct chart *chart)
{
    for (int panel = 0; panel < chart->n_panels; panel++) {
        chart->plots[panel] = memory_zero(chart->count + 1, sizeof *chart->plots[panel]);
        for (size_t i = 0; i < chart->count; i++)
            chart->plots[panel][i] = plot_point_of(chart, &chart->points[i], chart->panels[panel].place);
    }
}

/* Notes later than the newest point stand at it. */
static bool is_noted(const struct chart *chart, size_t place, const struct note *note)
{
    bool last = place + 1 == chart->count && place + 1 == chart->study->n_points;
    int64_t after_us = place ? chart->points[place - 1].time_us : chart->points[0].time_us - 1;
    return note->time_us > after_us && (last || note->time_us <= chart->points[place].time_us);
}

char chart_mark(const struct chart *chart, size_t place)
{
    const struct course *course = &chart->study->course;
    if (!course->change.why && chart->points[place].number == course->point)
        return 'C';
    for (size_t i = 0; i < course->n_notes; i++)
        if (is_noted(chart, place, &course->notes[i]))
            return 'N';
    return 0;
}

void chart_notes(const struct chart *chart, size_t place, char *out, size_t size)
{
    const struct course *course = &chart->study->course;
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < course->n_notes && used < size; i++)
        if (is_noted(chart, place, &course->notes[i]))
            used += (size_t)snprintf(out + used, size - used, "%snote: %s (%s)", used ? "; " : "", course->notes[i].text, course->notes[i].who);
    if (!course->change.why && chart->points[place].number == course->point && course->n_events && used < size) {
        char events[400];
        snprintf(out + used, size - used, "%snear the change: %s", used ? "; " : "", course_events_words(course, events, sizeof events));
    }
}

void chart_course(const struct chart *chart, char *out, size_t size)
{
    const struct course *course = &chart->study->course;
    char change[160], forecast[160], events[400];
    int decimals = chart_decimals(chart);
    course_forecast_words(course, decimals - 1, forecast, sizeof forecast);
    course_change_words(course, decimals, change, sizeof change);
    course_events_words(course, events, sizeof events);
    snprintf(out, size, "%s%s%s%s%s", forecast, *forecast && *change ? "; " : "", change, *change && *events ? ": " : "", *change ? events : "");
}

/* Both lie on one scale, which limits make; without limits the values of both. */
struct plot_scale chart_scale(const struct chart *chart, int panel, int rows)
{
    int twin = chart->panels[panel].twin;
    enum plot_bound bound = chart_bound(chart, panel);
    if (twin < 0)
        return plot_scale_of(chart->plots[panel], chart->count, rows, bound);
    struct plot_point *both = memory_zero(2 * chart->count + 1, sizeof *both);
    memcpy(both, chart->plots[twin], chart->count * sizeof *both);
    memcpy(both + chart->count, chart->plots[panel], chart->count * sizeof *both);
    struct plot_scale scale = plot_scale_of(both, 2 * chart->count, rows, bound);
    free(both);
    return scale;
}

void chart_plot(const struct chart *chart, int panel, const struct plot_scale *scale, int columns, int step, struct plot_cell *cells)
{
    int twin = chart->panels[panel].twin;
    plot_draw(cells, scale, columns, step, chart->plots[panel], chart->count);
    if (twin >= 0)
        plot_add(cells, scale, columns, step, chart->plots[twin], chart->count);
}

enum plot_bound chart_bound(const struct chart *chart, int panel)
{
    const struct spc_chart *kind = chart->characteristic->chart;
    bool sums = !strcmp(kind->id, "cusum");
    if (sums)
        return panel ? PLOT_CEILING : PLOT_FLOOR;
    return panel || !kind->summarise ? PLOT_FLOOR : PLOT_FREE;
}

int chart_load(struct chart *chart, struct store *store, const struct plant *plant, const struct characteristic *characteristic, int slots,
               int64_t anchor, int64_t now_us, struct error *err)
{
    const struct period all = {0, INT64_MAX, "all"};
    const struct board_source source = {.store = store, .plant = plant, .now_us = now_us};
    chart_free(chart);
    chart->characteristic = characteristic;
    chart->n_panels = study_panels(characteristic->chart, chart->panels);
    chart->now_us = now_us;
    if (board_indices_of(&chart->indices, &source, characteristic, err))
        return -1;
    chart->stale = board_characteristic_is_stale(&source, characteristic, chart->indices.standing.time_us);
    int64_t newest = chart->indices.standing.points, first = chart_first(newest, anchor, slots), wanted = newest - first + 1;
    if (study_make(&chart->study, store, plant, characteristic, &all, wanted < 1 ? 1 : wanted > SCROLL_MOST ? SCROLL_MOST : wanted, err))
        return -1;
    chart->points = chart->study->points;
    chart->count = chart->study->n_points < (size_t)slots ? chart->study->n_points : (size_t)slots;
    set_plot_points(chart);
    return course_of(&chart->study->course, store, characteristic, chart->points, chart->count, err);
}

void chart_free(struct chart *chart)
{
    study_free(chart->study);
    for (int i = 0; i < STUDY_PANELS; i++)
        free(chart->plots[i]);
    *chart = (struct chart){0};
}

long chart_place(const struct chart *chart, int64_t number)
{
    if (!number)
        return (long)chart->count - 1;
    for (size_t i = 0; i < chart->count; i++)
        if (chart->points[i].number == number)
            return (long)i;
    return -1;
}

int chart_decimals(const struct chart *chart)
{
    if (chart_is_in_sigmas(chart->characteristic->chart))
        return 2;
    return chart->characteristic->decimals < 0 ? DECIMALS_WHEN_UNKNOWN : chart->characteristic->decimals + 1;
}

void chart_title(const struct chart *chart, char *out, size_t size)
{
    const struct characteristic *c = chart->characteristic;
    char n[64] = "";
    if (c->subgroup > 1 && !c->by && !c->gap_us && !c->n_streams)
        snprintf(n, sizeof n, " n=%d", c->subgroup);
    else if (c->subgroup > 1 || !c->chart->summarise) {
        n[0] = ' ';
        study_sampling(c, n + 1, sizeof n - 1);
    }
    snprintf(out, size, "%s  %s  %s%s%s  %s%s  %s%s%s", c->name, c->part ? c->part : "", c->unit ? c->unit : "", c->machine ? "  " : "",
             c->machine ? c->machine->name : "", c->chart->name, n, c->rules->id, c->description && *c->description ? "  " : "",
             c->description ? c->description : "");
}

static void limits_word(const struct chart *chart, char *out, size_t size)
{
    const struct limits *limits = &chart->study->limits;
    char when[40] = "";
    if (chart_goes_by_specification(chart->characteristic->chart)) {
        snprintf(out, size, "limits by the specification");
        return;
    }
    if (limits->id)
        text_time_local(limits->time_us, " %Y-%m-%d", when, sizeof when);
    snprintf(out, size, "limits %s%s", limits->id ? limits_state_name(limits->state) : "none yet", when);
}

/* Counts have no specification: their mean is what there is to say. */
static void center_words(const struct chart *chart, char *out, size_t size)
{
    const struct point *newest = chart->count ? &chart->points[chart->count - 1] : NULL;
    char number[32];
    snprintf(out, size, "  %s %s  %lld signal%s in %lld points", chart->panels[0].name,
             text_number(newest ? newest->verdict.location.center : NAN, chart_decimals(chart), number, sizeof number),
             (long long)chart->indices.standing.signals, chart->indices.standing.signals == 1 ? "" : "s", (long long)chart->indices.standing.points);
}

/* Cpk is what it is called only while the process is in control. */
static void index_words(const struct chart *chart, char *out, size_t size)
{
    const struct index *index = &chart->indices.index;
    const char *name = chart->indices.name, *why = chart->indices.why;
    double required = chart->characteristic->required_cpk;
    char value[32], lower[32], upper[32];
    if (isnan(index->value)) {
        snprintf(out, size, "  %s --%s%s", name, index->why ? ": " : "", index->why ? index->why : "");
        return;
    }
    size_t used = (size_t)snprintf(out, size, "  %s %s (%s-%s)", name, text_number(index->value, 2, value, sizeof value),
                                   text_number(index->lower, 2, lower, sizeof lower), text_number(index->upper, 2, upper, sizeof upper));
    if (!isnan(required) && used < size)
        used += (size_t)snprintf(out + used, size - used, "  need %s: %s", text_number(required, 2, value, sizeof value),
                                 requirement_words(chart->indices.requirement));
    if (*why && used < size) /* last: where the line is too short, the verdict matters more */
        snprintf(out + used, size - used, "  %s", why);
}

void chart_verdict(const struct chart *chart, char *out, size_t size)
{
    char limits[80], figures[200];
    limits_word(chart, limits, sizeof limits);
    if (chart->characteristic->chart->summarise)
        index_words(chart, figures, sizeof figures);
    else
        center_words(chart, figures, sizeof figures);
    snprintf(out, size, "%s%s", limits, figures);
}

/* What each panel shows of a point; where subgroups differ in size, the size too. */
static void plotted_words(const struct chart *chart, const struct point *point, char *out, size_t size)
{
    const struct characteristic *c = chart->characteristic;
    const struct subgroup *subgroup = &point->subgroup;
    char number[40];
    size_t used = 0;
    for (int i = 0; i < chart->n_panels && used < size; i++) {
        const char *stream = study_stream(chart->study, point, chart->panels[i].place, false);
        used += (size_t)snprintf(out + used, size - used, "  %s %s%s%s", chart->panels[i].name,
                                 text_number(point->verdict.plotted[chart->panels[i].place], chart_decimals(chart), number, sizeof number),
                                 *stream ? " " : "", stream);
    }
    if (used < size && chart_is_attribute(c->chart))
        snprintf(out + used, size - used, "  (%.10g of %.10g)", subgroup->count, subgroup->size);
    else if (used < size && (c->by || c->gap_us) && c->subgroup > 1 && !c->n_streams)
        snprintf(out + used, size - used, "  n %d", subgroup->n);
}

void chart_readout(const struct chart *chart, const struct point *point, const char *time, char *out, size_t size)
{
    char plotted[160];
    plotted_words(chart, point, plotted, sizeof plotted);
    snprintf(out, size, "#%lld %s%s%s%s%s%s%s%s", (long long)point->number, time, plotted, point->part[0] ? "  part " : "", point->part,
             point->serial[0] ? "  serial " : "", point->serial, point->below || point->above ? "  OUT OF SPEC" : "",
             point->subgroup.excluded ? "  excluded" : "");
}

char *chart_told(const struct characteristic *c, char *out, size_t size)
{
    char words[POINT_SETTINGS], alarms[96], detection[96];
    study_detection(c, detection, sizeof detection);
    snprintf(out, size, "%s; %s%s%s", study_false_alarms(c, alarms, sizeof alarms),
             chart_words(c->chart, &c->settings, c->rules, c->subgroup, words, sizeof words), *detection ? "; " : "", detection);
    return out;
}
