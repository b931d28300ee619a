/* What a group's figures say, in words. Pure. */
#include "storage/group.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool group_signals_mean(const struct group_point *point)
{
    return !point->excluded && point->statistic > point->ucl;
}

bool group_signals_spread(const struct group_point *point)
{
    return !point->excluded && (point->dispersion > point->spread.ucl || point->dispersion < point->spread.lcl);
}

bool group_signals(const struct group_point *point)
{
    return group_signals_mean(point) || group_signals_spread(point);
}

const struct spc_chart *group_chart_of(const struct characteristic_group *group)
{
    return vector_chart_find(group->chart == GROUP_MEWMA ? "mewma" : "t2", (int)group->n_members, group->subgroup);
}

const char *group_statistic(const struct characteristic_group *group)
{
    return group_chart_of(group)->location;
}

void group_names(const struct characteristic_group *group, const char *names[MULTIVARIATE_MAX])
{
    for (size_t i = 0; i < group->n_members; i++)
        names[i] = group->members[i]->name;
}

int group_blame(const struct group_model *model, const struct group_point *point, struct t2_part *parts)
{
    int p = model->t2.p;
    double shown[MULTIVARIATE_MAX];
    if (!model->number || isnan(point->vector[p - 1]) || (p < MULTIVARIATE_MAX && !isnan(point->vector[p])))
        return 0;
    struct vector_design design = {
        .chart = vector_chart_find(model->lambda > 0 ? "mewma" : "t2", p, point->n), .model = model->t2, .lambda = model->lambda};
    vector_shown(&design, &point->memory, point->vector, shown);
    return t2_blame(&model->t2, shown, point->n, T2_FOLLOWS, parts);
}

char *group_words(const struct characteristic_group *group, const struct group_model *model, const struct group_point *point, char *out, size_t size)
{
    struct t2_part parts[MULTIVARIATE_MAX];
    size_t used = 0;
    out[0] = 0;
    int named = (size_t)model->t2.p == group->n_members ? group_blame(model, point, parts) : 0;
    for (int i = 0; i < named && used < size; i++) {
        const struct characteristic *c = group->members[parts[i].variable];
        char value[32];
        used += (size_t)snprintf(out + used, size - used, "%s%s %s (p %.2g)", i ? ", " : "", c->name,
                                 text_number(point->vector[parts[i].variable], c->decimals < 0 ? 4 : c->decimals, value, sizeof value), parts[i].p);
    }
    return out;
}

char *group_spread_words(const struct characteristic_group *group, const struct t2_model *model, const double *vectors, char *out, size_t size)
{
    struct spread_part parts[MULTIVARIATE_MAX];
    size_t used = 0;
    out[0] = 0;
    int named = generalised_variance_blame(model, vectors, parts);
    for (int i = 0; i < named && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s spreads %.2g times (p %.2g)", i ? ", " : "", group->members[parts[i].variable]->name,
                                 sqrt(parts[i].ratio), parts[i].p);
    return out;
}

char *group_signal_words(const struct characteristic_group *group, const struct group_point *point, char *out, size_t size)
{
    size_t used = 0;
    out[0] = 0;
    if (group_signals_mean(point))
        used = (size_t)snprintf(out, size, "%s %.4g above %.4g", group_statistic(group), point->statistic, point->ucl);
    bool above = point->dispersion > point->spread.ucl;
    if (group_signals_spread(point) && used < size)
        snprintf(out + used, size - used, "%s|S| %.4g %s %.4g", used ? ", " : "", point->dispersion, above ? "above" : "below",
                 above ? point->spread.ucl : point->spread.lcl);
    return out;
}

char *group_settings(const struct characteristic_group *group, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "%s n=%d", group_statistic(group), group->subgroup);
    if (group->chart == GROUP_MEWMA && used < size)
        used += (size_t)snprintf(out + used, size - used, " lambda %g", group->lambda);
    if (used < size)
        used += (size_t)snprintf(out + used, size - used, " alpha %.4g:", group->alpha);
    for (size_t i = 0; i < group->n_members && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s %s", i ? "," : "", group->members[i]->name);
    return out;
}

bool group_fits(const struct group_model *model, const struct characteristic_group *group)
{
    char settings[sizeof model->settings];
    return model->number && !strcmp(model->settings, group_settings(group, settings, sizeof settings));
}

char *group_model_words(const struct group_model *model, char *out, size_t size)
{
    struct limits limits = {.id = model->number, .time_us = model->time_us, .state = model->state, .points = model->t2.m};
    memcpy(limits.who, model->who, sizeof limits.who);
    memcpy(limits.why, model->why, sizeof limits.why);
    snprintf(limits.source, sizeof limits.source, "calculated from points %lld-%lld", (long long)model->first_point, (long long)model->last_point);
    return limits_words(&limits, out, size);
}
