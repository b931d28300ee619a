/* A group after a restart, and what people decide about it while the collector runs. */
#include "acquisition/group_private.h"

#include <stdlib.h>
#include <string.h>

/* The newest points that count, since the baseline began: as many as it takes. */
static int read_base(struct group *group, struct store *store, struct error *err)
{
    const struct characteristic_group *c = group->characteristics;
    struct group_point *points;
    double *vectors;
    size_t count, counted;
    for (int64_t most = c->baseline;; most *= 2) {
        if (store_group_vectors(store, c, group->standing.first_point, group->points, most, &points, &vectors, &count, err))
            return -1;
        group->n_base = 0;
        counted = 0;
        for (size_t i = 0; i < count; i++)
            if (!points[i].excluded) {
                group_keep(group, points[i].number, vectors + i * group_point_values(group));
                counted++;
            }
        free(points);
        free(vectors);
        if ((int64_t)count < most || counted >= (size_t)c->baseline)
            return 0;
    }
}

/* What MEWMA remembers, from the points of this stage that count. What lies back a hundred times 1 / lambda weighs nothing in a double. */
static int replay(struct group *group, struct store *store, struct error *err)
{
    const struct characteristic_group *c = group->characteristics;
    struct group_point *points;
    double *vectors, shown[MULTIVARIATE_MAX];
    size_t count;
    group->standing.memory = (struct mewma_state){0};
    if (c->chart != GROUP_MEWMA)
        return 0;
    if (store_group_vectors(store, c, group->standing.stage_point, group->points, (int64_t)(100 / c->lambda) + 1, &points, &vectors, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct vector_point point = {vectors + i * group_point_values(group), T2_FOLLOWS, points[i].excluded};
        vector_judge(&group->design, &group->standing.memory, &point, shown);
    }
    free(points);
    free(vectors);
    return 0;
}

static bool same_figures(const struct t2_model *a, const struct t2_model *b)
{
    return a->p == b->p && a->m == b->m && a->n == b->n && !memcmp(a->mean, b->mean, sizeof a->mean) &&
           !memcmp(a->covariance, b->covariance, sizeof a->covariance);
}

/* Limits in force that somebody decided on: from the next point on. */
static int take_limits(struct group *group, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic_group *c = group->characteristics;
    struct group_model found;
    struct error why = {0};
    char words[256];
    if (store_group_model(store, c->id, 0, &found, &why))
        return why.code == ERR_NOT_FOUND ? 0 : error_set(err, why.code, "%s", why.text);
    if (found.number == group->standing.model || !found.who[0] || !group_fits(&found, c))
        return 0;
    if (!same_figures(&group->design.model, &found.t2)) {
        group->standing.memory = (struct mewma_state){0};
        group->standing.stage_point = group->points + 1;
    }
    group_use(group, &found.t2);
    group->standing.model = found.number;
    group->model_batch = 0;
    group_put_standing(group, batch);
    batch_event(batch, now_us, "limits", c->name, "%s", group_model_words(&found, words, sizeof words));
    return 0;
}

static int take_exclusions(struct group *group, struct store *store, struct batch *batch, struct error *err)
{
    int64_t newest;
    if (store_group_newest_exclusion(store, group->characteristics->id, &newest, err))
        return -1;
    if (newest == group->standing.exclusion)
        return 0;
    if (group->design.model.p ? replay(group, store, err) : read_base(group, store, err))
        return -1;
    group->standing.exclusion = newest;
    group_put_standing(group, batch);
    return 0;
}

int group_take_decisions(struct group *group, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    return take_exclusions(group, store, batch, err) || take_limits(group, store, batch, now_us, err) ? -1 : 0;
}

/* --- after a restart */

/* The limits that the newest points were judged by, where the configuration still asks for the same. */
static int restore_model(struct group *group, struct store *store, const struct group_standing *found, struct error *err)
{
    struct group_model model;
    struct error why = {0};
    if (!found->model)
        return 0;
    if (store_group_model(store, group->characteristics->id, found->model, &model, &why))
        return why.code == ERR_NOT_FOUND ? 0 : error_set(err, why.code, "%s", why.text);
    if (!group_fits(&model, group->characteristics))
        return 0;
    group_use(group, &model.t2);
    return 0;
}

/* A store from before standings were kept: the limits in force, and the points judged by them or since. */
static int guess_standing(struct group *group, struct store *store, const struct group_point *newest, struct group_standing *found, struct error *err)
{
    struct group_model model;
    struct error why = {0};
    *found = group->standing;
    if (!newest)
        return 0;
    if (store_group_model(store, group->characteristics->id, 0, &model, &why))
        return why.code == ERR_NOT_FOUND ? 0 : error_set(err, why.code, "%s", why.text);
    found->first_point = newest->number + 1;
    found->stage_point = model.last_point + 1;
    found->model = model.number;
    if (newest->model == model.number)
        found->memory = newest->memory;
    return 0;
}

int group_restore(struct group *group, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic_group *c = group->characteristics;
    struct group_standing found;
    struct group_point *newest;
    struct error why = {0};
    size_t count;
    if (store_group_points(store, c->id, 0, INT64_MAX, 1, &newest, &count, err))
        return -1;
    group->points = count ? newest->number : 0;
    int failed = store_group_standing(store, c->id, group_variables(group), &found, &why);
    if (failed && why.code == ERR_NOT_FOUND)
        failed = guess_standing(group, store, count ? newest : NULL, &found, err);
    else if (failed)
        error_set(err, why.code, "%s", why.text);
    free(newest);
    if (failed)
        return -1;
    if (!strcmp(found.settings, group->standing.settings)) {
        group->standing = found;
        if (restore_model(group, store, &found, err))
            return -1;
    } else { /* another configuration: what was collected for the one before is of no use, and a new baseline begins */
        group->standing.first_point = group->points + 1;
        group->standing.exclusion = found.exclusion;
        group->standing.incomplete = found.incomplete;
    }
    if (!group->design.model.p && read_base(group, store, err))
        return -1;
    return group_take_decisions(group, store, batch, now_us, err);
}
