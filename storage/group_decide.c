/* What engineers decide about the limits and points of groups: a new row each, with its line in the audit table, as of single characteristics. */
#include "storage/group.h"
#include "storage/private.h"

#include <stdio.h>

static int name_of(struct store *store, int64_t group, char *out, size_t size, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, QUERY_GROUP_NAME, err, "i", group);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "t", out, size);
    query_end(statement);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "there is no group number %lld", (long long)group) : found < 0 ? -1 : 0;
}

/* Inside the transaction: what the person saw must still be what holds. */
static int supersede(struct store *store, struct group_model *model, int64_t seen, struct error *err)
{
    struct group_model before;
    struct error none = {0};
    char name[96], text[400];
    bool any = store_group_model(store, model->group, 0, &before, &none) == 0;
    if (!any && none.code != ERR_NOT_FOUND)
        return error_set(err, none.code, "%s", none.text);
    if ((any ? before.number : 0) != seen)
        return error_set(err, ERR_USAGE, "the limits changed meanwhile: look at them and decide again");
    if (name_of(store, model->group, name, sizeof name, err) || record_group_model(store, model, err))
        return -1;
    int used = snprintf(text, sizeof text, "%s -> %s, calculated from points %lld-%lld; %s; limit ", any ? limits_state_name(before.state) : "none",
                        limits_state_name(model->state), (long long)model->first_point, (long long)model->last_point, model->why);
    used += any ? snprintf(text + used, sizeof text - (size_t)used, "%.10g", before.ucl) : snprintf(text + used, sizeof text - (size_t)used, "none");
    snprintf(text + used, sizeof text - (size_t)used, " -> %.10g", model->ucl);
    return audit_add(store, model->time_us, model->who, "limits", name, text, err);
}

int action_group_limits(struct store *store, struct group_model *model, int64_t seen, struct error *err)
{
    if (decide_is_blank(model->why))
        return error_set(err, ERR_USAGE, "a reason is needed: why are these the limits?");
    if (!model->who[0])
        return error_set(err, ERR_USAGE, "somebody must decide: the person's name is missing");
    if (store_begin(store, err))
        return -1;
    if (supersede(store, model, seen, err) == 0 && store_commit(store, err) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

static int look(struct store *store, const struct exclusion *e, struct decided_point *point, struct error *err)
{
    struct exclusion before;
    int64_t number;
    point->name = point->room;
    if (name_of(store, e->characteristic, point->room, sizeof point->room, err))
        return -1;
    int found = query_integer(store, QUERY_GROUP_POINT_EXISTS, &number, err, "ii", e->characteristic, e->point);
    if (found < 0 || store_group_exclusion(store, e->characteristic, e->point, &before, err))
        return -1;
    point->there = found != 0;
    point->excluded = before.excluded;
    point->add = QUERY_GROUP_EXCLUSION_ADD;
    return 0;
}

int action_group_exclude(struct store *store, const struct exclusion *exclusion, struct error *err)
{
    return decide_exclusion(store, exclusion, look, err);
}

int store_group_exclusion(struct store *store, int64_t group, int64_t point, struct exclusion *e, struct error *err)
{
    return decide_newest(store, QUERY_GROUP_EXCLUSION, group, point, e, err);
}

int store_group_newest_exclusion(struct store *store, int64_t group, int64_t *id, struct error *err)
{
    *id = 0;
    return query_integer(store, QUERY_GROUP_EXCLUSION_NEWEST, id, err, "i", group) < 0 ? -1 : 0;
}
