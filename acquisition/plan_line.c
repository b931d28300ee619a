/* A serial line's arithmetic. */
#include "acquisition/plan_private.h"

#include <math.h>

static double character_us(const struct link *link)
{
    int bits = 1 + link->data_bits + (link->parity != 'N') + link->stop_bits;
    return bits * 1e6 / link->baud;
}

static double silence_us(const struct link *link)
{
    return link->baud > 19200 ? 1750 : 3.5 * character_us(link);
}

/* Request and answer: 8 and 5 characters, and the data. */
static double frames_us(const struct link *link, const struct request *request)
{
    int data = plan_is_bits(request->area) ? (request->count + 7) / 8 : 2 * request->count;
    return (8 + 5 + data) * character_us(link);
}

int plan_break_even(const struct link *link, int64_t turnaround_us)
{
    double fixed = 13 * character_us(link) + 2 * silence_us(link) + (double)(turnaround_us + link->pause_us);
    return (int)(fixed / (2 * character_us(link)));
}

int64_t plan_line_us(const struct link *link, const struct request *request, int64_t turnaround_us)
{
    if (!plan_has_line(link))
        return 0;
    return llround(frames_us(link, request) + 2 * silence_us(link) + (double)(turnaround_us + link->pause_us));
}

void plan_answered(struct plan *plan, size_t index, int64_t rtt_us)
{
    const struct request *request = &plan->requests[index];
    const struct tag *tag = plan->order[request->first_tag];
    int *proven = &plan->proven[plan_is_bits(request->area)];
    *proven = request->count > *proven ? request->count : *proven;
    if (plan_has_line(plan->instrument->link)) {
        double turnaround_us = fmax(1, (double)rtt_us - frames_us(plan->instrument->link, request));
        plan->turnaround_us += plan->measured ? (turnaround_us - plan->turnaround_us) / 8 : turnaround_us;
        plan->measured++;
    }
    if (!request->refused)
        return;
    for (int i = 0; i < plan->lessons.count; i++) {
        const struct lesson *lesson = &plan->lessons.items[i];
        if (lesson->kind == LESSON_REFUSED && lesson->area == tag->area && lesson->first == tag->address && lesson->last == plan_end(tag) - 1) {
            plan->lessons.items[i--] = plan->lessons.items[--plan->lessons.count];
            plan->taught = true;
        }
    }
}
