#include "spc/streams.h"

#include "spc/chart_private.h"
#include "spc/constants.h"

#include <math.h>

/* --- the point of one time */

/* A place and whether it is shared, for three places in one number that a store of doubles keeps exactly: 9 bits each, 0 for none. */
enum { PLACE_BITS = 9 };

static int64_t packed(int stream, bool several)
{
    return (int64_t)(stream + 1) << 1 | several;
}

int streams_at(const struct subgroup *point, enum stream_place place, bool *several)
{
    if (!(point->count >= 0 && point->count < 1 << 3 * PLACE_BITS)) /* NAN too */
        return -1;
    int64_t code = (int64_t)point->count >> (int)place * PLACE_BITS & ((1 << PLACE_BITS) - 1);
    if (several)
        *several = code & 1;
    return (int)(code >> 1) - 1;
}

static int count_values(const double *values, int n)
{
    int count = 0;
    for (int k = 0; k < n; k++)
        count += !isnan(values[k]);
    return count;
}

struct stream_values {
    double mean, range, squares;
};

static struct stream_values one_stream(const double *values, int n, int count)
{
    double sum = 0, low = INFINITY, high = -INFINITY, origin = NAN, squares = 0;
    for (int k = 0; k < n; k++)
        if (!isnan(values[k])) {
            origin = isnan(origin) ? values[k] : origin;
            sum += values[k] - origin;
            low = fmin(low, values[k]);
            high = fmax(high, values[k]);
        }
    double mean = origin + sum / count;
    for (int k = 0; k < n; k++)
        if (!isnan(values[k]))
            squares += (values[k] - mean) * (values[k] - mean);
    return (struct stream_values){mean, count > 1 ? high - low : NAN, squares};
}

/* The most extreme so far, and whether it is shared. */
struct leader {
    double value;
    int stream;
    bool several;
};

static void lead(struct leader *leader, double value, int stream)
{
    if (leader->stream >= 0 && value == leader->value)
        leader->several = true;
    else if (leader->stream < 0 || value > leader->value)
        *leader = (struct leader){value, stream, false};
}

void streams_forget(double *before, int streams)
{
    for (int s = 0; s < streams; s++)
        before[s] = NAN;
}

struct subgroup streams_summarise(const double *values, int streams, int n, double *before)
{
    struct subgroup point = {.dispersion = NAN, .range = NAN, .high = NAN, .low = NAN, .count = NAN};
    struct leader high = {.stream = -1}, low = high, widest = high;
    double sum = 0, origin = NAN, ranges = 0;
    for (int s = 0; s < streams; s++) {
        int count = count_values(values + s * n, n);
        point.n = count > point.n ? count : point.n;
    }
    for (int s = 0; s < streams; s++) {
        bool counts = point.n > 0 && count_values(values + s * n, n) == point.n;
        struct stream_values stream = {NAN, NAN, 0};
        if (counts) {
            stream = one_stream(values + s * n, n, point.n);
            origin = isnan(origin) ? stream.mean : origin;
            sum += stream.mean - origin;
            point.ss += stream.squares;
            point.streams++;
            lead(&high, stream.mean, s);
            lead(&low, -stream.mean, s);
        }
        if (n == 1 && before) {
            stream.range = fabs(stream.mean - before[s]);
            before[s] = stream.mean;
        }
        if (!isnan(stream.range)) {
            ranges += stream.range;
            point.steps++;
            lead(&widest, stream.range, s);
        }
    }
    point.size = point.streams;
    if (point.streams < 2) {
        point.n = 0;
        point.location = point.mean = NAN;
        return point;
    }
    point.location = point.mean = origin + sum / point.streams;
    point.high = high.value;
    point.low = -low.value;
    if (point.steps)
        point.range = ranges / point.steps;
    if (point.steps)
        point.dispersion = widest.value;
    point.count = (double)(packed(high.stream, high.several) | packed(low.stream, low.several) << PLACE_BITS |
                           packed(widest.stream, widest.several) << 2 * PLACE_BITS);
    return point;
}

/* --- centre, and sigma within the streams */

