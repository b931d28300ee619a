/* From the vectors of a group to its points: baseline, verdicts, alarms. */
#include "acquisition/group_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct group *group_create(const struct characteristic_group *characteristics, struct judge *const *judges)
{
    struct group *group = memory_zero(1, sizeof *group);
    group->characteristics = characteristics;
    group->judges = judges;
    group->base = memory_zero(group_point_values(group) * (size_t)characteristics->baseline, sizeof *group->base);
    group->base_points = memory_zero((size_t)characteristics->baseline, sizeof *group->base_points);
    group->alarm = true;
    group->standing = (struct group_standing){.group = characteristics->id, .first_point = 1};
    group_settings(characteristics, group->standing.settings, sizeof group->standing.settings);
    return group;
}

void group_destroy(struct group *group)
{
    if (!group)
        return;
    free(group->base);
    free(group->base_points);
    free(group);
}

void group_put_standing(struct group *group, struct batch *batch)
{
    if (group->standing_batch == batch_number(batch))
        return;
    group->standing_batch = batch_number(batch);
    batch_group_standing(batch, &group->standing, group_variables(group));
}

/* --- the baseline */

void group_keep(struct group *group, int64_t number, const double *vectors)
{
    size_t values = group_point_values(group);
    if (group->n_base == group->characteristics->baseline) { /* the oldest one makes room */
        size_t rest = (size_t)--group->n_base;
        memmove(group->base, group->base + values, values * rest * sizeof *group->base);
        memmove(group->base_points, group->base_points + 1, rest * sizeof *group->base_points);
    }
    group->base_points[group->n_base] = number;
    memcpy(group->base + values * (size_t)group->n_base++, vectors, values * sizeof *group->base);
}

void group_use(struct group *group, const struct t2_model *model)
{
    const struct characteristic_group *c = group->characteristics;
    group->design = vector_design_about(group_chart_of(c), model, c->alpha, c->lambda);
    group->n_base = 0;
    group->standing.no_model[0] = 0;
}

/* One that gives no limits, as when a member does not move, is said once, and goes on with the points that follow. */
static void no_limits(struct group *group, const struct group_point *point, const struct vector_design *design, struct batch *batch)
{
    const char *names[MULTIVARIATE_MAX];
    char why[sizeof group->standing.no_model];
    group_names(group->characteristics, names);
    t2_why(&design->model, names, why, sizeof why);
    if (strcmp(why, group->standing.no_model) != 0)
        batch_event(batch, point->time_us, "limits", group->characteristics->name, "no limits: %s in the %d newest points", why, group->n_base);
    snprintf(group->standing.no_model, sizeof group->standing.no_model, "%s", why);
}

static void learn(struct group *group, const struct group_point *point, struct batch *batch)
{
    const struct characteristic_group *c = group->characteristics;
    if (group->n_base < c->baseline)
        return;
    struct vector_design design =
        vector_design_of(group_chart_of(c), group->base, group->n_base, c->subgroup, group_variables(group), c->alpha, c->lambda);
    if (design.model.why) {
        no_limits(group, point, &design, batch);
        return;
    }
    struct group_model model = {.group = c->id,
                                .time_us = point->time_us,
                                .first_point = group->base_points[0],
                                .last_point = point->number,
                                .center = design.center,
                                .ucl = design.ucl,
                                .lambda = c->chart == GROUP_MEWMA ? c->lambda : 0,
                                .alpha = c->alpha,
                                .state = LIMITS_TRIAL,
                                .t2 = design.model};
    memcpy(model.settings, group->standing.settings, sizeof model.settings);
    group_use(group, &model.t2);
    group->standing.memory = (struct mewma_state){0};
    group->standing.stage_point = point->number + 1;
    group->place = batch_group_model(batch, &model, &group->standing.model);
    group->model_batch = batch_number(batch);
}

/* --- verdicts */

static enum alarm_priority priority_of(const struct characteristic_group *c)
{
    for (size_t i = 0; i < c->n_members; i++)
        if (c->members[i]->class == CLASS_CRITICAL)
            return ALARM_HIGH;
    return ALARM_MEDIUM;
}

static void tell(struct group *group, const struct group_point *point, struct batch *batch)
{
    const struct characteristic_group *c = group->characteristics;
    const struct machine *machine = c->members[0]->machine;
    const struct group_model model = {.number = 1, .lambda = c->chart == GROUP_MEWMA ? c->lambda : 0, .t2 = group->design.model};
    char key[128], what[120], words[140] = "", spread[140] = "";
    snprintf(key, sizeof key, "signal/%s", c->name);
    if (!group_signals(point)) {
        if (group->alarm)
            batch_clear(batch, point->time_us, key);
        group->alarm = false;
        return;
    }
    struct alarm_source source = {.kind = "signal",
                                  .key = key,
                                  .object = c->name,
                                  .machine = machine ? machine->name : NULL,
                                  .priority = priority_of(c),
                                  .point = point->number};
    group_signal_words(c, point, what, sizeof what);
    if (group_signals_mean(point))
        group_words(c, &model, point, words, sizeof words);
    if (group_signals_spread(point))
        group_spread_words(c, &model.t2, group->standing.vectors, spread, sizeof spread);
    batch_raise(batch, point->time_us, &source, "%s at point %lld: %s%s%s", what, (long long)point->number, words, *words && *spread ? "; " : "",
                spread);
    group->alarm = true;
}

static void judge(struct group *group, struct group_point *point)
{
    double shown[MULTIVARIATE_MAX];
    struct vector_point vectors = {group->standing.vectors, T2_FOLLOWS, false};
    struct verdict verdict = vector_judge(&group->design, &group->standing.memory, &vectors, shown);
    point->statistic = verdict.plotted[0];
    point->center = verdict.location.center;
    point->ucl = verdict.location.ucl;
    point->dispersion = verdict.plotted[1];
    point->spread = verdict.dispersion;
    point->model = group->standing.model;
    point->memory = group->standing.memory;
}

static void complete(struct group *group, int64_t time_us, const char *serial, struct batch *batch)
{
    const struct characteristic_group *c = group->characteristics;
    struct group_point point = {.group = c->id,
                                .number = ++group->points,
                                .time_us = time_us,
                                .n = c->subgroup,
                                .statistic = NAN,
                                .center = NAN,
                                .ucl = NAN,
                                .dispersion = NAN,
                                .spread = {NAN, NAN, NAN, NAN}};
    snprintf(point.serial, sizeof point.serial, "%s", serial);
    vector_mean(group->standing.vectors, c->subgroup, group_variables(group), point.vector);
    for (int v = group_variables(group); v < MULTIVARIATE_MAX; v++)
        point.vector[v] = NAN;
    group->standing.n_vectors = 0;
    bool judged = group->design.model.p > 0;
    if (judged)
        judge(group, &point);
    batch_group_point(batch, &point, group->standing.vectors, group_variables(group),
                      judged && group->model_batch == batch_number(batch) ? group->place : BATCH_NO_LIMITS);
    if (judged)
        tell(group, &point, batch);
    else {
        group_keep(group, point.number, group->standing.vectors);
        learn(group, &point, batch);
    }
}

void group_add_vector(struct group *group, int64_t time_us, const char *serial, const double *values, struct batch *batch)
{
    int p = group_variables(group);
    group_put_standing(group, batch);
    group->lacking = false;
    memcpy(group->standing.vectors + group->standing.n_vectors++ * p, values, (size_t)p * sizeof *values);
    if (group->standing.n_vectors == group->characteristics->subgroup)
        complete(group, time_us, serial, batch);
}
