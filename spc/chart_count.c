#include "spc/chart_private.h"

#include "spc/constants.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* Charts of counted things, and of what lies between rare events. */

/* --- attributes. Rate: defectives of a sample, or defects of an area; a chart shows it at a scale. */

/* Binomial or Poisson: what the rate varies by when nothing but chance is at work. */
static bool is_binomial(const struct chart_kind *kind)
{
    return kind == &chart_kind_p || kind == &chart_kind_np || kind == &chart_kind_laney_p;
}

static bool is_laney(const struct chart_kind *kind)
{
    return kind == &chart_kind_laney_p || kind == &chart_kind_laney_u;
}

/* Shows the total in the sample instead of the share. */
static bool shows_totals(const struct chart_kind *kind)
{
    return kind == &chart_kind_np || kind == &chart_kind_c;
}

struct subgroup chart_count(const struct spc_chart *chart, double count, double size, const struct chart_settings *settings)
{
    const struct chart_kind *kind = chart->kind;
    struct subgroup point = {.n = 1, .dispersion = NAN, .range = NAN, .count = count, .size = size};
    if (!(size > 0))
        point.count = count = NAN;
    if (kind == &chart_kind_c)
        point.size = 1;
    point.location = chart_is_event(chart) || shows_totals(kind) ? count : count / size;
    if (kind == &chart_kind_dpmo)
        point.location *= 1e6 / settings->opportunities;
    point.mean = point.location;
    return point;
}

/* Standard deviation of the rate in a sample of this size. */
static double rate_sd(const struct chart_kind *kind, double rate, double size)
{
    return sqrt((is_binomial(kind) ? rate * (1 - rate) : rate) / size);
}

bool chart_is_share(const struct spc_chart *chart)
{
    return is_binomial(chart->kind);
}

bool chart_is_laney(const struct spc_chart *chart)
{
    return is_laney(chart->kind);
}

double chart_rate_sigma(const struct spc_chart *chart, double center, const struct chart_settings *settings)
{
    double unit = chart->kind == &chart_kind_dpmo ? 1e6 / settings->opportunities : 1;
    return rate_sd(chart->kind, center / unit, 1) * unit;
}

/* Mean distance of neighbouring z over what chance gives: the share of the spread that sampling does not explain (Laney 2002). Each z has its own
 * sample's size. */
static double sigma_z(const struct subgroup *points, size_t count, const struct chart_kind *kind, double rate, bool published)
{
    double sum = 0, steps = 0, before = NAN;
    for (size_t i = 0; i < count; i++) {
        const struct subgroup *point = &points[i];
        double z = chart_counts(point) ? (point->count / point->size - rate) / rate_sd(kind, rate, point->size) : NAN;
        if (!isnan(z) && !isnan(before)) {
            sum += fabs(z - before);
            steps++;
        }
        before = z;
    }
    return steps > 0 && sum > 0 ? sum / steps / relative_range(2, published).mean : NAN;
}

static void measure_rate(const struct chart_kind *kind, const struct subgroup *points, size_t count, const struct chart_settings *settings,
                         struct chart_estimate *estimate)
{
    double events = 0, size = 0;
    for (size_t i = 0; i < count; i++)
        if (chart_counts(&points[i])) {
            events += points[i].count;
            size += points[i].size;
        }
    double rate = isnan(settings->center) ? events / size : settings->center;
    estimate->center = rate;
    estimate->sigma = rate_sd(kind, rate, 1);
    estimate->method = is_binomial(kind) ? "binomial" : "poisson";
    if (!is_laney(kind))
        return;
    estimate->extra = sigma_z(points, count, kind, rate, settings->published);
    estimate->method = "laney";
    if (isnan(estimate->extra)) {
        estimate->why = "the counts do not vary, or no two are in a row";
        estimate->sigma = NAN;
    }
}

#define MEASURE(name)                                                                                                                                \
    static void measure_##name(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_estimate *estimate)  \
    {                                                                                                                                                \
        measure_rate(&chart_kind_##name, points, count, settings, estimate);                                                                         \
    }
MEASURE(p)
MEASURE(np)
MEASURE(c)
MEASURE(u)
MEASURE(laney_p)
MEASURE(laney_u)

/* In parts per million opportunities; the defects are Poisson in the opportunities. */
static void measure_dpmo(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_estimate *estimate)
{
    struct chart_settings plain = *settings;
    double unit = 1e6 / settings->opportunities;
    plain.center = settings->center / unit;
    measure_rate(&chart_kind_dpmo, points, count, &plain, estimate);
    estimate->center *= unit;
    estimate->sigma *= unit;
}

/* Smallest count that is not exceeded with at least this probability. */
static double count_quantile(bool binomial, double probability, double rate, double size)
{
    unsigned n = (unsigned)lround(size);
    double mean = rate * size, sd = sqrt(mean);
    double low = floor(fmax(0, mean - 12 * sd - 20)) - 1, high = ceil(mean + 12 * sd + 50);
    if (binomial)
        high = fmin(high, n);
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        double below = middle < 0 ? 0 : binomial ? gsl_cdf_binomial_P((unsigned)middle, rate, n) : gsl_cdf_poisson_P((unsigned)middle, mean);
        *(below < probability ? &low : &high) = middle;
    }
    return high;
}

