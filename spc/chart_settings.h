#ifndef GEMBA_SPC_CHART_SETTINGS_H
#define GEMBA_SPC_CHART_SETTINGS_H

#include "spc/chart.h"
#include "spc/runlength.h"
#include "spc/sigma.h"

/* Z-MR: which points share a sigma. Runs and parts have an entry of `parts` each; constant and relative pool sigma over all. */
enum z_method { Z_BY_RUNS, Z_BY_PARTS, Z_CONSTANT, Z_RELATIVE };
struct chart_part {
    double center, sigma; /* of ln x for relative */
    double origin;        /* the first value: sums are taken relative to it */
    int64_t n, steps;     /* values, and moving ranges, that they come from */
    const char *why;      /* center or sigma is NAN */
};

struct chart_settings;
bool z_is_pooled(const struct chart_settings *settings); /* one sigma for all parts: constant and relative */

/* What a chart may be told beside its points. Start from chart_defaults. */
struct chart_settings {
    const struct sigma_estimator *sigma; /* NULL: the chart's own */
    bool published;                      /* d2 to 3 decimals, as printed tables have it */
    double alpha;                        /* probability limits: chance outside both of them; 0: 3 sigma */
    double center, spread;               /* given instead of calculated; NAN: calculated */
    double lambda, width;                /* EWMA: weight, and limits in its sigmas */
    double k, h, head;                   /* CUSUM: reference, decision interval, head start, in sigmas of the mean; about `target` or the centre */
    int span;                            /* moving average: subgroups in it, at most CHART_SPAN_MAX */
    double lsl, usl, target;             /* acceptance, pre-control; CUSUM's target; NAN: none */
    double accept, accept_alpha;         /* acceptance: fraction beyond a limit that is still accepted, and the chance to reject it */
    double reject, reject_beta;          /* ... or the fraction to be rejected and the chance to miss it; NAN: the former */
    double opportunities;                /* DPMO: chances for a defect in a unit */
    enum z_method z;
    const struct chart_part *parts; /* Z-MR; NULL: one part with the centre and sigma of all */
    int streams;                    /* group: how many there are */
};
extern const struct chart_settings chart_defaults;

/* chart_estimate with settings: exclusions, variable n, any estimator. */
struct chart_estimate chart_estimate_with(const struct spc_chart *chart, const struct subgroup *points, size_t count,
                                          const struct chart_settings *settings);
/* The same point by point, for tables too long to be held. can: the chart and its estimator need no more than sums. subgroups: of two or more. */
struct chart_sums {
    const struct chart_settings *settings;
    const struct sigma_estimator *estimator;
    struct sigma_input how;
    struct sigma_sums sigma;
    double origin, sum, values;
    size_t points;
    struct subgroup before;
    bool begun;
};
bool chart_sums_can(const struct spc_chart *chart, bool subgroups, const struct chart_settings *settings);
struct chart_sums chart_sums_begin(const struct spc_chart *chart, bool subgroups, const struct chart_settings *settings);
void chart_sums_add(struct chart_sums *sums, const struct subgroup *point);
struct chart_estimate chart_sums_estimate(const struct chart_sums *sums);

/* chart_judge with settings; process: what chart_estimate_with found, or what was given. O(1), but O(span) for the moving average. */
struct verdict chart_judge_with(struct chart_state *state, const struct spc_chart *chart, const struct spc_rule_set *rules,
                                const struct subgroup *point, const struct chart_estimate *process, const struct chart_settings *settings);
/* The rules that a chart goes by: its own (pre-control's, group's: streams.h), or those asked for. */
const struct spc_rule_set *chart_rules(const struct spc_chart *chart, const struct spc_rule_set *asked);
/* Those of them that mean something on a panel of the chart, by its place in verdict.plotted: bit i = rule i + 1. */
uint32_t chart_rules_applied(const struct spc_chart *chart, const struct spc_rule_set *asked, int panel);

