/* Limits have a history that nobody overwrites; points are excluded and come back; everything is audited. */
#include "tests/storage/fixture.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct plant *plant;
static struct store *store;
static int64_t bore;
static struct error err;

static void setup(void)
{
    plant = fixture_plant(fixture_tags);
    store = fixture_store(STORE_RECORD, plant);
    bore = plant_characteristic(plant, "bore-dia")->id;
}

static void teardown(void)
{
    store_close(store);
    plant_free(plant);
}

static struct limits calculated(double center)
{
    struct limits limits = {.characteristic = bore,
                            .time_us = T0,
                            .state = LIMITS_TRIAL,
                            .center = center,
                            .sigma = 0.1,
                            .extra = NAN,
                            .lcl = NAN,
                            .ucl = NAN,
                            .points = 25,
                            .first_point = 1,
                            .last_point = 25,
                            .source = "calculated from points 1-25"};
    return limits;
}

static int64_t record(struct limits limits)
{
    fixture_begin(store);
    OK(record_limits(store, &limits, &err), err);
    fixture_commit(store);
    return limits.id;
}

static struct limits decided(enum limits_state state, double center, const char *why)
{
    struct limits limits = calculated(center);
    limits.state = state;
    limits.time_us = T0 + MINUTE_US;
    strcpy(limits.who, "wang");
    strcpy(limits.why, why);
    return limits;
}

