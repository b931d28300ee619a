#ifndef GEMBA_TESTS_SIMULATED_H
#define GEMBA_TESTS_SIMULATED_H

#include <check.h>

/* Writes the config of a small simulated plant and returns its path: a lathe (4 s a part) with a gauge (unit 1) and a controller (unit 2), and a
 * hall sensor (unit 3), all at 127.0.0.1:port. scenarios: rows of its simulation section. */
const char *simulated_plant(int port, const char *scenarios);
/* Scenarios of a plant in which all is well. */
extern const char *const simulated_nothing;

void simulated_floor_cases(Suite *suite);
void simulated_demo_cases(Suite *suite);

#endif
