/* Sums over measurements and points, exact enough to be put together in any pieces. */
#include "storage/tally.h"

#include "config/config.h"

#include <math.h>
#include <stdlib.h>

static void add_step(struct tally *tally, double step)
{
    within_add_moving_range(&tally->within, step);
    tally->mr_squares += step * step;
}

static int64_t common_n(int64_t a, int64_t b)
{
    return a == 0 || a == b ? b : b == 0 ? a : -1;
}

void tally_merge(struct tally *into, const struct tally *after)
{
    if (into->touched && after->touched && !isnan(into->last_value) && !isnan(after->first_value))
        add_step(into, fabs(after->first_value - into->last_value));
    if (!into->touched)
        into->first_value = after->first_value;
    if (after->touched)
        into->last_value = after->last_value;
    into->touched |= after->touched;
    into->count += after->count;
    moments_merge(&into->moments, &after->moments);
    within_merge(&into->within, &after->within);
    into->mr_squares += after->mr_squares;
    into->subgroup_n = common_n(into->subgroup_n, after->subgroup_n);
    into->range_sum += after->range_sum;
    into->sd_sum += after->sd_sum;
    into->below += after->below;
    into->above += after->above;
    into->bad += after->bad;
    into->points += after->points;
    into->signals += after->signals;
    into->violations += after->violations;
    into->excluded += after->excluded;
    into->judged += after->judged;
}

void tally_begin(struct tally_run *run, double lsl, double usl)
{
    *run = (struct tally_run){.lsl = lsl, .usl = usl, .previous = NAN, .tally = {.first_value = NAN, .last_value = NAN}};
}

void tally_add_point(struct tally_run *run, const struct tally_point *point)
{
    struct tally *tally = &run->tally;
    tally->points++;
    tally->signals += point->signal && !point->excluded;
    tally->violations += point->violation;
    tally->excluded += point->excluded;
    tally->judged += point->judged && !point->excluded;
}

/* No moving range reaches over what is here. */
static void interrupt(struct tally_run *run)
{
    run->tally.touched = true;
    run->previous = NAN;
}

static void add_subgroup(struct tally *tally, const double *values, int n)
{
    struct within own = {0};
    double low = values[0], high = values[0];
    for (int i = 1; i < n; i++) {
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    within_add_subgroup(&own, values, n);
    within_merge(&tally->within, &own);
    tally->range_sum += high - low;
    tally->sd_sum += sqrt(own.ss / (n - 1));
    tally->subgroup_n = common_n(tally->subgroup_n, n);
}

static void end_subgroup(struct tally_run *run)
{
    size_t n = run->n_values - run->first;
    const double *values = run->values + run->first;
    run->first = run->n_values;
    if (n == 0)
        return;
    if (n > 1 && (run->known || !run->complete_only))
        add_subgroup(&run->tally, values, (int)n);
    if (n > 1 || !run->single) {
        interrupt(run);
    } else {
        if (!run->gap && !run->tally.touched)
            run->tally.first_value = *values;
        if (!run->gap && !isnan(run->previous))
            add_step(&run->tally, fabs(*values - run->previous));
        run->tally.touched = true;
        run->previous = run->broken ? (double)NAN : *values;
    }
    run->broken = false;
}

/* No moving range over a bad value, an excluded point, or where the judge saw a gap. */
void tally_add_value(struct tally_run *run, double value, enum quality quality, int64_t number, const struct tally_point *point)
{
    run->tally.count++;
    if (number == 0 || quality_is_bad(quality) || !isfinite(value)) {
        run->tally.bad++;
        if (quality_is_bad(quality) && run->n_values > run->first)
            run->broken = true;
        else if (quality_is_bad(quality))
            interrupt(run);
        return;
    }
    if (number != run->point)
        end_subgroup(run);
    run->point = number;
    if (point && point->excluded) {
        interrupt(run);
        return;
    }
    run->n = point ? point->n : run->n; /* one that is not known will be like those before */
    run->single = run->n == 1;
    run->gap = point && point->gap;
    run->known = point != NULL;
    memory_grow((void **)&run->values, &run->room, run->n_values, sizeof *run->values);
    run->values[run->n_values++] = value;
    run->tally.below += value < run->lsl; /* false for NAN: nothing is beyond a limit that is not there */
    run->tally.above += value > run->usl;
}

struct tally tally_end(struct tally_run *run)
{
    end_subgroup(run);
    run->tally.moments = moments_of(run->values, run->n_values);
    run->tally.last_value = run->previous;
    free(run->values);
    run->values = NULL;
    return run->tally;
}
