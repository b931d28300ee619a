#include "tests/tui/fixture.h"
#include "tui/terminal.h"
#include "tui/timeline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool inside(struct rect in, struct rect out)
{
    return in.row >= out.row && in.column >= out.column && in.row + in.rows <= out.row + out.rows &&
           in.column + in.columns <= out.column + out.columns;
}

static bool apart(struct rect a, struct rect b)
{
    return !a.rows || !b.rows || !a.columns || !b.columns || a.row + a.rows <= b.row || b.row + b.rows <= a.row || a.column + a.columns <= b.column ||
           b.column + b.columns <= a.column;
}

static void check_apart(const struct rect *rects, int count, struct rect whole)
{
    for (int i = 0; i < count; i++) {
        if (!rects[i].rows || !rects[i].columns)
            continue;
        ck_assert_int_ge(rects[i].rows, 0);
        ck_assert_int_ge(rects[i].columns, 0);
        ck_assert(inside(rects[i], whole));
        for (int j = 0; j < i; j++)
            ck_assert_msg(apart(rects[i], rects[j]), "%d and %d overlap at %dx%d", i, j, whole.columns, whole.rows);
    }
}

START_TEST(test_layout_of_all_sizes)
{
    for (int rows = 1; rows <= 120; rows++)
        for (int columns = 1; columns <= 260; columns += columns < 70 ? 1 : 7)
            for (int banner = 0; banner < 2; banner++) {
                struct layout l = layout_of(rows, columns, banner);
                struct rect whole = {0, 0, rows, columns}, rects[] = {l.title, l.body, l.alarm, l.status, l.keys};
                ck_assert_int_eq(l.tiny, rows < 17 || columns < 60);
                check_apart(rects, 5, whole);
                if (!l.tiny) {
                    int used = banner;
                    for (int i = 0; i < 5; i++)
                        used += rects[i].rows;
                    ck_assert_int_eq(used, rows);
                }
            }
}
END_TEST

START_TEST(test_layout_of_charts)
{
    for (int rows = LAYOUT_ROWS; rows <= 120; rows++)
        for (int columns = LAYOUT_COLUMNS; columns <= 260; columns++) {
            struct rect body = layout_of(rows, columns, false).body, rects[LAYOUT_CHARTS + 1];
            struct chart_grid grid = layout_charts(body);
            rects[0] = grid.table;
            memcpy(rects + 1, grid.charts, sizeof grid.charts[0] * (size_t)grid.count);
            check_apart(rects, grid.count + 1, body);
            ck_assert_int_eq(grid.table.columns > 0, columns >= 120);
            ck_assert(columns >= 160 ? grid.count >= 2 : grid.count == 1);
            if (columns >= 160 && rows >= 60)
                ck_assert_int_eq(grid.count, 4);
            for (int i = 0; i < grid.count; i++) {
                struct chart_areas a = layout_chart(grid.charts[i], i == 0, 2);
                struct rect parts[] = {a.header, a.plots[0], a.plots[1], a.axis, a.readout};
                check_apart(parts, 5, grid.charts[i]);
                ck_assert_int_ge(a.plots[0].rows, 4);
                ck_assert_int_ge(a.plots[1].rows, 2);
                ck_assert_int_ge(a.plots[0].columns - a.labels, 30);
            }
        }
}
END_TEST

START_TEST(test_layout_of_the_overview)
{
    for (int rows = LAYOUT_ROWS; rows <= 80; rows++)
        for (int machines = 0; machines < 60; machines++) {
            struct rect body = layout_of(rows, 80, false).body, parts[3];
            layout_overview(body, machines, &parts[0], &parts[1], &parts[2]);
            check_apart(parts, 3, body);
            ck_assert(parts[0].rows >= machines + 1 || parts[0].rows == body.rows);
            ck_assert(rows > 24 || parts[1].rows + parts[2].rows == 0);
            ck_assert_int_eq(parts[1].rows > 0, parts[2].rows > 0);
            if (rows == 60 && machines == 6)
                ck_assert_int_ge(parts[2].rows, 20);
        }
}
END_TEST

START_TEST(test_layout_of_oee)
{
    for (int rows = LAYOUT_ROWS; rows <= 80; rows++)
        for (int machines = 0; machines < 60; machines++) {
            struct rect body = layout_of(rows, 80, false).body, parts[2];
            layout_oee(body, machines, &parts[0], &parts[1]);
            check_apart(parts, 2, body);
            ck_assert_int_ge(parts[0].rows, 2);
            ck_assert_int_ge(parts[1].rows, 8);
        }
}
END_TEST

static struct plot_point plot_point_at(double value, int rule)
{
    return (struct plot_point){.value = value, .line = {.center = 10, .lcl = 7, .ucl = 13, .sigma = 1}, .rule = rule};
}

