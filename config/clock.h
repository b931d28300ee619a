#ifndef GEMBA_CONFIG_CLOCK_H
#define GEMBA_CONFIG_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Two clocks. Plant time is UTC in microseconds since 1970: it stamps everything that is stored. Monotonic time schedules.
 * In a simulated plant, plant time runs `speed` times as fast from an anchor on; everywhere else speed is 1. */

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

struct clock_anchor {
    int64_t real_us;  /* UTC of the machine at the anchor */
    int64_t plant_us; /* plant time at the anchor */
    double speed;     /* plant microseconds per real microsecond; 1 in a real plant */
};

int64_t clock_now_us(void);       /* plant time */
int64_t clock_monotonic_us(void); /* CLOCK_MONOTONIC, real microseconds */
double clock_speed(void);
bool clock_is_simulated(void);

/* Plant time by the machine's clock, which people and NTP may set back. */
int64_t clock_system_us(void);
/* From now on clock_now_us never goes back in this process, nor below least_us: while the machine's clock is behind, time goes on at half speed until
 * that has caught up, so the order of what is stored stays. Set back by more than two hours: then time follows. Any number of threads. */
void clock_keep_forward(int64_t least_us);

/* Runs plant time from the anchor on (process-wide; call before threads start). speed 1 and real == plant: the real clock. */
void clock_set_anchor(struct clock_anchor anchor);

struct clock_anchor clock_anchor(void);

/* GEMBA_CLOCK="real_us:plant_us:speed" in the environment: how a demo gives its processes one clock. True when it was there and well formed. */
bool clock_set_from_environment(void);

/* Plant duration to real duration: what a schedule sleeps. */
int64_t clock_real_us(int64_t plant_duration_us);

/* Tests own the clock: from now on clock_now_us returns what `now` returns; NULL gives it back. */
void clock_set_source(int64_t (*now)(void));

#endif
