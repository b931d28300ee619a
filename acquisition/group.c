#include "acquisition/group.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PARTS = 64, /* that may wait for values of other instruments; the one that waited longest gives way */
};

/* A part some of whose values are there. */
struct waiting {
    char serial[READING_TEXT];
    int64_t since;  /* counts up */
    unsigned there; /* bit of each member; 0: the place is free */
    double values[MULTIVARIATE_MAX];
};

struct group {
    const struct characteristic_group *characteristics;
    struct judge *const *judges;
    struct newest {
        int64_t time_us, sequence;
    } seen[MULTIVARIATE_MAX];
    struct waiting parts[PARTS];
    int64_t arrivals;
    double *vectors; /* of the point that is being filled */
    int n_vectors;
    double *base; /* of the points so far, without a model */
    int n_base;
    struct group_model model;
    struct mewma_state memory;
    int64_t points;
    bool alarm; /* may be active */
};

static int variables(const struct group *group)
{
    return (int)group->characteristics->n_members;
}

struct group *group_create(const struct characteristic_group *characteristics, struct judge *const *judges)
{
    struct group *group = memory_zero(1, sizeof *group);
    size_t vectors = (size_t)characteristics->subgroup * characteristics->n_members;
    group->characteristics = characteristics;
    group->judges = judges;
    group->vectors = memory_zero(vectors, sizeof *group->vectors);
    group->base = memory_zero(vectors * (size_t)characteristics->baseline, sizeof *group->base);
    group->alarm = true;
    return group;
}

void group_destroy(struct group *group)
{
    if (!group)
        return;
    free(group->vectors);
    free(group->base);
    free(group);
}

/* --- from points to the model */

/* The chance of a false alarm is that of one point: MEWMA's run length is one over it. */
static void set_limits(struct group *group)
{
    const struct characteristic_group *c = group->characteristics;
    struct group_model *model = &group->model;
    if (c->chart == GROUP_MEWMA) {
        model->lambda = c->lambda;
        model->center = model->t2.p;
        model->ucl = mewma_limit(model->t2.p, c->lambda, 1 / c->alpha);
    } else {
        model->center = t2_limit(&model->t2, T2_FOLLOWS, 0.5);
        model->ucl = t2_limit(&model->t2, T2_FOLLOWS, c->alpha);
    }
}

/* After the last point of the baseline. One that gives no model (a member does not move) makes room for the next point. */
static void learn(struct group *group, const struct group_point *point, struct batch *batch)
{
    const struct characteristic_group *c = group->characteristics;
    size_t vector = (size_t)c->subgroup * c->n_members;
    if (group->n_base < c->baseline)
        return;
    struct t2_model t2 = t2_model(group->base, group->n_base, c->subgroup, variables(group));
    if (t2.why) {
        memmove(group->base, group->base + vector, vector * (size_t)(--group->n_base) * sizeof *group->base);
        return;
    }
    group->model = (struct group_model){.group = c->id,
                                        .number = group->model.number + 1,
                                        .time_us = point->time_us,
                                        .first_point = point->number - c->baseline + 1,
                                        .last_point = point->number,
                                        .t2 = t2};
    group_settings(c, group->model.settings, sizeof group->model.settings);
    set_limits(group);
    group->memory = (struct mewma_state){0};
    group->n_base = 0;
    batch_group_model(batch, &group->model);
}

static void keep_for_base(struct group *group)
{
    size_t vector = (size_t)group->characteristics->subgroup * group->characteristics->n_members;
    memcpy(group->base + vector * (size_t)group->n_base++, group->vectors, vector * sizeof *group->base);
}

/* --- verdicts */

static void tell(struct group *group, const struct group_point *point, struct batch *batch)
{
    const struct characteristic_group *c = group->characteristics;
    char key[128], words[140];
    snprintf(key, sizeof key, "signal/%s", c->name);
    if (!group_signals(point)) {
        if (group->alarm)
            batch_clear(batch, point->time_us, key);
        group->alarm = false;
        return;
    }
    enum alarm_priority priority = ALARM_MEDIUM;
    for (size_t i = 0; i < c->n_members; i++)
        if (c->members[i]->class == CLASS_CRITICAL)
            priority = ALARM_HIGH;
    const struct machine *machine = c->members[0]->machine;
    struct alarm_source source = {
        .kind = "signal", .key = key, .object = c->name, .machine = machine ? machine->name : NULL, .priority = priority, .point = point->number};
    batch_raise(batch, point->time_us, &source, "%s %.4g above %.4g at point %lld: %s", group_statistic(c), point->statistic, point->ucl,
                (long long)point->number, group_words(c, &group->model, point, words, sizeof words));
    group->alarm = true;
}

