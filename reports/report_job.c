#include "reports/report_job.h"
#include "reports/facts.h"
#include "reports/output.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const struct render_format render_formats[RENDER_FORMATS] = {
    {REPORT_TEXT, "text", "txt", true, text_page_begin, text_page, text_group_page, text_page_end},
    {REPORT_CSV, "csv", "csv", true, csv_page_begin, csv_page, csv_group_page, csv_page_end},
    {REPORT_PDF, "pdf", "pdf", false, pdf_begin, pdf_page, pdf_group_page, pdf_end},
};

unsigned report_job_formats(const char *const *names, size_t count, struct error *err)
{
    const char *known[RENDER_FORMATS];
    unsigned formats = 0;
    for (int k = 0; k < RENDER_FORMATS; k++)
        known[k] = render_formats[k].name;
    for (size_t i = 0; i < count; i++) {
        unsigned bit = 0;
        for (int k = 0; k < RENDER_FORMATS; k++)
            if (!strcmp(names[i], known[k]))
                bit = render_formats[k].format;
        if (!bit) {
            const char *nearest = text_nearest(names[i], known, RENDER_FORMATS);
            error_set(err, ERR_USAGE, "unknown report format '%s'%s%s%s: text, csv or pdf", names[i], nearest ? ", did you mean '" : "",
                      nearest ? nearest : "", nearest ? "'?" : "");
            return 0;
        }
        formats |= bit;
    }
    return formats;
}

unsigned report_job_format_of(const char *path)
{
    const char *dot = path ? strrchr(path, '.') : NULL;
    for (int k = 0; dot && k < RENDER_FORMATS; k++)
        if (!strcmp(dot + 1, render_formats[k].suffix))
            return render_formats[k].format;
    return 0;
}

/* --- the files: each appears whole at the end or not at all */

struct sink {
    const struct render_format *format;
    struct output_file file;
    void *rendering;
};
struct sinks {
    struct sink items[RENDER_FORMATS];
    int count;
};

