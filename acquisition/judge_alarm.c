#include "acquisition/judge_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CAPABILITY_FROM = 50, CAPABILITY_EACH = 25 };

static const char *key_of(const struct judge *judge, const char *kind, char *key, size_t size)
{
    snprintf(key, size, "%s/%s", kind, judge->characteristic->name);
    return key;
}

static struct alarm_source source_of(const struct judge *judge, const char *kind, const char *key, enum alarm_priority priority, int64_t point)
{
    const struct characteristic *c = judge->characteristic;
    return (struct alarm_source){.kind = kind,
                                 .key = key,
                                 .object = c->name,
                                 .machine = c->machine ? c->machine->name : NULL,
                                 .priority = priority,
                                 .characteristic = c->id,
                                 .point = point};
}

static void clear(struct judge *judge, const char *kind, bool *active, int64_t time_us, struct batch *batch)
{
    char key[128];
    if (*active)
        batch_clear(batch, time_us, key_of(judge, kind, key, sizeof key));
    *active = false;
}

static void number(const struct judge *judge, double value, int more, char *text, size_t size)
{
    int decimals = judge->characteristic->decimals;
    if (decimals < 0)
        snprintf(text, size, "%.7g", value);
    else
        text_number(value, decimals + more, text, size);
}

void judge_check_value(struct judge *judge, const struct measurement *m, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    bool below = m->value<c->lsl, above = m->value> c->usl;
    if (!below && !above)
        return;
    char key[128], value[32], limit[32];
    number(judge, m->value, 0, value, sizeof value);
    number(judge, below ? c->lsl : c->usl, 0, limit, sizeof limit);
    struct alarm_source source = source_of(judge, "specification", key_of(judge, "specification", key, sizeof key), ALARM_HIGH, m->point);
    batch_raise(batch, m->time_us, &source, "%s %s %s%s%s at point %lld%s%s", value, below ? "below LSL" : "above USL", limit, *c->unit ? " " : "",
                c->unit, (long long)m->point, *m->serial ? ", part " : "", m->serial);
    judge->specification_alarm = true;
}

static void check_signal(struct judge *judge, const struct point *point, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    uint32_t location = point->verdict.location_rules, dispersion = point->verdict.dispersion_rules, third = point->verdict.within_rules;
    if (!(location | dispersion | third)) {
        clear(judge, "signal", &judge->signal_alarm, point->time_us, batch);
        return;
    }
    int panel = location ? 0 : dispersion ? 1 : 2, rule = rule_most_severe(c->rules, location ? location : dispersion ? dispersion : third);
    const char *names[] = {c->chart->location, c->chart->dispersion, chart_third(c->chart)}, *name = names[panel];
    char key[128], value[32];
    number(judge, point->verdict.plotted[panel], 1, value, sizeof value);
    enum alarm_priority priority = c->class == CLASS_CRITICAL ? ALARM_HIGH : ALARM_MEDIUM;
    struct alarm_source source = source_of(judge, "signal", key_of(judge, "signal", key, sizeof key), priority, point->number);
    if (location && c->chart->limits) /* single values and means have plain names */
        name = point->subgroup.n > 1 && strcmp(name, "Median") != 0 ? "mean" : point->subgroup.n > 1 ? "median" : "value";
    int stream = c->n_streams ? streams_at(&point->subgroup, (enum stream_place)panel, NULL) : -1;
    bool own = location || c->n_streams; /* what is named says which chart it is */
    batch_raise(batch, point->time_us, &source, "rule %d: %s%s%s at point %lld (%s %s%s%s%s%s)", rule,
                chart_rule_words(c->chart, &c->settings, c->rules, rule), own ? "" : " on the chart of ", own ? "" : name, (long long)point->number,
                name, value, stream < 0 ? "" : ", ", stream < 0 ? "" : c->streams[stream], point->part[0] ? ", part " : "", point->part);
    judge->signal_alarm = true;
}

static void check_capability(struct judge *judge, const struct point *point, struct batch *batch)
{
    const struct characteristic *c = judge->characteristic;
    const struct standing *s = &judge->standing;
    if (isnan(c->required_cpk) || s->moments.n < CAPABILITY_FROM || point->number % CAPABILITY_EACH)
        return;
    if (c->distribution || c->fitted) /* running sums know the normal distribution only; reports fit the other */
        return;
    const char *used;
    struct capability capability = capability_of(&s->moments, &s->within, characteristic_specification(c), s->below, s->above, 0.95);
    enum requirement requirement = capability_requirement(&capability, c->required_cpk, !judge->signal_alarm && chart_tells_control(c->chart), &used);
    double value = strcmp(used, "Cpk") != 0 ? capability.ppk.value : capability.cpk.value;
    if (requirement != REQUIREMENT_MISSED) {
        clear(judge, "capability", &judge->capability_alarm, point->time_us, batch);
        return;
    }
    char key[128];
    struct alarm_source source = source_of(judge, "capability", key_of(judge, "capability", key, sizeof key), ALARM_LOW, point->number);
    batch_raise(batch, point->time_us, &source, "%s %.2f under the required %.2f (%lld values%s)", used, value, c->required_cpk,
                (long long)s->moments.n, judge->signal_alarm ? "; not in control" : "");
    judge->capability_alarm = true;
}

void judge_alarms(struct judge *judge, const struct point *point, struct batch *batch)
{
    check_signal(judge, point, batch);
    check_capability(judge, point, batch);
    if (!point->below && !point->above)
        clear(judge, "specification", &judge->specification_alarm, point->time_us, batch);
}

int judge_goes_on(struct judge *judge, int64_t now_us, struct batch *batch, const struct error *err)
{
    if (err->code != ERR_CORRUPT)
        return -1;
    char key[128];
    struct alarm_source source = source_of(judge, "store", key_of(judge, "damaged", key, sizeof key), ALARM_HIGH, 0);
    log_error("%s: %s; it is judged on without what lies there", judge->characteristic->name, err->text);
    batch_event(batch, now_us, "store", judge->characteristic->name, "judged on without what is damaged: %.150s", err->text);
    batch_raise(batch, now_us, &source, "%.180s", err->text);
    batch_clear(batch, now_us, key);
    return 0;
}