/* A subgroup of an attribute or event chart. count: defectives, defects, or time (cases) since the last event; size: sample or area (1 without). */
struct subgroup chart_count(const struct spc_chart *chart, double count, double size, const struct chart_settings *settings);
bool chart_is_attribute(const struct spc_chart *chart);
bool chart_is_event(const struct spc_chart *chart);
bool chart_needs_whole_counts(const struct spc_chart *chart);
bool chart_is_share(const struct spc_chart *chart); /* counts defectives: its centre is a share; of other charts of counts it is a rate */
bool chart_is_laney(const struct spc_chart *chart);
/* The sigma that goes with a given centre on a chart of counts. */
double chart_rate_sigma(const struct spc_chart *chart, double center, const struct chart_settings *settings);
/* How the location chart is to be read: distances from its centre are zones; its values are measured ones; or they are in sigmas. */
bool chart_has_streams(const struct spc_chart *chart); /* group: points of many streams, streams.h */
bool chart_has_zones(const struct spc_chart *chart);
bool chart_goes_by_specification(const struct spc_chart *chart); /* its limits are the specification's: pre-control */
double chart_zone(const struct spc_chart *chart);                /* how wide they are, in sigmas: 1; of pre-control the half of the green, 1.5 */
bool chart_shows_values(const struct spc_chart *chart);
bool chart_is_in_sigmas(const struct spc_chart *chart);
bool chart_takes_alpha(const struct spc_chart *chart); /* limits by probability mean something on it */
/* Without signals its process is in control. Not so of run (no limits), acceptance and pre-control charts (limits from the specification). */
bool chart_tells_control(const struct spc_chart *chart);
const char *chart_third(const struct spc_chart *chart); /* name of the third chart ("R", "S"); NULL: none */

/* What a point shows depends on all points of the stage before it: EWMA, CUSUM. */
bool chart_remembers(const struct spc_chart *chart);
/* A state that goes on after a point whose verdict is known, for charts with a memory; what patterns remember must be judged again. The relative
 * variance of an EWMA is that of its limits, to some 1e-16. */
void chart_resume(struct chart_state *state, const struct spc_chart *chart, const struct verdict *shown, const struct chart_estimate *process,
                  const struct chart_settings *settings);

/* "EWMA lambda 0.2, 3 sigma; sigma MR/d2(2); rules nelson, points beyond only; constants exact": everything that another needs to get the same
 * digits. n: values in a point. Returns out. */
char *chart_words(const struct spc_chart *chart, const struct chart_settings *settings, const struct spc_rule_set *rules, int n, char *out,
                  size_t size);
/* Of these the part that says where the limits come from: "3 sigma", "lambda 0.2, 2.7 sigma". Returns out. */
char *chart_design_words(const struct spc_chart *chart, const struct chart_settings *settings, char *out, size_t size);
/* Mean number of points from one false alarm of the location chart to the next, the process being normal and its limits known: exact for CUSUM and
 * where only single points count, else from the set's own figure. With runs > 1 also what takes longer: EWMA (exact, milliseconds) and, for other
 * sets, a simulation. NAN with a reason. */
struct runlength chart_false_alarms(const struct spc_chart *chart, const struct chart_settings *settings, const struct spc_rule_set *rules, int runs);
/* The rule's words, true of the chart: its limits need not be 3 sigma. */
const char *chart_rule_words(const struct spc_chart *chart, const struct chart_settings *settings, const struct spc_rule_set *rules, int number);

/* The same after the mean has moved by `shift` sigma of the process, with n values in a point: what the design is worth. Exact by a chain over what
 * the rules remember where room (runlength_room bytes, or NULL) holds it, else simulated. */
struct runlength chart_run_length(const struct spc_chart *chart, const struct chart_settings *settings, const struct spc_rule_set *rules, int n,
                                  double shift, int runs, void *room, size_t bytes);

/* Centre and sigma of every part from points whose .part is filled (0 .. parts - 1); previous runs and parts as the method says.
 * Points must be of z-mr. Source: research on Minitab's Z-MR; Wheeler 1991. */
void chart_parts(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_part *parts, size_t n_parts);

#endif
