#ifndef GEMBA_TESTS_SIMULATED_H
#define GEMBA_TESTS_SIMULATED_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Writes the config of a small simulated plant and returns its path: a lathe (4 s a part) with a gauge (unit 1) and a controller (unit 2), and a
 * hall sensor (unit 3), all at 127.0.0.1:port. scenarios: rows of its simulation section. */
const char *simulated_plant(int port, const char *scenarios);
/* Scenarios of a plant in which all is well. */
extern const char *const simulated_nothing;

/* `gemba simulate` in a process of its own, which dies with the test; *out: what it prints. log: a file for --log, or NULL. */
pid_t simulated_start(const char *config, const char *log, int *out);
/* Reads until the text or the end comes; the test's own timeout is the deadline. */
bool simulated_says(int fd, const char *wanted, char *all, size_t size);
/* Waits for its end: exit status, or 128 + signal. */
int simulated_end(pid_t pid);
/* A loopback port that was free a moment ago. */
int simulated_port(void);

void simulated_floor_cases(Suite *suite);
void simulated_demo_cases(Suite *suite);
void simulated_fault_cases(Suite *suite);

#endif
