#include "config/shift.h"

#include "config/clock.h"

#include <time.h>

enum { DAY_MIN = 24 * 60 };

static int64_t floor_seconds(int64_t time_us)
{
    return time_us >= 0 ? time_us / SECOND_US : -((-time_us + SECOND_US - 1) / SECOND_US);
}

/* Wall time as seconds since 1970 if it were UTC: a number that counts local minutes without knowing of zones. */
static int64_t wall_of(int64_t seconds)
{
    time_t instant = (time_t)seconds;
    struct tm local = {0};
    localtime_r(&instant, &local);
    return seconds + local.tm_gmtoff;
}

/* The instant of a wall time in the plant's zone. A wall time that comes twice is the first of the two; one that a change of the clocks leaves out
 * is the instant of the change. So later wall times are never earlier instants, and windows cannot overlap. mktime promises neither. */
static int64_t instant_of(int64_t wall)
{
    int64_t before = wall - 26 * 3600, after = wall + 26 * 3600; /* no zone is further from UTC */
    int64_t first = wall - (wall_of(before) - before), second = wall - (wall_of(after) - after);
    int64_t low = first < second ? first : second, high = first < second ? second : first;
    if (wall_of(low) == wall)
        return low;
    if (wall_of(high) == wall)
        return high;
    while (high - low > 1) { /* the first instant whose wall time is beyond */
        int64_t middle = low + (high - low) / 2;
        if (wall_of(middle) > wall)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static int64_t minute_us(int64_t day, int minute)
{
    return instant_of(day * 86400 + minute * 60) * SECOND_US;
}

static bool starts_on(const struct shift *shift, int64_t day)
{
    int weekday = (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday; Monday is 0 */
    return shift->days >> weekday & 1;
}

/* A minute of the shift that starts on day: those before its start are of the next one. */
static int64_t shift_minute_us(const struct shift *shift, int64_t day, int minute, bool end)
{
    bool next = end ? minute <= shift->start_min : minute < shift->start_min;
    return minute_us(day, next ? minute + DAY_MIN : minute);
}

static struct shift_window window_of(const struct shift *shift, int64_t day)
{
    struct shift_window window = {.name = shift->name, .working = true};
    window.from_us = minute_us(day, shift->start_min);
    window.to_us = shift_minute_us(shift, day, shift->end_min, true);
    for (int i = 0; i < shift->n_breaks; i++) {
        int64_t from_us = shift_minute_us(shift, day, shift->breaks[i].from_min, false);
        int64_t to_us = shift_minute_us(shift, day, shift->breaks[i].to_min, true);
        if (from_us >= to_us)
            continue; /* the clocks went forward over it */
        window.breaks[window.n_breaks].from_us = from_us;
        window.breaks[window.n_breaks++].to_us = to_us;
    }
    return window;
}

struct shift_window shift_at(const struct plant *plant, int64_t time_us)
{
    enum { WEEK = 8 }; /* a shift of one day a week leaves a gap of nearly seven, and its end may be a day later */
    int64_t wall = wall_of(floor_seconds(time_us)), today = (wall - ((wall % 86400) + 86400) % 86400) / 86400;
    if (plant->n_shifts == 0) {
        struct shift_window day = {.name = "day", .working = true, .from_us = minute_us(today, 0), .to_us = minute_us(today + 1, 0)};
        return day;
    }
    struct shift_window gap = {.name = "no shift", .from_us = minute_us(today - WEEK, 0), .to_us = minute_us(today + WEEK, 0)};
    static const int nearest_first[] = {0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6, -7, 7, -8, 8};
    for (size_t k = 0; k < sizeof nearest_first / sizeof nearest_first[0]; k++) {
        int64_t day = today + nearest_first[k];
        for (size_t i = 0; i < plant->n_shifts; i++) {
            if (!starts_on(&plant->shifts[i], day))
                continue;
            struct shift_window window = window_of(&plant->shifts[i], day);
            if (window.from_us <= time_us && time_us < window.to_us)
                return window;
            if (window.to_us <= time_us && window.to_us > gap.from_us)
                gap.from_us = window.to_us;
            if (window.from_us > time_us && window.from_us < gap.to_us)
                gap.to_us = window.from_us;
        }
    }
    return gap;
}

int64_t shift_break_us(const struct shift_window *window, int64_t from_us, int64_t to_us)
{
    int64_t total_us = 0;
    for (int i = 0; i < window->n_breaks; i++) {
        int64_t from = window->breaks[i].from_us > from_us ? window->breaks[i].from_us : from_us;
        int64_t to = window->breaks[i].to_us < to_us ? window->breaks[i].to_us : to_us;
        if (to > from)
            total_us += to - from;
    }
    return total_us;
}
