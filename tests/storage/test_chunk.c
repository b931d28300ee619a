/* What is packed is read like what is not: all of it, in any period, in the same order. */
#include "storage/polls.h"
#include "storage/series.h"
#include "tests/storage/fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct plant *plant;
static struct store *store;
static int64_t bore, depth;
static struct error err;

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
    store = fixture_store(STORE_RECORD, plant);
    bore = plant_characteristic(plant, "bore-dia")->id;
    depth = plant_characteristic(plant, "hole-depth")->id;
}

static void teardown(void)
{
    store_close(store);
    plant_free(plant);
}

static void pack(int64_t keep)
{
    bool more = true;
    while (more)
        OK(store_pack(store, keep, SECOND_US, &more, &err), err);
}

static int64_t count(const char *table)
{
    sqlite3_stmt *statement;
    char *text = memory_format("SELECT count(*) FROM %s", table);
    ck_assert_int_eq(sqlite3_prepare_v2(store->db, text, -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t rows = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    free(text);
    return rows;
}

/* --- a history: subgroups of five and single values, bad ones between, several parts at an instant, lots that change */

static double value_of(int64_t i)
{
    return 25 + (double)(i * 7919 % 401 - 200) / 1000 + (i % 997 == 0 ? 1.5 : 0);
}

static void put_point(int64_t characteristic, int64_t number, int64_t time_us, int n, double location, double dispersion, const char *serial)
{
    struct point p = {.characteristic = characteristic,
                      .number = number,
                      .time_us = time_us,
                      .subgroup = {.n = n, .location = location, .dispersion = dispersion, .excluded = number % 151 == 0, .count = NAN, .size = NAN},
                      .verdict = {.location_rules = number % 50 == 0 ? 5u : 0u,
                                  .location = {25, 24.1, number > 300 ? 25.8 : 25.9, 0.3},
                                  .dispersion = {0.5, 0, 1.1, 0.2},
                                  .within = {NAN, NAN, NAN, NAN},
                                  .plotted = {location, dispersion, NAN}},
                      .below = number % 13 == 0};
    snprintf(p.serial, sizeof p.serial, "%s", serial);
    OK(record_point(store, &p, &err), err);
}

static void put_history(int64_t from, int64_t to)
{
    double low = 0, high = 0, sum = 0;
    fixture_begin(store);
    for (int64_t i = from; i < to; i++) {
        struct context lot = {.order = "O-1"};
        snprintf(lot.lot, sizeof lot.lot, "L%lld", (long long)i / 300);
        struct measurement m = {.characteristic = bore, .time_us = T0 + i * SECOND_US + i * 37 % 211, .value = value_of(i), .point = i / 5 + 1};
        OK(record_context(store, &lot, &m.context, &err), err);
        snprintf(m.serial, sizeof m.serial, "S-%06lld", (long long)i);
        OK(record_measurement(store, &m, &err), err);
        low = i % 5 ? fmin(low, m.value) : m.value;
        high = i % 5 ? fmax(high, m.value) : m.value;
        sum = (i % 5 ? sum : 0) + m.value;
        if (i % 5 == 4)
            put_point(bore, i / 5 + 1, m.time_us, 5, sum / 5, high - low, m.serial);
        m.characteristic = depth;
        m.point = i + 1;
        m.sequence = i % 4 == 3; /* two parts at one instant */
        m.time_us -= i % 4 == 3 ? SECOND_US + i * 37 % 211 - (i - 1) * 37 % 211 : 0;
        m.attempt = i % 100 == 0;
        OK(record_measurement(store, &m, &err), err);
        put_point(depth, i + 1, m.time_us, 1, m.value, i % 77 ? fabs(m.value - value_of(i - 1)) : (double)NAN, m.serial);
        if (i % 61 == 0) {
            m.time_us += 1000;
            m.value = NAN;
            m.quality = QUALITY_BAD_TIMEOUT;
            m.point = m.sequence = 0;
            OK(record_measurement(store, &m, &err), err);
        }
    }
    fixture_commit(store);
}

/* Everything a cursor gives, as text. */
static char *measurements(int64_t characteristic, int64_t from_us, int64_t to_us, int64_t last)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct measurement_cursor *cursor;
    struct measurement m;
    int more;
    OK(measurement_cursor_open(&cursor, store, characteristic, from_us, to_us, last, &err), err);
    while ((more = measurement_cursor_next(cursor, &m, &err)) == 1) {
        struct context context;
        OK(store_context(store, m.context, &context, &err), err);
        fprintf(out, "%lld %lld %lld %a %d %s %lld %s %d\n", (long long)m.characteristic, (long long)m.time_us, (long long)m.sequence, m.value,
                (int)m.quality, m.serial, (long long)m.point, context.lot, m.attempt);
    }
    ck_assert_msg(more == 0, "%s", err.text);
    measurement_cursor_close(cursor);
    fclose(out);
    return text;
}

static void print_line(FILE *out, const struct limit_line *line)
{
    fprintf(out, " %a %a %a %a", line->center, line->lcl, line->ucl, line->sigma);
}

static char *points(int64_t characteristic, int64_t from_us, int64_t to_us, int64_t last)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct point_cursor *cursor;
    struct point p;
    int more;
    OK(point_cursor_open(&cursor, store, characteristic, from_us, to_us, last, &err), err);
    while ((more = point_cursor_next(cursor, &p, &err)) == 1) {
        fprintf(out, "%lld %lld %lld %d %a %a %d %u %u %u %lld %d %d %s %s %s %s [%s %s %s] %a %a", (long long)p.characteristic, (long long)p.number,
                (long long)p.time_us, p.subgroup.n, p.subgroup.location, p.subgroup.dispersion, p.subgroup.excluded, p.verdict.location_rules,
                p.verdict.dispersion_rules, p.verdict.within_rules, (long long)p.limits, p.below, p.above, p.serial, p.chart->id, p.rules->id,
                p.settings, p.cause, p.action, p.who, p.subgroup.count, p.subgroup.size);
        print_line(out, &p.verdict.location);
        print_line(out, &p.verdict.dispersion);
        print_line(out, &p.verdict.within);
        fprintf(out, " %a %a %a\n", p.verdict.plotted[0], p.verdict.plotted[1], p.verdict.plotted[2]);
    }
    ck_assert_msg(more == 0, "%s", err.text);
    point_cursor_close(cursor);
    fclose(out);
    return text;
}

