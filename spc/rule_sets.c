#include "spc/rules.h"

#include <string.h>

/* Every published set measures in whole sigmas. */
#define WHOLE_SIGMAS 0, 1, 2, 3

#define BEYOND(sigma) .primitive = RULE_BEYOND, .k = 1, .n = 1, .s = sigma, .zone = sigma, .words = "beyond " #sigma " sigma"
#define K_OF_N(hits, window, sigma)                                                                                                                  \
    .primitive = RULE_K_OF_N, .k = hits, .n = window, .s = sigma, .zone = sigma, .words = #hits " of " #window " beyond " #sigma " sigma"
#define RUN(length) .primitive = RULE_RUN, .n = length, .words = #length " in a row on one side"
#define TREND(points) .primitive = RULE_TREND, .n = points, .words = #points " points rising or falling"
#define TREND_STEPS(count) .primitive = RULE_TREND, .n = count, .steps = true, .words = #count " steps rising or falling"
#define ALTERNATE(points) .primitive = RULE_ALTERNATE, .n = points, .words = #points " points alternating"
#define ALTERNATE_STEPS(count) .primitive = RULE_ALTERNATE, .n = count, .steps = true, .words = #count " steps alternating"
#define INSIDE(length, sigma) .primitive = RULE_INSIDE, .n = length, .s = sigma, .zone = sigma, .words = #length " in a row within " #sigma " sigma"
#define OUTSIDE(length, sigma) .primitive = RULE_OUTSIDE, .n = length, .s = sigma, .zone = sigma, .words = #length " in a row beyond " #sigma " sigma"
#define OUTSIDE_BOTH(length, sigma)                                                                                                                  \
    .primitive = RULE_OUTSIDE, .n = length, .s = sigma, .zone = sigma, .both_sides = true,                                                           \
    .words = #length " in a row beyond " #sigma " sigma, both sides"
#define RANGE(sigma) .primitive = RULE_RANGE, .n = 2, .s = sigma, .zone = sigma, .words = "2 in a row beyond " #sigma " sigma, opposite sides"

/* The points to a false alarm are exact (runlength_chain) where there is no trend or alternation, else from four million simulated runs, to 1e-3. */
const struct spc_rule_set spc_rule_sets[] = {
    {"shewhart", "Shewhart 1931", {WHOLE_SIGMAS}, 1, {{BEYOND(3)}}, {370.4, 370.4}},
    {"western-electric", "Western Electric 1956", {WHOLE_SIGMAS}, 4, {{BEYOND(3)}, {K_OF_N(2, 3, 2)}, {K_OF_N(4, 5, 1)}, {RUN(8)}}, {91.75, 152.7}},
    {"nelson",
     "Nelson 1984 (ISO 8258, GB/T 4091-2001)",
     {WHOLE_SIGMAS},
     8,
     {{BEYOND(3)}, {RUN(9)}, {TREND(6)}, {ALTERNATE(14)}, {K_OF_N(2, 3, 2)}, {K_OF_N(4, 5, 1)}, {INSIDE(15, 1)}, {OUTSIDE(8, 1)}},
     {73.55, 119.2}},
    {"aiag",
     "AIAG SPC, 2nd edition",
     {WHOLE_SIGMAS},
     8,
     {{BEYOND(3)}, {RUN(7)}, {TREND(6)}, {ALTERNATE(14)}, {K_OF_N(2, 3, 2)}, {K_OF_N(4, 5, 1)}, {INSIDE(15, 1)}, {OUTSIDE(8, 1)}},
     {54.18, 72.37}},
    {"aiag1", "AIAG SPC, 1st edition", {WHOLE_SIGMAS}, 3, {{BEYOND(3)}, {RUN(7)}, {TREND(7)}}, {93.46, 93.46}},
    {"juran",
     "Juran",
     {WHOLE_SIGMAS},
     6,
     {{BEYOND(3)}, {K_OF_N(2, 3, 2)}, {K_OF_N(4, 5, 1)}, {RUN(9)}, {TREND(6)}, {OUTSIDE_BOTH(8, 1)}},
     {88.92, 146}},
    {"montgomery",
     "Montgomery",
     {WHOLE_SIGMAS},
     8,
     {{BEYOND(3)}, {K_OF_N(2, 3, 2)}, {K_OF_N(4, 5, 1)}, {RUN(8)}, {TREND(6)}, {INSIDE(15, 1)}, {ALTERNATE(14)}, {OUTSIDE(8, 1)}},
     {65.82, 98}},
    {"ihi", "IHI", {WHOLE_SIGMAS}, 5, {{BEYOND(3)}, {K_OF_N(2, 3, 2)}, {RUN(8)}, {TREND(6)}, {INSIDE(15, 1)}}, {89.13, 115}},
    {"westgard",
     "Westgard",
     {WHOLE_SIGMAS},
     13,
     {{BEYOND(2)},
      {BEYOND(3)},
      {K_OF_N(2, 2, 2)},
      {RANGE(2)},
      {K_OF_N(4, 4, 1)},
      {RUN(10)},
      {RUN(8)},
      {RUN(12)},
      {K_OF_N(2, 3, 2)},
      {K_OF_N(3, 3, 1)},
      {RUN(6)},
      {RUN(9)},
      {TREND(7)}},
     {16.27, 17.17}},
    {"minitab",
     "Minitab tests 1-8 (trend and alternation count steps)",
     {WHOLE_SIGMAS},
     8,
     {{BEYOND(3)}, {RUN(9)}, {TREND_STEPS(6)}, {ALTERNATE_STEPS(14)}, {K_OF_N(2, 3, 2)}, {K_OF_N(4, 5, 1)}, {INSIDE(15, 1)}, {OUTSIDE(8, 1)}},
     {88.17, 169}},
    {"iso7870", "ISO 7870-2", {WHOLE_SIGMAS}, 3, {{BEYOND(3)}, {RUN(7)}, {TREND(7)}}, {93.46, 93.46}},
};
const size_t spc_rule_set_count = sizeof spc_rule_sets / sizeof spc_rule_sets[0];

const struct spc_rule_set *spc_rule_set_find(const char *id)
{
    for (size_t i = 0; i < spc_rule_set_count; i++)
        if (!strcmp(spc_rule_sets[i].id, id))
            return &spc_rule_sets[i];
    return NULL;
}
