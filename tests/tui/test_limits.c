/* Limits and exclusions by keys: what people see before they decide, what is written, and who may. */
#include "tests/tui/fixture.h"
#include "tui/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void see(struct fixture *f, const char *text)
{
    glass_draw(f->console);
    if (glass_shows(text))
        return;
    glass_print();
    ck_abort_msg("the screen does not show '%s'", text);
}

static struct limits in_force(struct fixture *f)
{
    struct limits limits;
    struct error err;
    ck_assert_msg(!store_limits_in_force(f->console->store, plant_characteristic(f->plant, "bore-dia")->id, &limits, &err), "%s", err.text);
    return limits;
}

static struct fixture open_limits(int rows, int columns)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", rows, columns, true);
    console_resize(f.console, rows, columns);
    fixture_type(&f, "3L");
    ck_assert_int_eq(f.console->screen, ACTION_LIMITS);
    return f;
}

START_TEST(a_decision_shows_what_it_would_change_first)
{
    struct fixture f = open_limits(24, 80);
    see(&f, "in force   locked 2026-11-02");
    see(&f, "center 25.0000  sigma 0.01000  LCL 24.9866  UCL 25.0134");
    see(&f, "c calculate from points");
    fixture_type(&f, "c");
    see(&f, "from points: 36-60");
    console_press(f.console, 'U' & 31);
    fixture_type(&f, "41-55\r");
    see(&f, "would be   provisional; calculated from points 41-55");
    see(&f, "of the newest 60 points 1 signalled;");
    see(&f, "provisional: from 15 subgroups, where 20 are wanted");
    see(&f, "reason:");
    ck_assert_int_eq(in_force(&f).state, LIMITS_LOCKED); /* nothing is written yet */
    fixture_type(&f, "\033");
    see(&f, "left as it was");
    ck_assert(!glass_shows("would be"));
    fixture_type(&f, "c\r\r");
    see(&f, "a reason is needed");
    ck_assert_int_eq(in_force(&f).state, LIMITS_LOCKED);
    fixture_type(&f, "c\rafter the new tool\r");
    struct limits limits = in_force(&f);
    ck_assert_int_eq(limits.state, LIMITS_TRIAL);
    ck_assert_int_eq(limits.first_point, 36);
    ck_assert_int_eq(limits.last_point, 60);
    ck_assert_str_eq(limits.who, "li.wei");
    ck_assert_str_eq(limits.why, "after the new tool");
    see(&f, "trial 2026-11-02 by li.wei: after the new tool");
    see(&f, "before");
    fixture_type(&f, "agood for six months\r");
    ck_assert_int_eq(in_force(&f).state, LIMITS_APPROVED);
    fixture_type(&f, "lcustomer asks\r");
    ck_assert_int_eq(in_force(&f).state, LIMITS_LOCKED);
    fixture_type(&f, "c\r");
    see(&f, "are locked by li.wei: unlock them first");
    fixture_type(&f, "uaudit is over\r");
    ck_assert_int_eq(in_force(&f).state, LIMITS_APPROVED);
    ck_assert_double_eq(in_force(&f).center, limits.center);
    fixture_close(&f);
}
END_TEST

START_TEST(limits_are_entered_by_hand)
{
    struct fixture f = open_limits(24, 80);
    fixture_type(&f, "eucl 25.02\r");
    see(&f, "LCL none  UCL 25.0200");
    fixture_type(&f, "only the upper side matters\r");
    ck_assert(isnan(in_force(&f).lcl));
    ck_assert_double_eq(in_force(&f).ucl, 25.02);
    fixture_type(&f, "ecentre 3\r");
    see(&f, "wanted are names and numbers");
    fixture_type(&f, "elcl 25.01\r");
    see(&f, "does not lie between the limits");
    fixture_type(&f, "ecenter 25.001 sigma 0.02\rfrom the study\r");
    ck_assert_double_eq(in_force(&f).sigma, 0.02);
    ck_assert(isnan(in_force(&f).ucl));
    fixture_close(&f);
}
END_TEST

