#include "spc/oee.h"

#include "tests/harness.h"
#include "tests/spc/reference.h"
#include "tests/spc/suites.h"

#include <math.h>
#include <string.h>

static double losses(const struct oee *oee)
{
    return oee->availability_loss_s + oee->performance_loss_s + oee->quality_loss_s + oee->productive_s;
}

/* Nakajima's example: 460 min of loading, 400 min of operation, half the speed, 98 % good. */
START_TEST(the_textbook_example_gives_its_published_figures)
{
    struct oee oee =
        oee_of(&(struct oee_facts){.seconds = {[OEE_RUNNING] = 400 * 60, [OEE_SETUP] = 20 * 60, [OEE_FAULT] = 40 * 60, [OEE_PLANNED] = 20 * 60},
                                   .parts = 400,
                                   .rejects = 8,
                                   .ideal_cycle_s = 30});
    ck_assert_double_eq(oee.planned_busy_s, 460 * 60);
    ck_assert_double_eq(oee.planned_down_s, 20 * 60);
    ck_assert_close(oee.availability, 400 / 460.0, 1e-15);
    ck_assert_close(oee.performance, 0.5, 1e-15);
    ck_assert_close(oee.quality, 0.98, 1e-15);
    ck_assert_double_eq_tol(oee.oee, 0.426, 0.0005);
    ck_assert_close(oee.oee, oee.availability * oee.performance * oee.quality, 1e-15);
    ck_assert_double_eq(oee.availability_loss_s, 3600);
    ck_assert_double_eq(oee.performance_loss_s, 12000);
    ck_assert_double_eq(oee.quality_loss_s, 240);
    ck_assert_double_eq(oee.productive_s, 11760);
    ck_assert_double_eq(oee.planned_parts, 920);
    ck_assert_int_eq(oee.good, 392);
    ck_assert_ptr_null(oee.warning);
    ck_assert_ptr_null(oee.why);
}
END_TEST

static struct oee_facts random_facts(unsigned long long *seed)
{
    struct oee_facts facts = {.ideal_cycle_s = 0.1 + 10 * random_uniform(seed)};
    for (int i = 0; i < OEE_STATES; i++)
        facts.seconds[i] = random_below(seed, 3) ? 3600 * random_uniform(seed) : 0;
    facts.parts = random_below(seed, 5) ? random_below(seed, 5000) : 0;
    facts.rejects = random_below(seed, 20) ? random_below(seed, 1 + (int)facts.parts) : facts.parts + random_below(seed, 50);
    return facts;
}

static double busy(const struct oee_facts *facts)
{
    const double *s = facts->seconds;
    return s[OEE_RUNNING] + s[OEE_IDLE] + s[OEE_BLOCKED] + s[OEE_SETUP] + s[OEE_FAULT];
}

START_TEST(losses_add_up_to_planned_busy_time_whatever_happened)
{
    unsigned long long seed = 21;
    int warned = 0;
    for (int i = 0; i < 20000; i++) {
        struct oee_facts facts = random_facts(&seed);
        struct oee oee = oee_of(&facts);
        ck_assert_double_eq_tol(losses(&oee), busy(&facts), 1e-7);
        ck_assert_double_eq_tol(oee.planned_busy_s, busy(&facts), 1e-9);
        warned += oee.performance > 1 && oee.performance_loss_s < 0;
        if (oee.warning || oee.why)
            continue;
        ck_assert(oee.availability <= 1 && oee.performance <= 1 && oee.quality <= 1 && oee.oee >= 0);
        ck_assert_close(oee.oee, oee.availability * oee.performance * oee.quality, 1e-12);
    }
    ck_assert_int_gt(warned, 1000);
}
END_TEST

START_TEST(a_sum_of_machines_sums_seconds_and_ideal_seconds)
{
    unsigned long long seed = 22;
    for (int round = 0; round < 500; round++) {
        struct oee machines[6];
        double planned = 0, running = 0, ideal = 0, productive = 0;
        int64_t parts = 0, rejects = 0;
        for (int i = 0; i < 6; i++) {
            struct oee_facts facts = random_facts(&seed);
            facts.seconds[OEE_RUNNING] += 1;
            facts.parts = facts.parts + facts.rejects + 1;
            machines[i] = oee_of(&facts);
            planned += busy(&facts);
            running += facts.seconds[OEE_RUNNING];
            ideal += facts.ideal_cycle_s * (double)facts.parts;
            productive += facts.ideal_cycle_s * (double)(facts.parts - facts.rejects);
            parts += facts.parts;
            rejects += facts.rejects;
        }
        struct oee sum = oee_sum(machines, 6);
        ck_assert_close(sum.planned_busy_s, planned, 1e-13);
        ck_assert_close(sum.availability, running / planned, 1e-13);
        ck_assert_close(sum.performance, ideal / running, 1e-13);
        ck_assert_close(sum.quality, productive / ideal, 1e-12);
        ck_assert_close(sum.oee, productive / planned, 1e-12);
        ck_assert_close(sum.oee, sum.availability * sum.performance * sum.quality, 1e-12);
        ck_assert_double_eq_tol(losses(&sum), planned, 1e-7);
        ck_assert_int_eq(sum.parts, parts);
        ck_assert_int_eq(sum.good, parts - rejects);
    }
}
END_TEST

START_TEST(a_sum_of_one_machine_is_that_machine)
{
    struct oee one =
        oee_of(&(struct oee_facts){.seconds = {[OEE_RUNNING] = 3000, [OEE_FAULT] = 600}, .parts = 500, .rejects = 20, .ideal_cycle_s = 5});
    struct oee sum = oee_sum(&one, 1);
    ck_assert_close(sum.availability, one.availability, 1e-15);
    ck_assert_close(sum.performance, one.performance, 1e-15);
    ck_assert_close(sum.quality, one.quality, 1e-15);
    ck_assert_close(sum.oee, one.oee, 1e-15);
    ck_assert_close(sum.planned_parts, one.planned_parts, 1e-15);
}
END_TEST

