#include "acquisition/demo_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENTS = 24, TAIL_LINES = 12, TAIL_BYTES = 4096 };
static const int64_t grace_us = 3 * SECOND_US;

static sigset_t held, before;

void demo_child_hold_signals(void)
{
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGHUP);
    sigaddset(&held, SIGCHLD);
    sigprocmask(SIG_BLOCK, &held, &before);
}

int demo_child_wait_signal(int64_t until_us)
{
    for (;;) {
        int64_t left_us = until_us - clock_monotonic_us();
        if (left_us <= 0)
            return 0;
        struct timespec left = {left_us > HOUR_US ? 3600 : left_us / SECOND_US, left_us % SECOND_US * 1000};
        int signal = sigtimedwait(&held, NULL, &left);
        if (signal > 0)
            return signal;
    }
}

/* In the child: never returns. A background child leaves the terminal's process group, so that ^C reaches only who has the screen. */
static void become(const char *const *argv, const char *log, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    if (*log) {
        setpgid(0, 0);
        int in = open("/dev/null", O_RDONLY), out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            _exit(1);
        close(in), close(out);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    const char *words[ARGUMENTS + 2] = {"gemba"};
    for (int i = 0; i < ARGUMENTS && argv[i]; i++)
        words[i + 1] = argv[i];
    execv("/proc/self/exe", (char *const *)words);
    fprintf(stderr, "gemba demo: cannot start gemba %s: %s\n", argv[0], strerror(errno));
    _exit(1);
}

int demo_child_start(struct demo_child *child, const char *const *argv, const char *directory, struct error *err)
{
    *child = (struct demo_child){.command = argv[0]};
    if (directory)
        snprintf(child->log, sizeof child->log, "%s/%s.log", directory, argv[0]);
    fflush(NULL);
    pid_t parent = getpid();
    child->pid = fork();
    if (child->pid == 0)
        become(argv, child->log, parent);
    if (child->pid > 0)
        return 0;
    child->pid = 0;
    return error_set(err, ERR_INTERNAL, "cannot start gemba %s: %s", argv[0], strerror(errno));
}

bool demo_child_runs(struct demo_child *child)
{
    int status;
    if (!child->pid)
        return false;
    pid_t ended = waitpid(child->pid, &status, WNOHANG);
    if (ended == 0 || (ended < 0 && errno == EINTR))
        return true;
    child->status = ended < 0 ? 1 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    child->pid = 0;
    return false;
}

int demo_child_wait(struct demo_child *child, int64_t until_us, int *signal)
{
    *signal = 0;
    while (demo_child_runs(child)) {
        *signal = demo_child_wait_signal(until_us);
        if (*signal == SIGCHLD)
            continue;
        demo_child_end(child);
        return child->status;
    }
    *signal = 0;
    return child->status;
}

void demo_child_end(struct demo_child *child)
{
    if (!demo_child_runs(child))
        return;
    kill(child->pid, SIGTERM);
    int64_t until_us = clock_monotonic_us() + grace_us;
    while (demo_child_runs(child) && clock_monotonic_us() < until_us)
        demo_child_wait_signal(until_us);
    if (!child->pid)
        return;
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    child->pid = 0;
    child->status = 128 + SIGKILL;
}

bool demo_child_said(const struct demo_child *child, const char *line)
{
    FILE *file = fopen(child->log, "r");
    char text[512];
    bool said = false;
    while (file && !said && fgets(text, sizeof text, file)) {
        text[strcspn(text, "\n")] = 0;
        said = !strcmp(text, line);
    }
    if (file)
        fclose(file);
    return said;
}

void demo_child_print_tail(const struct demo_child *child)
{
    FILE *file = fopen(child->log, "r");
    if (!file)
        return;
    char text[TAIL_BYTES + 1];
    if (fseek(file, -TAIL_BYTES, SEEK_END))
        rewind(file);
    text[fread(text, 1, TAIL_BYTES, file)] = 0;
    fclose(file);
    char *from = text + strlen(text);
    for (int lines = 0; from > text; from--)
        if (from[-1] == '\n' && ++lines > TAIL_LINES)
            break;
    if (*from)
        fprintf(stderr, "the last lines of gemba %s:\n%s", child->command, from);
}
