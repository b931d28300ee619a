#include "storage/private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double suspicious = 0.05;

int record_group_model(struct store *store, const struct group_model *m, struct error *err)
{
    size_t p = (size_t)m->t2.p, vector = p * sizeof(double), matrix = p * vector;
    return query_run(store, QUERY_GROUP_MODEL_ADD, err, "iiitiiwwwdddddbbb", m->group, m->number, m->time_us, m->settings, m->first_point,
                     m->last_point, m->t2.p, m->t2.m, m->t2.n, m->t2.df, m->t2.determinant, m->center, m->ucl, m->lambda, (const void *)m->t2.mean,
                     vector, (const void *)m->t2.covariance, matrix, (const void *)m->t2.root, matrix);
}

static size_t variables(const struct group_point *point)
{
    size_t p = 0;
    while (p < MULTIVARIATE_MAX && !isnan(point->vector[p]))
        p++;
    return p;
}

int record_group_point(struct store *store, const struct group_point *p, struct error *err)
{
    size_t bytes = variables(p) * sizeof(double);
    return query_run(store, QUERY_GROUP_POINT_ADD, err, "iiiwddditbbd", p->group, p->number, p->time_us, p->n, p->statistic, p->center, p->ucl,
                     p->model, p->serial, (const void *)p->vector, bytes, (const void *)p->memory.z, bytes, p->memory.steps);
}

/* Numbers of a column; what the column does not fill stays as it was. */
static bool take_numbers(sqlite3_stmt *statement, int column, double *out, size_t most)
{
    size_t bytes = (size_t)sqlite3_column_bytes(statement, column);
    if (bytes % sizeof *out || bytes > most * sizeof *out)
        return false;
    if (bytes)
        memcpy(out, sqlite3_column_blob(statement, column), bytes);
    return true;
}

int store_group_model(struct store *store, int64_t group, int64_t number, struct group_model *m, struct error *err)
{
    *m = (struct group_model){0};
    sqlite3_stmt *statement = query_start(store, QUERY_GROUP_MODEL, err, "ii", group, number);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    bool whole = true;
    if (found == 1) {
        query_row(statement, "iiitiiwwwddddd", &m->group, &m->number, &m->time_us, m->settings, sizeof m->settings, &m->first_point, &m->last_point,
                  &m->t2.p, &m->t2.m, &m->t2.n, &m->t2.df, &m->t2.determinant, &m->center, &m->ucl, &m->lambda);
        whole = m->t2.p > 0 && m->t2.p <= MULTIVARIATE_MAX && take_numbers(statement, 14, m->t2.mean, MULTIVARIATE_MAX) &&
                take_numbers(statement, 15, m->t2.covariance, sizeof m->t2.covariance / sizeof(double)) &&
                take_numbers(statement, 16, m->t2.root, sizeof m->t2.root / sizeof(double));
    }
    query_end(statement);
    if (found == 0)
        return error_set(err, ERR_NOT_FOUND, "the group has no model yet");
    if (!whole)
        return error_set(err, ERR_CORRUPT, "%s: model %lld of group %lld is damaged", store->path, (long long)m->number, (long long)group);
    return found < 0 ? -1 : 0;
}

static bool take_point(sqlite3_stmt *statement, struct group_point *p)
{
    *p = (struct group_point){0};
    for (int v = 0; v < MULTIVARIATE_MAX; v++)
        p->vector[v] = NAN;
    query_row(statement, "iiiwddditd", &p->group, &p->number, &p->time_us, &p->n, &p->statistic, &p->center, &p->ucl, &p->model, p->serial,
              sizeof p->serial, &p->memory.steps);
    return take_numbers(statement, 10, p->vector, MULTIVARIATE_MAX) && take_numbers(statement, 11, p->memory.z, MULTIVARIATE_MAX);
}

int store_group_points(struct store *store, int64_t group, int64_t from_us, int64_t to_us, int64_t last, struct group_point **points, size_t *count,
                       struct error *err)
{
    size_t room = 0;
    int more;
    *points = NULL;
    *count = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_GROUP_POINTS, err, "iiii", group, from_us, to_us, last > 0 ? last : INT64_MAX);
    if (!statement)
        return -1;
    while ((more = query_next(store, statement, err)) == 1) {
        memory_grow((void **)points, &room, *count, sizeof **points);
        if (!take_point(statement, &(*points)[(*count)++])) {
            more = error_set(err, ERR_CORRUPT, "%s: a point of group %lld is damaged", store->path, (long long)group);
            break;
        }
    }
    query_end(statement);
    if (more == 0)
        return 0;
    free(*points);
    *points = NULL;
    *count = 0;
    return -1;
}

bool group_blame(const struct group_model *model, const struct group_point *point, struct t2_part *parts, int *order)
{
    int p = model->t2.p;
    double x[MULTIVARIATE_MAX];
    if (!model->number || (size_t)p != variables(point))
        return false;
    memcpy(x, point->vector, sizeof x);
    if (model->lambda > 0) /* what the memory holds, on the scale of single points */
        for (int v = 0; v < p; v++)
            x[v] = model->t2.mean[v] + point->memory.z[v] / sqrt(model->lambda / (2 - model->lambda));
    if (t2_decompose(&model->t2, x, point->n, T2_FOLLOWS, parts) < 0)
        return false;
    for (int i = 0; i < p; i++) {
        int at = i;
        for (; at > 0 && parts[order[at - 1]].given_others < parts[i].given_others; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return true;
}

char *group_words(const struct characteristic_group *group, const struct group_model *model, const struct group_point *point, char *out, size_t size)
{
    struct t2_part parts[MULTIVARIATE_MAX];
    int order[MULTIVARIATE_MAX];
    size_t used = 0;
    out[0] = 0;
    if ((size_t)model->t2.p != group->n_members || !group_blame(model, point, parts, order))
        return out;
    for (int i = 0; i < model->t2.p && used < size; i++) {
        const struct characteristic *c = group->members[order[i]];
        char value[32];
        if (i > 0 && parts[order[i]].p >= suspicious)
            break;
        used += (size_t)snprintf(out + used, size - used, "%s%s %s (p %.2g)", i ? ", " : "", c->name,
                                 text_number(point->vector[order[i]], c->decimals < 0 ? 4 : c->decimals, value, sizeof value), parts[order[i]].p);
    }
    return out;
}

const char *group_statistic(const struct characteristic_group *group)
{
    return group->chart == GROUP_MEWMA ? "MEWMA" : "T2";
}

char *group_settings(const struct characteristic_group *group, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "%s n=%d", group_statistic(group), group->subgroup);
    if (group->chart == GROUP_MEWMA && used < size)
        used += (size_t)snprintf(out + used, size - used, " lambda %g", group->lambda);
    if (used < size)
        used += (size_t)snprintf(out + used, size - used, " alpha %.4g, baseline of %d points:", group->alpha, group->baseline);
    for (size_t i = 0; i < group->n_members && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s %s", i ? "," : "", group->members[i]->name);
    return out;
}