static void plot_rate(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    const struct chart_kind *kind = frame->chart->kind;
    const struct subgroup *point = frame->point;
    struct plotted *panel = &panels[CHART_LOCATION];
    panel->value = point->location;
    double alpha = frame->settings->alpha, chances = kind == &chart_kind_dpmo ? frame->settings->opportunities : 1;
    double unit = kind == &chart_kind_dpmo ? 1e6 / chances : shows_totals(kind) ? point->size : 1;
    double rate = kind == &chart_kind_dpmo ? frame->process->center / unit : frame->process->center;
    if (isnan(rate) || !(point->size > 0) || (is_laney(kind) && isnan(frame->process->extra)))
        return;
    double sd = rate_sd(kind, rate, point->size) * (is_laney(kind) ? frame->process->extra : 1);
    double up = sd, down = sd, top = is_binomial(kind) ? 1 : INFINITY;
    if (alpha > 0 && is_laney(kind))
        up = down = sd * gsl_cdf_ugaussian_Qinv(alpha / 2) / 3;
    else if (alpha > 0) {
        up = (count_quantile(is_binomial(kind), 1 - alpha / 2, rate, point->size) / point->size - rate) / 3;
        down = (rate - count_quantile(is_binomial(kind), alpha / 2, rate, point->size) / point->size) / 3;
    }
    panel->line.center = rate * unit;
    panel->line.lcl = fmax(0, rate - 3 * down) * unit;
    panel->line.ucl = fmin(top, rate + 3 * up) * unit;
    panel->line.sigma = up * unit;
    panel->z = chart_z(point->location, &panel->line, up * unit, down * unit);
    if (up == 0 && panel->z > 0) /* the quantile is the rate itself, as with a rate of 0 */
        panel->z = 4;
}

#define ATTRIBUTE .family = CHART_ATTRIBUTE, .patterns = PATTERNS_DISPERSION, .plot = plot_rate
const struct chart_kind chart_kind_p = {ATTRIBUTE, .measure = measure_p};
const struct chart_kind chart_kind_np = {ATTRIBUTE, .measure = measure_np};
const struct chart_kind chart_kind_c = {ATTRIBUTE, .measure = measure_c};
const struct chart_kind chart_kind_u = {ATTRIBUTE, .measure = measure_u};
const struct chart_kind chart_kind_laney_p = {ATTRIBUTE, .measure = measure_laney_p};
const struct chart_kind chart_kind_laney_u = {ATTRIBUTE, .measure = measure_laney_u};
const struct chart_kind chart_kind_dpmo = {ATTRIBUTE, .measure = measure_dpmo};

/* --- rare events: limits and zones are percentiles of the fitted distribution */

static double tail_of(const struct chart_settings *settings)
{
    return settings->alpha > 0 ? settings->alpha / 2 : 0.00135;
}

/* z of a value from the chances of less and of more, 3 at the limits. */
static double z_of_tails(double below, double above, double tail)
{
    double z = below < 0.5 ? gsl_cdf_ugaussian_Pinv(below) : gsl_cdf_ugaussian_Qinv(above);
    return 3 * z / gsl_cdf_ugaussian_Qinv(tail);
}

/* Quantile of the number of cases before an event of chance p, straight lines between the whole numbers. above: 1 - probability. */
static double geometric_quantile(double p, double above)
{
    double whole = ceil(log(above) / log1p(-p) - 1);
    if (!(whole > 0))
        return 0;
    double before = exp(whole * log1p(-p)), after = exp((whole + 1) * log1p(-p));
    return whole - 1 + (before - above) / (before - after);
}

/* p with Minitab's correction for its bias. */
static void measure_g(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_estimate *estimate)
{
    (void)points, (void)count, (void)settings;
    double n = (double)estimate->points;
    estimate->method = "geometric";
    estimate->extra = n < 2 ? NAN : (n - 1) / n / (estimate->center + 1);
    estimate->center = estimate->extra < 1 ? geometric_quantile(estimate->extra, 0.5) : NAN;
    if (isnan(estimate->center))
        estimate->why = "fewer than two events";
}

