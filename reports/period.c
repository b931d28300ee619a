#include "reports/period.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const month_names[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};

/* --- the plant's calendar: everything through mktime, so that days with a clock change are 23 or 25 hours long */

static struct tm local_of(int64_t time_us)
{
    time_t seconds = (time_t)(time_us / SECOND_US - (time_us % SECOND_US < 0));
    struct tm local = {0};
    localtime_r(&seconds, &local);
    return local;
}

/* Local midnight of a day, which may be counted beyond its month's ends. */
static int64_t midnight_us(int year, int month, int day)
{
    struct tm local = {.tm_year = year, .tm_mon = month, .tm_mday = day, .tm_isdst = -1};
    return (int64_t)mktime(&local) * SECOND_US;
}

static void format_local(int64_t time_us, const char *format, char *out, size_t size)
{
    struct tm local = local_of(time_us);
    if (!strftime(out, size, format, &local))
        out[0] = '\0';
}

static void set_days(struct period *period, const struct tm *day, int first, int days)
{
    period->from_us = midnight_us(day->tm_year, day->tm_mon, day->tm_mday + first);
    period->to_us = midnight_us(day->tm_year, day->tm_mon, day->tm_mday + first + days);
}

static void set_month(struct period *period, int year, int month)
{
    period->from_us = midnight_us(year, month, 1);
    period->to_us = midnight_us(year, month + 1, 1);
    struct tm first = local_of(period->from_us);
    snprintf(period->words, sizeof period->words, "%s %d", month_names[first.tm_mon], first.tm_year + 1900);
}

static void set_day(struct period *period, const struct tm *day, int offset)
{
    set_days(period, day, offset, 1);
    format_local(period->from_us, "%Y-%m-%d", period->words, sizeof period->words);
}

/* --- the words */

struct request {
    const struct plant *plant;
    int64_t now_us;
    struct tm today;
    struct error *err;
};

static int set_shift(const struct request *request, struct period *period, const struct shift_window *window)
{
    char from[32], to[16];
    period->from_us = window->from_us;
    period->to_us = window->to_us;
    format_local(window->from_us, "%Y-%m-%d %H:%M", from, sizeof from);
    format_local(window->to_us, "%H:%M", to, sizeof to);
    const char *kind = request->plant->n_shifts && window->working ? " shift" : "";
    snprintf(period->words, sizeof period->words, "%.40s%s %s-%s", window->name, kind, from, to);
    return 0;
}

static int this_shift(const struct request *request, struct period *period, int offset)
{
    (void)offset;
    struct shift_window window = shift_at(request->plant, request->now_us);
    return set_shift(request, period, &window);
}

/* The newest shift that is over: a weekend without shifts lies between Friday's and Monday's. */
static int last_shift(const struct request *request, struct period *period, int offset)
{
    (void)offset;
    struct shift_window window = shift_at(request->plant, request->now_us);
    for (int i = 0; i < 64; i++) {
        window = shift_at(request->plant, window.from_us - 1);
        if (window.working)
            return set_shift(request, period, &window);
    }
    return error_set(request->err, ERR_NOT_FOUND, "there is no shift before now: give `shifts:` their `days:` in the configuration");
}

static int day(const struct request *request, struct period *period, int offset)
{
    set_day(period, &request->today, offset);
    return 0;
}

static int week(const struct request *request, struct period *period, int offset)
{
    char from[32], sunday[32];
    set_days(period, &request->today, 7 * offset - (request->today.tm_wday + 6) % 7, 7);
    format_local(period->from_us, "week %V of %G, %Y-%m-%d", from, sizeof from);
    format_local(period->to_us - 1, "%Y-%m-%d", sunday, sizeof sunday);
    snprintf(period->words, sizeof period->words, "%s to %s", from, sunday);
    return 0;
}

static int month(const struct request *request, struct period *period, int offset)
{
    set_month(period, request->today.tm_year, request->today.tm_mon + offset);
    return 0;
}

static int all(const struct request *request, struct period *period, int offset)
{
    (void)request, (void)offset;
    *period = (struct period){.from_us = 0, .to_us = INT64_MAX, .words = "all data"};
    return 0;
}

static const struct {
    const char *word;
    int (*set)(const struct request *request, struct period *period, int offset);
    int offset;
} words[] = {
    {"this-shift", this_shift, 0}, {"last-shift", last_shift, -1}, {"today", day, 0},         {"yesterday", day, -1}, {"this-week", week, 0},
    {"last-week", week, -1},       {"this-month", month, 0},       {"last-month", month, -1}, {"all", all, 0},
};
enum { WORDS = sizeof words / sizeof words[0] };

