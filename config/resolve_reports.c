#include "config/resolve.h"
#include "config/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A word, a duration until now, or FROM..TO with either end open. */
static void check_period(struct resolver *resolver, const struct report_draft *draft)
{
    const char *text = draft->report.period, *nearest = NULL, *dots = strstr(text, "..");
    int64_t from_us = INT64_MIN, to_us = INT64_MAX, duration_us;
    if (dots) {
        const char *from = arena_format(resolver->arena, "%.*s", (int)(dots - text), text), *to = dots + 2;
        if ((*from && text_time_parse(from, &from_us) != 0) || (*to && text_time_parse(to, &to_us) != 0))
            resolve_problem(resolver, &draft->record, "period", "'%.60s' is no FROM..TO of dates, like 2026-10-01..2026-11-01", text);
        else if (from_us >= to_us)
            resolve_problem(resolver, &draft->record, "period", "'%.60s' ends before it begins", text);
        return;
    }
    if (word_find(schema_periods, text, &nearest) || text_duration_parse(text, &duration_us) == 0)
        return;
    const char *known = draft->record.section->fields[record_index(&draft->record, "period")].help;
    if (nearest)
        resolve_problem(resolver, &draft->record, "period", "'%.60s' is unknown: did you mean '%s'? Known are %s", text, nearest, known);
    else
        resolve_problem(resolver, &draft->record, "period", "'%.60s' is unknown: known are %s", text, known);
}

static void resolve_contents(struct resolver *resolver, const struct report_draft *draft, struct report *report)
{
    const struct plant *plant = resolver->plant;
    bool all = draft->characteristics.count == 1 && !strcmp(draft->characteristics.items[0], "all");
    report->characteristics = arena_zero(resolver->arena, plant->n_characteristics, sizeof *report->characteristics);
    for (size_t i = 0; all && i < plant->n_characteristics; i++)
        report->characteristics[report->n_characteristics++] = &plant->characteristics[i];
    if (all && plant->n_characteristics == 0)
        resolve_problem(resolver, &draft->record, "characteristics", "the plant has none");
    for (size_t i = 0; !all && i < draft->characteristics.count; i++) {
        const char *name = draft->characteristics.items[i];
        node *at = draft->characteristics.nodes[i];
        const struct characteristic *characteristic = resolve_member(resolver, &draft->record, name, at);
        if (!characteristic)
            continue;
        bool twice = false;
        for (size_t k = 0; k < report->n_characteristics; k++)
            twice = twice || report->characteristics[k] == characteristic;
        if (twice)
            problems_add(resolver->problems, at, "%s.characteristics: '%s' is given twice", draft->record.path, name);
        else
            report->characteristics[report->n_characteristics++] = characteristic;
    }
}

static void resolve_report_groups(struct resolver *resolver, const struct report_draft *draft, struct report *report)
{
    const struct plant *plant = resolver->plant;
    bool all = draft->groups.count == 1 && !strcmp(draft->groups.items[0], "all");
    const char **names = arena_zero(resolver->arena, plant->n_groups, sizeof *names);
    report->groups = arena_zero(resolver->arena, plant->n_groups + draft->groups.count, sizeof *report->groups);
    for (size_t i = 0; i < plant->n_groups; i++) {
        names[i] = plant->groups[i].name;
        if (all)
            report->groups[report->n_groups++] = &plant->groups[i];
    }
    for (size_t i = 0; !all && i < draft->groups.count; i++) {
        const char *name = draft->groups.items[i], *nearest = text_nearest(name, names, plant->n_groups);
        const struct characteristic_group *group = plant_group(plant, name);
        bool twice = false;
        for (size_t k = 0; k < report->n_groups; k++)
            twice = twice || report->groups[k] == group;
        if (!group)
            problems_add(resolver->problems, draft->groups.nodes[i], "%s.groups: there is no group '%s'%s%s%s", draft->record.path, name,
                         nearest ? ": did you mean '" : " in characteristic_groups", nearest ? nearest : "", nearest ? "'?" : "");
        else if (twice)
            problems_add(resolver->problems, draft->groups.nodes[i], "%s.groups: '%s' is given twice", draft->record.path, name);
        else
            report->groups[report->n_groups++] = group;
    }
    if (!draft->characteristics.count && !draft->groups.count)
        resolve_problem(resolver, &draft->record, NULL, "it is of nothing: name `characteristics`, `groups`, or both");
}

void resolve_reports(struct resolver *resolver)
{
    const struct records *drafts = &resolver->draft->reports;
    struct plant *plant = resolver->plant;
    plant->reports = arena_zero(resolver->arena, drafts->count, sizeof *plant->reports);
    plant->n_reports = drafts->count;
    for (size_t i = 0; i < drafts->count; i++) {
        const struct report_draft *draft = records_item(drafts, i);
        struct report *report = &plant->reports[i];
        *report = draft->report;
        report->name = draft->record.name;
        if (report->directory)
            report->directory = resolve_path(resolver, report->directory);
        if (report->period)
            check_period(resolver, draft);
        resolve_contents(resolver, draft, report);
        resolve_report_groups(resolver, draft, report);
    }
}