static void judge(struct group *group, struct group_point *point)
{
    const struct group_model *model = &group->model;
    point->model = model->number;
    point->center = model->center;
    point->ucl = model->ucl;
    if (group->characteristics->chart == GROUP_MEWMA)
        point->statistic = mewma_next(&group->memory, &model->t2, point->vector, point->n, group->characteristics->lambda, true);
    else
        point->statistic = t2_statistic(&model->t2, point->vector, point->n);
    point->memory = group->memory;
}

static void complete(struct group *group, int64_t time_us, const char *serial, struct batch *batch)
{
    const struct characteristic_group *c = group->characteristics;
    struct group_point point = {
        .group = c->id, .number = ++group->points, .time_us = time_us, .n = c->subgroup, .statistic = NAN, .center = NAN, .ucl = NAN};
    int p = variables(group);
    snprintf(point.serial, sizeof point.serial, "%s", serial);
    for (int v = 0; v < MULTIVARIATE_MAX; v++) {
        double sum = 0;
        for (int k = 0; k < c->subgroup && v < p; k++)
            sum += group->vectors[k * p + v];
        point.vector[v] = v < p ? sum / c->subgroup : NAN;
    }
    group->n_vectors = 0;
    if (group->model.number && group->model.ucl > 0) {
        judge(group, &point);
        batch_group_point(batch, &point);
        tell(group, &point, batch);
        return;
    }
    keep_for_base(group);
    batch_group_point(batch, &point);
    learn(group, &point, batch);
}

static void add_vector(struct group *group, int64_t time_us, const char *serial, const double *values, struct batch *batch)
{
    int p = variables(group);
    memcpy(group->vectors + group->n_vectors++ * p, values, (size_t)p * sizeof *values);
    if (group->n_vectors == group->characteristics->subgroup)
        complete(group, time_us, serial, batch);
}

/* --- from values to parts */

static struct waiting *place_of(struct group *group, const char *serial)
{
    struct waiting *place = &group->parts[0];
    for (int i = 0; i < PARTS; i++) {
        struct waiting *part = &group->parts[i];
        if (part->there && !strcmp(part->serial, serial))
            return part;
        if (place->there && (!part->there || part->since < place->since))
            place = part;
    }
    *place = (struct waiting){.since = ++group->arrivals};
    snprintf(place->serial, sizeof place->serial, "%s", serial);
    return place;
}

/* A value of a part by its serial number; the values when it was the last one that lacked. */
static const double *join(struct group *group, int member, const struct measurement *value, double *values)
{
    struct waiting *part = place_of(group, value->serial);
    part->values[member] = value->value;
    part->there |= 1u << member;
    if (part->there != (1u << variables(group)) - 1)
        return NULL;
    part->there = 0;
    memcpy(values, part->values, sizeof part->values);
    return values;
}

static bool is_new(struct group *group, int member)
{
    const struct measurement *newest = judge_newest(group->judges[member]);
    struct newest *seen = &group->seen[member];
    if (!newest->time_us || (newest->time_us == seen->time_us && newest->sequence == seen->sequence))
        return false;
    *seen = (struct newest){newest->time_us, newest->sequence};
    return quality_is_good(newest->quality);
}

static void look_by_serial(struct group *group, struct batch *batch)
{
    double values[MULTIVARIATE_MAX];
    for (int i = 0; i < variables(group); i++) {
        const struct measurement *newest = judge_newest(group->judges[i]);
        if (is_new(group, i) && *newest->serial && join(group, i, newest, values))
            add_vector(group, newest->time_us, newest->serial, values, batch);
    }
}

/* All of them in one answer, or none. */
static void look_together(struct group *group, struct batch *batch)
{
    double values[MULTIVARIATE_MAX];
    int p = variables(group), found = 0;
    const struct measurement *newest = NULL;
    for (int i = 0; i < p; i++)
        if (is_new(group, i)) {
            newest = judge_newest(group->judges[i]);
            values[i] = newest->value;
            found++;
        }
    if (found == p)
        add_vector(group, newest->time_us, newest->serial, values, batch);
}

void group_look(struct group *group, struct batch *batch)
{
    if (group->characteristics->by_serial)
        look_by_serial(group, batch);
    else
        look_together(group, batch);
}

/* --- after a restart */

