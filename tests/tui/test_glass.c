#include "tests/tui/fixture.h"
#include "tui/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void see(const char *text)
{
    if (glass_shows(text))
        return;
    glass_print();
    ck_abort_msg("the screen does not show '%s'", text);
}

static const struct {
    int rows, columns;
} sizes[] = {{17, 60}, {24, 80}, {43, 132}, {60, 200}};
enum { SIZES = sizeof sizes / sizeof sizes[0] };

/* What every size of a screen must say, by its key. */
static const struct {
    const char *key, *words[6];
} musts[] = {
    {"1", {"14:32:07 CST", "!STOP", "00:12:41", "?NO DATA", "ALARM [new]", NULL}},
    {"2", {"bore-dia", "1 new", "seat-dia", "burr", "0.46!", NULL}},
    {"3", {"bore-dia  A-1047  mm", "UCL 25.0134", "LCL 24.9866", "#60 14:32:02", "cause: (none)", NULL}},
    {"4", {"11-02 14:22:07", "NEW", "high", "bore-dia", "gauge", NULL}},
    {"5", {"gauge", "!silent", "80 s ?", "plc", "online", NULL}},
    {"6", {"press-1", "OEE    85.0 %", "A     100.0 %", "360.0 min = 305.9 good", "08:00", NULL}},
    {"7", {"plc.temperature", "21.5", "degC", "gauge.bore", "-- ?", NULL}},
};
enum { MUSTS = sizeof musts / sizeof musts[0] };

START_TEST(test_every_screen_at_every_size)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", sizes[_i % SIZES].rows, sizes[_i % SIZES].columns, _i >= SIZES);
    for (int i = 0; i < MUSTS; i++) {
        fixture_type(&f, musts[i].key);
        glass_draw(f.console);
        for (int j = 0; musts[i].words[j]; j++)
            see(musts[i].words[j]);
        see("1 Plant 2 Chars 3 Chart");
        see("? Help");
    }
    fixture_close(&f);
}
END_TEST

/* Below the list, where there is room: all that is known of the selected unit. */
START_TEST(test_links_say_all_about_one)
{
    static const char *const of_gauge[] = {"gauge on", "round-trip ms  last", "errors  ", "last error  3 s ago", "learned  "};
    struct fixture f = fixture_open();
    glass_open("xterm-256color", _i ? 60 : 24, _i ? 200 : 80, false);
    fixture_type(&f, "5");
    glass_draw(f.console);
    for (size_t i = 0; i < sizeof of_gauge / sizeof of_gauge[0]; i++)
        see(of_gauge[i]);
    fixture_type(&f, "j");
    glass_draw(f.console);
    see("plc on");
    see("last 1.5  p50 --");
    see("up to   1.28 ms  ########################################  40");
    see("up to   2.56 ms  ##########                                10");
    fixture_close(&f);
}
END_TEST

START_TEST(test_ascii_tier_is_ascii)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 60, 200, true);
    for (int i = 0; i < MUSTS; i++) {
        fixture_type(&f, musts[i].key);
        glass_draw(f.console);
        for (int row = 0; row < 60; row++)
            for (const char *c = glass_row(row); *c; c++)
                ck_assert_msg((*c & 0x80) == 0, "not ASCII: %s", glass_row(row));
    }
    fixture_close(&f);
}
END_TEST

/* The page behind the chart: the same numbers as a report, at both ends of the sizes. */
START_TEST(test_capability_shows_values_curve_and_indices)
{
    static const char *const words[] = {"bore-dia  A-1047  mm", "MET", "Ppk 1.78", "not in control: 1 signal in the period", "expected overall", "###",
                                        "normal: A2"};
    struct fixture f = fixture_open();
    bool large = _i;
    glass_open("xterm-256color", large ? 60 : 24, large ? 200 : 80, true);
    console_resize(f.console, large ? 60 : 24, large ? 200 : 80);
    fixture_type(&f, "3C");
    glass_draw(f.console);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        see(words[i]);
    if (large)
        see("VALUES against the quantiles of the normal distribution");
    fixture_close(&f);
}
END_TEST

