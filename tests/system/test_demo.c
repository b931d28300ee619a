/* The demo as a newcomer's script runs it, and as a person does: under a real terminal multiplexer. */
#include "tests/harness.h"
#include "tests/system/process.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Orphans come to this process, so whatever is left over can be seen. */
static void adopt_orphans(void)
{
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
}

static bool no_child_left(void *context)
{
    (void)context;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

START_TEST(without_a_terminal_it_prints_and_ends)
{
    adopt_orphans();
    char *output, *errors;
    ck_assert_msg(process_run(&output, &errors, ARGV("gemba", "demo")) == 0, "demo: %s", errors);
    static const char *const wanted[] = {"MACHINE", "UCL", "LCL", "Cpk", "RUN"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        ck_assert_msg(strstr(output, wanted[i]) != NULL, "no %s in: %s", wanted[i], output);
    ck_assert_msg(process_wait_for(no_child_left, NULL, 5000), "the demo left a process behind");
}
END_TEST

static char session[64];

static bool pane_shows(void *context)
{
    char *screen;
    process_run(&screen, NULL, ARGV("tmux", "-L", session, "capture-pane", "-p"));
    bool shown = strstr(screen, context) != NULL;
    return shown;
}

static void press(const char *keys)
{
    ck_assert_int_eq(process_run(NULL, NULL, ARGV("tmux", "-L", session, "send-keys", keys)), 0);
}

static void expect_on_screen(const char *text)
{
    if (process_wait_for(pane_shows, (void *)(uintptr_t)text, 20000))
        return;
    char *screen;
    process_run(&screen, NULL, ARGV("tmux", "-L", session, "capture-pane", "-p"));
    process_run(NULL, NULL, ARGV("tmux", "-L", session, "kill-server"));
    ck_abort_msg("the screen does not show '%s':\n%s", text, screen);
}

START_TEST(in_a_terminal_it_shows_the_plant_and_q_ends_it)
{
    adopt_orphans();
    snprintf(session, sizeof session, "gemba-test-%d", (int)getpid());
    char command[512];
    snprintf(command, sizeof command, "TERM=xterm-256color %s demo; echo ended with $?; stty -a | grep -o ' echo '; sleep 60", getenv("GEMBA"));
    ck_assert_int_eq(process_run(NULL, NULL, ARGV("tmux", "-L", session, "-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", command)),
                     0);
    expect_on_screen("MACHINE");
    press("2");
    expect_on_screen("INDEX");
    press("3");
    expect_on_screen("UCL");
    press("?");
    expect_on_screen("any other key closes");
    press("Escape");
    press("1");
    expect_on_screen("MACHINE");
    press("q");
    expect_on_screen("ended with 0");
    expect_on_screen("echo");
    process_run(NULL, NULL, ARGV("tmux", "-L", session, "kill-server"));
    ck_assert_msg(process_wait_for(no_child_left, NULL, 5000), "the demo left a process behind");
}
END_TEST

Suite *demo_suite(void)
{
    const struct named_test cases[] = {{"without a terminal", without_a_terminal_it_prints_and_ends},
                                       {"in a terminal", in_a_terminal_it_shows_the_plant_and_q_ends_it}};
    return SUITE_OF("demo", 120, cases);
}
