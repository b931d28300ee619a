#ifndef GEMBA_TESTS_STORAGE_FIXTURE_H
#define GEMBA_TESTS_STORAGE_FIXTURE_H

#include "storage/storage.h"
#include "tests/harness.h"

#define T0 INT64_C(1793600000000000) /* an instant in November 2026 */

/* A plant with one instrument, gauge-7, whose tags are the given lines of YAML; machines press-1 and press-2; characteristics bore and depth. */
struct plant *fixture_plant(const char *tags);
extern const char fixture_tags[];

/* test_path("plant.db"), opened, and identified when there is a plant; fails the test otherwise. */
struct store *fixture_store(enum store_mode mode, struct plant *plant);
void fixture_begin(struct store *store);
void fixture_commit(struct store *store);

/* The plant's clock stands at this instant. */
void fixture_clock(int64_t now_us);

struct measurement fixture_measurement(int64_t characteristic, int64_t i);
struct point fixture_point(int64_t characteristic, int64_t number);

/* A suite of named tests; setup and teardown may be NULL. */
struct fixture_test {
    const char *name;
    const TTest *test;
};
Suite *fixture_suite(const char *name, const struct fixture_test *tests, size_t count, void (*setup)(void), void (*teardown)(void));

/* Succeeds, or says the error. */
#define OK(call, err) ck_assert_msg((call) == 0, "%s: %s", #call, (err).text)
/* Fails with this code and words. */
#define FAILS(call, err, expected, words)                                                                                                            \
    do {                                                                                                                                             \
        ck_assert_int_eq((call), -1);                                                                                                                \
        ck_assert_msg((err).code == (expected) && strstr((err).text, words), "code %d, text: %s", (err).code, (err).text);                           \
    } while (0)

#endif
