/* What a line's figures are: counters, round-trips, lateness, use. */
#include "acquisition/station.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FADE_AT = 4096 };
static const double smoothing = 0.2;

/* Classes grow by the square root of 2 from 10 us on. */
static double class_ms(int class)
{
    return 0.01 * exp2(class / 2.0);
}

static void classify(int64_t classes[FIGURE_CLASSES], int64_t us)
{
    int class = us > 10 ? (int)ceil(2 * log2((double)us / 10)) : 0;
    int64_t total = 0;
    classes[class < FIGURE_CLASSES ? class : FIGURE_CLASSES - 1]++;
    for (int i = 0; i < FIGURE_CLASSES; i++)
        total += classes[i];
    for (int i = 0; total >= FADE_AT && i < FIGURE_CLASSES; i++)
        classes[i] /= 2;
}

static double quantile_ms(const int64_t classes[FIGURE_CLASSES], double part)
{
    int64_t total = 0, within = 0;
    for (int i = 0; i < FIGURE_CLASSES; i++)
        total += classes[i];
    for (int i = 0; i < FIGURE_CLASSES; i++)
        if ((within += classes[i]) > 0 && (double)within >= part * (double)total)
            return class_ms(i);
    return NAN;
}

void station_count(struct station *station, const struct outcome *outcome, int64_t took_us, int64_t line_us)
{
    struct link_status *status = &station->status;
    struct figures *figures = &station->figures;
    int64_t *const counters[] = {
        [OUTCOME_GOOD] = &status->answers,     [OUTCOME_EXCEPTION] = &status->exceptions, [OUTCOME_NO_UNIT] = &status->exceptions,
        [OUTCOME_TIMEOUT] = &status->timeouts, [OUTCOME_LOST] = &status->disconnects,     [OUTCOME_GARBAGE] = &status->protocol_errors,
    };
    ++*counters[outcome->kind];
    status->requests++;
    figures->requests++;
    figures->busy_us += line_us;
    if (outcome->kind != OUTCOME_GOOD) {
        snprintf(status->last_error, sizeof status->last_error, "%s", outcome->text);
        status->last_error_us = clock_now_us();
        return;
    }
    status->rtt_ms = (double)took_us / 1000;
    figures->rtt_sum_ms += status->rtt_ms;
    status->rtt_mean_ms = figures->rtt_sum_ms / (double)status->answers;
    status->rtt_max_ms = fmax(status->rtt_max_ms, status->rtt_ms);
    classify(figures->rtts, took_us);
}

void station_late(struct station *station, int64_t late_us)
{
    classify(station->figures.lateness, late_us);
    station->status.lateness_p99_ms = quantile_ms(station->figures.lateness, 0.99);
}

static void print_histogram(const int64_t classes[FIGURE_CLASSES], char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < FIGURE_CLASSES; i++) {
        char row[40];
        int length = classes[i] ? snprintf(row, sizeof row, "%s%.3g:%lld", used ? " " : "", class_ms(i), (long long)classes[i]) : 0;
        if (length && used + (size_t)length < size) {
            memcpy(out + used, row, (size_t)length + 1);
            used += (size_t)length;
        }
    }
}

static void smooth(double *value, double now, bool first)
{
    *value = first ? now : *value + smoothing * (now - *value);
}

void station_take_plan(struct station *station)
{
    struct link_status *status = &station->status;
    status->plan_requests = (int)station->plan->n_requests;
    status->plan_registers = 0;
    for (size_t i = 0; i < station->plan->n_requests; i++) {
        const struct request *request = &station->plan->requests[i];
        bool bits = request->area == AREA_COIL || request->area == AREA_DISCRETE;
        status->plan_registers += bits ? (request->count + 15) / 16 : request->count;
    }
}

void station_take_figures(struct station *station, int64_t now_us)
{
    struct figures *figures = &station->figures;
    struct link_status *status = &station->status;
    int64_t passed_us = now_us - figures->taken_us;
    if (passed_us < SECOND_US)
        return;
    bool first = status->requests == figures->requests;
    smooth(&status->requests_s, (double)figures->requests * SECOND_US / (double)passed_us, first);
    smooth(&status->line_use, (double)figures->busy_us / (double)passed_us, first);
    status->rtt_p50_ms = fmin(quantile_ms(figures->rtts, 0.5), status->rtt_max_ms); /* a class ends beyond what is in it */
    status->rtt_p99_ms = fmin(quantile_ms(figures->rtts, 0.99), status->rtt_max_ms);
    status->turnaround_ms = station->plan->measured ? station->plan->turnaround_us / 1000 : NAN;
    print_histogram(figures->rtts, status->rtt_histogram, sizeof status->rtt_histogram);
    figures->taken_us = now_us;
    figures->requests = figures->busy_us = 0;
}
