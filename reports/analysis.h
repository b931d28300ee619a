#ifndef GEMBA_REPORTS_ANALYSIS_H
#define GEMBA_REPORTS_ANALYSIS_H

#include "reports/spool.h"

#include "config/config.h"
#include "spc/spc.h"

#include <stdio.h>

/* `gemba study`: one table of values, without a plant. */

/* What is asked. */
struct analysis_request {
    const struct spc_chart *chart;
    const struct spc_rule_set *rules;
    struct chart_settings settings;
    struct specification specification;
    const char *natural;                /* "lsl", "usl": a limit that nothing can pass, and no index goes by; or NULL */
    long baseline_first, baseline_last; /* points, from 1; 0: all */
    const char *fit;                    /* distribution's id, "auto", or NULL */
    double confidence;
    int64_t every_us; /* a point is made every so long; 0: not said */
};

/* Values in the order of their subgroups; subgroup i is values[starts[i]] .. values[starts[i + 1]]. A count has one value and a size. */
struct analysis_input {
    double *values, *sizes; /* sizes NULL: 1 */
    size_t *starts;         /* points + 1 */
    size_t points;
    int *parts, *stages; /* of each point; NULL: one */
    const char **labels; /* of each point; NULL: none */
    /* Where the cell of a point stands, its size's where that is asked, in words for errors; NULL: nobody knows. */
    char *(*place)(const void *table, size_t point, bool size, char *out, size_t room);
    const void *table;
    bool *excluded;
    size_t n_parts;
    int n_streams, stream_n; /* group: stream_n places for each of n_streams: values[starts[i] + s * stream_n + k], NAN where nothing came; else 0 */
    const char **stream_names;
    int vector_p, vector_n; /* t2, mewma: columns, and rows in a subgroup: values[starts[i] + k * vector_p + v]; else 0 */
    const char **vector_names;
    struct spool *spool; /* instead of all these, when there are too many values to hold: subgroups of `group` in a row */
    size_t group;
};

enum { ANALYSIS_WARNINGS = 12, ANALYSIS_TESTS = 8, ANALYSIS_SHIFTS = 6, ANALYSIS_CPM = 5 };
struct analysis {
    struct analysis_request request;
    const struct analysis_input *input;
    const struct spc_rule_set *rules; /* that the chart goes by */
    struct subgroup *points;          /* NULL when the values are not held */
    struct verdict *verdicts;
    size_t n_points, signals;
    struct verdict last;            /* of the newest point with limits */
    double low[3], high[3];         /* of what each chart shows; low above high: nothing */
    struct chart_estimate estimate; /* of the last stage */
    size_t fewest;                  /* counted points that the limits of a stage are calculated from; SIZE_MAX: none are */
    struct chart_part *parts;
    double *before;          /* group, while points are made: what each stream was */
    double *values, *sorted; /* that count: neither missing nor excluded */
    size_t n_values;
    struct moments moments;
    struct capability capability;
    struct index cpm;
    struct normality normality[ANALYSIS_TESTS];
    struct fit *fits; /* best first */
    size_t n_fits;
    struct shape_capability shape, by_z; /* of fits[0]: by percentiles, by Z-score */
    struct index ccpk;
    struct between_within both; /* sigma between and within subgroups together; why where there are none */
    struct time_model model;
    size_t *trend_points; /* places of the points that the trend was found in; NULL: not asked (values that are not held) */
    size_t n_trend;
    struct trend trend; /* of their means; places in it are those in trend_points */
    struct grubbs outlier;
    struct machine_capability machine;
    struct index cpm_variants[ANALYSIS_CPM];
    struct runlength design_length[ANALYSIS_SHIFTS]; /* after shifts of the mean */
    struct vector_design design;                     /* t2, mewma */
    double *shown;                                   /* ... vector_p of each point: what was judged */
    double false_alarm; /* points until one by chance, of the location chart with these rules on normal values; NAN: not known for this chart */
    char warnings[ANALYSIS_WARNINGS][200];
    int n_warnings;
};

/* Errors: a chart that cannot take these data. input must outlive the analysis. Where input has a spool, memory is bounded: the points are made
 * and judged anew each time they are asked for, and what must see all values at once (tests of normality, fits) is absent. */
