/* The demo's own plant: its directory, its copy of the config, its ports. The demo itself is run by tests/system. */
#include "acquisition/demo_child.h"
#include "acquisition/demo_plant.h"
#include "tests/acquisition/simulated.h"
#include "tests/harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const devices = "instruments:\n"
                                   "  a: {link: one, unit: 1, tags: {x: {address: 40001}}}\n"
                                   "  b: {link: two, unit: 1, tags: {x: {address: 40001}}}\n"
                                   "  c: {link: three, unit: 1, tags: {x: {address: 40001}}}\n";

static const char *write_config(const char *links, const char *rest)
{
    char text[2048];
    snprintf(text, sizeof text, "plant: {name: Copy} # tcp://127.0.0.1:1502 in a comment\nlinks:\n%s%s%s", links, devices, rest);
    return test_file("plant.yaml", text);
}

static const char *const links = "  one: {url: \"tcp://127.0.0.1:1502\"}\n"
                                 "  two: {url: \"tcp://127.0.0.1:15020\", timeout: 3s}\n"
                                 "  three: {url: \"tcp://127.0.0.1:150\"}\n";

START_TEST(the_copy_has_ports_of_its_own)
{
    setenv("TMPDIR", test_directory(), 1);
    struct demo_plant first, second;
    struct error err;
    const char *config = write_config(links, "simulation: {speed: 10}\n");
    ck_assert_msg(!demo_plant_make(&first, config, NULL, &err), "%s", err.text);
    ck_assert_msg(!demo_plant_make(&second, config, NULL, &err), "%s", err.text);
    ck_assert_uint_eq(first.plant->n_links, 3);
    ck_assert_int_ne(first.plant->links[0].port, first.plant->links[2].port);
    ck_assert_int_ne(first.plant->links[0].port, first.plant->links[1].port);
    ck_assert_int_ne(first.plant->links[0].port, second.plant->links[0].port);
    ck_assert_int_eq(first.plant->links[1].timeout_us, 3 * SECOND_US);
    ck_assert_double_eq(first.plant->simulation_speed, 10);
    ck_assert(!strncmp(first.plant->store_path, first.directory, strlen(first.directory)));
    char directory[sizeof first.directory];
    memcpy(directory, first.directory, sizeof directory);
    demo_plant_remove(&first);
    demo_plant_remove(&second);
    ck_assert_int_eq(access(directory, F_OK), -1);
}
END_TEST

START_TEST(a_kept_directory_stays_and_is_used_once)
{
    struct demo_plant demo;
    struct error err;
    const char *config = write_config(links, "simulation: {speed: 10}\n"), *keep = test_path("kept");
    ck_assert_msg(!demo_plant_make(&demo, config, keep, &err), "%s", err.text);
    demo_plant_remove(&demo);
    ck_assert_int_eq(access(test_path("kept/plant.yaml"), R_OK), 0);
    ck_assert_int_eq(demo_plant_make(&demo, config, keep, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.text, "holds a demo already"));
}
END_TEST

static void refuses(const char *config, const char *words)
{
    setenv("TMPDIR", test_directory(), 1);
    struct demo_plant demo;
    struct error err;
    ck_assert_int_eq(demo_plant_make(&demo, config, NULL, &err), -1);
    ck_assert_msg(strstr(err.text, words) != NULL, "'%s' does not say '%s'", err.text, words);
    char left[512];
    snprintf(left, sizeof left, "ls -d %s/gemba-demo-* 2>&1 | grep -q 'No such'", test_directory());
    ck_assert_msg(system(left) == 0, "a directory was left behind");
}

START_TEST(a_real_plant_is_never_played)
{
    refuses(write_config(links, ""), "no simulation section");
    refuses(write_config(links, "simulation: {speed: 10}\nstore: {path: /var/lib/gemba/gemba.db}\n"), "/var/lib/gemba/gemba.db");
    refuses(write_config(links, "simulation: {sped: 10}\n"), "plant.yaml:10:14: simulation");
    refuses("/nowhere/plant.yaml", "/nowhere/plant.yaml");
    refuses(write_config(
                "  one: {url: \"tcp://127.0.0.1:1502\"}\n  two: {url: \"tcp://127.0.0.1:\\u0039999\"}\n  three: {url: \"tcp://127.0.0.1:150\"}\n",
                "simulation: {speed: 10}\n"),
            "link 'two'");
}
END_TEST

START_TEST(a_signal_or_the_deadline_ends_the_wait)
{
    demo_child_hold_signals();
    ck_assert_int_eq(demo_child_wait_signal(clock_monotonic_us() + 20000), 0);
    raise(SIGTERM);
    ck_assert_int_eq(demo_child_wait_signal(clock_monotonic_us() + 10 * SECOND_US), SIGTERM);
}
END_TEST

void simulated_demo_cases(Suite *suite)
{
    const struct {
        const char *name;
        const TTest *test;
    } cases[] = {
        {"demo copy", the_copy_has_ports_of_its_own},
        {"demo kept", a_kept_directory_stays_and_is_used_once},
        {"demo refusals", a_real_plant_is_never_played},
        {"demo signals", a_signal_or_the_deadline_ends_the_wait},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TCase *tcase = tcase_create(cases[i].name);
        tcase_add_test(tcase, cases[i].test);
        suite_add_tcase(suite, tcase);
    }
}
