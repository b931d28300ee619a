#include "tests/tui/fixture.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>

static struct alarm alarm_of(struct fixture *f, const char *object)
{
    struct alarm *alarms, found = {0};
    size_t count;
    ck_assert_int_eq(board_open_alarms(f->console->store, &alarms, &count, NULL), 0);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(alarms[i].object, object))
            found = alarms[i];
    free(alarms);
    return found;
}

START_TEST(test_screens_by_number_and_back)
{
    struct fixture f = fixture_open();
    for (int i = 0; i < SCREENS && actions[ACTION_OVERVIEW + i].where == ON_ALL; i++) {
        char key[2] = {(char)actions[ACTION_OVERVIEW + i].keys[0], 0};
        fixture_type(&f, key);
        ck_assert_int_eq(f.console->screen, ACTION_OVERVIEW + i);
    }
    fixture_type(&f, "1");
    fixture_type(&f, "25q");
    ck_assert_int_eq(f.console->screen, ACTION_CHARACTERISTICS);
    fixture_type(&f, "\033");
    ck_assert_int_eq(f.console->screen, ACTION_OVERVIEW);
    ck_assert(!f.console->ended);
    fixture_type(&f, "\033");
    ck_assert(!f.console->ended);
    fixture_type(&f, "q");
    ck_assert(f.console->ended);
    fixture_close(&f);
}
END_TEST

START_TEST(test_tab_goes_round)
{
    struct fixture f = fixture_open();
    for (int i = 0; i < SCREENS; i++)
        if (actions[ACTION_OVERVIEW + i].where == ON_ALL)
            console_press(f.console, '\t');
    ck_assert_int_eq(f.console->screen, ACTION_OVERVIEW);
    console_press(f.console, PRESS_SHIFT_TAB);
    ck_assert_int_eq(f.console->screen, ACTION_GROUPS);
    fixture_close(&f);
}
END_TEST

START_TEST(test_acknowledge_an_alarm)
{
    struct fixture f = fixture_open();
    fixture_type(&f, "4a");
    struct alarm alarm = alarm_of(&f, "bore-dia");
    ck_assert_int_eq(alarm.acknowledged_us, fixture_now_us);
    ck_assert_str_eq(alarm.acknowledged_by, "li.wei");
    ck_assert_int_eq(alarm_of(&f, "gauge").acknowledged_us, 0);
    ck_assert_int_eq(f.console->facts.new, 1);
    fixture_close(&f);
}
END_TEST

START_TEST(test_acknowledge_on_the_chart)
{
    struct fixture f = fixture_open();
    fixture_type(&f, "2\ra");
    ck_assert_int_eq(f.console->screen, ACTION_CHART);
    ck_assert_str_eq(f.console->characteristic->name, "bore-dia");
    ck_assert_int_eq(alarm_of(&f, "bore-dia").acknowledged_us, fixture_now_us);
    fixture_type(&f, "a");
    ck_assert(strstr(f.console->message, "no new alarms"));
    fixture_close(&f);
}
END_TEST

START_TEST(test_cause_and_action_of_the_point_under_the_cursor)
{
    struct fixture f = fixture_open();
    fixture_type(&f, "3");
    for (int i = 0; i < FIXTURE_POINTS - FIXTURE_SIGNAL; i++)
        console_press(f.console, PRESS_LEFT);
    const struct point *point = screen_chart_point(f.console);
    ck_assert_int_eq(point->number, FIXTURE_SIGNAL);
    ck_assert(point->verdict.location_rules & 1);
    fixture_type(&f, "ctool worn\rtool changed\r");
    point = screen_chart_point(f.console);
    ck_assert_int_eq(point->number, FIXTURE_SIGNAL);
    ck_assert_str_eq(point->cause, "tool worn");
    ck_assert_str_eq(point->action, "tool changed");
    ck_assert_str_eq(point->who, "li.wei");
    fixture_close(&f);
}
END_TEST

