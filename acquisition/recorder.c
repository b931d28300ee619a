#include "acquisition/recorder.h"

#include "acquisition/desk.h"
#include "acquisition/write_post.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POLLS_AT_ONCE = 20000, BYTES_AT_ONCE = 2 << 20 /* a fraction of a second's work */ };
static const int64_t tick_us = SECOND_US * 6 / 25, status_us = SECOND_US;

struct recorder {
    const struct plant *plant;
    struct store *store;
    struct queue *queue;
    struct desk *desk;
    struct batch *batch;
    struct write_post *post;
    struct link_worker *const *workers;
    size_t n_workers;
    struct collector_status status;
    double commit_ms_sum;
    int64_t status_due_us, failing_us; /* monotonic; failing_us 0: the store can be written */
    struct error trouble;
    bool dropping;
    bool packing;    /* the last look found something to pack */
    int64_t pack_us; /* the longest packing took, lately */
    char pack_trouble[sizeof((struct error *)0)->text];
    int64_t system_us, monotonic_us; /* the machine's clocks when they were last compared */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t ending;
    bool end, failed;
};

/* --- one transaction */

struct status_write {
    struct store *store;
    struct error *err;
    int failed;
};

static void write_link_status(const struct link_status *status, void *context)
{
    struct status_write *write = context;
    if (!write->failed)
        write->failed = record_link_status(write->store, status, write->err);
}

static int write_statuses(struct recorder *recorder, struct error *err)
{
    struct status_write write = {recorder->store, err, 0};
    pthread_mutex_lock(&recorder->mutex);
    struct link_worker *const *workers = recorder->workers;
    size_t n_workers = recorder->n_workers;
    pthread_mutex_unlock(&recorder->mutex);
    for (size_t i = 0; i < n_workers; i++)
        link_each_status(workers[i], write_link_status, &write);
    struct collector_status status = recorder->status; /* as it will be when this is committed */
    status.time_us = clock_now_us();
    status.queued = (int64_t)queue_length(recorder->queue);
    status.commits++;
    status.readings += (int64_t)batch_readings(recorder->batch);
    status.measurements += (int64_t)batch_measurements(recorder->batch);
    return write.failed ? -1 : record_collector_status(recorder->store, &status, err);
}

static int write_all(struct recorder *recorder, bool with_status, struct error *err)
{
    if (store_begin(recorder->store, err))
        return -1;
    if (batch_write(recorder->batch, recorder->store, err) || (with_status && write_statuses(recorder, err)) || store_commit(recorder->store, err)) {
        store_rollback(recorder->store);
        return -1;
    }
    return 0;
}

static bool mends_itself(enum error_code code)
{
    return code == ERR_LOCKED || code == ERR_FULL || code == ERR_IO || code == ERR_READ_ONLY || code == ERR_MEMORY;
}

/* Says once that the store cannot be written, and once that it can again; the alarm goes with the next batch. */
static void note_trouble(struct recorder *recorder, const struct error *err)
{
    if (!recorder->failing_us) {
        recorder->failing_us = clock_monotonic_us();
        recorder->trouble = *err;
        log_error("%s; values are kept in memory meanwhile", err->text);
    }
    if (!mends_itself(err->code)) {
        pthread_mutex_lock(&recorder->mutex);
        recorder->failed = true;
        pthread_mutex_unlock(&recorder->mutex);
    }
}

static void note_recovery(struct recorder *recorder)
{
    if (!recorder->failing_us)
        return;
    double lasted_s = (double)(clock_monotonic_us() - recorder->failing_us) / SECOND_US;
    recorder->failing_us = 0;
    log_info("the store can be written again after %.1f s", lasted_s);
    batch_event(recorder->batch, clock_now_us(), "store", recorder->plant->name, "nothing was written for %.1f s, values were kept in memory: %.110s",
                lasted_s, recorder->trouble.text);
    struct alarm_source source = {.kind = "store", .key = "store/written", .object = recorder->plant->name, .priority = ALARM_HIGH};
    batch_raise(recorder->batch, clock_now_us(), &source, "not written for %.1f s: %.120s", lasted_s, recorder->trouble.text);
    batch_clear(recorder->batch, clock_now_us(), source.key);
}

static void count_commit(struct recorder *recorder, int64_t begun_us)
{
    struct collector_status *status = &recorder->status;
    double ms = (double)(clock_monotonic_us() - begun_us) / 1000;
    status->commits++;
    status->readings += (int64_t)batch_readings(recorder->batch);
    status->measurements += (int64_t)batch_measurements(recorder->batch);
    recorder->commit_ms_sum += ms;
    status->commit_ms_mean = recorder->commit_ms_sum / (double)status->commits;
    status->commit_ms_max = fmax(status->commit_ms_max, ms);
}

