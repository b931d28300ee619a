#include "acquisition/retest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last `room` parts in a ring; heads and links chain those of the same hash. */
struct part {
    char serial[READING_TEXT];
    int attempts;
    size_t next; /* place + 1 of the next with that hash; 0 none */
};
struct retest {
    int64_t characteristic;
    struct part *ring;
    size_t *heads;
    size_t room, used, oldest;
};

struct retest *retest_create(const struct characteristic *characteristic)
{
    if (characteristic->retest <= 0)
        return NULL;
    struct retest *retest = memory_zero(1, sizeof *retest);
    retest->characteristic = characteristic->id;
    retest->room = (size_t)characteristic->retest;
    retest->ring = memory_zero(retest->room, sizeof *retest->ring);
    retest->heads = memory_zero(retest->room, sizeof *retest->heads);
    return retest;
}

void retest_destroy(struct retest *retest)
{
    if (!retest)
        return;
    free(retest->ring);
    free(retest->heads);
    free(retest);
}

static size_t *head_of(const struct retest *retest, const char *serial)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *serial; serial++)
        hash = (hash ^ (unsigned char)*serial) * UINT64_C(0x100000001b3);
    return &retest->heads[hash % retest->room];
}

static struct part *find(const struct retest *retest, const char *serial)
{
    for (size_t at = *head_of(retest, serial); at; at = retest->ring[at - 1].next)
        if (!strcmp(retest->ring[at - 1].serial, serial))
            return &retest->ring[at - 1];
    return NULL;
}

static void forget_oldest(struct retest *retest)
{
    size_t place = retest->oldest + 1, *link = head_of(retest, retest->ring[retest->oldest].serial);
    while (*link != place)
        link = &retest->ring[*link - 1].next;
    *link = retest->ring[retest->oldest].next;
    retest->oldest = (retest->oldest + 1) % retest->room;
    retest->used--;
}

int retest_attempt(struct retest *retest, const char *serial)
{
    if (!retest || !serial[0])
        return 0;
    struct part *part = find(retest, serial);
    if (part)
        return ++part->attempts;
    if (retest->used == retest->room)
        forget_oldest(retest);
    size_t place = (retest->oldest + retest->used++) % retest->room, *head = head_of(retest, serial);
    part = &retest->ring[place];
    snprintf(part->serial, sizeof part->serial, "%s", serial);
    part->attempts = 0;
    part->next = *head;
    *head = place + 1;
    return 0;
}

int retest_restore(struct retest *retest, struct store *store, struct error *err)
{
    struct measurement_cursor *cursor;
    struct measurement m;
    int more;
    if (!retest || !retest->characteristic)
        return 0;
    if (measurement_cursor_open(&cursor, store, retest->characteristic, 0, INT64_MAX, (int64_t)retest->room, err))
        return -1;
    while ((more = measurement_cursor_next(cursor, &m, err)) == 1 || (more < 0 && err->code == ERR_CORRUPT)) /* it goes on behind what is damaged */
        if (more == 1 && quality_is_good(m.quality))
            retest_attempt(retest, m.serial);
    measurement_cursor_close(cursor);
    return more;
}
