#ifndef GEMBA_TESTS_REPORTS_FIXTURE_H
#define GEMBA_TESTS_REPORTS_FIXTURE_H

#include "reports/reports.h"

#include <check.h>

/* A plant with a real store, filled as a collector fills it. Zone Europe/Berlin, clock standing at FIXTURE_NOW. */
struct fixture {
    struct plant *plant;
    struct store *store;
    char config[400];
    int64_t exclude; /* number of the point that fixture_record marks as excluded; 0: none */
};
/* 2026-11-05 14:00:00 UTC, a Thursday, 15:00 in Berlin. */
#define FIXTURE_NOW INT64_C(1793887200000000)

struct fixture fixture_open(void);
void fixture_close(struct fixture *fixture);

/* Records values as measurements and points, a value every step_us from from_us on; NAN: a bad value (it breaks moving ranges and belongs to no
 * point). center and sigma NAN: no limits. Returns the number of points. */
int64_t fixture_record(struct fixture *fixture, const char *characteristic, const double *values, int n, int64_t from_us, int64_t step_us,
                       double center, double sigma);

/* tests/reference/own/NAME.csv, one column under a heading. Returns the count. */
int fixture_reference(const char *name, double *values, int most);

/* n values of a normal distribution, the same every time. */
void fixture_normal(double *values, int n, double mean, double sd);

/* A test as a case of its own name. */
#define fixture_add(suite, test) fixture_add_case(suite, #test, test)
void fixture_add_case(Suite *suite, const char *name, const TTest *test);

/* Everything that a file or a stream holds; static, of the newest call. */
const char *fixture_read(const char *path);
/* Runs a command of reports/ in a child with the arguments after its name ("acme --strict"; one blank apart) and -c CONFIG. Its standard output and
 * error are in test_path("stdout") and test_path("stderr"). as_nobody: without root's rights. Returns the exit status. */
int fixture_run(const struct fixture *fixture, int (*command)(int argc, char **argv), const char *arguments, bool as_nobody);

/* Runs `gemba study` in a child with these arguments, one blank apart. Returns what it printed: to standard output when it went well, else to
 * standard error. FIXTURE_EITHER: 0 or 2, and the words of an error begin with "gemba study: ". */
enum { FIXTURE_EITHER = -1 };
const char *fixture_study(const char *arguments, int status);

/* Runs a shell command, returns its exit status, and keeps what it printed. */
int fixture_shell(const char *command, char *out, size_t size);

#endif