START_TEST(test_cause_can_be_left)
{
    struct fixture f = fixture_open();
    fixture_type(&f, "3chalf a word\033");
    ck_assert_ptr_null(f.console->prompt.label);
    fixture_type(&f, "c\r");
    ck_assert_str_eq(screen_chart_point(f.console)->cause, "");
    ck_assert(strstr(f.console->message, "nothing written"));
    fixture_close(&f);
}
END_TEST

START_TEST(test_viewer_is_refused_with_the_reason)
{
    struct fixture f = fixture_open();
    f.console->person.access = ACCESS_VIEWER;
    fixture_type(&f, "4a");
    ck_assert(strstr(f.console->message, "gemba-operator"));
    ck_assert_int_eq(alarm_of(&f, "bore-dia").acknowledged_us, 0);
    fixture_type(&f, "3c");
    ck_assert_ptr_null(f.console->prompt.label);
    fixture_close(&f);
}
END_TEST

START_TEST(test_kiosk_neither_quits_nor_takes_commands)
{
    struct fixture f = fixture_open();
    f.console->kiosk = true;
    fixture_type(&f, "q:");
    ck_assert(!f.console->ended);
    ck_assert_ptr_null(f.console->prompt.label);
    fixture_type(&f, "5");
    f.console->pressed_us -= 61 * SECOND_US;
    console_tick(f.console, false);
    ck_assert_int_eq(f.console->screen, ACTION_OVERVIEW);
    fixture_close(&f);
}
END_TEST

START_TEST(test_commands_by_name)
{
    struct fixture f = fixture_open();
    fixture_type(&f, ":chart seat-dia\r");
    ck_assert_int_eq(f.console->screen, ACTION_CHART);
    ck_assert_str_eq(f.console->charts[0].characteristic->name, "seat-dia");
    fixture_type(&f, ":chart seat-dai\r");
    ck_assert(strstr(f.console->message, "did you mean 'seat-dia'"));
    fixture_type(&f, ":linsk\r");
    ck_assert(strstr(f.console->message, "did you mean 'links'"));
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++)
        ck_assert_int_eq(action_of_name(actions[a].name, NULL), a);
    fixture_type(&f, ":quit\r");
    ck_assert(f.console->ended);
    fixture_close(&f);
}
END_TEST

START_TEST(test_selection_follows_the_item)
{
    struct fixture f = fixture_open();
    struct list *list = &f.console->lists[1];
    fixture_type(&f, "2/face\r");
    ck_assert_str_eq(list->selected_name, "face-dia");
    size_t place = list->selected;
    fixture_type(&f, "r");
    ck_assert_str_eq(list->selected_name, "face-dia");
    ck_assert_uint_ne(list->selected, place);
    fixture_type(&f, "s");
    console_tick(f.console, true);
    ck_assert_str_eq(list->selected_name, "face-dia");
    ck_assert_str_eq(list_sort_title(list), "NAME");
    fixture_close(&f);
}
END_TEST

START_TEST(test_sorting_puts_missing_figures_last)
{
    struct fixture f = fixture_open();
    struct list *list = &f.console->lists[1];
    fixture_type(&f, "2");
    while (strcmp(list_sort_title(list), "LAST"))
        fixture_type(&f, "s");
    console_press(f.console, PRESS_END);
    ck_assert_str_eq(list->selected_name, "burr");
    fixture_close(&f);
}
END_TEST

START_TEST(test_filter_keeps_what_it_finds)
{
    struct fixture f = fixture_open();
    fixture_type(&f, "2\\B-2\r");
    ck_assert_uint_eq(f.console->lists[1].shown, 2);
    console_tick(f.console, true);
    ck_assert_uint_eq(f.console->lists[1].shown, 2);
    fixture_type(&f, "\\nowhere\r");
    ck_assert_uint_eq(f.console->lists[1].shown, 0);
    fixture_type(&f, "\\\025\r");
    ck_assert_uint_eq(f.console->lists[1].shown, 4);
    fixture_close(&f);
}
END_TEST

