/* One poll of an instrument, a request at a time. */
#include "acquisition/station.h"

#include "acquisition/codec.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { REQUEST_MAX = 2000, EXCEPTION_ADDRESS = 2, EXCEPTION_VALUE = 3, EXCEPTION_ACKNOWLEDGE = 5, EXCEPTION_BUSY = 6, BUSY_TRIES = 4 };
static const int64_t busy_us = SECOND_US / 10;

static void deliver(const struct plan *plan, const struct request *request, enum quality quality, const uint16_t *registers, struct poll *poll)
{
    for (size_t i = request->first_tag; i < request->first_tag + request->n_tags; i++) {
        const struct tag *tag = plan->order[i];
        poll->quality[tag->column] = (uint8_t)quality;
        if (!quality_is_bad(quality))
            memcpy(poll->registers + plan->offset[tag->column], registers + (tag->address - request->first),
                   (size_t)tag->registers * sizeof *registers);
    }
}

/* Whether the plan was changed by what the unit refused; *at is the request to go on with. */
static bool learn(struct station *station, const struct outcome *outcome, size_t *at)
{
    struct request refused = station->plan->requests[*at];
    int64_t now_us = clock_now_us();
    if (outcome->exception == EXCEPTION_ADDRESS && station->instrument->refusals_pass)
        return false;
    if (outcome->exception == EXCEPTION_VALUE && plan_halve(station->plan, *at, now_us))
        *at = 0;
    else if (outcome->exception != EXCEPTION_ADDRESS || !plan_bisect(station->plan, *at, now_us))
        return false;
    if (!station->plan->instrument->lessons.count && station->plan->cuts <= 1)
        log_info("%s refuses to read %d at %s:%d in one request; reading it in smaller ones", station->instrument->name, refused.count,
                 area_name(refused.area), refused.first);
    return true;
}

/* A poll without any value of the schedule that is next, for what was not asked for. */
static struct poll *empty_poll(const struct station *station, enum quality quality)
{
    struct poll *poll = poll_create(station->plan);
    for (size_t i = 0; i < station->instrument->n_tags; i++)
        poll->quality[i] = (uint8_t)(station->instrument->tags[i].schedule == station->lane ? quality : QUALITY_ABSENT);
    return poll;
}

/* No two polls of an instrument have one time: it is their key. */
static void stamp(struct station *station, struct poll *poll, int64_t time_us)
{
    poll->time_us = time_us == station->time_us ? time_us + 1 : time_us;
    station->time_us = poll->time_us;
}

/* Answers that came one after the other have times of their own. */
static void note_time(struct poll *poll, const struct plan *plan, const struct request *request, int64_t shift_us)
{
    if (!poll->shifts_us)
        poll->shifts_us = memory_zero(plan->instrument->n_tags, sizeof *poll->shifts_us);
    for (size_t i = request->first_tag; i < request->first_tag + request->n_tags; i++)
        poll->shifts_us[plan->order[i]->column] = (int32_t)(shift_us < INT32_MAX ? shift_us : INT32_MAX);
}

static void note_exception(struct station *station, const struct outcome *outcome, const struct request *request)
{
    snprintf(station->status.last_error, sizeof station->status.last_error, "%s (%s:%d)", outcome->text, area_name(request->area), request->first);
    station->status.last_error_us = clock_now_us();
}

/* Schedules that follow a tag of the one that was read are next when it has changed. */
static void follow(struct station *station, const struct poll *poll)
{
    for (size_t i = 0; i < station->instrument->n_schedules; i++) {
        struct lane *lane = &station->lanes[i];
        const struct tag *tag = lane->schedule->on_change;
        if (!tag || tag->schedule != station->lane)
            continue;
        double value = NAN;
        if (!quality_is_bad(poll->quality[tag->column]))
            value = codec_decode(tag, poll->registers + station->plan->offset[tag->column]).value;
        if (!isnan(value) && value != lane->seen)
            lane->next_us = station->next_us;
        lane->seen = value;
    }
}

/* After a poll that was answered throughout. */
static void conclude(struct station *station, struct poll *poll)
{
    if (plan_conclude(station->plan, poll->time_us)) {
        poll->lessons = memory_zero(1, sizeof *poll->lessons);
        *poll->lessons = station->plan->lessons;
    }
    station_take_plan(station);
}

/* --- a poll in progress */

void station_begin(struct station *station, bool fresh)
{
    poll_free(station->round.poll);
    station->round = (struct round){.poll = empty_poll(station, QUALITY_BAD_NEVER_READ),
                                    .result = {.kind = OUTCOME_GOOD, .state = "online"},
                                    .begun_us = clock_now_us(),
                                    .ready_us = station->round.ready_us,
                                    .recheck = clock_monotonic_us() >= station->recheck_us,
                                    .fresh = fresh};
    station->cost_us = 0;
}

