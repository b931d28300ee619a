/* Z-MR that learns its parts: each has limits of its own, from its own baseline. */
#include "acquisition/judge_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct limits none = {.center = NAN, .sigma = NAN, .extra = NAN, .lcl = NAN, .ucl = NAN};

struct judge_part *judge_part(struct judge *judge, const char *name)
{
    for (size_t i = 0; i < judge->n_parts; i++)
        if (!strcmp(judge->parts[i]->name, name))
            return judge->parts[i];
    struct judge_part *part = memory_zero(1, sizeof *part);
    snprintf(part->name, sizeof part->name, "%s", name);
    part->limits = part->seen = none;
    part->base = memory_zero((size_t)judge->characteristic->baseline + 1, sizeof *part->base);
    memory_grow((void **)&judge->parts, &judge->parts_room, judge->n_parts, sizeof(struct judge_part *));
    judge->parts[judge->n_parts++] = part;
    return part;
}

void judge_keep_part(struct judge *judge)
{
    struct judge_part *part = judge->part;
    if (!part)
        return;
    part->limits = judge->limits;
    part->place = judge->place;
    part->batch = judge->limits_batch;
    part->n_base = judge->n_base;
}

void judge_select_part(struct judge *judge, struct judge_part *part)
{
    judge->part = part;
    judge->limits = part ? part->limits : none;
    judge->place = part ? part->place : 0;
    judge->limits_batch = part ? part->batch : 0;
    judge->n_base = part ? part->n_base : 0;
    judge->standing.limits = part ? part->id : 0;
}

/* In the order that they were written: limits in force, and baselines that began anew. */
int judge_restore_parts(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct limits *list;
    size_t count;
    char words[160], made[sizeof list->made];
    if (store_limits_history(store, c->id, &list, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (list[i].superseded_by || !list[i].part[0])
            continue;
        struct judge_part *part = judge_part(judge, list[i].part);
        part->limits = list[i];
        part->id = list[i].id;
        if (!limits_are_known(&list[i]) || limits_fit(&list[i], c))
            continue;
        judge_select_part(judge, part);
        snprintf(words, sizeof words, "%s, was %.96s", limits_made(c, made, sizeof made), list[i].made);
        judge_begin_baseline(judge, words, now_us, batch);
        judge_select_part(judge, NULL);
    }
    free(list);
    return 0;
}

/* A point joins the baseline of a part that is still learned. */
static void add_to_base(struct judge *judge, struct judge_part *part, const struct point *point)
{
    size_t most = (size_t)judge->characteristic->baseline - 1;
    bool begun = !limits_are_known(&part->limits) && part->limits.first_point > point->number;
    if (begun || limits_are_final(&part->limits))
        return;
    if (part->n_base == most) {
        memmove(part->base, part->base + 1, (most - 1) * sizeof *part->base);
        part->n_base--;
    }
    if (!part->n_base)
        part->first = point->number;
    part->base[part->n_base] = point->subgroup;
    part->base[part->n_base].part = 0;
    part->base[part->n_base].mean = point->subgroup.location;
    if (part->last_number != point->number - 1) /* another part lay between */
        part->base[part->n_base].dispersion = NAN;
    part->n_base++;
}

int judge_restore_baselines(struct judge *judge, struct store *store, struct error *err)
{
    struct point_cursor *cursor;
    struct point point;
    int more;
    for (size_t i = 0; i < judge->n_parts; i++) {
        judge->parts[i]->n_base = 0;
        judge->parts[i]->last_number = 0;
        judge->parts[i]->seen = none;
    }
    if (judge->last_point == 0)
        return 0;
    if (point_cursor_open(&cursor, store, judge->characteristic->id, 0, INT64_MAX, 0, err))
        return -1;
    while ((more = point_cursor_next(cursor, &point, err)) == 1)
        if (point.part[0]) {
            struct judge_part *part = judge_part(judge, point.part);
            add_to_base(judge, part, &point);
            part->last_number = point.number;
        }
    point_cursor_close(cursor);
    if (judge->part)
        judge->n_base = judge->part->n_base;
    return more;
}

bool judge_part_begins_stage(struct judge *judge, const struct limits *now)
{
    struct judge_part *part = judge_part(judge, now->part);
    bool begins = part->seen.id && part->seen.id != now->id && judge_begins_stage(&part->seen, now);
    part->seen = *now;
    return begins;
}

int judge_take_part_limits(struct judge *judge, struct store *store, struct batch *batch, int64_t now_us, struct error *err)
{
    const struct characteristic *c = judge->characteristic;
    struct limits *list;
    size_t count;
    char words[320];
    if (store_limits_history(store, c->id, &list, &count, err))
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (list[i].superseded_by || !list[i].part[0] || !list[i].who[0] || !limits_fit(&list[i], c))
            continue;
        struct judge_part *part = judge_part(judge, list[i].part);
        if (part->id == list[i].id)
            continue;
        if (limits_are_known(&part->limits) && judge_begins_stage(&part->limits, &list[i]))
            judge->chart = (struct chart_state){0};
        part->limits = list[i];
        part->id = list[i].id;
        part->batch = 0;
        part->n_base = 0;
        if (judge->part == part)
            judge_select_part(judge, part);
        judge_put_standing(judge, batch);
        batch_event(batch, now_us, "limits", c->name, "%s", limits_words(&list[i], words, sizeof words));
    }
    free(list);
    return 0;
}

void judge_free_parts(struct judge *judge)
{
    for (size_t i = 0; i < judge->n_parts; i++) {
        free(judge->parts[i]->base);
        free(judge->parts[i]);
    }
    free(judge->parts);
}
