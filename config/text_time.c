/* The times and durations of text.h. */
#include "config/clock.h"
#include "config/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A zone is a compiled file of the tz database; POSIX rules ("CET-1CEST") and paths are not what a plant.yaml should hold. */
static bool zone_exists(const char *zone)
{
    if (!strcmp(zone, "UTC"))
        return true;
    if (!isalpha((unsigned char)zone[0]) || strstr(zone, "..") || strlen(zone) > 100)
        return false;
    const char *directory = getenv("TZDIR");
    char path[512], magic[4] = "";
    snprintf(path, sizeof path, "%s/%s", directory ? directory : "/usr/share/zoneinfo", zone);
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool exists = fread(magic, 1, sizeof magic, file) == sizeof magic && !memcmp(magic, "TZif", sizeof magic);
    fclose(file);
    return exists;
}

int text_set_timezone(const char *zone)
{
    if (!zone_exists(zone) || setenv("TZ", zone, 1) != 0)
        return -1;
    tzset();
    return 0;
}

/* Whole seconds, rounded down, so that times before 1970 keep a positive fraction. */
static time_t seconds_of(int64_t time_us, int *fraction_us)
{
    int64_t rest = time_us % SECOND_US;
    if (rest < 0)
        rest += SECOND_US;
    if (fraction_us)
        *fraction_us = (int)rest;
    return (time_t)((time_us - rest) / SECOND_US);
}

char *text_time_iso(int64_t time_us, char *out, size_t size)
{
    int fraction;
    time_t seconds = seconds_of(time_us, &fraction);
    struct tm utc = {0};
    gmtime_r(&seconds, &utc);
    snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
             fraction);
    return out;
}

char *text_time_local(int64_t time_us, const char *format, char *out, size_t size)
{
    time_t seconds = seconds_of(time_us, NULL);
    struct tm local = {0};
    localtime_r(&seconds, &local);
    if (size > 0 && strftime(out, size, format, &local) == 0)
        out[0] = '\0';
    return out;
}

/* Exactly `digits` digits with a value of at most `most`; moves past them. */
static bool take_number(const char **at, int digits, int most, int *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++, (*at)++) {
        if (!isdigit((unsigned char)**at))
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return *value <= most;
}

static bool take(const char **at, char c)
{
    if (**at != c)
        return false;
    (*at)++;
    return true;
}

static bool take_date(const char **at, struct tm *tm)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;
    if (!take_number(at, 4, 9999, &year) || !take(at, '-') || !take_number(at, 2, 12, &month) || !take(at, '-') || !take_number(at, 2, 31, &day))
        return false;
    if (month < 1 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > days[month - 1] + (month == 2 && leap))
        return false;
    tm->tm_year = year - 1900, tm->tm_mon = month - 1, tm->tm_mday = day;
    return true;
}

/* hh:mm[:ss[.fraction]] */
static bool take_clock(const char **at, struct tm *tm, int *fraction_us)
{
    if (!take_number(at, 2, 24, &tm->tm_hour) || !take(at, ':') || !take_number(at, 2, 59, &tm->tm_min))
        return false;
    if (take(at, ':')) {
        if (!take_number(at, 2, 60, &tm->tm_sec))
            return false;
        if (take(at, '.') || take(at, ',')) {
            if (!isdigit((unsigned char)**at))
                return false;
            for (int unit = 100000; isdigit((unsigned char)**at); unit /= 10, (*at)++)
                *fraction_us += (**at - '0') * unit;
        }
    }
    return tm->tm_hour < 24 || (tm->tm_min == 0 && tm->tm_sec == 0 && *fraction_us == 0);
}

/* Z, +hh:mm, +hhmm or +hh. */
static bool take_zone(const char **at, int64_t *east_us)
{
    int hours, minutes = 0, sign = **at == '-' ? -1 : 1;
    *east_us = 0;
    if (take(at, 'Z'))
        return true;
    if ((!take(at, '+') && !take(at, '-')) || !take_number(at, 2, 23, &hours))
        return false;
    bool colon = take(at, ':');
    if ((colon || **at) && !take_number(at, 2, 59, &minutes))
        return false;
    *east_us = sign * (hours * HOUR_US + minutes * MINUTE_US);
    return true;
}

int text_time_parse(const char *text, int64_t *time_us)
{
    struct tm tm = {.tm_isdst = -1};
    int fraction = 0;
    int64_t east_us = 0;
    const char *at = text;
    if (!take_date(&at, &tm))
        return -1;
    if (take(&at, 'T') || take(&at, ' ')) {
        if (!take_clock(&at, &tm, &fraction))
            return -1;
    }
    bool zoned = *at != '\0';
    if (zoned && (!take_zone(&at, &east_us) || *at))
        return -1;
    time_t seconds = zoned ? timegm(&tm) : mktime(&tm);
    *time_us = (int64_t)seconds * SECOND_US + fraction - east_us;
    return 0;
}

int text_duration_parse(const char *text, int64_t *duration_us)
{
    static const struct {
        const char *name;
        int64_t us;
    } units[] = {{"us", 1}, {"ms", 1000}, {"s", SECOND_US}, {"min", MINUTE_US}, {"h", HOUR_US}, {"d", DAY_US}, {"y", 365 * DAY_US}};
    static const int64_t longest_us = 36525 * DAY_US;
    size_t length = strspn(text, "0123456789.");
    if (length == 0 || !isdigit((unsigned char)text[0]) || length > 30)
        return -1;
    char *end;
    double number = strtod(text, &end);
    if (end != text + length)
        return -1; /* two points, an exponent, hexadecimal */
    const char *unit = text + length + strspn(text + length, " ");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].name) != 0)
            continue;
        double us = number * (double)units[i].us;
        if (us > (double)longest_us)
            return -1;
        *duration_us = llround(us);
        return 0;
    }
    return -1;
}

char *text_duration(int64_t duration_us, char *out, size_t size)
{
    const char *sign = duration_us < 0 ? "-" : "";
    long long seconds = llabs(duration_us / SECOND_US);
    if (seconds < 86400)
        snprintf(out, size, "%s%02lld:%02lld:%02lld", sign, seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        snprintf(out, size, "%s%lldd %02lld:%02lld", sign, seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60);
    return out;
}

char *text_age(int64_t age_us, char *out, size_t size)
{
    static const struct {
        int64_t below_us, unit_us;
        const char *name;
    } steps[] = {{2 * MINUTE_US, SECOND_US, "s"}, {2 * HOUR_US, MINUTE_US, "min"}, {2 * DAY_US, HOUR_US, "h"}, {INT64_MAX, DAY_US, "d"}};
    size_t i = 0;
    if (age_us < 0)
        age_us = 0; /* clocks of two machines */
    while (age_us >= steps[i].below_us && i + 1 < sizeof steps / sizeof steps[0])
        i++;
    snprintf(out, size, "%lld %s", (long long)(age_us / steps[i].unit_us), steps[i].name);
    return out;
}
