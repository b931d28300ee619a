/* A group's page of `--format text`. */
#include "reports/group_facts.h"
#include "reports/text_chart.h"
#include "reports/text_parts.h"

#include <math.h>
#include <stdlib.h>

enum { SIGNALS = 8, NAME = 18, NUMBERED = 9 };

/* Correlations as far as a line of 80 columns holds them; more members than that have their own lines below. */
static void put_members(FILE *stream, const struct group_study *study)
{
    struct group_member members[MULTIVARIATE_MAX];
    const struct characteristic_group *group = study->group;
    int p = (int)group->n_members;
    if (!study->model || study->model->t2.p != p)
        return;
    group_study_members(study->model, members);
    for (int first = 0; first < p; first += NUMBERED - 2) {
        int end = first + NUMBERED - 2 < p ? first + NUMBERED - 2 : p;
        fprintf(stream, "\n%-*s %10s %9s ", NAME + 3, first ? "" : "MEMBERS", first ? "" : "mean", first ? "" : "sd");
        for (int w = first; w < end; w++)
            fprintf(stream, "%6d", w + 1);
        fprintf(stream, "%s\n", first ? "" : "  CORRELATIONS");
        for (int v = 0; v < p; v++) {
            char name[64], mean[32], sd[32];
            int decimals = group->members[v]->decimals < 0 ? 4 : group->members[v]->decimals + 1;
            int used = text_fit(name, sizeof name, group->members[v]->name, NAME);
            fprintf(stream, "%2d %s%*s %10s %9s ", v + 1, name, NAME - used, "", text_number(members[v].mean, decimals, mean, sizeof mean),
                    text_number(members[v].sd, decimals + 1, sd, sizeof sd));
            for (int w = first; w < end && w <= v; w++)
                fprintf(stream, " %5.2f", members[v].correlation[w]);
            putc('\n', stream);
        }
    }
}

static void put_signals(FILE *stream, const struct group_study *study)
{
    const struct group_point *points[SIGNALS];
    size_t count = group_facts_signals(study, points, SIGNALS);
    char time[32], what[160], who[300], *line;
    if (count == 0)
        return;
    fprintf(stream, "\nSIGNALS (the newest %zu of %zu)\n", count, study->signals);
    for (size_t i = 0; i < count; i++) {
        text_time_local(points[i]->time_us, "%Y-%m-%d %H:%M:%S", time, sizeof time);
        group_signal_words(study->group, points[i], what, sizeof what);
        group_study_who(study, points[i], who, sizeof who);
        line = memory_format("%s point %lld: %s%s%s", time, (long long)points[i]->number, what, *who ? "; contributing: " : "", who);
        text_part_wrap(stream, line, 20);
        free(line);
    }
}

void text_group_page(void *rendering, const struct group_study *study, int number)
{
    FILE *stream;
    const struct sheet *sheet = text_part_begin(rendering, &study->chart, number, &stream);
    struct fact facts[FACTS_MOST];
    text_part_facts(stream, facts, group_facts_identity(sheet, study, facts), 14);
    putc('\n', stream);
    text_part_facts(stream, facts, group_facts_statistics(study, facts), 14);
    text_part_rule(stream, '-');
    text_chart(stream, &study->chart);
    put_members(stream, study);
    put_signals(stream, study);
    putc('\n', stream);
    text_part_wrap(stream, study->settings, 0);
    fprintf(stream, "gemba %s\n", GEMBA_VERSION);
}