/* True when nothing is left to write. */
static bool flush(struct recorder *recorder)
{
    int64_t now_us = clock_monotonic_us();
    bool with_status = now_us >= recorder->status_due_us;
    if (batch_is_empty(recorder->batch) && !with_status)
        return true;
    struct error err;
    if (write_all(recorder, with_status, &err)) {
        note_trouble(recorder, &err);
        return false;
    }
    count_commit(recorder, now_us);
    batch_reset(recorder->batch);
    if (with_status)
        recorder->status_due_us = now_us + status_us;
    note_recovery(recorder);
    return true;
}

enum { PACK_LOOK_US = 1000, PACK_WORK_US = 10000 };

/* True when something was packed: there may be more. */
static bool pack_some(struct recorder *recorder)
{
    enum { KEEP = 256 };
    struct error err;
    bool more;
    int64_t before = store_packed(recorder->store);
    if (store_pack(recorder->store, KEEP, recorder->packing ? PACK_WORK_US : PACK_LOOK_US, &more, &err)) {
        if (!mends_itself(err.code) && strcmp(err.text, recorder->pack_trouble))
            log_error("old rows are not packed: %s", err.text);
        snprintf(recorder->pack_trouble, sizeof recorder->pack_trouble, "%s", err.text);
        return false;
    }
    return store_packed(recorder->store) > before;
}

/* Old rows become chunks between two commits. While there is much: in all the time until the next is due that is enough for as long as packing took
 * at worst lately, and once where there is none, or it would never end; else only a look at the next few series. Waiting polls come first. */
static void pack(struct recorder *recorder, int64_t until_us)
{
    if (recorder->failing_us)
        return;
    int64_t now_us = clock_monotonic_us();
    recorder->pack_us -= recorder->pack_us / 16;
    do {
        int64_t begun_us = now_us;
        recorder->packing = pack_some(recorder);
        now_us = clock_monotonic_us();
        recorder->pack_us = now_us - begun_us > recorder->pack_us ? now_us - begun_us : recorder->pack_us;
    } while (recorder->packing && now_us + recorder->pack_us < until_us && queue_length(recorder->queue) < POLLS_AT_ONCE / 4);
}

/* --- the thread */

static void note_dropped(struct recorder *recorder, int64_t dropped)
{
    static const char key[] = "store/dropped";
    recorder->status.dropped += dropped;
    if (dropped) {
        log_error("%lld polls were dropped: the store cannot be written fast enough", (long long)dropped);
        batch_event(recorder->batch, clock_now_us(), "dropped", recorder->plant->name, "%lld polls were dropped: the store could not be written",
                    (long long)dropped);
        struct alarm_source source = {.kind = "store", .key = key, .object = recorder->plant->name, .priority = ALARM_HIGH};
        batch_raise(recorder->batch, clock_now_us(), &source, "%lld polls dropped since the start: the store could not be written",
                    (long long)recorder->status.dropped);
    } else if (recorder->dropping)
        batch_clear(recorder->batch, clock_now_us(), key);
    recorder->dropping = dropped > 0;
}

/* A clock that was set is said once, with by how much. */
static void watch_clock(struct recorder *recorder)
{
    int64_t system_us = clock_system_us(), monotonic_us = clock_monotonic_us(), before_us = recorder->monotonic_us;
    double step_us = (double)(system_us - recorder->system_us) - (double)(monotonic_us - before_us) * clock_speed();
    recorder->system_us = system_us;
    recorder->monotonic_us = monotonic_us;
    if (!before_us || fabs(step_us) < (double)SECOND_US * clock_speed())
        return;
    bool is_kept = clock_now_us() > system_us;
    batch_event(recorder->batch, clock_now_us(), "clock", recorder->plant->name, "the machine's clock was set %s by %.0f s: %s",
                step_us < 0 ? "back" : "forward", fabs(step_us) / SECOND_US,
                step_us > 0 ? "nothing is known of the time between"
                : is_kept   ? "until it has caught up times run at half speed, so the order stays"
                            : "that is too far to wait for, so times of before come again");
}

/* What people ask to be written goes to the links, and what became of it into the store. */
static void run_post(struct recorder *recorder)
{
    struct error err;
    pthread_mutex_lock(&recorder->mutex);
    struct link_worker *const *workers = recorder->workers;
    size_t n_workers = recorder->n_workers;
    pthread_mutex_unlock(&recorder->mutex);
    if (write_post_run(recorder->post, recorder->store, workers, n_workers, &err))
        note_trouble(recorder, &err);
}

/* What engineers decided about limits and points holds from the next point on. */
static void take_decisions(struct recorder *recorder)
{
    struct error err;
    if (desk_take_decisions(recorder->desk, recorder->store, recorder->batch, &err))
        note_trouble(recorder, &err);
}

static void acknowledge(void *post, const struct tag *tag, double value)
{
    write_post_send(post, tag, value);
}

