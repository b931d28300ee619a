#include "spc/msa.h"

#include <math.h>
#include <stdbool.h>

struct bounds {
    double good, conditional; /* the last values that are so */
    bool larger_is_better;
    bool good_excluded; /* `good` itself is conditional */
};

static const struct bounds bounds[] = {
    [MSA_GRR_PERCENT] = {10, 30, false, true}, [MSA_NDC] = {5, 5, true, false},
    [MSA_CG] = {1.33, 1.33, true, false},      [MSA_EFFECTIVENESS_PERCENT] = {90, 80, true, false},
    [MSA_MISS_PERCENT] = {2, 5, false, false}, [MSA_FALSE_ALARM_PERCENT] = {5, 10, false, false},
    [MSA_KAPPA] = {0.75, 0.40, true, true},
};

enum msa_acceptance msa_judge(enum msa_figure figure, double value)
{
    const struct bounds *b = &bounds[figure];
    double sign = b->larger_is_better ? -1 : 1;
    if (isnan(value))
        return MSA_UNKNOWN;
    if (sign * value < sign * b->good || (value == b->good && !b->good_excluded))
        return MSA_GOOD;
    return sign * value <= sign * b->conditional ? MSA_CONDITIONAL : MSA_REJECT;
}

const char *msa_acceptance_words(enum msa_acceptance acceptance)
{
    static const char *const words[] = {"cannot be judged", "good", "conditional", "REJECT"};
    return words[acceptance];
}
