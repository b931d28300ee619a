#include "reports/panel.h"

#include "reports/facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool panel_has_lcl(const struct panel *panel, const struct limit_line *line)
{
    return !isnan(line->lcl) && !(panel->floor && line->lcl <= 0);
}

double panel_value(const struct panel *panel, size_t i)
{
    return panel->study->points[i].verdict.plotted[panel->place];
}

const struct limit_line *panel_line(const struct panel *panel, size_t i)
{
    return study_line(&panel->study->points[i], panel->place);
}

uint32_t panel_rules(const struct panel *panel, size_t i)
{
    return study_rules(&panel->study->points[i], panel->place);
}

bool panel_is_gap(const struct panel *panel, size_t i)
{
    const struct point *point = &panel->study->points[i];
    const struct characteristic *c = panel->study->characteristic;
    bool broken = c->chart->max_n == 1 && isnan(point->subgroup.dispersion);
    return i > 0 && (broken || point->time_us - point[-1].time_us > panel->gap_us);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Five times the usual distance: a short stop stays connected, a shift without work does not. */
static int64_t gap_of(const struct study *study)
{
    if (study->n_points < 3)
        return INT64_MAX;
    size_t count = study->n_points - 1;
    int64_t *distances = memory_zero(count, sizeof *distances);
    for (size_t i = 0; i < count; i++)
        distances[i] = study->points[i + 1].time_us - study->points[i].time_us;
    qsort(distances, count, sizeof *distances, by_size);
    int64_t usual = distances[count / 2];
    free(distances);
    return usual > 0 ? 5 * usual : INT64_MAX;
}

static void include(struct panel *panel, double value)
{
    if (!isfinite(value))
        return;
    panel->low = isnan(panel->low) ? value : fmin(panel->low, value);
    panel->high = isnan(panel->high) ? value : fmax(panel->high, value);
}

static struct limit_line newest_line(const struct panel *panel)
{
    for (size_t i = panel->study->n_points; i-- > 0;)
        if (!isnan(panel_line(panel, i)->center))
            return *panel_line(panel, i);
    return (struct limit_line){NAN, NAN, NAN, NAN};
}

/* What cannot be below 0 is drawn from there up. */
static void set_range(struct panel *panel)
{
    panel->low = panel->high = panel->floor || panel->ceiling ? 0 : NAN;
    for (size_t i = 0; i < panel->study->n_points; i++) {
        include(panel, panel_value(panel, i));
        if (panel->twin >= 0)
            include(panel, panel->study->points[i].verdict.plotted[panel->twin]);
        include(panel, panel_line(panel, i)->lcl);
        include(panel, panel_line(panel, i)->center);
        include(panel, panel_line(panel, i)->ucl);
    }
    if (isnan(panel->low))
        panel->low = panel->high = 0;
    double span = panel->high - panel->low;
    if (!(span > 0))
        span = panel->high != 0 ? fabs(panel->high) * 1e-3 : 1;
    panel->high += panel->ceiling && panel->high <= 0 ? 0 : 0.1 * span;
    panel->low -= panel->floor && panel->low >= 0 ? 0 : 0.1 * span;
}

struct panel panel_of(const struct study *study, const struct study_panel *which)
{
    const struct characteristic *c = study->characteristic;
    bool sums = !strcmp(c->chart->id, "cusum"), sigmas = chart_is_in_sigmas(c->chart);
    struct panel panel = {.study = study, .place = which->place, .title = which->name, .unit = sigmas ? "sigma" : c->unit ? c->unit : ""};
    panel.twin = which->twin;
    panel.ceiling = sums && which->place == 1;
    panel.floor = !panel.ceiling && (sums || which->place > 0 || !c->chart->summarise);
    panel.decimals = sigmas ? 2 : facts_decimals(study) + (which->place ? 2 : 1);
    panel.gap_us = gap_of(study);
    panel.newest = newest_line(&panel);
    set_range(&panel);
    double largest = panel.newest.ucl > 0 ? panel.newest.ucl : panel.high;
    if (vector_is_chart(c->chart) && largest > 0) /* |S| is the product of as many variances as there are members */
        panel.decimals = (int)fmax(0, 3 - floor(log10(largest)));
    return panel;
}

struct panel panel_twin(const struct panel *panel)
{
    struct panel twin = *panel;
    twin.place = panel->twin;
    twin.twin = -1;
    return twin;
}

int panel_ticks(const struct study *study, int most, struct panel_tick ticks[PANEL_TICKS])
{
    size_t n = study->n_points, count = n < (size_t)most ? n : (size_t)most;
    if (count == 0)
        return 0;
    int64_t span_us = study->points[n - 1].time_us - study->points[0].time_us;
    char first[16], last[16];
    text_time_local(study->points[0].time_us, "%Y-%m-%d", first, sizeof first);
    text_time_local(study->points[n - 1].time_us, "%Y-%m-%d", last, sizeof last);
    const char *format = !strcmp(first, last) ? "%H:%M" : span_us < 120 * DAY_US ? "%m-%d %H:%M" : "%Y-%m-%d";
    for (size_t i = 0; i < count; i++) {
        ticks[i].point = count == 1 ? 0 : i * (n - 1) / (count - 1);
        text_time_local(study->points[ticks[i].point].time_us, format, ticks[i].text, sizeof ticks[i].text);
    }
    return (int)count;
}
