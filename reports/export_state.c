#include "reports/export_state.h"

#include "reports/output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 8192 };

static char *next_of(const char *path)
{
    return memory_format("%s.next", path);
}

static int unreadable(const char *path, struct error *err)
{
    return error_set(err, ERR_IO, "cannot read where the export stopped from %s: %s", path, strerror(errno));
}

static int senseless(const char *path, struct error *err)
{
    return error_set(err, ERR_USAGE, "%s does not say where an export stopped: name another file, or remove it to begin anew", path);
}

/* The second line of STATE.next: the name until whose end it does not hold; NULL without any. */
static char *condition_of(FILE *file, char line[LINE])
{
    char *temporary = line + strlen("unless ");
    if (!fgets(line, LINE, file) || !fgets(line, LINE, file) || strncmp(line, "unless ", strlen("unless ")) != 0)
        return NULL;
    temporary[strcspn(temporary, "\n")] = '\0';
    return temporary;
}

/* A run ended between its promise and the end: the rows are there, or they are not. */
static int settle(const char *path, struct error *err)
{
    char *next = next_of(path), line[LINE];
    FILE *file = fopen(next, "r");
    int result = 0;
    if (file) {
        const char *temporary = condition_of(file, line);
        if (!temporary || access(temporary, F_OK))
            result = export_state_keep(path, err);
        else if (!unlink(next)) /* first: without the rows it would hold */
            unlink(temporary);
        fclose(file);
    } else if (errno != ENOENT)
        result = unreadable(next, err);
    free(next);
    return result;
}

/* "gemba export KIND until TIME" was the whole file once. */
static int read_marks(FILE *file, const char *path, const char *kind, struct feed_marks *marks, struct error *err)
{
    char line[LINE], stored[32] = "", when[48] = "";
    int found = fgets(line, sizeof line, file) ? sscanf(line, "gemba export %31s until %47s", stored, when) : 0;
    if (found < 1 || (found == 2 && text_time_parse(when, &marks->since_us)))
        return senseless(path, err);
    if (strcmp(stored, kind) != 0)
        return error_set(err, ERR_USAGE, "%s is of an export of %s, not of %s: each kind needs a file of its own", path, stored, kind);
    bool complete = found == 2;
    while (!complete && fgets(line, sizeof line, file)) {
        struct feed_mark mark;
        int n = sscanf(line, "%" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64, &mark.series, &mark.time_us, &mark.rank, &mark.late);
        if (n == 4 && (!marks->count || mark.series > marks->items[marks->count - 1].series))
            feed_marks_add(marks, &mark);
        else if (!(complete = !strcmp(line, "end\n")) && strncmp(line, "unless ", strlen("unless ")) != 0)
            return senseless(path, err);
    }
    return complete ? 0 : senseless(path, err);
}

int export_state_read(const char *path, const char *kind, struct feed_marks *marks, struct error *err)
{
    *marks = (struct feed_marks){0};
    if (settle(path, err))
        return -1;
    FILE *file = fopen(path, "r");
    if (!file)
        return errno == ENOENT ? 0 : unreadable(path, err);
    int result = read_marks(file, path, kind, marks, err);
    fclose(file);
    if (result)
        feed_marks_free(marks);
    return result;
}

int export_state_promise(const char *path, const char *kind, const struct feed_marks *marks, const char *temporary, struct error *err)
{
    struct output_file file;
    char *next = next_of(path), *rows = temporary ? realpath(temporary, NULL) : NULL;
    int result = output_file_open(&file, next, err);
    if (!result) {
        fprintf(file.stream, "gemba export %s of each series, its newest row, and what came late\n", kind);
        if (rows)
            fprintf(file.stream, "unless %s\n", rows);
        for (size_t i = 0; i < marks->count; i++) {
            const struct feed_mark *m = &marks->items[i];
            fprintf(file.stream, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", m->series, m->time_us, m->rank, m->late);
        }
        fprintf(file.stream, "end\n");
        result = output_file_commit(&file, err);
    }
    free(next);
    free(rows);
    return result;
}

int export_state_keep(const char *path, struct error *err)
{
    char *next = next_of(path);
    int result = rename(next, path) ? error_set(err, ERR_IO, "cannot write where the export stopped to %s: %s", path, strerror(errno)) : 0;
    free(next);
    return result;
}

void export_state_withdraw(const char *path)
{
    char *next = next_of(path);
    unlink(next);
    free(next);
}
