/* What people decide while the collector runs: other limits, and points that no longer count. */
#include "acquisition/judge_private.h"

#include <math.h>
#include <stdlib.h>

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

bool judge_begins_stage(const struct limits *before, const struct limits *now)
{
    if (!now->who[0])
        return now->points == 0;
    return !same(before->center, now->center) || !same(before->sigma, now->sigma) || !same(before->lcl, now->lcl) || !same(before->ucl, now->ucl);
}

/* --- limits */

static int take_limits(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct limits found;
    struct error why = {0};
    char words[256];
    if (judge_has_locked(c))
        return 0;
    if (c->learns_parts)
        return judge_take_part_limits(judge, store, batch, now_us, err);
    if (store_limits_in_force(store, c->id, &found, &why))
        return why.code == ERR_NOT_FOUND ? 0 : error_set(err, why.code, "%s", why.text);
    if (found.id == judge->standing.limits || !found.who[0] || !limits_fit(&found, c))
        return 0;
    if (judge_begins_stage(&judge->limits, &found))
        judge->chart = (struct chart_state){0};
    judge->limits = found;
    judge->limits_batch = 0;
    judge->n_base = 0;
    judge->standing.limits = found.id;
    judge_put_standing(judge, batch);
    batch_event(batch, now_us, "limits", c->name, "%s", limits_words(&found, words, sizeof words));
    return 0;
}

/* --- excluded points: the running figures are added up again, without them, from all that is recorded */

struct figures {
    struct standing standing;
    const struct characteristic *characteristic;
    double *values; /* of the point at hand */
    int n_values;
};

static void add_point(struct figures *figures, const struct point *point, bool after_excluded)
{
    struct standing *s = &figures->standing;
    if (!point->subgroup.excluded)
        for (int i = 0; i < figures->n_values; i++) {
            moments_add(&s->moments, figures->values[i]);
            s->below += figures->values[i] < figures->characteristic->lsl;
            s->above += figures->values[i] > figures->characteristic->usl;
        }
    if (point->subgroup.excluded)
        return;
    if (figures->n_values > 1)
        within_add_subgroup(&s->within, figures->values, figures->n_values);
    else if (!after_excluded && !isnan(point->subgroup.dispersion))
        within_add_moving_range(&s->within, point->subgroup.dispersion);
}

/* Values come in the order of time, and so do the points that they belong to. */
static int add_all(struct figures *figures, struct measurement_cursor *values, struct point_cursor *points, struct error *err)
{
    struct measurement value;
    struct point point = {0};
    bool after_excluded = false;
    int more, known;
    while ((more = measurement_cursor_next(values, &value, err)) == 1) {
        if (!value.point || value.attempt || !quality_is_good(value.quality))
            continue;
        if (point.number != value.point) {
            if (point.number) {
                add_point(figures, &point, after_excluded);
                after_excluded = point.subgroup.excluded;
            }
            figures->n_values = 0;
            while (point.number < value.point && (known = point_cursor_next(points, &point, err)) == 1)
                ;
            if (point.number < value.point) { /* its subgroup is not full yet */
                if (known < 0)
                    return -1;
                point = (struct point){.number = value.point, .subgroup.dispersion = NAN};
            }
        }
        if (figures->n_values < figures->characteristic->subgroup)
            figures->values[figures->n_values++] = value.value;
    }
    if (more < 0)
        return -1;
    struct within within = figures->standing.within;
    add_point(figures, &point, after_excluded);
    if (point.subgroup.n == 0) /* not a point yet: its values count, its spread does not */
        figures->standing.within = within;
    return 0;
}

static int sum_again(struct judge *judge, struct store *store, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct figures figures = {.characteristic = c, .values = memory_zero((size_t)c->subgroup, sizeof(double))};
    struct measurement_cursor *values = NULL;
    struct point_cursor *points = NULL;
    int failed = measurement_cursor_open(&values, store, c->id, 0, INT64_MAX, 0, err) ||
                 point_cursor_open(&points, store, c->id, 0, INT64_MAX, 0, err) || add_all(&figures, values, points, err);
    measurement_cursor_close(values);
    point_cursor_close(points);
    free(figures.values);
    if (failed)
        return -1;
    judge->standing.moments = figures.standing.moments;
    judge->standing.within = figures.standing.within;
    judge->standing.below = figures.standing.below;
    judge->standing.above = figures.standing.above;
    return 0;
}

static int take_exclusions(struct judge *judge, struct store *store, struct batch *batch, struct error *err)
{
    int64_t newest;
    if (store_newest_exclusion(store, judge->characteristic->id, &newest, err))
        return -1;
    if (newest == judge->standing.exclusion)
        return 0;
    judge->standing.exclusion = newest;
    judge->standing.exclusion_point = judge->last_point;
    if (sum_again(judge, store, err) || judge_replay(judge, store, err)) {
        judge->standing.exclusion = 0;
        return -1;
    }
    judge_put_standing(judge, batch);
    return 0;
}

int judge_take_decisions(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    return take_exclusions(judge, store, batch, err) || take_limits(judge, store, batch, now_us, err) ? -1 : 0;
}
