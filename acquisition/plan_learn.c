/* What a unit teaches by refusing requests. */
#include "acquisition/plan_private.h"

#include <stdlib.h>
#include <string.h>

enum { EDGE = -1, MEASURED_LEAST = 8 };

/* False when there is no room for one more. */
static bool remember(struct plan *plan, struct lesson lesson)
{
    struct lessons *lessons = &plan->lessons;
    int i = 0;
    while (i < lessons->count &&
           (lessons->items[i].kind != lesson.kind || lessons->items[i].area != lesson.area ||
            (lesson.kind != LESSON_LIMIT && (lessons->items[i].first != lesson.first || lessons->items[i].last != lesson.last))))
        i++;
    if (i == LESSONS_MOST)
        return false;
    lessons->items[i] = lesson;
    lessons->count += i == lessons->count;
    plan->taught = true;
    return true;
}

static bool refuse_tag(struct plan *plan, const struct tag *tag, int64_t now_us)
{
    if (!plan_is_refused(plan, tag))
        plan->found |= remember(plan, (struct lesson){LESSON_REFUSED, tag->area, tag->address, plan_end(tag) - 1, now_us});
    return false;
}

/* The end of what the tags from..to - 1 of the order cover. */
static int reach(const struct plan *plan, size_t from, size_t to)
{
    int end = 0;
    for (size_t i = from; i < to; i++)
        end = plan_end(plan->order[i]) > end ? plan_end(plan->order[i]) : end;
    return end;
}

bool plan_bisect(struct plan *plan, size_t index, int64_t now_us)
{
    struct request request = plan->requests[index];
    size_t from = request.first_tag, to = from + request.n_tags, middle = from + request.n_tags / 2, best = 0;
    if (request.n_tags < 2)
        return refuse_tag(plan, plan->order[from], now_us);
    for (size_t i = from + 1; i < to; i++) {
        size_t distance = i > middle ? i - middle : middle - i, known = best > middle ? best - middle : middle - best;
        if (plan->order[i]->address > reach(plan, from, i) && (!best || distance < known))
            best = i;
    }
    plan->cut[best ? best : middle] = ++plan->cuts;
    if (to < plan->instrument->n_tags && !plan->cut[to]) /* what was refused must not join its neighbours again */
        plan->cut[to] = EDGE;
    if (!plan->cut[from])
        plan->cut[from] = EDGE;
    plan_lay_out(plan);
    return true;
}

bool plan_halve(struct plan *plan, size_t index, int64_t now_us)
{
    struct request request = plan->requests[index];
    bool bits = plan_is_bits(request.area);
    int widest = 1;
    for (size_t i = 0; i < plan->instrument->n_tags; i++)
        if (plan_is_bits(plan->order[i]->area) == bits && plan->order[i]->registers > widest)
            widest = plan->order[i]->registers;
    int proven = plan->proven[bits] < request.count ? plan->proven[bits] : 0;
    int half = request.count / 2 > proven ? request.count / 2 : proven;
    half = half > widest ? half : widest;
    if (request.n_tags < 2 || half >= request.count)
        return false;
    if (!remember(plan, (struct lesson){LESSON_LIMIT, bits ? AREA_COIL : AREA_HOLDING, request.count, half, now_us}))
        return false;
    plan_lay_out(plan);
    return true;
}

/* The last cut parted two requests that are answered each, but not together: what lies between them is a hole. */
static void conclude_gap(struct plan *plan, int64_t now_us)
{
    size_t place = 0;
    while (plan->cut[place] != plan->cuts)
        place++;
    size_t from = place - 1;
    while (from > 0 && !plan->cut[from])
        from--;
    const struct tag *tag = plan->order[place];
    plan->found = remember(plan, (struct lesson){LESSON_GAP, tag->area, reach(plan, from, place), tag->address - 1, now_us});
}

/* The oldest lesson that is more than a day old is forgotten: when it still holds, the next poll teaches it again. */
static bool forget_old(struct plan *plan, int64_t now_us)
{
    struct lessons *lessons = &plan->lessons;
    int oldest = -1;
    for (int i = 0; i < lessons->count; i++)
        if (lessons->items[i].kind != LESSON_REFUSED && now_us - lessons->items[i].time_us > DAY_US &&
            (oldest < 0 || lessons->items[i].time_us < lessons->items[oldest].time_us))
            oldest = i;
    if (oldest < 0)
        return false;
    lessons->items[oldest] = lessons->items[--lessons->count];
    return plan->taught = true;
}

/* Whether the turnaround asks for other gaps; small differences are not worth it. */
static bool gap_is_off(const struct plan *plan)
{
    if (plan->gap <= 0 || plan->measured < MEASURED_LEAST)
        return false;
    int gap = plan_break_even(plan->instrument->link, (int64_t)plan->turnaround_us);
    return abs(gap - plan->gap) > (plan->gap > 8 ? plan->gap / 4 : 2);
}

/* A limit lies between what was answered and what was refused: the next poll tries the middle. */
static bool raise_limits(struct plan *plan)
{
    bool raised = false;
    for (int i = 0; i < plan->lessons.count; i++) {
        struct lesson *lesson = &plan->lessons.items[i];
        if (lesson->kind != LESSON_LIMIT || lesson->first <= lesson->last + 1)
            continue;
        lesson->last = (lesson->last + lesson->first) / 2;
        raised = plan->taught = true;
    }
    return raised;
}

bool plan_conclude(struct plan *plan, int64_t now_us)
{
    bool again = plan->taught | forget_old(plan, now_us);
    again |= !plan->cuts && raise_limits(plan);
    if (plan->cuts && !plan->found)
        conclude_gap(plan, now_us);
    if (plan->found) {
        memset(plan->cut, 0, plan->instrument->n_tags * sizeof *plan->cut);
        plan->cuts = 0;
        plan->found = false;
        again = true;
    }
    if (again || gap_is_off(plan))
        plan_lay_out(plan);
    bool taught = plan->taught;
    plan->taught = false;
    return taught;
}