enum { VIEWS = 60, HISTORY = 3500 };

/* Many ways to look at the history: the same before and after. */
static void look(char **views)
{
    srand(7);
    for (int i = 0; i < VIEWS; i++) {
        int64_t from = rand() % HISTORY, to = from + rand() % HISTORY, last = i % 3 ? 0 : rand() % 1500 + 1;
        int64_t from_us = i < 6 ? 0 : T0 + from * SECOND_US, to_us = i < 6 ? INT64_MAX : T0 + to * SECOND_US;
        int64_t characteristic = i % 2 ? bore : depth;
        views[i] = i % 5 == 4  ? measurements(0, from_us, to_us, last)
                   : i % 5 > 1 ? points(characteristic, from_us, to_us, last)
                               : measurements(characteristic, from_us, to_us, last);
    }
}

static void same_views(char **before, const char *when)
{
    char *after[VIEWS];
    look(after);
    for (int i = 0; i < VIEWS; i++) {
        ck_assert_msg(!strcmp(before[i], after[i]), "view %d is another %s: %zu bytes before, %zu after", i, when, strlen(before[i]),
                      strlen(after[i]));
        free(after[i]);
    }
}

static void free_views(char **views)
{
    for (int i = 0; i < VIEWS; i++)
        free(views[i]);
}

START_TEST(test_packed_reads_the_same)
{
    char *views[VIEWS];
    put_history(0, HISTORY);
    look(views);
    pack(256);
    ck_assert_int_lt(count("measurement"), 2 * (256 + 1400));
    ck_assert_int_ge(count("measurement"), 2 * 256);
    ck_assert_int_ge(count("chunk"), 4);
    same_views(views, "with some packed");
    pack(0);
    ck_assert_int_eq(count("measurement"), 0);
    ck_assert_int_eq(count("point"), 0);
    same_views(views, "with all packed");
    free_views(views);
}
END_TEST

START_TEST(test_same_again_adds_nothing)
{
    char *views[VIEWS];
    put_history(0, HISTORY);
    look(views);
    pack(100);
    put_history(0, HISTORY);
    same_views(views, "after recording it again");
    pack(0);
    put_history(0, 2000);
    same_views(views, "after recording it once more");
    ck_assert_int_eq(count("measurement"), 0);
    free_views(views);
}
END_TEST

/* The first half comes after the second was packed, and then some into the middle. */
START_TEST(test_late)
{
    char *views[VIEWS];
    put_history(0, HISTORY);
    look(views);
    store_close(store);
    remove(test_path("plant.db"));
    store = fixture_store(STORE_RECORD, plant);
    put_history(2000, HISTORY);
    pack(0);
    put_history(0, 1000);
    pack(0);
    put_history(1000, 1500);
    put_history(1800, 2000);
    pack(0);
    put_history(1500, 1800);
    same_views(views, "with late rows");
    pack(0);
    same_views(views, "with late rows packed");
    ck_assert_int_eq(count("measurement"), 0);
    free_views(views);
}
END_TEST

