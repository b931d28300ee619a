#include "reports/limits_private.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JUDGED_AGAIN = 200 };
static const double suggest_alpha = 0.0027;

const char *const limits_decisions[LIMITS_DECISIONS] = {"calculate", "approve", "lock", "unlock", "enter"};
const struct limits_wish limits_no_wish = {0, 0, NAN, NAN, NAN, NAN, NAN, NULL};

/* The points from number `first` on, oldest first. */
/* part: only those of it; NULL: all. */
static int read_points(struct limits_points *points, struct store *store, int64_t characteristic, const char *part, int64_t newest, int64_t first,
                       struct error *err)
{
    struct point_cursor *cursor;
    struct point point;
    int more;
    if (first > newest)
        return 0;
    if (point_cursor_open(&cursor, store, characteristic, 0, INT64_MAX, newest - first + 2, err))
        return -1;
    while ((more = point_cursor_next(cursor, &point, err)) == 1) {
        if (point.number < first) {
            points->after_us = point.time_us;
            continue;
        }
        if (part && strcmp(point.part, part) != 0)
            continue;
        if (part && points->count && points->items[points->count - 1].number != point.number - 1)
            point.subgroup.dispersion = NAN; /* another part lay between */
        memory_grow((void **)&points->items, &points->room, points->count, sizeof point);
        points->items[points->count++] = point;
    }
    point_cursor_close(cursor);
    return more;
}

static int fill_streams(struct limits_points *points, struct store *store, const struct characteristic *c, struct error *err)
{
    struct stream_round round;
    int64_t from_us = points->items[0].number > 1 ? points->items[0].time_us - DAY_US : 0;
    stream_round_init(&round, c);
    int failed = stream_round_refill(&round, store, points->items, points->count, from_us, err);
    stream_round_free(&round);
    return failed;
}

/* Points carry what their charts show; estimators that go by other figures need the values. */
static int fill_subgroups(struct limits_points *points, struct store *store, const struct characteristic *c, struct error *err)
{
    struct measurement_cursor *cursor;
    struct measurement value;
    double *values = memory_zero((size_t)(c->subgroup > 0 ? c->subgroup : 1), sizeof *values);
    size_t at = 0;
    int n = 0, more = 0;
    if (c->n_streams && points->count) {
        free(values);
        return fill_streams(points, store, c, err);
    }
    if (!c->chart->summarise || c->subgroup < 2 || !points->count) {
        free(values);
        return 0;
    }
    if (measurement_cursor_open(&cursor, store, c->id, points->after_us, points->items[points->count - 1].time_us + 1, 0, err)) {
        free(values);
        return -1;
    }
    while ((more = measurement_cursor_next(cursor, &value, err)) == 1) {
        if (!value.point || value.attempt || !quality_is_good(value.quality))
            continue;
        while (at < points->count && points->items[at].number < value.point)
            at++, n = 0;
        if (at == points->count || points->items[at].number != value.point || n == c->subgroup)
            continue;
        values[n++] = value.value;
        struct subgroup *subgroup = &points->items[at].subgroup;
        if (n == subgroup->n) {
            struct subgroup whole = c->chart->summarise(values, n, at ? &points->items[at - 1].subgroup : NULL);
            subgroup->mean = whole.mean;
            subgroup->range = whole.range;
            subgroup->ss = whole.ss;
        }
    }
    measurement_cursor_close(cursor);
    free(values);
    return more;
}

size_t limits_subgroups(const struct limits_points *points, int64_t first, int64_t last, struct subgroup *out)
{
    size_t count = 0;
    for (size_t i = 0; i < points->count; i++)
        if (points->items[i].number >= first && points->items[i].number <= last)
            out[count++] = points->items[i].subgroup;
    return count;
}

/* --- the decisions */

