/* Z-MR that learns its parts: each has limits of its own, from its own baseline, or a centre of its own and a sigma that all share. */
#include "acquisition/judge_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct limits none = {.center = NAN, .sigma = NAN, .extra = NAN, .lcl = NAN, .ucl = NAN};

struct judge_part *judge_part(struct judge *judge, const char *name)
{
    for (size_t i = 0; i < judge->n_parts; i++)
        if (!strcmp(judge->parts[i]->name, name))
            return judge->parts[i];
    struct judge_part *part = memory_zero(1, sizeof *part);
    snprintf(part->name, sizeof part->name, "%s", name);
    part->limits = part->seen = none;
    part->base = memory_zero((size_t)judge->characteristic->baseline + 1, sizeof *part->base);
    memory_grow((void **)&judge->parts, &judge->parts_room, judge->n_parts, sizeof(struct judge_part *));
    judge->parts[judge->n_parts++] = part;
    return part;
}

void judge_keep_part(struct judge *judge)
{
    struct judge_part *part = judge->part;
    if (!part)
        return;
    part->limits = judge->limits;
    part->place = judge->place;
    part->batch = judge->limits_batch;
    part->n_base = judge->n_base;
}

void judge_select_part(struct judge *judge, struct judge_part *part)
{
    judge->part = part;
    judge->limits = part ? part->limits : none;
    judge->place = part ? part->place : 0;
    judge->limits_batch = part ? part->batch : 0;
    judge->n_base = part ? part->n_base : 0;
    judge->standing.limits = part ? part->id : 0;
}

/* --- a sigma for all: of the moving ranges inside the baselines of all parts, weighted alike, as chart_parts pools them */

bool judge_pools(const struct judge *judge)
{
    return judge->characteristic->learns_parts && z_is_pooled(&judge->characteristic->settings);
}

bool judge_charts(const struct judge *judge, double value)
{
    return value > 0 || !judge->characteristic->learns_parts || judge->characteristic->settings.z != Z_RELATIVE;
}

/* The pool as it would be with the baseline at hand. What somebody decided on takes no more. */
static struct limits pool_with(const struct judge *judge, const struct chart_part *own)
{
    struct limits pool = judge->pool;
    double spread = isnan(own->sigma) ? 0 : own->sigma * (double)own->steps; /* NAN: none, or values that do not vary */
    if (pool.who[0])
        return pool;
    if (!isnan(pool.sigma))
        spread += pool.sigma * (double)pool.points;
    else
        pool.points = 0;
    pool.points += own->steps;
    pool.sigma = spread / (double)pool.points;
    return pool;
}

static struct chart_part own_part(const struct judge *judge)
{
    struct chart_part own;
    chart_parts(judge->part->base, judge->n_base, &judge->characteristic->settings, &own, 1);
    return own;
}

struct chart_estimate judge_estimate(const struct judge *judge)
{
    const struct characteristic *c = judge->characteristic;
    if (!judge->part || !judge_pools(judge))
        return chart_estimate_with(c->chart, judge->part ? judge->part->base : judge->base, judge->n_base, &c->settings);
    struct chart_part own = own_part(judge);
    double sigma = pool_with(judge, &own).sigma;
    return (struct chart_estimate){.center = own.center,
                                   .sigma = sigma,
                                   .extra = NAN,
                                   .points = (size_t)own.n,
                                   .why = own.n == 0     ? "no values"
                                          : !(sigma > 0) ? "no part has two values in a row that differ"
                                                         : NULL};
}

static void put_pool(struct judge *judge, struct limits pool, int64_t time_us, struct batch *batch)
{
    pool.characteristic = judge->characteristic->id;
    pool.time_us = time_us;
    limits_made(judge->characteristic, pool.made, sizeof pool.made);
    judge->pool = pool;
    batch_limits(batch, &pool, &judge->pool_id);
}

