#include "acquisition/acquisition.h"

#include "acquisition/lock.h"
#include "acquisition/recorder.h"
#include "acquisition/transport.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { QUEUE_POLLS = 400000, QUEUE_BYTES = 64 << 20 };

static const int64_t last_commits_us = 10 * SECOND_US;

enum ending { ENDING_ASKED, ENDING_RELOAD, ENDING_FAILED };

struct collector {
    struct plant *plant;
    struct store *store;
    struct queue *queue;
    struct recorder *recorder;
    struct link_worker **workers;
    size_t n_workers;
    int lock;
};

static int open_store(struct collector *collector, struct error *err)
{
    struct plant *plant = collector->plant;
    struct clock_anchor anchor;
    if (store_open(&collector->store, plant->store_path, STORE_RECORD, err) || store_anchor(collector->store, &anchor, err))
        return -1;
    if (plant->simulated && !getenv("GEMBA_CLOCK") && anchor.speed > 0 && anchor.speed != 1)
        clock_set_anchor(anchor); /* plant time goes on where it was */
    if (store_set_anchor(collector->store, clock_anchor(), err))
        return -1;
    struct collector_status before = {0};
    struct error none;
    if (!plant->simulated && store_collector_status(collector->store, &before, &none) && none.code != ERR_NOT_FOUND) {
        *err = none;
        return -1;
    }
    clock_keep_forward(before.time_us);
    return store_identify(collector->store, plant, err);
}

static int start(struct collector *collector, struct error *err)
{
    struct plant *plant = collector->plant;
    if (plant->n_links > TRANSPORT_LINKS_MAX)
        return error_set(err, ERR_CONFIG, "%s has %zu links; one collector takes %d: split the plant over two collectors with a store each",
                         plant->file, plant->n_links, TRANSPORT_LINKS_MAX);
    if ((collector->lock = lock_store(plant->store_path, err)) < 0 || open_store(collector, err))
        return -1;
    collector->queue = queue_create(QUEUE_POLLS, QUEUE_BYTES);
    collector->recorder = recorder_start(plant, collector->store, collector->queue, err);
    if (!collector->recorder)
        return -1;
    size_t connections = 0;
    for (size_t i = 0; i < plant->n_links; i++)
        connections += (size_t)plant->links[i].connections;
    collector->workers = memory_zero(connections + 1, sizeof(struct link_worker *));
    for (size_t i = 0; i < plant->n_links; i++) {
        for (int connection = 0; connection < plant->links[i].connections; connection++) {
            struct link_worker *worker = link_start(plant, &plant->links[i], connection, collector->queue, err);
            if (!worker)
                return -1;
            collector->workers[collector->n_workers++] = worker;
        }
    }
    recorder_watch(collector->recorder, collector->workers, collector->n_workers);
    log_info("%s: collecting %zu instrument%s on %zu link%s into %s", plant->name, plant->n_instruments, plant->n_instruments == 1 ? "" : "s",
             plant->n_links, plant->n_links == 1 ? "" : "s", plant->store_path);
    return 0;
}

/* Ends the links, then records what they brought. -1 when something could not be recorded. */
static int stop(struct collector *collector)
{
    size_t lost = 0;
    for (size_t i = 0; i < collector->n_workers; i++)
        link_ask_to_end(collector->workers[i]);
    for (size_t i = 0; i < collector->n_workers; i++)
        link_end(collector->workers[i]);
    if (collector->recorder)
        lost = recorder_stop(collector->recorder, last_commits_us);
    for (size_t i = 0; i < collector->n_workers; i++)
        link_destroy(collector->workers[i]);
    free(collector->workers);
    queue_destroy(collector->queue);
    store_close(collector->store);
    if (collector->lock >= 0)
        close(collector->lock);
    if (lost)
        log_error("%zu polls could not be recorded before the end", lost);
    return lost ? -1 : 0;
}

static enum ending wait_for_ending(const struct collector *collector, const sigset_t *signals, int64_t until_us)
{
    for (;;) {
        int64_t left_us = until_us - clock_monotonic_us();
        if (left_us <= 0)
            return ENDING_ASKED;
        if (left_us > SECOND_US)
            left_us = SECOND_US;
        struct timespec wait = {.tv_sec = left_us / SECOND_US, .tv_nsec = left_us % SECOND_US * 1000};
        int signal_number = sigtimedwait(signals, NULL, &wait);
        if (signal_number == SIGHUP)
            return ENDING_RELOAD;
        if (signal_number > 0)
            return ENDING_ASKED;
        if (recorder_has_failed(collector->recorder))
            return ENDING_FAILED;
    }
}

/* The new plant, or NULL when the file has errors, which are printed. */
static struct plant *reload(const char *file)
{
    struct problems problems = {0};
    struct plant *plant = plant_load(file, &problems);
    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "%s:%d:%d: %s\n", file, problems.items[i].line, problems.items[i].column, problems.items[i].text);
    if (!plant)
        log_error("%s has %zu error%s: the configuration that was in force stays so", file, problems.count, problems.count == 1 ? "" : "s");
    problems_free(&problems);
    return plant;
}

/* Collects until it is asked to end; a good reload hands over the next plant. Returns the exit status. */
static int collect(struct plant **plant, const sigset_t *signals, int64_t until_us, bool *again)
{
    struct collector collector = {.plant = *plant, .lock = -1};
    struct plant *next = NULL;
    struct error err;
    enum ending ending = ENDING_FAILED;
    if (start(&collector, &err))
        fprintf(stderr, "gemba: %s\n", err.text);
    else
        while ((ending = wait_for_ending(&collector, signals, until_us)) == ENDING_RELOAD && !(next = reload((*plant)->file)))
            ;
    int failed = stop(&collector);
    *again = next != NULL;
    if (next) {
        log_info("%s was read again", next->file);
        plant_free(*plant);
        *plant = next;
    }
    return failed || ending == ENDING_FAILED ? 2 : 0;
}

int collect_command(int argc, char **argv)
{
    const char *config = NULL, *operands[1];
    int64_t for_us = 0;
    bool quiet = false, again = true;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"for", 0, OPTION_DURATION, "DURATION", "end after this much real time (\"20s\", \"5min\"); default: when asked to", &for_us},
        {"quiet", 'q', OPTION_FLAG, NULL, "say only warnings and errors", &quiet},
    };
    const struct command_line line = {
        "gemba collect [-c FILE] [--for DURATION] [--quiet]",
        "Polls the plant's instruments, judges every value and records it. SIGTERM and SIGINT end it cleanly; SIGHUP reads "
        "the configuration again and keeps the old one when it has errors.",
        rows, sizeof rows / sizeof rows[0], 0};
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    log_quiet(quiet);
    struct plant *plant = plant_open(config);
    if (!plant)
        return 2;
    mallopt(M_ARENA_MAX, 2); /* hundreds of threads that allocate little */
    malloc_trim(0);          /* what reading the file took */
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit of file sizes is a full disk, not an end */
    int64_t until_us = for_us ? clock_monotonic_us() + for_us : INT64_MAX;
    int status = 0;
    while (again)
        status = collect(&plant, &signals, until_us, &again);
    plant_free(plant);
    return status;
}