static bool is_directory(const char *path)
{
    struct stat st;
    size_t length = strlen(path);
    return (length && path[length - 1] == '/') || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

/* A name from the configuration may hold what a file name may not. */
static char *file_name(const struct report_job *job, const struct render_format *format)
{
    char slug[32];
    char *name = memory_format("%s-%s.%s", job->name, period_slug(&job->sheet.period, slug, sizeof slug), format->suffix);
    for (char *p = name; *p; p++)
        if (*p == '/' || (unsigned char)*p < 0x20)
            *p = '_';
    return name;
}

static int check_path(const struct report_job *job, struct error *err)
{
    bool several = job->formats & (job->formats - 1);
    if (!strcmp(job->path, "-")) {
        if (several || job->formats == REPORT_PDF)
            return error_set(err, ERR_USAGE, "standard output takes one format, text or csv: choose with --format, or give a directory with -o");
    } else if (several && !is_directory(job->path))
        return error_set(err, ERR_USAGE, "%s is no directory, and there are several formats to write: make it, or choose one with --format",
                         job->path);
    return 0;
}

static int open_sink(struct sinks *sinks, const struct report_job *job, const struct render_format *format, struct error *err)
{
    char *path = memory_text(job->path);
    if (strcmp(path, "-") && is_directory(path)) {
        char *name = file_name(job, format);
        size_t length = strlen(path);
        char *inside = memory_format("%s%s%s", path, path[length - 1] == '/' ? "" : "/", name);
        free(name);
        free(path);
        path = inside;
    }
    struct sink *sink = &sinks->items[sinks->count];
    sink->format = format;
    int status = output_file_open(&sink->file, path, err);
    free(path);
    if (status)
        return -1;
    sink->rendering = format->begin(sink->file.stream, &job->sheet);
    sinks->count++;
    return 0;
}

/* Ends every rendering, and keeps the files only when all went well. */
static int close_sinks(struct sinks *sinks, bool good, struct error *err)
{
    for (int i = 0; i < sinks->count; i++) {
        struct error ending = {0};
        if (sinks->items[i].format->end(sinks->items[i].rendering, &ending) && good) {
            good = false;
            *err = ending;
        }
    }
    for (int i = 0; i < sinks->count; i++) {
        if (!good)
            output_file_abandon(&sinks->items[i].file);
        else if (output_file_commit(&sinks->items[i].file, err))
            good = false;
    }
    return good ? 0 : -1;
}

static int open_sinks(struct sinks *sinks, const struct report_job *job, struct error *err)
{
    *sinks = (struct sinks){.count = 0};
    for (int k = 0; k < RENDER_FORMATS; k++)
        if ((job->formats & render_formats[k].format) && open_sink(sinks, job, &render_formats[k], err))
            return close_sinks(sinks, false, err);
    return 0;
}

/* --- the worst first */

struct ranked {
    const struct characteristic *characteristic;
    double margin; /* index / required: under 1 misses */
};

static int by_margin(const void *a, const void *b)
{
    double x = ((const struct ranked *)a)->margin, y = ((const struct ranked *)b)->margin;
    return (x > y) - (x < y);
}

static int study_of(struct study **study, const struct report_job *job, struct store *store, size_t i, struct error *err)
{
    if (study_make(study, store, job->sheet.plant, job->characteristics[i], &job->sheet.period, job->last, err))
        return -1;
    study_fit(*study);
    if (!study_course(*study, store, err))
        return 0;
    study_free(*study);
    return -1;
}

static int choose_worst(struct report_job *job, struct store *store, struct error *err)
{
    struct ranked *ranked = memory_zero(job->count, sizeof *ranked);
    struct study *study;
    for (size_t i = 0; i < job->count; i++) {
        if (study_of(&study, job, store, i, err)) {
            free(ranked);
            return -1;
        }
        double index = study_index(study)->value;
        double required = job->characteristics[i]->required_cpk;
        double margin = isnan(required) ? index : index / required;
        ranked[i] = (struct ranked){job->characteristics[i], isnan(margin) ? INFINITY : margin};
        study_free(study);
    }
    qsort(ranked, job->count, sizeof *ranked, by_margin);
    for (size_t i = 0; i < job->count; i++)
        job->characteristics[i] = ranked[i].characteristic;
    free(ranked);
    if ((size_t)job->worst < job->count)
        job->count = (size_t)job->worst;
    return 0;
}

/* --- the pages */

static int write_pages(struct report_job *job, struct store *store, struct sinks *sinks, struct error *err)
{
    struct study *study;
    for (size_t i = 0; i < job->count; i++) {
        if (study_of(&study, job, store, i, err))
            return -1;
        for (int k = 0; k < sinks->count; k++)
            sinks->items[k].format->page(sinks->items[k].rendering, study, (int)i + 1);
        if (job->strict && study->requirement == REQUIREMENT_MISSED) {
            job->missed++;
            facts_tell_missed("report", study);
        }
        study_free(study);
    }
    return 0;
}

static int write_group_pages(const struct report_job *job, struct store *store, struct sinks *sinks, struct error *err)
{
    struct group_study *study;
    for (size_t i = 0; i < job->n_groups; i++) {
        if (group_study_make(&study, store, job->sheet.plant, job->groups[i], &job->sheet.period, job->last, err))
            return -1;
        for (int k = 0; k < sinks->count; k++)
            sinks->items[k].format->group(sinks->items[k].rendering, study, (int)(job->count + i) + 1);
        group_study_free(study);
    }
    return 0;
}

int report_job_make(struct report_job *job, struct store *store, struct error *err)
{
    struct sinks sinks;
    if (check_path(job, err) || store_snapshot_begin(store, err))
        return -1;
    int status = job->worst > 0 ? choose_worst(job, store, err) : 0;
    job->sheet.pages = (int)(job->count + job->n_groups);
    if (status == 0 && (status = open_sinks(&sinks, job, err)) == 0)
        status = close_sinks(&sinks, write_pages(job, store, &sinks, err) == 0 && write_group_pages(job, store, &sinks, err) == 0, err);
    store_snapshot_end(store);
    return status;
}
