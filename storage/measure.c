/* Measurements, points with their verdicts. */
#include "storage/chunk.h"
#include "storage/late.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEASUREMENT_LETTERS "iiidwtinw"
#define MEASUREMENT_FIELDS(m)                                                                                                                        \
    (m)->characteristic, (m)->time_us, (m)->sequence, (m)->value, (int)(m)->quality, (m)->serial, (m)->point, (m)->context, (m)->attempt

static struct late_key key_of(const struct measurement *m)
{
    return (struct late_key){m->time_us, m->sequence};
}

int record_measurement(struct store *store, const struct measurement *m, struct error *err)
{
    int packed = chunk_has_measurement(store, m, err);
    if (packed)
        return packed < 0 ? -1 : 0;
    packer_recorded(store, false, m->characteristic, 1);
    struct late_key newest;
    if (late_newest(store, LATE_VALUES, m->characteristic, &newest, err) ||
        query_run(store, QUERY_MEASUREMENT_ADD, err, MEASUREMENT_LETTERS, MEASUREMENT_FIELDS(m)))
        return -1;
    if (sqlite3_changes(store->db))
        late_added(store, LATE_VALUES, m->characteristic, newest, key_of(m));
    return 0;
}

/* In one statement, which costs a fifth less than one each: measurements that are newer than what their series have. */
static int record_eight(struct store *store, const struct measurement *measurements, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, QUERY_MEASUREMENTS_ADD, err, "");
    int failed = statement ? 0 : -1, columns = (int)strlen(MEASUREMENT_LETTERS);
    for (int i = 0; i < MEASUREMENTS_TOGETHER && !failed; i++) {
        packer_recorded(store, false, measurements[i].characteristic, 1);
        failed = query_bind(store, statement, 1 + i * columns, err, MEASUREMENT_LETTERS, MEASUREMENT_FIELDS(&measurements[i]));
    }
    failed = failed || query_next(store, statement, err) < 0;
    if (statement)
        query_end(statement);
    for (int i = 0; i < MEASUREMENTS_TOGETHER && !failed; i++)
        late_added(store, LATE_VALUES, measurements[i].characteristic, (struct late_key){INT64_MIN, INT64_MIN}, key_of(&measurements[i]));
    return failed ? -1 : 0;
}

/* Whether each comes after all that its series has: then none of them is there already. */
static int are_newest(struct store *store, const struct measurement *measurements, size_t count, struct error *err)
{
    bool newest = true;
    for (size_t i = 0; i < count && newest; i++) {
        const struct measurement *m = &measurements[i], *before = i ? m - 1 : NULL;
        struct late_key key;
        if (late_newest(store, LATE_VALUES, m->characteristic, &key, err))
            return -1;
        if (before && before->characteristic == m->characteristic)
            key = key_of(before);
        newest = late_before(key, key_of(m));
    }
    return newest;
}

int record_measurements(struct store *store, const struct measurement *measurements, size_t count, struct error *err)
{
    int newest = count == MEASUREMENTS_TOGETHER ? are_newest(store, measurements, count, err) : 0;
    if (newest)
        return newest < 0 ? -1 : record_eight(store, measurements, err);
    for (size_t i = 0; i < count; i++)
        if (record_measurement(store, &measurements[i], err))
            return -1;
    return 0;
}

int record_context(struct store *store, const struct context *c, int64_t *id, struct error *err)
{
    *id = 0;
    if (!c->lot[0] && !c->order[0] && !c->operator[0] && !c->gauge[0])
        return 0;
    int found = query_integer(store, QUERY_CONTEXT_FIND, id, err, "tttt", c->lot, c->order, c->operator, c->gauge);
    if (found == 0 && query_run(store, QUERY_CONTEXT_ADD, err, "tttt", c->lot, c->order, c->operator, c->gauge) == 0)
        *id = sqlite3_last_insert_rowid(store->db);
    return found < 0 || *id == 0 ? -1 : 0;
}

int store_context(struct store *store, int64_t id, struct context *c, struct error *err)
{
    *c = (struct context){0};
    if (id == 0)
        return 0;
    sqlite3_stmt *statement = query_start(store, QUERY_CONTEXT, err, "i", id);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "tttt", c->lot, sizeof c->lot, c->order, sizeof c->order, c->operator, sizeof c->operator, c->gauge, sizeof c->gauge);
    query_end(statement);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "%s has no context number %lld", store->path, (long long)id) : found < 0 ? -1 : 0;
}

struct basis *basis_of(struct store *store, int64_t characteristic)
{
    size_t low = 0, high = store->n_bases;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (store->bases[middle].characteristic < characteristic)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < store->n_bases && store->bases[low].characteristic == characteristic)
        return &store->bases[low];
    memory_grow((void **)&store->bases, &store->bases_room, store->n_bases, sizeof *store->bases);
    memmove(&store->bases[low + 1], &store->bases[low], (store->n_bases++ - low) * sizeof *store->bases);
    store->bases[low] = (struct basis){.characteristic = characteristic};
    return &store->bases[low];
}

