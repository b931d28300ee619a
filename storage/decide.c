/* What engineers decide: limits and exclusions. Each decision is a new row with its line in the audit table; nothing is ever overwritten. */
#include "storage/private.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool decide_is_blank(const char *text)
{
    while (text && isspace((unsigned char)*text))
        text++;
    return !text || !*text;
}

char *audit_limits(const struct limits *l, char *out, size_t size)
{
    int used = snprintf(out, size, "center %.10g sigma %.10g", l->center, l->sigma);
    if (l->lcl == l->lcl)
        used += snprintf(out + used, size - (size_t)used, " lcl %.10g", l->lcl);
    if (l->ucl == l->ucl)
        snprintf(out + used, size - (size_t)used, " ucl %.10g", l->ucl);
    return out;
}

/* Inside the transaction: what the person saw must still be what holds. */
static int supersede(struct store *store, struct limits *limits, int64_t seen, struct error *err)
{
    struct limits before;
    struct error none = {0};
    const char *name;
    char from[160] = "none", to[160], text[640];
    bool any = store_part_limits(store, limits->characteristic, limits->part, &before, &none) == 0;
    if (!any && none.code != ERR_NOT_FOUND)
        return error_set(err, none.code, "%s", none.text);
    if ((any ? before.id : 0) != seen)
        return error_set(err, ERR_USAGE, "the limits changed meanwhile: look at them and decide again");
    if (characteristic_name(store, limits->characteristic, &name, err) || record_limits(store, limits, err))
        return -1;
    if (any)
        audit_limits(&before, from, sizeof from);
    audit_limits(limits, to, sizeof to);
    snprintf(text, sizeof text, "%s -> %s, %s; %s; %s", any ? limits_state_name(before.state) : "none", limits_state_name(limits->state),
             limits->source, limits->why, from);
    snprintf(text + strlen(text), sizeof text - strlen(text), " -> %s", to);
    return audit_add(store, limits->time_us, limits->who, "limits", name, text, err);
}

int action_limits(struct store *store, struct limits *limits, int64_t seen, struct error *err)
{
    if (decide_is_blank(limits->why))
        return error_set(err, ERR_USAGE, "a reason is needed: why are these the limits?");
    if (!limits->who[0])
        return error_set(err, ERR_USAGE, "somebody must decide: the person's name is missing");
    if (store_begin(store, err))
        return -1;
    if (supersede(store, limits, seen, err) == 0 && store_commit(store, err) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

/* --- points */

static int exclude(struct store *store, const struct exclusion *e, decide_look *look, struct error *err)
{
    struct decided_point point;
    char object[160];
    if (look(store, e, &point, err))
        return -1;
    if (!point.there)
        return error_set(err, ERR_NOT_FOUND, "%s has no point %lld", point.name, (long long)e->point);
    if (point.excluded == e->excluded)
        return error_set(err, ERR_USAGE, "point %lld of %s is %s", (long long)e->point, point.name,
                         point.excluded ? "excluded already" : "not excluded");
    snprintf(object, sizeof object, "%s/%lld", point.name, (long long)e->point);
    if (query_run(store, point.add, err, "iiitwt", e->characteristic, e->point, e->time_us, e->who, (int)e->excluded, e->reason))
        return -1;
    return audit_add(store, e->time_us, e->who, e->excluded ? "exclude" : "include", object, e->reason, err);
}

int decide_exclusion(struct store *store, const struct exclusion *exclusion, decide_look *look, struct error *err)
{
    if (decide_is_blank(exclusion->reason))
        return error_set(err, ERR_USAGE, "a reason is needed: why does this point %s?", exclusion->excluded ? "not count" : "count again");
    if (store_begin(store, err))
        return -1;
    if (exclude(store, exclusion, look, err) == 0 && store_commit(store, err) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

int decide_newest(struct store *store, enum query query, int64_t series, int64_t point, struct exclusion *e, struct error *err)
{
    *e = (struct exclusion){.characteristic = series, .point = point};
    sqlite3_stmt *statement = query_start(store, query, err, "ii", series, point);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "itbt", &e->time_us, e->who, sizeof e->who, &e->excluded, e->reason, sizeof e->reason);
    query_end(statement);
    return found < 0 ? -1 : 0;
}

static int look(struct store *store, const struct exclusion *e, struct decided_point *point, struct error *err)
{
    int64_t excluded = 0;
    int found = point_exists(store, e->characteristic, e->point, err);
    if (found < 0 || characteristic_name(store, e->characteristic, &point->name, err) ||
        query_integer(store, QUERY_POINT_IS_EXCLUDED, &excluded, err, "ii", e->characteristic, e->point) < 0)
        return -1;
    point->there = found != 0;
    point->excluded = excluded != 0;
    point->add = QUERY_EXCLUSION_ADD;
    return 0;
}

int action_exclude(struct store *store, const struct exclusion *exclusion, struct error *err)
{
    return decide_exclusion(store, exclusion, look, err);
}

int store_exclusion(struct store *store, int64_t characteristic, int64_t point, struct exclusion *e, struct error *err)
{
    return decide_newest(store, QUERY_EXCLUSION, characteristic, point, e, err);
}
