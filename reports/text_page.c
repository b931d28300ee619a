#include "reports/facts.h"
#include "reports/text_chart.h"
#include "reports/text_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* `--format text`: a page of 80 columns a characteristic, form feeds between them. */

enum { WIDTH = 80, HALF = 40, SIGNALS = 8 };

struct text_page {
    FILE *stream;
    const struct sheet *sheet;
};

void *text_page_begin(FILE *stream, const struct sheet *sheet)
{
    struct text_page *page = memory_zero(1, sizeof *page);
    *page = (struct text_page){stream, sheet};
    return page;
}

void text_part_rule(FILE *stream, char mark)
{
    for (int i = 0; i < WIDTH; i++)
        putc(mark, stream);
    putc('\n', stream);
}

void text_part_wrap(FILE *stream, const char *text, int indent)
{
    int column = 0;
    bool fresh = true; /* no word on this line yet */
    for (const char *p = text; *p;) {
        size_t length = strcspn(p, " ");
        char word[512];
        snprintf(word, sizeof word, "%.*s", (int)length, p);
        int columns = text_columns(word);
        if (!fresh && column + 1 + columns > WIDTH) {
            fprintf(stream, "\n%*s", indent, "");
            column = indent;
        } else if (!fresh) {
            putc(' ', stream);
            column++;
        }
        fputs(word, stream);
        column += columns;
        fresh = false;
        p += length + strspn(p + length, " ");
    }
    putc('\n', stream);
}

static void put_fact(FILE *stream, const struct fact *fact, int label, int columns, bool last)
{
    char value[192];
    int used = text_fit(value, sizeof value, fact->value, columns - label - 1);
    fprintf(stream, "%-*s %s%*s", label, fact->label, value, last ? 0 : columns - label - 1 - used, "");
}

void text_part_facts(FILE *stream, const struct fact *facts, int count, int label)
{
    for (int i = 0; i < count; i++) {
        bool wide = text_columns(facts[i].value) > HALF - label - 2;
        bool pair = !wide && i + 1 < count && text_columns(facts[i + 1].value) <= HALF - label - 2;
        put_fact(stream, &facts[i], label, pair ? HALF : WIDTH, !pair);
        if (pair)
            put_fact(stream, &facts[++i], label, HALF, true);
        putc('\n', stream);
    }
}

static void put_indices(FILE *stream, const struct study *study)
{
    struct fact_index rows[FACTS_INDICES];
    struct fact_ppm ppm[FACTS_PPM];
    char value[32], lower[32], upper[32], bound[32];
    facts_indices(study, rows);
    fprintf(stream, "Index      value      %.0f %% interval     lower bound\n", 100 * study->capability.confidence);
    for (int i = 0; i < FACTS_INDICES; i++) {
        const struct index *index = &rows[i].index;
        if (isnan(index->value))
            fprintf(stream, "%-5s %10s    %s\n", rows[i].name, "--", index->why ? index->why : "");
        else
            fprintf(stream, "%-5s %10s  %9s to %-9s %9s\n", rows[i].name, facts_index_text(index->value, value, sizeof value),
                    facts_index_text(index->lower, lower, sizeof lower), facts_index_text(index->upper, upper, sizeof upper),
                    facts_index_text(index->bound, bound, sizeof bound));
    }
    facts_ppm(study, ppm);
    fprintf(stream, "\nPPM                 below LSL  above USL      total\n");
    for (int i = 0; i < FACTS_PPM; i++)
        fprintf(stream, "%-18s %10s %10s %10s\n", ppm[i].name, text_number(ppm[i].below, 1, value, sizeof value),
                text_number(ppm[i].above, 1, lower, sizeof lower), text_number(ppm[i].total, 1, upper, sizeof upper));
}

static void put_signals(FILE *stream, const struct study *study)
{
    const struct point *points[SIGNALS];
    size_t count = facts_signals(study, points, SIGNALS);
    char time[32], words[448], cause[320], *line;
    if (count == 0)
        return;
    fprintf(stream, "\nSIGNALS AND VIOLATIONS (the newest %zu of %zu)\n", count, facts_signal_count(study));
    for (size_t i = 0; i < count; i++) {
        text_time_local(points[i]->time_us, "%Y-%m-%d %H:%M:%S", time, sizeof time);
        facts_signal_words(study, points[i], words, sizeof words);
        facts_cause(points[i], cause, sizeof cause);
        line = memory_format("%s point %lld: %s%s%s", time, (long long)points[i]->number, words, *cause ? "; cause: " : "", cause);
        text_part_wrap(stream, line, 20);
        free(line);
    }
}

static void put_course(FILE *stream, const struct study *study)
{
    char lines[FACTS_COURSE][FACTS_COURSE_WORDS];
    int count = facts_course(study, lines);
    for (int i = 0; i < count; i++)
        text_part_wrap(stream, lines[i], 4);
}

static void put_head(FILE *stream, const struct sheet *sheet, const struct study *study, int number)
{
    char title[160], fitted[160], paging[32];
    snprintf(paging, sizeof paging, "page %d of %d", number, sheet->pages);
    snprintf(title, sizeof title, "QUALITY REPORT  %.60s%s%.60s", study->characteristic->name, *sheet->name ? "  " : "", sheet->name);
    int columns = WIDTH - (int)strlen(paging) - 2;
    int used = text_fit(fitted, sizeof fitted, title, columns);
    fprintf(stream, "%s%*s  %s\n", fitted, columns - used, "", paging);
}

const struct sheet *text_part_begin(void *rendering, const struct study *study, int number, FILE **stream)
{
    const struct text_page *page = rendering;
    *stream = page->stream;
    if (number > 1)
        putc('\f', *stream);
    put_head(*stream, page->sheet, study, number);
    text_part_rule(*stream, '=');
    return page->sheet;
}

void text_page(void *rendering, const struct study *study, int number)
{
    FILE *stream;
    const struct sheet *sheet = text_part_begin(rendering, study, number, &stream);
    struct fact facts[FACTS_MOST];
    char basis[160];
    text_part_facts(stream, facts, facts_identity(sheet, study, facts), 14);
    putc('\n', stream);
    text_part_facts(stream, facts, facts_specification(study, facts), 14);
    text_part_rule(stream, '-');
    fprintf(stream, "%s: %s\n", facts_verdict(study), facts_verdict_basis(study, basis, sizeof basis));
    fprintf(stream, "%s: %s\n", study->index_used, study->index_reason);
    text_part_rule(stream, '-');
    text_chart(stream, study);
    put_course(stream, study);
    putc('\n', stream);
    text_part_facts(stream, facts, facts_statistics(study, facts), 20);
    putc('\n', stream);
    put_indices(stream, study);
    putc('\n', stream);
    text_chart_histogram(stream, study);
    put_signals(stream, study);
    putc('\n', stream);
    text_part_wrap(stream, study->settings, 0);
    fprintf(stream, "gemba %s\n", GEMBA_VERSION);
}

int text_page_end(void *rendering, struct error *err)
{
    (void)err;
    free(rendering);
    return 0;
}