static double mean_of_all(const struct subgroup *points, size_t count)
{
    double sum = 0, values = 0, origin = NAN;
    for (size_t i = 0; i < count; i++)
        if (chart_counts(&points[i])) {
            double weight = (double)points[i].n * points[i].streams;
            origin = isnan(origin) ? points[i].mean : origin;
            sum += weight * (points[i].mean - origin);
            values += weight;
        }
    return origin + sum / values;
}

/* Ranges weighted by the inverse of their relative variance, as where there is but one stream (sigma.c). */
static double by_ranges(const struct subgroup *points, size_t count, bool published, double *df)
{
    double sum = 0, weights = 0;
    *df = 0;
    for (size_t i = 0; i < count; i++) {
        if (!chart_counts(&points[i]) || points[i].n < 2 || !points[i].steps)
            continue;
        struct relative unit = relative_range(points[i].n, published);
        double weight = points[i].steps * unit.mean * unit.mean / (unit.sd * unit.sd);
        sum += weight * points[i].range / unit.mean;
        weights += weight;
        *df += 0.9 * points[i].steps * (points[i].n - 1);
    }
    return weights > 0 ? sum / weights : NAN;
}

static double by_squares(const struct subgroup *points, size_t count, double *df)
{
    double squares = 0;
    *df = 0;
    for (size_t i = 0; i < count; i++)
        if (chart_counts(&points[i]) && points[i].n > 1) {
            squares += points[i].ss;
            *df += (double)points[i].streams * (points[i].n - 1);
        }
    return *df > 0 ? sqrt(squares / *df) / constant_c4(*df + 1) : NAN;
}

static double by_steps(const struct subgroup *points, size_t count, bool published, double *df)
{
    double sum = 0;
    *df = 0;
    for (size_t i = 1; i < count; i++)
        if (chart_counts(&points[i]) && !points[i - 1].excluded && points[i].steps) {
            sum += points[i].steps * points[i].range;
            *df += points[i].steps;
        }
    return *df > 0 ? sum / *df / relative_range(2, published).mean : NAN;
}

static void measure_group(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_estimate *estimate)
{
    const struct sigma_estimator *estimator = sigma_estimator_find(estimate->method);
    bool steps = estimator->basis == SIGMA_STEPS;
    estimate->center = mean_of_all(points, count);
    estimate->sigma = steps                                         ? by_steps(points, count, settings->published, &estimate->df)
                      : estimator == sigma_estimator_find("pooled") ? by_squares(points, count, &estimate->df)
                                                                    : by_ranges(points, count, settings->published, &estimate->df);
    estimate->why = isnan(estimate->sigma) && steps ? "no stream has two values in a row"
                    : isnan(estimate->sigma)        ? "no stream has two values at a time"
                    : estimate->sigma == 0          ? "the streams do not vary"
                                                    : NULL;
    estimate->sigma = estimate->sigma > 0 ? estimate->sigma : NAN;
}

/* --- what is shown */

static int row_of(const struct subgroup *point, enum stream_place place)
{
    bool several = false;
    int stream = streams_at(point, place, &several);
    return several ? 0 : stream + 1;
}

static void plot_group(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    const struct chart_estimate *process = frame->process;
    const struct subgroup *point = frame->point;
    struct chart_limits *limits = frame->state->kept.limits;
    if (point->n < 1) { /* no size, no limits; and no row goes on over it */
        if (!point->excluded) {
            rules_break(&frame->state->location);
            rules_break(&frame->state->dispersion);
            rules_break(&frame->state->within);
        }
        return;
    }
    if (!chart_limits_hold(frame)) {
        limits[CHART_LOCATION] = limits[CHART_DISPERSION] = chart_location_limits(frame, process->center, process->sigma / sqrt(point->n));
        limits[CHART_THIRD] = chart_spread_limits(frame, process->sigma, point->n > 1 ? point->n : 2, true);
    }
    chart_show(frame, CHART_LOCATION, point->high, panels);
    chart_show(frame, CHART_DISPERSION, point->low, panels);
    chart_show(frame, CHART_THIRD, point->dispersion, panels);
    panels[CHART_LOCATION].stream = row_of(point, STREAM_HIGH);
    panels[CHART_DISPERSION].stream = row_of(point, STREAM_LOW);
}