void judge_add_to_pool(struct judge *judge, int64_t time_us, struct batch *batch)
{
    if (!judge->part || !judge_pools(judge) || judge->pool.who[0])
        return;
    struct chart_part own = own_part(judge);
    struct limits pool = pool_with(judge, &own);
    if (own.steps == 0)
        return;
    pool.center = 0;
    pool.state = LIMITS_TRIAL;
    snprintf(pool.source, sizeof pool.source, "sigma of all parts, from %lld moving ranges in their baselines", (long long)pool.points);
    put_pool(judge, pool, time_us, batch);
}

void judge_name_source(const struct judge *judge, struct limits *limits)
{
    int used = snprintf(limits->source, sizeof limits->source, "calculated from %spoints %lld-%lld", judge->part ? "its " : "",
                        (long long)limits->first_point, (long long)limits->last_point);
    if (judge->part && judge_pools(judge))
        snprintf(limits->source + used, sizeof limits->source - (size_t)used, ", sigma from all parts");
}

void judge_take_pool(struct judge *judge, int64_t time_us, struct batch *batch)
{
    struct limits *now = &judge->limits;
    if (!judge->part || !judge_pools(judge) || now->who[0] || !limits_are_final(now))
        return;
    if (isnan(judge->pool.sigma) || now->sigma == judge->pool.sigma)
        return;
    struct limits then = *now;
    then.id = 0;
    then.time_us = time_us;
    then.sigma = judge->pool.sigma;
    judge_name_source(judge, &then);
    judge_put_limits(judge, then, batch);
}

/* What the pool was for another way to chart no longer holds. */
static void restore_pool(struct judge *judge, const struct limits *found, struct batch *batch, int64_t now_us)
{
    const struct characteristic *c = judge->characteristic;
    if (!limits_are_known(found))
        return;
    if (judge_pools(judge) && limits_fit(found, c)) {
        judge->pool = *found;
        judge->pool_id = found->id;
        return;
    }
    struct limits begun = none;
    begun.first_point = judge->last_point + 1;
    snprintf(begun.source, sizeof begun.source, "new baseline: the chart is another one");
    put_pool(judge, begun, now_us, batch);
    judge->pool = none;
}

/* --- after a restart */

/* In the order that they were written: limits in force, and baselines that began anew. */
int judge_restore_parts(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct limits *list;
    size_t count;
    char words[160], made[sizeof list->made];
    if (store_limits_history(store, c->id, &list, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (list[i].superseded_by)
            continue;
        if (!list[i].part[0]) {
            restore_pool(judge, &list[i], batch, now_us);
            continue;
        }
        struct judge_part *part = judge_part(judge, list[i].part);
        part->limits = list[i];
        part->id = list[i].id;
        if (!limits_are_known(&list[i]) || limits_fit(&list[i], c))
            continue;
        judge_select_part(judge, part);
        snprintf(words, sizeof words, "%s, was %.96s", limits_made(c, made, sizeof made), list[i].made);
        judge_begin_baseline(judge, words, now_us, batch);
        judge_select_part(judge, NULL);
    }
    free(list);
    return 0;
}

/* The points of a part's baseline, oldest first: each has left a row of limits. */
struct trail {
    int64_t *numbers, *times_us;
    size_t count;
};

static void follow(struct trail *trail, const struct judge_part *part, const struct limits *list, size_t count)
{
    trail->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].part, part->name) != 0)
            continue;
        if (list[i].who[0] || !list[i].points) /* what came before ended there */
            trail->count = 0;
        else {
            trail->numbers[trail->count] = list[i].last_point;
            trail->times_us[trail->count++] = list[i].time_us;
        }
    }
}

/* Points in a row, from first on; to: the place of the first in the baseline. */
static int read_row(struct judge *judge, struct store *store, const struct trail *trail, size_t first, size_t n, struct subgroup *to,
                    struct error *err)
{
    struct point_cursor *cursor;
    struct point point;
    int more;
    int64_t number = trail->numbers[first];
    if (point_cursor_open(&cursor, store, judge->characteristic->id, trail->times_us[first], trail->times_us[first + n - 1] + 1, 0, err))
        return -1;
    while ((more = point_cursor_next(cursor, &point, err)) == 1) {
        if (point.number < number || point.number >= number + (int64_t)n)
            continue;
        size_t at = (size_t)(point.number - number);
        to[at] = point.subgroup;
        to[at].part = 0;
        to[at].mean = point.subgroup.location;
        if (at == 0 && (first == 0 || trail->numbers[first - 1] != number - 1)) /* another part lay between */
            to[at].dispersion = NAN;
    }
    point_cursor_close(cursor);
    return more;
}