static int calculate(struct limits_proposal *proposal, const struct limits_points *points, const struct limits_wish *wish, struct error *err)
{
    const struct characteristic *c = proposal->characteristic;
    struct limits *then = &proposal->then;
    struct subgroup *base = memory_zero(points->count + 1, sizeof *base);
    size_t count = limits_subgroups(points, wish->first, wish->last, base);
    struct chart_estimate estimate = chart_estimate_with(c->chart, base, count, &c->settings);
    if (limits_pool_has(c) && count)
        limits_pool_take(proposal, base, count, &estimate);
    free(base);
    if (wish->first < 1 || wish->last < wish->first || count == 0)
        return error_set(err, ERR_USAGE, "%s has no points %lld to %lld: its newest is %lld", c->name, (long long)wish->first, (long long)wish->last,
                         (long long)(points->count ? points->items[points->count - 1].number : 0));
    if (estimate.why || !(estimate.sigma > 0 || estimate.extra > 0)) /* the geometric distribution has its p alone */
        return error_set(err, ERR_USAGE, "points %lld to %lld of %s give no limits: %s", (long long)wish->first, (long long)wish->last, c->name,
                         estimate.why ? estimate.why : "no spread");
    *then = (struct limits){.state = estimate.points < LIMITS_FEW ? LIMITS_PROVISIONAL : LIMITS_TRIAL,
                            .center = estimate.center,
                            .sigma = estimate.sigma,
                            .extra = estimate.extra,
                            .lcl = NAN,
                            .ucl = NAN,
                            .points = (int64_t)estimate.points,
                            .first_point = wish->first,
                            .last_point = wish->last};
    snprintf(then->source, sizeof then->source, "calculated from points %lld-%lld%s", (long long)wish->first, (long long)wish->last,
             limits_pool_has(c) && limits_are_known(&proposal->pool) ? ", sigma from all parts" : "");
    return 0;
}

/* What the chart needs beside: its spread within, or sigma z. */
static int enter_extra(struct limits_proposal *proposal, const struct limits_wish *wish, struct error *err)
{
    const struct spc_chart *chart = proposal->characteristic->chart;
    const char *option = chart_third(chart) ? "within" : chart_is_laney(chart) ? "sigma-z" : NULL;
    double *extra = &proposal->then.extra;
    *extra = !isnan(wish->extra) ? wish->extra : limits_are_known(&proposal->now) ? proposal->now.extra : NAN;
    if (!option && !isnan(wish->extra))
        return error_set(err, ERR_USAGE, "within and sigma-z mean nothing on a chart %s", chart->name);
    if (option && !(*extra > 0))
        return error_set(err, ERR_USAGE, "the chart %s needs %s beside, above 0", chart->name, option);
    return 0;
}

/* Of charts of counts the centre says it all. */
static int enter_rate(struct limits_proposal *proposal, const struct limits_wish *wish, struct error *err)
{
    const struct characteristic *c = proposal->characteristic;
    bool share = chart_is_share(c->chart);
    if (isnan(wish->center) || !isnan(wish->sigma) || !isnan(wish->lcl) || !isnan(wish->ucl))
        return error_set(err, ERR_USAGE, "the limits of a chart %s follow from its centre, the %s: enter that alone", c->chart->name,
                         share ? "share of defectives" : "rate of defects");
    if (!(wish->center > 0) || (share && wish->center >= 1))
        return error_set(err, ERR_USAGE, "%.10g is no %s", wish->center, share ? "share between 0 and 1" : "rate of defects above 0");
    proposal->then.sigma = chart_rate_sigma(c->chart, wish->center, &c->settings);
    return 0;
}

/* Two kinds: centre and sigma; or limits, whose centre lies between them unless it is given. */
static int enter_values(struct limits_proposal *proposal, const struct limits_wish *wish, struct error *err)
{
    const struct characteristic *c = proposal->characteristic;
    const struct limits *now = &proposal->now;
    struct limits *then = &proposal->then;
    struct limit_line unit, dispersion;
    bool low = !isnan(wish->lcl), high = !isnan(wish->ucl);
    if (!low && !high && (isnan(wish->center) || isnan(wish->sigma)))
        return error_set(err, ERR_USAGE, "limits are entered as a centre and a sigma, or as lcl, ucl or both");
    if ((low || high) && !c->chart->limits)
        return error_set(err, ERR_USAGE, "the limits of a chart %s follow from its centre and sigma: enter those", c->chart->name);
    if (isnan(then->center))
        then->center = low && high ? (wish->lcl + wish->ucl) / 2 : limits_are_known(now) ? now->center : NAN;
    if (isnan(then->center))
        return error_set(err, ERR_USAGE, "a limit on one side needs a centre beside it");
    if (isnan(then->sigma) && limits_are_known(now))
        then->sigma = now->sigma;
    if (isnan(then->sigma)) {
        c->chart->limits(0, 1, c->subgroup, &unit, &dispersion);
        then->sigma = (high ? wish->ucl - then->center : then->center - wish->lcl) / unit.ucl;
    }
    if (!(then->sigma > 0))
        return error_set(err, ERR_USAGE, "sigma %.10g is not above 0", then->sigma);
    if ((low && wish->lcl >= then->center) || (high && wish->ucl <= then->center))
        return error_set(err, ERR_USAGE, "the centre %.10g does not lie between the limits", then->center);
    return 0;
}