START_TEST(test_pending_stay)
{
    struct measurement pending[10];
    int64_t last;
    int n;
    put_history(0, 1003);
    pack(0);
    OK(store_pending(store, bore, &last, pending, 10, &n, &err), err);
    ck_assert_int_eq(last, 200);
    ck_assert_int_eq(n, 3);
    ck_assert_int_eq(count("measurement"), 3);
    OK(store_pending(store, depth, &last, pending, 10, &n, &err), err);
    ck_assert_int_eq(last, 1003);
    ck_assert_int_eq(n, 0);
}
END_TEST

START_TEST(test_people_and_packed_points)
{
    put_history(0, 1000);
    pack(0);
    struct store *person = fixture_store(STORE_WRITE, NULL);
    OK(action_cause(person, bore, 17, "tool worn", "changed", "mei", T0, &err), err);
    FAILS(action_cause(person, bore, 201, "?", "", "mei", T0, &err), err, ERR_NOT_FOUND, "no point 201");
    store_close(person);
    char *text = points(bore, 0, INT64_MAX, 0);
    ck_assert_ptr_nonnull(strstr(text, "[tool worn changed mei]"));
    free(text);
}
END_TEST

START_TEST(test_damaged_chunk)
{
    put_history(0, HISTORY);
    pack(0);
    ck_assert_int_eq(sqlite3_exec(store->db,
                                  "UPDATE chunk_values SET data = zeroblob(100) WHERE id = (SELECT id FROM chunk WHERE characteristic = 1"
                                  " ORDER BY first_us LIMIT 1 OFFSET 1)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    struct measurement_cursor *cursor;
    struct measurement m;
    struct chunk chunk;
    int more, failures = 0, n = 0;
    OK(measurement_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    while ((more = measurement_cursor_next(cursor, &m, &err))) {
        n += more == 1;
        failures += more == -1;
        if (more == -1) {
            ck_assert_int_eq(err.code, ERR_CORRUPT);
            ck_assert_msg(strstr(err.text, "bore-dia") && strstr(err.text, " from 20"), "%s", err.text);
        }
        ck_assert_int_lt(failures, 5);
    }
    measurement_cursor_close(cursor);
    ck_assert_int_eq(failures, 1);
    ck_assert_int_eq(chunk_at(store, bore, T0, &chunk, &err), 1); /* the second is the one behind it */
    ck_assert_int_eq(chunk_at(store, bore, chunk.last_us + 1, &chunk, &err), 1);
    ck_assert_int_gt((int)chunk.count, 500);
    ck_assert_int_eq(n, HISTORY - (int)chunk.count);
}
END_TEST

/* --- polls */

static void put_polls(int64_t from, int64_t to)
{
    const struct instrument *gauge = &plant->instruments[0];
    struct reading readings[4] = {{0}};
    fixture_begin(store);
    for (int64_t i = from; i < to; i++) {
        bool all = i % 10 == 0, bad = i % 333 == 0;
        readings[0] = (struct reading){.value = (double)(float)value_of(i)};
        readings[1] = (struct reading){.value = bad ? (double)NAN : 5, .quality = bad ? QUALITY_BAD_TIMEOUT : QUALITY_GOOD};
        readings[2] = (struct reading){.value = (double)(i / 100 % 4), .quality = all ? QUALITY_GOOD : QUALITY_ABSENT};
        readings[3] = (struct reading){.value = NAN, .quality = all ? QUALITY_GOOD : QUALITY_ABSENT};
        snprintf(readings[3].text, sizeof readings[3].text, "P%lld", (long long)i / 20);
        OK(record_journal(store, gauge, T0 + i * SECOND_US + i * 31 % 97, readings, &err), err);
    }
    fixture_commit(store);
}

static char *samples(int64_t tag, int64_t from_us, int64_t to_us)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct sample_cursor *cursor;
    struct sample s;
    int more;
    OK(sample_cursor_open(&cursor, store, tag, from_us, to_us, &err), err);
    while ((more = sample_cursor_next(cursor, &s, &err)) == 1)
        fprintf(out, "%lld %s %lld %a %d %s\n", (long long)s.tag, s.name, (long long)s.time_us, s.reading.value, (int)s.reading.quality,
                s.reading.text);
    ck_assert_msg(more == 0, "%s", err.text);
    sample_cursor_close(cursor);
    fclose(out);
    return text;
}

START_TEST(test_polls)
{
    enum { POLLS = 5000, LOOKS = 5 };
    const struct instrument *gauge = &plant->instruments[0];
    char *before[LOOKS], *after;
    int64_t tags[] = {0, gauge->tags[0].id, gauge->tags[2].id, gauge->tags[3].id, 0};
    int64_t from[] = {0, T0 + 700 * SECOND_US, 0, T0 + 1500 * SECOND_US, T0 + 2000 * SECOND_US};
    int64_t to[] = {INT64_MAX, T0 + 3000 * SECOND_US, INT64_MAX, T0 + 1600 * SECOND_US, T0 + 2100 * SECOND_US};
    struct reading latest[4], again[4];
    int64_t times[4], times_again[4];
    put_polls(0, POLLS);
    for (int i = 0; i < LOOKS; i++)
        before[i] = samples(tags[i], from[i], to[i]);
    OK(store_latest_each(store, gauge, latest, times, &err), err);
    for (int round = 0; round < 3; round++) {
        pack(round == 0 ? 100 : 0);
        for (int i = 0; i < LOOKS; i++) {
            after = samples(tags[i], from[i], to[i]);
            ck_assert_msg(!strcmp(before[i], after), "round %d, look %d: %zu bytes before, %zu after", round, i, strlen(before[i]), strlen(after));
            free(after);
        }
        OK(store_latest_each(store, gauge, again, times_again, &err), err);
        ck_assert_mem_eq(times, times_again, sizeof times);
        for (int i = 0; i < 4; i++)
            ck_assert(latest[i].quality == again[i].quality && !strcmp(latest[i].text, again[i].text));
        put_polls(0, POLLS); /* adds nothing */
    }
    ck_assert_int_eq(count("journal"), 2);
    for (int i = 0; i < LOOKS; i++)
        free(before[i]);
}
END_TEST

/* Tags recorded on change have rows of their own: as many layouts as tags, whatever changes together; unchanged they are as new as the answer. */
START_TEST(test_polls_on_change)
{
    teardown();
    plant = fixture_plant("      a: {address: 40001, type: u16}\n      b: {address: 40002, type: u16, record: change}\n"
                          "      bore: {address: 40003, type: u16, record: change}\n      depth: {address: 40004, type: u16}\n");
    store = fixture_store(STORE_RECORD, plant);
    const struct instrument *gauge = &plant->instruments[0];
    struct reading readings[4] = {{0}}, latest[4];
    int64_t times[4];
    fixture_begin(store);
    for (int i = 0; i < 2000; i++) {
        for (int j = 0; j < 4; j++)
            readings[j] = (struct reading){.value = i + j};
        readings[1].quality = i % 2 ? QUALITY_ABSENT : QUALITY_GOOD;
        readings[2].quality = i % 3 ? QUALITY_ABSENT : QUALITY_GOOD;
        OK(record_journal(store, gauge, T0 + i * SECOND_US, readings, &err), err);
    }
    struct link_status status = {.instrument = gauge->id, .time_us = T0, .last_answer_us = T0 + 3000 * SECOND_US, .rtt_ms = 1};
    OK(record_link_status(store, &status, &err), err);
    fixture_commit(store);
    ck_assert_int_eq(count("layout"), 3);
    char *before = samples(0, 0, INT64_MAX), *b = samples(gauge->tags[1].id, 0, INT64_MAX);
    pack(0);
    char *after = samples(0, 0, INT64_MAX), *b_after = samples(gauge->tags[1].id, 0, INT64_MAX);
    ck_assert_int_eq(count("journal"), 3);
    ck_assert_int_eq((int)strlen(before), (int)strlen(after));
    ck_assert_str_eq(b, b_after);
    OK(store_latest_each(store, gauge, latest, times, &err), err);
    ck_assert_double_eq(latest[1].value, 1999);
    ck_assert_double_eq(latest[3].value, 2002);
    ck_assert_int_eq(times[3], T0 + 1999 * SECOND_US);
    ck_assert_int_eq(times[1], T0 + 3000 * SECOND_US);
    free(before);
    free(after);
    free(b);
    free(b_after);
}
END_TEST

START_TEST(test_late_polls)
{
    put_polls(0, 3000);
    char *before = samples(0, 0, INT64_MAX);
    store_close(store);
    remove(test_path("plant.db"));
    store = fixture_store(STORE_RECORD, plant);
    put_polls(2000, 3000);
    pack(0);
    put_polls(500, 1000);
    pack(0);
    put_polls(0, 3000);
    pack(0);
    char *after = samples(0, 0, INT64_MAX);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(count("journal"), 2);
    free(before);
    free(after);
}
END_TEST

Suite *chunk_suite(void);
Suite *chunk_suite(void)
{
    const struct fixture_test tests[] = {
        {"chunk: packed reads the same", test_packed_reads_the_same},
        {"chunk: what is packed is not recorded again", test_same_again_adds_nothing},
        {"chunk: what comes late finds its place", test_late},
        {"chunk: what waits for its subgroup stays", test_pending_stay},
        {"chunk: people may speak of packed points", test_people_and_packed_points},
        {"chunk: a damaged one costs itself only", test_damaged_chunk},
        {"chunk: polls", test_polls},
        {"chunk: polls that come late", test_late_polls},
        {"chunk: tags that are recorded on change", test_polls_on_change},
    };
    return fixture_suite("chunk", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
