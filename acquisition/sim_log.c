#include "acquisition/sim_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim_log {
    const struct plant *plant;
    const char *path;
    FILE *file;
};

struct sim_log *sim_log_open(const struct plant *plant, const char *path, struct error *err)
{
    FILE *file = fopen(path, "we");
    if (!file) {
        error_set(err, ERR_IO, "cannot write the log %s: %s", path, strerror(errno));
        return NULL;
    }
    struct sim_log *log = memory_zero(1, sizeof *log);
    *log = (struct sim_log){plant, path, file};
    fputs("time,tag,unit,area,address,registers,fault\n", file);
    return log;
}

int sim_log_close(struct sim_log *log, struct error *err)
{
    if (!log)
        return 0;
    bool failed = ferror(log->file);
    failed = fclose(log->file) || failed;
    int result = failed ? error_set(err, ERR_FULL, "the log %s is not complete: %s", log->path, strerror(errno)) : 0;
    free(log);
    return result;
}

void sim_log_flush(struct sim_log *log)
{
    if (log)
        fflush(log->file);
}

static void write_tag(struct sim_log *log, const struct tag *tag, const uint16_t *values, const char *time, const char *fault)
{
    fprintf(log->file, "%s,%s,%d,%s,%d,", time, tag->full_name, tag->instrument->unit, area_name(tag->area), tag->address);
    for (int i = 0; i < tag->registers; i++)
        fprintf(log->file, "%04x", values[i]);
    fprintf(log->file, ",%s\n", fault);
}

void sim_log_served(struct sim_log *log, const struct sim_bank *bank, const struct sim_span *span, int64_t time_us, const char *fault)
{
    enum { SPAN_MAX = 2000 };
    uint16_t values[SPAN_MAX];
    char time[32];
    if (!log || span->count > SPAN_MAX)
        return;
    text_time_iso(time_us, time, sizeof time);
    sim_answer_values(bank, span, values);
    for (size_t i = 0; i < log->plant->n_instruments; i++) {
        const struct instrument *instrument = &log->plant->instruments[i];
        for (size_t t = 0; instrument->link == bank->link && instrument->unit == bank->unit && t < instrument->n_tags; t++) {
            const struct tag *tag = &instrument->tags[t];
            if (tag->area == span->area && tag->address >= span->first && tag->address + tag->registers <= span->first + span->count)
                write_tag(log, tag, values + (tag->address - span->first), time, fault);
        }
    }
}
