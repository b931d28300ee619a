#ifndef GEMBA_STORAGE_VERIFY_PRIVATE_H
#define GEMBA_STORAGE_VERIFY_PRIVATE_H

#include "storage/private.h"

/* One run of one check; verify.c has the table. */
struct verify {
    struct store *store;
    const struct verify_hooks *hooks;
    struct verify_outcome *outcome;
    int64_t total, told_us;
};

/* What is wrong at a place of a table. series may be NULL. */
void verify_find(struct verify *verify, const char *table, const char *series, int64_t time_us, int64_t row, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
/* One more was looked at. */
void verify_step(struct verify *verify);

/* A characteristic that the store knows. */
struct verify_series {
    int64_t id, dropped_us; /* its values before that instant were dropped by retention */
    char name[128];
};
int verify_each_series(struct verify *verify, int (*check)(struct verify *verify, const struct verify_series *series, struct error *err),
                       struct error *err);
/* Two sums of the same numbers: rounding differs with their order, never by more. scale: of what was added up. */
bool verify_agree(double a, double b, double scale);

/* Checks (verify_decisions.c, verify_values.c, verify_chunks.c): -1 with err when one could not be carried out. */
int verify_decisions(struct verify *verify, struct error *err);
int verify_journal(struct verify *verify, struct error *err);
int verify_poll_chunks(struct verify *verify, struct error *err);
int verify_chunks(struct verify *verify, struct error *err);
int verify_points(struct verify *verify, struct error *err);
int verify_standings(struct verify *verify, struct error *err);

#endif
