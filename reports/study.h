#ifndef GEMBA_REPORTS_STUDY_H
#define GEMBA_REPORTS_STUDY_H

#include "reports/period.h"
#include "storage/storage.h"

/* One characteristic in one period: what the chart screen, `gemba show chart` and every report format draw. Nothing is computed after this. */
struct study {
    const struct plant *plant;
    const struct characteristic *characteristic;
    struct period period;
    int64_t made_us;

    struct point *points; /* in order of time */
    size_t n_points;
    size_t signals;    /* points with a rule fired */
    size_t violations; /* points with a value beyond the specification */
    size_t excluded;
    bool stable;          /* judged against limits, and no signals */
    struct limits limits; /* in force at the end; id 0: none yet */

    double *values; /* good values, in order of time; */
    int64_t *times; /* ... and when */
    size_t n_values;
    int64_t bad_values; /* measurements with bad quality, left out */
    struct moments moments;
    struct within within;
    int64_t below, above;
    struct capability capability;
    enum requirement requirement;
    const char *index_used;   /* "Cpk" or "Ppk": what the requirement is judged by */
    const char *index_reason; /* why it is that one, in words */
    struct histogram histogram;
    char settings[320]; /* the printed settings line: sigma, constants, rules, limits source, confidence */
};

/* last > 0: only the newest `last` points of the period (and the values in them). */
int study_make(struct study **study, struct store *store, const struct plant *plant, const struct characteristic *characteristic,
               const struct period *period, int64_t last, struct error *err);
void study_free(struct study *study);

/* "rule 5: 2 of 3 beyond 2 sigma (Xbar)"; every rule that fired for the point, most severe first. Returns out. */
char *study_rule_words(const struct study *study, const struct point *point, char *out, size_t size);

#endif
