#ifndef GEMBA_REPORTS_PERIOD_H
#define GEMBA_REPORTS_PERIOD_H

#include "config/config.h"

/* [from_us, to_us) with the words that name it: "October 2026", "day shift 2026-11-02 08:00-20:00". */
struct period {
    int64_t from_us, to_us;
    char words[96];
};

/* Words: this-shift last-shift today yesterday this-week last-week this-month last-month all, "8h" (until now), a month (2026-10), a day
 * (2026-10-31), or FROM..TO (ISO dates or times, plant zone; TO exclusive; either may be empty). Months, weeks and days are the plant's calendar.
 * The error lists the words. */
int period_parse(const struct plant *plant, const char *text, int64_t now_us, struct period *period, struct error *err);

/* A short name of the period for a file: "2026-10", "2026-W45", "2026-11-02", "2026-11-02-0800", "all". Returns out. */
char *period_slug(const struct period *period, char *out, size_t size);

#endif
