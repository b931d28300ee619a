#ifndef GEMBA_STORAGE_VERIFY_H
#define GEMBA_STORAGE_VERIFY_H

#include "storage/store.h"

/* Whether what is stored is whole and agrees with itself. Only reads; each check sees the store as it was at one moment. */

/* One thing that is wrong, and where: what is not known is "" or 0. */
struct verify_finding {
    const char *check; /* "audit" */
    char table[64]; /* "measurement" */
    char series[128];  /* "bore-dia", "gauge-7" */
    int64_t time_us, row;
    char text[320];
};

struct verify_hooks {
    void (*finding)(const struct verify_finding *finding, void *context);
    /* Several times a second while a check runs; total 0: unknown. NULL: not told. */
    void (*progress)(const char *check, int64_t done, int64_t total, void *context);
    void *context;
};

/* What one check did. */
struct verify_outcome {
    const char *check, *words;
    int64_t examined, findings;
    double seconds;
};

/* The checks in their order. */
size_t verify_count(void);
const char *verify_name(size_t check);
/* Runs one. -1 when it could not be carried out; a damaged file is a finding. */
int verify_run(struct store *store, size_t check, const struct verify_hooks *hooks, struct verify_outcome *outcome, struct error *err);

/* The newest line of the audit chain, whose seal vouches for all before it: kept elsewhere, it shows a chain that was written anew.
 * seal_hex: 64 digits; "" and number 0 when there is no line. */
int verify_audit_head(struct store *store, int64_t *number, char seal_hex[65], struct error *err);
/* The seal that a line carries; "" when there is no such line. */
int verify_audit_line(struct store *store, int64_t number, char seal_hex[65], struct error *err);

#endif
