#include "reports/group_limits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JUDGED_AGAIN = 200 };

static int calculate(struct group_proposal *proposal, struct store *store, const struct limits_wish *wish, struct error *err)
{
    const struct characteristic_group *c = proposal->group;
    struct group_point *points;
    double *vectors;
    size_t count, m = 0, values = (size_t)c->subgroup * c->n_members;
    if (store_group_vectors(store, c, wish->first, wish->last, 0, &points, &vectors, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (!points[i].excluded)
            memmove(vectors + values * m++, vectors + values * i, values * sizeof *vectors);
    struct vector_design design = vector_design_of(group_chart_of(c), vectors, (int)m, c->subgroup, (int)c->n_members, c->alpha, c->lambda);
    free(points);
    free(vectors);
    if (wish->first < 1 || wish->last < wish->first || m == 0)
        return error_set(err, ERR_USAGE, "%s has no points %lld to %lld that count", c->name, (long long)wish->first, (long long)wish->last);
    if (design.model.why) {
        const char *names[MULTIVARIATE_MAX];
        char why[200];
        group_names(c, names);
        return error_set(err, ERR_USAGE, "points %lld to %lld of %s give no limits: %s", (long long)wish->first, (long long)wish->last, c->name,
                         t2_why(&design.model, names, why, sizeof why));
    }
    proposal->then = (struct group_model){.group = c->id,
                                          .first_point = wish->first,
                                          .last_point = wish->last,
                                          .center = design.center,
                                          .ucl = design.ucl,
                                          .lambda = c->chart == GROUP_MEWMA ? c->lambda : 0,
                                          .alpha = c->alpha,
                                          .state = design.model.m < LIMITS_FEW ? LIMITS_PROVISIONAL : LIMITS_TRIAL,
                                          .t2 = design.model};
    group_settings(c, proposal->then.settings, sizeof proposal->then.settings);
    return 0;
}

/* Signals that held, and those that the new limits would give, what MEWMA remembers beginning anew. */
static int judge_again(struct group_proposal *proposal, struct store *store, struct error *err)
{
    const struct characteristic_group *c = proposal->group;
    struct vector_design design = vector_design_about(group_chart_of(c), &proposal->then.t2, c->alpha, c->lambda);
    struct mewma_state memory = {0};
    struct group_point *points;
    double *vectors, shown[MULTIVARIATE_MAX];
    size_t count;
    if (store_group_vectors(store, c, 1, INT64_MAX, JUDGED_AGAIN, &points, &vectors, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct vector_point point = {vectors + i * (size_t)c->subgroup * c->n_members, T2_FOLLOWS, points[i].excluded};
        struct verdict verdict = vector_judge(&design, &memory, &point, shown);
        proposal->effect.judged += !points[i].excluded;
        proposal->effect.signals_now += group_signals(&points[i]);
        proposal->effect.signals_then += (verdict.location_rules | verdict.dispersion_rules) != 0;
    }
    free(points);
    free(vectors);
    return 0;
}

static int restate(struct group_proposal *proposal, struct error *err)
{
    const struct group_model *now = &proposal->now;
    if (!group_fits(now, proposal->group))
        return error_set(err, ERR_USAGE, "%s has no limits yet%s: calculate some first", proposal->group->name,
                         now->number ? " for what plant.yaml says of it now" : "");
    proposal->then = *now;
    proposal->then.superseded_by = 0;
    return limits_restate(proposal->group->name, proposal->decision, now->state, &proposal->then.state, err);
}

int group_limits_propose(struct group_proposal *proposal, struct store *store, const struct characteristic_group *group,
                         enum limits_decision decision, const struct limits_wish *wish, struct error *err)
{
    struct error none = {0};
    *proposal = (struct group_proposal){.decision = decision, .group = group};
    if (store_group_model(store, group->id, 0, &proposal->now, &none) && none.code != ERR_NOT_FOUND)
        return error_set(err, none.code, "%s", none.text);
    if (decision == LIMITS_ENTER)
        return error_set(err, ERR_USAGE, "limits of a group are calculated from points, not entered: they are %d means and a covariance",
                         (int)group->n_members);
    if (decision != LIMITS_CALCULATE)
        return restate(proposal, err) || judge_again(proposal, store, err) ? -1 : 0;
    if (group_fits(&proposal->now, group) && proposal->now.state == LIMITS_LOCKED && proposal->now.who[0])
        return error_set(err, ERR_USAGE, "the limits of %s are locked by %s: unlock them first", group->name, proposal->now.who);
    return calculate(proposal, store, wish, err) || judge_again(proposal, store, err) ? -1 : 0;
}

int group_limits_decide(struct group_proposal *proposal, struct store *store, const char *who, const char *reason, struct error *err)
{
    struct group_model *model = &proposal->then;
    model->time_us = clock_now_us();
    snprintf(model->who, sizeof model->who, "%s", who);
    snprintf(model->why, sizeof model->why, "%s", reason ? reason : "");
    return action_group_limits(store, model, proposal->now.number, err);
}

char *group_limits_numbers(const struct group_model *model, char *out, size_t size)
{
    double lcl, center, ucl;
    size_t used = (size_t)snprintf(out, size, "%s limit %.4g, centre %.4g", model->lambda > 0 ? "MEWMA" : "T2", model->ucl, model->center);
    if (!(model->lambda > 0) && generalised_variance_limits(&model->t2, &lcl, &center, &ucl) && used < size)
        used += (size_t)snprintf(out + used, size - used, "; |S| centre %.4g, limits %.4g to %.4g", center, lcl, ucl);
    if (used < size)
        snprintf(out + used, size - used, "; %d points of %d", model->t2.m, model->t2.n);
    return out;
}
