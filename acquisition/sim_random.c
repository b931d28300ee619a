#include "acquisition/sim_random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void sim_random_seed(struct sim_random *random, uint64_t seed, const char *name)
{
    uint64_t state = splitmix(&seed);
    for (; *name; name++)
        state = (state ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    for (int i = 0; i < 4; i++)
        random->state[i] = splitmix(&state);
    random->has_spare = false;
}

static uint64_t rotate(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

static uint64_t next(struct sim_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double sim_random_uniform(struct sim_random *random)
{
    return (double)(next(random) >> 11) * 0x1p-53;
}

double sim_random_normal(struct sim_random *random)
{
    if (random->has_spare) {
        random->has_spare = false;
        return random->spare;
    }
    double u, v, square;
    do {
        u = 2 * sim_random_uniform(random) - 1;
        v = 2 * sim_random_uniform(random) - 1;
        square = u * u + v * v;
    } while (square >= 1 || square == 0);
    double factor = sqrt(-2 * log(square) / square);
    random->spare = v * factor;
    random->has_spare = true;
    return u * factor;
}

double sim_random_exponential(struct sim_random *random, double mean)
{
    return -mean * log(1 - sim_random_uniform(random));
}