START_TEST(test_chart_flags_the_signal)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 24, 80, true);
    fixture_type(&f, "3");
    for (int i = 0; i < FIXTURE_POINTS - FIXTURE_SIGNAL; i++)
        console_press(f.console, PRESS_LEFT);
    glass_draw(f.console);
    see("^1");
    see("#50 14:22:02");
    see("Rule 1: ");
    see("serial SN00050");
    see(" not in control"); /* so it is no Cpk */
    see("Ppk ");
    see("cause: (none)  false alarm 1 in 74 points; Xbar-R 3 sigma; sigma Rbar/d2;");
    see("limits locked 2026-11-02");
    see("CL  25.0000");
    see("+2s 25.0089");
    fixture_type(&f, "ctool worn\rchanged\r");
    glass_draw(f.console);
    see("cause: tool worn  action: changed  (li.wei)");
    fixture_close(&f);
}
END_TEST

START_TEST(test_limits_are_drawn_where_their_labels_stand)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 24, 80, true);
    fixture_type(&f, "3");
    glass_draw(f.console);
    const char *row = glass_row(glass_find("UCL 25.0134"));
    ck_assert_msg(!strncmp(row, "|--------", 9), "%s", row);
    ck_assert(strstr(glass_row(glass_find("CL  25.0000")), "====="));
    fixture_close(&f);
}
END_TEST

START_TEST(test_wide_screens_show_more)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 60, 200, false);
    fixture_type(&f, "3");
    glass_draw(f.console);
    see("seat-dia  B-2  mm");
    see("face-dia  A-1047  mm");
    see("burr  B-2  mm");
    see("no measurements yet");
    see("SIGNALS");
    see("need 1.33: MISSED");
    fixture_close(&f);
}
END_TEST

START_TEST(test_stale_looks_stale)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 24, 80, true);
    glass_draw(f.console);
    ck_assert(strstr(glass_row(glass_find("grind-1")), "80 s?"));
    ck_assert(strstr(glass_row(glass_find("grind-1")), "--  --  --"));
    fixture_type(&f, "j");
    glass_draw(f.console);
    see("no answer: see Links");
    fixture_close(&f);
}
END_TEST

START_TEST(test_dead_collector_is_said)
{
    struct fixture f = fixture_open();
    fixture_set_now(fixture_now_us + MINUTE_US);
    glass_open("xterm-256color", 24, 80, true);
    console_tick(f.console, true);
    glass_draw(f.console);
    see("COLLECTOR NOT RUNNING since 11-02 14:32:06 CST");
    ck_assert(strstr(glass_row(glass_find("press-1")), "?NO DATA"));
    fixture_type(&f, " ");
    glass_draw(f.console);
    see("FROZEN since 14:33:07 CST");
    fixture_close(&f);
}
END_TEST

START_TEST(test_missing_store_is_said_and_found_later)
{
    const char *config;
    struct plant *plant = fixture_plant(&config);
    struct console *console = console_create(plant, (struct person){"li.wei", ACCESS_ENGINEER}, false);
    glass_open("xterm-256color", 24, 80, true);
    console_tick(console, true);
    glass_draw(console);
    see("NO STORE");
    see("gemba collect");
    for (int i = 0; i < SCREENS; i++)
        for (int key = 1; key < 128; key++) {
            console_press(console, '1' + i);
            console_press(console, key);
            glass_draw(console);
        }
    ck_assert_ptr_null(console->store);
    console_free(console);
    plant_free(plant);
    struct fixture f = fixture_open();
    glass_draw(f.console);
    see("press-1");
    ck_assert(!glass_shows("NO STORE"));
    fixture_close(&f);
}
END_TEST

START_TEST(test_resize_never_ends_it)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 24, 80, false);
    for (int i = 0; i < MUSTS; i++) {
        fixture_type(&f, musts[i].key);
        static const int shapes[][2] = {{24, 80}, {60, 200}, {17, 60}, {16, 60}, {5, 20}, {1, 1}, {2, 300}, {90, 61}, {24, 80}};
        for (size_t j = 0; j < sizeof shapes / sizeof shapes[0]; j++) {
            glass_resize(shapes[j][0], shapes[j][1]);
            glass_draw(f.console);
        }
        for (int j = 0; musts[i].words[j]; j++)
            see(musts[i].words[j]);
    }
    glass_resize(16, 80);
    glass_draw(f.console);
    see("14:32:07 CST");
    see("ALARMS 2 (2 new)");
    fixture_close(&f);
}
END_TEST