START_TEST(who_is_no_engineer_is_refused_with_words)
{
    struct fixture f = open_limits(24, 80);
    int64_t before = in_force(&f).id;
    f.console->person.access = _i ? ACCESS_OPERATOR : ACCESS_VIEWER;
    see(&f, "for engineers: your account needs the group gemba-engineer");
    for (const char *key = "caleu"; *key; key++) {
        console_press(f.console, (unsigned char)*key);
        ck_assert_ptr_null(f.console->prompt.label);
        ck_assert_msg(strstr(f.console->message, "gemba-engineer") != NULL, "%c: '%s'", *key, f.console->message);
    }
    fixture_type(&f, "\033x");
    ck_assert_ptr_null(f.console->prompt.label);
    ck_assert(strstr(f.console->message, "gemba-engineer"));
    ck_assert_int_eq(in_force(&f).id, before);
    fixture_close(&f);
}
END_TEST

START_TEST(limits_of_plant_yaml_win)
{
    struct fixture f = open_limits(24, 80);
    struct characteristic *c = (struct characteristic *)f.console->characteristic;
    c->locked_center = 25;
    c->locked_sigma = 0.01;
    fixture_type(&f, "a");
    ck_assert(strstr(f.console->message, "plant.yaml locks the limits"));
    see(&f, "plant.yaml locks these limits and wins");
    fixture_close(&f);
}
END_TEST

/* --- z-mr that learns its parts: each has limits of its own */

static void put_part_limits(struct store *store, const struct characteristic *c, const char *part, double center, double sigma)
{
    struct error err;
    struct limits limits = {.characteristic = c->id,
                            .time_us = fixture_now_us - HOUR_US,
                            .state = LIMITS_TRIAL,
                            .center = center,
                            .sigma = sigma,
                            .extra = NAN,
                            .lcl = NAN,
                            .ucl = NAN,
                            .points = 6,
                            .source = "calculated from its points"};
    snprintf(limits.part, sizeof limits.part, "%s", part);
    limits_made(c, limits.made, sizeof limits.made);
    ck_assert_msg(!record_limits(store, &limits, &err), "%s", err.text);
}

/* Part 7 was made in points 1 to 6 and 13 to 15, part 8 in between. */
static struct fixture open_parts(const char *z)
{
    struct fixture f = {0};
    struct problems problems = {0};
    struct store *store;
    struct error err;
    char text[600];
    snprintf(text, sizeof text,
             "plant: {name: X}\nlinks: {hall: {url: \"tcp://127.0.0.1:502\"}}\ninstruments:\n  g:\n    link: hall\n    tags:\n"
             "      value: {address: 40001, type: f32, decimals: 3}\n      part: {address: 40003, type: u16}\n"
             "characteristics:\n  bore: {source: g.value, chart: z-mr, by: g.part, baseline: 6, design: {z: %s}}\n",
             z);
    plant_free(fixture_plant(&f.config)); /* its clock */
    f.config = test_file("parts.yaml", text);
    f.plant = plant_load(f.config, &problems);
    ck_assert_msg(f.plant != NULL, "%s", problems.count ? problems.items[0].text : "?");
    ck_assert_msg(!store_open(&store, f.plant->store_path, STORE_RECORD, &err) && !store_identify(store, f.plant, &err), "%s", err.text);
    const struct characteristic *c = &f.plant->characteristics[0];
    ck_assert(!store_begin(store, &err));
    put_part_limits(store, c, "7", 10, 0.05);
    put_part_limits(store, c, "8", 50, 0.3);
    if (c->settings.z == Z_CONSTANT)
        put_part_limits(store, c, "", 0, 0.2);
    struct subgroup before;
    for (int i = 1; i <= 15; i++) {
        bool eight = i > 6 && i <= 12;
        double value = eight ? 50 + i % 3 * 0.2 : 10 + i % 2 * 0.05;
        struct point point = {.characteristic = c->id, .number = i, .time_us = fixture_now_us - (16 - i) * MINUTE_US};
        struct standing standing = {.characteristic = c->id, .time_us = point.time_us, .points = i, .last = value};
        point.subgroup = c->chart->summarise(&value, 1, i > 1 ? &before : NULL);
        before = point.subgroup;
        snprintf(point.part, sizeof point.part, "%d", eight ? 8 : 7);
        ck_assert_msg(!record_point(store, &point, &err) && !record_standing(store, &standing, &err), "%s", err.text);
    }
    ck_assert(!store_commit(store, &err));
    store_close(store);
    f.console = console_create(f.plant, (struct person){"li.wei", ACCESS_ENGINEER}, false);
    console_tick(f.console, true);
    glass_open("xterm-256color", 24, 80, true);
    console_resize(f.console, 24, 80);
    return f;
}