static int enter(struct limits_proposal *proposal, const struct limits_wish *wish, struct error *err)
{
    const struct spc_chart *chart = proposal->characteristic->chart;
    proposal->then =
        (struct limits){.state = LIMITS_TRIAL, .center = wish->center, .sigma = wish->sigma, .lcl = wish->lcl, .ucl = wish->ucl, .source = "entered"};
    if (limits_pool_has(proposal->characteristic) && isnan(wish->lcl) && isnan(wish->ucl)) {
        proposal->then.extra = NAN;
        return limits_pool_enter(proposal, wish, err);
    }
    if (chart_is_event(chart))
        return error_set(err, ERR_USAGE, "the limits of a chart %s are percentiles of a distribution that points are fitted to: calculate them",
                         chart->name);
    if (!strcmp(chart->id, "pre-control"))
        return error_set(err, ERR_USAGE, "pre-control has the specification for limits: nothing is entered");
    if (chart_is_attribute(chart) ? enter_rate(proposal, wish, err) : enter_values(proposal, wish, err))
        return -1;
    return enter_extra(proposal, wish, err);
}

int limits_restate(const char *name, enum limits_decision decision, enum limits_state now, enum limits_state *then, struct error *err)
{
    static const struct {
        unsigned from; /* bits of states */
        enum limits_state to;
    } moves[LIMITS_DECISIONS] = {
        [LIMITS_APPROVE] = {1u << LIMITS_PROVISIONAL | 1u << LIMITS_TRIAL, LIMITS_APPROVED},
        [LIMITS_LOCK] = {1u << LIMITS_PROVISIONAL | 1u << LIMITS_TRIAL | 1u << LIMITS_APPROVED, LIMITS_LOCKED},
        [LIMITS_UNLOCK] = {1u << LIMITS_LOCKED, LIMITS_APPROVED},
    };
    if (!(moves[decision].from >> now & 1))
        return error_set(err, ERR_USAGE, "the limits of %s are %s%s", name, limits_state_name(now),
                         decision == LIMITS_UNLOCK ? ", not locked"
                         : now == LIMITS_LOCKED    ? " already: unlock them first"
                                                   : " already");
    *then = moves[decision].to;
    return 0;
}

static int restate(struct limits_proposal *proposal, struct error *err)
{
    const struct limits *now = &proposal->now;
    const char *name = proposal->characteristic->name;
    if (!limits_are_known(now))
        return error_set(err, ERR_USAGE, "%s has no limits yet: calculate or enter some first", name);
    proposal->then = *now;
    return limits_restate(name, proposal->decision, now->state, &proposal->then.state, err);
}

/* Signals that held, and those that the new limits would give, the rules beginning anew. */
static void judge_again(struct limits_proposal *proposal, const struct limits_points *points, const struct chart_settings *settings)
{
    const struct characteristic *c = proposal->characteristic;
    struct chart_estimate process = limits_estimate(&proposal->then);
    struct chart_state state = {0};
    size_t from = points->count > JUDGED_AGAIN ? points->count - JUDGED_AGAIN : 0;
    for (size_t i = from; i < points->count; i++) {
        const struct point *point = &points->items[i];
        struct verdict verdict = chart_judge_with(&state, c->chart, c->rules, &point->subgroup, &process, settings);
        if (point->subgroup.excluded)
            continue;
        proposal->judged++;
        proposal->signals_now += (point->verdict.location_rules | point->verdict.dispersion_rules | point->verdict.within_rules) != 0;
        proposal->signals_then += (verdict.location_rules | verdict.dispersion_rules | verdict.within_rules) != 0;
    }
}

/* Parts that somebody decided on keep their sigma. */
static int judge_all_parts(struct limits_proposal *proposal, struct store *store, const struct limits_points *points, struct error *err)
{
    struct chart_settings settings = proposal->characteristic->settings;
    struct chart_part *parts;
    struct limits *list;
    size_t count;
    if (store_limits_history(store, proposal->characteristic->id, &list, &count, err))
        return -1;
    size_t n = limits_pool_parts(points, list, count, &parts);
    for (size_t i = 0; i < n; i++)
        if (!parts[i].why)
            parts[i].sigma = proposal->then.sigma;
    settings.parts = parts;
    judge_again(proposal, points, &settings);
    free(parts);
    free(list);
    return 0;
}