START_TEST(test_bytes_of_the_first_paint)
{
    struct fixture f = fixture_open();
    glass_open(_i == 0 ? "xterm-256color" : _i == 1 ? "vt100" : "linux", 24, 80, true);
    glass_draw(f.console);
    ck_assert_msg(glass_bytes() <= 1500, "%ld bytes", glass_bytes());
    ck_assert_int_ge(glass_bytes(), 500);
    glass_draw(f.console);
    ck_assert_int_le(glass_bytes(), 20);
    fixture_close(&f);
}
END_TEST

/* A new point changes several values at once. When the window turns its page, or a signal comes or goes, more is new. */
START_TEST(test_bytes_of_one_changed_value)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 24, 80, _i != 2);
    fixture_type(&f, _i == 0 ? "2" : "3");
    glass_draw(f.console);
    const struct chart *chart = &f.console->charts[0];
    int quiet = 0;
    for (int i = 0; i < 40; i++) {
        int64_t first = chart->count ? chart->points[0].number : 0;
        uint32_t rules = chart->count ? screen_chart_point(f.console)->verdict.location_rules : 0;
        fixture_add_point(&f);
        console_tick(f.console, true);
        glass_draw(f.console);
        if (chart->count && (chart->points[0].number != first || (rules | screen_chart_point(f.console)->verdict.location_rules)))
            continue;
        ck_assert_msg(glass_bytes() <= 150, "%ld bytes for point %d", glass_bytes(), i);
        ck_assert_int_ge(glass_bytes(), 5);
        quiet++;
    }
    ck_assert_int_ge(quiet, 20);
    fixture_close(&f);
}
END_TEST

START_TEST(test_monochrome_says_it_with_words)
{
    struct fixture f = fixture_open();
    setenv("NO_COLOR", "1", 1);
    glass_open("xterm-256color", 24, 80, true);
    glass_draw(f.console);
    FILE *raw = fopen(test_path("glass"), "r");
    char bytes[4096] = "";
    size_t size = fread(bytes, 1, sizeof bytes - 1, raw);
    fclose(raw);
    ck_assert_uint_gt(size, 500);
    ck_assert_ptr_null(memmem(bytes, size, "38;5;", 5));
    see("!STOP");
    see("ALARM [new]");
    ck_assert(glass_is_reverse(glass_find("ALARM [new]"), 2));
    ck_assert(glass_is_reverse(glass_find(">press-2"), 3));
    fixture_close(&f);
}
END_TEST

START_TEST(test_glyph_tiers_go_round)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 24, 80, true);
    fixture_type(&f, "3");
    static const char *const seen[] = {"\xE2\x94\x80", "\xE2\x94\x80", "\xE2\xA0"}; /* line, line, braille */
    for (int i = 0; i < 3; i++) {
        fixture_type(&f, "~");
        glass_draw(f.console);
        see(seen[i]);
    }
    fixture_type(&f, "~");
    glass_draw(f.console);
    ck_assert(!glass_shows("\xE2\x94\x80"));
    fixture_close(&f);
}
END_TEST

START_TEST(test_without_utf8_nothing_is_garbled)
{
    struct fixture f = fixture_open();
    glass_locale = "C";
    f.plant->name = "\xE5\xAE\x81\xE6\xB3\xA2 Works";
    glass_open("xterm-256color", 24, 80, false);
    ck_assert_int_eq(terminal_tier(), TIER_ASCII);
    fixture_type(&f, "3");
    glass_draw(f.console);
    see("?? Works");
    for (int row = 0; row < 24; row++)
        for (const char *c = glass_row(row); *c; c++)
            ck_assert((*c & 0x80) == 0);
    fixture_close(&f);
}
END_TEST