static int64_t count(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(test_path("plant.db"), &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t found = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return found;
}

START_TEST(test_a_decision_supersedes_and_overwrites_nothing)
{
    struct limits *history, now;
    size_t n;
    int64_t trial = record(calculated(25));
    struct limits approved = decided(LIMITS_APPROVED, 25, "after the new tool"), locked = decided(LIMITS_LOCKED, 25, "audit");
    OK(action_limits(store, &approved, trial, &err), err);
    OK(action_limits(store, &locked, approved.id, &err), err);
    OK(store_limits_in_force(store, bore, &now, &err), err);
    ck_assert_int_eq(now.id, locked.id);
    ck_assert_int_eq(now.state, LIMITS_LOCKED);
    ck_assert_str_eq(now.why, "audit");
    OK(store_limits_history(store, bore, &history, &n, &err), err);
    ck_assert_uint_eq(n, 3);
    ck_assert_int_eq(history[0].state, LIMITS_TRIAL); /* as it was decided, not "superseded" */
    ck_assert_int_eq(history[0].superseded_by, approved.id);
    ck_assert_int_eq(history[1].state, LIMITS_APPROVED);
    ck_assert_str_eq(history[1].who, "wang");
    ck_assert_str_eq(history[1].why, "after the new tool");
    ck_assert_int_eq(history[1].superseded_by, locked.id);
    ck_assert_int_eq(history[2].superseded_by, 0);
    free(history);
    OK(store_limits(store, trial, &now, &err), err);
    ck_assert_int_eq(now.state, LIMITS_SUPERSEDED);
    ck_assert_double_eq(now.center, 25);
    ck_assert_int_eq(count("SELECT count(*) FROM audit WHERE what = 'limits' AND who = 'wang' AND object = 'bore-dia'"), 2);
    ck_assert_int_eq(count("SELECT count(*) FROM audit WHERE text LIKE '%trial -> approved%after the new tool%center 25 sigma 0.1%'"), 1);
}
END_TEST

START_TEST(test_a_decision_needs_a_reason_and_what_was_seen)
{
    struct limits limits = decided(LIMITS_APPROVED, 25, " "), now;
    int64_t trial = record(calculated(25));
    FAILS(action_limits(store, &limits, trial, &err), err, ERR_USAGE, "reason");
    limits = decided(LIMITS_APPROVED, 25, "good");
    FAILS(action_limits(store, &limits, 0, &err), err, ERR_USAGE, "meanwhile");
    record(calculated(26));
    FAILS(action_limits(store, &limits, trial, &err), err, ERR_USAGE, "meanwhile");
    OK(store_limits_in_force(store, bore, &now, &err), err);
    ck_assert_double_eq(now.center, 26);
    ck_assert_int_eq(count("SELECT count(*) FROM audit WHERE what = 'limits'"), 0);
    ck_assert_int_eq(count("SELECT count(*) FROM limits"), 2);
}
END_TEST

START_TEST(test_calculated_limits_give_way_to_a_decision)
{
    struct limits now, approved = decided(LIMITS_APPROVED, 24.9, "as on the drawing"), late;
    struct decisions before, after;
    OK(store_decisions(store, &before, &err), err);
    OK(action_limits(store, &approved, 0, &err), err);
    int64_t calculated_late = record(calculated(25));
    OK(store_limits_in_force(store, bore, &now, &err), err);
    ck_assert_int_eq(now.id, approved.id);
    OK(store_limits(store, calculated_late, &late, &err), err); /* kept: points were judged by it */
    ck_assert_int_eq(late.superseded_by, approved.id);
    OK(store_decisions(store, &after, &err), err);
    ck_assert_int_eq(after.limits, approved.id);
    ck_assert_int_ne(after.limits, before.limits);
}
END_TEST

START_TEST(test_limits_in_words)
{
    char words[300];
    struct limits limits = decided(LIMITS_APPROVED, 25, "after the new tool");
    ck_assert_str_eq(limits_words(&limits, words, sizeof words), "approved 2026-11-02 by wang: after the new tool; calculated from points 1-25");
    limits.points = 12;
    ck_assert_ptr_nonnull(strstr(limits_words(&limits, words, sizeof words), "(provisional: 12 subgroups)"));
    limits = (struct limits){.time_us = T0, .state = LIMITS_LOCKED, .source = "config"};
    ck_assert_str_eq(limits_words(&limits, words, sizeof words), "locked 2026-11-02; from config");
    ck_assert(limits_are_final(&limits));
    limits.state = LIMITS_PROVISIONAL;
    ck_assert(!limits_are_final(&limits));
}
END_TEST

static bool is_excluded(int64_t number)
{
    struct point_cursor *cursor;
    struct point point;
    bool excluded = false, found = false;
    OK(point_cursor_open(&cursor, store, bore, 0, INT64_MAX, 0, &err), err);
    while (point_cursor_next(cursor, &point, &err) == 1)
        if (point.number == number) {
            found = true;
            excluded = point.subgroup.excluded;
        }
    point_cursor_close(cursor);
    ck_assert(found);
    return excluded;
}

START_TEST(test_a_point_is_excluded_and_comes_back)
{
    struct exclusion exclusion = {.characteristic = bore, .point = 2, .time_us = T0, .excluded = true, .who = "wang", .reason = "wrong part"}, read;
    int64_t newest;
    fixture_begin(store);
    for (int64_t i = 1; i <= 2; i++) {
        struct point point = fixture_point(bore, i);
        OK(record_point(store, &point, &err), err);
    }
    fixture_commit(store);
    ck_assert(!is_excluded(2));
    OK(action_exclude(store, &exclusion, &err), err);
    ck_assert(is_excluded(2));
    ck_assert(!is_excluded(1));
    FAILS(action_exclude(store, &exclusion, &err), err, ERR_USAGE, "excluded already");
    OK(store_exclusion(store, bore, 2, &read, &err), err);
    ck_assert_str_eq(read.reason, "wrong part");
    exclusion.excluded = false;
    strcpy(exclusion.reason, "it was the right one");
    OK(action_exclude(store, &exclusion, &err), err);
    ck_assert(!is_excluded(2));
    FAILS(action_exclude(store, &exclusion, &err), err, ERR_USAGE, "not excluded");
    exclusion = (struct exclusion){.characteristic = bore, .point = 9, .excluded = true, .who = "wang", .reason = "x"};
    FAILS(action_exclude(store, &exclusion, &err), err, ERR_NOT_FOUND, "no point 9");
    exclusion = (struct exclusion){.characteristic = bore, .point = 1, .excluded = true, .who = "wang"};
    FAILS(action_exclude(store, &exclusion, &err), err, ERR_USAGE, "reason");
    OK(store_newest_exclusion(store, bore, &newest, &err), err);
    ck_assert_int_eq(newest, 2);
    ck_assert_int_eq(count("SELECT count(*) FROM exclusion"), 2);
    ck_assert_int_eq(count("SELECT count(*) FROM audit WHERE what IN ('exclude', 'include') AND object = 'bore-dia/2'"), 2);
}
END_TEST

/* Calculated limits end with the chart they were calculated for; what a person set goes on where it means the same. */
START_TEST(test_limits_fit_what_they_were_made_for)
{
    static const struct {
        const char *chart;
        int subgroup, points;
        enum limits_state state;
        double lcl;
        const char *who;
        bool fits;
    } rows[] = {
        {"xbar-r", 5, 25, LIMITS_TRIAL, NAN, "", true},       {"xbar-r", 4, 25, LIMITS_TRIAL, NAN, "", false},
        {"xbar-s", 5, 25, LIMITS_APPROVED, NAN, "li", false}, {"xbar-s", 5, 25, LIMITS_LOCKED, NAN, "li", true},
        {"ewma", 5, 0, LIMITS_TRIAL, NAN, "li", true},        {"ewma", 5, 0, LIMITS_TRIAL, 9, "li", false},
        {"i-mr-r", 5, 25, LIMITS_LOCKED, NAN, "li", false},   {"c", 1, 0, LIMITS_LOCKED, NAN, "li", false},
        {"xbar-r", 5, 0, LIMITS_LOCKED, 9, "li", true},       {"xbar-r", 5, 25, LIMITS_PROVISIONAL, NAN, "", true},
    };
    struct characteristic c = *plant_characteristic(plant, "bore-dia");
    struct limits found, limits = calculated(10);
    c.chart = spc_chart_find("xbar-r");
    c.subgroup = 5;
    limits_made(&c, limits.made, sizeof limits.made);
    ck_assert_str_eq(limits.made, "xbar-r, subgroup 5, sigma rbar, constants exact");
    OK(record_limits(store, &limits, &err), err);
    OK(store_limits_in_force(store, bore, &found, &err), err);
    ck_assert_str_eq(found.made, limits.made);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        found.points = rows[i].points;
        found.state = rows[i].state;
        found.lcl = rows[i].lcl;
        snprintf(found.who, sizeof found.who, "%s", rows[i].who);
        c.chart = spc_chart_find(rows[i].chart);
        c.subgroup = rows[i].subgroup;
        ck_assert_msg(limits_fit(&found, &c) == rows[i].fits, "row %zu: %s", i, rows[i].chart);
    }
    found.made[0] = 0; /* written before anybody noted it */
    ck_assert(limits_fit(&found, &c));
}
END_TEST

Suite *limits_suite(void);
Suite *limits_suite(void)
{
    const struct fixture_test tests[] = {
        {"a decision supersedes and overwrites nothing", test_a_decision_supersedes_and_overwrites_nothing},
        {"a decision needs a reason and what was seen", test_a_decision_needs_a_reason_and_what_was_seen},
        {"calculated limits give way to a decision", test_calculated_limits_give_way_to_a_decision},
        {"limits fit what they were made for", test_limits_fit_what_they_were_made_for},
        {"limits in words", test_limits_in_words},
        {"a point is excluded and comes back", test_a_point_is_excluded_and_comes_back},
    };
    return fixture_suite("limits", tests, sizeof tests / sizeof tests[0], setup, teardown);
}
