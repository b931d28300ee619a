#include "spc/drift.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* Least squares about the means of both. */
struct line {
    double n, place, value; /* means */
    double slope, spread;   /* sum of squares of places */
    double residual;        /* sum of squares */
};

static double place_at(const double *places, size_t i)
{
    return places ? places[i] : (double)i;
}

static struct line line_through(const double *values, const double *places, size_t n)
{
    struct line line = {.n = (double)n};
    double products = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        line.place += (place_at(places, i) - place_at(places, 0)) / line.n;
        line.value += (values[i] - values[0]) / line.n;
    }
    line.place += place_at(places, 0);
    line.value += values[0];
    for (size_t i = 0; i < n; i++) {
        double x = place_at(places, i) - line.place, y = values[i] - line.value;
        line.spread += x * x;
        products += x * y;
        squares += y * y;
    }
    line.slope = products / line.spread;
    for (size_t i = 0; i < n; i++) {
        double miss = values[i] - line.value - line.slope * (place_at(places, i) - line.place);
        line.residual += miss * miss;
    }
    if (line.residual < 1e-28 * squares)
        line.residual = 0;
    return line;
}

static struct forecast no_forecast(struct forecast forecast, const char *why)
{
    forecast.distance = forecast.lower = forecast.upper = NAN;
    forecast.why = why;
    return forecast;
}

/* The places where the line's confidence band meets the limit: the roots of Fieller's quadratic, t2 = t squared x residual variance. */
static void meet(struct forecast *forecast, const struct line *line, double limit, double now, double t2)
{
    double gap = limit - line->value, b = line->slope, a = b * b - t2 / line->spread;
    double root = sqrt(t2 * (gap * gap / line->spread + a / line->n)), middle = b * gap;
    forecast->distance = fmax(0, line->place + gap / b - now);
    forecast->lower = fmax(0, line->place + (middle - root) / a - now);
    forecast->upper = fmax(0, line->place + (middle + root) / a - now);
}

struct forecast forecast_of(const double *values, const double *places, size_t n, struct specification limits, double confidence)
{
    struct forecast forecast = {.slope = NAN, .slope_lower = NAN, .slope_upper = NAN, .sd = NAN, .mean_now = NAN};
    if (n < 4)
        return no_forecast(forecast, "fewer than four values");
    struct line line = line_through(values, places, n);
    if (!(line.spread > 0) || !isfinite(line.slope))
        return no_forecast(forecast, "the values have no order in time");
    double t = gsl_cdf_tdist_Qinv((1 - confidence) / 2, line.n - 2), now = place_at(places, n - 1);
    double variance = line.residual / (line.n - 2), error = sqrt(variance / line.spread);
    forecast.slope = line.slope;
    forecast.slope_lower = line.slope - t * error;
    forecast.slope_upper = line.slope + t * error;
    forecast.sd = sqrt(variance);
    forecast.mean_now = line.value + line.slope * (now - line.place);
    if (forecast.slope_lower <= 0 && forecast.slope_upper >= 0)
        return no_forecast(forecast, "no trend: the slope cannot be told from level");
    double limit = line.slope > 0 ? limits.usl : limits.lsl;
    if (isnan(limit))
        return no_forecast(forecast, line.slope > 0 ? "rising, and no upper limit" : "falling, and no lower limit");
    forecast.limit = line.slope > 0 ? 1 : -1;
    meet(&forecast, &line, limit, now, t * t * variance);
    if (!isfinite(forecast.distance) || !isfinite(forecast.lower) || !isfinite(forecast.upper))
        return no_forecast(forecast, "the limit is too far away to say when");
    return forecast;
}

struct trend trend_of(const double *values, size_t n, struct specification limits, double confidence)
{
    struct trend trend = {.change = change_point_best(values, n, NAN, confidence), .since = n > TREND_NEWEST ? n - TREND_NEWEST : 0};
    if (!trend.change.why && !(trend.change.p < TREND_CHANCE))
        trend.change.why = "no change of the mean that is more than chance";
    if (!trend.change.why && trend.change.last > trend.since)
        trend.since = trend.change.last;
    size_t count = n - trend.since;
    trend.forecast = forecast_of(values + trend.since, NULL, count, limits, TREND_SURE);
    if (!trend.forecast.why) /* the trend is there: its interval as usual */
        trend.forecast = forecast_of(values + trend.since, NULL, count, limits, confidence);
    if (count < TREND_FEWEST)
        trend.forecast.why = "too few points for a trend";
    else if (!trend.forecast.why && !(trend.forecast.distance <= TREND_HORIZON * (double)count))
        trend.forecast.why = "too far ahead to say";
    return trend;
}
