/* The groups screen: the chart, its limit, and who made the signal under the cursor. */
#include "tests/tui/fixture.h"
#include "tui/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BASE = 30, POINTS = 50, GUILTY = 40 };

static void see(struct fixture *f, const char *text)
{
    glass_draw(f->console);
    if (glass_shows(text))
        return;
    glass_print();
    ck_abort_msg("the screen does not show '%s'", text);
}

static void vector_of(int i, double *x)
{
    double common = sin(i * 1.7) + cos(i * 0.9);
    x[0] = 25 + 0.01 * common;
    x[1] = 25 + 0.01 * common + 0.003 * sin(i * 2.3) + (i == GUILTY ? 0.03 : 0);
}

static void fill(struct fixture *f)
{
    const struct characteristic_group *group = plant_group(f->plant, "dias");
    struct store *store;
    struct error err;
    double base[BASE * 2];
    for (int i = 0; i < BASE; i++)
        vector_of(i, base + i * 2);
    struct group_model model = {.group = group->id,
                                .number = 1,
                                .time_us = fixture_now_us - HOUR_US,
                                .first_point = 1,
                                .last_point = BASE,
                                .alpha = group->alpha,
                                .state = LIMITS_TRIAL};
    model.t2 = t2_model(base, BASE, 1, 2);
    model.center = t2_limit(&model.t2, T2_FOLLOWS, 0.5);
    model.ucl = t2_limit(&model.t2, T2_FOLLOWS, group->alpha);
    group_settings(group, model.settings, sizeof model.settings);
    ck_assert_msg(!store_open(&store, f->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert(!store_begin(store, &err));
    ck_assert_msg(!record_group_model(store, &model, &err), "%s", err.text);
    for (int i = 0; i < POINTS; i++) {
        struct group_point point = {.group = group->id,
                                    .number = i + 1,
                                    .time_us = fixture_now_us - (POINTS - i) * MINUTE_US,
                                    .n = 1,
                                    .center = NAN,
                                    .ucl = NAN,
                                    .statistic = NAN,
                                    .dispersion = NAN,
                                    .spread = {NAN, NAN, NAN, NAN}};
        for (int v = 0; v < MULTIVARIATE_MAX; v++)
            point.vector[v] = NAN;
        vector_of(i, point.vector);
        snprintf(point.serial, sizeof point.serial, "P-%d", i + 1);
        if (i >= BASE) {
            point.model = 1;
            point.center = model.center;
            point.ucl = model.ucl;
            point.statistic = t2_statistic(&model.t2, point.vector, 1);
        }
        ck_assert_msg(!record_group_point(store, &point, point.vector, &err), "%s", err.text);
    }
    ck_assert(!store_commit(store, &err));
    store_close(store);
}

START_TEST(groups_at_every_size)
{
    static const int sizes[][2] = {{17, 60}, {24, 80}, {43, 132}, {60, 200}};
    struct fixture f = fixture_open();
    fill(&f);
    glass_open("xterm-256color", sizes[_i][0], sizes[_i][1], true);
    console_resize(f.console, sizes[_i][0], sizes[_i][1]);
    fixture_type(&f, "M");
    ck_assert_int_eq(f.console->screen, ACTION_GROUPS);
    see(&f, "dias");
    see(&f, "trial 2026-11-02; calculated from points 1-30");
    see(&f, "UCL 13.");
    see(&f, "#50 ");
    see(&f, "contributes most: ");
    for (int i = 0; i < POINTS - 1 - GUILTY; i++)
        console_press(f.console, PRESS_LEFT);
    see(&f, "#41 ");
    see(&f, "  SIGNAL");
    see(&f, "contributes most: face-dia 25.0"); /* the one that left the pair */
    for (int i = 0; i < POINTS; i++)
        console_press(f.console, PRESS_LEFT);
    see(&f, "#1 ");
    see(&f, "not judged: the baseline is not complete");
    fixture_type(&f, "+++++++");
    see(&f, "#1 ");
    fixture_close(&f);
}
END_TEST

START_TEST(limits_of_a_group_are_decided_by_keys)
{
    struct fixture f = fixture_open();
    struct group_model model;
    struct error err;
    const struct characteristic_group *group = plant_group(f.plant, "dias");
    fill(&f);
    glass_open("xterm-256color", 24, 80, true);
    console_resize(f.console, 24, 80);
    fixture_type(&f, "ML");
    ck_assert_int_eq(f.console->screen, ACTION_LIMITS);
    see(&f, "limits of  dias  newest point 50");
    see(&f, "in force   trial 2026-11-02; calculated from points 1-30");
    see(&f, "T2 limit 13.");
    fixture_type(&f, "e");
    see(&f, "calculated from points, not entered");
    fixture_type(&f, "c");
    see(&f, "from points: 21-50");
    console_press(f.console, 'U' & 31);
    fixture_type(&f, "1-50\r");
    see(&f, "would be   trial; calculated from points 1-50");
    see(&f, "of the newest 50 points 1 signalled;");
    fixture_type(&f, "more points\r");
    ck_assert_msg(!store_group_model(f.console->store, group->id, 0, &model, &err), "%s", err.text);
    ck_assert_int_eq(model.number, 2);
    ck_assert_str_eq(model.who, "li.wei");
    see(&f, "by li.wei: more points; calculated from points 1-50");
    see(&f, "before     trial 2026-11-02; calculated from points 1-30");
    fixture_type(&f, "lreleased\r");
    ck_assert(!store_group_model(f.console->store, group->id, 0, &model, &err));
    ck_assert_int_eq(model.state, LIMITS_LOCKED);
    fixture_type(&f, "c\r");
    see(&f, "are locked by li.wei: unlock them first");
    fixture_close(&f);
}
END_TEST

START_TEST(a_point_of_a_group_is_excluded_by_a_key)
{
    struct fixture f = fixture_open();
    fill(&f);
    glass_open("xterm-256color", 24, 80, true);
    console_resize(f.console, 24, 80);
    fixture_type(&f, "M");
    for (int i = 0; i < POINTS - 1 - GUILTY; i++)
        console_press(f.console, PRESS_LEFT);
    see(&f, "  SIGNAL  serial");
    fixture_type(&f, "xwrong part\r");
    see(&f, "point 41 no longer counts");
    see(&f, "excluded: it stays drawn and no longer counts");
    ck_assert(!glass_shows("  SIGNAL  serial"));
    fixture_type(&f, "xit was the right one\r");
    see(&f, "  SIGNAL  serial");
    fixture_close(&f);
}
END_TEST

START_TEST(a_group_without_points)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 24, 80, true);
    fixture_type(&f, "M");
    see(&f, "dias");
    see(&f, "no limits yet; T2 n=1 alpha");
    console_press(f.console, PRESS_LEFT);
    fixture_type(&f, "\r");
    ck_assert_int_eq(f.console->screen, ACTION_GROUPS);
    fixture_close(&f);
}
END_TEST

Suite *groups_suite(void);
Suite *groups_suite(void)
{
    Suite *suite = suite_create("tui: groups");
    TCase *sizes = tcase_create("groups at every size"), *empty = tcase_create("a group without points");
    tcase_add_loop_test(sizes, groups_at_every_size, 0, 4);
    tcase_add_test(empty, a_group_without_points);
    TCase *decisions = tcase_create("decisions about a group");
    tcase_add_test(decisions, limits_of_a_group_are_decided_by_keys);
    tcase_add_test(decisions, a_point_of_a_group_is_excluded_by_a_key);
    suite_add_tcase(suite, decisions);
    suite_add_tcase(suite, sizes);
    suite_add_tcase(suite, empty);
    return suite;
}
