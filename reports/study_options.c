#include "reports/study_options.h"

#include <math.h>
#include <string.h>

/* From what was said on the command line to what is asked of the analysis. */

static int unknown(struct error *err, const char *what, const char *name, const char *const *names, size_t count)
{
    char list[400];
    size_t used = 0;
    const char *nearest = text_nearest(name, names, count);
    if (nearest)
        return error_set(err, ERR_USAGE, "unknown %s '%.60s': did you mean '%s'?", what, name, nearest);
    for (size_t i = 0; i < count && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    return error_set(err, ERR_USAGE, "unknown %s '%.60s': it is one of %s", what, name, list);
}

int study_choose(const char *what, const char *name, const char *const *names, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(name, names[i]))
            return (int)i;
    return unknown(err, what, name, names, count);
}

static int read_names(const struct study_options *o, struct analysis_request *request, struct error *err)
{
    static const char *const constants[] = {"exact", "published3"}, *const methods[] = {"runs", "parts", "constant", "relative"};
    const char *names[64];
    size_t count = 0;
    int at;
    if (o->sigma) {
        for (; count < sigma_estimator_count; count++)
            names[count] = sigma_estimators[count].id;
        if ((at = study_choose("estimator of sigma", o->sigma, names, count, err)) < 0)
            return -1;
        request->settings.sigma = &sigma_estimators[at];
    }
    const size_t own = o->plant ? o->plant->n_rule_sets : 0;
    for (count = 0; count < spc_rule_set_count && count < 32; count++)
        names[count] = spc_rule_sets[count].id;
    for (size_t i = 0; i < own && count < 64; i++)
        names[count++] = o->plant->rule_sets[i].id;
    if ((at = study_choose("rule set", o->rules, names, count, err)) < 0)
        return -1;
    request->rules = (size_t)at < spc_rule_set_count ? &spc_rule_sets[at] : &o->plant->rule_sets[(size_t)at - spc_rule_set_count];
    if ((at = study_choose("kind of constants", o->constants, constants, 2, err)) < 0)
        return -1;
    request->settings.published = at == 1;
    if ((at = study_choose("Z-MR method", o->z, methods, 4, err)) < 0)
        return -1;
    request->settings.z = (enum z_method)at;
    return 0;
}

static int read_baseline(const struct study_options *o, struct analysis_request *request, struct error *err)
{
    char rest;
    if (!o->baseline)
        return 0;
    if (sscanf(o->baseline, "%ld:%ld%c", &request->baseline_first, &request->baseline_last, &rest) != 2 || request->baseline_first < 1 ||
        request->baseline_last < request->baseline_first)
        return error_set(err, ERR_USAGE, "--baseline wants FIRST:LAST, such as 1:25, not '%.40s'", o->baseline);
    if (o->columns.stage)
        return error_set(err, ERR_USAGE, "--baseline and --stage exclude each other: each stage is its own baseline");
    return 0;
}

static bool within_unit(double p)
{
    return p > 0 && p < 1;
}