/* The members' last values, in the order they came, and the parts that they make. */
struct replay {
    struct measurement_cursor *cursors[MULTIVARIATE_MAX];
    struct measurement next[MULTIVARIATE_MAX];
    bool more[MULTIVARIATE_MAX];
    double *whole; /* parts that are in points already */
    size_t n_whole, room;
};

static int advance(struct replay *replay, int i, struct error *err)
{
    int more;
    do
        more = measurement_cursor_next(replay->cursors[i], &replay->next[i], err);
    while (more == 1 && (!quality_is_good(replay->next[i].quality) || replay->next[i].attempt));
    replay->more[i] = more == 1;
    return more < 0 ? -1 : 0;
}

static int earliest(const struct replay *replay, int p)
{
    int first = -1;
    for (int i = 0; i < p; i++)
        if (replay->more[i] && (first < 0 || replay->next[i].time_us < replay->next[first].time_us))
            first = i;
    return first;
}

static void take_whole(struct group *group, struct replay *replay, const double *values, bool in_point)
{
    int p = variables(group);
    if (!in_point) {
        if (group->n_vectors + 1 < group->characteristics->subgroup)
            memcpy(group->vectors + group->n_vectors++ * p, values, (size_t)p * sizeof *values);
        return;
    }
    memory_grow((void **)&replay->whole, &replay->room, replay->n_whole, sizeof *values * (size_t)p);
    memcpy(replay->whole + replay->n_whole++ * (size_t)p, values, (size_t)p * sizeof *values);
}

static int replay_values(struct group *group, struct replay *replay, int64_t newest_us, struct error *err)
{
    int p = variables(group), found = 0, i;
    double together[MULTIVARIATE_MAX], values[MULTIVARIATE_MAX];
    int64_t at_us = 0;
    while ((i = earliest(replay, p)) >= 0) {
        const struct measurement *m = &replay->next[i];
        const double *whole = NULL;
        if (group->characteristics->by_serial)
            whole = *m->serial ? join(group, i, m, values) : NULL;
        else {
            found = m->time_us == at_us ? found + 1 : 1;
            at_us = m->time_us;
            together[i] = m->value;
            whole = found == p ? together : NULL;
        }
        if (whole)
            take_whole(group, replay, whole, m->time_us <= newest_us);
        if (advance(replay, i, err))
            return -1;
    }
    return 0;
}

/* learned: points of a baseline that is not complete. */
static int restore_parts(struct group *group, struct store *store, int64_t newest_us, size_t learned, struct error *err)
{
    struct replay replay = {0};
    const struct characteristic_group *c = group->characteristics;
    size_t vectors = learned * (size_t)c->subgroup, p = c->n_members;
    int64_t last = PARTS + (int64_t)vectors + c->subgroup;
    int failed = 0;
    for (size_t i = 0; i < p && !failed; i++)
        failed = measurement_cursor_open(&replay.cursors[i], store, c->members[i]->id, 0, INT64_MAX, last, err) || advance(&replay, (int)i, err);
    failed = failed || replay_values(group, &replay, newest_us, err);
    if (!failed && replay.n_whole >= vectors && learned) {
        memcpy(group->base, replay.whole + (replay.n_whole - vectors) * p, vectors * p * sizeof *group->base);
        group->n_base = (int)learned;
    }
    for (size_t i = 0; i < p; i++)
        measurement_cursor_close(replay.cursors[i]);
    free(replay.whole);
    return failed ? -1 : 0;
}

int group_restore(struct group *group, struct store *store, struct error *err)
{
    const struct characteristic_group *c = group->characteristics;
    char settings[sizeof group->model.settings];
    struct error none = {0};
    struct group_point *points;
    size_t count, learned = 0;
    if (store_group_model(store, c->id, 0, &group->model, &none) && none.code != ERR_NOT_FOUND)
        return error_set(err, none.code, "%s", none.text);
    if (store_group_points(store, c->id, 0, INT64_MAX, c->baseline - 1, &points, &count, err))
        return -1;
    const struct group_point *newest = count ? &points[count - 1] : NULL;
    int64_t newest_us = newest ? newest->time_us : 0;
    group->points = newest ? newest->number : 0;
    if (group->model.number && strcmp(group->model.settings, group_settings(c, settings, sizeof settings)) != 0)
        group->model.ucl = NAN; /* another configuration: a new baseline, and a model with a new number */
    else if (newest && newest->model && newest->model == group->model.number)
        group->memory = newest->memory;
    while (learned < count && !points[count - 1 - learned].model && points[count - 1 - learned].number > group->model.last_point)
        learned++;
    free(points);
    return restore_parts(group, store, newest_us, learned, err);
}