START_TEST(test_plot_limits_land_on_their_rows)
{
    struct plot_point point = plot_point_at(10, 0);
    for (int rows = 3; rows <= 60; rows++) {
        struct plot_scale scale = plot_scale_of(&point, 1, rows, false);
        int ucl = plot_row(&scale, 13), lcl = plot_row(&scale, 7);
        ck_assert(scale.limits);
        ck_assert_int_eq(ucl, rows - 1 - lcl);
        ck_assert_int_lt(ucl, lcl);
        ck_assert_double_le(fabs(plot_value(&scale, ucl) - 13), 1e-9);
        ck_assert_double_le(fabs(plot_value(&scale, lcl) - 7), 1e-9);
    }
}
END_TEST

START_TEST(test_plot_rows_are_monotone_and_clamped)
{
    struct plot_point point = plot_point_at(10, 0);
    struct plot_scale scale = plot_scale_of(&point, 1, 21, false);
    int before = plot_row(&scale, 100);
    ck_assert_int_eq(before, -1);
    for (double value = 20; value > 0; value -= 0.01) {
        int row = plot_row(&scale, value);
        ck_assert_int_ge(row, before);
        ck_assert_int_ge(row, -1);
        ck_assert_int_le(row, 21);
        before = row;
    }
    ck_assert_int_eq(before, 21);
    ck_assert_int_eq(plot_row(&scale, NAN), 21);
}
END_TEST

START_TEST(test_plot_marks_signals_arrows_and_gaps)
{
    enum { ROWS = 21, COLUMNS = 40, STEP = 2 };
    struct plot_point points[] = {plot_point_at(10, 0),  plot_point_at(13.5, 1), plot_point_at(NAN, 0), plot_point_at(99, 1),
                                  plot_point_at(-99, 0), plot_point_at(10, 11),  plot_point_at(10, 1)};
    struct plot_cell cells[ROWS * COLUMNS];
    points[6].excluded = true;
    struct plot_scale scale = plot_scale_of(points, 7, ROWS, false);
    plot_draw(cells, &scale, COLUMNS, STEP, points, 7);
#define AT(row, column) cells[(row)*COLUMNS + (column)]
    ck_assert_int_eq(AT(plot_row(&scale, 10), 0).mark, '.');
    ck_assert_int_eq(AT(plot_row(&scale, 13.5), 2).mark, 'X');
    ck_assert_int_eq(AT(plot_row(&scale, 13.5), 3).mark, '1');
    for (int row = 0; row < ROWS; row++)
        ck_assert_int_lt(AT(row, 4).kind, PLOT_POINT);
    ck_assert_int_eq(AT(0, 6).mark, '^');
    ck_assert_int_eq(AT(0, 6).kind, PLOT_SIGNAL);
    ck_assert_int_eq(AT(ROWS - 1, 8).mark, 'v');
    ck_assert_int_eq(AT(plot_row(&scale, 10), 10).mark, 'X');
    ck_assert_int_eq(AT(plot_row(&scale, 10), 11).mark, 'b');
    ck_assert_int_eq(AT(plot_row(&scale, 10), 12).kind, PLOT_EXCLUDED);
    for (int column = 14; column < COLUMNS; column++) {
        ck_assert_int_eq(AT(plot_row(&scale, 13), column).kind, PLOT_LIMIT);
        ck_assert_int_eq(AT(plot_row(&scale, 10), column).kind, PLOT_CENTER);
        ck_assert_int_eq(AT(plot_row(&scale, 12), column).kind, PLOT_ZONE);
    }
}
END_TEST

START_TEST(test_plot_joins_only_neighbours)
{
    enum { ROWS = 9, COLUMNS = 12 };
    struct plot_cell cells[ROWS * COLUMNS];
    struct plot_point points[] = {plot_point_at(12, 0), plot_point_at(8, 0), plot_point_at(NAN, 0), plot_point_at(12, 0)};
    struct plot_scale scale = plot_scale_of(points, 4, ROWS, false);
    plot_draw(cells, &scale, COLUMNS, 3, points, 4);
    bool joined = false, bridged = false;
    for (int row = 0; row < ROWS; row++) {
        joined |= cells[row * COLUMNS + 1].dots != 0;
        bridged |= cells[row * COLUMNS + 5].dots != 0 || cells[row * COLUMNS + 7].dots != 0;
    }
    ck_assert(joined);
    ck_assert(!bridged);
}
END_TEST

START_TEST(test_plot_without_limits_says_so)
{
    struct plot_point points[] = {{.value = 3, .line = {NAN, NAN, NAN, NAN}}, {.value = 5, .line = {NAN, NAN, NAN, NAN}}};
    struct plot_scale scale = plot_scale_of(points, 2, 10, false);
    struct plot_label labels[PLOT_LABELS];
    ck_assert(!scale.limits);
    ck_assert(plot_row(&scale, 3) <= 9 && plot_row(&scale, 5) >= 0);
    ck_assert_int_eq(plot_labels(labels, &scale, &points[1]), 0);
}
END_TEST

