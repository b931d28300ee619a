#include "tests/spc/suites.h"

#include "tests/harness.h"

const suite_maker suites[] = {moments_suite,   constants_suite, rules_suite,    chart_suite, capability_suite,
                              histogram_suite, oee_suite,       quantile_suite, NULL};
