#include "acquisition/scan.h"

#include <stdio.h>

enum { REGISTERS_AT_ONCE = 125, BITS_AT_ONCE = 2000, SILENT_MOST = 8, LOST_MOST = 3 };

/* One area of a unit, while it is looked through from its first address to its last. */
struct search {
    struct scout *scout;
    int unit, requests, silent, lost; /* silent, lost: in a row */
    enum area area;
    int open_from, readable_to; /* of the range that is growing; none when open_from < 0 */
    int ranges;
    struct progress progress;
    char what[64];
};

static void print_range(struct search *search)
{
    if (search->open_from < 0)
        return;
    progress_clear(&search->progress);
    printf("unit %-3d  %s:%d..%d  %d\n", search->unit, area_name(search->area), search->open_from, search->readable_to,
           search->readable_to - search->open_from + 1);
    fflush(stdout);
    search->ranges++;
    search->open_from = -1;
}

static void note(struct search *search, int first, int count, bool readable)
{
    if (!readable)
        print_range(search);
    else {
        if (search->open_from < 0)
            search->open_from = first;
        search->readable_to = first + count - 1;
    }
    progress_step(&search->progress, count, search->what);
}

/* Reads a block; one that is refused is halved, down to single addresses. Blocks come in order, so ranges grow to the right. -1 ends the search. */
static int search_block(struct search *search, int first, int count)
{
    uint16_t values[BITS_AT_ONCE];
    struct outcome outcome = scout_read(search->scout, search->unit, search->area, first, count, values);
    search->silent = outcome.kind == OUTCOME_TIMEOUT ? search->silent + 1 : 0;
    search->lost = outcome.kind == OUTCOME_LOST ? search->lost + 1 : 0;
    if (outcome.kind == OUTCOME_GOOD || count == 1 || outcome.exception == 1)
        note(search, first, count, outcome.kind == OUTCOME_GOOD);
    if (outcome.exception == 1 || search->silent == SILENT_MOST || search->lost == LOST_MOST)
        return -1;
    if (outcome.kind == OUTCOME_GOOD || count == 1)
        return 0;
    progress_step(&search->progress, 0, search->what);
    return search_block(search, first, count / 2) || search_block(search, first + count / 2, count - count / 2) ? -1 : 0;
}

int scan_range(struct scout *scout, int unit, enum area area, int first, int last)
{
    struct search search = {.scout = scout, .unit = unit, .area = area, .open_from = -1};
    int at_once = area == AREA_COIL || area == AREA_DISCRETE ? BITS_AT_ONCE : REGISTERS_AT_ONCE, ended = 0;
    snprintf(search.what, sizeof search.what, "unit %d, %s", unit, area_name(area));
    progress_begin(&search.progress, last - first + 1);
    for (int at = first; at <= last && !ended; at += at_once)
        ended = search_block(&search, at, last - at + 1 < at_once ? last - at + 1 : at_once);
    print_range(&search);
    progress_clear(&search.progress);
    if (search.silent == SILENT_MOST)
        printf("unit %-3d  %s: silent from there on\n", unit, area_name(area));
    else if (search.ranges == 0)
        printf("unit %-3d  %s: none\n", unit, area_name(area));
    if (search.lost < LOST_MOST)
        return 0;
    fprintf(stderr, "gemba scan: the connection to %s was lost\n", scout->link.url);
    return -1;
}