static struct limits of_part(struct fixture *f, const char *part)
{
    struct limits limits;
    struct error err;
    ck_assert_msg(!store_part_limits(f->console->store, f->plant->characteristics[0].id, part, &limits, &err), "%s", err.text);
    return limits;
}

START_TEST(a_learned_part_is_decided_on)
{
    struct fixture f = open_parts("parts");
    fixture_type(&f, "3L"); /* that of the newest point */
    see(&f, "part       7");
    see(&f, "center 10.0000  sigma 0.05000");
    see(&f, "[ ] other parts");
    ck_assert(!glass_shows("center 50.0000"));
    fixture_type(&f, "]");
    see(&f, "part       8");
    see(&f, "center 50.0000  sigma 0.30000");
    fixture_type(&f, "alooks well\r");
    ck_assert_int_eq(of_part(&f, "8").state, LIMITS_APPROVED);
    ck_assert_str_eq(of_part(&f, "8").why, "looks well");
    ck_assert_int_eq(of_part(&f, "7").state, LIMITS_TRIAL);
    see(&f, "approved"); /* still of part 8, and what was before */
    see(&f, "part       8");
    see(&f, "before     part 8: trial");
    fixture_type(&f, "c");
    see(&f, "from points: 7-12");
    fixture_type(&f, "\033[");
    see(&f, "part       7");
    fixture_type(&f, "c");
    see(&f, "from points: 4-15"); /* its newest six */
    fixture_type(&f, "\033\033");
    for (int i = 0; i < 5; i++)
        console_press(f.console, PRESS_LEFT);
    fixture_type(&f, "L"); /* that of the point under the cursor */
    see(&f, "part       8");
    fixture_close(&f);
}
END_TEST

START_TEST(the_sigma_of_all_parts_is_decided_on)
{
    struct fixture f = open_parts("constant");
    fixture_type(&f, "3L");
    see(&f, "part       7");
    fixture_type(&f, "]]");
    see(&f, "part       the sigma that all share");
    fixture_type(&f, "esigma 0.25\rsince the overhaul\r");
    ck_assert_double_eq(of_part(&f, "").sigma, 0.25);
    ck_assert_double_eq(of_part(&f, "7").sigma, 0.05);
    see(&f, "sigma 0.25000, of all parts");
    fixture_close(&f);
}
END_TEST

START_TEST(a_point_is_excluded_and_taken_back)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 24, 80, true);
    fixture_type(&f, "3");
    for (int i = 0; i < FIXTURE_POINTS - FIXTURE_SIGNAL; i++)
        console_press(f.console, PRESS_LEFT);
    fixture_type(&f, "x\r");
    ck_assert(strstr(f.console->message, "reason is needed"));
    fixture_type(&f, "xwrong part\r");
    const struct point *point = screen_chart_point(f.console);
    ck_assert_int_eq(point->number, FIXTURE_SIGNAL);
    ck_assert(point->subgroup.excluded);
    ck_assert_uint_eq(f.console->charts[0].study->excluded, 1);
    ck_assert_uint_eq(f.console->charts[0].study->signals, 0);
    ck_assert(strstr(f.console->message, "no longer counts"));
    see(&f, "excluded");
    fixture_type(&f, "xit was the right one\r");
    ck_assert(!screen_chart_point(f.console)->subgroup.excluded);
    fixture_close(&f);
}
END_TEST