const struct chart_kind chart_kind_group = {.patterns = PATTERNS_STREAMS, .third = "Range", .measure = measure_group, .plot = plot_group};

/* --- rules, and what they cost */

static const double rare = 1 / 0.0027;

#define ROW(row)                                                                                                                                     \
    {                                                                                                                                                \
        .id = "group-" #row, .name = "Group chart, " #row " in a row of one stream", .distances = {0, 3}, .count = 2,                                \
        .rules = {{.primitive = RULE_BEYOND, .k = 1, .n = 1, .s = 3, .zone = 1, .words = "beyond 3 sigma"},                                          \
                  {.primitive = RULE_SAME, .n = row, .words = #row " in a row of one stream"}},                                                      \
    }
enum { ROW_LEAST = 3, ROW_MOST = 9 };
static const struct spc_rule_set rows[] = {ROW(3), ROW(4), ROW(5), ROW(6), ROW(7), ROW(8), ROW(9)};

int streams_row(int streams)
{
    double length = 1;
    int row = 1;
    for (; length < rare && row < ROW_MOST; row++) /* 1 + s + s^2 + ... */
        length = length * streams + 1;
    return row < ROW_LEAST ? ROW_LEAST : row;
}

const struct spc_rule_set *streams_rules(int streams)
{
    return &rows[streams_row(streams < 2 ? 2 : streams) - ROW_LEAST];
}

static int row_rule(const struct spc_rule_set *rules)
{
    int shortest = 0;
    for (int i = 0; rules && i < rules->count; i++)
        if (rules->rules[i].primitive == RULE_SAME && (!shortest || rules->rules[i].n < shortest))
            shortest = rules->rules[i].n;
    return shortest;
}

bool streams_rules_are(const struct spc_rule_set *rules)
{
    return row_rule(rules) > 0;
}

static double chance_beyond(int streams, const struct spc_rule_set *rules, double alpha)
{
    double s = INFINITY;
    for (int i = 0; i < rules->count; i++)
        if (rules->rules[i].primitive == RULE_BEYOND)
            s = fmin(s, rules->rules[i].s);
    return isinf(s) ? 0 : -expm1(streams * log1p(-chart_beyond_chance(s, alpha)));
}

/* Chances that no alarm has come yet and that the largest and the smallest have been one stream's i + 1 and j + 1 times. */
struct survival {
    double chance[RULES_WINDOW][RULES_WINDOW];
};

/* One time on: the same two again, one of them, or neither; a row of `row` is an alarm. Returns what is left. */
static double survive(const struct survival *from, struct survival *to, int streams, int row, double quiet)
{
    double pair = 1.0 / streams / (streams - 1), one = (streams - 2) * pair, neither = 1 - pair - 2 * one, left = 0;
    *to = (struct survival){{{0}}};
    for (int i = 0; i < row - 1; i++)
        for (int j = 0; j < row - 1; j++) {
            double chance = from->chance[i][j] * quiet;
            to->chance[0][0] += chance * neither;
            to->chance[i + 1][0] += chance * one;
            to->chance[0][j + 1] += chance * one;
            to->chance[i + 1][j + 1] += chance * pair;
        }
    for (int i = 0; i < row - 1; i++)
        for (int j = 0; j < row - 1; j++)
            left += to->chance[i][j];
    return left;
}

/* Who is the largest and who the smallest says nothing of how large they are, where streams are alike: two causes of alarms that do not know of each
 * other. The mean is the sum of the chances that no alarm has come yet. */
double streams_false_alarms(int streams, const struct spc_rule_set *rules, double alpha)
{
    struct survival chains[2] = {{{{0}}}};
    int row = row_rule(rules);
    double beyond = chance_beyond(streams, rules, alpha), left = 1 - beyond, length = 1;
    if (!row || row == 1)
        return row ? 1 : 1 / beyond;
    chains[0].chance[0][0] = left;
    for (int at = 0; left > 1e-14; at = !at) {
        length += left;
        left = survive(&chains[at], &chains[!at], streams, row, 1 - beyond);
    }
    return length;
}