static int check_numbers(const struct study_options *o, struct error *err)
{
    const struct chart_settings *s = &o->settings;
    const struct {
        bool bad;
        const char *words;
    } checks[] = {
        {s->lsl >= s->usl, "--lsl must be below --usl"},
        {o->natural && strcmp(o->natural, "lsl") != 0 && strcmp(o->natural, "usl") != 0, "--natural is lsl or usl"},
        {o->natural && isnan(strcmp(o->natural, "lsl") ? s->usl : s->lsl), "--natural names a limit that is not given: --lsl or --usl"},
        {s->spread <= 0, "--sd must be above 0"},
        {!(s->lambda > 0 && s->lambda <= 1), "--lambda must be above 0, and at most 1"},
        {!(s->width > 0), "--width must be above 0"},
        {!(s->k >= 0), "--k must not be below 0"},
        {!(s->h > 0), "--h must be above 0"},
        {!(s->head >= 0 && s->head <= s->h), "--fir must lie between 0 and h"},
        {o->span < 1 || o->span > CHART_SPAN_MAX, "--span must lie between 1 and 32"},
        {!(s->alpha >= 0 && s->alpha < 1), "--alpha must lie between 0 and 1"},
        {!(s->opportunities > 0), "--opportunities must be above 0"},
        {!(o->confidence > 0 && o->confidence < 1), "--confidence must lie between 0 and 1"},
        {!within_unit(s->accept) || !within_unit(s->accept_alpha) || (!isnan(s->reject) && !within_unit(s->reject)) ||
             (!isnan(s->reject_beta) && !within_unit(s->reject_beta)),
         "--accept, --accept-alpha, --reject and --reject-beta must lie between 0 and 1"},
        {isnan(s->reject) != isnan(s->reject_beta), "--reject and --reject-beta go together: the fraction to be found, and the chance to miss it"},
        {o->columns.subgroup < 0, "--subgroup must be above 0"},
        {o->columns.subgroup && o->columns.by, "--subgroup and --by exclude each other"},
        {(o->columns.gap_us > 0) != (o->columns.time != NULL), "--gap and --time go together: the longest pause, and the column of times"},
        {o->columns.gap_us > 0 && (o->columns.by || o->columns.subgroup || o->columns.wide || o->columns.columns.count),
         "--gap makes the subgroups: it excludes --by, --subgroup, --wide and --columns"},
        {o->columns.wide && (o->columns.by || (o->columns.subgroup && !o->columns.streams)),
         "--wide has a subgroup in each row: it excludes --by and --subgroup"},
        {o->columns.wide && (o->columns.value || o->columns.count), "--wide takes all columns of numbers: it excludes --value and --count"},
        {o->columns.stream_of && o->chart && strcmp(o->chart, "group") != 0, "--stream says whose a value is on --chart group"},
        {o->columns.streams && !o->columns.stream_of && !o->columns.wide && !o->columns.columns.count,
         "--chart group needs to know whose a value is: --stream COLUMN, or --wide with a column for each stream"},
        {o->columns.stream_of && (o->columns.wide || o->columns.columns.count || o->columns.gap_us > 0),
         "--stream names the stream of each row: it excludes --wide, --columns and --gap"},
        {o->columns.columns.count && (o->columns.by || o->columns.value || o->columns.count), "--columns excludes --by, --value and --count"},
        {o->columns.value && o->columns.count, "--value and --count exclude each other"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (checks[i].bad)
            return error_set(err, ERR_USAGE, "%s", checks[i].words);
    return 0;
}

static void copy_settings(const struct study_options *o, struct analysis_request *request)
{
    struct chart_settings *s = &request->settings;
    *s = o->settings;
    s->span = (int)o->span;
    request->specification = (struct specification){.lsl = s->lsl, .usl = s->usl, .target = s->target};
    request->natural = o->natural;
    if (o->natural)
        *(strcmp(o->natural, "lsl") ? &s->usl : &s->lsl) = NAN;
    request->fit = o->fit;
    request->confidence = o->confidence;
    request->every_us = o->every_us;
}

/* --- the chart */

static size_t largest(const struct analysis_input *input)
{
    size_t most = input->spool ? input->group : 0;
    if (input->spool)
        return most;
    for (size_t i = 0; i < input->points; i++)
        if (input->starts[i + 1] - input->starts[i] > most)
            most = input->starts[i + 1] - input->starts[i];
    return most;
}

static int choose_chart(const struct study_options *o, const struct analysis_input *input, const struct spc_chart **chart, struct error *err)
{
    const char *names[64], *id = o->chart;
    size_t count = 0, most = largest(input);
    if (!id && o->columns.count)
        return error_set(err, ERR_USAGE, "what is counted? --chart p or np (defectives), c or u (defects), laney-p, laney-u, dpmo");
    if (!id)
        id = most <= 1 ? "i-mr" : most <= LARGE_SUBGROUP ? "xbar-r" : "xbar-s";
    for (; count < spc_chart_count; count++)
        names[count] = spc_charts[count].id;
    names[count++] = "t2";
    names[count++] = "mewma";
    int at = study_choose("chart", id, names, count, err);
    if (at < 0)
        return -1;
    *chart = &spc_charts[at];
    if (most > 1 && (*chart)->max_n <= 1)
        return error_set(err, ERR_USAGE, "the chart %s takes single values, not subgroups of %zu", id, most);
    if (most <= 1 && (*chart)->min_n > 1)
        return error_set(err, ERR_USAGE, "the chart %s needs subgroups: say --subgroup N, --by COLUMN or --wide", id);
    bool sized = !strcmp(id, "p") || !strcmp(id, "np") || !strncmp(id, "laney", 5) || !strcmp(id, "u") || !strcmp(id, "dpmo");
    if (sized && !o->columns.size)
        return error_set(err, ERR_USAGE, "the chart %s needs the size of each sample: --size COLUMN, or a number", id);
    return 0;
}

static int check_chart(const struct analysis_request *request, const struct analysis_input *input, struct error *err)
{
    const struct spc_chart *chart = request->chart;
    const struct chart_settings *s = &request->settings;
    bool streams = input->n_streams > 0, subgroups = streams ? input->stream_n > 1 : largest(input) > 1;
    bool individual = chart->max_n == 1 || (chart_third(chart) && !streams);
    if (s->sigma && !chart->summarise)
        return error_set(err, ERR_USAGE, "the chart %s has its own spread: --sigma does not fit", chart->id);
    if (s->sigma && streams && strcmp(s->sigma->id, "rbar") != 0 && strcmp(s->sigma->id, "pooled") != 0 && strcmp(s->sigma->id, "mr") != 0)
        return error_set(err, ERR_USAGE, "--sigma %s is not within the streams: the chart group goes by rbar, pooled or mr", s->sigma->id);
    if (s->sigma && s->sigma->basis == SIGMA_WITHIN && (!subgroups || individual))
        return error_set(err, ERR_USAGE, "--sigma %s needs subgroups, which the chart %s does not go by here", s->sigma->id, chart->id);
    if (s->sigma && s->sigma->basis == SIGMA_STEPS && subgroups && !individual)
        return error_set(err, ERR_USAGE, "--sigma %s is for single values, not subgroups", s->sigma->id);
    if (!strcmp(chart->id, "pre-control") && (isnan(s->lsl) || isnan(s->usl)))
        return error_set(err, ERR_USAGE, "the chart pre-control needs --lsl and --usl");
    if (!strcmp(chart->id, "acceptance") && isnan(s->lsl) && isnan(s->usl))
        return error_set(err, ERR_USAGE, "the chart acceptance needs --lsl, --usl or both");
    if (chart_is_share(chart) && !(isnan(s->center) || within_unit(s->center)))
        return error_set(err, ERR_USAGE, "--center of the chart %s is the share of defectives: it must lie between 0 and 1", chart->id);
    if (chart_is_attribute(chart) && s->center <= 0)
        return error_set(err, ERR_USAGE, "--center of the chart %s is a rate: it must be above 0", chart->id);
    if (s->alpha > 0 && !chart_takes_alpha(chart))
        return error_set(err, ERR_USAGE, "the chart %s has no limits by probability: --alpha does not fit", chart->id);
    if (chart_is_event(chart) && !isnan(s->center))
        return error_set(err, ERR_USAGE, "the chart %s goes by a distribution fitted to the data: --center does not fit", chart->id);
    if (!isnan(s->spread) && !chart->summarise)
        return error_set(err, ERR_USAGE, "the chart %s has its own spread: --sd does not fit", chart->id);
    if (s->z == Z_RELATIVE && !input->spool)
        for (size_t i = 0; i < input->starts[input->points]; i++)
            if (input->values[i] <= 0)
                return error_set(err, ERR_CONFIG, "value %zu is %g: the relative Z-MR chart takes logarithms", i + 1, input->values[i]);
    return 0;
}

int study_request(const struct study_options *o, struct analysis_request *request, struct error *err)
{
    *request = (struct analysis_request){.natural = NULL};
    copy_settings(o, request);
    return check_numbers(o, err) || read_names(o, request, err) || read_baseline(o, request, err) ? -1 : 0;
}

int study_choose_chart(const struct study_options *o, const struct analysis_input *input, struct analysis_request *request, struct error *err)
{
    request->settings.streams = input->n_streams;
    if (input->n_streams && !streams_rules_are(request->rules))
        request->rules = streams_rules(input->n_streams);
    return choose_chart(o, input, &request->chart, err) || check_chart(request, input, err) ? -1 : 0;
}
