/* What judging costs: chart, rules and running capability as the collector does them, a value at a time, beside the bare C loop of the same sums.
 * Prints nanoseconds a value; the best of several turns. usage: judge */
#include "spc/spc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { VALUES = 200000, TURNS = 25 };
static const double lsl = 24.95, usl = 25.05;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double *make_values(void)
{
    double *values = malloc(VALUES * sizeof *values);
    unsigned long long seed = 1;
    for (int i = 0; values && i < VALUES; i++) {
        double sum = 0;
        for (int k = 0; k < 12; k++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            sum += (double)(seed >> 11) / 9007199254740992.0;
        }
        values[i] = 25 + 0.01 * (sum - 6);
    }
    return values;
}

/* One turn of a chart; returns what keeps the compiler from leaving it out. */
static double judge_chart(const struct spc_chart *chart, int n, const double *values, const struct chart_settings *settings)
{
    const struct spc_rule_set *rules = spc_rule_set_find("nelson");
    struct chart_state state = {0};
    struct within within = {0};
    struct moments moments = {0};
    struct subgroup before = {0};
    struct chart_estimate process = {.center = 25, .sigma = 0.01, .extra = 0.01};
    long beyond = 0, signals = 0;
    for (int i = 0; i + n <= VALUES; i += n) {
        for (int k = 0; k < n; k++) {
            moments_add(&moments, values[i + k]);
            beyond += (values[i + k] < lsl) | (values[i + k] > usl);
        }
        struct subgroup point = chart->summarise(values + i, n, i ? &before : NULL);
        struct verdict verdict = chart_judge_with(&state, chart, rules, &point, &process, settings);
        signals += (verdict.location_rules | verdict.dispersion_rules) != 0;
        if (n > 1)
            within_add_subgroup(&within, values + i, n);
        else if (i)
            within_add_moving_range(&within, point.dispersion);
        before = point;
    }
    double df;
    const char *method, *why;
    double sigma = within_sigma(&within, &df, &method, &why);
    return fmin(usl - moments.mean, moments.mean - lsl) / (3 * sigma) + (double)(beyond + signals);
}

/* The least a program can do: mean, range, three sums, one limit. */
static double bare_loop(const double *values)
{
    double sum = 0, squares = 0, ranges = 0;
    long beyond = 0, signals = 0;
    for (int i = 0; i + 5 <= VALUES; i += 5) {
        double low = values[i], high = values[i], mean = 0;
        for (int k = 0; k < 5; k++) {
            double value = values[i + k];
            low = value < low ? value : low;
            high = value > high ? value : high;
            mean += value;
            sum += value;
            squares += (value - 25) * (value - 25);
            beyond += (value < lsl) | (value > usl);
        }
        ranges += high - low;
        signals += fabs(mean / 5 - 25) > 0.0134;
    }
    return sum + squares + ranges + (double)(beyond + signals);
}

int main(void)
{
    static const struct {
        const char *id;
        int n;
    } charts[] = {{"i-mr", 1}, {"xbar-r", 5}, {"xbar-s", 5}, {"median-r", 5}, {"i-mr-r", 5}, {"ewma", 5}, {"cusum", 5}};
    enum { CHARTS = sizeof charts / sizeof charts[0] };
    double best[CHARTS + 1], kept = 0, *values = make_values();
    if (!values)
        return 1;
    for (int i = 0; i <= CHARTS; i++)
        best[i] = INFINITY;
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i <= CHARTS; i++) {
            double began = seconds();
            kept += i < CHARTS ? judge_chart(spc_chart_find(charts[i].id), charts[i].n, values, &chart_defaults) : bare_loop(values);
            best[i] = fmin(best[i], (seconds() - began) * 1e9 / VALUES);
        }
    for (int i = 0; i < CHARTS; i++)
        printf("%s %d %.2f\n", charts[i].id, charts[i].n, best[i]);
    printf("bare 5 %.2f\n", best[CHARTS]);
    free(values);
    return isnan(kept);
}
