#include "storage/group_standing.h"
#include "storage/private.h"

#include <string.h>

int record_group_standing(struct store *store, const struct group_standing *s, int p, struct error *err)
{
    struct group_part waiting[GROUP_WAITING];
    size_t count = 0, vector = (size_t)p * sizeof(double);
    for (int i = 0; i < GROUP_WAITING; i++)
        if (s->waiting[i].there)
            waiting[count++] = s->waiting[i];
    return query_run(store, QUERY_GROUP_STANDING_SET, err, "itiiiidiittibbb", s->group, s->settings, s->first_point, s->model, s->stage_point,
                     s->exclusion, s->memory.steps, s->incomplete, s->incomplete_us, s->lacks, s->no_model, s->arrivals, (const void *)s->memory.z,
                     vector, (const void *)s->vectors, (size_t)s->n_vectors * vector, (const void *)waiting, count * sizeof waiting[0]);
}

/* Bytes of a column into out[most]; how many there were, or -1: too many, or no multiple of `unit`. */
static int take_bytes(sqlite3_stmt *statement, int column, void *out, size_t most, size_t unit)
{
    size_t bytes = (size_t)sqlite3_column_bytes(statement, column);
    if (bytes > most || bytes % unit)
        return -1;
    if (bytes)
        memcpy(out, sqlite3_column_blob(statement, column), bytes);
    return (int)(bytes / unit);
}

int store_group_standing(struct store *store, int64_t group, int p, struct group_standing *s, struct error *err)
{
    bool whole = true;
    *s = (struct group_standing){0};
    sqlite3_stmt *statement = query_start(store, QUERY_GROUP_STANDING, err, "i", group);
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1) {
        query_row(statement, "itiiiidiitti", &s->group, s->settings, sizeof s->settings, &s->first_point, &s->model, &s->stage_point, &s->exclusion,
                  &s->memory.steps, &s->incomplete, &s->incomplete_us, s->lacks, sizeof s->lacks, s->no_model, sizeof s->no_model, &s->arrivals);
        int values = take_bytes(statement, 13, s->vectors, sizeof s->vectors, sizeof(double));
        s->n_vectors = values / p;
        whole = values >= 0 && take_bytes(statement, 12, s->memory.z, sizeof s->memory.z, sizeof(double)) >= 0 &&
                take_bytes(statement, 14, s->waiting, sizeof s->waiting, sizeof s->waiting[0]) >= 0;
    }
    query_end(statement);
    if (found == 0)
        return error_set(err, ERR_NOT_FOUND, "no values of the group have come yet");
    if (!whole)
        return error_set(err, ERR_CORRUPT, "%s: the standing of group %lld is damaged", store->path, (long long)group);
    return found < 0 ? -1 : 0;
}