/* Pre-control has two zones: green to 1.5 sigma, yellow to the limits. */
START_TEST(test_plot_zones_of_pre_control)
{
    struct plot_point point = plot_point_at(10, 0);
    struct plot_label labels[PLOT_LABELS];
    point.zone = 1.5;
    struct plot_scale scale = plot_scale_of(&point, 1, 25, PLOT_FREE);
    int n = plot_labels(labels, &scale, &point), seen = 0;
    ck_assert_int_eq(n, 5);
    for (int i = 0; i < n; i++) {
        seen += !strcmp(labels[i].name, "+PC") && labels[i].value == 11.5;
        seen += !strcmp(labels[i].name, "-PC") && labels[i].value == 8.5;
    }
    ck_assert_int_eq(seen, 2);
}
END_TEST

START_TEST(test_plot_labels_never_share_a_row)
{
    struct plot_point point = plot_point_at(10, 0);
    for (int rows = 3; rows <= 40; rows++) {
        struct plot_scale scale = plot_scale_of(&point, 1, rows, false);
        struct plot_label labels[PLOT_LABELS];
        int n = plot_labels(labels, &scale, &point);
        ck_assert_int_eq(n, rows >= 12 ? 7 : n);
        ck_assert_int_ge(n, 3);
        ck_assert_str_eq(labels[0].name, "UCL");
        for (int i = 0; i < n; i++)
            for (int j = 0; j < i; j++)
                ck_assert_int_ne(labels[i].row, labels[j].row);
    }
}
END_TEST

START_TEST(test_chart_window_pages)
{
    for (int slots = 1; slots <= 70; slots++) {
        int64_t before = 1, moves = 0;
        for (int64_t newest = 0; newest < 500; newest++) {
            int64_t first = chart_first(newest, 0, slots);
            ck_assert_int_ge(first, 1);
            ck_assert_int_ge(first, before);
            ck_assert_int_le(newest - first + 1, slots);
            if (newest > slots)
                ck_assert_int_ge(newest - first + 1, slots - (slots / 4 > 1 ? slots / 4 : 1));
            moves += first != before;
            before = first;
        }
        ck_assert_int_le(moves, 500 / (slots / 4 > 1 ? slots / 4 : 1) + 1);
    }
    ck_assert_int_eq(chart_first(100, 60, 20), 41);
    ck_assert_int_eq(chart_first(100, 10, 20), 1);
}
END_TEST

START_TEST(test_actions_have_one_meaning_a_key)
{
    static const int forbidden[] = {'S' & 31, 'Q' & 31, 'd', PRESS_DELETE};
    for (enum action screen = ACTION_OVERVIEW; screen <= ACTION_SCREEN_LAST; screen++)
        for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++)
            for (int i = 0; i < ACTION_KEYS && actions[a].keys[i]; i++) {
                int key = actions[a].keys[i];
                for (size_t k = 0; k < sizeof forbidden / sizeof forbidden[0]; k++)
                    ck_assert_int_ne(key, forbidden[k]);
                if (actions[a].where & ON(screen))
                    ck_assert_msg(action_of_key(key, screen) == a, "%s and %s share a key", actions[a].name,
                                  actions[action_of_key(key, screen)].name);
            }
}
END_TEST

START_TEST(test_actions_are_reachable_named_and_explained)
{
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++) {
        const struct action_row *row = &actions[a];
        bool function_key = false, plain_key = false;
        ck_assert(row->where && row->keys[0] && strlen(row->help) > 5);
        ck_assert_int_eq(action_of_name(row->name, NULL), a);
        for (int i = 0; i < ACTION_KEYS && row->keys[i]; i++) {
            function_key |= row->keys[i] > PRESS_F0;
            plain_key |= row->keys[i] < PRESS_F0;
        }
        ck_assert_msg(!function_key || plain_key, "%s has no twin of its F-key", row->name);
    }
    const char *nearest = NULL;
    ck_assert_int_eq(action_of_name("frezee", &nearest), ACTION_NONE);
    ck_assert_str_eq(nearest, "freeze");
}
END_TEST

