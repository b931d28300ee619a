/* What people decided and wrote, and the configurations that were live, against their lines in the audit chain: rows that were changed, added or
 * taken away by another program give themselves away. */
#include "storage/verify_private.h"

#include <stdio.h>
#include <string.h>

/* --- rows and lines that stand alone */

static const struct pairing {
    const char *table;
    enum query lost, unsaid; /* lines without their row, rows without their line (QUERY_COUNT: there are some of before the chain) */
} pairings[] = {
    {"limits", QUERY_LIMITS_LOST, QUERY_LIMITS_UNSAID},    {"exclusion", QUERY_EXCLUSION_LOST, QUERY_EXCLUSION_UNSAID},
    {"cause", QUERY_CAUSE_LOST, QUERY_CAUSE_UNSAID},       {"note", QUERY_NOTE_LOST, QUERY_NOTE_UNSAID},
    {"config_revision", QUERY_REVISION_LOST, QUERY_COUNT},
};

static int check_alone(struct verify *verify, const char *table, enum query query, const char *words, struct error *err)
{
    sqlite3_stmt *statement = query == QUERY_COUNT ? NULL : query_open(verify->store, query, err, "");
    if (!statement)
        return query == QUERY_COUNT ? 0 : -1;
    int more;
    while ((more = query_next(verify->store, statement, err)) == 1) {
        int64_t time_us, row;
        char object[160];
        query_row(statement, "iit", &time_us, &row, object, sizeof object);
        verify_find(verify, table, object, time_us, row, "%s", words);
    }
    sqlite3_finalize(statement);
    return more;
}

/* --- numbers of limits */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), n = strlen(end);
    return length >= n && !strcmp(text + length - n, end);
}

static int check_limits(struct verify *verify, struct error *err)
{
    sqlite3_stmt *statement = query_open(verify->store, QUERY_LIMITS_LINES, err, "");
    if (!statement)
        return -1;
    int more;
    while ((more = query_next(verify->store, statement, err)) == 1) {
        struct limits l = {0};
        char name[128], line[640], numbers[160], state[80], why[160], end[200];
        query_row(statement, "iittuddddt", &l.time_us, &l.id, name, sizeof name, line, sizeof line, &l.state, &l.center, &l.sigma, &l.lcl, &l.ucl,
                  l.why, sizeof l.why);
        snprintf(state, sizeof state, " -> %s, ", limits_state_name(l.state));
        snprintf(why, sizeof why, "; %s; ", l.why);
        snprintf(end, sizeof end, " -> %s", audit_limits(&l, numbers, sizeof numbers));
        if (!ends_with(line, end) || !strstr(line, state) || !strstr(line, why))
            verify_find(verify, "limits", name, l.time_us, l.id, "they are not what was decided: %s, '%.60s'; the chain says %.140s", numbers, l.why,
                        line);
        verify_step(verify);
    }
    sqlite3_finalize(statement);
    return more;
}

/* --- configurations */

/* One of before the chain has no line. */
static int check_revision(struct verify *verify, int64_t revision, int64_t time_us, int64_t hash, const char *text, struct error *err)
{
    char expected[AUDIT_REVISION], found[AUDIT_REVISION] = "", like[40];
    snprintf(like, sizeof like, "revision %lld,%%", (long long)revision);
    sqlite3_stmt *line = query_start(verify->store, QUERY_REVISION_LINE, err, "it", time_us, like);
    int known = line ? query_next(verify->store, line, err) : -1;
    if (known == 1)
        query_row(line, "t", found, sizeof found);
    if (line)
        query_end(line);
    if (known < 0 || !audit_revision(revision, text, expected, err))
        return -1;
    if (hash != revision_hash(text) || (known && strcmp(found, expected) != 0))
        verify_find(verify, "config_revision", NULL, time_us, revision, "the text of the configuration is not the one that was live");
    verify_step(verify);
    return 0;
}

static int check_revisions(struct verify *verify, struct error *err)
{
    sqlite3_stmt *statement = query_open(verify->store, QUERY_REVISIONS, err, "");
    if (!statement)
        return -1;
    int more;
    while ((more = query_next(verify->store, statement, err)) == 1) {
        int64_t revision, time_us, hash;
        query_row(statement, "iii", &revision, &time_us, &hash);
        const char *text = (const char *)sqlite3_column_text(statement, 3);
        if (check_revision(verify, revision, time_us, hash, text ? text : "", err)) {
            more = -1;
            break;
        }
    }
    sqlite3_finalize(statement);
    return more;
}

int verify_decisions(struct verify *verify, struct error *err)
{
    for (size_t i = 0; i < sizeof pairings / sizeof pairings[0]; i++)
        if (check_alone(verify, pairings[i].table, pairings[i].lost, "the audit chain tells of it, and it is not there as it was written", err) ||
            check_alone(verify, pairings[i].table, pairings[i].unsaid, "the audit chain does not tell of it", err))
            return -1;
    return check_limits(verify, err) || check_revisions(verify, err) ? -1 : 0;
}
