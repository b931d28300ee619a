#ifndef GEMBA_TESTS_ACQUISITION_FIXTURE_H
#define GEMBA_TESTS_ACQUISITION_FIXTURE_H

#include "storage/storage.h"
#include "tests/harness.h"

/* Loads a plant.yaml text; fails the test with its problems. `store: {path: plant.db}` is added. */
struct plant *fixture_plant(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Waits until ready(context), polling; fails the test after 10 s with `what`. */
void fixture_wait(int (*ready)(void *context), void *context, const char *what);

/* A listening socket on a free loopback port. */
int fixture_listen(int *port);
/* A port nobody listens on. */
int fixture_free_port(void);

#endif
