#include "acquisition/station.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { REQUEST_MAX = 2000, EXCEPTION_ADDRESS = 2, EXCEPTION_VALUE = 3, EXCEPTION_ACKNOWLEDGE = 5, EXCEPTION_BUSY = 6, FADE_AT = 4096 };
static const int64_t repeat_us = 10 * SECOND_US, pause_step_us = SECOND_US / 2, busy_us = SECOND_US / 10;

void station_init(struct station *station, const struct plant *plant, const struct instrument *instrument, int64_t first_us)
{
    const struct link *link = instrument->link;
    int64_t period_us = clock_real_us(instrument->every_us);
    *station = (struct station){.instrument = instrument,
                                .plan = plan_build(plant, instrument),
                                .period_us = period_us > 1000 ? period_us : 1000,
                                .next_us = first_us,
                                .status = {.instrument = instrument->id, .state = "connecting"}};
    if (link->kind == LINK_TCP)
        snprintf(station->status.address, sizeof station->status.address, "%.28s:%d unit %d", link->host, link->port, instrument->unit);
    else
        snprintf(station->status.address, sizeof station->status.address, "%.36s unit %d", link->device, instrument->unit);
}

void station_clear(struct station *station)
{
    plan_free(station->plan);
    station->plan = NULL;
}

static void sleep_us(int64_t us)
{
    struct timespec time = {.tv_sec = us / SECOND_US, .tv_nsec = us % SECOND_US * 1000};
    while (us > 0 && nanosleep(&time, &time))
        ;
}

/* --- reading */

static void count(struct station *station, const struct outcome *outcome, double rtt_ms)
{
    struct link_status *status = &station->status;
    status->requests++;
    switch (outcome->kind) {
    case OUTCOME_EXCEPTION:
    case OUTCOME_NO_UNIT:
        status->exceptions++;
        return;
    case OUTCOME_TIMEOUT:
        status->timeouts++;
        return;
    case OUTCOME_LOST:
        status->disconnects++;
        return;
    case OUTCOME_GARBAGE:
        status->protocol_errors++;
        return;
    case OUTCOME_GOOD:
        break;
    }
    status->answers++;
    status->rtt_ms = rtt_ms;
    station->rtt_sum_ms += rtt_ms;
    status->rtt_mean_ms = station->rtt_sum_ms / (double)status->answers;
    status->rtt_max_ms = fmax(status->rtt_max_ms, rtt_ms);
}