/* Asks for the request that is next. */
static struct outcome ask(struct station *station, struct transport *transport, uint16_t *registers)
{
    const struct instrument *instrument = station->instrument;
    struct round *round = &station->round;
    const struct request *request = &station->plan->requests[round->at];
    int64_t begun_us = clock_monotonic_us();
    transport_set_patience(transport, probe_patience_us(&station->probe, instrument->link->timeout_us, station->status.rtt_mean_ms));
    transport_await_pause(transport);
    int64_t asked_us = clock_monotonic_us(), plant_us = clock_now_us();
    struct outcome outcome = transport_read(transport, instrument->unit, request->area, request->first, request->count, registers);
    int64_t ended_us = clock_monotonic_us();
    round->middle_us = plant_us + llround((double)(ended_us - asked_us) / 2 * clock_speed());
    round->ready_us = instrument->min_interval_us ? asked_us + instrument->min_interval_us : 0;
    station->cost_us += ended_us - begun_us;
    station_count(station, &outcome, ended_us - asked_us, ended_us - begun_us);
    if (outcome.kind == OUTCOME_GOOD)
        plan_answered(station->plan, round->at, ended_us - asked_us);
    return outcome;
}

/* A busy unit is asked again after a while, and what was garbled at once, but only once. */
static bool try_again(struct round *round, const struct outcome *outcome, const struct transport *transport)
{
    bool busy = outcome->exception == EXCEPTION_ACKNOWLEDGE || outcome->exception == EXCEPTION_BUSY;
    bool garbage = outcome->kind == OUTCOME_GARBAGE && !round->garbled && transport_is_open(transport);
    if ((!busy && !garbage) || ++round->tries >= BUSY_TRIES)
        return false;
    round->garbled |= garbage;
    if (busy && round->ready_us < clock_monotonic_us() + busy_us)
        round->ready_us = clock_monotonic_us() + busy_us;
    return true;
}

static void answered(struct station *station, const struct outcome *outcome, const uint16_t *registers)
{
    struct round *round = &station->round;
    const struct request *request = &station->plan->requests[round->at];
    if (!round->first_us)
        round->first_us = round->middle_us;
    else
        note_time(round->poll, station->plan, request, round->middle_us - round->first_us);
    if (outcome->kind == OUTCOME_EXCEPTION && learn(station, outcome, &round->at))
        return;
    if (outcome->kind == OUTCOME_EXCEPTION)
        note_exception(station, outcome, request);
    else if (outcome->kind != OUTCOME_GOOD)
        round->result = *outcome;
    bool passes = outcome->exception == EXCEPTION_ADDRESS && station->instrument->refusals_pass;
    deliver(station->plan, request, passes ? QUALITY_BAD_DEVICE : outcome->quality, registers, round->poll);
    round->at++;
}

/* Passes over what is not to be asked for; false at the end of the plan. */
static bool reach_request(struct station *station)
{
    struct round *round = &station->round;
    for (; round->at < station->plan->n_requests; round->at++) {
        const struct request *request = &station->plan->requests[round->at];
        if (request->schedule != station->lane)
            continue;
        if (round->result.kind != OUTCOME_GOOD)
            deliver(station->plan, request, round->result.quality, NULL, round->poll);
        else if (request->refused && !round->recheck)
            deliver(station->plan, request, QUALITY_BAD_CONFIGURATION, NULL, round->poll);
        else
            return true;
    }
    return false;
}

bool station_step(struct station *station, struct transport *transport)
{
    uint16_t registers[REQUEST_MAX];
    struct round *round = &station->round;
    if (reach_request(station)) {
        struct outcome outcome = ask(station, transport, registers);
        if (try_again(round, &outcome, transport))
            return false;
        round->tries = 0;
        round->garbled = false;
        answered(station, &outcome, registers);
        if (reach_request(station))
            return false;
    }
    stamp(station, round->poll, round->first_us ? round->first_us : round->begun_us);
    follow(station, round->poll);
    if (round->result.kind == OUTCOME_GOOD)
        conclude(station, round->poll);
    if (round->recheck)
        station->recheck_us = clock_monotonic_us() + STATION_RECHECK_US;
    return true;
}

struct poll *station_end(struct station *station)
{
    struct poll *poll = station->round.poll;
    station->round.poll = NULL;
    return poll;
}

struct poll *station_unread(struct station *station, const struct outcome *outcome)
{
    struct poll *poll = empty_poll(station, outcome->quality);
    stamp(station, poll, clock_now_us());
    follow(station, poll);
    return poll;
}
