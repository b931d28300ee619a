#include "acquisition/station.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t repeat_us = 10 * SECOND_US, period_least_us = 1000, soon_us = 10 * SECOND_US;

static void choose_lane(struct station *station);

static int64_t offset_us(int64_t plant_us)
{
    time_t second = plant_us / SECOND_US;
    struct tm local;
    localtime_r(&second, &local);
    return local.tm_gmtoff * SECOND_US;
}

static int64_t next_at(const struct schedule *schedule, int64_t plant_us, int64_t offset)
{
    return plant_us + schedule->every_us - (plant_us + offset - schedule->phase_us) % schedule->every_us;
}

int64_t station_aligned(const struct schedule *schedule, int64_t plant_us)
{
    int64_t before = offset_us(plant_us), next = next_at(schedule, plant_us, before), after = offset_us(next);
    if (before == after)
        return next;
    int64_t changed = next_at(schedule, plant_us, after);
    return offset_us(changed) == after ? changed : next; /* else that time of day does not exist */
}

/* The next such instant, monotonic. */
static int64_t aligned_us(const struct schedule *schedule, int64_t now_us)
{
    int64_t plant_us = clock_now_us();
    return now_us + clock_real_us(station_aligned(schedule, plant_us) - plant_us);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static struct lane make_lane(const struct schedule *schedule, size_t index, int64_t first_us)
{
    double whole, part = modf((double)index * 0.6180339887498949, &whole); /* spreads evenly whatever their number */
    int64_t now_us = clock_monotonic_us();
    struct lane lane = {.schedule = schedule, .period_us = clock_real_us(schedule->every_us), .seen = NAN, .next_us = INT64_MAX};
    if (lane.period_us < period_least_us)
        lane.period_us = period_least_us;
    if (schedule->aligned)
        lane.next_us = aligned_us(schedule, now_us);
    else if (schedule->phase_us >= 0)
        lane.next_us = now_us + clock_real_us(schedule->phase_us);
    else if (!schedule->on_change) /* nobody waits a day for the first value of a day's period */
        lane.next_us = now_us + (first_us - now_us + (int64_t)(part * (double)lane.period_us)) % least(lane.period_us, soon_us);
    return lane;
}

void station_init(struct station *station, const struct plant *plant, const struct instrument *instrument, int64_t first_us, bool shared)
{
    const struct link *link = instrument->link;
    int64_t now_us = clock_monotonic_us();
    *station = (struct station){.instrument = instrument,
                                .plan = plan_build(plant, instrument),
                                .lanes = memory_zero(instrument->n_schedules + 1, sizeof *station->lanes),
                                .recheck_us = now_us + STATION_RECHECK_US,
                                .figures.taken_us = now_us,
                                .status = {.instrument = instrument->id, .state = "connecting", .turnaround_ms = NAN}};
    for (size_t i = 0; i < instrument->n_schedules; i++)
        station->lanes[i] = make_lane(&instrument->schedules[i], i, first_us);
    choose_lane(station);
    station_take_plan(station);
    probe_init(&station->probe, shared, instrument->unit);
    if (link->kind != LINK_RTU)
        snprintf(station->status.address, sizeof station->status.address, "%.28s:%d unit %d", link->host, link->port, instrument->unit);
    else
        snprintf(station->status.address, sizeof station->status.address, "%.36s unit %d", link->device, instrument->unit);
}

void station_clear(struct station *station)
{
    plan_free(station->plan);
    free(station->lanes);
    poll_free(station->round.poll);
    station->round.poll = NULL;
    station->plan = NULL;
    station->lanes = NULL;
}

/* --- what it means for the instrument */

static bool has_value(const struct poll *poll)
{
    for (size_t i = 0; i < poll->instrument->n_tags; i++)
        if (!quality_is_bad(poll->quality[i]))
            return true;
    return false;
}

static void note_failure(struct station *station, const struct outcome *outcome, bool asked)
{
    station->failures++;
    if (asked && station->failures > 1)
        probe_failed(&station->probe, outcome->kind, clock_monotonic_us(), station->cost_us);
}

/* A unit that stays silent is so for all its tags; when it is back, those that would be due only much later are due now. */
static void go_blank(struct station *station, struct poll *poll, enum quality quality)
{
    for (size_t i = 0; i < station->instrument->n_tags; i++)
        if (poll->quality[i] == QUALITY_ABSENT)
            poll->quality[i] = (uint8_t)quality;
    station->blank = true;
}

static void come_back(struct station *station)
{
    int64_t now_us = clock_monotonic_us();
    for (size_t i = 0; station->blank && i < station->instrument->n_schedules; i++)
        if (i != station->lane && station->lanes[i].next_us > now_us + soon_us)
            station->lanes[i].next_us = now_us;
    station->blank = false;
}

/* Its state, where it changed or where that was held back before. */
static void tell(struct station *station, bool changed, void (*say)(const char *format, ...), const char *words)
{
    int held;
    char more[64] = "";
    if (!log_may(&station->voice, changed, clock_monotonic_us(), &held))
        return;
    if (held)
        snprintf(more, sizeof more, " (and %d changes since the line before)", held);
    say("%s (%s)%s%s", station->instrument->name, station->status.address, words, more);
}

bool station_note(struct station *station, struct poll *poll, const struct outcome *outcome, bool asked)
{
    struct link_status *status = &station->status;
    int64_t now_us = clock_monotonic_us();
    bool changed = strcmp(status->state, outcome->state) != 0;
    snprintf(status->state, sizeof status->state, "%s", outcome->state);
    status->time_us = poll->time_us;
    if (outcome->kind == OUTCOME_GOOD) {
        tell(station, station->failures > 0, log_info, " answers again");
        station->failures = 0;
        come_back(station);
        probe_answered(&station->probe);
        status->last_answer_us = poll->time_us;
        return true;
    }
    char words[sizeof outcome->text + 2];
    snprintf(words, sizeof words, ": %s", outcome->text);
    tell(station, changed, log_warning, words);
    snprintf(status->last_error, sizeof status->last_error, "%s", outcome->text);
    status->last_error_us = poll->time_us;
    note_failure(station, outcome, asked);
    poll->failures = station->failures;
    if (station->failures > 1)
        go_blank(station, poll, outcome->quality);
    snprintf(poll->reason, sizeof poll->reason, "%s", outcome->text);
    if (station->failures > 2 && now_us - station->pushed_us < repeat_us && !has_value(poll))
        return false;
    station->pushed_us = now_us;
    return true;
}

/* --- schedule */

static void choose_lane(struct station *station)
{
    station->lane = 0;
    for (size_t i = 1; i < station->instrument->n_schedules; i++)
        if (station->lanes[i].next_us < station->lanes[station->lane].next_us)
            station->lane = i;
    station->next_us = station->lanes[station->lane].next_us;
}

/* To the next instant that is not past; returns how many were passed over. */
static int64_t advance(struct lane *lane, int64_t now_us)
{
    int64_t due_us = lane->next_us;
    if (lane->schedule->on_change) {
        lane->next_us = INT64_MAX;
        return 0;
    }
    if (lane->schedule->aligned) {
        lane->next_us = aligned_us(lane->schedule, now_us);
        if (lane->next_us - due_us < lane->period_us / 2) /* it was read a little early, by the plant's clock */
            lane->next_us += lane->period_us;
    } else if ((lane->next_us += lane->period_us) <= now_us)
        lane->next_us += ((now_us - lane->next_us) / lane->period_us + 1) * lane->period_us;
    return llround((double)(lane->next_us - due_us) / (double)lane->period_us) - 1;
}

void station_schedule(struct station *station, int64_t now_us)
{
    int64_t missed = advance(&station->lanes[station->lane], now_us);
    if (!station->failures && missed > 0)
        station->status.skipped += missed;
    choose_lane(station);
    station->status.next_us = clock_now_us() + llround((double)(station->next_us - now_us) * clock_speed());
    station_take_figures(station, now_us);
}
