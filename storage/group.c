/* Characteristics charted together: their models and points, written and read. */
#include "storage/group.h"
#include "storage/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int add_model(struct store *store, const struct group_model *m, struct error *err)
{
    size_t p = (size_t)m->t2.p, vector = p * sizeof(double), matrix = p * vector;
    return query_run(store, QUERY_GROUP_MODEL_ADD, err, "iiitiiwwwddddddwnttbbb", m->group, m->number, m->time_us, m->settings, m->first_point,
                     m->last_point, m->t2.p, m->t2.m, m->t2.n, m->t2.df, m->t2.determinant, m->center, m->ucl, m->lambda, m->alpha, (int)m->state,
                     m->superseded_by, m->who, m->why, (const void *)m->t2.mean, vector, (const void *)m->t2.covariance, matrix,
                     (const void *)m->t2.root, matrix);
}

int record_group_model(struct store *store, struct group_model *model, struct error *err)
{
    int64_t decided = 0;
    int found = model->who[0] ? 0 : query_integer(store, QUERY_GROUP_MODEL_DECIDED, &decided, err, "it", model->group, model->settings);
    if (found < 0 || query_integer(store, QUERY_GROUP_MODEL_NEXT, &model->number, err, "i", model->group) < 0 || add_model(store, model, err))
        return -1;
    if (found)
        return query_run(store, QUERY_GROUP_MODEL_YIELD, err, "iii", model->group, model->number, decided);
    return query_run(store, QUERY_GROUP_MODEL_SUPERSEDE, err, "ii", model->group, model->number);
}

static size_t variables(const struct group_point *point)
{
    size_t p = 0;
    while (p < MULTIVARIATE_MAX && !isnan(point->vector[p]))
        p++;
    return p;
}

int record_group_point(struct store *store, const struct group_point *p, const double *vectors, struct error *err)
{
    size_t bytes = variables(p) * sizeof(double);
    return query_run(store, QUERY_GROUP_POINT_ADD, err, "iiiwddditbbdddddb", p->group, p->number, p->time_us, p->n, p->statistic, p->center, p->ucl,
                     p->model, p->serial, (const void *)p->vector, bytes, (const void *)p->memory.z, bytes, p->memory.steps, p->dispersion,
                     p->spread.center, p->spread.lcl, p->spread.ucl, p->n > 1 ? (const void *)vectors : NULL, p->n > 1 ? (size_t)p->n * bytes : 0);
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

static bool take_model(sqlite3_stmt *statement, struct group_model *m)
{
    *m = (struct group_model){.t2.culprit = -1};
    query_row(statement, "iiitiiwwwdddddduitt", &m->group, &m->number, &m->time_us, m->settings, sizeof m->settings, &m->first_point, &m->last_point,
              &m->t2.p, &m->t2.m, &m->t2.n, &m->t2.df, &m->t2.determinant, &m->center, &m->ucl, &m->lambda, &m->alpha, &m->state, &m->superseded_by,
              m->who, sizeof m->who, m->why, sizeof m->why);
    return m->t2.p > 0 && m->t2.p <= MULTIVARIATE_MAX && take_numbers(statement, 19, m->t2.mean, MULTIVARIATE_MAX) &&
           take_numbers(statement, 20, m->t2.covariance, sizeof m->t2.covariance / sizeof(double)) &&
           take_numbers(statement, 21, m->t2.root, sizeof m->t2.root / sizeof(double));
}

static int damaged(const struct store *store, const char *what, int64_t group, struct error *err)
{
    return error_set(err, ERR_CORRUPT, "%s: %s of group %lld is damaged", store->path, what, (long long)group);
}

int store_group_model(struct store *store, int64_t group, int64_t number, struct group_model *m, struct error *err)
{
    bool whole = true;
    *m = (struct group_model){0};
    sqlite3_stmt *statement =
        number ? query_start(store, QUERY_GROUP_MODEL, err, "ii", group, number) : query_start(store, QUERY_GROUP_MODEL_IN_FORCE, err, "i", group);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        whole = take_model(statement, m);
    query_end(statement);
    if (found == 0)
        return error_set(err, ERR_NOT_FOUND, "the group has no limits yet");
    return !whole ? damaged(store, "a model", group, err) : found < 0 ? -1 : 0;
}

int store_group_models(struct store *store, int64_t group, struct group_model **models, size_t *count, struct error *err)
{
    size_t room = 0;
    int more;
    *models = NULL;
    *count = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_GROUP_MODELS, err, "i", group);
    if (!statement)
        return -1;
    while ((more = query_next(store, statement, err)) == 1) {
        memory_grow((void **)models, &room, *count, sizeof **models);
        if (!take_model(statement, &(*models)[(*count)++])) {
            more = damaged(store, "a model", group, err);
            break;
        }
    }
    query_end(statement);
    if (more == 0)
        return 0;
    free(*models);
    *models = NULL;
    *count = 0;
    return -1;
}

