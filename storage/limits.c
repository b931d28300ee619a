/* Control limits: what is in force, their history, and what people decide about them and about points. */
#include "storage/private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool limits_are_final(const struct limits *limits)
{
    return limits->who[0] || (limits->state != LIMITS_PROVISIONAL && limits->state != LIMITS_SUPERSEDED);
}

bool limits_are_known(const struct limits *limits)
{
    return limits->id && !isnan(limits->center);
}

char *limits_made(const struct characteristic *c, char *out, size_t size)
{
    int used = snprintf(out, size, "%s, subgroup %d", c->chart->id, c->subgroup);
    if (c->chart->sigma)
        used += snprintf(out + used, size - (size_t)used, ", sigma %s, constants %s", c->settings.sigma ? c->settings.sigma->id : c->chart->sigma,
                         c->settings.published ? "published3" : "exact");
    if (c->learns_parts)
        snprintf(out + used, size - (size_t)used, ", %s",
                 c->settings.z == Z_CONSTANT   ? "constant sigma"
                 : c->settings.z == Z_RELATIVE ? "relative sigma"
                                               : "by parts");
    if (c->n_streams)
        snprintf(out + used, size - (size_t)used, ", %d streams", c->n_streams);
    if (!strcmp(c->chart->id, "dpmo"))
        snprintf(out + used, size - (size_t)used, ", %g opportunities", c->settings.opportunities);
    return out;
}

/* Its centre and sigma are those of the single values, within subgroups. */
static bool is_of_values(const char *made)
{
    static const char *const charts[] = {"i-mr,", "xbar-r,", "xbar-s,", "median-r,", "ewma,", "cusum,", "ma,", "acceptance,"};
    for (size_t i = 0; i < sizeof charts / sizeof charts[0]; i++)
        if (!strncmp(made, charts[i], strlen(charts[i])))
            return true;
    return false;
}

bool limits_fit(const struct limits *limits, const struct characteristic *c)
{
    char made[sizeof limits->made];
    if (!limits->made[0] || !strcmp(limits->made, limits_made(c, made, sizeof made)))
        return true;
    if (!limits->who[0] || (limits->points > 0 && limits->state != LIMITS_LOCKED) || !isnan(limits->lcl) || !isnan(limits->ucl))
        return false;
    return is_of_values(limits->made) && is_of_values(made);
}

struct chart_estimate limits_estimate(const struct limits *limits)
{
    return (struct chart_estimate){.center = limits->center,
                                   .sigma = limits->sigma,
                                   .extra = limits->extra,
                                   .entered = !isnan(limits->lcl) || !isnan(limits->ucl),
                                   .lcl = limits->lcl,
                                   .ucl = limits->ucl};
}

char *limits_words(const struct limits *limits, char *out, size_t size)
{
    char when[24], by[200] = "", few[48] = "", part[READING_TEXT + 16] = "";
    if (limits->part[0])
        snprintf(part, sizeof part, "part %s: ", limits->part);
    if (limits->who[0])
        snprintf(by, sizeof by, " by %s%s%s", limits->who, limits->why[0] ? ": " : "", limits->why);
    if (limits->points > 0 && limits->points < LIMITS_FEW)
        snprintf(few, sizeof few, limits->state == LIMITS_PROVISIONAL ? " (%lld subgroups)" : " (provisional: %lld subgroups)",
                 (long long)limits->points);
    snprintf(out, size, "%s%s %s%s; %s%s%s", part, limits_state_name(limits->state), text_time_local(limits->time_us, "%Y-%m-%d", when, sizeof when),
             by, limits->points || limits->who[0] || isnan(limits->center) ? "" : "from ", limits->source, few);
    return out;
}

static int add_limits(struct store *store, struct limits *l, struct error *err)
{
    if (query_run(store, QUERY_LIMITS_ADD, err, "iiwdditdddiitttt", l->characteristic, l->time_us, (int)l->state, l->center, l->sigma, l->points,
                  l->source, l->extra, l->lcl, l->ucl, l->first_point, l->last_point, l->who, l->why, l->made, l->part))
        return -1;
    l->id = sqlite3_last_insert_rowid(store->db);
    return 0;
}

