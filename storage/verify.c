/* The checks of a store, one row each, and those that SQLite or the audit chain answer; verify_values.c has those that read values. */
#include "storage/verify.h"

#include "storage/verify_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- telling */

static void tell(struct verify *verify)
{
    int64_t now_us = clock_monotonic_us();
    if (!verify->hooks->progress || now_us - verify->told_us < SECOND_US / 4)
        return;
    verify->told_us = now_us;
    verify->hooks->progress(verify->outcome->check, verify->outcome->examined, verify->total, verify->hooks->context);
}

void verify_step(struct verify *verify)
{
    if ((++verify->outcome->examined & 0xfff) == 0)
        tell(verify);
}

void verify_find(struct verify *verify, const char *table, const char *series, int64_t time_us, int64_t row, const char *format, ...)
{
    struct verify_finding finding = {.check = verify->outcome->check, .time_us = time_us, .row = row};
    snprintf(finding.table, sizeof finding.table, "%s", table);
    snprintf(finding.series, sizeof finding.series, "%s", series ? series : "");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding.text, sizeof finding.text, format, arguments);
    va_end(arguments);
    verify->outcome->findings++;
    verify->hooks->finding(&finding, verify->hooks->context);
}

/* --- the file as SQLite sees it */

static int still_working(void *context)
{
    tell(context);
    return 0;
}

static int check_file(struct verify *verify, struct error *err)
{
    struct store *store = verify->store;
    sqlite3_stmt *statement = query_open(store, QUERY_INTEGRITY, err, "");
    if (!statement)
        return -1;
    sqlite3_progress_handler(store->db, 1000000, still_working, verify);
    int more;
    while ((more = query_next(store, statement, err)) == 1) {
        const char *words = (const char *)sqlite3_column_text(statement, 0);
        if (words && strcmp(words, "ok") != 0)
            verify_find(verify, "", NULL, 0, 0, "%s", words);
    }
    sqlite3_progress_handler(store->db, 0, NULL, NULL);
    sqlite3_finalize(statement);
    int64_t pages = 0;
    if (more == 0 && query_integer(store, QUERY_PAGE_COUNT, &pages, err, "") == 1)
        verify->outcome->examined = pages;
    return more;
}

static int check_references(struct verify *verify, struct error *err)
{
    sqlite3_stmt *statement = query_open(verify->store, QUERY_REFERENCES, err, "");
    if (!statement)
        return -1;
    int more;
    char table[64], parent[64];
    while ((more = query_next(verify->store, statement, err)) == 1) {
        int64_t row;
        query_row(statement, "tit", table, sizeof table, &row, parent, sizeof parent);
        verify_find(verify, table, NULL, 0, row, "it names a row of %s that is not there", parent);
    }
    sqlite3_finalize(statement);
    return more;
}

/* --- the audit chain */

struct chain {
    struct verify *verify;
    struct error *err;
    int64_t last;
    unsigned char before[AUDIT_SEAL];
};

static int check_link(const struct audit_row *row, const unsigned char *seal, void *context)
{
    struct chain *chain = context;
    unsigned char expected[AUDIT_SEAL];
    if (row->id != chain->last + 1)
        verify_find(chain->verify, "audit", row->object, row->time_us, row->id, "%lld line%s before it %s missing",
                    (long long)(row->id - chain->last - 1), row->id - chain->last == 2 ? "" : "s", row->id - chain->last == 2 ? "is" : "are");
    if (audit_seal(row, chain->before, expected, chain->err))
        return -1;
    if (memcmp(seal, expected, AUDIT_SEAL) != 0)
        verify_find(chain->verify, "audit", row->object, row->time_us, row->id,
                    "its seal does not fit: the line '%.40s' of %.31s, or the seal before it, was changed after it was written", row->what, row->who);
    chain->last = row->id;
    memcpy(chain->before, seal, AUDIT_SEAL);
    verify_step(chain->verify);
    return 0;
}

