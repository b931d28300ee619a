#ifndef GEMBA_REPORTS_RENDER_H
#define GEMBA_REPORTS_RENDER_H

#include "reports/group_study.h"
#include "reports/study.h"

#include <stdio.h>

/* What a report is, beside its studies: the head of every page. */
struct sheet {
    const struct plant *plant;
    const char *name;     /* the report's; "" when made ad hoc */
    const char *customer; /* "" when there is none */
    struct period period;
    int64_t made_us;
    int pages; /* one a characteristic, then one a group */
};

/* A format of `gemba report`: adding one is one row of render_formats and its functions. The pages come one by one, so that a report of many
 * characteristics holds one study at a time. Errors on the stream show when it is closed (output_file_commit). */
struct render_format {
    enum report_format format;
    const char *name, *suffix; /* "text", "txt" */
    bool printable;            /* may go to a terminal */
    void *(*begin)(FILE *stream, const struct sheet *sheet);
    void (*page)(void *rendering, const struct study *study, int number); /* number from 1 */
    void (*group)(void *rendering, const struct group_study *study, int number);
    int (*end)(void *rendering, struct error *err);                       /* frees */
};
enum { RENDER_FORMATS = 3 };
extern const struct render_format render_formats[RENDER_FORMATS];

void *text_page_begin(FILE *stream, const struct sheet *sheet);
void text_page(void *rendering, const struct study *study, int number);
void text_group_page(void *rendering, const struct group_study *study, int number);
int text_page_end(void *rendering, struct error *err);

void *csv_page_begin(FILE *stream, const struct sheet *sheet);
void csv_page(void *rendering, const struct study *study, int number);
void csv_group_page(void *rendering, const struct group_study *study, int number);
int csv_page_end(void *rendering, struct error *err);

void *pdf_begin(FILE *stream, const struct sheet *sheet);
void pdf_page(void *rendering, const struct study *study, int number);
void pdf_group_page(void *rendering, const struct group_study *study, int number);
int pdf_end(void *rendering, struct error *err);

#endif
