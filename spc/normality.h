#ifndef GEMBA_SPC_NORMALITY_H
#define GEMBA_SPC_NORMALITY_H

#include "spc/anderson.h"

struct normality {
    double statistic; /* A2, W, RJ, D, W2, W' */
    double adjusted;  /* of Anderson-Darling: A2*, n taken into account; else NAN */
    struct p_value p;
    const char *why; /* no result: the numbers are NAN */
};

/* A test is a row of this table. Values are ascending. */
struct normality_test {
    const char *id;   /* "shapiro-wilk" */
    const char *name; /* "Shapiro-Wilk" */
    const char *symbol;
    size_t min_n, max_n;
    struct normality (*of)(const double *sorted, size_t n);
};
/* anderson-darling: D'Agostino and Stephens 1986 table 4.9. shapiro-wilk: Royston 1995, AS R94. ryan-joiner: Ryan and Joiner 1976, p between
 * 0.01 and 0.10; beyond 100 values as shapiro-francia. lilliefors: Dallal and Wilkinson 1986, above 0.1 Stephens 1974. cramer-von-mises: as
 * Anderson-Darling. shapiro-francia: Royston 1993. */
extern const struct normality_test normality_tests[];
extern const size_t normality_test_count;
const struct normality_test *normality_find(const char *id);
/* Runs one test; why when n is out of its range, the values do not vary, or one is not a number. */
struct normality normality_of(const struct normality_test *test, const double *sorted, size_t n);

#endif
