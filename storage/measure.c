/* Measurements, points with their verdicts, limits. */
#include "storage/private.h"

#include <string.h>

int record_measurement(struct store *store, const struct measurement *m, struct error *err)
{
    return query_run(store, QUERY_MEASUREMENT_ADD, err, "iiidwti", m->characteristic, m->time_us, m->sequence, m->value, (int)m->quality, m->serial,
                     m->point);
}

static struct basis *basis_of(struct store *store, int64_t characteristic)
{
    for (size_t i = 0; i < store->n_bases; i++)
        if (store->bases[i].characteristic == characteristic)
            return &store->bases[i];
    memory_grow((void **)&store->bases, &store->bases_room, store->n_bases, sizeof *store->bases);
    store->bases[store->n_bases] = (struct basis){.characteristic = characteristic};
    return &store->bases[store->n_bases++];
}

static bool same_number(double a, double b)
{
    return a == b || (a != a && b != b);
}

static bool same_line(const struct limit_line *a, const struct limit_line *b)
{
    return same_number(a->center, b->center) && same_number(a->lcl, b->lcl) && same_number(a->ucl, b->ucl) && same_number(a->sigma, b->sigma);
}

/* The row that says what the point was judged by: that of the point before, one that is there, or a new one. */
static int basis_id(struct store *store, const struct point *point, int64_t *id, struct error *err)
{
    struct basis *basis = basis_of(store, point->characteristic);
    const struct limit_line *l = &point->verdict.location, *d = &point->verdict.dispersion;
    if (!basis->id || !same_line(&basis->location, l) || !same_line(&basis->dispersion, d)) {
        const char *chart = basis->chart ? basis->chart->id : "", *rules = basis->rules ? basis->rules->id : "";
        basis->id = 0;
        int found = query_integer(store, QUERY_BASIS_FIND, &basis->id, err, "ittdddddddd", point->characteristic, chart, rules, l->center, l->lcl,
                                  l->ucl, l->sigma, d->center, d->lcl, d->ucl, d->sigma);
        if (found < 0 || (found == 0 && query_run(store, QUERY_BASIS_ADD, err, "ittdddddddd", point->characteristic, chart, rules, l->center, l->lcl,
                                                  l->ucl, l->sigma, d->center, d->lcl, d->ucl, d->sigma)))
            return -1;
        if (!found)
            basis->id = sqlite3_last_insert_rowid(store->db);
        basis->location = *l;
        basis->dispersion = *d;
    }
    *id = basis->id;
    return 0;
}

int record_point(struct store *store, const struct point *p, struct error *err)
{
    int64_t basis;
    if (basis_id(store, p, &basis, err))
        return -1;
    return query_run(store, QUERY_POINT_ADD, err, "iiiwddwiiinwwt", p->characteristic, p->number, p->time_us, p->subgroup.n, p->subgroup.location,
                     p->subgroup.dispersion, (int)p->subgroup.excluded, (int64_t)p->verdict.location_rules, (int64_t)p->verdict.dispersion_rules,
                     basis, p->limits, (int)p->below, (int)p->above, p->serial);
}

int record_limits(struct store *store, struct limits *limits, struct error *err)
{
    if (query_run(store, QUERY_LIMITS_ADD, err, "iiwddit", limits->characteristic, limits->time_us, (int)limits->state, limits->center, limits->sigma,
                  limits->points, limits->source))
        return -1;
    limits->id = sqlite3_last_insert_rowid(store->db);
    return query_run(store, QUERY_LIMITS_SUPERSEDE, err, "ii", limits->characteristic, limits->id);
}

static int read_limits(struct store *store, enum query query, int64_t id, struct limits *limits, struct error *err)
{
    memset(limits, 0, sizeof *limits);
    sqlite3_stmt *statement = query_start(store, query, err, "i", id);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "iiiuddit", &limits->id, &limits->characteristic, &limits->time_us, &limits->state, &limits->center, &limits->sigma,
                  &limits->points, limits->source, sizeof limits->source);
    query_end(statement);
    return found;
}

int store_limits(struct store *store, int64_t id, struct limits *limits, struct error *err)
{
    int found = read_limits(store, QUERY_LIMITS, id, limits, err);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "there are no limits number %lld", (long long)id) : found < 0 ? -1 : 0;
}

int store_limits_in_force(struct store *store, int64_t characteristic, struct limits *limits, struct error *err)
{
    int found = read_limits(store, QUERY_LIMITS_IN_FORCE, characteristic, limits, err);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "characteristic %lld has no limits yet", (long long)characteristic) : found < 0 ? -1 : 0;
}
