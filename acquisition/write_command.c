#include "acquisition/acquisition.h"
#include "acquisition/write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOOK_MS = 25 };
static const double wait_most_s = 3600;

static int refuse(const char *format, const char *name, const char *words)
{
    fprintf(stderr, format, name, words);
    fputc('\n', stderr);
    return 2;
}

/* The tag, when it may be written with that value by this person; else NULL and the reason is printed. */
static const struct tag *check(const struct plant *plant, const char *name, const char *value, struct person *person)
{
    char words[192];
    double number;
    const struct tag *tag = plant_tag(plant, name);
    if (!tag) {
        const char *nearest = plant_nearest_tag(plant, name);
        fprintf(stderr, nearest ? "gemba: there is no tag '%s': did you mean '%s'?\n" : "gemba: there is no tag '%s': `gemba show tags` lists them\n",
                name, nearest);
        return NULL;
    }
    *person = person_of_account(plant->store_path);
    if (!tag->writable)
        refuse("gemba: %s is not marked %s", tag->full_name, "`writable: true` in the configuration: nothing was written");
    else if (person->access != ACCESS_ENGINEER)
        refuse("gemba: %s may not write: %s", person->name, "writing is for engineers, the accounts of group gemba-engineer and root");
    else if (write_parse(tag, value, &number, words, sizeof words))
        refuse("gemba: %s: %s", tag->full_name, words);
    else if (number < tag->low || number > tag->high)
        fprintf(stderr, "gemba: %s is outside the valid range of %s, %g to %g\n", value, tag->full_name, tag->low, tag->high);
    else if (strlen(value) >= READING_TEXT)
        refuse("gemba: %s: %s", tag->full_name, "the value is longer than any tag");
    else
        return tag;
    return NULL;
}

static bool collector_runs(struct store *store)
{
    struct collector_status status;
    struct error err;
    return !store_collector_status(store, &status, &err) && !store_is_stale(status.time_us, SECOND_US, clock_now_us());
}

static bool is_settled(const struct write_request *request)
{
    return request->state == WRITE_DONE || request->state == WRITE_FAILED;
}

/* Looks until it is settled or the time is over. */
static int follow(struct store *store, struct write_request *request, int64_t until_us, struct error *err)
{
    struct timespec look = {.tv_nsec = LOOK_MS * 1000000L};
    while (!is_settled(request) && clock_monotonic_us() < until_us) {
        nanosleep(&look, NULL);
        if (store_write_request(store, request->id, request, err))
            return -1;
    }
    return 0;
}

static int say(const struct tag *tag, const struct write_request *request)
{
    if (request->state == WRITE_DONE) {
        printf("%s: %s: %s\n", tag->full_name, request->value, request->result);
        return 0;
    }
    if (request->state == WRITE_FAILED)
        return refuse("gemba: %s: %s", tag->full_name, request->result);
    return refuse("gemba: %s: %s", tag->full_name, "the collector began to write, but has not said yet what became of it: read the tag");
}

static int ask(struct store *store, const struct tag *tag, const char *value, const struct person *person, int64_t wait_us)
{
    struct error err;
    int64_t now_us = clock_now_us();
    struct write_request request = {
        .tag = tag->id, .time_us = now_us, .until_us = now_us + llround((double)wait_us * clock_speed()), .state = WRITE_WAITING};
    snprintf(request.value, sizeof request.value, "%s", value);
    snprintf(request.who, sizeof request.who, "%s", person->name);
    if (!collector_runs(store))
        return refuse("gemba: %s: %s", tag->full_name, "no collector runs on this store, so nobody would write: start `gemba collect`");
    if (action_write(store, &request, &err) || follow(store, &request, clock_monotonic_us() + wait_us, &err))
        return refuse("gemba: %s: %s", tag->full_name, err.text);
    if (request.state == WRITE_WAITING &&
        action_write_withdraw(store, &request, "the collector did not begin it in time, so it was taken back: nothing was written", &err))
        return refuse("gemba: %s: %s", tag->full_name, err.text);
    return say(tag, &request);
}

int write_command(int argc, char **argv)
{
    const char *config = NULL, *operands[2] = {NULL, NULL};
    int64_t wait_us = 5 * SECOND_US;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"wait", 'w', OPTION_DURATION, "DURATION", "how long the collector may take; default 5s", &wait_us},
    };
    const struct command_line line = {
        "gemba write TAG VALUE [--wait 5s] [-c FILE]",
        "Has the running collector write a value into a device, between two of its polls, read it back and compare. For engineers; only tags that "
        "are marked `writable: true`; every write is in the audit table. Exit status: 0 written and read back, 2 not, or not known.",
        rows, sizeof rows / sizeof rows[0], 2};
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (!operands[1])
        return refuse("gemba write: %s%s", "a tag and a value are wanted, as in `gemba write press-1-plc.setpoint 12.5`", "");
    if (wait_us > wait_most_s * SECOND_US)
        return refuse("gemba write: %s%s", "--wait is an hour at most", "");
    struct plant *plant = plant_open(config);
    if (!plant)
        return 2;
    struct person person;
    const struct tag *tag = check(plant, operands[0], operands[1], &person);
    struct store *store = tag ? store_open_plant(plant, STORE_WRITE) : NULL;
    int status = store ? ask(store, tag, operands[1], &person, wait_us) : 2;
    store_close(store);
    plant_free(plant);
    return status;
}
