/* Private to the text pages. */
#ifndef GEMBA_REPORTS_TEXT_PARTS_H
#define GEMBA_REPORTS_TEXT_PARTS_H

#include "reports/facts.h"

/* Begins a page: the form feed, the head with the name, a double rule. rendering: of text_page_begin, whose stream and sheet these are. */
const struct sheet *text_part_begin(void *rendering, const struct study *study, int number, FILE **stream);
void text_part_rule(FILE *stream, char mark);
/* Words without breaking one, a line at most 80 columns, later lines indented. */
void text_part_wrap(FILE *stream, const char *text, int indent);
/* Facts side by side; one whose value is too long for its half has the line to itself. */
void text_part_facts(FILE *stream, const struct fact *facts, int count, int label);

#endif
