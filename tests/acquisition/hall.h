#ifndef GEMBA_TESTS_HALL_H
#define GEMBA_TESTS_HALL_H

#include <stdint.h>

/* A TCP endpoint with all units behind it that keeps a diary: a thread on a free loopback port, for several clients at once. A register holds its
 * address until it is written. */
struct hall;
struct hall_entry {
    int64_t time_us, answered_us; /* monotonic: the request was there, the answer was sent */
    int client;                   /* in the order of their coming, from 1 */
    int unit, function, address;  /* function 0: the client came; -1: it went */
};

/* delay_us: before each answer. */
struct hall *hall_start(int *port, int64_t delay_us);
void hall_stop(struct hall *hall);
/* The next requests for an address are answered with these exceptions; codes ends with 0. */
void hall_refuse(struct hall *hall, int address, const int *codes);

/* Copies the diary so far; returns the number of entries, at most `most`. */
int hall_diary(struct hall *hall, struct hall_entry *entries, int most);

#endif