static bool same_number(double a, double b)
{
    return a == b || (a != a && b != b);
}

static bool same_line(const struct limit_line *a, const struct limit_line *b)
{
    return same_number(a->center, b->center) && same_number(a->lcl, b->lcl) && same_number(a->ucl, b->ucl) && same_number(a->sigma, b->sigma);
}

/* A plant's own set may change: what it was stays written. */
static const char *rules_text(const struct basis *basis, char *words, size_t size)
{
    const struct spc_rule_set *rules = basis->rules;
    if (!rules)
        return "";
    bool known = spc_rule_set_find(rules->id) == rules || (basis->chart && chart_rules(basis->chart, NULL) == rules);
    return known ? rules->id : rule_set_words(rules, words, size);
}

/* The part, or a line for each stream; freed by the caller. */
static char *names_of(const struct basis *basis)
{
    if (!basis->n_streams)
        return memory_text(basis->part);
    size_t length = 1, used = 0;
    for (int i = 0; i < basis->n_streams; i++)
        length += strlen(basis->streams[i]) + 1;
    char *text = memory_zero(length, 1);
    for (int i = 0; i < basis->n_streams; i++)
        used += (size_t)snprintf(text + used, length - used, "%s%s", i ? "\n" : "", basis->streams[i]);
    return text;
}

/* The row that says what the point was judged by: that of the point before, one that is there, or a new one. */
static int basis_id(struct store *store, const struct point *point, int64_t *id, struct error *err)
{
    struct basis *basis = basis_of(store, point->characteristic);
    const struct limit_line *l = &point->verdict.location, *d = &point->verdict.dispersion, *t = &point->verdict.within;
    if (!basis->id || strcmp(basis->part, point->part) != 0 || !same_line(&basis->location, l) || !same_line(&basis->dispersion, d) ||
        !same_line(&basis->third, t)) {
        char words[RULE_SET_WORDS];
        snprintf(basis->part, sizeof basis->part, "%s", point->part);
        const char *chart = basis->chart ? basis->chart->id : "", *rules = rules_text(basis, words, sizeof words);
        char *names = names_of(basis);
        basis->id = 0;
        int found =
            query_integer(store, QUERY_BASIS_FIND, &basis->id, err, "ittddddddddddddtt", point->characteristic, chart, rules, l->center, l->lcl,
                          l->ucl, l->sigma, d->center, d->lcl, d->ucl, d->sigma, t->center, t->lcl, t->ucl, t->sigma, basis->settings, names);
        int failed = found < 0 || (found == 0 && query_run(store, QUERY_BASIS_ADD, err, "ittddddddddddddtt", point->characteristic, chart, rules,
                                                           l->center, l->lcl, l->ucl, l->sigma, d->center, d->lcl, d->ucl, d->sigma, t->center,
                                                           t->lcl, t->ucl, t->sigma, basis->settings, names));
        free(names);
        if (failed)
            return -1;
        if (!found)
            basis->id = sqlite3_last_insert_rowid(store->db);
        basis->location = *l;
        basis->dispersion = *d;
        basis->third = *t;
    }
    *id = basis->id;
    return 0;
}

int record_point(struct store *store, const struct point *p, struct error *err)
{
    int64_t basis;
    int packed = chunk_has_point(store, p->characteristic, p->number, err);
    if (packed)
        return packed < 0 ? -1 : 0;
    if (basis_id(store, p, &basis, err))
        return -1;
    const struct verdict *v = &p->verdict;
    struct late_key newest;
    if (late_newest(store, LATE_POINTS, p->characteristic, &newest, err) ||
        query_run(store, QUERY_POINT_ADD, err, "iiiwddwiiinwwtdddidd", p->characteristic, p->number, p->time_us, p->subgroup.n, p->subgroup.location,
                  p->subgroup.dispersion, (int)p->subgroup.excluded, (int64_t)p->verdict.location_rules, (int64_t)p->verdict.dispersion_rules, basis,
                  p->limits, (int)p->below, (int)p->above, p->serial, v->plotted[0], v->plotted[1], v->plotted[2], (int64_t)v->within_rules,
                  p->subgroup.count, p->subgroup.size))
        return -1;
    if (sqlite3_changes(store->db))
        late_added(store, LATE_POINTS, p->characteristic, newest, (struct late_key){p->time_us, p->number});
    return 0;
}

int point_exists(struct store *store, int64_t characteristic, int64_t number, struct error *err)
{
    int64_t found;
    int row = query_integer(store, QUERY_POINT_EXISTS, &found, err, "ii", characteristic, number);
    return row ? row : chunk_has_point(store, characteristic, number, err);
}
