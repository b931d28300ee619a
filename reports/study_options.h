#ifndef GEMBA_REPORTS_STUDY_OPTIONS_H
#define GEMBA_REPORTS_STUDY_OPTIONS_H

#include "reports/study_msa.h"
#include "reports/study_table.h"

/* Subgroups up to this have ranges, larger ones standard deviations. */
enum { LARGE_SUBGROUP = 8 };

struct study_options {
    struct study_columns columns;
    const char *chart, *rules, *sigma, *constants, *baseline, *fit, *z, *natural, *config, *format, *output;
    struct plant *plant; /* of config, or NULL */
    struct chart_settings settings; /* as the options fill them; sigma, constants and z come from the names above */
    long span;
    double confidence;
    struct msa_options msa;
    const char *pareto;
    int64_t every_us;
};

/* All that does not depend on the table; an error names the option. The chart is chosen by the table's subgroups, once it is read. */
int study_request(const struct study_options *o, struct analysis_request *request, struct error *err);
int study_choose_chart(const struct study_options *o, const struct analysis_input *input, struct analysis_request *request, struct error *err);
/* The place of name in names; -1 with an error that names the nearest, or all. what: "chart". */
int study_choose(const char *what, const char *name, const char *const *names, size_t count, struct error *err);

#endif
