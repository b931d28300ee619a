/* Ten minutes of a plant whose lines misbehave in every way: whatever the collector calls good must be what the simulator says it served.
 * A second copy of an answer that comes long after the first, on a serial line, is not among them: nothing there says which request it answers. */
#include "acquisition/codec.h"
#include "tests/harness.h"
#include "tests/system/process.h"

#include <csv.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Suite *fault_run_suite(void);

enum { SPEED = 15, PLANT_S = 600, RUN_MS = PLANT_S * 1000 / SPEED, TIMEOUT_MS = 60, SLACK_MS = 150 };

#define TAGS                                                                                                                                         \
    "tags: {a: {address: 40011, type: u32}, b: {address: 40013, type: f32}, c: {address: 40015}, d: {address: 40021, type: f64}, "                   \
    "e: {address: 40031, type: i32, order: CDAB}, f: {address: 40041, type: string, length: 16}}"

static const struct {
    const char *name, *scheme, *query;
} links[] = {
    {"clean", "tcp", ""},
    {"tcp-a", "tcp", ""},
    {"tcp-b", "tcp", ""},
    {"tcp-c", "tcp", ""},
    {"tcp-d", "tcp", ""},
    {"server", "rtutcp", ""},
    {"clean-line", "rtu", "?baud=115200"},
    {"line-a", "rtu", "?baud=115200"},
    {"line-b", "rtu", "?baud=115200"},
    {"line-c", "rtu", "?baud=115200"},
};
enum { LINKS = sizeof links / sizeof links[0] };

static const struct {
    const char *name, *link;
    int unit;
    const char *faults; /* parted by '|' */
} instruments[] = {
    {"healthy", "clean", 1, ""},
    {"steady", "clean-line", 1, ""},
    {"late", "tcp-a", 1, "kind: delay, delay: 65ms, probability: 0.15|kind: delay, delay: 150ms, probability: 0.15"},
    {"lossy", "tcp-a", 2, "kind: drop, probability: 0.3"},
    {"garbled", "tcp-a", 3, "kind: garble, probability: 0.4"},
    {"mistaken", "tcp-b", 1, "kind: wrong-unit, probability: 0.4"},
    {"confused", "tcp-b", 2, "kind: wrong-transaction, probability: 0.4"},
    {"echoing", "tcp-b", 3, "kind: duplicate, probability: 0.4|kind: duplicate, delay: 80ms, probability: 0.4"},
    {"cut", "tcp-c", 1, "kind: truncate, probability: 0.2|kind: truncate, size: 1, probability: 0.2"},
    {"dripping", "tcp-c", 2, "kind: drip, delay: 300us, probability: 0.3|kind: drip, delay: 5ms, probability: 0.1"},
    {"hanging-up", "tcp-c", 3, "kind: disconnect, probability: 0.3"},
    {"failing", "tcp-d", 1, "kind: exception, code: 6, probability: 0.3|kind: exception, code: 11, probability: 0.2"},
    {"holed", "tcp-d", 2, "kind: illegal, address: 40025, count: 4, after: 2min, lasts: 3min"},
    {"served", "server", 1, "kind: delay, delay: 65ms, probability: 0.1|kind: garble, size: 2, probability: 0.2|kind: crc, probability: 0.1"},
    {"line-late", "line-a", 1, "kind: delay, delay: 50ms, probability: 0.15|kind: delay, delay: 120ms, probability: 0.15"},
    {"line-lossy", "line-a", 2, "kind: drop, probability: 0.3"},
    {"line-crc", "line-b", 1, "kind: crc, probability: 0.1|kind: garble, size: 2, probability: 0.15"},
    {"line-mistaken", "line-b", 2, "kind: wrong-unit, probability: 0.3"},
    {"line-echoing", "line-c", 1, "kind: duplicate, probability: 0.2|kind: duplicate, delay: 1ms, probability: 0.2"},
    {"line-cut", "line-c", 2, "kind: truncate, probability: 0.2|kind: drip, delay: 1ms, probability: 0.2"},
    {"line-pulled", "line-c", 3, "kind: disconnect, delay: 500ms, after: 3min, lasts: 2s, every: 2min"},
};
enum { INSTRUMENTS = sizeof instruments / sizeof instruments[0], HEALTHY = 2 };

