/* Limits of z-mr whose parts share a sigma: each part has a row with its centre, and the row without a part has the sigma of all. */
#include "reports/limits_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool limits_pool_has(const struct characteristic *c)
{
    return c->learns_parts && z_is_pooled(&c->settings);
}

bool limits_pool_is_meant(const struct characteristic *c, const struct limits_wish *wish)
{
    return limits_pool_has(c) && !wish->part;
}

bool limits_pool_is_of_logs(const struct limits *limits)
{
    return strstr(limits->made, ", relative sigma") != NULL;
}

double limits_center(const struct limits *limits)
{
    return limits_pool_is_of_logs(limits) && limits->part[0] ? exp(limits->center) : limits->center;
}

size_t limits_pool_parts(const struct limits_points *points, const struct limits *list, size_t count, struct chart_part **parts)
{
    const char **names = memory_zero(points->count + 1, sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < points->count; i++) {
        size_t place = 0;
        while (place < n && strcmp(names[place], points->items[i].part) != 0)
            place++;
        if (place == n)
            names[n++] = points->items[i].part;
        points->items[i].subgroup.part = (int)place;
    }
    *parts = memory_zero(n + 1, sizeof **parts);
    for (size_t p = 0; p < n; p++) {
        (*parts)[p] = (struct chart_part){.center = NAN, .sigma = NAN};
        for (size_t i = 0; i < count; i++)
            if (!list[i].superseded_by && list[i].part[0] && !strcmp(list[i].part, names[p]))
                (*parts)[p] = (struct chart_part){.center = list[i].center, .sigma = list[i].sigma, .why = list[i].who[0] ? "decided" : NULL};
    }
    free(names);
    return n;
}

int limits_pool_calculate(struct limits_proposal *proposal, const struct limits_points *points, const struct limits_wish *wish, struct error *err)
{
    const struct characteristic *c = proposal->characteristic;
    struct limits *then = &proposal->then;
    struct chart_part *parts;
    struct subgroup *base = memory_zero(points->count + 1, sizeof *base);
    size_t n = limits_pool_parts(points, NULL, 0, &parts), count = limits_subgroups(points, wish->first, wish->last, base);
    struct chart_part any = {.sigma = NAN, .why = "no values"};
    chart_parts(base, count, &c->settings, parts, n);
    for (size_t i = 0; i < n && isnan(any.sigma); i++)
        if (parts[i].n > 0)
            any = parts[i];
    free(parts);
    free(base);
    if (!(any.sigma > 0))
        return error_set(err, ERR_USAGE, "points %lld to %lld of %s give no sigma: %s", (long long)wish->first, (long long)wish->last, c->name,
                         any.why ? any.why : "no spread");
    *then = (struct limits){.state = any.steps < LIMITS_FEW ? LIMITS_PROVISIONAL : LIMITS_TRIAL,
                            .sigma = any.sigma,
                            .extra = NAN,
                            .lcl = NAN,
                            .ucl = NAN,
                            .points = any.steps,
                            .first_point = wish->first,
                            .last_point = wish->last};
    snprintf(then->source, sizeof then->source, "sigma of all parts, from %lld moving ranges in points %lld-%lld", (long long)any.steps,
             (long long)wish->first, (long long)wish->last);
    return 0;
}

void limits_pool_take(const struct limits_proposal *proposal, const struct subgroup *base, size_t count, struct chart_estimate *estimate)
{
    struct chart_part own;
    chart_parts(base, count, &proposal->characteristic->settings, &own, 1);
    estimate->center = own.center;
    estimate->points = (size_t)own.n;
    estimate->sigma = limits_are_known(&proposal->pool) ? proposal->pool.sigma : own.sigma;
    estimate->why = isnan(own.center) || isnan(estimate->sigma) ? own.why : NULL;
}

/* A part's centre is given in its unit; of all parts there is a sigma alone. */
int limits_pool_enter(struct limits_proposal *proposal, const struct limits_wish *wish, struct error *err)
{
    struct limits *then = &proposal->then;
    bool logs = proposal->characteristic->settings.z == Z_RELATIVE, all = !wish->part;
    if (all && !isnan(wish->center))
        return error_set(err, ERR_USAGE, "all parts share a sigma, but each has its own centre: enter sigma alone, or say whose centre it is");
    if (logs && !all && !(wish->center > 0))
        return error_set(err, ERR_USAGE, "`z: relative` takes logarithms: a centre above 0 is wanted");
    if (!all && isnan(then->sigma) && limits_are_known(&proposal->pool))
        then->sigma = proposal->pool.sigma;
    if (!(then->sigma > 0))
        return error_set(err, ERR_USAGE, "a sigma above 0 is wanted%s", logs ? ", of ln x: about its share of the mean" : "");
    then->center = all ? 0 : logs ? log(wish->center) : wish->center;
    return isnan(then->center) ? error_set(err, ERR_USAGE, "a centre is wanted") : 0;
}
