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

static void set_plot_points(struct chart *chart)
{
    chart->location = memory_zero(chart->count + 1, sizeof *chart->location);
    chart->dispersion = memory_zero(chart->count + 1, sizeof *chart->dispersion);
    const struct spc_rule_set *rules = chart->characteristic->rules;
    for (size_t i = 0; i < chart->count; i++) {
        const struct point *point = &chart->points[i];
        const struct verdict *verdict = &point->verdict;
        bool excluded = point->subgroup.excluded;
        chart->location[i] =
            (struct plot_point){point->subgroup.location, verdict->location, rule_most_severe(rules, verdict->location_rules), excluded};
        chart->dispersion[i] =
            (struct plot_point){point->subgroup.dispersion, verdict->dispersion, rule_most_severe(rules, verdict->dispersion_rules), excluded};
    }
}

int chart_load(struct chart *chart, struct store *store, const struct plant *plant, const struct characteristic *characteristic, int slots,
               int64_t anchor, int64_t now_us, struct error *err)
{
    const struct period all = {0, INT64_MAX, "all"};
    struct alarm *alarms = NULL;
    size_t n_alarms = 0;
    chart_free(chart);
    chart->characteristic = characteristic;
    chart->now_us = now_us;
    board_capability(store, characteristic, &chart->standing, &chart->capability);
    chart->stale = board_characteristic_is_stale(&(struct board_source){store, plant, now_us, false}, characteristic, chart->standing.time_us);
    if (board_open_alarms(store, &alarms, &n_alarms, err))
        return -1;
    chart->requirement = board_requirement(characteristic, &chart->capability, alarms, n_alarms, &chart->used);
    free(alarms);
    int64_t newest = chart->standing.points, first = chart_first(newest, anchor, slots), wanted = newest - first + 1;
    if (study_make(&chart->study, store, plant, characteristic, &all, wanted < 1 ? 1 : wanted > SCROLL_MOST ? SCROLL_MOST : wanted, err))
        return -1;
    chart->points = chart->study->points;
    chart->count = chart->study->n_points < (size_t)slots ? chart->study->n_points : (size_t)slots;
    set_plot_points(chart);
    return 0;
}

void chart_free(struct chart *chart)
{
    study_free(chart->study);
    free(chart->location);
    free(chart->dispersion);
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
    return chart->characteristic->decimals < 0 ? DECIMALS_WHEN_UNKNOWN : chart->characteristic->decimals + 1;
}

void chart_title(const struct chart *chart, char *out, size_t size)
{
    const struct characteristic *c = chart->characteristic;
    char n[16] = "";
    if (c->subgroup > 1)
        snprintf(n, sizeof n, " n=%d", c->subgroup);
    snprintf(out, size, "%s  %s  %s%s%s  %s%s  %s%s%s", c->name, c->part ? c->part : "", c->unit ? c->unit : "", c->machine ? "  " : "",
             c->machine ? c->machine->name : "", c->chart->name, n, c->rules->id, c->description && *c->description ? "  " : "",
             c->description ? c->description : "");
}

/* Judged by Ppk, the figure must stand there too. */
static void requirement_text(const struct chart *chart, char *out, size_t size)
{
    double required = chart->characteristic->required_cpk;
    char number[32], ppk[48] = "";
    out[0] = 0;
    if (isnan(required))
        return;
    if (chart->used && !strcmp(chart->used, "Ppk"))
        snprintf(ppk, sizeof ppk, "  Ppk %s", text_number(chart->capability.ppk.value, 2, number, sizeof number));
    snprintf(out, size, "%s  need %s: %s", ppk, text_number(required, 2, number, sizeof number), requirement_words(chart->requirement));
}

void chart_verdict(const struct chart *chart, char *out, size_t size)
{
    const struct index *cpk = &chart->capability.cpk;
    const struct limits *limits = &chart->study->limits;
    char value[32], lower[32], upper[32], required[120], when[40] = "";
    requirement_text(chart, required, sizeof required);
    if (limits->id)
        text_time_local(limits->time_us, " %Y-%m-%d", when, sizeof when);
    int used = snprintf(out, size, "limits %s%s  Cpk %s", limits->id ? limits_state_name(limits->state) : "none yet", when,
                        text_number(cpk->value, 2, value, sizeof value));
    if (isnan(cpk->value))
        snprintf(out + used, size - (size_t)used, "%s%s", cpk->why ? ": " : "", cpk->why ? cpk->why : "");
    else
        snprintf(out + used, size - (size_t)used, " (%s-%s)%s", text_number(cpk->lower, 2, lower, sizeof lower),
                 text_number(cpk->upper, 2, upper, sizeof upper), required);
}

void chart_readout(const struct chart *chart, const struct point *point, const char *time, char *out, size_t size)
{
    const struct spc_chart *kind = chart->characteristic->chart;
    int decimals = chart_decimals(chart);
    char location[40], dispersion[40];
    snprintf(out, size, "#%lld %s  %s %s  %s %s%s%s%s%s", (long long)point->number, time, kind->location,
             text_number(point->subgroup.location, decimals, location, sizeof location), kind->dispersion,
             text_number(point->subgroup.dispersion, decimals, dispersion, sizeof dispersion), point->serial[0] ? "  serial " : "", point->serial,
             point->below || point->above ? "  OUT OF SPEC" : "", point->subgroup.excluded ? "  excluded" : "");
}