START_TEST(test_freeze_holds_and_goes_on)
{
    struct fixture f = fixture_open();
    fixture_type(&f, "3 ");
    ck_assert_int_eq(f.console->frozen_us, fixture_now_us);
    fixture_set_now(fixture_now_us + 30 * SECOND_US);
    fixture_add_point(&f);
    ck_assert(!console_tick(f.console, false));
    ck_assert_int_eq(f.console->charts[0].indices.standing.points, FIXTURE_POINTS);
    fixture_type(&f, " ");
    ck_assert_int_eq(f.console->charts[0].indices.standing.points, FIXTURE_POINTS + 1);
    fixture_close(&f);
}
END_TEST

START_TEST(test_chart_follows_the_newest_until_moved)
{
    struct fixture f = fixture_open();
    fixture_type(&f, "3");
    fixture_add_point(&f);
    ck_assert(console_tick(f.console, false));
    ck_assert_int_eq(screen_chart_point(f.console)->number, FIXTURE_POINTS + 1);
    console_press(f.console, PRESS_HOME);
    ck_assert_int_eq(screen_chart_point(f.console)->number, 1);
    fixture_add_point(&f);
    console_tick(f.console, false);
    ck_assert_int_eq(screen_chart_point(f.console)->number, 1);
    for (int64_t number = 2; number <= FIXTURE_POINTS + 2; number++) {
        console_press(f.console, PRESS_RIGHT);
        ck_assert_int_eq(screen_chart_point(f.console)->number, number);
    }
    for (int64_t number = FIXTURE_POINTS + 1; number >= 1; number--) {
        console_press(f.console, PRESS_LEFT);
        ck_assert_int_eq(screen_chart_point(f.console)->number, number);
    }
    fixture_type(&f, "G");
    ck_assert_int_eq(screen_chart_point(f.console)->number, FIXTURE_POINTS + 2);
    fixture_close(&f);
}
END_TEST

START_TEST(test_next_and_previous_characteristic)
{
    struct fixture f = fixture_open();
    fixture_type(&f, "3");
    ck_assert_str_eq(f.console->charts[0].characteristic->name, "bore-dia");
    fixture_type(&f, "]");
    ck_assert_str_eq(f.console->charts[0].characteristic->name, "seat-dia");
    fixture_type(&f, "[[");
    ck_assert_str_eq(f.console->charts[0].characteristic->name, "burr");
    fixture_close(&f);
}
END_TEST

START_TEST(test_random_keys_do_no_harm)
{
    struct fixture f = fixture_open();
    unsigned seed = 42;
    glass_open("xterm-256color", 24, 80, false);
    for (int i = 0; i < 4000; i++) {
        seed = seed * 1103515245u + 12345u;
        int key = (seed >> 16) % 160;
        console_press(f.console, key < 128 ? key : PRESS_UP + key - 128);
        f.console->ended = false;
        if (i % 50 == 0)
            glass_draw(f.console);
    }
    ck_assert_ptr_nonnull(f.console->store);
    fixture_close(&f);
}
END_TEST

Suite *keys_suite(void);
Suite *keys_suite(void)
{
    const struct {
        const char *name;
        const TTest *test;
    } tests[] = {
        {"screens by number, and back", test_screens_by_number_and_back},
        {"tab goes round", test_tab_goes_round},
        {"acknowledge an alarm", test_acknowledge_an_alarm},
        {"acknowledge on the chart", test_acknowledge_on_the_chart},
        {"cause and action", test_cause_and_action_of_the_point_under_the_cursor},
        {"cause can be left", test_cause_can_be_left},
        {"viewer is refused", test_viewer_is_refused_with_the_reason},
        {"kiosk", test_kiosk_neither_quits_nor_takes_commands},
        {"commands by name", test_commands_by_name},
        {"selection follows the item", test_selection_follows_the_item},
        {"sorting puts missing figures last", test_sorting_puts_missing_figures_last},
        {"filter keeps what it finds", test_filter_keeps_what_it_finds},
        {"freeze holds and goes on", test_freeze_holds_and_goes_on},
        {"chart follows the newest until moved", test_chart_follows_the_newest_until_moved},
        {"next and previous characteristic", test_next_and_previous_characteristic},
        {"random keys do no harm", test_random_keys_do_no_harm},
    };
    Suite *suite = suite_create("tui: keys");
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        TCase *tcase = tcase_create(tests[i].name);
        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, tests[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