static char *write_config(void)
{
    static char text[16384];
    size_t size = sizeof text, used = (size_t)snprintf(text, size, "plant: {name: Fault run}\nlinks:\n");
#define PUT(...) used += (size_t)snprintf(text + used, size - used, __VA_ARGS__)
    for (size_t i = 0; i < LINKS; i++) {
        int timeout_ms = strncmp(links[i].name, "clean", 5) ? TIMEOUT_MS : 1000;
        if (!strcmp(links[i].scheme, "rtu"))
            PUT("  %s: {url: \"rtu://%s%s\", timeout: %dms}\n", links[i].name, test_path(links[i].name), links[i].query, timeout_ms);
        else
            PUT("  %s: {url: \"%s://127.0.0.1:%d\", timeout: %dms}\n", links[i].name, links[i].scheme, process_free_port(), timeout_ms);
    }
    PUT("instruments:\n");
    for (size_t i = 0; i < INSTRUMENTS; i++)
        PUT("  %s: {link: %s, unit: %d, every: 1s, " TAGS "}\n", instruments[i].name, instruments[i].link, instruments[i].unit);
    PUT("simulation:\n  speed: %d\n  signals: marked\n  faults:\n    gone: {of: tcp-d, kind: refuse, after: 6min, lasts: 20s, every: 1min}\n", SPEED);
    for (size_t i = 0; i < INSTRUMENTS; i++) {
        int number = 0;
        for (const char *fault = instruments[i].faults; *fault; fault += strcspn(fault, "|"), fault += *fault == '|')
            PUT("    %s-%d: {of: %s, %.*s}\n", instruments[i].name, ++number, instruments[i].name, (int)strcspn(fault, "|"), fault);
    }
#undef PUT
    ck_assert_uint_lt(used, size);
    return text;
}

/* --- tables */

enum { CELLS = 8 };

struct table {
    char *cells[CELLS];
    int count;
    long rows;
    void (*take)(char *const *cells);
};

static void on_cell(void *cell, size_t length, void *context)
{
    struct table *table = context;
    if (table->count < CELLS)
        table->cells[table->count++] = strndup(cell ? cell : "", cell ? length : 0);
}

static void on_row(int end, void *context)
{
    (void)end;
    struct table *table = context;
    if (table->rows++ > 0)
        table->take(table->cells);
    while (table->count)
        free(table->cells[--table->count]);
}

static void read_table(const char *path, void (*take)(char *const *cells))
{
    struct table table = {.take = take};
    struct csv_parser parser;
    char buffer[65536];
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "no %s", path);
    ck_assert_int_eq(csv_init(&parser, CSV_STRICT | CSV_APPEND_NULL), 0);
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, file)) > 0;)
        ck_assert_uint_eq(csv_parse(&parser, buffer, got, on_cell, on_row, &table), got);
    csv_fini(&parser, on_cell, on_row, &table);
    csv_free(&parser);
    fclose(file);
}

/* --- what was served, by tag in the order of time */

struct served {
    int64_t time_us;
    struct reading reading;
    bool believable; /* such an answer may be taken, when it is in time */
};

static struct history {
    const struct tag *tag;
    struct served *items;
    size_t count, room;
    long good, uncertain, bad, wrong;
} * histories;
static size_t n_histories;
static long served_with[FAULT_ILLEGAL + 1];
static struct plant *plant;

static struct history *history_of(const char *name)
{
    for (size_t i = 0; i < n_histories; i++)
        if (!strcmp(histories[i].tag->full_name, name))
            return &histories[i];
    ck_abort_msg("nobody knows the tag %s", name);
}

