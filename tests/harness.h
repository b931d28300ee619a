#ifndef GEMBA_TESTS_HARNESS_H
#define GEMBA_TESTS_HARNESS_H

#include <check.h>

/* Each test folder has one list of its suites, NULL at the end, in suites.c. */
typedef Suite *(*suite_maker)(void);
extern const suite_maker suites[];

/* A suite with one case a test, so that each can be run alone by its name. */
struct named_test {
    const char *name;
    const TTest *test;
};
Suite *suite_of(const char *name, double timeout_s, const struct named_test *tests, size_t count);
#define SUITE_OF(name, timeout_s, tests) suite_of(name, timeout_s, tests, sizeof(tests) / sizeof((tests)[0]))

/* A fresh directory that is removed with all it holds when the test process's parent runner ends; the path is static. */
const char *test_directory(void);
/* "$directory/name"; static ring of 8. */
const char *test_path(const char *name);
/* Writes text to test_path(name) and returns that path. */
const char *test_file(const char *name, const char *text);

/* A key in a text of JSON that gemba.1 does not name in a line of markup; "" where all are named. Keys within "parameters" are
 * names that distributions give. */
const char *test_undocumented(const char *json);

/* |a - b| <= tolerance * max(|a|, |b|), and NaN equals NaN. */
#define ck_assert_close(a, b, tolerance)                                                                                                             \
    do {                                                                                                                                             \
        double a_ = (a), b_ = (b), scale_ = __builtin_fmax(__builtin_fabs(a_), __builtin_fabs(b_));                                                  \
        ck_assert_msg((a_ != a_ && b_ != b_) || a_ == b_ || __builtin_fabs(a_ - b_) <= (tolerance)*scale_,                                           \
                      "%s = %.17g, but %s = %.17g (relative "                                                                                        \
                      "difference %.3g)",                                                                                                            \
                      #a, a_, #b, b_, scale_ > 0 ? __builtin_fabs(a_ - b_) / scale_ : 0);                                                            \
    } while (0)

#endif
