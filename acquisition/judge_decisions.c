/* What people decide while the collector runs: other limits, and points that no longer count. */
#include "acquisition/judge_private.h"

#include <math.h>

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

bool judge_begins_stage(const struct limits *before, const struct limits *now)
{
    if (!now->who[0])
        return now->points == 0;
    return !same(before->center, now->center) || !same(before->sigma, now->sigma) || !same(before->lcl, now->lcl) || !same(before->ucl, now->ucl);
}

/* --- limits */

static int take_limits(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct limits found;
    struct error why = {0};
    char words[256];
    if (judge_has_locked(c))
        return 0;
    if (c->learns_parts)
        return judge_take_part_limits(judge, store, batch, now_us, err);
    if (store_limits_in_force(store, c->id, &found, &why))
        return why.code == ERR_NOT_FOUND ? 0 : error_set(err, why.code, "%s", why.text);
    if (found.id == judge->standing.limits || !found.who[0] || !limits_fit(&found, c))
        return 0;
    if (judge_begins_stage(&judge->limits, &found))
        judge->chart = (struct chart_state){0};
    judge->limits = found;
    judge->limits_batch = 0;
    judge->n_base = 0;
    judge->standing.limits = found.id;
    judge_put_standing(judge, batch);
    batch_event(batch, now_us, "limits", c->name, "%s", limits_words(&found, words, sizeof words));
    return 0;
}

/* --- excluded points: the running figures are added up again, without them, from what chunks know of themselves and the values of those that changed
 */

static int sum_again(struct judge *judge, struct store *store, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct summary summary;
    if (store_summary_complete(store, c->id, c->lsl, c->usl, &summary, err))
        return -1;
    judge->standing.moments = summary.tally.moments;
    judge->standing.within = summary.tally.within;
    judge->standing.below = summary.tally.below;
    judge->standing.above = summary.tally.above;
    return 0;
}

/* What is damaged costs its own figures: the word about the point waits for the next start, or the next word. */
static int take_exclusions(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    int64_t newest, before = judge->standing.exclusion, before_point = judge->standing.exclusion_point;
    if (store_newest_exclusion(store, judge->characteristic->id, &newest, err))
        return -1;
    if (newest == before)
        return 0;
    judge->standing.exclusion = newest;
    judge->standing.exclusion_point = judge->last_point;
    if (!sum_again(judge, store, err) && !judge_replay(judge, store, err)) {
        judge_put_standing(judge, batch);
        return 0;
    }
    judge->standing.exclusion = before;
    judge->standing.exclusion_point = before_point;
    return judge_goes_on(judge, now_us, batch, err);
}

int judge_take_decisions(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    return take_exclusions(judge, store, batch, now_us, err) || take_limits(judge, store, batch, now_us, err) ? -1 : 0;
}
