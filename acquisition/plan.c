#include "acquisition/plan_private.h"

#include <stdlib.h>

enum { MOST_REGISTERS = 125, MOST_BITS = 2000 };

/* --- tags that belong together */

const char *plan_next_group(const struct plant *plant, size_t *at, const struct tag *group[PLAN_GROUP])
{
    size_t i;
    while ((i = (*at)++) < plant->n_characteristics) {
        const struct characteristic *c = &plant->characteristics[i];
        if (!c->on_new && !c->serial && !c->lot && !c->order && !c->operator)
            continue; /* thousands have a source alone */
        group[0] = c->source, group[1] = c->on_new, group[2] = c->serial, group[3] = c->lot, group[4] = c->order, group[5] = c->operator;
        return c->name;
    }
    i -= plant->n_characteristics;
    if (i >= plant->n_machines)
        return NULL;
    const struct machine *m = &plant->machines[i];
    group[0] = m->state, group[1] = m->parts, group[2] = m->rejects, group[3] = group[4] = group[5] = NULL;
    return m->name;
}

size_t plan_place(const struct plan *plan, const struct tag *tag)
{
    size_t i = 0;
    while (plan->order[i] != tag)
        i++;
    return i;
}

/* A group's span in the order: its first place, and its last through *last. False when it has under two tags here, or not of one area and
 * schedule. */
static bool group_span(const struct plan *plan, const struct tag *const group[PLAN_GROUP], size_t *first, size_t *last)
{
    size_t members = 0;
    for (int i = 0; i < PLAN_GROUP; i++) {
        if (!group[i] || group[i]->instrument != plan->instrument)
            continue;
        size_t place = plan_place(plan, group[i]);
        const struct tag *other = plan->order[members ? *first : place];
        if (group[i]->area != other->area || group[i]->schedule != other->schedule)
            return false;
        *first = members && *first < place ? *first : place;
        *last = members && *last > place ? *last : place;
        members++;
    }
    return members > 1;
}

static void mark_groups(struct plan *plan, const struct plant *plant)
{
    const struct tag *group[PLAN_GROUP];
    size_t n = plan->instrument->n_tags;
    for (size_t i = 0; i < n; i++)
        plan->together[i] = i;
    for (size_t at = 0; plan_next_group(plant, &at, group);) {
        size_t first, last;
        if (!group_span(plan, group, &first, &last))
            continue;
        int limit = plan_is_bits(plan->order[first]->area) ? plan->max_bits : plan->max_registers;
        if (plan_end(plan->order[last]) - plan->order[first]->address <= limit && last > plan->together[first])
            plan->together[first] = last;
    }
    for (size_t i = 1; i < n; i++) /* a group that begins inside another one */
        if (plan->together[i - 1] > plan->together[i])
            plan->together[i] = plan->together[i - 1];
}

/* --- building */

static int by_place(const void *a, const void *b)
{
    const struct tag *x = *(const struct tag *const *)a, *y = *(const struct tag *const *)b;
    if (x->schedule != y->schedule)
        return x->schedule < y->schedule ? -1 : 1;
    if (x->area != y->area)
        return x->area < y->area ? -1 : 1;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    return plan_end(x) != plan_end(y) ? (plan_end(x) < plan_end(y) ? -1 : 1) : x->column < y->column ? -1 : 1;
}

bool plan_is_refused(const struct plan *plan, const struct tag *tag)
{
    for (int i = 0; i < plan->lessons.count; i++) {
        const struct lesson *lesson = &plan->lessons.items[i];
        if (lesson->kind == LESSON_REFUSED && lesson->area == tag->area && lesson->first == tag->address && lesson->last == plan_end(tag) - 1)
            return true;
    }
    return false;
}

/* Whether first..end - 1 holds what the unit refuses to read. */
static bool is_forbidden(const struct plan *plan, enum area area, int first, int end)
{
    for (int i = 0; i < plan->lessons.count; i++) {
        const struct lesson *lesson = &plan->lessons.items[i];
        if (lesson->kind != LESSON_LIMIT && lesson->area == area && first < lesson->first && end - 1 > lesson->last)
            return true;
    }
    return false;
}

/* Whether the tag at place may join a request that begins with the tag at `from`, at register `first`, and ends before `end`. */
static bool joins(const struct plan *plan, size_t from, size_t place, int first, int end)
{
    const struct tag *begin = plan->order[from], *tag = plan->order[place];
    bool bits = plan_is_bits(begin->area);
    int gap = plan->gap < 0 ? MOST_BITS : plan->gap * (bits ? 16 : 1);
    int reach = plan_end(tag) > end ? plan_end(tag) : end;
    if (plan->cut[place] || tag->area != begin->area || tag->schedule != begin->schedule ||
        reach - first > (bits ? plan->max_bits : plan->max_registers))
        return false;
    if (plan_is_refused(plan, begin) || plan_is_refused(plan, tag) || is_forbidden(plan, tag->area, first, reach))
        return false;
    if (plan->instrument->one_tag)
        return reach == end;
    if (!plan->instrument->gaps)
        return tag->address <= end;
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

/* The request that begins with the tag at `from`, and goes as far as it may. */
static struct request request_from(const struct plan *plan, size_t from)
{
    const struct tag *tag = plan->order[from];
    int first = plan->instrument->from_zero ? 0 : tag->address, end = plan_end(tag);
    size_t to = from + 1;
    for (; to < plan->instrument->n_tags && joins(plan, from, to, first, end); to++)
        if (plan_end(plan->order[to]) > end)
            end = plan_end(plan->order[to]);
    to = cut_before_group(plan, from, to);
    struct request request = {.area = tag->area,
                              .first = first,
                              .first_tag = from,
                              .n_tags = to - from,
                              .schedule = tag->schedule,
                              .refused = to == from + 1 && plan_is_refused(plan, tag)};
    for (size_t i = from; i < to; i++)
        if (plan_end(plan->order[i]) - first > request.count)
            request.count = plan_end(plan->order[i]) - first;
    return request;
}

static void set_limits(struct plan *plan)
{
    const struct instrument *instrument = plan->instrument;
    plan->max_registers = instrument->max_registers ? instrument->max_registers : MOST_REGISTERS;
    plan->max_bits = instrument->max_bits ? instrument->max_bits : MOST_BITS;
    for (int i = 0; i < plan->lessons.count; i++) {
        const struct lesson *lesson = &plan->lessons.items[i];
        int *limit = plan_is_bits(lesson->area) ? &plan->max_bits : &plan->max_registers;
        if (lesson->kind == LESSON_LIMIT && lesson->last < *limit)
            *limit = lesson->last;
    }
    plan->gap =
        !plan_has_line(instrument->link) ? -1 : plan_break_even(instrument->link, plan->measured ? (int64_t)plan->turnaround_us : PLAN_TURNAROUND_US);
}

void plan_lay_out(struct plan *plan)
{
    size_t n = plan->instrument->n_tags;
    set_limits(plan);
    plan->n_requests = 0;
    for (size_t from = 0; from < n;) {
        struct request *request = &plan->requests[plan->n_requests++];
        *request = request_from(plan, from);
        from += request->n_tags;
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
                          .lessons = instrument->lessons};
    for (size_t i = 0; i < n; i++) {
        plan->order[i] = &instrument->tags[i];
        plan->offset[i] = plan->registers;
        plan->registers += (size_t)instrument->tags[i].registers;
    }
    qsort(plan->order, n, sizeof *plan->order, by_place);
    set_limits(plan);
    mark_groups(plan, plant);
    plan_lay_out(plan);
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
