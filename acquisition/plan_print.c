#include "acquisition/plan_private.h"
#include "storage/storage.h"

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* What one round of a schedule costs. */
struct cost {
    int requests, registers, tags, refused;
    int64_t line_us;
};

static struct cost cost_of(const struct plan *plan, size_t schedule)
{
    struct cost cost = {0};
    int64_t turnaround_us = plan->measured ? (int64_t)plan->turnaround_us : PLAN_TURNAROUND_US;
    for (size_t i = 0; i < plan->n_requests; i++) {
        const struct request *request = &plan->requests[i];
        if (request->schedule != schedule)
            continue;
        cost.tags += (int)request->n_tags;
        cost.refused += request->refused;
        if (request->refused)
            continue;
        cost.requests++;
        cost.registers += plan_is_bits(request->area) ? (request->count + 15) / 16 : request->count;
        cost.line_us += plan_line_us(plan->instrument->link, request, turnaround_us);
    }
    return cost;
}

static void print_when(const struct schedule *schedule, FILE *stream)
{
    if (schedule->on_change)
        fprintf(stream, "when %s changes", schedule->on_change->name);
    else
        fprintf(stream, "every %g s", (double)schedule->every_us / SECOND_US);
    if (schedule->aligned)
        fprintf(stream, ", aligned");
    if (schedule->phase_us > 0)
        fprintf(stream, " + %g s", (double)schedule->phase_us / SECOND_US);
}

static void print_requests(const struct plan *plan, size_t schedule, FILE *stream)
{
    for (size_t i = 0; i < plan->n_requests; i++) {
        const struct request *request = &plan->requests[i];
        if (request->schedule != schedule)
            continue;
        fprintf(stream, "    %s:%d..%d (%d)%s:", area_name(request->area), request->first, request->first + request->count - 1, request->count,
                request->refused ? " refused" : "");
        for (size_t j = request->first_tag; j < request->first_tag + request->n_tags; j++)
            fprintf(stream, " %s", plan->order[j]->name);
        fputc('\n', stream);
    }
}

double plan_print(const struct plan *plan, bool each, FILE *stream)
{
    const struct instrument *instrument = plan->instrument;
    double requests_s = 0;
    for (size_t i = 0; i < instrument->n_schedules; i++) {
        const struct schedule *schedule = &instrument->schedules[i];
        struct cost cost = cost_of(plan, i);
        fprintf(stream, "  %-20s unit %-3d ", i ? "" : instrument->name, instrument->unit);
        print_when(schedule, stream);
        fprintf(stream, ": %d request%s, %d register%s for %d tag%s", cost.requests, plural(cost.requests), cost.registers, plural(cost.registers),
                cost.tags, plural(cost.tags));
        if (cost.line_us)
            fprintf(stream, ", %.0f ms of line time at %d baud", (double)cost.line_us / 1000, instrument->link->baud);
        if (cost.refused)
            fprintf(stream, ", %d refused", cost.refused);
        fputc('\n', stream);
        if (each)
            print_requests(plan, i, stream);
        if (schedule->every_us)
            requests_s += cost.requests * (double)SECOND_US / (double)clock_real_us(schedule->every_us);
    }
    char lessons[512];
    if (plan->lessons.count)
        fprintf(stream, "    learned: %s\n", lessons_words(&plan->lessons, lessons, sizeof lessons));
    return requests_s;
}

static size_t request_of(const struct plan *plan, size_t place)
{
    size_t request = 0;
    while (place >= plan->requests[request].first_tag + plan->requests[request].n_tags)
        request++;
    return request;
}

/* Whether both come at one instant: in one request, or one because the other changed. */
static bool come_together(const struct plan *plan, const struct tag *one, const struct tag *other)
{
    const struct schedule *schedules = plan->instrument->schedules;
    return request_of(plan, plan_place(plan, one)) == request_of(plan, plan_place(plan, other)) || schedules[one->schedule].on_change == other ||
           schedules[other->schedule].on_change == one;
}

int plan_print_torn(const struct plan *plan, const struct plant *plant, FILE *stream)
{
    const struct tag *group[PLAN_GROUP];
    const char *owner;
    int torn = 0;
    for (size_t at = 0; plan->n_requests > 1 && (owner = plan_next_group(plant, &at, group));) {
        const struct tag *one = NULL, *other = NULL;
        for (int i = 0; i < PLAN_GROUP && !other; i++) {
            if (!group[i] || group[i]->instrument != plan->instrument)
                continue;
            if (!one)
                one = group[i];
            else if (!come_together(plan, one, group[i]))
                other = group[i];
        }
        if (!other)
            continue;
        torn++;
        fprintf(stream, "    %s: %s and %s come in different requests, so a value may belong to the part before; %s\n", owner, one->name, other->name,
                one->schedule == other->schedule ? "move their registers closer together" : "give them the same period");
    }
    return torn;
}
