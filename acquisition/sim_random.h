#ifndef GEMBA_ACQUISITION_SIM_RANDOM_H
#define GEMBA_ACQUISITION_SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* A stream of pseudo-random numbers: the same seed and name give the same stream everywhere, and every name has its own, so that a
 * machine added to a plant changes nothing for the others. Generator: xoshiro256** (Blackman, Vigna 2018), seeded by splitmix64. */
struct sim_random {
    uint64_t state[4];
    double spare; /* the second of a pair of normal deviates */
    bool has_spare;
};

void sim_random_seed(struct sim_random *random, uint64_t seed, const char *name);
/* In [0, 1). */
double sim_random_uniform(struct sim_random *random);
/* Mean 0, standard deviation 1: Marsaglia's polar method. */
double sim_random_normal(struct sim_random *random);
/* Waiting time with that mean. */
double sim_random_exponential(struct sim_random *random, double mean);

#endif