static int work_out(struct limits_proposal *proposal, struct store *store, const struct limits_points *points, const struct limits_wish *wish,
                    struct error *err)
{
    struct limits *now = &proposal->now, *then = &proposal->then;
    const char *name = proposal->characteristic->name;
    bool same = proposal->decision != LIMITS_CALCULATE && proposal->decision != LIMITS_ENTER;
    if (!isnan(proposal->characteristic->locked_center) || !isnan(proposal->characteristic->locked_sigma))
        return error_set(err, ERR_USAGE, "plant.yaml locks the limits of %s, and it wins: change or remove `limits:` there", name);
    if (!same && now->id && now->state == LIMITS_LOCKED && now->who[0])
        return error_set(err, ERR_USAGE, "the limits of %s are locked by %s: unlock them first", name, now->who);
    bool all = limits_pool_is_meant(proposal->characteristic, wish);
    int failed = same                                 ? restate(proposal, err)
                 : proposal->decision == LIMITS_ENTER ? enter(proposal, wish, err)
                 : all                                ? limits_pool_calculate(proposal, points, wish, err)
                                                      : calculate(proposal, points, wish, err);
    if (failed)
        return -1;
    then->id = then->superseded_by = then->time_us = 0;
    then->who[0] = then->why[0] = 0;
    then->characteristic = proposal->characteristic->id;
    snprintf(then->part, sizeof then->part, "%s", wish->part ? wish->part : "");
    limits_made(proposal->characteristic, then->made, sizeof then->made);
    if (all)
        return judge_all_parts(proposal, store, points, err);
    judge_again(proposal, points, &proposal->characteristic->settings);
    return 0;
}

/* Where each part has limits of its own, it must be said whose are meant. */
static int check_part(const struct limits_proposal *proposal, struct store *store, const struct limits_wish *wish, struct error *err)
{
    const struct characteristic *c = proposal->characteristic;
    struct limits *list;
    size_t count, used = 0;
    char names[200] = "none has limits yet";
    if (!c->learns_parts && wish->part)
        return error_set(err, ERR_USAGE, "%s does not learn its parts: it has limits for all of them", c->name);
    if (!c->learns_parts || wish->part || limits_pool_has(c))
        return 0;
    if (store_limits_history(store, c->id, &list, &count, err))
        return -1;
    for (size_t i = 0; i < count && used < sizeof names; i++)
        if (!list[i].superseded_by && list[i].part[0] && limits_are_known(&list[i]))
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", list[i].part);
    free(list);
    return error_set(err, ERR_USAGE, "each part of %s has limits of its own: `gemba limits %s %s --part NAME` (%s)", c->name, c->name,
                     limits_decisions[proposal->decision], names);
}

int limits_propose(struct limits_proposal *proposal, struct store *store, const struct characteristic *characteristic, enum limits_decision decision,
                   const struct limits_wish *wish, struct error *err)
{
    struct limits_points points = {0};
    struct standing standing;
    struct error none = {0};
    *proposal = (struct limits_proposal){.decision = decision, .characteristic = characteristic};
    if (store_part_limits(store, characteristic->id, wish->part ? wish->part : "", &proposal->now, &none)) {
        if (none.code != ERR_NOT_FOUND)
            return error_set(err, none.code, "%s", none.text);
        proposal->now = (struct limits){.center = NAN, .sigma = NAN, .extra = NAN, .lcl = NAN, .ucl = NAN};
    }
    if (limits_pool_has(characteristic) && store_limits_in_force(store, characteristic->id, &proposal->pool, &none) && none.code != ERR_NOT_FOUND)
        return error_set(err, none.code, "%s", none.text);
    if (store_standing(store, characteristic->id, &standing, &none)) {
        if (none.code != ERR_NOT_FOUND)
            return error_set(err, none.code, "%s", none.text);
        standing = (struct standing){0};
    }
    int64_t first = standing.points - JUDGED_AGAIN + 1;
    if (decision == LIMITS_CALCULATE && wish->first < first)
        first = wish->first;
    int failed = check_part(proposal, store, wish, err) ||
                 read_points(&points, store, characteristic->id, wish->part, standing.points, first < 1 ? 1 : first, err) ||
                 fill_subgroups(&points, store, characteristic, err) || work_out(proposal, store, &points, wish, err);
    free(points.items);
    return failed ? -1 : 0;
}

int limits_decide(struct limits_proposal *proposal, struct store *store, const char *who, const char *reason, struct error *err)
{
    struct limits *limits = &proposal->then;
    limits->time_us = clock_now_us();
    snprintf(limits->who, sizeof limits->who, "%s", who);
    snprintf(limits->why, sizeof limits->why, "%s", reason ? reason : "");
    return action_limits(store, limits, proposal->now.id, err);
}

/* --- in words and numbers */

