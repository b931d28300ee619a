#include "spc/chart_private.h"
#include "spc/streams.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What a chart was told, in words, and what it costs in false alarms. */

struct line {
    char *out;
    size_t size, used;
};

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    if (line->used >= line->size)
        return;
    va_start(arguments, format);
    int written = vsnprintf(line->out + line->used, line->size - line->used, format, arguments);
    va_end(arguments);
    line->used += written > 0 ? (size_t)written : 0;
}

/* Limits, as far as they are the chart's own choice. */
static void add_design(struct line *line, const struct spc_chart *chart, const struct chart_settings *s)
{
    static const char *const methods[] = {
        [Z_BY_RUNS] = "by runs", [Z_BY_PARTS] = "by parts", [Z_CONSTANT] = "constant sigma", [Z_RELATIVE] = "relative sigma"};
    const struct chart_kind *kind = chart->kind;
    if (kind == &chart_kind_ewma)
        add(line, " lambda %g, %g sigma", s->lambda, s->width);
    else if (kind == &chart_kind_cusum) {
        add(line, " k %g, h %g", s->k, s->h);
        if (s->head > 0)
            add(line, ", head start %g", s->head);
        if (isnan(s->target))
            add(line, ", about the centre");
        else
            add(line, ", about %.10g", s->target);
    } else if (kind == &chart_kind_acceptance && !isnan(s->reject) && !isnan(s->reject_beta))
        add(line, " rejects a fraction of %g, missed at %g", s->reject, s->reject_beta);
    else if (kind == &chart_kind_acceptance)
        add(line, " accepts a fraction of %g, rejected at %g", s->accept, s->accept_alpha);
    else if (kind == &chart_kind_pre_control)
        add(line, " half the tolerance green");
    else if (kind == &chart_kind_run)
        add(line, " about the median");
    else {
        if (kind == &chart_kind_group)
            add(line, " of %d streams,", s->streams);
        if (kind == &chart_kind_ma)
            add(line, " of %d,", s->span);
        if (kind == &chart_kind_z && s->z != Z_BY_PARTS)
            add(line, " %s,", methods[s->z]);
        if (kind == &chart_kind_dpmo)
            add(line, " %g opportunities,", s->opportunities);
        if (s->alpha > 0 || chart_is_event(chart))
            add(line, " limits of probability %g", s->alpha > 0 ? s->alpha : 0.0027);
        else
            add(line, " 3 sigma");
    }
}

/* Which estimator stands behind sigma, in the notation of quality departments. */
static const char *notation(const char *id)
{
    static const struct {
        const char *id, *words;
    } rows[] = {{"rbar", "Rbar/d2"}, {"sbar", "Sbar/c4"},           {"pooled", "pooled/c4"},    {"mr", "MR/d2(2)"},
                {"overall", "s"},    {"median-mr", "median MR/d4"}, {"sqrt-mssd", "sqrt MSSD"}, {"nelson-mr", "MR/d2(2) after Nelson"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!strcmp(rows[i].id, id))
            return rows[i].words;
    return id;
}

static void add_sigma(struct line *line, const struct spc_chart *chart, const struct chart_settings *s, int n)
{
    static const struct {
        const struct chart_kind *kind;
        const char *words;
    } models[] = {{&chart_kind_p, "binomial"},
                  {&chart_kind_np, "binomial"},
                  {&chart_kind_c, "Poisson"},
                  {&chart_kind_u, "Poisson"},
                  {&chart_kind_dpmo, "Poisson"},
                  {&chart_kind_laney_p, "binomial, Laney"},
                  {&chart_kind_laney_u, "Poisson, Laney"},
                  {&chart_kind_g, "geometric"},
                  {&chart_kind_t, "Weibull"}};
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++)
        if (models[i].kind == chart->kind)
            add(line, "; sigma %s", models[i].words);
    if (chart->sigma && chart->kind != &chart_kind_pre_control && chart->kind != &chart_kind_run)
        add(line, "; sigma %s", notation(s->sigma ? s->sigma->id : chart->min_n == 1 && n == 1 ? "mr" : chart->sigma));
}

