#ifndef GEMBA_REPORTS_JSON_H
#define GEMBA_REPORTS_JSON_H

#include <stdint.h>
#include <stdio.h>

/* The tokens of JSON, without commas: what output.c and the writer of output.h are made from. Bytes that are no UTF-8 become U+FFFD. */
void json_put_text(FILE *stream, const char *text);
void json_put_number(FILE *stream, double value);
void json_put_time(FILE *stream, int64_t time_us);

#endif
