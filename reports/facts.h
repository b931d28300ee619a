#ifndef GEMBA_REPORTS_FACTS_H
#define GEMBA_REPORTS_FACTS_H

#include "reports/render.h"

/* A study as labelled words and figures: what the text page and the PDF page both print, so that they cannot disagree. */
struct fact {
    const char *label;
    char value[160];
};
enum { FACTS_MOST = 12, FACTS_INDICES = 8, FACTS_PPM = 3 };

void facts_add(struct fact *facts, int *count, const char *label, const char *format, ...) __attribute__((format(printf, 4, 5)));
int facts_identity(const struct sheet *sheet, const struct study *study, struct fact facts[FACTS_MOST]);
int facts_specification(const struct study *study, struct fact facts[FACTS_MOST]);
int facts_statistics(const struct study *study, struct fact facts[FACTS_MOST]);

/* Cp, Cpl, Cpu, Cpk, then Pp, Ppl, Ppu, Ppk. */
struct fact_index {
    const char *name;
    struct index index;
};
void facts_indices(const struct study *study, struct fact_index indices[FACTS_INDICES]);

/* An index with three decimals; an absurd one with fewer, so that it stays in its column. */
char *facts_index_text(double value, char *out, size_t size);

/* Parts per million: observed, expected within, expected overall. A missing side counts nothing in the total. */
struct fact_ppm {
    const char *name;
    double below, above, total;
};
void facts_ppm(const struct study *study, struct fact_ppm rows[FACTS_PPM]);

/* "MET" and what it rests on: "Cpk 1.72 (95 % 1.60 to 1.84), required 1.33". */
const char *facts_verdict(const struct study *study);
char *facts_verdict_basis(const struct study *study, char *out, size_t size);
/* For --strict: a line on standard error that the requirement is missed, by how much, and in which period. */
void facts_tell_missed(const char *command, const struct study *study);

/* How the process went, a line each: when its mean changed and what happened near that time, where it drifts to. Returns how many. Notes are
 * the plant's own affair. */
enum { FACTS_COURSE = 2, FACTS_COURSE_WORDS = 640 };
int facts_course(const struct study *study, char lines[FACTS_COURSE][FACTS_COURSE_WORDS]);

/* The newest points that are signals or beyond the specification, newest first; and their words, cause and action. */
size_t facts_signal_count(const struct study *study);
size_t facts_signals(const struct study *study, const struct point **points, size_t most);
char *facts_signal_words(const struct study *study, const struct point *point, char *out, size_t size);
char *facts_cause(const struct point *point, char *out, size_t size);

/* Decimals that show a value of the characteristic; a mean gets one more, a spread two. */
int facts_decimals(const struct study *study);

#endif