/* "1-4, 7": where all of a set of one rule apply, nothing. */
static void add_numbers(struct line *line, uint32_t apply)
{
    const char *between = "";
    for (int first = 0; first < RULES_MAX; first++) {
        int last = first;
        if (!(apply >> first & 1))
            continue;
        while (apply >> (last + 1) & 1)
            last++;
        add(line, last > first ? "%s%d-%d" : "%s%d", between, first + 1, last + 1);
        between = ", ";
        first = last;
    }
    if (!apply)
        add(line, "none");
}

/* "; rules nelson 1-8 (R 1-4)": which rules of the set are looked for, in the charts beside the first one too. */
static void add_rules(struct line *line, const struct spc_chart *chart, const struct spc_rule_set *rules)
{
    uint32_t first = chart_rules_applied(chart, rules, CHART_LOCATION), second = chart_rules_applied(chart, rules, CHART_DISPERSION);
    add(line, "; rules %s", rules->id);
    if (rules->count == 1 && first)
        return;
    add(line, " ");
    add_numbers(line, first);
    if (!chart->dispersion || first == second)
        return;
    add(line, chart->kind->third ? " (%s, %s " : " (%s ", chart->dispersion, chart->kind->third);
    add_numbers(line, second);
    add(line, ")");
}

char *chart_design_words(const struct spc_chart *chart, const struct chart_settings *settings, char *out, size_t size)
{
    struct line line = {out, size, 0};
    add_design(&line, chart, settings);
    memmove(out, out + strspn(out, " "), strlen(out + strspn(out, " ")) + 1);
    return out;
}

char *chart_words(const struct spc_chart *chart, const struct chart_settings *settings, const struct spc_rule_set *asked, int n, char *out,
                  size_t size)
{
    const struct spc_rule_set *rules = chart_rules(chart, asked);
    struct line line = {out, size, 0};
    if (chart_has_streams(chart) && settings->streams > 1)
        n /= settings->streams;
    add(&line, "%s", chart->name);
    add_design(&line, chart, settings);
    add_sigma(&line, chart, settings, n);
    if (rules && chart->kind->patterns == PATTERNS_BEYOND)
        add(&line, "; rules %s, points beyond only", rules->id);
    else if (rules && chart_has_streams(chart))
        add(&line, "; rules %s: beyond, and rows of one stream", rules->id);
    else if (rules)
        add_rules(&line, chart, rules);
    if (chart->sigma && chart->kind != &chart_kind_pre_control && chart->kind != &chart_kind_run)
        add(&line, "; constants %s", settings->published ? "published3" : "exact");
    return out;
}

/* --- false alarms */

/* The set's nearest "beyond": NAN without one. */
static double nearest_beyond(const struct spc_rule_set *rules, int *others, enum rule_scope scope)
{
    double s = NAN;
    *others = 0;
    for (int i = 0; i < rules->count; i++) {
        enum rule_primitive primitive = rules->rules[i].primitive;
        if (primitive == RULE_BEYOND)
            s = fmin(s, rules->rules[i].s);
        else if (scope == RULES_ALL || primitive == RULE_RUN || primitive == RULE_TREND || primitive == RULE_ALTERNATE)
            (*others)++;
    }
    return s;
}

static struct runlength unknown(const char *why)
{
    return (struct runlength){.arl = NAN, .error = NAN, .why = why};
}

/* What lets a design be known; shift: of the plotted statistic, in its sigmas. */
struct inquiry {
    const struct spc_chart *chart;
    const struct chart_settings *settings;
    const struct spc_rule_set *rules; /* as asked */
    double shift;
    int runs;
    void *room;
    size_t bytes;
};