enum { POINT_VECTOR = 15, POINT_MEMORY, POINT_PARTS }; /* columns */

static bool take_point(sqlite3_stmt *statement, struct group_point *p)
{
    *p = (struct group_point){.spread.sigma = NAN};
    for (int v = 0; v < MULTIVARIATE_MAX; v++)
        p->vector[v] = NAN;
    query_row(statement, "iiiwddditdddddb", &p->group, &p->number, &p->time_us, &p->n, &p->statistic, &p->center, &p->ucl, &p->model, p->serial,
              sizeof p->serial, &p->memory.steps, &p->dispersion, &p->spread.center, &p->spread.lcl, &p->spread.ucl, &p->excluded);
    return take_numbers(statement, POINT_VECTOR, p->vector, MULTIVARIATE_MAX) && take_numbers(statement, POINT_MEMORY, p->memory.z, MULTIVARIATE_MAX);
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
            more = damaged(store, "a point", group, err);
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

/* False: the row is damaged. *fits: it is of as many vectors and members as are asked for. */
static bool take_vectors(sqlite3_stmt *statement, const struct group_point *point, int n, size_t p, double *out, bool *fits)
{
    size_t values = (size_t)n * p;
    *fits = point->n == n && variables(point) == p;
    if (!*fits)
        return true;
    if (n == 1) {
        memcpy(out, point->vector, p * sizeof *out);
        return true;
    }
    *fits = (size_t)sqlite3_column_bytes(statement, POINT_PARTS) == values * sizeof *out;
    return !*fits || take_numbers(statement, POINT_PARTS, out, values);
}

int store_group_vectors(struct store *store, const struct characteristic_group *group, int64_t first, int64_t last, int64_t most,
                        struct group_point **points, double **vectors, size_t *count, struct error *err)
{
    size_t values = (size_t)group->subgroup * group->n_members, room = 0, vectors_room = 0;
    int more;
    *points = NULL;
    *vectors = NULL;
    *count = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_GROUP_VECTORS, err, "iiii", group->id, first, last, most > 0 ? most : INT64_MAX);
    if (!statement)
        return -1;
    while ((more = query_next(store, statement, err)) == 1) {
        bool fits;
        memory_grow((void **)points, &room, *count, sizeof **points);
        memory_grow((void **)vectors, &vectors_room, *count, values * sizeof **vectors);
        struct group_point *point = &(*points)[*count];
        if (!take_point(statement, point) || !take_vectors(statement, point, group->subgroup, group->n_members, *vectors + *count * values, &fits)) {
            more = damaged(store, "a point", group->id, err);
            break;
        }
        *count += fits;
    }
    query_end(statement);
    if (more == 0)
        return 0;
    free(*points);
    free(*vectors);
    *points = NULL;
    *vectors = NULL;
    *count = 0;
    return -1;
}