static void make_histories(void)
{
    for (size_t i = 0; i < plant->n_instruments; i++)
        n_histories += plant->instruments[i].n_tags;
    histories = calloc(n_histories, sizeof *histories);
    struct history *history = histories;
    for (size_t i = 0; i < plant->n_instruments; i++)
        for (size_t t = 0; t < plant->instruments[i].n_tags; t++)
            (history++)->tag = &plant->instruments[i].tags[t];
}

/* time, tag, unit, area, address, registers, fault */
static void take_served(char *const *cells)
{
    static const enum fault_kind harmless[] = {FAULT_DELAY, FAULT_DRIP, FAULT_DUPLICATE};
    struct history *history = history_of(cells[1]);
    uint16_t registers[64] = {0};
    struct served served = {.believable = !*cells[6]};
    for (int i = 0; i < history->tag->registers; i++)
        ck_assert_int_eq(sscanf(cells[5] + 4 * i, "%4hx", &registers[i]), 1);
    ck_assert_int_eq(text_time_parse(cells[0], &served.time_us), 0);
    served.reading = codec_decode(history->tag, registers);
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++)
        served.believable = served.believable || !strcmp(cells[6], fault_kind_name(harmless[i]));
    for (int kind = 0; kind <= FAULT_ILLEGAL; kind++)
        served_with[kind] += !strcmp(cells[6], fault_kind_name((enum fault_kind)kind));
    memory_grow((void **)&history->items, &history->room, history->count, sizeof *history->items);
    history->items[history->count++] = served;
}

/* --- what was believed */

static bool same(const struct reading *reading, const char *text)
{
    char *end;
    if (*reading->text)
        return !strcmp(reading->text, text);
    double value = strtod(text, &end);
    return end != text && value == reading->value;
}

/* When this was served, nearest to time_us; NULL: never. */
static const struct served *find_served(const struct history *history, int64_t time_us, const char *text)
{
    const struct served *nearest = NULL;
    for (size_t i = 0; i < history->count; i++) {
        const struct served *served = &history->items[i];
        if (same(&served->reading, text) && (!nearest || llabs(time_us - served->time_us) < llabs(time_us - nearest->time_us)))
            nearest = served;
    }
    return nearest;
}

/* Why a sample should not have been believed; NULL: it is what the instrument said when it was asked last. An uncertain one may be an earlier
 * answer, for that is what it says. */
static const char *doubt(const struct history *history, int64_t time_us, const char *text, bool certain)
{
    const struct served *match = find_served(history, time_us, text);
    if (!match)
        return "was never served";
    if (!match->believable)
        return "came in a damaged answer";
    if (certain && llabs(time_us - match->time_us) > (int64_t)(TIMEOUT_MS / 2 + SLACK_MS) * 1000 * SPEED)
        return "is from another time";
    bool newest = match == &history->items[history->count - 1] || match[1].time_us > time_us;
    return newest || !certain ? NULL : "is the answer to an earlier request";
}

/* time, name, value, quality, reason */
static void take_sample(char *const *cells)
{
    struct history *history = history_of(cells[1]);
    int64_t time_us;
    ck_assert_int_eq(text_time_parse(cells[0], &time_us), 0);
    bool certain = !strcmp(cells[3], "good");
    *(certain ? &history->good : strcmp(cells[3], "bad") ? &history->uncertain : &history->bad) += 1;
    if (!strcmp(cells[3], "bad"))
        return;
    const char *why = doubt(history, time_us, cells[2], certain);
    if (!why)
        return;
    if (history->wrong++ == 0)
        fprintf(stderr, "%s: %s at %s %s\n", cells[1], cells[2], cells[0], why);
}

/* --- the run */

static bool says_ready(void *context)
{
    return strstr(process_output(context), "ready") != NULL;
}

