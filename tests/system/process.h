#ifndef GEMBA_TESTS_PROCESS_H
#define GEMBA_TESTS_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* Children of a test: each dies with it. argv[0] is looked up in PATH; "gemba" is the program under test ($GEMBA). */
struct process {
    pid_t pid;
    char out[256], err[256]; /* files that hold what it printed */
};

struct process process_start(const char *const *argv);
/* Waits until the deadline; the exit status, 128 + signal, or -1 when it is still running. */
int process_wait(const struct process *process, int timeout_ms);
void process_kill(const struct process *process, int signal);
/* What it printed so far. Texts that these functions return stay until the test ends. */
char *process_output(const struct process *process);
char *process_errors(const struct process *process);

/* Runs to the end (60 s at most) and returns the exit status; output or errors may be NULL. */
int process_run(char **output, char **errors, const char *const *argv);
#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Waits until condition(context) holds, at most timeout_ms. */
bool process_wait_for(bool (*condition)(void *context), void *context, int timeout_ms);

/* A loopback TCP port that was free a moment ago. */
int process_free_port(void);

/* Cell `column` of the CSV row whose first cell is `name`, from `gemba show SCREEN --format csv`; "" when absent. */
char *process_show_cell(const char *config, const char *screen, const char *name, const char *column);

#endif