/* Limits that the collector calculated give way to those that a person decided on meanwhile: they are kept as what its points were judged by. */
int record_limits(struct store *store, struct limits *limits, struct error *err)
{
    bool calculated = !limits->who[0] && limits->points > 0;
    int64_t decided = 0;
    int found = calculated ? query_integer(store, QUERY_LIMITS_DECIDED, &decided, err, "it", limits->characteristic, limits->part) : 0;
    if (found < 0 || add_limits(store, limits, err))
        return -1;
    if (found)
        return query_run(store, QUERY_LIMITS_YIELD, err, "ii", limits->id, decided);
    return query_run(store, QUERY_LIMITS_SUPERSEDE, err, "iit", limits->characteristic, limits->id, limits->part);
}

static void take_row(sqlite3_stmt *statement, struct limits *l)
{
    memset(l, 0, sizeof *l);
    query_row(statement, "iiiudditdddiittitt", &l->id, &l->characteristic, &l->time_us, &l->state, &l->center, &l->sigma, &l->points, l->source,
              sizeof l->source, &l->extra, &l->lcl, &l->ucl, &l->first_point, &l->last_point, l->who, sizeof l->who, l->why, sizeof l->why,
              &l->superseded_by, l->made, sizeof l->made, l->part, sizeof l->part);
}

/* statement: started, or NULL with an error. */
static int read_limits(struct store *store, sqlite3_stmt *statement, struct limits *limits, struct error *err)
{
    memset(limits, 0, sizeof *limits);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        take_row(statement, limits);
    query_end(statement);
    return found;
}

int store_limits(struct store *store, int64_t id, struct limits *limits, struct error *err)
{
    int found = read_limits(store, query_start(store, QUERY_LIMITS, err, "i", id), limits, err);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "there are no limits number %lld", (long long)id) : found < 0 ? -1 : 0;
}

int store_part_limits(struct store *store, int64_t characteristic, const char *part, struct limits *limits, struct error *err)
{
    int found = read_limits(store, query_start(store, QUERY_LIMITS_IN_FORCE, err, "it", characteristic, part), limits, err);
    if (found == 0 && *part)
        return error_set(err, ERR_NOT_FOUND, "part '%s' of characteristic %lld has no limits yet", part, (long long)characteristic);
    return found == 0 ? error_set(err, ERR_NOT_FOUND, "characteristic %lld has no limits yet", (long long)characteristic) : found < 0 ? -1 : 0;
}

int store_limits_in_force(struct store *store, int64_t characteristic, struct limits *limits, struct error *err)
{
    return store_part_limits(store, characteristic, "", limits, err);
}

int store_limits_history(struct store *store, int64_t characteristic, struct limits **list, size_t *count, struct error *err)
{
    *list = NULL;
    *count = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_LIMITS_HISTORY, err, "i", characteristic);
    if (!statement)
        return -1;
    size_t room = 0;
    int more;
    while ((more = query_next(store, statement, err)) == 1) {
        memory_grow((void **)list, &room, *count, sizeof **list);
        take_row(statement, &(*list)[(*count)++]);
    }
    query_end(statement);
    if (more == 0)
        return 0;
    free(*list);
    *list = NULL;
    return -1;
}

int store_decisions(struct store *store, struct decisions *newest, struct error *err)
{
    sqlite3_stmt *statement = query_start(store, QUERY_DECISIONS, err, "");
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1)
        query_row(statement, "iiii", &newest->limits, &newest->exclusion, &newest->group_limits, &newest->group_exclusion);
    query_end(statement);
    return found == 1 ? 0 : -1;
}

int store_oldest_excluded(struct store *store, int64_t characteristic, int64_t *point, struct error *err)
{
    *point = 0;
    return query_integer(store, QUERY_EXCLUSION_OLDEST, point, err, "i", characteristic) < 0 ? -1 : 0;
}

int store_newest_exclusion(struct store *store, int64_t characteristic, int64_t *id, struct error *err)
{
    *id = 0;
    return query_integer(store, QUERY_EXCLUSION_NEWEST, id, err, "i", characteristic) < 0 ? -1 : 0;
}