START_TEST(an_idle_machine_without_a_cycle_does_not_spoil_the_sum)
{
    struct oee machines[2] = {
        oee_of(&(struct oee_facts){.seconds = {[OEE_RUNNING] = 100, [OEE_IDLE] = 100}, .parts = 10, .rejects = 0, .ideal_cycle_s = 5}),
        oee_of(&(struct oee_facts){.seconds = {[OEE_OFF] = 200}, .ideal_cycle_s = NAN}),
    };
    struct oee sum = oee_sum(machines, 2);
    ck_assert_close(sum.oee, 0.25, 1e-15);
    machines[1] = oee_of(&(struct oee_facts){.seconds = {[OEE_RUNNING] = 100}, .parts = 10, .rejects = 5, .ideal_cycle_s = NAN});
    sum = oee_sum(machines, 2);
    ck_assert_close(sum.availability, 200 / 300.0, 1e-15);
    ck_assert_close(sum.quality, 15 / 20.0, 1e-15);
    ck_assert_double_nan(sum.performance);
    ck_assert_double_nan(sum.oee);
    ck_assert_str_eq(sum.why, "no ideal cycle");
    sum = oee_sum(machines, 0);
    ck_assert_double_nan(sum.oee);
    ck_assert_str_eq(sum.why, "no planned busy time");
}
END_TEST

START_TEST(figures_without_a_base_are_nan_and_say_why)
{
    struct oee oee = oee_of(&(struct oee_facts){.seconds = {[OEE_PLANNED] = 100, [OEE_NO_DATA] = 50}, .ideal_cycle_s = 5});
    ck_assert_double_nan(oee.availability);
    ck_assert_double_nan(oee.oee);
    ck_assert_str_eq(oee.why, "no planned busy time");
    ck_assert_str_eq(oee.warning, "incomplete data");
    ck_assert_double_eq(oee.no_data_s, 50);
    oee = oee_of(&(struct oee_facts){.seconds = {[OEE_FAULT] = 100}, .ideal_cycle_s = 5});
    ck_assert_double_eq(oee.availability, 0);
    ck_assert_double_eq(oee.oee, 0);
    ck_assert_double_nan(oee.performance);
    ck_assert_str_eq(oee.why, "the machine did not run");
    oee = oee_of(&(struct oee_facts){.seconds = {[OEE_RUNNING] = 100}, .ideal_cycle_s = 5});
    ck_assert_double_eq(oee.performance, 0);
    ck_assert_double_nan(oee.quality);
    ck_assert_str_eq(oee.why, "no parts");
    oee = oee_of(&(struct oee_facts){.seconds = {[OEE_RUNNING] = 100}, .parts = 4, .rejects = 1, .ideal_cycle_s = NAN});
    ck_assert_double_eq(oee.availability, 1);
    ck_assert_double_eq(oee.quality, 0.75);
    ck_assert_double_nan(oee.performance);
    ck_assert_double_nan(oee.planned_parts);
    ck_assert_str_eq(oee.why, "no ideal cycle");
}
END_TEST

START_TEST(impossible_facts_warn)
{
    struct oee fast = oee_of(&(struct oee_facts){.seconds = {[OEE_RUNNING] = 100, [OEE_NO_DATA] = 1}, .parts = 30, .rejects = 0, .ideal_cycle_s = 5});
    ck_assert_close(fast.performance, 1.5, 1e-15);
    ck_assert_str_eq(fast.warning, "performance above 100 %: the ideal cycle is wrong");
    ck_assert_double_eq(fast.performance_loss_s, -50);
    struct oee odd = oee_of(&(struct oee_facts){.seconds = {[OEE_RUNNING] = 100}, .parts = 3, .rejects = 4, .ideal_cycle_s = 5});
    ck_assert_str_eq(odd.warning, "more rejects than parts: check the counters");
    ck_assert_double_nan(odd.quality);
    ck_assert_double_nan(odd.oee);
    ck_assert_double_eq(odd.performance, 0.15);
    ck_assert_double_eq_tol(losses(&odd), 100, 1e-12);
}
END_TEST

START_TEST(states_have_names_and_labels)
{
    for (int i = 0; i < OEE_STATES; i++) {
        ck_assert_int_eq(oee_state_find(oee_state_name(i)), i);
        ck_assert_int_gt(strlen(oee_state_label(i)), 1);
        ck_assert_int_lt(strlen(oee_state_label(i)), 8);
    }
    ck_assert_str_eq(oee_state_name(OEE_RUNNING), "running");
    ck_assert_str_eq(oee_state_label(OEE_FAULT), "STOP");
    ck_assert_str_eq(oee_state_label(OEE_NO_DATA), "NO DATA");
    ck_assert_int_eq(oee_state_find("walking"), -1);
}
END_TEST

Suite *oee_suite(void)
{
    Suite *suite = suite_create("oee");
    add_test(suite, the_textbook_example_gives_its_published_figures);
    add_test(suite, losses_add_up_to_planned_busy_time_whatever_happened);
    add_test(suite, a_sum_of_machines_sums_seconds_and_ideal_seconds);
    add_test(suite, a_sum_of_one_machine_is_that_machine);
    add_test(suite, an_idle_machine_without_a_cycle_does_not_spoil_the_sum);
    add_test(suite, figures_without_a_base_are_nan_and_say_why);
    add_test(suite, impossible_facts_warn);
    add_test(suite, states_have_names_and_labels);
    return suite;
}
