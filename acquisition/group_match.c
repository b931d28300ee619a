/* From the members' values to the vector of one part. They are of one part when they carry its serial number, where every member has one; else when
 * one answer of the instrument brought them all. Nothing else makes a vector. */
#include "acquisition/group_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The newest part cannot be judged: said when it begins. counts: it is given up. */
static void lack(struct group *group, int64_t time_us, bool counts, struct batch *batch, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
static void lack(struct group *group, int64_t time_us, bool counts, struct batch *batch, const char *format, ...)
{
    struct group_standing *standing = &group->standing;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(standing->lacks, sizeof standing->lacks, format, arguments);
    va_end(arguments);
    standing->incomplete += counts;
    standing->incomplete_us = time_us;
    group_put_standing(group, batch);
    if (!group->lacking)
        batch_event(batch, time_us, "group", group->characteristics->name, "%s: such parts are not judged", standing->lacks);
    group->lacking = true;
}

/* A member's measurement that was not looked at yet; NULL: there is none. */
static const struct measurement *fresh(struct group *group, int member)
{
    const struct measurement *newest = judge_newest(group->judges[member]);
    struct newest *seen = &group->seen[member];
    if (!newest->time_us || (newest->time_us == seen->time_us && newest->sequence == seen->sequence))
        return NULL;
    *seen = (struct newest){newest->time_us, newest->sequence};
    return newest;
}

static const char *member_name(const struct group *group, int member)
{
    return group->characteristics->members[member]->name;
}

/* --- by serial number */

static void give_up(struct group *group, const struct group_part *part, int64_t time_us, struct batch *batch)
{
    char missing[120] = "";
    size_t used = 0;
    for (int i = 0; i < group_variables(group) && used < sizeof missing; i++)
        if (!(part->there >> i & 1))
            used += (size_t)snprintf(missing + used, sizeof missing - used, "%s%s", used ? ", " : "", member_name(group, i));
    lack(group, time_us, true, batch, "part %s has no value of %s", part->serial, missing);
}

static struct group_part *place_of(struct group *group, const struct measurement *value, struct batch *batch)
{
    struct group_part *place = &group->standing.waiting[0];
    for (int i = 0; i < GROUP_WAITING; i++) {
        struct group_part *part = &group->standing.waiting[i];
        if (part->there && !strcmp(part->serial, value->serial))
            return part;
        if (place->there && (!part->there || part->since < place->since))
            place = part;
    }
    if (place->there)
        give_up(group, place, value->time_us, batch);
    *place = (struct group_part){.since = ++group->standing.arrivals};
    snprintf(place->serial, sizeof place->serial, "%s", value->serial);
    return place;
}

static void join(struct group *group, int member, const struct measurement *value, struct batch *batch)
{
    struct group_part *part = place_of(group, value, batch);
    part->values[member] = value->value;
    part->there |= UINT64_C(1) << member;
    group_put_standing(group, batch);
    if (part->there != (UINT64_C(1) << group_variables(group)) - 1)
        return;
    part->there = 0;
    group_add_vector(group, value->time_us, value->serial, part->values, batch);
}

static void look_by_serial(struct group *group, struct batch *batch)
{
    for (int i = 0; i < group_variables(group); i++) {
        const struct measurement *value = fresh(group, i);
        if (!value)
            continue;
        if (!quality_is_good(value->quality))
            lack(group, value->time_us, false, batch, "%s is not good: %s", member_name(group, i), quality_reason(value->quality));
        else if (!*value->serial)
            lack(group, value->time_us, true, batch, "%s came without a serial number", member_name(group, i));
        else
            join(group, i, value, batch);
    }
}

/* --- by one answer */

static void look_together(struct group *group, struct batch *batch)
{
    double values[MULTIVARIATE_MAX];
    int p = group_variables(group), good = 0, missing = -1;
    const struct measurement *newest = NULL, *bad = NULL;
    for (int i = 0; i < p; i++) {
        const struct measurement *value = fresh(group, i);
        bool is_good = value && quality_is_good(value->quality);
        newest = value ? value : newest;
        good += is_good;
        if (is_good)
            values[i] = value->value;
        else if (missing < 0) {
            missing = i;
            bad = value;
        }
    }
    if (!newest)
        return;
    if (good == p)
        group_add_vector(group, newest->time_us, newest->serial, values, batch);
    else if (bad)
        lack(group, newest->time_us, true, batch, "%s is not good: %s", member_name(group, missing), quality_reason(bad->quality));
    else
        lack(group, newest->time_us, true, batch, "%s did not come with the others", member_name(group, missing));
}

void group_look(struct group *group, struct batch *batch)
{
    if (group->characteristics->by_serial)
        look_by_serial(group, batch);
    else
        look_together(group, batch);
}
