/* The reference samples of distributions.json, sorted, with what is known about each. */
#ifndef GEMBA_TESTS_SPC_SAMPLES_H
#define GEMBA_TESTS_SPC_SAMPLES_H

#include "tests/spc/reference.h"

struct sample {
    const char *name;
    double *values, *sorted; /* as recorded; ascending */
    size_t n;
    struct reference known;
};
enum { SAMPLES = 6 };
/* All of them; they live as long as the test's process. */
const struct sample *samples_load(void);

#endif
