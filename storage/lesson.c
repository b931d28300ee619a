/* What units taught by refusing requests. */
#include "storage/private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int record_lessons(struct store *store, int64_t instrument, const struct lessons *lessons, struct error *err)
{
    if (query_run(store, QUERY_LESSONS_FORGET, err, "i", instrument))
        return -1;
    for (int i = 0; i < lessons->count; i++) {
        const struct lesson *lesson = &lessons->items[i];
        if (query_run(store, QUERY_LESSON_ADD, err, "iwwwwi", instrument, (int)lesson->kind, (int)lesson->area, lesson->first, lesson->last,
                      lesson->time_us))
            return -1;
    }
    return 0;
}

int store_lessons(struct store *store, int64_t instrument, struct lessons *lessons, struct error *err)
{
    lessons->count = 0;
    sqlite3_stmt *statement = query_start(store, QUERY_LESSONS, err, "i", instrument);
    if (!statement)
        return -1;
    int more = 0;
    while (lessons->count < LESSONS_MOST && (more = query_next(store, statement, err)) == 1) {
        struct lesson *lesson = &lessons->items[lessons->count++];
        int kind, area;
        query_row(statement, "wwwwi", &kind, &area, &lesson->first, &lesson->last, &lesson->time_us);
        lesson->kind = (enum lesson_kind)kind;
        lesson->area = (enum area)area;
    }
    query_end(statement);
    return more < 0 ? -1 : 0;
}

static void __attribute__((format(printf, 3, 4))) append(char *out, size_t size, const char *format, ...)
{
    size_t used = strlen(out);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(out + used, size - used, format, arguments);
    va_end(arguments);
}

char *lessons_words(const struct lessons *lessons, char *out, size_t size)
{
    out[0] = '\0';
    for (int i = 0; i < lessons->count; i++) {
        const struct lesson *lesson = &lessons->items[i];
        const char *area = area_name(lesson->area), *comma = i ? "; " : "";
        if (lesson->kind == LESSON_LIMIT)
            append(out, size, "%sat most %d %s", comma, lesson->last, lesson->area == AREA_COIL ? "bits" : "registers");
        else if (lesson->last < lesson->first)
            append(out, size, "%snot over the border at %s:%d", comma, area, lesson->first);
        else if (lesson->kind == LESSON_GAP)
            append(out, size, "%snot over %s:%d..%d", comma, area, lesson->first, lesson->last);
        else
            append(out, size, "%s%s:%d refused", comma, area, lesson->first);
    }
    return out;
}
