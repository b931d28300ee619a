#include "acquisition/station.h"

#include "acquisition/codec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REQUEST_MAX = 2000, EXCEPTION_ADDRESS = 2, EXCEPTION_VALUE = 3, EXCEPTION_ACKNOWLEDGE = 5, EXCEPTION_BUSY = 6, BUSY_TRIES = 4 };
static const int64_t repeat_us = 10 * SECOND_US, busy_us = SECOND_US / 10, period_least_us = 1000;
static const int64_t recheck_us = MINUTE_US, soon_us = 10 * SECOND_US;

static void choose_lane(struct station *station);

/* The next instant on the plant's clock that is a multiple of the period after local midnight, and the phase. */
static int64_t aligned_us(const struct schedule *schedule, int64_t now_us)
{
    int64_t plant_us = clock_now_us();
    time_t second = plant_us / SECOND_US;
    struct tm local;
    localtime_r(&second, &local);
    int64_t since_us = plant_us + local.tm_gmtoff * SECOND_US - schedule->phase_us;
    return now_us + clock_real_us(schedule->every_us - since_us % schedule->every_us);
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

/* What one round through all tags asks for, for the status. */
static void measure_plan(struct station *station)
{
    struct link_status *status = &station->status;
    status->plan_requests = (int)station->plan->n_requests;
    status->plan_registers = 0;
    for (size_t i = 0; i < station->plan->n_requests; i++) {
        const struct request *request = &station->plan->requests[i];
        bool bits = request->area == AREA_COIL || request->area == AREA_DISCRETE;
        status->plan_registers += bits ? (request->count + 15) / 16 : request->count;
    }
}

void station_init(struct station *station, const struct plant *plant, const struct instrument *instrument, int64_t first_us, bool shared)
{
    const struct link *link = instrument->link;
    int64_t now_us = clock_monotonic_us();
    *station = (struct station){.instrument = instrument,
                                .plan = plan_build(plant, instrument),
                                .lanes = memory_zero(instrument->n_schedules + 1, sizeof *station->lanes),
                                .recheck_us = now_us + recheck_us,
                                .figures.taken_us = now_us,
                                .status = {.instrument = instrument->id, .state = "connecting", .turnaround_ms = NAN}};
    for (size_t i = 0; i < instrument->n_schedules; i++)
        station->lanes[i] = make_lane(&instrument->schedules[i], i, first_us);
    choose_lane(station);
    measure_plan(station);
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
    station->plan = NULL;
    station->lanes = NULL;
}

static void sleep_us(int64_t us)
{
    struct timespec time = {.tv_sec = us / SECOND_US, .tv_nsec = us % SECOND_US * 1000};
    while (us > 0 && nanosleep(&time, &time))
        ;
}

/* --- reading */

/* A busy unit is asked again after a while, and what was garbled at once, but only once. again: right after another request, so that the line's
 * pause was waited for. */
static struct outcome ask(struct station *station, struct transport *transport, size_t index, bool again, uint16_t *registers)
{
    const struct request *request = &station->plan->requests[index];
    struct outcome outcome;
    bool garbled = false;
    for (int attempt = 0; attempt < BUSY_TRIES; attempt++) {
        sleep_us(station->asked_us + station->instrument->min_interval_us - clock_monotonic_us());
        int64_t sent_us = station->asked_us = clock_monotonic_us();
        outcome = transport_read(transport, station->instrument->unit, request->area, request->first, request->count, registers);
        int64_t took_us = clock_monotonic_us() - sent_us;
        station_count(station, &outcome, took_us);
        if (outcome.kind == OUTCOME_GOOD)
            plan_answered(station->plan, index, took_us - (again ? station->instrument->link->pause_us : 0));
        bool busy = outcome.exception == EXCEPTION_ACKNOWLEDGE || outcome.exception == EXCEPTION_BUSY;
        bool garbage = outcome.kind == OUTCOME_GARBAGE && !garbled && transport_is_open(transport);
        if (!busy && !garbage)
            break;
        garbled |= garbage;
        sleep_us(busy ? busy_us : 0);
        again = !busy;
    }
    return outcome;
}

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
    measure_plan(station);
}

struct outcome station_read(struct station *station, struct transport *transport, struct poll **out)
{
    uint16_t registers[REQUEST_MAX];
    struct plan *plan = station->plan;
    struct outcome result = {.kind = OUTCOME_GOOD, .state = "online"};
    struct poll *poll = *out = empty_poll(station, QUALITY_BAD_NEVER_READ);
    int64_t begun_us = clock_now_us(), ended_us = begun_us, first_us = 0;
    int64_t asked_us = clock_monotonic_us();
    bool recheck = asked_us >= station->recheck_us;
    transport_set_patience(transport, probe_patience_us(&station->probe, station->instrument->link->timeout_us, station->status.rtt_mean_ms));
    for (size_t i = 0; i < plan->n_requests;) {
        const struct request *request = &plan->requests[i];
        struct outcome outcome = result;
        if (request->schedule != station->lane || (request->refused && !recheck)) {
            if (request->schedule == station->lane)
                deliver(plan, request, QUALITY_BAD_CONFIGURATION, registers, poll);
            i++;
            continue;
        }
        if (result.kind == OUTCOME_GOOD) {
            int64_t sent_us = ended_us;
            outcome = ask(station, transport, i, first_us != 0, registers);
            ended_us = clock_now_us();
            int64_t middle_us = sent_us + (ended_us - sent_us) / 2;
            if (!first_us)
                first_us = middle_us;
            else
                note_time(poll, plan, request, middle_us - first_us);
        }
        if (outcome.kind == OUTCOME_EXCEPTION && learn(station, &outcome, &i))
            continue;
        if (outcome.kind == OUTCOME_EXCEPTION)
            note_exception(station, &outcome, request);
        else if (outcome.kind != OUTCOME_GOOD)
            result = outcome;
        deliver(plan, request, outcome.quality, registers, poll);
        i++;
    }
    station->cost_us = clock_monotonic_us() - asked_us;
    stamp(station, poll, first_us ? first_us : begun_us);
    follow(station, poll);
    if (result.kind == OUTCOME_GOOD)
        conclude(station, poll);
    if (recheck)
        station->recheck_us = clock_monotonic_us() + recheck_us;
    return result;
}

struct poll *station_unread(struct station *station, const struct outcome *outcome)
{
    struct poll *poll = empty_poll(station, outcome->quality);
    stamp(station, poll, clock_now_us());
    follow(station, poll);
    return poll;
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

bool station_note(struct station *station, struct poll *poll, const struct outcome *outcome, bool asked)
{
    struct link_status *status = &station->status;
    int64_t now_us = clock_monotonic_us();
    bool changed = strcmp(status->state, outcome->state) != 0;
    snprintf(status->state, sizeof status->state, "%s", outcome->state);
    status->time_us = poll->time_us;
    if (outcome->kind == OUTCOME_GOOD) {
        if (station->failures)
            log_info("%s (%s) answers again", station->instrument->name, status->address);
        station->failures = 0;
        come_back(station);
        probe_answered(&station->probe);
        status->last_answer_us = poll->time_us;
        return true;
    }
    if (changed)
        log_warning("%s (%s): %s", station->instrument->name, status->address, outcome->text);
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
