#include "reports/group_facts.h"

#include <math.h>
#include <stdio.h>

int group_facts_identity(const struct sheet *sheet, const struct group_study *study, struct fact facts[FACTS_MOST])
{
    const struct characteristic_group *group = study->group;
    const struct machine *machine = group->members[0]->machine;
    char made[32];
    int count = 0;
    if (*sheet->customer)
        facts_add(facts, &count, "Customer", "%s", sheet->customer);
    facts_add(facts, &count, "Part", "%s", group->members[0]->part);
    if (machine)
        facts_add(facts, &count, "Machine", "%s", machine->name);
    facts_add(facts, &count, "Members", "%s", study->members);
    facts_add(facts, &count, "Period", "%s", study->period.words);
    facts_add(facts, &count, "Made", "%s", text_time_local(sheet->made_us, "%Y-%m-%d %H:%M", made, sizeof made));
    facts_add(facts, &count, "Matched by", "%s", group->by_serial ? "the part's serial number" : "one answer of the instrument");
    return count;
}

int group_facts_statistics(const struct group_study *study, struct fact facts[FACTS_MOST])
{
    const struct group_model *model = study->model;
    double lcl, center, ucl;
    int count = 0;
    facts_add(facts, &count, "Points", "%zu of %d part%s", study->n_points, study->group->subgroup, study->group->subgroup > 1 ? "s" : "");
    facts_add(facts, &count, "Judged", "%zu", study->judged);
    facts_add(facts, &count, "Signals", "%zu of %s", study->mean_signals, group_statistic(study->group));
    if (group_chart_of(study->group)->dispersion)
        facts_add(facts, &count, "Signals of |S|", "%zu", study->spread_signals);
    if (study->judged)
        facts_add(facts, &count, "By chance", "%.2g of %s expected", (double)study->judged * study->group->alpha, group_statistic(study->group));
    if (study->excluded)
        facts_add(facts, &count, "Excluded", "%zu", study->excluded);
    if (study->incomplete)
        facts_add(facts, &count, "Incomplete", "%lld parts since the beginning", (long long)study->incomplete);
    if (model)
        facts_add(facts, &count, "Limit", "%.5g, centre %.4g", model->ucl, model->center);
    if (model && group_chart_of(study->group)->dispersion && generalised_variance_limits(&model->t2, &lcl, &center, &ucl)) {
        facts_add(facts, &count, "|S| centre", "%.4g", center);
        facts_add(facts, &count, "|S| limits", "%.4g to %.4g", lcl, ucl);
    }
    if (*study->why)
        facts_add(facts, &count, "Note", "%s", study->why);
    return count;
}

size_t group_facts_signals(const struct group_study *study, const struct group_point **points, size_t most)
{
    size_t count = 0;
    for (size_t i = study->n_points; i-- > 0 && count < most;)
        if (group_signals(&study->points[i]))
            points[count++] = &study->points[i];
    return count;
}
