#include "reports/group_study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct group_model *group_study_model(const struct group_study *study, const struct group_point *point)
{
    for (size_t i = study->n_models; i-- > 0;)
        if (study->models[i].number == point->model)
            return &study->models[i];
    return NULL;
}

static int load_models(struct group_study *study, struct store *store, struct error *err)
{
    size_t room = 0;
    for (size_t i = 0; i < study->n_points; i++) {
        const struct group_point *point = &study->points[i];
        if (!point->model || group_study_model(study, point))
            continue;
        memory_grow((void **)&study->models, &room, study->n_models, sizeof *study->models);
        if (store_group_model(store, study->group->id, point->model, &study->models[study->n_models], err))
            return -1;
        study->n_models++;
    }
    for (size_t i = study->n_points; i-- > 0 && !study->model;)
        study->model = group_study_model(study, &study->points[i]);
    return 0;
}

static int load_standing(struct group_study *study, struct store *store, struct error *err)
{
    struct group_standing standing;
    struct error why = {0};
    if (store_group_standing(store, study->group->id, (int)study->group->n_members, &standing, &why))
        return why.code == ERR_NOT_FOUND ? 0 : error_set(err, why.code, "%s", why.text);
    int64_t newest_us = study->n_points ? study->points[study->n_points - 1].time_us : 0;
    study->incomplete = standing.incomplete;
    if (*standing.no_model)
        snprintf(study->why, sizeof study->why, "no limits: %.180s", standing.no_model);
    else if (standing.incomplete_us > newest_us && standing.incomplete_us < study->period.to_us)
        snprintf(study->why, sizeof study->why, "not judged: %.180s", standing.lacks);
    return 0;
}

/* What the vectors of the newest points whose |S| signals say. */
static int load_spreads(struct group_study *study, struct store *store, struct error *err)
{
    enum { MOST = 30 };
    study->spreads = memory_zero(MOST, sizeof *study->spreads);
    for (size_t i = study->n_points; i-- > 0 && study->n_spreads < MOST;) {
        const struct group_model *model = group_study_model(study, &study->points[i]);
        int64_t number = study->points[i].number;
        struct group_point *points;
        double *vectors;
        size_t count;
        if (!model || !group_signals_spread(&study->points[i]))
            continue;
        if (store_group_vectors(store, study->group, number, number, 1, &points, &vectors, &count, err))
            return -1;
        struct group_spread *spread = &study->spreads[study->n_spreads++];
        spread->point = number;
        if (count && model->t2.p == (int)study->group->n_members && model->t2.n == study->group->subgroup)
            group_spread_words(study->group, &model->t2, vectors, spread->words, sizeof spread->words);
        free(points);
        free(vectors);
    }
    return 0;
}

static void add_up(struct group_study *study)
{
    for (size_t i = 0; i < study->n_points; i++) {
        const struct group_point *point = &study->points[i];
        study->judged += !isnan(point->statistic);
        study->mean_signals += group_signals_mean(point);
        study->spread_signals += group_signals_spread(point);
        study->signals += group_signals(point);
        study->excluded += point->excluded;
    }
}

/* --- the group as one more characteristic, so that charts draw it like any other */

/* |S| is the product of as many variances as there are members: of microns, some 1e-12. It is drawn in the power of a thousand of its limit. */
static double spread_unit(struct group_study *study)
{
    double ucl = NAN;
    for (size_t i = study->n_points; i-- > 0 && isnan(ucl);)
        ucl = study->points[i].spread.ucl;
    study->row = *group_chart_of(study->group);
    double power = ucl > 0 ? 3 * floor(log10(ucl) / 3) : 0;
    if (!study->row.dispersion || fabs(power) < 3)
        return 1;
    snprintf(study->spread, sizeof study->spread, "%s (1e%.0f)", study->row.dispersion, power);
    study->row.dispersion = study->spread;
    return pow(10, power);
}

static struct limit_line line_in(const struct limit_line *line, double unit)
{
    return (struct limit_line){line->center / unit, line->lcl / unit, line->ucl / unit, NAN};
}