static int unknown(const char *text, struct error *err)
{
    const char *names[WORDS];
    char list[160] = "";
    for (size_t i = 0; i < WORDS; i++) {
        names[i] = words[i].word;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = text_nearest(text, names, WORDS);
    return error_set(err, ERR_USAGE, "unknown period '%.60s'%s%s%s; one of %s, 8h (until now), 2026-10, 2026-10-31, FROM..TO", text,
                     nearest ? ": did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "", list);
}

/* --- FROM..TO */

static int range_end(const char *text, size_t length, int64_t open, int64_t *time_us, struct error *err)
{
    char copy[64];
    if (length == 0) {
        *time_us = open;
        return 0;
    }
    snprintf(copy, sizeof copy, "%.*s", (int)length, text);
    if (length < sizeof copy && text_time_parse(copy, time_us) == 0)
        return 0;
    return error_set(err, ERR_USAGE, "'%s' is no time: write 2026-10-31, 2026-10-31T08:00 or 2026-10-31T08:00:00Z", copy);
}

static int parse_range(const char *text, const char *dots, struct period *period, struct error *err)
{
    if (range_end(text, (size_t)(dots - text), 0, &period->from_us, err) || range_end(dots + 2, strlen(dots + 2), INT64_MAX, &period->to_us, err))
        return -1;
    if (period->from_us >= period->to_us)
        return error_set(err, ERR_USAGE, "the period '%.80s' ends before it begins: FROM..TO, and TO is exclusive", text);
    char from[32], to[32];
    format_local(period->from_us, "%Y-%m-%d %H:%M", from, sizeof from);
    if (period->to_us != INT64_MAX)
        format_local(period->to_us, "%Y-%m-%d %H:%M", to, sizeof to);
    if (period->from_us == 0 && period->to_us == INT64_MAX)
        snprintf(period->words, sizeof period->words, "all data");
    else if (period->from_us == 0)
        snprintf(period->words, sizeof period->words, "until %s", to);
    else if (period->to_us == INT64_MAX)
        snprintf(period->words, sizeof period->words, "from %s", from);
    else
        snprintf(period->words, sizeof period->words, "%s to %s", from, to);
    return 0;
}

/* --- a month, a day, a duration */

static bool parse_calendar(const char *text, struct period *period)
{
    int year, mon, mday, end = 0;
    if (strlen(text) == 7 && sscanf(text, "%4d-%2d%n", &year, &mon, &end) == 2 && end == 7 && mon >= 1 && mon <= 12) {
        set_month(period, year - 1900, mon - 1);
        return true;
    }
    int64_t start;
    if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%n", &year, &mon, &mday, &end) != 3 || end != 10 || text_time_parse(text, &start))
        return false;
    struct tm local = local_of(start);
    set_day(period, &local, 0);
    return true;
}

static bool parse_duration(const char *text, int64_t now_us, struct period *period)
{
    int64_t duration_us;
    if (text_duration_parse(text, &duration_us) || duration_us <= 0)
        return false;
    char to[32];
    period->from_us = now_us - duration_us;
    period->to_us = now_us;
    format_local(now_us, "%Y-%m-%d %H:%M", to, sizeof to);
    snprintf(period->words, sizeof period->words, "%.20s until %s", text, to);
    return true;
}

int period_parse(const struct plant *plant, const char *text, int64_t now_us, struct period *period, struct error *err)
{
    struct request request = {.plant = plant, .now_us = now_us, .today = local_of(now_us), .err = err};
    *period = (struct period){0};
    for (size_t i = 0; i < WORDS; i++)
        if (!strcmp(text, words[i].word))
            return words[i].set(&request, period, words[i].offset);
    const char *dots = strstr(text, "..");
    if (dots)
        return parse_range(text, dots, period, err);
    return parse_calendar(text, period) || parse_duration(text, now_us, period) ? 0 : unknown(text, err);
}

char *period_slug(const struct period *period, char *out, size_t size)
{
    if (period->from_us == 0) {
        snprintf(out, size, "all");
        return out;
    }
    struct tm from = local_of(period->from_us);
    struct period day_of = {0}, week_of = {0}, month_of = {0};
    set_day(&day_of, &from, 0);
    set_days(&week_of, &from, 0, 7);
    set_month(&month_of, from.tm_year, from.tm_mon);
    const char *format = "%Y-%m-%d-%H%M";
    if (period->from_us == month_of.from_us && period->to_us == month_of.to_us)
        format = "%Y-%m";
    else if (from.tm_wday == 1 && period->from_us == day_of.from_us && period->to_us == week_of.to_us)
        format = "%G-W%V";
    else if (period->from_us == day_of.from_us && period->to_us == day_of.to_us)
        format = "%Y-%m-%d";
    format_local(period->from_us, format, out, size);
    return out;
}
