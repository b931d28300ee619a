#include "config/resolve.h"
#include "config/scalar.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MIN = 24 * 60, WEEK_MIN = 7 * DAY_MIN };

static int length_of(const struct shift *shift)
{
    int length = shift->end_min - shift->start_min;
    return length > 0 ? length : length + DAY_MIN;
}

/* "12:00-12:45", in local time, inside the shift and after the break before. */
static const char *read_break(struct shift *shift, const char *text)
{
    char from_text[8] = "", to_text[8] = "";
    const char *dash = strchr(text, '-');
    if (!dash || dash - text > 5 || strlen(dash + 1) > 5)
        return "is no break; like \"12:00-12:45\"";
    memcpy(from_text, text, (size_t)(dash - text));
    memcpy(to_text, dash + 1, strlen(dash + 1));
    int from = scalar_clock(from_text, false), to = scalar_clock(to_text, true);
    if (from < 0 || to < 0)
        return "is no break; like \"12:00-12:45\"";
    int begins = (from - shift->start_min + DAY_MIN) % DAY_MIN, ends = (to - shift->start_min + DAY_MIN) % DAY_MIN;
    if (ends == 0)
        ends = DAY_MIN;
    if (begins >= ends || ends > length_of(shift))
        return "is not within the shift";
    if (shift->n_breaks == SHIFT_BREAKS)
        return "is one more than the 8 breaks a shift can have";
    for (int i = 0; i < shift->n_breaks; i++) {
        int other = (shift->breaks[i].from_min - shift->start_min + DAY_MIN) % DAY_MIN;
        int other_end = (shift->breaks[i].to_min - shift->start_min + DAY_MIN) % DAY_MIN;
        if (begins < other_end && other < ends)
            return "overlaps another break";
    }
    shift->breaks[shift->n_breaks].from_min = from;
    shift->breaks[shift->n_breaks++].to_min = to % DAY_MIN;
    return NULL;
}

/* Marks the shift's minutes of the week; the first minute that is another's is the problem. */
static void claim(struct resolver *resolver, const struct shift_draft *draft, size_t number, unsigned short *week)
{
    const struct shift *shift = &draft->shift;
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    for (int day = 0; day < 7; day++) {
        if (!(shift->days & 1u << day))
            continue;
        for (int minute = 0; minute < length_of(shift); minute++) {
            int at = (day * DAY_MIN + shift->start_min + minute) % WEEK_MIN;
            if (week[at] && week[at] != number + 1) {
                const struct shift_draft *other = records_item(&resolver->draft->shifts, week[at] - 1u);
                resolve_problem(resolver, &draft->record, NULL, "overlaps the shift '%s' on %s at %02d:%02d", other->record.name, days[at / DAY_MIN],
                                at % DAY_MIN / 60, at % 60);
                return;
            }
            week[at] = (unsigned short)(number + 1);
        }
    }
}

void resolve_shifts(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->shifts;
    unsigned short week[WEEK_MIN] = {0};
    struct plant *plant = resolver->plant;
    if (drafts->count > 100) {
        problems_add(resolver->problems, NULL, "shifts: %zu are given, at most 100 are possible", drafts->count);
        return;
    }
    plant->shifts = arena_zero(resolver->arena, drafts->count, sizeof *plant->shifts);
    plant->n_shifts = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        struct shift_draft *draft = records_item(drafts, i);
        draft->shift.name = draft->record.name;
        bool timed = !record_bad(&draft->record, "start") && !record_bad(&draft->record, "end");
        for (size_t k = 0; timed && k < draft->breaks.count; k++) {
            const char *why = read_break(&draft->shift, draft->breaks.items[k]);
            if (why)
                problems_add(resolver->problems, draft->breaks.nodes[k], "%s.breaks: '%.40s' %s", draft->record.path, draft->breaks.items[k], why);
        }
        if (timed)
            claim(resolver, draft, i, week);
        plant->shifts[i] = draft->shift;
    }
}