/* Takes and judges what waits, and writes it. What is judged is written before more is judged. False when the store cannot be written. */
static bool drain(struct recorder *recorder)
{
    if (recorder->failing_us && !flush(recorder))
        return false;
    watch_clock(recorder);
    int64_t dropped;
    struct poll *next, *poll = queue_take(recorder->queue, POLLS_AT_ONCE, BYTES_AT_ONCE, &dropped);
    if (dropped || recorder->dropping)
        note_dropped(recorder, dropped);
    for (; poll; poll = next) {
        next = poll->next;
        desk_poll(recorder->desk, poll, recorder->batch);
    }
    if (!flush(recorder))
        return false;
    desk_acknowledge(recorder->desk, acknowledge, recorder->post);
    run_post(recorder);
    take_decisions(recorder);
    return true;
}

/* Sleeps a tick; true when the recorder is to end. */
static bool wait_tick(struct recorder *recorder, int64_t until_us)
{
    struct timespec until = {.tv_sec = until_us / SECOND_US, .tv_nsec = until_us % SECOND_US * 1000};
    pthread_mutex_lock(&recorder->mutex);
    while (!recorder->end && !pthread_cond_timedwait(&recorder->ending, &recorder->mutex, &until))
        ;
    bool end = recorder->end;
    pthread_mutex_unlock(&recorder->mutex);
    return end;
}

static void *run(void *argument)
{
    struct recorder *recorder = argument;
    int64_t next_us = clock_monotonic_us();
    do {
        drain(recorder);
        pack(recorder, next_us + tick_us);
        int64_t now_us = clock_monotonic_us();
        bool behind = !recorder->failing_us && queue_length(recorder->queue) > POLLS_AT_ONCE / 4;
        next_us = behind ? now_us : next_us + tick_us > now_us ? next_us + tick_us : now_us + tick_us / 4;
    } while (!wait_tick(recorder, next_us) && !recorder_has_failed(recorder));
    return NULL;
}

/* --- life */

static void destroy(struct recorder *recorder)
{
    desk_destroy(recorder->desk);
    batch_destroy(recorder->batch);
    write_post_destroy(recorder->post);
    pthread_cond_destroy(&recorder->ending);
    pthread_mutex_destroy(&recorder->mutex);
    free(recorder);
}

struct recorder *recorder_start(const struct plant *plant, struct store *store, struct queue *queue, struct error *err)
{
    struct recorder *recorder = memory_zero(1, sizeof *recorder);
    recorder->plant = plant;
    recorder->store = store;
    recorder->queue = queue;
    recorder->batch = batch_create();
    recorder->post = write_post_create(plant);
    recorder->status = (struct collector_status){.started_us = clock_now_us(), .pid = getpid()};
    pthread_mutex_init(&recorder->mutex, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&recorder->ending, &monotonic);
    pthread_condattr_destroy(&monotonic);
    recorder->desk = desk_create(plant, store, recorder->batch, err);
    if (recorder->desk && !pthread_create(&recorder->thread, NULL, run, recorder))
        return recorder;
    if (recorder->desk)
        error_set(err, ERR_INTERNAL, "no thread for the recorder; raise the account's process limit");
    destroy(recorder);
    return NULL;
}

void recorder_watch(struct recorder *recorder, struct link_worker *const *workers, size_t count)
{
    pthread_mutex_lock(&recorder->mutex);
    recorder->workers = workers;
    recorder->n_workers = count;
    pthread_mutex_unlock(&recorder->mutex);
}

bool recorder_has_failed(struct recorder *recorder)
{
    pthread_mutex_lock(&recorder->mutex);
    bool failed = recorder->failed;
    pthread_mutex_unlock(&recorder->mutex);
    return failed;
}

/* What could not be written in time is dropped, and the store says so if it can be written after all. Returns how many polls that is. */
static size_t give_up(struct recorder *recorder)
{
    int64_t left = queue_clear(recorder->queue);
    if (!recorder->failed && left)
        note_dropped(recorder, left);
    bool written = !recorder->failed && flush(recorder);
    return (size_t)left + (written ? 0 : batch_polls(recorder->batch));
}

size_t recorder_stop(struct recorder *recorder, int64_t most_us)
{
    int64_t until_us = clock_monotonic_us() + most_us;
    pthread_mutex_lock(&recorder->mutex);
    recorder->end = true;
    pthread_cond_signal(&recorder->ending);
    pthread_mutex_unlock(&recorder->mutex);
    pthread_join(recorder->thread, NULL);
    bool done = false;
    while (!recorder->failed && !done && clock_monotonic_us() < until_us) {
        recorder->status_due_us = 0; /* the last status tells the time until which everything is known */
        done = drain(recorder) && batch_is_empty(recorder->batch) && !queue_length(recorder->queue);
        if (recorder->failing_us)
            usleep((useconds_t)tick_us / 4);
    }
    recorder->status_due_us = 0;
    size_t lost = done ? 0 : give_up(recorder);
    destroy(recorder);
    return lost;
}
