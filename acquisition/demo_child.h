#ifndef GEMBA_ACQUISITION_DEMO_CHILD_H
#define GEMBA_ACQUISITION_DEMO_CHILD_H

#include "config/config.h"

#include <sys/types.h>

/* A process of the demo: this program again, with another command. It dies with its parent, whatever happens to that. */
struct demo_child {
    const char *command; /* "collect" */
    pid_t pid;           /* 0: not started, or ended */
    int status;          /* after its end: exit status, or 128 + signal */
    char log[512];       /* the file that holds what it printed; "": the terminal */
};

/* From here on SIGINT, SIGTERM, SIGHUP and SIGCHLD wait for demo_child_wait_signal. */
void demo_child_hold_signals(void);
/* The next of these, or 0 when CLOCK_MONOTONIC reaches until_us first. */
int demo_child_wait_signal(int64_t until_us);

/* argv[0] is the command; NULL ends it. directory: where its log goes, or NULL: it has the terminal. */
int demo_child_start(struct demo_child *child, const char *const *argv, const char *directory, struct error *err);
bool demo_child_runs(struct demo_child *child);
/* Waits for its end; a signal or until_us ends it early. *signal: the one that came, or 0. Returns its status. */
int demo_child_wait(struct demo_child *child, int64_t until_us, int *signal);
/* SIGTERM, and SIGKILL when it is still there after 3 s. */
void demo_child_end(struct demo_child *child);

/* Whether its log has a line that is just `line`. */
bool demo_child_said(const struct demo_child *child, const char *line);
/* Prints the log's last lines to standard error. */
void demo_child_print_tail(const struct demo_child *child);

#endif
