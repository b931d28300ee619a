/* The terminal on a real pty: what is left of it when the program ends, and what happens when the line is busy. */
#include "tests/tui/fixture.h"
#include "tui/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void open_terminal(void)
{
    struct error err;
    const struct terminal_options options = {.type = "xterm-256color"};
    if (terminal_open(&options, &err))
        _exit(99);
    terminal_put(0, 0, 20, false, LOOK_DEFAULT, "ready");
    if (!terminal_show())
        _exit(98);
}

static void end_by_signal(void)
{
    open_terminal();
    while (!terminal_ended())
        terminal_key(20);
    exit(7);
}

static void crash(void)
{
    open_terminal();
    while (terminal_key(20) != 'x')
        ;
    signal(SIGABRT, SIG_DFL);
    raise(SIGSEGV);
}

static void leave(void)
{
    open_terminal();
    while (terminal_key(20) != 'x')
        ;
    exit(7);
}

static const struct {
    void (*child)(void);
    int signal;
    const char *key;
} ends[] = {{end_by_signal, SIGTERM, NULL}, {end_by_signal, SIGHUP, NULL}, {end_by_signal, SIGINT, NULL}, {crash, 0, "x"}, {leave, 0, "x"}};
enum { ENDS = sizeof ends / sizeof ends[0] };

/* Reads what comes until the text is there, or the child has closed its side. */
static bool read_until(int fd, char *all, size_t size, const char *text)
{
    size_t at = strlen(all);
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (!strstr(all, text) && at + 1 < size && poll(&ready, 1, 10000) > 0) {
        ssize_t got = read(fd, all + at, size - at - 1);
        if (got <= 0)
            break;
        at += (size_t)got;
        all[at] = 0;
    }
    return strstr(all, text) != NULL;
}

START_TEST(test_restored_on_every_way_out)
{
    static char all[65536];
    struct winsize size = {24, 80, 0, 0};
    struct termios before, after;
    int master, status;
    pid_t child = forkpty(&master, NULL, NULL, &size);
    if (child == 0) {
        ends[_i].child();
        _exit(97);
    }
    ck_assert_int_gt(child, 0);
    ck_assert(read_until(master, all, sizeof all, "ready"));
    tcgetattr(master, &before);
    ck_assert_uint_eq(before.c_lflag & ECHO, 0);
    if (ends[_i].signal)
        kill(child, ends[_i].signal);
    else
        ck_assert_int_eq(write(master, ends[_i].key, 1), 1);
    ck_assert_msg(read_until(master, all, sizeof all, "\033[?1049l"), "the screen was not given back");
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    if (ends[_i].child == crash)
        ck_assert(!WIFEXITED(status) || WEXITSTATUS(status) != 97);
    else
        ck_assert_int_eq(WEXITSTATUS(status), 7);
    tcgetattr(master, &after);
    ck_assert_uint_eq(after.c_lflag & (ECHO | ICANON), ECHO | ICANON);
    close(master);
}
END_TEST

START_TEST(test_busy_line_skips_the_frame)
{
    struct winsize size = {24, 80, 0, 0};
    int master, status;
    pid_t child = forkpty(&master, NULL, NULL, &size);
    if (child == 0) {
        open_terminal();
        fcntl(1, F_SETFL, fcntl(1, F_GETFL) | O_NONBLOCK);
        while (write(1, "................................................................", 64) > 0)
            ;
        if (errno != EAGAIN)
            _exit(3);
        terminal_put(1, 0, 20, false, LOOK_DEFAULT, "too much");
        _exit(terminal_show() ? 1 : 0);
    }
    ck_assert_int_gt(child, 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    close(master);
}
END_TEST

Suite *terminal_suite(void);
Suite *terminal_suite(void)
{
    Suite *suite = suite_create("tui: terminal");
    TCase *tcase = tcase_create("restored on every way out");
    tcase_set_timeout(tcase, 30);
    tcase_add_loop_test(tcase, test_restored_on_every_way_out, 0, ENDS);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("busy line skips the frame");
    tcase_add_test(tcase, test_busy_line_skips_the_frame);
    suite_add_tcase(suite, tcase);
    return suite;
}
