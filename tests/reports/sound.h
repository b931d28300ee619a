#ifndef GEMBA_TESTS_REPORTS_SOUND_H
#define GEMBA_TESTS_REPORTS_SOUND_H

#include <stdbool.h>

/* The text is one JSON value, whole, with finite numbers. */
bool sound_json(const char *text);
/* Where "nan" or "inf" stands as a word of its own; NULL: nowhere. */
const char *sound_unnumber(const char *text);
/* Where the JSON of a chart has an index without its interval, or a test without its p, and no reason; NULL: nowhere. */
const char *sound_absence(const char *json);

#endif