static struct runlength by_rules(const struct inquiry *inquiry, const struct spc_rule_set *rules, enum rule_scope scope)
{
    if (inquiry->shift == 0 && rules->arl[scope] > 0)
        return (struct runlength){.arl = rules->arl[scope]};
    struct runlength exact = unknown("not computed yet");
    if (inquiry->room && scope == RULES_ALL)
        exact = runlength_chain(rules, inquiry->shift, inquiry->room, inquiry->bytes);
    if (!isnan(exact.arl) || inquiry->runs < 2)
        return exact;
    return runlength_simulated(rules, scope, inquiry->shift, inquiry->runs, 1);
}

static struct runlength run_length(const struct inquiry *inquiry)
{
    const struct spc_chart *chart = inquiry->chart;
    const struct chart_settings *settings = inquiry->settings;
    const struct chart_kind *kind = chart->kind;
    const struct spc_rule_set *rules = chart_rules(chart, inquiry->rules);
    enum rule_scope scope = kind->patterns == PATTERNS_ALL ? RULES_ALL : RULES_DISPERSION;
    int others;
    double s = nearest_beyond(rules, &others, scope);
    if (kind == &chart_kind_pre_control || kind == &chart_kind_acceptance)
        return unknown("it depends on where the process stands in its tolerance");
    if (kind == &chart_kind_run)
        return unknown("runs about a median are not of a fixed chance");
    if (kind->patterns == PATTERNS_BEYOND && isnan(s))
        return unknown("no rule of the set looks at single points");
    if (kind == &chart_kind_group)
        return settings->streams > 1 ? (struct runlength){.arl = streams_false_alarms(settings->streams, rules, settings->alpha)}
                                     : unknown("nobody said how many streams there are");
    if (kind == &chart_kind_ewma && inquiry->shift != 0) /* of one that has run for long: its limits have widened */
        return (struct runlength){.arl = runlength_ewma(settings->lambda, settings->width * s / 3, inquiry->shift)};
    if (kind == &chart_kind_ewma && inquiry->runs <= 1)
        return unknown("not computed yet");
    if (kind == &chart_kind_ewma) {
        double arl = runlength_ewma_widening(settings->lambda, settings->width * s / 3, 0);
        return isnan(arl) ? unknown("lambda is too small to compute it") : (struct runlength){.arl = arl};
    }
    if (kind == &chart_kind_cusum)
        return (struct runlength){.arl = runlength_cusum(settings->k, settings->h * s / 3, settings->head, inquiry->shift)};
    if (kind == &chart_kind_ma)
        return unknown("neighbouring averages share values");
    if (!others && !isnan(s))
        return (struct runlength){.arl = runlength_shewhart(s * chart_reach(settings->alpha), inquiry->shift)};
    if (settings->alpha > 0)
        return unknown("zones follow the chance chosen for the limits");
    return by_rules(inquiry, rules, scope);
}

struct runlength chart_false_alarms(const struct spc_chart *chart, const struct chart_settings *settings, const struct spc_rule_set *asked, int runs)
{
    return run_length(&(struct inquiry){.chart = chart, .settings = settings, .rules = asked, .runs = runs});
}

struct runlength chart_run_length(const struct spc_chart *chart, const struct chart_settings *settings, const struct spc_rule_set *asked, int n,
                                  double shift, int runs, void *room, size_t bytes)
{
    const struct chart_kind *kind = chart->kind;
    if (!chart->summarise || kind == &chart_kind_z || kind == &chart_kind_median || kind->third)
        return unknown("its limits are not so many sigmas of a mean of so many values");
    return run_length(&(struct inquiry){chart, settings, asked, shift * sqrt(n), runs, room, bytes});
}

const char *chart_rule_words(const struct spc_chart *chart, const struct chart_settings *settings, const struct spc_rule_set *rules, int number)
{
    const char *words = rule_words(rules, number);
    bool three_sigma = (chart_has_zones(chart) || chart_is_attribute(chart)) && settings->alpha == 0;
    if (words && !three_sigma && rules->rules[number - 1].primitive == RULE_BEYOND && rules->rules[number - 1].s == 3)
        return "beyond the limit";
    return words;
}