struct limit_line limits_line(const struct characteristic *c, const struct limits *limits)
{
    struct limit_line line = {NAN, NAN, NAN, NAN}, dispersion;
    char id[32];
    int n = c->subgroup;
    bool then = limits->superseded_by && sscanf(limits->made, "%31[^,], subgroup %d", id, &n) == 2;
    const struct spc_chart *chart = then ? spc_chart_find(id) : c->chart;
    if (chart && chart->limits)
        chart->limits(limits->center, limits->sigma, n, &line, &dispersion);
    if (limits_estimate(limits).entered) {
        line.lcl = limits->lcl;
        line.ucl = limits->ucl;
    }
    return line;
}

char *limits_numbers(const struct characteristic *c, const struct limits *limits, char *out, size_t size)
{
    char text[4][32];
    if (isnan(limits->center)) {
        snprintf(out, size, "none yet: they come from the points since %lld", (long long)limits->first_point);
        return out;
    }
    struct limit_line line = limits_line(c, limits);
    int decimals = c->decimals < 0 ? 4 : c->decimals + 1;
    if (chart_is_attribute(c->chart)) /* a share of defectives may be far below one defective */
        decimals = (int)fmax(decimals, 3 - floor(log10(fmax(1e-9, limits->center))));
    text_number(limits->sigma, limits_pool_is_of_logs(limits) ? 6 : decimals + 1, text[1], sizeof text[1]);
    if (!limits->part[0] && (limits_pool_is_of_logs(limits) || strstr(limits->made, ", constant sigma"))) {
        snprintf(out, size, "sigma %s%s, of all parts", text[1], limits_pool_is_of_logs(limits) ? " of ln x" : "");
        return out;
    }
    int used = snprintf(out, size, "center %s  sigma %s%s", text_number(limits_center(limits), decimals, text[0], sizeof text[0]), text[1],
                        limits_pool_is_of_logs(limits) ? " of ln x" : "");
    if (c->chart->limits && used > 0 && (size_t)used < size)
        snprintf(out + used, size - (size_t)used, "  LCL %s  UCL %s",
                 isnan(line.lcl) ? "none" : text_number(line.lcl, decimals, text[2], sizeof text[2]),
                 isnan(line.ucl) ? "none" : text_number(line.ucl, decimals, text[3], sizeof text[3]));
    return out;
}

char *limits_effect(const struct limits_proposal *p, char *out, size_t size)
{
    snprintf(out, size, "of the newest %lld points %lld signalled; %lld would under these", (long long)p->judged, (long long)p->signals_now,
             (long long)p->signals_then);
    return out;
}

/* --- a suggestion at most */

bool limits_suggest(const struct characteristic *c, const struct limits *now, const struct point *points, size_t count, struct limits *suggested)
{
    size_t n = (size_t)c->baseline;
    if (!now->id || !limits_are_final(now) || count < n || !c->chart->limits || limits_estimate(now).entered)
        return false;
    struct subgroup *base = memory_zero(n, sizeof *base);
    double values = 0;
    bool stable = true;
    for (size_t i = 0; i < n; i++) {
        base[i] = points[count - n + i].subgroup;
        stable = stable && points[count - n + i].limits == now->id;
        values += base[i].excluded ? 0 : base[i].n;
    }
    struct chart_estimate estimate = chart_estimate_with(c->chart, base, n, &c->settings);
    struct chart_state state = {0};
    stable = stable && estimate.sigma > 0 && now->sigma > 0;
    for (size_t i = 0; i < n && stable; i++) {
        struct verdict verdict = chart_judge_with(&state, c->chart, c->rules, &base[i], &estimate, &c->settings);
        stable = !(verdict.location_rules | verdict.dispersion_rules | verdict.within_rules);
    }
    free(base);
    if (!stable)
        return false;
    double before = now->points > 0 ? (double)now->points * c->subgroup : INFINITY;
    double z = fabs(estimate.center - now->center) / (now->sigma * sqrt(1 / values + 1 / before));
    double f = estimate.sigma * estimate.sigma / (now->sigma * now->sigma),
           df = fmax(1, now->points > 0 ? (double)now->points * fmax(1, c->subgroup - 1) * 0.9 : 1e6);
    bool other_sigma = gsl_cdf_fdist_Q(f, estimate.df, df) < suggest_alpha / 2 || gsl_cdf_fdist_P(f, estimate.df, df) < suggest_alpha / 2;
    if (!other_sigma && !(z > gsl_cdf_ugaussian_Qinv(suggest_alpha / 2)))
        return false;
    *suggested = (struct limits){.center = estimate.center,
                                 .sigma = estimate.sigma,
                                 .extra = estimate.extra,
                                 .lcl = NAN,
                                 .ucl = NAN,
                                 .points = (int64_t)estimate.points,
                                 .first_point = points[count - n].number,
                                 .last_point = points[count - 1].number};
    return true;
}