START_TEST(test_chinese_names_keep_their_columns)
{
    struct fixture f = fixture_open();
    f.plant->name = "\xE5\xAE\x81\xE6\xB3\xA2 Works";
    glass_open("xterm-256color", 24, 80, false);
    glass_draw(f.console);
    see("\xE5\xAE\x81\xE6\xB3\xA2 Works");
    ck_assert(strstr(glass_row(0), "14:32:07 CST"));
    ck_assert_int_eq(text_columns(glass_row(0)), 79);
    fixture_close(&f);
}
END_TEST

START_TEST(test_utc_on_request)
{
    struct fixture f = fixture_open();
    glass_open("xterm-256color", 24, 80, true);
    fixture_type(&f, "4Z");
    glass_draw(f.console);
    see("06:32:07 UTC");
    see("11-02 06:22:07");
    fixture_type(&f, "Z");
    glass_draw(f.console);
    see("14:32:07 CST");
    fixture_close(&f);
}
END_TEST

START_TEST(test_help_holds_every_action)
{
    struct fixture f = fixture_open();
    bool seen[ACTIONS] = {true};
    f.console->person.access = ACCESS_VIEWER;
    glass_open("xterm-256color", 24, 132, true);
    fixture_type(&f, "3?");
    for (int page = 0; page < 8; page++) {
        glass_draw(f.console);
        for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++)
            seen[a] |= glass_shows(actions[a].help);
        if (glass_shows(actions[ACTION_CAUSE].help))
            ck_assert(strstr(glass_row(glass_find(actions[ACTION_CAUSE].help)), "(for operators"));
        console_press(f.console, PRESS_PAGE_DOWN);
    }
    for (enum action a = ACTION_NONE + 1; a < ACTIONS; a++)
        ck_assert_msg(seen[a], "help lacks %s", actions[a].name);
    console_press(f.console, PRESS_ESCAPE);
    ck_assert(!f.console->help);
    ck_assert_int_eq(f.console->screen, ACTION_CHART);
    fixture_close(&f);
}
END_TEST

START_TEST(test_unknown_terminal_is_refused_with_words)
{
    struct error err = {0};
    FILE *out = fopen(test_path("out"), "w+"), *in = fopen("/dev/null", "r");
    const struct terminal_options options = {.type = "no-such-terminal", .out = out, .in = in};
    ck_assert_int_eq(terminal_open(&options, &err), -1);
    ck_assert(strstr(err.text, "xterm-256color"));
    fclose(out);
    fclose(in);
}
END_TEST

Suite *glass_suite(void);
Suite *glass_suite(void)
{
    const struct {
        const char *name;
        const TTest *test;
        int times;
    } tests[] = {
        {"every screen at every size", test_every_screen_at_every_size, 2 * SIZES},
        {"links say all about one", test_links_say_all_about_one, 2},
        {"ascii tier is ascii", test_ascii_tier_is_ascii, 1},
        {"chart flags the signal", test_chart_flags_the_signal, 1},
        {"capability shows values, curve and indices", test_capability_shows_values_curve_and_indices, 2},
        {"limits are drawn where their labels stand", test_limits_are_drawn_where_their_labels_stand, 1},
        {"wide screens show more", test_wide_screens_show_more, 1},
        {"stale looks stale", test_stale_looks_stale, 1},
        {"dead collector is said", test_dead_collector_is_said, 1},
        {"missing store is said", test_missing_store_is_said_and_found_later, 1},
        {"resize never ends it", test_resize_never_ends_it, 1},
        {"bytes of the first paint", test_bytes_of_the_first_paint, 3},
        {"bytes of one changed value", test_bytes_of_one_changed_value, 3},
        {"monochrome", test_monochrome_says_it_with_words, 1},
        {"glyph tiers go round", test_glyph_tiers_go_round, 1},
        {"without UTF-8 nothing is garbled", test_without_utf8_nothing_is_garbled, 1},
        {"Chinese names keep their columns", test_chinese_names_keep_their_columns, 1},
        {"utc on request", test_utc_on_request, 1},
        {"help holds every action", test_help_holds_every_action, 1},
        {"unknown terminal", test_unknown_terminal_is_refused_with_words, 1},
    };
    Suite *suite = suite_create("tui: glass");
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        TCase *tcase = tcase_create(tests[i].name);
        tcase_set_timeout(tcase, 60);
        tcase_add_loop_test(tcase, tests[i].test, 0, tests[i].times);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}
