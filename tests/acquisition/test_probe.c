/* How often a dead unit of a shared line is asked, by the clock alone. */
#include "acquisition/probe.h"
#include "tests/acquisition/fixture.h"

static const int64_t hour_us = 3600 * SECOND_US;

/* An hour of probes that cost so much each: the longest time from one probe's beginning, which a unit may just have missed, to the next one's, which
 * it answers; and the part of the line's time. */
static int64_t longest_absence(enum outcome_kind kind, int64_t cost_us, int dead, double *share)
{
    int64_t now_us = SECOND_US, begun_us = now_us, longest_us = 0, spent_us = 0, settled_us = now_us + 60 * SECOND_US;
    struct probe probe;
    probe_init(&probe, true, 7);
    probe.dead = dead;
    while (now_us < hour_us) {
        int64_t patience_us = probe_patience_us(&probe, cost_us, 1), spend_us = patience_us ? patience_us : cost_us;
        if (now_us > settled_us) {
            longest_us = now_us - begun_us > longest_us ? now_us - begun_us : longest_us;
            spent_us += spend_us;
        }
        begun_us = now_us;
        now_us += spend_us;
        probe_failed(&probe, kind, now_us, spend_us);
        ck_assert(!probe_is_due(&probe, now_us));
        now_us = probe.due_us;
        ck_assert(probe_is_due(&probe, now_us));
    }
    *share = (double)spent_us / (double)(now_us - settled_us);
    return longest_us;
}

START_TEST(a_return_is_noticed_within_ten_seconds)
{
    static const struct {
        enum outcome_kind kind;
        int cost_ms;
        double most; /* of the line's time */
    } rows[] = {
        {OUTCOME_TIMEOUT, 1000, 0.055}, {OUTCOME_TIMEOUT, 300, 0.055}, {OUTCOME_NO_UNIT, 50, 0.055},
        {OUTCOME_NO_UNIT, 250, 0.055},  {OUTCOME_NO_UNIT, 400, 0.075}, {OUTCOME_NO_UNIT, 1000, 0.16},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double share;
        int64_t longest_us = longest_absence(rows[i].kind, rows[i].cost_ms * 1000, 1, &share);
        ck_assert_msg(longest_us <= 10 * SECOND_US - SECOND_US / 2, "%d ms: %.1f s", rows[i].cost_ms, (double)longest_us / SECOND_US);
        ck_assert_msg(share <= rows[i].most, "%d ms: %.3f of the line", rows[i].cost_ms, share);
        ck_assert_double_gt(share, 0);
    }
}
END_TEST

START_TEST(many_dead_units_cost_no_more_than_one)
{
    double one, all = 0, share;
    longest_absence(OUTCOME_NO_UNIT, SECOND_US, 1, &one);
    for (int i = 0; i < 3; i++) {
        longest_absence(OUTCOME_NO_UNIT, SECOND_US, 3, &share);
        all += share;
    }
    ck_assert_double_le(all, one * 1.1);
    longest_absence(OUTCOME_NO_UNIT, SECOND_US, 20, &share);
    ck_assert_double_le(share, 0.055); /* the twentieth holds for each at last */
}
END_TEST

Suite *probe_suite(void);
Suite *probe_suite(void)
{
    const struct named_test tests[] = {{"a return is noticed within ten seconds", a_return_is_noticed_within_ten_seconds},
                                       {"many dead units cost no more than one", many_dead_units_cost_no_more_than_one}};
    return SUITE_OF("probe", 20, tests);
}