static void show_as_chart(struct group_study *study, const struct plant *plant)
{
    double unit = spread_unit(study);
    static const struct limit_line none = {NAN, NAN, NAN, NAN};
    struct study *chart = &study->chart;
    study->face = (struct characteristic){.name = study->group->name,
                                          .unit = "",
                                          .chart = &study->row,
                                          .rules = &vector_rules,
                                          .subgroup = study->group->subgroup,
                                          .decimals = 1,
                                          .nominal = NAN,
                                          .lsl = NAN,
                                          .usl = NAN,
                                          .target = NAN,
                                          .required_cpk = NAN,
                                          .part = study->group->members[0]->part,
                                          .machine = study->group->members[0]->machine};
    for (size_t i = 0; i < study->group->n_members; i++)
        if (study->group->members[i]->class > study->face.class)
            study->face.class = study->group->members[i]->class;
    chart->plant = plant;
    chart->characteristic = &study->face;
    chart->period = study->period;
    chart->n_points = study->n_points;
    chart->signals = study->signals;
    chart->excluded = study->excluded;
    chart->limits = (struct limits){.center = NAN, .sigma = NAN, .extra = NAN, .lcl = NAN, .ucl = NAN};
    chart->capability = capability_of(&chart->moments, &chart->within, characteristic_specification(&study->face), 0, 0, 0.95);
    chart->points = memory_zero(study->n_points + 1, sizeof *chart->points);
    for (size_t i = 0; i < study->n_points; i++) {
        const struct group_point *from = &study->points[i];
        struct point *to = &chart->points[i];
        to->number = from->number;
        to->time_us = from->time_us;
        to->subgroup = (struct subgroup){.n = from->n, .location = from->statistic, .dispersion = from->dispersion, .excluded = from->excluded};
        to->verdict = (struct verdict){.location = {from->center, 0, from->ucl, NAN},
                                       .dispersion = line_in(&from->spread, unit),
                                       .within = none,
                                       .location_rules = group_signals_mean(from),
                                       .dispersion_rules = group_signals_spread(from),
                                       .plotted = {from->statistic, from->dispersion / unit, NAN}};
    }
}

static void name_members(struct group_study *study)
{
    size_t used = 0;
    for (size_t i = 0; i < study->group->n_members && used < sizeof study->members; i++)
        used += (size_t)snprintf(study->members + used, sizeof study->members - used, "%s%s", i ? ", " : "", study->group->members[i]->name);
}

static void write_settings(struct group_study *study)
{
    char words[300] = "no limits yet", settings[400];
    if (study->model)
        group_model_words(study->model, words, sizeof words);
    else if (study->n_points)
        snprintf(words, sizeof words, "no limits yet: they come from the first %d points", study->group->baseline);
    snprintf(study->settings, sizeof study->settings, "%s; %s; covariance %s; one false alarm of %s in %.4g points", words,
             group_settings(study->group, settings, sizeof settings), study->group->subgroup > 1 ? "within subgroups" : "of single parts",
             group_statistic(study->group), 1 / study->group->alpha);
    snprintf(study->chart.settings, sizeof study->chart.settings, "%.*s", (int)sizeof study->chart.settings - 1, study->settings);
}

int group_study_make(struct group_study **made, struct store *store, const struct plant *plant, const struct characteristic_group *group,
                     const struct period *period, int64_t last, struct error *err)
{
    struct group_study *study = memory_zero(1, sizeof *study);
    study->group = group;
    study->period = *period;
    if (group->id && (store_group_points(store, group->id, period->from_us, period->to_us, last, &study->points, &study->n_points, err) ||
                      load_models(study, store, err) || load_spreads(study, store, err) || load_standing(study, store, err))) {
        group_study_free(study);
        return -1;
    }
    add_up(study);
    show_as_chart(study, plant);
    name_members(study);
    write_settings(study);
    *made = study;
    return 0;
}

void group_study_free(struct group_study *study)
{
    if (!study)
        return;
    free(study->points);
    free(study->models);
    free(study->spreads);
    free(study->chart.points);
    free(study);
}

/* --- in words */

char *group_study_blame(const struct group_study *study, const struct group_point *point, char *out, size_t size)
{
    const struct group_model *model = group_study_model(study, point);
    out[0] = 0;
    return model ? group_words(study->group, model, point, out, size) : out;
}

char *group_study_who(const struct group_study *study, const struct group_point *point, char *out, size_t size)
{
    out[0] = 0;
    if (group_signals_mean(point))
        group_study_blame(study, point, out, size);
    for (size_t i = 0; i < study->n_spreads && group_signals_spread(point); i++)
        if (study->spreads[i].point == point->number && *study->spreads[i].words) {
            size_t used = strlen(out);
            snprintf(out + used, size - used, "%s%s", used ? "; " : "", study->spreads[i].words);
        }
    return out;
}

void group_study_members(const struct group_model *model, struct group_member *members)
{
    const struct t2_model *t2 = &model->t2;
    int p = t2->p;
    for (int v = 0; v < p; v++) {
        members[v] = (struct group_member){.mean = t2->mean[v], .sd = sqrt(t2->covariance[v * p + v])};
        for (int w = 0; w < p; w++)
            members[v].correlation[w] = t2->covariance[v * p + w] / sqrt(t2->covariance[v * p + v] * t2->covariance[w * p + w]);
    }
}
