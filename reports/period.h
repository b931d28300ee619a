#ifndef GEMBA_REPORTS_PERIOD_H
#define GEMBA_REPORTS_PERIOD_H

#include "config/config.h"

/* [from_us, to_us) with the words that name it: "October 2026", "day shift 2026-11-02 08:00-20:00". */
struct period {
    int64_t from_us, to_us;
    char words[96];
};

/* Words: this-shift last-shift today yesterday this-week last-week this-month last-month all, "8h" (until now), or FROM..TO (ISO dates or times,
 * plant zone; TO exclusive; either may be empty). Months and days are the plant's calendar. The error lists the words. */
int period_parse(const struct plant *plant, const char *text, int64_t now_us, struct period *period, struct error *err);

#endif
