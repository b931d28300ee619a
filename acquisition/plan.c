#include "acquisition/plan.h"

#include <math.h>
#include <stdlib.h>

enum { TURNAROUND_US = 20000, MAX_BITS = 2000, GROUP = 3 };

static bool is_bits(enum area area)
{
    return area == AREA_COIL || area == AREA_DISCRETE;
}
static int end_of(const struct tag *tag)
{
    return tag->address + tag->registers;
}

/* --- the serial line's arithmetic */

static double character_us(const struct link *link)
{
    int bits = 1 + link->data_bits + (link->parity != 'N') + link->stop_bits;
    return bits * 1e6 / link->baud;
}

static double silence_us(const struct link *link)
{
    return link->baud > 19200 ? 1750 : 3.5 * character_us(link);
}

int plan_break_even(const struct link *link, int64_t turnaround_us)
{
    double fixed = 13 * character_us(link) + 2 * silence_us(link) + (double)(turnaround_us + link->pause_us);
    return (int)(fixed / (2 * character_us(link)));
}

int64_t plan_line_us(const struct link *link, const struct request *request)
{
    if (link->kind == LINK_TCP)
        return 0;
    int data = is_bits(request->area) ? (request->count + 7) / 8 : 2 * request->count;
    return llround((8 + 5 + data) * character_us(link) + 2 * silence_us(link) + TURNAROUND_US + (double)link->pause_us);
}

/* --- tags that belong together */

/* The next group of at most three tags of one instrument; NULL places are absent. Returns the owner's name, NULL at the end. */
static const char *next_group(const struct plant *plant, size_t *at, const struct tag *group[GROUP])
{
    size_t i = (*at)++;
    if (i < plant->n_characteristics) {
        const struct characteristic *c = &plant->characteristics[i];
        group[0] = c->source, group[1] = c->on_new, group[2] = c->serial;
        return c->name;
    }
    i -= plant->n_characteristics;
    if (i >= plant->n_machines)
        return NULL;
    const struct machine *m = &plant->machines[i];
    group[0] = m->state, group[1] = m->parts, group[2] = m->rejects;
    return m->name;
}

static size_t place_of(const struct plan *plan, const struct tag *tag)
{
    size_t i = 0;
    while (plan->order[i] != tag)
        i++;
    return i;
}

/* A group's span in the order: its first place, and its last through *last. False when it has under two tags here in one area. */
static bool group_span(const struct plan *plan, const struct tag *const group[GROUP], size_t *first, size_t *last)
{
    size_t members = 0;
    for (int i = 0; i < GROUP; i++) {
        if (!group[i] || group[i]->instrument != plan->instrument)
            continue;
        size_t place = place_of(plan, group[i]);
        if (members && plan->order[place]->area != plan->order[*first]->area)
            return false;
        *first = members && *first < place ? *first : place;
        *last = members && *last > place ? *last : place;
        members++;
    }
    return members > 1;
}

static void mark_groups(struct plan *plan, const struct plant *plant)
{
    const struct tag *group[GROUP];
    size_t n = plan->instrument->n_tags;
    for (size_t i = 0; i < n; i++)
        plan->together[i] = i;
    for (size_t at = 0; next_group(plant, &at, group);) {
        size_t first, last;
        if (!group_span(plan, group, &first, &last))
            continue;
        int limit = is_bits(plan->order[first]->area) ? MAX_BITS : plan->max_registers;
        if (end_of(plan->order[last]) - plan->order[first]->address <= limit && last > plan->together[first])
            plan->together[first] = last;
    }
    for (size_t i = 1; i < n; i++) /* a group that begins inside another one */
        if (plan->together[i - 1] > plan->together[i])
            plan->together[i] = plan->together[i - 1];
}

/* --- building */

static int by_area_and_address(const void *a, const void *b)
{
    const struct tag *x = *(const struct tag *const *)a, *y = *(const struct tag *const *)b;
    if (x->area != y->area)
        return x->area < y->area ? -1 : 1;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return end_of(x) != end_of(y) ? (end_of(x) < end_of(y) ? -1 : 1) : x->column < y->column ? -1 : 1;
}

/* Whether the tag at place may join a request that begins at `from` and ends before `end`. */
static bool joins(const struct plan *plan, size_t from, size_t place, int end)
{
    const struct tag *first = plan->order[from], *tag = plan->order[place];
    bool bits = is_bits(first->area);
    int gap = plan->gap < 0 ? MAX_BITS : plan->gap * (bits ? 16 : 1);
    int reach = end_of(tag) > end ? end_of(tag) : end;
    if (plan->cut[place] || tag->area != first->area || reach - first->address > (bits ? plan->max_bits : plan->max_registers))
        return false;
    return tag->address - end <= gap || plan->together[place - 1] >= place;
}

/* Moves a cut before the group that it would split, when that leaves something before the cut. */
static size_t cut_before_group(const struct plan *plan, size_t from, size_t cut)
{
    size_t before = cut;
    if (cut == plan->instrument->n_tags || plan->cut[cut])
        return cut;
    while (before > from && plan->together[before - 1] >= cut)
        before--;
    return before > from ? before : cut;
}

