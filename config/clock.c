#include "config/clock.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static struct clock_anchor anchor = {0, 0, 1};
static int64_t (*source)(void);

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

static struct {
    pthread_mutex_t mutex;
    bool on;
    int64_t plant_us, monotonic_us; /* of the newest answer */
} forward = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static const int64_t most_behind_us = 2 * HOUR_US;

void clock_keep_forward(int64_t least_us)
{
    pthread_mutex_lock(&forward.mutex);
    if (!forward.on || least_us > forward.plant_us)
        forward.plant_us = least_us;
    forward.monotonic_us = clock_monotonic_us();
    forward.on = true;
    pthread_mutex_unlock(&forward.mutex);
}

int64_t clock_now_us(void)
{
    int64_t now_us = clock_system_us();
    if (!forward.on)
        return now_us;
    pthread_mutex_lock(&forward.mutex);
    int64_t monotonic_us = clock_monotonic_us();
    int64_t least_us = forward.plant_us + llround((double)(monotonic_us - forward.monotonic_us) * anchor.speed / 2);
    if (now_us < least_us && least_us - now_us <= most_behind_us)
        now_us = least_us;
    forward.plant_us = now_us;
    forward.monotonic_us = monotonic_us;
    pthread_mutex_unlock(&forward.mutex);
    return now_us;
}

int64_t clock_system_us(void)
{
    if (source)
        return source();
    int64_t real_us = read_clock(CLOCK_REALTIME);
    if (!clock_is_simulated())
        return real_us;
    return anchor.plant_us + llround((double)(real_us - anchor.real_us) * anchor.speed);
}

int64_t clock_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double clock_speed(void)
{
    return anchor.speed;
}

bool clock_is_simulated(void)
{
    return anchor.speed != 1 || anchor.real_us != anchor.plant_us;
}

void clock_set_anchor(struct clock_anchor to)
{
    anchor = to;
}

struct clock_anchor clock_anchor(void)
{
    return anchor;
}

bool clock_set_from_environment(void)
{
    const char *text = getenv("GEMBA_CLOCK");
    long long real_us, plant_us;
    double speed;
    char rest;
    if (!text || sscanf(text, "%lld:%lld:%lf%c", &real_us, &plant_us, &speed, &rest) != 3 || !(speed > 0) || !isfinite(speed))
        return false;
    clock_set_anchor((struct clock_anchor){real_us, plant_us, speed});
    return true;
}

int64_t clock_real_us(int64_t plant_duration_us)
{
    return anchor.speed == 1 ? plant_duration_us : llround((double)plant_duration_us / anchor.speed);
}

void clock_set_source(int64_t (*now)(void))
{
    source = now;
}
