#ifndef GEMBA_REPORTS_REPORT_JOB_H
#define GEMBA_REPORTS_REPORT_JOB_H

#include "reports/render.h"

/* One report to make: which characteristics, which period, which files. */
struct report_job {
    const char *name; /* what its files are called */
    struct sheet sheet;
    const struct characteristic **characteristics; /* owned by the caller; `worst` reorders them */
    size_t count;
    const struct characteristic_group *const *groups; /* a page each, behind those of the characteristics */
    size_t n_groups;
    unsigned formats; /* bits of enum report_format */
    const char *path; /* a directory, a file when there is one format, or "-" */
    int64_t last;     /* > 0: only the newest points */
    long worst;       /* > 0: only so many, the worst first */
    bool strict;      /* say on standard error who misses its requirement */
    int missed;       /* result */
};

/* Bits of the formats named, "pdf" or "text"; 0 with an error that names the nearest. */
unsigned report_job_formats(const char *const *names, size_t count, struct error *err);
/* The format that a file's name asks for ("x.pdf"); 0 when none. */
unsigned report_job_format_of(const char *path);

int report_job_make(struct report_job *job, struct store *store, struct error *err);

#endif
