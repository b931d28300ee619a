#include "reports/study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What a chart shows, and how its points are said in words. */

int study_panels(const struct spc_chart *chart, struct study_panel panels[STUDY_PANELS])
{
    bool streams = chart_has_streams(chart);
    int count = 0;
    panels[count++] = (struct study_panel){chart->location, 0, streams ? 1 : -1, false};
    if (chart->dispersion)
        panels[count++] = (struct study_panel){chart->dispersion, 1, -1, streams};
    if (chart_third(chart))
        panels[count++] = (struct study_panel){chart_third(chart), 2, -1, false};
    return count;
}

char *study_panel_title(const struct study_panel *panels, int panel, char *out, size_t size)
{
    int twin = panels[panel].twin;
    snprintf(out, size, "%s%s%s", panels[panel].name, twin < 0 ? "" : " and ", twin < 0 ? "" : panels[twin].name);
    return out;
}

const char *study_stream(const struct study *study, const struct point *point, int place, bool brief)
{
    const struct characteristic *c = study->characteristic;
    const char *name = point->streams[place];
    size_t common = brief && c->n_streams ? text_common_prefix(c->streams, (size_t)c->n_streams) : 0;
    return common && strlen(name) > common && !strncmp(name, c->streams[0], common) ? name + common : name;
}

const struct limit_line *study_line(const struct point *point, int place)
{
    const struct verdict *verdict = &point->verdict;
    return place == 0 ? &verdict->location : place == 1 ? &verdict->dispersion : &verdict->within;
}

uint32_t study_rules(const struct point *point, int place)
{
    const struct verdict *verdict = &point->verdict;
    return place == 0 ? verdict->location_rules : place == 1 ? verdict->dispersion_rules : verdict->within_rules;
}

const struct spc_rule_set *study_rule_set(const struct study *study, const struct point *point)
{
    return point->rules ? point->rules : study->characteristic->rules;
}

/* "Xbar, R": the panels on which a rule fired. */
static void panel_words(const struct study *study, const struct point *point, uint32_t bit, char *out, size_t size)
{
    struct study_panel panels[STUDY_PANELS];
    int count = study_panels(point->chart ? point->chart : study->characteristic->chart, panels);
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < count && used < size; i++)
        if (study_rules(point, panels[i].place) & bit) {
            const char *stream = study_stream(study, point, panels[i].place, false);
            used += (size_t)snprintf(out + used, size - used, "%s%s%s%s", used ? ", " : "", panels[i].name, *stream ? " " : "", stream);
        }
}

char *study_rule_words(const struct study *study, const struct point *point, char *out, size_t size)
{
    const struct spc_rule_set *set = study_rule_set(study, point);
    uint32_t left = study_rules(point, 0) | study_rules(point, 1) | study_rules(point, 2);
    size_t used = 0;
    out[0] = '\0';
    while (left && used < size) {
        char panels[128];
        int number = rule_most_severe(set, left);
        if (number < 1)
            break;
        uint32_t bit = UINT32_C(1) << (number - 1);
        const char *words =
            chart_rule_words(point->chart ? point->chart : study->characteristic->chart, &study->characteristic->settings, set, number);
        panel_words(study, point, bit, panels, sizeof panels);
        int written = snprintf(out + used, size - used, "%srule %d: %s (%s)", used ? "; " : "", number, words ? words : "?", panels);
        used += (size_t)(written > 0 ? written : 0);
        left &= ~bit;
    }
    return out;
}

char *study_sampling(const struct characteristic *c, char *out, size_t size)
{
    if (chart_is_event(c->chart))
        snprintf(out, size, c->size ? "parts between events" : "hours between events");
    else if (!c->chart->summarise && c->size)
        snprintf(out, size, "samples by %s", c->size->full_name);
    else if (!c->chart->summarise)
        snprintf(out, size, "samples of %g", c->fixed_size);
    else if (c->n_streams && c->subgroup > c->n_streams)
        snprintf(out, size, "%d streams, %d values of each", c->n_streams, c->subgroup / c->n_streams);
    else if (c->n_streams)
        snprintf(out, size, "%d streams", c->n_streams);
    else if (c->subgroup > 1 && (c->gap_us || c->by))
        snprintf(out, size, "subgroups by %s", c->by ? c->by->full_name : "pauses");
    else if (c->subgroup > 1)
        snprintf(out, size, "subgroups of %d", c->subgroup);
    else
        snprintf(out, size, "single values");
    return out;
}

/* --- the price of a design: the published sets' figures are known; those of a plant's own and of EWMA are found once */

enum { RUNS = 20000, DETECTIONS = 4000, REMEMBERED = 32 };
static const double STUDY_SHIFT = 1; /* sigmas of single values: what a chart should find soon */

typedef struct runlength price(const struct characteristic *c, int runs);

static struct runlength false_alarms(const struct characteristic *c, int runs)
{
    return chart_false_alarms(c->chart, &c->settings, c->rules, runs);
}

static struct runlength detection(const struct characteristic *c, int runs)
{
    return chart_run_length(c->chart, &c->settings, c->rules, c->subgroup, STUDY_SHIFT, runs, NULL, 0);
}

/* Found once for all that are told the same. */
static struct runlength simulated(const struct characteristic *c, price *of, const char *name, int runs)
{
    static struct {
        char words[RULE_SET_WORDS + POINT_SETTINGS + 16];
        struct runlength found;
    } known[REMEMBERED];
    static int count, next;
    char words[RULE_SET_WORDS + POINT_SETTINGS + 16], rules[RULE_SET_WORDS], settings[POINT_SETTINGS];
    snprintf(words, sizeof words, "%s %s %s", name, chart_words(c->chart, &c->settings, c->rules, c->subgroup, settings, sizeof settings),
             rule_set_words(c->rules, rules, sizeof rules));
    for (int i = 0; i < count; i++)
        if (!strcmp(known[i].words, words))
            return known[i].found;
    snprintf(known[next].words, sizeof known[next].words, "%s", words);
    struct runlength found = known[next].found = of(c, runs);
    next = (next + 1) % REMEMBERED;
    count += count < REMEMBERED;
    return found;
}

char *study_detection(const struct characteristic *c, char *out, size_t size)
{
    struct runlength found = detection(c, 0);
    if (isnan(found.arl) && chart_has_zones(c->chart) && c->settings.alpha == 0)
        found = simulated(c, detection, "detection", DETECTIONS);
    out[0] = 0;
    if (!isnan(found.arl) && !c->by && !c->gap_us)
        snprintf(out, size, "a shift of %g sigma signals after %.1f points", STUDY_SHIFT, found.arl);
    return out;
}

char *study_false_alarms(const struct characteristic *c, char *out, size_t size)
{
    struct runlength found = false_alarms(c, 0);
    if (isnan(found.arl))
        found = simulated(c, false_alarms, "alarms", RUNS);
    if (isnan(found.arl))
        snprintf(out, size, "false alarms unknown: %s", found.why);
    else
        snprintf(out, size, "false alarm 1 in %.0f points", found.arl);
    return out;
}
