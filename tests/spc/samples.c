#include "tests/spc/samples.h"

#include "tests/harness.h"

#include <gsl/gsl_sort.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sample *samples_load(void)
{
    static struct sample samples[SAMPLES];
    struct reference sets = reference_at(reference_open("own/distributions.json"), "sets");
    ck_assert_uint_eq(reference_count(sets), SAMPLES);
    for (size_t i = 0; i < SAMPLES; i++) {
        char file[80];
        struct sample *sample = &samples[i];
        sample->name = reference_key(sets, i);
        sample->known = reference_item(sets, i);
        snprintf(file, sizeof file, "own/dist_%s.csv", sample->name);
        sample->values = reference_column(file, "x", &sample->n);
        sample->sorted = malloc(sample->n * sizeof *sample->sorted);
        ck_assert_ptr_nonnull(sample->sorted);
        memcpy(sample->sorted, sample->values, sample->n * sizeof *sample->sorted);
        gsl_sort(sample->sorted, 1, sample->n);
    }
    return samples;
}
