#ifndef GEMBA_TESTS_SPC_SUITES_H
#define GEMBA_TESTS_SPC_SUITES_H

#include <check.h>

Suite *moments_suite(void);
Suite *constants_suite(void);
Suite *rules_suite(void);
Suite *chart_suite(void);
Suite *capability_suite(void);
Suite *histogram_suite(void);
Suite *oee_suite(void);
Suite *anova_suite(void);
Suite *msa_grr_suite(void);
Suite *msa_bias_suite(void);
Suite *msa_attribute_suite(void);
Suite *multivariate_suite(void);
Suite *chart_vector_suite(void);
Suite *distribution_suite(void);
Suite *fit_suite(void);
Suite *normality_suite(void);
Suite *runlength_suite(void);
Suite *percentile_suite(void);
Suite *drift_suite(void);
Suite *quantile_suite(void);
Suite *charts_sigma_suite(void);
Suite *charts_variable_suite(void);
Suite *charts_attribute_suite(void);
Suite *chart_words_suite(void);
Suite *interval_suite(void);
Suite *streams_suite(void);

/* A tcase named after its one test, so that a failing test is run alone by name. */
#define add_test(suite, test)                                                                                                                        \
    do {                                                                                                                                             \
        TCase *tcase_ = tcase_create(#test);                                                                                                         \
        tcase_set_timeout(tcase_, 60);                                                                                                               \
        tcase_add_test(tcase_, test);                                                                                                                \
        suite_add_tcase(suite, tcase_);                                                                                                              \
    } while (0)

#endif
