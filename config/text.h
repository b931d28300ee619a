#ifndef GEMBA_CONFIG_TEXT_H
#define GEMBA_CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Terminal columns of a UTF-8 text (East Asian wide characters count two; control and invalid bytes count one). */
int text_columns(const char *utf8);

/* Copies at most `columns` terminal columns of text into out (size bytes, always terminated, never half a character);
 * a cut text ends in '~'. Returns the columns used. */
int text_fit(char *out, size_t size, const char *utf8, int columns);

/* How many bytes all names begin with alike, "spindle-" of spindle-1 and spindle-12, where there is no room for whole names: never a whole name, nor
 * a part of a number. */
size_t text_common_prefix(const char *const *names, size_t count);
/* The name in names[count] nearest to word by edit distance, or NULL when none is near enough to be meant. */
const char *text_nearest(const char *word, const char *const *names, size_t count);

/* Plant zone: sets TZ for the process. Returns -1 when the zone is unknown to the system's tz database. */
int text_set_timezone(const char *zone);

/* Times. iso: 2026-11-02T14:31:55.123456Z (out >= 32). local: strftime format in the plant's zone; "%Z" gives its name. */
char *text_time_iso(int64_t time_us, char *out, size_t size);
char *text_time_local(int64_t time_us, const char *format, char *out, size_t size);

/* Reads ISO 8601: date, date and time (T or blank), fraction, Z or +hh:mm; without a zone it is plant local time. */
int text_time_parse(const char *text, int64_t *time_us);

/* Durations: "500ms", "4.2s", "5min", "8h", "2d", "1y" of 365 days (a bare number is refused). format gives "00:12:41" or "2d 03:10". */
int text_duration_parse(const char *text, int64_t *duration_us);
char *text_duration(int64_t duration_us, char *out, size_t size);
/* Short age for a column: "1 s", "80 s", "5 min", "3 h", "2 d". */
char *text_age(int64_t age_us, char *out, size_t size);

/* Shortest decimal text that reads back as the same double ("17 digits" where needed); "" for NaN. out >= 32. */
char *text_exact(double value, char *out, size_t size);

/* A number with fixed decimals; "--" for NaN. Of more than 9 decimals, 4.93e-12 with as many digits, and 0. */
char *text_number(double value, int decimals, char *out, size_t size);

#endif