static void lay_out(struct plan *plan)
{
    size_t n = plan->instrument->n_tags;
    plan->n_requests = 0;
    for (size_t from = 0; from < n;) {
        size_t to = from + 1;
        for (int end = end_of(plan->order[from]); to < n && joins(plan, from, to, end); to++)
            if (end_of(plan->order[to]) > end)
                end = end_of(plan->order[to]);
        to = cut_before_group(plan, from, to);
        struct request *request = &plan->requests[plan->n_requests++];
        *request = (struct request){.area = plan->order[from]->area, .first = plan->order[from]->address, .first_tag = from, .n_tags = to - from};
        for (size_t i = from; i < to; i++)
            if (end_of(plan->order[i]) - request->first > request->count)
                request->count = end_of(plan->order[i]) - request->first;
        from = to;
    }
}

struct plan *plan_build(const struct plant *plant, const struct instrument *instrument)
{
    size_t n = instrument->n_tags;
    struct plan *plan = memory_zero(1, sizeof *plan);
    *plan = (struct plan){.instrument = instrument,
                          .requests = memory_zero(n + 1, sizeof *plan->requests),
                          .order = memory_zero(n + 1, sizeof *plan->order),
                          .cut = memory_zero(n + 1, sizeof *plan->cut),
                          .together = memory_zero(n + 1, sizeof *plan->together),
                          .offset = memory_zero(n + 1, sizeof *plan->offset),
                          .max_registers = instrument->max_registers,
                          .max_bits = MAX_BITS,
                          .gap = instrument->link->kind == LINK_TCP ? -1 : plan_break_even(instrument->link, TURNAROUND_US)};
    for (size_t i = 0; i < n; i++) {
        plan->order[i] = &instrument->tags[i];
        plan->offset[i] = plan->registers;
        plan->registers += (size_t)instrument->tags[i].registers;
    }
    qsort(plan->order, n, sizeof *plan->order, by_area_and_address);
    mark_groups(plan, plant);
    lay_out(plan);
    return plan;
}

void plan_free(struct plan *plan)
{
    if (!plan)
        return;
    free(plan->requests);
    free(plan->order);
    free(plan->cut);
    free(plan->together);
    free(plan->offset);
    free(plan);
}

/* --- learning */

bool plan_bisect(struct plan *plan, size_t index)
{
    struct request request = plan->requests[index];
    if (request.n_tags < 2)
        return false;
    bool gaps = false;
    int end = end_of(plan->order[request.first_tag]);
    for (size_t i = request.first_tag + 1; i < request.first_tag + request.n_tags; i++) {
        if (plan->order[i]->address > end)
            plan->cut[i] = gaps = true;
        end = end_of(plan->order[i]) > end ? end_of(plan->order[i]) : end;
    }
    if (!gaps)
        plan->cut[request.first_tag + request.n_tags / 2] = true;
    if (request.first_tag + request.n_tags < plan->instrument->n_tags) /* what was refused must not join its neighbours again */
        plan->cut[request.first_tag + request.n_tags] = true;
    plan->cut[request.first_tag] = true;
    lay_out(plan);
    return true;
}

bool plan_halve(struct plan *plan, size_t index)
{
    struct request request = plan->requests[index];
    int *limit = is_bits(request.area) ? &plan->max_bits : &plan->max_registers;
    int widest = 1;
    for (size_t i = 0; i < plan->instrument->n_tags; i++)
        if (is_bits(plan->order[i]->area) == is_bits(request.area) && plan->order[i]->registers > widest)
            widest = plan->order[i]->registers;
    int half = request.count / 2 > widest ? request.count / 2 : widest;
    if (request.n_tags < 2 || half >= request.count)
        return false;
    *limit = half;
    lay_out(plan);
    return true;
}

/* --- printing */

double plan_print(const struct plan *plan, FILE *stream)
{
    const struct instrument *instrument = plan->instrument;
    int registers = 0;
    int64_t line_us = 0;
    for (size_t i = 0; i < plan->n_requests; i++) {
        registers += is_bits(plan->requests[i].area) ? (plan->requests[i].count + 15) / 16 : plan->requests[i].count;
        line_us += plan_line_us(instrument->link, &plan->requests[i]);
    }
    double period_s = (double)clock_real_us(instrument->every_us) / SECOND_US;
    fprintf(stream, "  %-20s unit %-3d every %g s: %zu request%s, %d registers for %zu tags", instrument->name, instrument->unit,
            (double)instrument->every_us / SECOND_US, plan->n_requests, plan->n_requests == 1 ? "" : "s", registers, instrument->n_tags);
    if (line_us)
        fprintf(stream, ", %.0f ms of line time at %d baud", (double)line_us / 1000, instrument->link->baud);
    fputc('\n', stream);
    return (double)plan->n_requests / period_s;
}

static size_t request_of(const struct plan *plan, size_t place)
{
    size_t request = 0;
    while (place >= plan->requests[request].first_tag + plan->requests[request].n_tags)
        request++;
    return request;
}

int plan_print_torn(const struct plan *plan, const struct plant *plant, FILE *stream)
{
    const struct tag *group[GROUP];
    const char *owner;
    int torn = 0;
    for (size_t at = 0; (owner = next_group(plant, &at, group));) {
        const struct tag *one = NULL, *other = NULL;
        for (int i = 0; i < GROUP && !other; i++) {
            if (!group[i] || group[i]->instrument != plan->instrument)
                continue;
            if (!one)
                one = group[i];
            else if (request_of(plan, place_of(plan, one)) != request_of(plan, place_of(plan, group[i])))
                other = group[i];
        }
        if (!other)
            continue;
        torn++;
        fprintf(stream,
                "    %s: %s and %s come in different requests, so a value may belong to the part before; move their registers closer together\n",
                owner, one->name, other->name);
    }
    return torn;
}