static int read_base(struct judge *judge, struct store *store, struct judge_part *part, const struct trail *trail, struct error *err)
{
    size_t most = (size_t)judge->characteristic->baseline - 1, n = (size_t)part->limits.points;
    n = n > most ? most : n;
    n = n > trail->count ? trail->count : n;
    size_t begin = trail->count - n;
    for (size_t i = 0; i < n; i++)
        part->base[i] = (struct subgroup){.location = NAN, .dispersion = NAN, .excluded = true}; /* should it be there no more */
    for (size_t i = begin, next; i < trail->count; i = next) {
        for (next = i + 1; next < trail->count && trail->numbers[next] == trail->numbers[next - 1] + 1;)
            next++;
        if (read_row(judge, store, trail, i, next - i, part->base + (i - begin), err))
            return -1;
    }
    part->n_base = n;
    if (n) {
        part->first = trail->numbers[begin];
        part->last_number = trail->numbers[trail->count - 1];
    }
    return 0;
}

int judge_restore_baselines(struct judge *judge, struct store *store, struct error *err)
{
    struct limits *list;
    size_t count;
    int failed = 0;
    if (store_limits_history(store, judge->characteristic->id, &list, &count, err))
        return -1;
    struct trail trail = {memory_zero(count + 1, sizeof *trail.numbers), memory_zero(count + 1, sizeof *trail.times_us), 0};
    for (size_t i = 0; i < judge->n_parts && !failed; i++) {
        struct judge_part *part = judge->parts[i];
        part->n_base = 0;
        part->last_number = 0;
        part->seen = none;
        if (limits_are_final(&part->limits))
            continue;
        follow(&trail, part, list, count);
        failed = read_base(judge, store, part, &trail, err);
    }
    free(trail.numbers);
    free(trail.times_us);
    free(list);
    if (judge->part)
        judge->n_base = judge->part->n_base;
    return failed;
}

bool judge_part_begins_stage(struct judge *judge, const struct limits *now)
{
    struct judge_part *part = judge_part(judge, now->part);
    bool begins = part->seen.id && part->seen.id != now->id && judge_begins_stage(&part->seen, now);
    part->seen = *now;
    return begins;
}

/* Calculated parts go by it from their next point on. */
static void take_pool_limits(struct judge *judge, const struct limits *decided, struct batch *batch, int64_t now_us)
{
    char words[320];
    if (!judge_pools(judge) || judge->pool_id == decided->id)
        return;
    judge->pool = *decided;
    judge->pool_id = decided->id;
    batch_event(batch, now_us, "limits", judge->characteristic->name, "%s", limits_words(decided, words, sizeof words));
}

int judge_take_part_limits(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct limits *list;
    size_t count;
    char words[320];
    if (store_limits_history(store, c->id, &list, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (list[i].superseded_by || !list[i].who[0] || !limits_fit(&list[i], c))
            continue;
        if (!list[i].part[0]) {
            take_pool_limits(judge, &list[i], batch, now_us);
            continue;
        }
        struct judge_part *part = judge_part(judge, list[i].part);
        if (part->id == list[i].id)
            continue;
        if (!isnan(part->limits.center) && judge_begins_stage(&part->limits, &list[i])) /* an own one has no id before a restart */
            judge->chart = (struct chart_state){0};
        part->limits = list[i];
        part->id = list[i].id;
        part->batch = 0;
        part->n_base = 0;
        if (judge->part == part)
            judge_select_part(judge, part);
        judge_put_standing(judge, batch);
        batch_event(batch, now_us, "limits", c->name, "%s", limits_words(&list[i], words, sizeof words));
    }
    free(list);
    return 0;
}

void judge_free_parts(struct judge *judge)
{
    for (size_t i = 0; i < judge->n_parts; i++) {
        free(judge->parts[i]->base);
        free(judge->parts[i]);
    }
    free(judge->parts);
}