int analysis_make(struct analysis *analysis, const struct analysis_request *request, const struct analysis_input *input, struct error *err);
void analysis_free(struct analysis *analysis);
int analysis_stream(struct analysis *analysis, struct error *err); /* its part for values that are not held */
/* What indices are made from: without the natural bound. */
struct specification analysis_specification(const struct analysis *analysis);
/* "Cpk" where the process is stable, else "Ppk"; *why says the reason in words, freed by nobody. */
const char *analysis_index(const struct analysis *analysis, char *why, size_t size);
void analysis_note(struct analysis *analysis, const struct verdict *verdict); /* counts signals, remembers limits and ranges */
size_t analysis_value_count(const struct analysis *analysis, size_t i);       /* of a point: of streams those that came, where it counts */
void analysis_doubt_limits(struct analysis *analysis);                        /* the estimate of a stage: none, or from few points */
void analysis_warn(struct analysis *analysis, const char *format, ...) __attribute__((format(printf, 2, 3)));
void analysis_capability(struct analysis *analysis, const struct within_estimate *within, int64_t below, int64_t above);
void analysis_vectors(struct analysis *analysis); /* its part for t2 and mewma */
/* Of a signal of t2 or mewma: what each column adds, most first, and how many of them are to be named. Returns how many columns; 0 where there is no
 * such signal. */
int analysis_blame(const struct analysis *analysis, size_t i, struct t2_part parts[MULTIVARIATE_MAX], int *named);
/* "T2 of 3 columns, n 1, alpha 0.0081; covariance of the vectors". Returns out. */
char *analysis_vector_words(const struct analysis *analysis, char *out, size_t size);
/* "dia (p 0.0001), length (p 0.02)": the first, and those that are unlikely too. Returns out. */
char *analysis_blame_words(const struct analysis *analysis, size_t i, char *out, size_t size);
void analysis_beyond(struct analysis *analysis); /* its part for trend, outlier, machine study and run lengths, and how they are shown */
struct json;
void analysis_beyond_json(struct json *json, const struct analysis *analysis);
void analysis_variants_json(struct json *json, const struct analysis *analysis); /* in the object of capability */
void analysis_paragraph(FILE *stream, const char *head, const char *words);      /* wrapped at 80 columns, under the end of head */
void analysis_beyond_text(FILE *stream, const struct analysis *analysis);
bool analysis_measures(const struct analysis *analysis); /* values are measured: capability and normality mean something */

/* One of the up to three charts of an analysis. */
struct analysis_panel {
    const char *key, *name; /* "location", "Xbar" */
    int place;              /* in verdict.plotted */
    int with;               /* place of the chart that it is drawn together with: the largest and the smallest of streams; -1: alone */
};
int analysis_panels(const struct analysis *analysis, struct analysis_panel panels[3]);
const struct limit_line *analysis_panel_line(const struct analysis_panel *panel, const struct verdict *verdict);
uint32_t analysis_panel_rules(const struct analysis_panel *panel, const struct verdict *verdict);

/* group: the stream that a panel shows at a point, "spindle-3"; "" of other charts, and unknown. several: others are exactly as large. */
const char *analysis_stream_name(const struct analysis *analysis, const struct analysis_panel *panel, const struct subgroup *point, bool *several);
/* How often each stream was the largest, the smallest and the widest, alone, at points that count. */
struct analysis_lead {
    size_t largest, smallest, widest;
};
void analysis_leads(const struct analysis *analysis, struct analysis_lead *leads); /* leads[n_streams] */

/* Every point in turn, held or not; ends when visit says false. */
typedef bool analysis_visit(void *context, size_t i, const struct subgroup *point, const struct verdict *verdict);
void analysis_each(const struct analysis *analysis, analysis_visit *visit, void *context);

/* By place, where points are held. */
const struct limit_line *analysis_line(const struct analysis *analysis, const struct analysis_panel *panel, size_t i);
uint32_t analysis_rules(const struct analysis *analysis, const struct analysis_panel *panel, size_t i);
double analysis_value(const struct analysis *analysis, const struct analysis_panel *panel, size_t i);
/* The settings line: estimator, constants, rules, limits. */
char *analysis_settings(const struct analysis *analysis, char *out, size_t size);

/* The renderings; errors show when the stream is closed. */
void analysis_text(FILE *stream, const struct analysis *analysis);
void analysis_json(FILE *stream, const struct analysis *analysis);
void analysis_csv(FILE *stream, const struct analysis *analysis);
/* format "pdf", "svg" or "png". */
int analysis_picture(FILE *stream, const struct analysis *analysis, const char *format, struct error *err);

#endif
