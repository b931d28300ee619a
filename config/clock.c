#include "config/clock.h"

#include <math.h>
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

int64_t clock_now_us(void)
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
