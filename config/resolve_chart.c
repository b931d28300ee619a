#include "config/resolve.h"
#include "config/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The chart of a characteristic: what may be said about it depends on which one it is. */

void resolve_unknown(struct resolver *resolver, const struct record *record, const char *key, const char *name, const char *const *names,
                     size_t count)
{
    char list[280] = "";
    size_t used = 0;
    for (size_t i = 0; i < count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", names[i]);
    const char *nearest = text_nearest(name, names, count);
    if (nearest)
        resolve_problem(resolver, record, key, "'%.60s' is unknown: did you mean '%s'? It is one of %s", name, nearest, list);
    else
        resolve_problem(resolver, record, key, "'%.60s' is unknown: it is one of %s", name, list);
}

#define SHEWHART "i-mr xbar-r xbar-s median-r i-mr-r i-mr-s"
#define RATES "p u laney-p laney-u dpmo"
#define COUNTS "p np c u laney-p laney-u dpmo"
#define NOT_MEASURED COUNTS " g t"

/* Keys that only some charts understand. */
struct reach {
    const char *key;
    bool design, not ; /* in design; of all charts but these */
    const char *charts;
};
static const struct reach reaches[] = {
    {"sigma", true, false, SHEWHART " ewma cusum ma acceptance group"},
    {"constants", true, false, SHEWHART " ewma cusum ma z-mr acceptance group laney-p laney-u"},
    {"alpha", true, true, "run ewma cusum acceptance pre-control"},
    {"lambda", true, false, "ewma"},
    {"width", true, false, "ewma"},
    {"k", true, false, "cusum"},
    {"h", true, false, "cusum"},
    {"head", true, false, "cusum"},
    {"target", true, false, "cusum"},
    {"span", true, false, "ma"},
    {"z", true, false, "z-mr"},
    {"accept", true, false, "acceptance"},
    {"accept_alpha", true, false, "acceptance"},
    {"reject", true, false, "acceptance"},
    {"reject_beta", true, false, "acceptance"},
    {"opportunities", true, false, "dpmo"},
    {"parts", false, false, "z-mr"},
    {"stream", false, false, "group"},
    {"streams", false, false, "group"},
    {"size", false, false, RATES " np g"},
    {"counts", false, false, COUNTS},
    {"by", false, true, "i-mr pre-control " NOT_MEASURED},
    {"gap", false, true, "i-mr z-mr pre-control " NOT_MEASURED},
    {"nominal", false, true, NOT_MEASURED},
    {"lsl", false, true, NOT_MEASURED},
    {"usl", false, true, NOT_MEASURED},
    {"target", false, true, NOT_MEASURED},
    {"natural", false, true, NOT_MEASURED " pre-control"},
    {"required_cpk", false, true, NOT_MEASURED},
    {"distribution", false, true, NOT_MEASURED},
    {"limits", false, true, "pre-control"},
};

static bool is_among(const char *id, const char *list)
{
    size_t length = strlen(id);
    for (const char *at = list; (at = strstr(at, id)); at += length)
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

static void check_reach(struct resolver *resolver, const struct characteristic_draft *draft, const struct spc_chart *chart)
{
    for (size_t i = 0; i < sizeof reaches / sizeof reaches[0]; i++) {
        const struct reach *reach = &reaches[i];
        const struct record *record = reach->design ? &draft->design.record : &draft->record;
        if (!record_given(record, reach->key) || is_among(chart->id, reach->charts) != reach->not )
            continue;
        if (reach->not )
            resolve_problem(resolver, record, reach->key, "means nothing on the chart %s: leave it out", chart->id);
        else
            resolve_problem(resolver, record, reach->key, "means nothing on the chart %s, only on %s: leave it out", chart->id, reach->charts);
    }
}

static const struct spc_chart *chart_of(struct resolver *resolver, const struct characteristic_draft *draft, const struct characteristic *to)
{
    const char *names[64];
    size_t count = 0;
    bool grouped = to->subgroup > 1 || draft->by || to->gap_us;
    const char *id = draft->chart ? draft->chart : grouped ? "xbar-r" : "i-mr";
    const struct spc_chart *chart = spc_chart_find(id);
    if (chart)
        return chart;
    while (count < spc_chart_count && count < 64)
        names[count] = spc_charts[count].id, count++;
    resolve_unknown(resolver, &draft->record, "chart", id, names, count);
    return NULL;
}

static void resolve_subgroup(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct record *record = &draft->record;
    int least = to->chart->min_n ? to->chart->min_n : 1, most = to->chart->max_n ? to->chart->max_n : 1;
    bool ended = most > 1 && (record_given(record, "by") || record_given(record, "gap"));
    if (ended && !record_given(record, "subgroup"))
        to->subgroup = most;
    if (record_bad(record, "subgroup") || record_bad(record, "chart") || (to->subgroup >= least && to->subgroup <= most))
        return;
    if (least == most)
        resolve_problem(resolver, record, "subgroup", "%d does not fit the chart %s, which takes %d", to->subgroup, to->chart->id, least);
    else
        resolve_problem(resolver, record, "subgroup", "%d does not fit the chart %s, which takes %d to %d", to->subgroup, to->chart->id, least, most);
}

/* --- design */

static void resolve_sigma(struct resolver *resolver, const struct design_draft *design, struct characteristic *to)
{
    const char *names[32];
    size_t count = 0;
    if (!design->sigma)
        return;
    to->settings.sigma = sigma_estimator_find(design->sigma);
    while (count < sigma_estimator_count && count < 32)
        names[count] = sigma_estimators[count].id, count++;
    if (!to->settings.sigma)
        resolve_unknown(resolver, &design->record, "sigma", design->sigma, names, count);
    else if (to->settings.sigma->basis == SIGMA_WITHIN && to->subgroup == 1 && !chart_has_streams(to->chart))
        resolve_problem(resolver, &design->record, "sigma", "%s looks within subgroups, but these are single values: mr, median-mr, ... or overall",
                        design->sigma);
}

static void resolve_design(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct design_draft *design = &draft->design;
    const char *id = to->chart->id;
    to->settings = design->settings;
    to->settings.sigma = NULL;
    to->settings.parts = NULL;
    to->settings.center = to->settings.spread = NAN;
    to->settings.published = design->constants == 1;
    to->settings.alpha = isnan(design->settings.alpha) ? 0 : design->settings.alpha;
    to->settings.lsl = to->lsl_natural ? NAN : to->lsl;
    to->settings.usl = to->usl_natural ? NAN : to->usl;
    resolve_sigma(resolver, design, to);
    if (design->settings.head > design->settings.h)
        resolve_problem(resolver, &design->record, "head", "%g is above h, %g: it would signal at once", design->settings.head, design->settings.h);
    if (isnan(to->settings.reject) != isnan(to->settings.reject_beta))
        resolve_problem(resolver, &design->record, isnan(to->settings.reject) ? "reject_beta" : "reject",
                        "reject and reject_beta go together: the fraction to be found, and the chance to miss it");
    if (!strcmp(id, "acceptance") && isnan(to->settings.lsl) && isnan(to->settings.usl))
        resolve_problem(resolver, &draft->record, "chart", "acceptance limits come from the specification: give lsl, usl or both");
    if (!strcmp(id, "pre-control") && (isnan(to->lsl) || isnan(to->usl)))
        resolve_problem(resolver, &draft->record, "chart", "pre-control divides the tolerance: give lsl and usl");
}

/* --- counts */

static void resolve_size(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct record *record = &draft->record;
    char *end;
    to->fixed_size = 1;
    if (!draft->sample) {
        if (is_among(to->chart->id, RATES " np g"))
            resolve_problem(resolver, record, "chart", "%s",
                            !strcmp(to->chart->id, "g") ? "g counts the parts between events: give size, their counter"
                                                        : "a share has a sample: give its size, a number or a tag");
        return;
    }
    double number = strtod(draft->sample, &end);
    if (!*end) {
        to->fixed_size = number;
        if (!(number > 0) || isinf(number))
            resolve_problem(resolver, record, "size", "'%s': a sample has more than nothing", draft->sample);
        else if (!strcmp(to->chart->id, "g"))
            resolve_problem(resolver, record, "size", "g counts the parts between events: name their counter, an INSTRUMENT.TAG");
        return;
    }
    to->size = resolve_tag(resolver, record, "size", draft->sample);
    if (to->size && (to->running || chart_is_event(to->chart)) && !tag_is_integer(to->size))
        resolve_problem(resolver, record, "size", "'%s' is a %s, but what goes on counting is an integer%s", draft->sample,
                        tag_type_name(to->size->type), to->running ? " (or say `counts: sample`)" : "");
    else if (to->size && !tag_is_numeric(to->size))
        resolve_problem(resolver, record, "size", "'%s' is a %s, but a size is a number", draft->sample, tag_type_name(to->size->type));
    resolve_together(resolver, record, "size", to->size, to->source);
}

static void resolve_counts(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    static const struct {
        const char *charts, *unit;
        int decimals;
    } shows[] = {{RATES, "", 4}, {"np c", "", 0}, {"g", "parts", 0}, {"t", "h", 2}};
    to->running = draft->counts == 1;
    if (to->source && (to->running || chart_is_event(to->chart)) && !tag_can_count(to->source))
        resolve_problem(resolver, &draft->record, "source", "'%s' is a %s, but what goes on counting is an integer or a bit%s", draft->source,
                        tag_type_name(to->source->type), chart_is_event(to->chart) ? "" : " (or say `counts: sample`)");
    if (to->running && !record_given(&draft->record, "on_new") && !record_given(&draft->record, "every") && chart_is_attribute(to->chart))
        resolve_problem(resolver, &draft->record, "source",
                        "a sample of what goes on counting ends `every` so often, or `on_new` with `each`: say when");
    if (chart_is_event(to->chart) && (record_given(&draft->record, "on_new") || record_given(&draft->record, "every")))
        resolve_problem(resolver, &draft->record, record_given(&draft->record, "every") ? "every" : "on_new",
                        "an event of the chart %s is when the source counts on: leave it out", to->chart->id);
    resolve_size(resolver, draft, to);
    for (size_t i = 0; i < sizeof shows / sizeof shows[0]; i++)
        if (is_among(to->chart->id, shows[i].charts)) {
            to->unit = shows[i].unit;
            if (to->decimals < 0)
                to->decimals = shows[i].decimals;
        }
}

/* --- parts, limits, distribution, rules */

/* By runs, the centre and the sigma of a run come from all of its values: none of them could be judged while it goes on. */
static void resolve_z(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct record *record = &draft->design.record;
    to->settings.z = Z_BY_PARTS;
    if (!record_given(record, "z") || record_bad(record, "z") || draft->design.z == Z_BY_PARTS)
        return;
    if (draft->design.z == Z_BY_RUNS)
        resolve_problem(
            resolver, record, "z",
            "by runs, centre and sigma of a run are those of all its values: none can be judged before the run has ended. Choose constant "
            "(or relative), where few values of a part are enough; `gemba study --z runs` looks at runs that are over");
    else if (!to->learns_parts)
        resolve_problem(resolver, record, "z", "%s: leave it out",
                        to->n_parts ? "is how sigma is learned, but parts says what it is of each"
                                    : "tells parts apart, and without by there is one");
    else
        to->settings.z = (enum z_method)draft->design.z;
}

static void resolve_parts(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct records *drafts = &draft->parts;
    struct chart_part *parts = arena_zero(resolver->arena, drafts->count + 1, sizeof *parts);
    to->by = resolve_tag(resolver, &draft->record, "by", draft->by);
    resolve_together(resolver, &draft->record, "by", to->by, to->source);
    if (strcmp(to->chart->id, "z-mr") != 0)
        return;
    if (drafts->count > 0 && !draft->by)
        resolve_problem(resolver, &draft->record, "parts", "go with by, the tag that says which of them is made");
    to->learns_parts = draft->by && !drafts->count;
    if (draft->by && draft->limits.record.node)
        resolve_problem(resolver, &draft->record, "limits", "each part has its own: leave it out%s",
                        drafts->count ? "" : ", and `gemba limits` decides on them, or give parts");
    to->parts = arena_zero(resolver->arena, drafts->count + 1, sizeof *to->parts);
    to->n_parts = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        const struct part_draft *part = records_item(drafts, i);
        to->parts[i] = part->record.name;
        parts[i] = (struct chart_part){.center = part->center, .sigma = part->sigma};
    }
    to->settings.parts = drafts->count ? parts : NULL;
    resolve_z(resolver, draft, to);
}

/* --- streams */

/* The names that `stream` says. */
static void resolve_stream_names(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    for (size_t i = 0; i < draft->streams.count; i++)
        to->streams[i] = draft->streams.items[i] ? draft->streams.items[i] : "";
    to->stream = resolve_tag(resolver, &draft->record, "stream", draft->stream);
    resolve_together(resolver, &draft->record, "stream", to->stream, to->on_new ? to->on_new : to->source);
}

/* A tag for each stream, which must all come in one answer with the source's. */
static void resolve_stream_tags(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    bool has_source = false;
    to->stream_tags = arena_zero(resolver->arena, draft->streams.count + 1, sizeof *to->stream_tags);
    for (size_t i = 0; i < draft->streams.count; i++) {
        const struct tag *tag = draft->streams.items[i] ? resolve_tag(resolver, &draft->record, "streams", draft->streams.items[i]) : NULL;
        to->stream_tags[i] = tag;
        to->streams[i] = tag ? tag->name : "";
        has_source |= tag && tag == to->source;
        if (tag && to->source && (tag->instrument != to->source->instrument || tag->schedule != to->source->schedule))
            resolve_problem(resolver, &draft->record, "streams", "'%s' does not come in one answer with '%s': streams are measured together",
                            tag->full_name, to->source->full_name);
        else if (tag && !tag_is_numeric(tag))
            resolve_problem(resolver, &draft->record, "streams", "'%s' is a %s, but only numbers can be judged", tag->full_name,
                            tag_type_name(tag->type));
    }
    if (to->source && !has_source)
        resolve_problem(resolver, &draft->record, "streams",
                        "is without the source '%s': list the tags of all streams, or say with `stream` which tag tells them apart",
                        to->source->full_name);
    if (to->retest > 0)
        resolve_problem(resolver, &draft->record, "retest", "means nothing where all streams are measured at once: leave it out");
}

static void resolve_streams(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct texts *names = &draft->streams;
    const struct record *record = &draft->record;
    if (!chart_has_streams(to->chart))
        return;
    if (names->count < 2 || names->count > STREAMS_MAX) {
        if (!record_bad(record, "streams"))
            resolve_problem(resolver, record, record_given(record, "streams") ? "streams" : "chart",
                            "a group chart compares 2 to %d streams: list them in streams", STREAMS_MAX);
        return;
    }
    to->streams = arena_zero(resolver->arena, names->count + 1, sizeof *to->streams);
    if (draft->stream)
        resolve_stream_names(resolver, draft, to);
    else
        resolve_stream_tags(resolver, draft, to);
    for (size_t i = 0; i < names->count; i++)
        for (size_t k = 0; k < i; k++)
            if (*to->streams[i] && !strcmp(to->streams[i], to->streams[k]))
                resolve_problem(resolver, record, "streams", "'%s' stands there twice", to->streams[i]);
    to->n_streams = to->settings.streams = (int)names->count;
    if (to->rules && !streams_rules_are(to->rules))
        to->rules = streams_rules(to->n_streams);
    if (to->settings.sigma && !is_among(to->settings.sigma->id, to->subgroup > 1 ? "rbar pooled" : "mr"))
        resolve_problem(resolver, &draft->design.record, "sigma", "%s does not look within the streams: rbar or pooled, of single values mr",
                        to->settings.sigma->id);
    to->subgroup *= to->n_streams;
}

static void resolve_limits(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const struct limits_draft *limits = &draft->limits;
    const char *id = to->chart->id;
    bool laney = is_among(id, "laney-p laney-u"), three = is_among(id, "i-mr-r i-mr-s"), attribute = chart_is_attribute(to->chart);
    to->locked_center = to->locked_sigma = to->locked_extra = NAN;
    if (to->n_parts) { /* what is plotted has centre 0 and sigma 1 */
        to->locked_center = 0;
        to->locked_sigma = 1;
    }
    if (!limits->record.node || record_bad(&draft->record, "limits"))
        return;
    if (chart_is_event(to->chart)) {
        resolve_problem(resolver, &draft->record, "limits",
                        "the limits of %s are percentiles of the distribution that its baseline is fitted to: leave it out", id);
        return;
    }
    const struct {
        const char *key;
        bool wanted;
        double value;
    } keys[] = {{"sigma", !attribute, limits->sigma}, {"within", three, limits->within}, {"sigma_z", laney, limits->sigma_z}};
    for (size_t i = 0; i < 3; i++)
        if (record_given(&limits->record, keys[i].key) && !keys[i].wanted)
            resolve_problem(resolver, &limits->record, keys[i].key, "means nothing on the chart %s: leave it out", id);
        else if (!record_given(&limits->record, keys[i].key) && keys[i].wanted)
            resolve_problem(resolver, &draft->record, "limits", "'%s' is missing, which the chart %s needs", keys[i].key, id);
    to->locked_center = limits->center;
    to->locked_sigma = limits->sigma;
    to->locked_extra = laney ? limits->sigma_z : three ? limits->within : NAN;
    if (!attribute)
        return;
    bool share = chart_is_share(to->chart);
    if (limits->center < 0 || (share && limits->center > 1))
        resolve_problem(resolver, &limits->record, "center", "%g is no %s", limits->center, share ? "share between 0 and 1" : "rate of defects");
    to->locked_sigma = chart_rate_sigma(to->chart, limits->center, &to->settings);
}

static void resolve_distribution(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const char *names[64] = {"auto"};
    size_t count = 1;
    if (!draft->distribution || !strcmp(draft->distribution, "normal"))
        return;
    to->fitted = !strcmp(draft->distribution, "auto");
    to->distribution = to->fitted ? NULL : distribution_find(draft->distribution);
    if (to->fitted || to->distribution)
        return;
    for (size_t i = 0; i < distribution_count && count < 64; i++)
        names[count++] = distributions[i].id;
    resolve_unknown(resolver, &draft->record, "distribution", draft->distribution, names, count);
}

static void resolve_rules(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    const char *names[64];
    size_t count = 0;
    const struct plant *plant = resolver->plant;
    to->rules = draft->rules ? plant_rule_set(plant, draft->rules) : NULL;
    if (to->rules || !draft->rules)
        return;
    for (size_t i = 0; i < plant->n_rule_sets && count < 32; i++)
        names[count++] = plant->rule_sets[i].id;
    for (size_t i = 0; i < spc_rule_set_count && count < 64; i++)
        names[count++] = spc_rule_sets[i].id;
    resolve_unknown(resolver, &draft->record, "rules", draft->rules, names, count);
}

void resolve_chart(struct resolver *resolver, const struct characteristic_draft *draft, struct characteristic *to)
{
    to->chart = chart_of(resolver, draft, to);
    resolve_rules(resolver, draft, to);
    resolve_distribution(resolver, draft, to);
    if (!to->chart)
        return;
    if (to->rules && !chart_has_streams(to->chart)) /* those of streams depend on how many there are */
        to->rules = chart_rules(to->chart, to->rules);
    check_reach(resolver, draft, to->chart);
    resolve_subgroup(resolver, draft, to);
    resolve_design(resolver, draft, to);
    if (!to->chart->summarise)
        resolve_counts(resolver, draft, to);
    resolve_parts(resolver, draft, to);
    resolve_streams(resolver, draft, to);
    resolve_limits(resolver, draft, to);
}

void resolve_rule_sets(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->rule_sets;
    struct plant *plant = resolver->plant;
    plant->rule_sets = arena_zero(resolver->arena, drafts->count, sizeof *plant->rule_sets);
    plant->n_rule_sets = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        const struct rule_set_draft *draft = records_item(drafts, i);
        struct spc_rule_set *set = &plant->rule_sets[i];
        *set = (struct spc_rule_set){.id = draft->record.name, .name = draft->name ? draft->name : draft->record.name};
        if (spc_rule_set_find(set->id))
            resolve_problem(resolver, &draft->record, NULL, "there is a published set of this name, which always means the same: choose another");
        for (size_t k = 0; k < draft->rules.count; k++) {
            const char *why = draft->rules.items[k] ? rule_set_add(set, draft->rules.items[k]) : NULL;
            if (why)
                problems_add(resolver->problems, draft->rules.nodes[k], "%s.rules: '%.60s': %s", draft->record.path, draft->rules.items[k], why);
        }
    }
}