static struct outcome ask(struct station *station, struct transport *transport, const struct request *request, uint16_t *registers)
{
    struct outcome outcome;
    for (int attempt = 0; attempt < 2; attempt++) {
        int64_t sent_us = clock_monotonic_us();
        outcome = transport_read(transport, station->instrument->unit, request->area, request->first, request->count, registers);
        count(station, &outcome, (double)(clock_monotonic_us() - sent_us) / 1000);
        if (outcome.exception != EXCEPTION_ACKNOWLEDGE && outcome.exception != EXCEPTION_BUSY)
            break;
        sleep_us(busy_us);
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

/* Whether the plan was changed by what the device refused; *at is the request to go on with. */
static bool learn(struct station *station, const struct outcome *outcome, size_t *at)
{
    struct request refused = station->plan->requests[*at];
    if (outcome->exception == EXCEPTION_VALUE && plan_halve(station->plan, *at))
        *at = 0;
    else if (outcome->exception != EXCEPTION_ADDRESS || !plan_bisect(station->plan, *at))
        return false;
    log_info("%s refuses to read %d at %s:%d in one request; reading it in smaller ones", station->instrument->name, refused.count,
             area_name(refused.area), refused.first);
    return true;
}

struct outcome station_read(struct station *station, struct transport *transport, struct poll **poll)
{
    uint16_t registers[REQUEST_MAX];
    struct outcome result = {.kind = OUTCOME_GOOD, .state = "online"};
    *poll = poll_create(station->plan);
    int64_t begun_us = clock_now_us();
    for (size_t i = 0; i < station->plan->n_requests;) {
        const struct request *request = &station->plan->requests[i];
        struct outcome outcome = result;
        if (result.kind == OUTCOME_GOOD) {
            sleep_us(station->instrument->link->pause_us);
            outcome = ask(station, transport, request, registers);
        }
        if (outcome.kind == OUTCOME_EXCEPTION && learn(station, &outcome, &i))
            continue;
        if (outcome.kind == OUTCOME_EXCEPTION) {
            snprintf(station->status.last_error, sizeof station->status.last_error, "%s (%s:%d)", outcome.text, area_name(request->area),
                     request->first);
            station->status.last_error_us = clock_now_us();
        } else if (outcome.kind != OUTCOME_GOOD)
            result = outcome;
        deliver(station->plan, request, outcome.quality, registers, *poll);
        i++;
    }
    int64_t ended_us = clock_now_us();
    (*poll)->time_us = begun_us + (ended_us - begun_us) / 2;
    return result;
}

struct poll *station_unread(const struct station *station, const struct outcome *outcome)
{
    struct poll *poll = poll_create(station->plan);
    poll->time_us = clock_now_us();
    memset(poll->quality, (int)outcome->quality, station->instrument->n_tags);
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

static void note_failure(struct station *station, const struct outcome *outcome, bool asked, int64_t most_pause_us)
{
    station->failures++;
    if (!asked || station->failures < 2)
        return;
    station->pause_us += pause_step_us;
    if (station->pause_us > most_pause_us)
        station->pause_us = most_pause_us;
    station->probe_us = clock_monotonic_us() + station->pause_us;
    snprintf(station->status.last_error, sizeof station->status.last_error, "%s", outcome->text);
}

bool station_note(struct station *station, struct poll *poll, const struct outcome *outcome, bool asked, int64_t most_pause_us)
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
        station->pause_us = station->probe_us = 0;
        status->last_answer_us = poll->time_us;
        return true;
    }
    if (changed)
        log_warning("%s (%s): %s", station->instrument->name, status->address, outcome->text);
    snprintf(status->last_error, sizeof status->last_error, "%s", outcome->text);
    status->last_error_us = poll->time_us;
    note_failure(station, outcome, asked, most_pause_us);
    poll->failures = station->failures;
    snprintf(poll->reason, sizeof poll->reason, "%s", outcome->text);
    if (station->failures > 2 && now_us - station->pushed_us < repeat_us && !has_value(poll))
        return false;
    station->pushed_us = now_us;
    return true;
}

/* --- schedule */

void station_schedule(struct station *station, int64_t now_us)
{
    station->next_us += station->period_us;
    if (station->next_us <= now_us) {
        int64_t missed = (now_us - station->next_us) / station->period_us + 1;
        if (!station->failures)
            station->status.skipped += missed;
        station->next_us += missed * station->period_us;
    }
    station->status.next_us = clock_now_us() + llround((double)(station->next_us - now_us) * clock_speed());
}

/* Classes of lateness grow by the square root of 2 from 10 us on. */
static double class_ms(int class)
{
    return 0.01 * exp2(class / 2.0);
}

void station_late(struct station *station, int64_t late_us)
{
    int class = late_us > 10 ? (int)ceil(2 * log2((double)late_us / 10)) : 0;
    station->lateness[class < LATENESS_CLASSES ? class : LATENESS_CLASSES - 1]++;
    int64_t total = 0, within = 0;
    for (int i = 0; i < LATENESS_CLASSES; i++)
        total += station->lateness[i];
    int p99 = 0;
    while ((within += station->lateness[p99]) < total - total / 100)
        p99++;
    station->status.lateness_p99_ms = class_ms(p99);
    for (int i = 0; total >= FADE_AT && i < LATENESS_CLASSES; i++)
        station->lateness[i] /= 2;
}
