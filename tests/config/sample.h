#ifndef GEMBA_TESTS_CONFIG_SAMPLE_H
#define GEMBA_TESTS_CONFIG_SAMPLE_H

#include "config/config.h"
#include "tests/harness.h"

/* A valid plant.yaml that uses every section. */
extern const char sample_text[];

/* Loads text as a file; fails the test when it has problems. The caller frees it. */
struct plant *sample_load(const char *text);
/* Loads text that must have problems, and returns them for the caller to free. */
struct problems sample_problems(const char *text);

void suite_add(Suite *suite, const char *name, const TTest *test);

#endif
