/* Characteristics charted together: live T2 and MEWMA, parts that find their values, and a restart that changes nothing. */
#include "acquisition/desk.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bench {
    struct plant *plant;
    struct store *store;
    struct batch *batch;
    struct desk *desk;
    struct plan *plans[2];
    int64_t time_us, group;
    int total;
};

static void open_bench(struct bench *bench)
{
    struct error err;
    ck_assert_msg(!store_open(&bench->store, bench->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert(!store_identify(bench->store, bench->plant, &err));
    bench->batch = batch_create();
    bench->desk = desk_create(bench->plant, bench->store, bench->batch, &err);
    ck_assert_msg(bench->desk != NULL, "%s", err.text);
    for (size_t i = 0; i < 2; i++)
        bench->plans[i] = plan_build(bench->plant, &bench->plant->instruments[i]);
    bench->group = bench->plant->groups[0].id;
}

static void close_bench(struct bench *bench)
{
    desk_destroy(bench->desk);
    batch_destroy(bench->batch);
    store_close(bench->store);
    for (size_t i = 0; i < 2; i++)
        plan_free(bench->plans[i]);
}

static struct plant *plant_of(const char *group)
{
    return fixture_plant(
        "links:\n  hall: {url: \"tcp://127.0.0.1:502\"}\ninstruments:\n"
        "  g: {link: hall, unit: 1, tags: {total: {address: 40001}, a: {address: 40002}, b: {address: 40003}, part: {address: 40004}}}\n"
        "  h: {link: hall, unit: 2, tags: {total: {address: 40001}, c: {address: 40002}, x: {address: 40003}, part: {address: 40004}}}\n"
        "characteristics:\n"
        "  bore: {part: P, source: g.a, on_new: g.total, serial: g.part}\n"
        "  seat: {part: P, source: g.b, on_new: g.total, serial: g.part}\n"
        "  face: {part: P, source: h.c, on_new: h.total, serial: h.part}\n"
        "  other: {part: P, source: g.a, on_new: g.total}\n"
        "  plain: {part: P, source: g.b, on_new: g.total}\n"
        "characteristic_groups:\n  trio: {%s}\n",
        group);
}

static void commit(struct bench *bench)
{
    struct error err;
    ck_assert(!store_begin(bench->store, &err));
    ck_assert_msg(!batch_write(bench->batch, bench->store, &err), "%s", err.text);
    ck_assert_msg(!store_commit(bench->store, &err), "%s", err.text);
    batch_reset(bench->batch);
}

/* bad: the register whose reading failed; -1: none. */
static void poll_bad(struct bench *bench, int instrument, int total, int first, int second, int part, int bad)
{
    struct poll *poll = poll_create(bench->plans[instrument]);
    poll->time_us = bench->time_us += SECOND_US;
    const int values[] = {total, first, second, part};
    for (int i = 0; i < 4; i++)
        poll->registers[i] = (uint16_t)values[i];
    memset(poll->quality, QUALITY_GOOD, 4);
    if (bad >= 0)
        poll->quality[bad] = QUALITY_BAD_SENSOR;
    desk_poll(bench->desk, poll, bench->batch);
}

static void poll_one(struct bench *bench, int instrument, int total, int first, int second, int part)
{
    poll_bad(bench, instrument, total, first, second, part, -1);
}

/* Two values that move together, from a fixed sequence. */
static void pair(int i, int *a, int *b)
{
    static unsigned seed;
    if (i == 0)
        seed = 5;
    double common = 0, own = 0;
    for (int k = 0; k < 12; k++) {
        common += rand_r(&seed) % 1000 / 1000.0;
        own += rand_r(&seed) % 1000 / 1000.0;
    }
    *a = (int)lround(1000 + 30 * (common - 6));
    *b = (int)lround(2000 + 30 * (common - 6) + 5 * (own - 6));
}

static size_t read_points(struct bench *bench, struct group_point **points)
{
    struct error err;
    size_t count;
    ck_assert(!store_group_points(bench->store, bench->group, 0, INT64_MAX, 0, points, &count, &err));
    return count;
}

static int alarms(struct bench *bench, struct alarm *found)
{
    struct alarm *list;
    struct error err;
    size_t count;
    int active = 0;
    ck_assert(!store_alarms(bench->store, true, 50, &list, &count, &err));
    for (size_t i = 0; i < count; i++)
        if (!strcmp(list[i].key, "signal/trio") && alarm_is_active(&list[i])) {
            *found = list[i];
            active++;
        }
    free(list);
    return active;
}

START_TEST(a_signal_names_the_guilty)
{
    enum { BASE = 30 };
    struct bench bench = {.plant = plant_of("characteristics: [other, plain], baseline: 30"), .time_us = SECOND_US * 1000};
    struct group_point *points;
    struct group_model model;
    struct error err;
    struct alarm alarm;
    double base[BASE * 2];
    int a, b;
    open_bench(&bench);
    poll_one(&bench, 0, 0, 1, 1, 0);
    for (int i = 0; i < BASE + 5; i++) {
        pair(i, &a, &b);
        if (i < BASE) {
            base[2 * i] = a;
            base[2 * i + 1] = b;
        }
        poll_one(&bench, 0, i + 1, a, b, i);
        commit(&bench);
    }
    size_t count = read_points(&bench, &points);
    ck_assert_uint_eq(count, BASE + 5);
    struct t2_model expected = t2_model(base, BASE, 1, 2);
    ck_assert(!store_group_model(bench.store, bench.group, 0, &model, &err));
    ck_assert_int_eq(model.number, 1);
    ck_assert_int_eq(model.last_point, BASE);
    ck_assert_double_eq(model.ucl, t2_limit(&expected, T2_FOLLOWS, t2_alpha(2)));
    ck_assert_double_eq(model.t2.covariance[1], expected.covariance[1]);
    ck_assert(isnan(points[BASE - 1].statistic));
    for (size_t i = BASE; i < count; i++) {
        ck_assert_double_eq(points[i].statistic, t2_statistic(&expected, points[i].vector, 1));
        ck_assert_int_eq(points[i].model, 1);
    }
    free(points);
    poll_one(&bench, 0, BASE + 6, 1030, 1970, 0); /* each within its own limits, but not together */
    commit(&bench);
    ck_assert_int_eq(alarms(&bench, &alarm), 1);
    ck_assert_str_eq(alarm.object, "trio");
    ck_assert_ptr_nonnull(strstr(alarm.text, "T2 "));
    ck_assert_ptr_nonnull(strstr(alarm.text, "at point 36: "));
    ck_assert_ptr_nonnull(strstr(alarm.text, "plain 1970.000 (p "));
    ck_assert_ptr_nonnull(strstr(alarm.text, "other 1030.000 (p "));
    poll_one(&bench, 0, BASE + 7, 1000, 2000, 0);
    commit(&bench);
    ck_assert_int_eq(alarms(&bench, &alarm), 0);
    close_bench(&bench);
    plant_free(bench.plant);
}
END_TEST

/* Plays parts on both instruments, the second one lagging two parts behind, with a restart after each poll or none. */
static size_t play(const char *group, bool restarts, struct group_point **points)
{
    struct bench bench = {.plant = plant_of(group), .time_us = SECOND_US * 1000};
    int a[90], b[90];
    open_bench(&bench);
    for (int i = 0; i < 90; i++)
        pair(i, &a[i], &b[i]);
    poll_one(&bench, 0, 0, 1, 1, 0);
    poll_one(&bench, 1, 0, 1, 1, 0);
    for (int i = 0; i < 90; i++) {
        int shift = i >= 70 ? 90 : 0;
        poll_one(&bench, 0, i + 1, a[i] + shift, b[i], 100 + i);
        commit(&bench);
        if (restarts) {
            close_bench(&bench);
            open_bench(&bench);
        }
        if (i < 2 || i % 17 == 5) /* some parts never get there */
            continue;
        poll_one(&bench, 1, i - 1, (a[i - 2] + b[(i * 7) % 90]) / 3, 0, 100 + i - 2);
        commit(&bench);
        if (restarts && i % 3 == 0) {
            close_bench(&bench);
            open_bench(&bench);
        }
    }
    size_t count = read_points(&bench, points);
    close_bench(&bench);
    remove(bench.plant->store_path);
    plant_free(bench.plant);
    return count;
}

static void check_restarts(const char *group, size_t expected, bool signals)
{
    struct group_point *with, *without;
    size_t n = play(group, false, &without), m = play(group, true, &with), fired = 0;
    ck_assert_uint_eq(n, expected);
    ck_assert_uint_eq(n, m);
    for (size_t i = 0; i < n; i++) {
        ck_assert_str_eq(with[i].serial, without[i].serial);
        ck_assert_int_eq(with[i].model, without[i].model);
        ck_assert_msg(memcmp(with[i].vector, without[i].vector, 3 * sizeof(double)) == 0, "the vectors of point %zu differ", i + 1);
        ck_assert_msg(memcmp(&with[i].statistic, &without[i].statistic, sizeof(double)) == 0 ||
                          (isnan(with[i].statistic) && isnan(without[i].statistic)),
                      "point %zu: %.17g and %.17g", i + 1, with[i].statistic, without[i].statistic);
        fired += group_signals(&with[i]);
    }
    ck_assert_int_eq(with[n - 1].model, 1);
    ck_assert(!signals || fired > 0);
    free(with);
    free(without);
}

START_TEST(a_restart_changes_nothing)
{
    const char *members = "characteristics: [bore, seat, face]";
    char text[200];
    snprintf(text, sizeof text, "%s, baseline: 25", members);
    check_restarts(text, 83, true);
    snprintf(text, sizeof text, "%s, baseline: 25, chart: mewma, lambda: 0.2", members);
    check_restarts(text, 83, true);
    snprintf(text, sizeof text, "%s, baseline: 9, subgroup: 4", members);
    check_restarts(text, 20, true);
}
END_TEST

START_TEST(another_configuration_learns_anew)
{
    struct bench bench = {.plant = plant_of("characteristics: [other, plain], baseline: 10"), .time_us = SECOND_US * 1000};
    struct group_model model;
    struct group_point *points;
    struct error err;
    int a, b;
    open_bench(&bench);
    poll_one(&bench, 0, 0, 1, 1, 0);
    for (int i = 0; i < 12; i++) {
        pair(i, &a, &b);
        poll_one(&bench, 0, i + 1, a, b, i);
    }
    commit(&bench);
    close_bench(&bench);
    plant_free(bench.plant);
    bench.plant = plant_of("characteristics: [other, plain], baseline: 8, chart: mewma");
    open_bench(&bench);
    for (int i = 12; i < 22; i++) {
        pair(i, &a, &b);
        poll_one(&bench, 0, i + 1, a, b, i);
    }
    commit(&bench);
    ck_assert(!store_group_model(bench.store, bench.group, 0, &model, &err));
    ck_assert_int_eq(model.number, 2);
    ck_assert_int_eq(model.first_point, 13);
    ck_assert_int_eq(model.last_point, 20);
    ck_assert_double_eq(model.ucl, mewma_limit(2, 0.1, 1 / t2_alpha(2)));
    ck_assert(!store_group_model(bench.store, bench.group, 1, &model, &err)); /* the one before is kept */
    ck_assert_int_eq(model.last_point, 10);
    ck_assert_uint_eq(read_points(&bench, &points), 22);
    ck_assert_int_eq(points[11].model, 1);
    ck_assert_int_eq(points[15].model, 0);
    ck_assert_int_eq(points[21].model, 2);
    free(points);
    close_bench(&bench);
    plant_free(bench.plant);
}
END_TEST

/* --- what is live is what a computation from the start gives */

struct script {
    unsigned seed;
    bool restarts;
    const char *group;
};

static bool chance_of(unsigned *seed, int one_in)
{
    return rand_r(seed) % one_in == 0;
}

static void exclude_one(struct bench *bench, int64_t point, bool excluded)
{
    struct store *store;
    struct error err;
    struct exclusion exclusion = {bench->group, point, bench->time_us, excluded, "wang", "wrong part"};
    ck_assert(!store_open(&store, bench->plant->store_path, STORE_WRITE, &err));
    ck_assert_msg(!action_group_exclude(store, &exclusion, &err), "%s", err.text);
    store_close(store);
    ck_assert(!desk_take_decisions(bench->desk, bench->store, bench->batch, &err));
    commit(bench);
}

/* The first `baseline` points that count make the model, the others are judged by it; decided: after which point an exclusion was. */
static void check_recomputed(struct bench *bench, const int64_t *decided, const bool *once)
{
    const struct characteristic_group *c = &bench->plant->groups[0];
    struct group_point *points;
    struct group_standing standing;
    struct error err;
    double *vectors, shown[MULTIVARIATE_MAX];
    size_t count, n = (size_t)c->subgroup * c->n_members, m = 0, from = 0;
    ck_assert(!store_group_vectors(bench->store, c, 1, INT64_MAX, 0, &points, &vectors, &count, &err));
    double *base = memory_zero(count * n, sizeof *base);
    for (; from < count && m < (size_t)c->baseline; from++) /* what counted when the model was made */
        if (!(decided[from + 1] && once[from + 1]))
            memcpy(base + n * m++, vectors + n * from, n * sizeof *base);
    ck_assert_uint_eq(m, (size_t)c->baseline);
    struct vector_design design = vector_design_of(group_chart_of(c), base, c->baseline, c->subgroup, (int)c->n_members, c->alpha, c->lambda);
    struct mewma_state memory = {0};
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(points[i].model, i >= from);
        if (i < from)
            continue;
        struct vector_point point = {vectors + n * i, T2_FOLLOWS, false};
        struct mewma_state before = {0};
        for (size_t k = from; k < i; k++) { /* without those that were excluded by then */
            struct vector_point earlier = {vectors + n * k, T2_FOLLOWS, decided[k + 1] && decided[k + 1] <= points[i].number - 1};
            vector_judge(&design, &before, &earlier, shown);
        }
        struct verdict verdict = vector_judge(&design, &before, &point, shown);
        ck_assert_msg(verdict.plotted[0] == points[i].statistic, "point %zu: %.17g, live %.17g", i + 1, verdict.plotted[0], points[i].statistic);
        ck_assert(verdict.plotted[1] == points[i].dispersion || (isnan(verdict.plotted[1]) && isnan(points[i].dispersion)));
        ck_assert_double_eq(verdict.location.ucl, points[i].ucl);
    }
    for (size_t i = from; i < count; i++) {
        struct vector_point point = {vectors + n * i, T2_FOLLOWS, decided[i + 1] != 0};
        vector_judge(&design, &memory, &point, shown);
    }
    ck_assert(!store_group_standing(bench->store, c->id, (int)c->n_members, &standing, &err));
    if (c->chart == GROUP_MEWMA)
        ck_assert(!memcmp(memory.z, standing.memory.z, sizeof memory.z));
    free(points);
    free(vectors);
    free(base);
}

/* Random parts: values that fail, parts that never get to the second instrument, points that people exclude, restarts; all from the seed. */
static void play_at_random(const struct script *script)
{
    enum { PARTS = 110 };
    struct bench bench = {.plant = plant_of(script->group), .time_us = SECOND_US * 1000};
    const struct characteristic_group *c = &bench.plant->groups[0];
    unsigned seed = script->seed;
    int64_t decided[PARTS + 2] = {0}, newest = 0;
    bool in_base[PARTS + 2] = {false};
    struct group_point *points;
    int lag_a[PARTS];
    open_bench(&bench);
    poll_one(&bench, 0, 0, 1, 1, 0);
    poll_one(&bench, 1, 0, 1, 1, 0);
    for (int i = 0; i < PARTS; i++) {
        int own = rand_r(&seed) % 60, common = rand_r(&seed) % 60 + (i > 90 ? 40 : 0);
        lag_a[i] = 1000 + common + rand_r(&seed) % 20;
        poll_bad(&bench, 0, i + 1, lag_a[i], 2000 + common + own, 100 + i, chance_of(&seed, 12) ? 1 + rand_r(&seed) % 2 : -1);
        if (i >= 2 && !chance_of(&seed, 15))
            poll_one(&bench, 1, i - 1, 500 + lag_a[i - 2] / 2 + rand_r(&seed) % 15, 0, 100 + i - 2);
        commit(&bench);
        size_t count = read_points(&bench, &points);
        newest = count ? points[count - 1].number : 0;
        struct group_model model;
        struct error none;
        bool learning = store_group_model(bench.store, bench.group, 0, &model, &none) != 0;
        free(points);
        int64_t point = newest > 0 ? 1 + rand_r(&seed) % newest : 0;
        bool wanted = chance_of(&seed, 8);
        if (point && wanted && !decided[point] && (learning || point > 3 * c->baseline / 2)) {
            decided[point] = newest;
            in_base[point] = learning;
            exclude_one(&bench, point, true);
        }
        if (chance_of(&seed, 5) && script->restarts) {
            close_bench(&bench);
            open_bench(&bench);
        }
    }
    ck_assert_int_gt(newest, 2 * c->baseline);
    check_recomputed(&bench, decided, in_base);
    close_bench(&bench);
    remove(bench.plant->store_path);
    plant_free(bench.plant);
}

START_TEST(live_is_what_is_recomputed)
{
    static const char *const groups[] = {"characteristics: [bore, seat, face], baseline: 12",
                                         "characteristics: [other, plain], baseline: 15",
                                         "characteristics: [bore, seat, face], baseline: 14, chart: mewma, lambda: 0.3",
                                         "characteristics: [other, plain], baseline: 5, subgroup: 4",
                                         "characteristics: [bore, seat, face], baseline: 4, subgroup: 5",
                                         "characteristics: [other, plain], baseline: 9, subgroup: 2, chart: mewma"};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        for (unsigned seed = 1; seed <= 2; seed++) {
            struct script script = {100 * seed + (unsigned)i, seed > 1, groups[i]};
            play_at_random(&script);
        }
}
END_TEST

START_TEST(a_subgroup_that_spreads_is_told)
{
    enum { BASE = 12, N = 4 };
    struct bench bench = {.plant = plant_of("characteristics: [other, plain], baseline: 12, subgroup: 4"), .time_us = SECOND_US * 1000};
    struct group_point *points;
    struct alarm alarm;
    int a, b, total = 0;
    open_bench(&bench);
    poll_one(&bench, 0, 0, 1, 1, 0);
    for (int i = 0; i < (BASE + 1) * N; i++) {
        pair(i, &a, &b);
        if (i >= BASE * N)
            b += i % 2 ? 150 : -150; /* the mean stays */
        poll_one(&bench, 0, ++total, a, b, i);
    }
    commit(&bench);
    ck_assert_uint_eq(read_points(&bench, &points), BASE + 1);
    ck_assert_double_gt(points[BASE].dispersion, points[BASE].spread.ucl);
    ck_assert(isnan(points[BASE - 1].dispersion));
    free(points);
    ck_assert_int_eq(alarms(&bench, &alarm), 1);
    ck_assert_msg(strstr(alarm.text, "|S| ") && strstr(alarm.text, "plain spreads "), "%s", alarm.text);
    close_bench(&bench);
    plant_free(bench.plant);
}
END_TEST

static bool has_event(struct bench *bench, const char *words)
{
    struct event *events;
    struct error err;
    size_t count;
    bool found = false;
    ck_assert(!store_events(bench->store, 0, INT64_MAX, 100, &events, &count, &err));
    for (size_t i = 0; i < count; i++)
        found = found || strstr(events[i].text, words);
    free(events);
    return found;
}

START_TEST(a_missing_member_is_said_and_never_made_up)
{
    struct bench bench = {.plant = plant_of("characteristics: [other, plain], baseline: 10"), .time_us = SECOND_US * 1000};
    struct group_standing standing;
    struct group_point *points;
    struct error err;
    open_bench(&bench);
    poll_one(&bench, 0, 0, 1, 1, 0);
    poll_one(&bench, 0, 1, 1000, 2000, 0);
    poll_bad(&bench, 0, 2, 1000, 2000, 0, 2);
    poll_bad(&bench, 0, 3, 1000, 2000, 0, 2);
    poll_one(&bench, 0, 4, 1001, 2001, 0);
    commit(&bench);
    ck_assert_uint_eq(read_points(&bench, &points), 2);
    ck_assert_double_eq(points[1].vector[0], 1001);
    free(points);
    ck_assert(!store_group_standing(bench.store, bench.group, 2, &standing, &err));
    ck_assert_int_eq(standing.incomplete, 2);
    ck_assert_ptr_nonnull(strstr(standing.lacks, "plain is not good: "));
    ck_assert(has_event(&bench, "plain is not good: "));
    close_bench(&bench);
    plant_free(bench.plant);
}
END_TEST

START_TEST(a_part_that_stays_incomplete_is_given_up)
{
    struct bench bench = {.plant = plant_of("characteristics: [bore, seat, face], baseline: 10"), .time_us = SECOND_US * 1000};
    struct group_standing standing;
    struct error err;
    open_bench(&bench);
    poll_one(&bench, 0, 0, 1, 1, 0);
    poll_one(&bench, 1, 0, 1, 1, 0);
    for (int i = 0; i < GROUP_WAITING; i++)
        poll_one(&bench, 0, i + 1, 1000, 2000, 100 + i);
    commit(&bench);
    ck_assert(!store_group_standing(bench.store, bench.group, 3, &standing, &err));
    ck_assert_int_eq(standing.incomplete, 0);
    close_bench(&bench);
    open_bench(&bench);
    poll_one(&bench, 0, GROUP_WAITING + 1, 1000, 2000, 500);
    commit(&bench);
    ck_assert(!store_group_standing(bench.store, bench.group, 3, &standing, &err));
    ck_assert_int_eq(standing.incomplete, 1);
    ck_assert_str_eq(standing.lacks, "part 100 has no value of face");
    ck_assert(has_event(&bench, "part 100 has no value of face: such parts are not judged"));
    close_bench(&bench);
    plant_free(bench.plant);
}
END_TEST

START_TEST(a_member_that_does_not_move_gives_no_limits_and_says_so)
{
    struct bench bench = {.plant = plant_of("characteristics: [other, plain], baseline: 6"), .time_us = SECOND_US * 1000};
    struct group_standing standing;
    struct group_model model;
    struct group_point *points;
    struct error err;
    int total = 0;
    open_bench(&bench);
    poll_one(&bench, 0, 0, 1, 1, 0);
    for (int i = 0; i < 8; i++)
        poll_one(&bench, 0, ++total, 1000 + i * i % 7, 2000, 0);
    commit(&bench);
    ck_assert(!store_group_standing(bench.store, bench.group, 2, &standing, &err));
    ck_assert_str_eq(standing.no_model, "plain does not vary");
    ck_assert(has_event(&bench, "no limits: plain does not vary in the 6 newest points"));
    ck_assert_int_eq(store_group_model(bench.store, bench.group, 0, &model, &err), -1);
    close_bench(&bench);
    open_bench(&bench);
    poll_one(&bench, 0, ++total, 1003, 2001, 0);
    poll_one(&bench, 0, ++total, 1001, 2003, 0);
    commit(&bench);
    ck_assert_msg(!store_group_model(bench.store, bench.group, 0, &model, &err), "%s", err.text);
    ck_assert_int_eq(model.first_point, 4);
    ck_assert_int_eq(model.last_point, 9);
    ck_assert_uint_eq(read_points(&bench, &points), 10);
    ck_assert(isnan(points[8].statistic));
    ck_assert(isfinite(points[9].statistic));
    free(points);
    ck_assert(!store_group_standing(bench.store, bench.group, 2, &standing, &err));
    ck_assert_str_eq(standing.no_model, "");
    close_bench(&bench);
    plant_free(bench.plant);
}
END_TEST

START_TEST(a_member_that_follows_from_another_gives_no_limits)
{
    struct bench bench = {.plant = plant_of("characteristics: [other, plain], baseline: 6"), .time_us = SECOND_US * 1000};
    struct group_standing standing;
    struct error err;
    open_bench(&bench);
    poll_one(&bench, 0, 0, 1, 1, 0);
    for (int i = 0; i < 9; i++)
        poll_one(&bench, 0, i + 1, 1000 + i * i % 7, 2000 + 2 * (i * i % 7), 0);
    commit(&bench);
    ck_assert(!store_group_standing(bench.store, bench.group, 2, &standing, &err));
    ck_assert_str_eq(standing.no_model, "plain follows from the others");
    close_bench(&bench);
    plant_free(bench.plant);
}
END_TEST

Suite *group_suite(void);
Suite *group_suite(void)
{
    const struct named_test tests[] = {
        {"a signal names the guilty", a_signal_names_the_guilty},
        {"a restart changes nothing in a group", a_restart_changes_nothing},
        {"another configuration learns anew", another_configuration_learns_anew},
        {"a group live is what is recomputed", live_is_what_is_recomputed},
        {"a subgroup that spreads is told", a_subgroup_that_spreads_is_told},
        {"a missing member is said", a_missing_member_is_said_and_never_made_up},
        {"a part that stays incomplete is given up", a_part_that_stays_incomplete_is_given_up},
        {"a member that follows from another", a_member_that_follows_from_another_gives_no_limits},
        {"a member that does not move", a_member_that_does_not_move_gives_no_limits_and_says_so},
    };
    return SUITE_OF("group", 60, tests);
}
