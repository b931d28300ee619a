/* Who did what: rows that are only ever added, each sealed by the SHA-256 of its own fields and of the seal before. */
#include "storage/private.h"

#include <endian.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void digest_integer(EVP_MD_CTX *digest, int64_t value)
{
    uint64_t bytes = htole64((uint64_t)value);
    EVP_DigestUpdate(digest, &bytes, sizeof bytes);
}

/* Lengths go with the texts: no letter can move from one field to the next unseen. */
static void digest_text(EVP_MD_CTX *digest, const char *text)
{
    size_t length = strlen(text);
    digest_integer(digest, (int64_t)length);
    EVP_DigestUpdate(digest, text, length);
}

int audit_seal(const struct audit_row *row, const unsigned char before[AUDIT_SEAL], unsigned char seal[AUDIT_SEAL], struct error *err)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    unsigned size = 0;
    if (!digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(digest);
        return error_set(err, ERR_INTERNAL, "the audit chain cannot go on: libcrypto gives no SHA-256");
    }
    EVP_DigestUpdate(digest, before, AUDIT_SEAL);
    digest_integer(digest, row->id);
    digest_integer(digest, row->time_us);
    digest_text(digest, row->who);
    digest_text(digest, row->what);
    digest_text(digest, row->object);
    digest_text(digest, row->text);
    bool done = EVP_DigestFinal_ex(digest, seal, &size) == 1 && size == AUDIT_SEAL;
    EVP_MD_CTX_free(digest);
    return done ? 0 : error_set(err, ERR_INTERNAL, "the audit chain cannot go on: libcrypto fails at SHA-256");
}

const char *audit_revision(int64_t revision, const char *text, char out[AUDIT_REVISION], struct error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(text, strlen(text), digest, &size, EVP_sha256(), NULL) != 1 || size != AUDIT_SEAL) {
        error_set(err, ERR_INTERNAL, "the configuration cannot be kept: libcrypto gives no SHA-256");
        return NULL;
    }
    int used = snprintf(out, AUDIT_REVISION, "revision %lld, SHA-256 ", (long long)revision);
    for (unsigned i = 0; i < size; i++)
        used += snprintf(out + used, AUDIT_REVISION - (size_t)used, "%02x", digest[i]);
    return out;
}

static void take_seal(sqlite3_stmt *statement, int column, unsigned char seal[AUDIT_SEAL])
{
    const void *stored = sqlite3_column_blob(statement, column);
    memset(seal, 0, AUDIT_SEAL);
    if (stored && sqlite3_column_bytes(statement, column) == AUDIT_SEAL)
        memcpy(seal, stored, AUDIT_SEAL);
}

int audit_newest(struct store *store, int64_t *id, unsigned char seal[AUDIT_SEAL], struct error *err)
{
    *id = 0;
    memset(seal, 0, AUDIT_SEAL);
    sqlite3_stmt *statement = query_start(store, QUERY_AUDIT_NEWEST, err, "");
    if (!statement)
        return -1;
    int found = query_next(store, statement, err);
    if (found == 1) {
        *id = sqlite3_column_int64(statement, 0);
        take_seal(statement, 1, seal);
    }
    query_end(statement);
    return found < 0 ? -1 : 0;
}

int audit_add(struct store *store, int64_t time_us, const char *who, const char *what, const char *object, const char *text, struct error *err)
{
    struct audit_row row = {.time_us = time_us, .who = who, .what = what, .object = object, .text = text};
    unsigned char before[AUDIT_SEAL], seal[AUDIT_SEAL];
    if (audit_newest(store, &row.id, before, err))
        return -1;
    row.id++;
    if (audit_seal(&row, before, seal, err))
        return -1;
    return query_run(store, QUERY_AUDIT_ADD, err, "iittttb", row.id, time_us, who, what, object, text, (const void *)seal, (size_t)AUDIT_SEAL);
}

int record_import(struct store *store, int64_t time_us, const char *who, const char *file, int64_t rows, struct error *err)
{
    char text[64];
    snprintf(text, sizeof text, "a file of %lld row%s", (long long)rows, rows == 1 ? "" : "s");
    return audit_add(store, time_us, who, "import", file, text, err);
}

static const char *text_of(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}

int audit_each(struct store *store, int (*each)(const struct audit_row *row, const unsigned char *seal, void *context), void *context,
               struct error *err)
{
    sqlite3_stmt *statement = query_open(store, QUERY_AUDIT_ALL, err, "");
    if (!statement)
        return -1;
    int more;
    while ((more = query_next(store, statement, err)) == 1) {
        struct audit_row row = {.id = sqlite3_column_int64(statement, 0),
                                .time_us = sqlite3_column_int64(statement, 1),
                                .who = text_of(statement, 2),
                                .what = text_of(statement, 3),
                                .object = text_of(statement, 4),
                                .text = text_of(statement, 5)};
        unsigned char seal[AUDIT_SEAL];
        take_seal(statement, 6, seal);
        if (each(&row, seal, context)) {
            more = -1;
            break;
        }
    }
    sqlite3_finalize(statement);
    return more;
}

/* Rows of before the chain: read first, for a table that is written while it is read moves under the reader. */
struct old_row {
    int64_t id;
    unsigned char seal[AUDIT_SEAL];
};
struct old_rows {
    struct old_row *items;
    size_t count, room;
    struct error *err;
};

static int seal_old(const struct audit_row *row, const unsigned char *seal, void *context)
{
    struct old_rows *rows = context;
    static const unsigned char zeroes[AUDIT_SEAL];
    (void)seal;
    memory_grow((void **)&rows->items, &rows->room, rows->count, sizeof *rows->items);
    struct old_row *old = &rows->items[rows->count];
    old->id = row->id;
    if (audit_seal(row, rows->count ? rows->items[rows->count - 1].seal : zeroes, old->seal, rows->err))
        return -1;
    rows->count++;
    return 0;
}

int audit_seal_old(struct store *store, struct error *err)
{
    struct old_rows rows = {.err = err};
    int failed = audit_each(store, seal_old, &rows, err);
    for (size_t i = 0; i < rows.count && !failed; i++)
        failed = query_run(store, QUERY_AUDIT_SEAL, err, "ib", rows.items[i].id, (const void *)rows.items[i].seal, (size_t)AUDIT_SEAL);
    free(rows.items);
    return failed;
}