static void plot_g(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    struct plotted *panel = &panels[CHART_LOCATION];
    double p = frame->process->extra, tail = tail_of(frame->settings), value = frame->point->location;
    panel->value = value;
    if (!(p > 0 && p < 1))
        return;
    panel->line = (struct limit_line){geometric_quantile(p, 0.5), geometric_quantile(p, 1 - tail), geometric_quantile(p, tail), NAN};
    panel->line.sigma = (panel->line.ucl - panel->line.center) / 3;
    double above = exp((value + 1) * log1p(-p));
    panel->z = z_of_tails(1 - above, above, tail);
    if (value == 0 && panel->line.lcl == 0)
        panel->z = fmax(panel->z, -3);
}

/* What the likelihood equation of the Weibull shape leaves: 0 at the estimate, rising. */
struct event_sums {
    double smallest, largest, logs, n;
};

static double event_value(const struct subgroup *point, const struct event_sums *sums)
{
    return point->location > 0 ? point->location : sums->smallest / 2;
}

static double shape_excess(const struct subgroup *points, size_t count, const struct event_sums *sums, double shape, double *mean_power)
{
    double powers = 0, weighted = 0;
    for (size_t i = 0; i < count; i++) {
        if (!chart_counts(&points[i]))
            continue;
        double log_share = log(event_value(&points[i], sums) / sums->largest), power = exp(shape * log_share);
        powers += power;
        weighted += power * log_share;
    }
    *mean_power = powers / sums->n;
    return weighted / powers - 1 / shape - sums->logs / sums->n;
}

/* Weibull by maximum likelihood; a time of 0 counts as half the smallest one beyond it (Minitab). */
static void measure_t(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_estimate *estimate)
{
    (void)settings;
    struct event_sums sums = {.smallest = INFINITY};
    double mean_power = NAN, low = 1e-3, high = 1;
    for (size_t i = 0; i < count; i++)
        if (chart_counts(&points[i]) && points[i].location > 0) {
            sums.smallest = fmin(sums.smallest, points[i].location);
            sums.largest = fmax(sums.largest, points[i].location);
        }
    for (size_t i = 0; i < count; i++)
        if (chart_counts(&points[i])) {
            sums.logs += log(event_value(&points[i], &sums) / sums.largest);
            sums.n++;
        }
    estimate->method = "weibull";
    estimate->center = NAN;
    if (sums.n < 2 || !(sums.logs < 0) || isinf(sums.smallest)) {
        estimate->why = sums.n < 2 ? "fewer than two events" : "the times do not vary";
        return;
    }
    while (high < 1e6 && shape_excess(points, count, &sums, high, &mean_power) < 0)
        high *= 2;
    for (int i = 0; i < 100 && high - low > 1e-15 * high; i++) {
        double middle = (low + high) / 2;
        *(shape_excess(points, count, &sums, middle, &mean_power) < 0 ? &low : &high) = middle;
    }
    estimate->extra = (low + high) / 2;
    shape_excess(points, count, &sums, estimate->extra, &mean_power);
    estimate->sigma = sums.largest * pow(mean_power, 1 / estimate->extra);
    estimate->center = estimate->sigma * pow(M_LN2, 1 / estimate->extra);
}

static void plot_t(const struct chart_frame *frame, struct plotted panels[CHART_PANELS])
{
    struct plotted *panel = &panels[CHART_LOCATION];
    double shape = frame->process->extra, scale = frame->process->sigma, tail = tail_of(frame->settings), value = frame->point->location;
    panel->value = value;
    if (isnan(shape) || isnan(scale))
        return;
    panel->line.center = scale * pow(M_LN2, 1 / shape);
    panel->line.lcl = scale * pow(-log1p(-tail), 1 / shape);
    panel->line.ucl = scale * pow(-log(tail), 1 / shape);
    panel->line.sigma = (panel->line.ucl - panel->line.center) / 3;
    double hazard = pow(value / scale, shape);
    panel->z = z_of_tails(-expm1(-hazard), exp(-hazard), tail);
}

#define EVENT .family = CHART_EVENT, .patterns = PATTERNS_DISPERSION
const struct chart_kind chart_kind_g = {EVENT, .measure = measure_g, .plot = plot_g};
const struct chart_kind chart_kind_t = {EVENT, .measure = measure_t, .plot = plot_t};
