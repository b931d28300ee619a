#include "tests/spc/suites.h"

#include "tests/harness.h"

const suite_maker suites[] = {moments_suite,
                              constants_suite,
                              rules_suite,
                              chart_suite,
                              capability_suite,
                              histogram_suite,
                              oee_suite,
                              quantile_suite,
                              distribution_suite,
                              fit_suite,
                              normality_suite,
                              runlength_suite,
                              percentile_suite,
                              drift_suite,
                              anova_suite,
                              msa_grr_suite,
                              msa_bias_suite,
                              msa_attribute_suite,
                              multivariate_suite,
                              charts_sigma_suite,
                              charts_variable_suite,
                              charts_attribute_suite,
                              interval_suite,
                              chart_words_suite,
                              NULL};