START_TEST(at_every_size)
{
    static const int sizes[][2] = {{17, 60}, {24, 80}, {43, 132}, {60, 200}};
    struct fixture f = open_limits(sizes[_i][0], sizes[_i][1]);
    see(&f, "limits of");
    see(&f, "in force");
    see(&f, "c calculate from points");
    see(&f, "? Help");
    fixture_type(&f, "\033");
    ck_assert_int_eq(f.console->screen, ACTION_CHART);
    fixture_close(&f);
}
END_TEST

/* Points of a process that moved by two sigma and runs steadily there. */
static size_t steady_points(struct point *points, double center, double sigma, int64_t limits)
{
    static const double pattern[] = {0.3, -0.8, 0.5, 1.1,  -0.4, -1.2, 0.7, 0.1,  -0.6, 0.9,  -0.2, 0.4, -1.0,
                                     0.6, -0.3, 1.3, -0.7, 0.2,  -0.1, 0.8, -0.9, 0.5,  -0.5, 1.0,  -1.1};
    enum { N = sizeof pattern / sizeof pattern[0] };
    for (int i = 0; i < N; i++) {
        points[i] = (struct point){.number = i + 1, .limits = limits};
        points[i].subgroup = (struct subgroup){
            .n = 1, .location = center + sigma * pattern[i], .mean = center + sigma * pattern[i], .range = NAN, .count = NAN, .size = 1};
        points[i].subgroup.dispersion = i ? fabs(points[i].subgroup.location - points[i - 1].subgroup.location) : NAN;
    }
    return N;
}

START_TEST(a_suggestion_at_most)
{
    static struct point points[50];
    struct characteristic c = {.name = "x",
                               .chart = spc_chart_find("i-mr"),
                               .rules = spc_rule_set_find("western-electric"),
                               .subgroup = 1,
                               .baseline = 25,
                               .settings = chart_defaults};
    struct limits now = {.id = 7, .state = LIMITS_APPROVED, .center = 10, .sigma = 1, .extra = NAN, .lcl = NAN, .ucl = NAN, .points = 25}, then;
    size_t n = steady_points(points, 12, 1, 7);
    ck_assert(limits_suggest(&c, &now, points, n, &then));
    ck_assert_double_eq_tol(then.center, 12, 0.2);
    ck_assert_int_eq(then.first_point, 1);
    ck_assert(!limits_suggest(&c, &now, points, n - 1, &then)); /* not yet so many */
    n = steady_points(points, 10, 1, 7);
    ck_assert(!limits_suggest(&c, &now, points, n, &then)); /* nothing changed */
    n = steady_points(points, 10, 0.3, 7);
    ck_assert(limits_suggest(&c, &now, points, n, &then)); /* less spread */
    n = steady_points(points, 12, 1, 6);
    ck_assert(!limits_suggest(&c, &now, points, n, &then)); /* they were judged by others */
    n = steady_points(points, 12, 1, 7);
    points[12].subgroup.location += 9;
    ck_assert(!limits_suggest(&c, &now, points, n, &then)); /* not steady */
    now.state = LIMITS_PROVISIONAL;
    n = steady_points(points, 12, 1, 7);
    ck_assert(!limits_suggest(&c, &now, points, n, &then)); /* the collector is still learning */
}
END_TEST

Suite *limits_suite(void);
Suite *limits_suite(void)
{
    const struct named_test tests[] = {
        {"a decision shows what it would change first", a_decision_shows_what_it_would_change_first},
        {"limits are entered by hand", limits_are_entered_by_hand},
        {"a learned part is decided on", a_learned_part_is_decided_on},
        {"the sigma of all parts is decided on", the_sigma_of_all_parts_is_decided_on},
        {"limits of plant.yaml win", limits_of_plant_yaml_win},
        {"a point is excluded and taken back", a_point_is_excluded_and_taken_back},
        {"a suggestion at most", a_suggestion_at_most},
    };
    Suite *suite = SUITE_OF("tui: limits", 60, tests);
    TCase *sizes = tcase_create("limits at every size"), *refused = tcase_create("who is no engineer is refused");
    tcase_add_loop_test(refused, who_is_no_engineer_is_refused_with_words, 0, 2);
    suite_add_tcase(suite, refused);
    tcase_add_loop_test(sizes, at_every_size, 0, 4);
    suite_add_tcase(suite, sizes);
    return suite;
}