static int check_audit(struct verify *verify, struct error *err)
{
    struct chain chain = {.verify = verify, .err = err};
    int64_t newest;
    unsigned char seal[AUDIT_SEAL];
    if (audit_each(verify->store, check_link, &chain, err) || audit_newest(verify->store, &newest, seal, err))
        return -1;
    if (newest > chain.last)
        verify_find(verify, "audit", NULL, 0, newest, "the newest %lld line%s missing: there was a line %lld", (long long)(newest - chain.last),
                    newest - chain.last == 1 ? " is" : "s are", (long long)newest);
    return 0;
}

static void seal_text(const unsigned char seal[AUDIT_SEAL], char hex[65])
{
    for (int i = 0; i < AUDIT_SEAL; i++)
        snprintf(hex + (size_t)i * 2, 3, "%02x", seal[i]);
}

int verify_audit_head(struct store *store, int64_t *number, char seal_hex[65], struct error *err)
{
    unsigned char seal[AUDIT_SEAL];
    seal_hex[0] = '\0';
    if (audit_newest(store, number, seal, err))
        return -1;
    if (*number)
        seal_text(seal, seal_hex);
    return 0;
}

int verify_audit_line(struct store *store, int64_t number, char seal_hex[65], struct error *err)
{
    seal_hex[0] = '\0';
    sqlite3_stmt *statement = query_start(store, QUERY_AUDIT_LINE, err, "i", number);
    int found = statement ? query_next(store, statement, err) : -1;
    if (found == 1 && sqlite3_column_bytes(statement, 0) == AUDIT_SEAL)
        seal_text(sqlite3_column_blob(statement, 0), seal_hex);
    if (statement)
        query_end(statement);
    return found < 0 ? -1 : 0;
}

/* --- the table */

static const struct check {
    const char *name, *words;
    int (*run)(struct verify *verify, struct error *err);
    enum query total;
} checks[] = {
    {"file", "pages, rows and indexes of the database file", check_file, QUERY_COUNT},
    {"references", "rows that name rows of other tables", check_references, QUERY_COUNT},
    {"audit", "lines of the audit chain, each sealed with the one before", check_audit, QUERY_COUNT},
    {"decisions", "limits and configurations against what the audit chain tells", verify_decisions, QUERY_COUNT},
    {"journal", "polls that can be unpacked", verify_journal, QUERY_JOURNAL_COUNT},
    {"polls", "packed polls: checksums and spans", verify_poll_chunks, QUERY_COUNT},
    {"chunks", "packed values: checksums and figures", verify_chunks, QUERY_CHUNK_COUNT},
    {"points", "points and the values they were made of", verify_points, QUERY_POINT_COUNT},
    {"standings", "figures of each characteristic against its values", verify_standings, QUERY_MEASUREMENT_COUNT},
};

size_t verify_count(void)
{
    return sizeof checks / sizeof checks[0];
}

const char *verify_name(size_t check)
{
    return checks[check].name;
}

int verify_run(struct store *store, size_t number, const struct verify_hooks *hooks, struct verify_outcome *outcome, struct error *err)
{
    const struct check *check = &checks[number];
    *outcome = (struct verify_outcome){.check = check->name, .words = check->words};
    struct verify verify = {.store = store, .hooks = hooks, .outcome = outcome};
    int64_t begun_us = clock_monotonic_us();
    if (check->total != QUERY_COUNT && query_integer(store, check->total, &verify.total, NULL, "") != 1)
        verify.total = 0;
    struct error why = {0};
    int failed = store_snapshot_begin(store, &why);
    if (!failed) {
        failed = check->run(&verify, &why);
        store_snapshot_end(store);
    }
    outcome->seconds = (double)(clock_monotonic_us() - begun_us) / (double)SECOND_US;
    if (failed && why.code == ERR_CORRUPT) {
        verify_find(&verify, "", NULL, 0, 0, "%s", why.text);
        return 0;
    }
    if (failed && err)
        *err = why;
    return failed ? -1 : 0;
}
