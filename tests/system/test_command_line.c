/* The program as a whole: commands, help, errors that name the nearest, exit statuses. */
#include "tests/harness.h"
#include "tests/system/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char ten_mistakes[] = "plant: {nmae: Works, timezone: Mars/Olympus}\n"
                                   "links:\n"
                                   "  hall: {url: \"tpc://127.0.0.1:502\", timeout: soon}\n"
                                   "instruments:\n"
                                   "  gauge:\n"
                                   "    link: hal\n"
                                   "    unit: 300\n"
                                   "    tags:\n"
                                   "      bore: {address: 70001, type: f23}\n"
                                   "characteristics:\n"
                                   "  dia: {source: gauge.bor, lsl: 2, usl: 1, rules: nelsen}\n";

START_TEST(every_command_has_help)
{
    static const char *const commands[] = {"dashboard", "show", "report", "export", "study", "limits", "exclude", "collect",
                                           "check",     "scan", "read",   "write", "trace", "note", "verify", "backup", "import", "retain",  "simulate", "demo"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char *output, *errors;
        ck_assert_int_eq(process_run(&output, &errors, ARGV("gemba", commands[i], "--help")), 0);
        ck_assert_msg(strstr(output, "usage: gemba") && strstr(output, "--help"), "gemba %s --help printed: %s", commands[i], output);
        ck_assert_str_eq(errors, "");
    }
}
END_TEST

START_TEST(version)
{
    char *output;
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "--version")), 0);
    ck_assert_int_eq(strncmp(output, "gemba ", 6), 0);
}
END_TEST

START_TEST(unknown_command_names_the_nearest)
{
    char *errors;
    ck_assert_int_eq(process_run(NULL, &errors, ARGV("gemba", "colect")), 2);
    ck_assert_ptr_nonnull(strstr(errors, "'collect'"));
}
END_TEST

START_TEST(unknown_option_names_the_nearest)
{
    char *errors;
    ck_assert_int_eq(process_run(NULL, &errors, ARGV("gemba", "report", "--perod", "today")), 2);
    ck_assert_ptr_nonnull(strstr(errors, "--period"));
}
END_TEST

START_TEST(unknown_screen_names_the_nearest)
{
    const char *config = test_file("plant.yaml", "plant: {name: W}\nlinks: {a: {url: \"tcp://127.0.0.1:1\"}}\n"
                                                 "instruments: {g: {link: a, tags: {t: {address: 40001}}}}\n");
    char *errors;
    ck_assert_int_eq(process_run(NULL, &errors, ARGV("gemba", "show", "overveiw", "-c", config)), 2);
    ck_assert_msg(strstr(errors, "overview") != NULL, "printed: %s", errors);
}
END_TEST

START_TEST(ten_mistakes_ten_messages)
{
    const char *config = test_file("bad.yaml", ten_mistakes);
    char *errors;
    ck_assert_int_eq(process_run(NULL, &errors, ARGV("gemba", "check", "-c", config)), 1);
    int messages = 0;
    size_t length = strlen(config);
    for (char *line = errors; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (!strncmp(line, config, length) && line[length] == ':') {
            int row, column;
            ck_assert_int_eq(sscanf(line + length, ":%d:%d:", &row, &column), 2);
            messages++;
        }
    ck_assert_msg(messages >= 10, "%d messages: %s", messages, errors);
    static const char *const wanted[] = {"'name'", "timezone", "tcp://", "'hall'", "0 to 255", "f32", "'nelson'"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        ck_assert_msg(strstr(errors, wanted[i]) != NULL, "no message says %s: %s", wanted[i], errors);
}
END_TEST

START_TEST(the_demo_config_is_right_and_prints_its_plan)
{
    char *output, *errors;
    ck_assert_int_eq(process_run(&output, &errors, ARGV("gemba", "check", "-c", "config/demo.yaml")), 0);
    ck_assert_ptr_nonnull(strstr(output, "request"));
    ck_assert_str_eq(errors, "");
}
END_TEST

START_TEST(one_of_a_kind_is_counted_as_one)
{
    const char *config = test_file("one.yaml", "plant: {name: W}\nlinks: {a: {url: \"rtutcp://127.0.0.1:1?baud=9600\"}}\n"
                                               "instruments: {g: {link: a, tags: {t: {address: 40001}, u: {address: 40002}}}}\n");
    char *output;
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "check", "-c", config)), 0);
    ck_assert_msg(strstr(output, "W, 1 link, 1 instrument, 2 tags, 0 machines,") != NULL, "printed: %s", output);
    ck_assert_msg(strstr(output, "ms of line time at 9600 baud") && strstr(output, "line used "), "printed: %s", output);
    ck_assert_int_eq(process_run(&output, NULL, ARGV("gemba", "check", "--manual")), 0);
    ck_assert_msg(strstr(output, ".It Cm pause_after_connect\n") != NULL, "printed: %s", output);
}
END_TEST

START_TEST(without_a_collector_it_says_what_to_do)
{
    const char *config = test_file("plant.yaml", "plant: {name: W}\nlinks: {a: {url: \"tcp://127.0.0.1:1\"}}\n"
                                                 "instruments: {g: {link: a, tags: {t: {address: 40001}}}}\n");
    char *errors;
    ck_assert_int_eq(process_run(NULL, &errors, ARGV("gemba", "show", "overview", "-c", config)), 2);
    ck_assert_msg(strstr(errors, "gemba collect") != NULL, "printed: %s", errors);
}
END_TEST

Suite *command_line_suite(void)
{
    const struct named_test cases[] = {
        {"every command has help", every_command_has_help},
        {"version", version},
        {"unknown command", unknown_command_names_the_nearest},
        {"unknown option", unknown_option_names_the_nearest},
        {"unknown screen", unknown_screen_names_the_nearest},
        {"ten mistakes", ten_mistakes_ten_messages},
        {"demo config", the_demo_config_is_right_and_prints_its_plan},
        {"one of a kind", one_of_a_kind_is_counted_as_one},
        {"no store", without_a_collector_it_says_what_to_do},
    };
    return SUITE_OF("command line", 60, cases);
}