static void share_a_clock(void)
{
    struct timespec now;
    char text[80];
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_us = now.tv_sec * SECOND_US + now.tv_nsec / 1000;
    snprintf(text, sizeof text, "%lld:%lld:%d", (long long)now_us, (long long)now_us, SPEED);
    setenv("GEMBA_CLOCK", text, 1);
}

static void load(const char *config)
{
    struct problems problems = {0};
    plant = plant_load(config, &problems);
    ck_assert_msg(plant != NULL, "line %d: %s", problems.count ? problems.items[0].line : 0, problems.count ? problems.items[0].text : "");
    make_histories();
}

static void run(const char *config, const char *log, const char *samples)
{
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%ds", RUN_MS / 1000);
    share_a_clock();
    struct process simulator = process_start(ARGV("gemba", "simulate", "-c", config, "--log", log));
    ck_assert_msg(process_wait_for(says_ready, &simulator, 10000), "no simulator: %s", process_errors(&simulator));
    struct process collector = process_start(ARGV("gemba", "collect", "-c", config, "--for", seconds));
    ck_assert_msg(process_wait(&collector, RUN_MS + 30000) == 0, "the collector did not end well: %s", process_errors(&collector));
    process_kill(&simulator, SIGTERM);
    ck_assert_msg(process_wait(&simulator, 10000) == 0, "the simulator did not end well: %s", process_errors(&simulator));
    char *errors;
    ck_assert_msg(process_run(NULL, &errors, ARGV("gemba", "export", "samples", "-c", config, "-o", samples)) == 0, "export: %s", errors);
}

/* Without these the run would prove nothing. */
static void check_that_it_was_hard(void)
{
    static const enum fault_kind kinds[] = {FAULT_DELAY,     FAULT_GARBLE,   FAULT_CRC, FAULT_WRONG_UNIT, FAULT_WRONG_TRANSACTION,
                                            FAULT_DUPLICATE, FAULT_TRUNCATE, FAULT_DRIP};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        ck_assert_msg(served_with[kinds[i]] >= 100, "only %ld values were served with the fault %s", served_with[kinds[i]],
                      fault_kind_name(kinds[i]));
}

START_TEST(ten_minutes_of_misbehaviour)
{
    const char *config = test_file("fault-run.yaml", write_config());
    char log[400], samples[400];
    snprintf(log, sizeof log, "%s", test_path("served.csv"));
    snprintf(samples, sizeof samples, "%s", test_path("samples.csv"));
    load(config);
    run(config, log, samples);
    read_table(log, take_served);
    read_table(samples, take_sample);
    check_that_it_was_hard();
    long wrong = 0, good = 0;
    for (size_t i = 0; i < n_histories; i++) {
        wrong += histories[i].wrong;
        good += histories[i].good;
        if (histories[i].wrong > 0)
            fprintf(stderr, "%-16s served %zu, good %ld, uncertain %ld, bad %ld, wrong %ld\n", histories[i].tag->full_name, histories[i].count,
                    histories[i].good, histories[i].uncertain, histories[i].bad, histories[i].wrong);
    }
    ck_assert_msg(wrong == 0, "%ld of %ld good values are wrong", wrong, good);
    for (size_t i = 0; i < n_histories; i++) {
        const struct history *history = &histories[i];
        const char *name = history->tag->full_name;
        bool healthy = !strncmp(history->tag->instrument->link->name, "clean", 5);
        ck_assert_msg(!healthy || (history->good >= PLANT_S * 9 / 10 && history->bad + history->uncertain == 0),
                      "%s is healthy, but has %ld good, %ld uncertain and %ld bad samples", name, history->good, history->uncertain, history->bad);
        ck_assert_msg(history->good >= PLANT_S / 20, "%s has only %ld good samples", name, history->good);
        free(history->items);
    }
    free(histories);
    plant_free(plant);
}
END_TEST

Suite *fault_run_suite(void)
{
    const struct named_test cases[] = {{"ten minutes of misbehaviour", ten_minutes_of_misbehaviour}};
    return SUITE_OF("fault run", 180, cases);
}
