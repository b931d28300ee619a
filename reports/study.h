#ifndef GEMBA_REPORTS_STUDY_H
#define GEMBA_REPORTS_STUDY_H

#include "reports/course.h"
#include "reports/last_subgroups.h"
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
    struct last_subgroups last; /* full ones, that count; in values */
    int64_t bad_values;         /* measurements with bad quality, left out */
    int64_t coarse; /* study_figures: of all measurements, those whose values were dropped and whose chunk cannot tell them apart (summary.h) */
    struct moments moments;
    struct within within;
    int64_t below, above;
    struct capability capability;
    enum requirement requirement;
    const char *index_used;   /* "Cpk" or "Ppk": what the requirement is judged by */
    const char *index_reason; /* why it is that one, in words */
    struct histogram histogram;
    char settings[480];            /* the printed settings line: chart, sigma, constants, rules and their false alarms, limits source, confidence */
    struct course course;          /* once study_course was called */
    struct normality normality;    /* Anderson-Darling, once study_fit was called */
    struct fit fit;                /* of the values, where the characteristic names a distribution (study_fit); .distribution NULL: normal */
    struct shape_capability shape; /* by that fit */
    double *sorted;                /* values, ascending, once study_fit was called */
};

/* last > 0: only the newest `last` points of the period (and the values in them). */
int study_make(struct study **study, struct store *store, const struct plant *plant, const struct characteristic *characteristic,
               const struct period *period, int64_t last, struct error *err);
/* The figures alone, from the store's sums (store_summary) and equal to study_make's to 1e-12: points, values, times, limits, histogram and settings
 * are not there, but n_points and n_values count. Where a distribution is to be fitted all values are read, and it is fitted. */
int study_figures(struct study **study, struct store *store, const struct plant *plant, const struct characteristic *characteristic,
                  const struct period *period, struct error *err);
void study_free(struct study *study);
/* Its capability under the names that it may bear: no Cp and no Cpk of a process that is not known to be in control. Reasons live as the study does.
 */
struct capability study_capability(const struct study *study);
/* The index that the requirement is judged by: Cpk, or Ppk of the values or of their fitted distribution. */
const struct index *study_index(const struct study *study);

/* The distribution that the characteristic names, or the best one, fitted to the values: capability is then judged by it. Costs more than all the
 * rest, so it is asked for where capability is shown. */
void study_fit(struct study *study);
/* When the mean changed, what happened near that time, where it drifts to, and the notes of the points' time. */
int study_course(struct study *study, struct store *store, struct error *err);
/* Values go by a fitted distribution instead of the normal one. */
bool study_is_fitted(const struct study *study);
/* "normal: A2 0.31, p = 0.54", "lognormal: A2 0.28, p > 0.2; normal: A2 3.1, p < 0.001". Returns out. */
char *study_fit_words(const struct study *study, char *out, size_t size);

/* Panels of a chart: what is plotted in each (verdict.plotted), its limits and the rules that fired there. */
enum { STUDY_PANELS = 3 };
struct study_panel {
    const char *name; /* "Xbar" */
    int place;        /* in verdict.plotted */
    int twin;         /* the panel that is drawn into it, the smallest of streams into the largest; -1: none */
    bool inside;      /* it is such a one */
};
int study_panels(const struct spc_chart *chart, struct study_panel panels[STUDY_PANELS]);
/* "Xbar"; "Max and Min". Returns out. */
char *study_panel_title(const struct study_panel *panels, int panel, char *out, size_t size);
/* Of group: whose the value of a panel is, "spindle-3"; brief: without what the names of all streams begin with, "3". "" of other charts. */
const char *study_stream(const struct study *study, const struct point *point, int place, bool brief);
const struct limit_line *study_line(const struct point *point, int place);
uint32_t study_rules(const struct point *point, int place);
/* The rules that the point was judged by. */
const struct spc_rule_set *study_rule_set(const struct study *study, const struct point *point);
/* "subgroups of 5", "samples of 200", "single values". Returns out. */
char *study_sampling(const struct characteristic *characteristic, char *out, size_t size);
/* "false alarm 1 in 92 points", or why nobody can say. Computed once for a set. Returns out. */
char *study_false_alarms(const struct characteristic *characteristic, char *out, size_t size);

/* "a shift of 1 sigma signals after 4.5 points"; "" where that is not known. Returns out. */
char *study_detection(const struct characteristic *characteristic, char *out, size_t size);

/* "rule 5: 2 of 3 beyond 2 sigma (Xbar)"; every rule that fired for the point, most severe first. Returns out. */
char *study_rule_words(const struct study *study, const struct point *point, char *out, size_t size);

#endif
