#include "acquisition/scan.h"

#include <stdio.h>
#include <string.h>

enum { UNITS = 256, UNITS_EACH = 12 };

/* Likeliest first. */
static const int bauds[] = {9600, 19200, 38400, 115200, 57600, 4800, 2400, 1200};
static const struct framing {
    const char *parity;
    int stop;
} framings[] = {{"even", 1}, {"none", 1}, {"none", 2}, {"odd", 1}};
enum { BAUDS = sizeof bauds / sizeof bauds[0], FRAMINGS = sizeof framings / sizeof framings[0] };

/* Whether one of the first few units answers. */
static bool somebody_answers(struct scout *scout, const bool *wanted, struct progress *progress)
{
    uint16_t value;
    bool found = false;
    for (int unit = 1, asked = 0; unit < UNITS && asked < UNITS_EACH && !found; unit++) {
        if (!wanted[unit])
            continue;
        asked++;
        for (enum area area = AREA_HOLDING; area <= AREA_INPUT && !found; area++) {
            struct outcome outcome = scout_read(scout, unit, area, 0, 1, &value);
            found = scan_answered(&outcome);
            progress_step(progress, 1, strrchr(scout->link.url, '?') + 1);
        }
    }
    return found;
}

static int count_wanted(const bool *wanted)
{
    int count = 0;
    for (int unit = 1; unit < UNITS && count < UNITS_EACH; unit++)
        count += wanted[unit];
    return count;
}

static char *complete(const char *given, bool baud, bool parity, int rate, const struct framing *framing, char *url, size_t size)
{
    int used = snprintf(url, size, "%s%c", given, strchr(given, '?') ? '&' : '?');
    if (!baud && (size_t)used < size)
        used += snprintf(url + used, size - (size_t)used, "baud=%d%s", rate, parity ? "" : "&");
    if (!parity && (size_t)used < size)
        snprintf(url + used, size - (size_t)used, "parity=%s%s", framing->parity, framing->stop == 2 && !strstr(given, "stop=") ? "&stop=2" : "");
    return url;
}

int scan_open(struct scout *scout, const char *given, const bool *wanted, int64_t timeout_us, struct error *err)
{
    bool baud = strstr(given, "baud="), parity = strstr(given, "parity=");
    int rates = baud ? 1 : BAUDS, kinds = parity ? 1 : FRAMINGS, opened = 0;
    struct progress progress;
    char url[300];
    if (strncmp(given, "rtu://", 6) != 0 || (baud && parity))
        return scout_open(scout, given, timeout_us, err);
    progress_begin(&progress, (int64_t)rates * kinds * 2 * count_wanted(wanted));
    for (int i = 0; i < rates * kinds; i++) {
        complete(given, baud, parity, bauds[i / kinds], &framings[i % kinds], url, sizeof url);
        if (scout_open(scout, url, timeout_us, err))
            continue; /* not every device takes every setting */
        opened++;
        bool found = somebody_answers(scout, wanted, &progress);
        progress_clear(&progress);
        if (found) {
            printf("%s\n", url);
            fflush(stdout);
            return 0;
        }
        scout_close(scout);
    }
    if (!opened)
        return -1;
    return error_set(
        err, ERR_COMMUNICATION,
        "nobody answers at %.160s at any usual baud rate and parity: check the wiring (A and B swapped?) and the power of the devices, or "
        "name a unit that is there with --units",
        given);
}