START_TEST(test_actions_refuse_with_a_reason)
{
    ck_assert_ptr_null(action_refusal(ACTION_CAUSE, ACTION_CHART, ACCESS_OPERATOR, false));
    ck_assert(strstr(action_refusal(ACTION_CAUSE, ACTION_CHART, ACCESS_VIEWER, false), "gemba-operator"));
    ck_assert_ptr_nonnull(action_refusal(ACTION_CAUSE, ACTION_LINKS, ACCESS_ENGINEER, false));
    ck_assert_ptr_nonnull(action_refusal(ACTION_QUIT, ACTION_OVERVIEW, ACCESS_ENGINEER, true));
    ck_assert_ptr_nonnull(action_refusal(ACTION_COMMAND, ACTION_OVERVIEW, ACCESS_ENGINEER, true));
    ck_assert_ptr_null(action_refusal(ACTION_QUIT, ACTION_OVERVIEW, ACCESS_VIEWER, false));
}
END_TEST

START_TEST(test_person_from_groups)
{
    const char *const both[] = {"users", "gemba-operator", "gemba-engineer"}, *const none[] = {"users"};
    ck_assert_int_eq(person_access(both, 3, true, true), ACCESS_ENGINEER);
    ck_assert_int_eq(person_access(both, 2, true, true), ACCESS_OPERATOR);
    ck_assert_int_eq(person_access(none, 1, true, true), ACCESS_VIEWER);
    ck_assert_int_eq(person_access(none, 1, false, true), ACCESS_ENGINEER);
    ck_assert_int_eq(person_access(none, 1, false, false), ACCESS_VIEWER);
}
END_TEST

START_TEST(test_prompt_edits_whole_characters)
{
    struct prompt prompt = {0};
    prompt_open(&prompt, "cause: ", "");
    static const int keys[] = {'a', 0x65E5, 0x672C, PRESS_LEFT, PRESS_BACKSPACE, 'b', PRESS_END, 'c', PRESS_HOME, PRESS_DELETE, 'd'};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        ck_assert_int_eq(prompt_key(&prompt, keys[i]), PROMPT_OPEN);
    ck_assert_str_eq(prompt.text, "db\xE6\x9C\xAC"
                                  "c");
    for (int i = 0; i < 500; i++)
        prompt_key(&prompt, 0x20AC);
    ck_assert_uint_lt(strlen(prompt.text), PROMPT_TEXT);
    ck_assert_int_eq(prompt_key(&prompt, 'U' & 31), PROMPT_OPEN);
    ck_assert_int_eq(prompt.cursor, 0);
    ck_assert_int_eq(prompt_key(&prompt, PRESS_ENTER), PROMPT_DONE);
    ck_assert_ptr_null(prompt.label);
    prompt_open(&prompt, "x", "y");
    ck_assert_int_eq(prompt_key(&prompt, PRESS_ESCAPE), PROMPT_CANCELLED);
}
END_TEST

START_TEST(test_timeline_keeps_short_faults)
{
    const struct state_interval intervals[] = {{0, 500, OEE_RUNNING}, {500, 502, OEE_FAULT}, {502, 600, OEE_IDLE}};
    int cells[10];
    timeline_cells(cells, 10, intervals, 3, 0, 1000);
    ck_assert_int_eq(cells[0], OEE_RUNNING);
    ck_assert_int_eq(cells[4], OEE_RUNNING);
    ck_assert_int_eq(cells[5], OEE_FAULT);
    ck_assert_int_eq(cells[6], -1);
    for (int a = 0; a < OEE_STATES; a++)
        for (int b = 0; b < a; b++)
            ck_assert_int_ne(timeline_mark(a), timeline_mark(b));
}
END_TEST

Suite *pure_suite(void);
Suite *pure_suite(void)
{
    const struct {
        const char *name;
        const TTest *test;
    } tests[] = {
        {"layout of all sizes", test_layout_of_all_sizes},
        {"layout of charts", test_layout_of_charts},
        {"layout of the overview", test_layout_of_the_overview},
        {"layout of oee", test_layout_of_oee},
        {"plot limits land on their rows", test_plot_limits_land_on_their_rows},
        {"plot rows are monotone and clamped", test_plot_rows_are_monotone_and_clamped},
        {"plot marks signals, arrows and gaps", test_plot_marks_signals_arrows_and_gaps},
        {"plot joins only neighbours", test_plot_joins_only_neighbours},
        {"plot without limits says so", test_plot_without_limits_says_so},
        {"plot zones of pre-control", test_plot_zones_of_pre_control},
        {"plot labels never share a row", test_plot_labels_never_share_a_row},
        {"chart window pages", test_chart_window_pages},
        {"actions have one meaning a key", test_actions_have_one_meaning_a_key},
        {"actions are reachable, named and explained", test_actions_are_reachable_named_and_explained},
        {"actions refuse with a reason", test_actions_refuse_with_a_reason},
        {"person from groups", test_person_from_groups},
        {"prompt edits whole characters", test_prompt_edits_whole_characters},
        {"timeline keeps short faults", test_timeline_keeps_short_faults},
    };
    Suite *suite = suite_create("tui: pure");
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        TCase *tcase = tcase_create(tests[i].name);
        tcase_add_test(tcase, tests[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
