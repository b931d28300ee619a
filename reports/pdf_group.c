/* The parts of a group's PDF page that no other page has. */
#include "reports/pdf_parts.h"

#include <math.h>
#include <stdio.h>

enum { MOST = 24 }; /* signals */
static const double row_height = 11.4;
static const struct pdf_style head_left = {.size = 6.5, .color = &color_soft}, head_right = {.size = 6.5, .color = &color_soft, .align = PDF_RIGHT};
static const struct pdf_style cell_left = {.size = 7.5, .color = &color_ink}, cell_right = {.size = 7.5, .color = &color_ink, .align = PDF_RIGHT};
static const struct pdf_style bold_right = {.size = 7.5, .bold = true, .color = &color_ink, .align = PDF_RIGHT};

/* Below the diagonal; those that move together, by more than half of their variance, are bold. */
static void draw_correlations(struct pen *pen, double x, double width, double baseline, const struct group_member *member, int row)
{
    char text[16];
    for (int w = 0; w <= row; w++) {
        snprintf(text, sizeof text, "%.2f", member->correlation[w]);
        bool strong = w < row && fabs(member->correlation[w]) > 0.7;
        pdf_draw_text(pen, strong ? &bold_right : &cell_right, x + width * (w + 1), baseline, 0, text);
    }
}

double pdf_group_height(const struct group_study *study)
{
    size_t signals = study->signals < MOST ? study->signals : MOST;
    return (double)(study->group->n_members + 1 + (signals ? signals : 1)) * row_height + 36;
}

double pdf_group_members(struct pen *pen, struct box box, const struct group_study *study)
{
    struct group_member members[MULTIVARIATE_MAX];
    const struct characteristic_group *group = study->group;
    int p = (int)group->n_members;
    const double name = 120, figure = 58;
    double x = box.x + name + 2 * figure, width = fmin(40, (box.width - name - 2 * figure) / p), baseline = box.y + 19;
    char text[32];
    pdf_draw_heading(pen, box.x, box.y + 7, box.width, "MEMBERS AND THEIR CORRELATIONS");
    if (!study->model || study->model->t2.p != p) {
        pdf_draw_text(pen, &head_left, box.x, baseline, box.width, *study->why ? study->why : "not known: the baseline is not complete");
        return 2 * row_height + 4;
    }
    group_study_members(study->model, members);
    pdf_draw_text(pen, &head_right, box.x + name + figure, baseline, 0, "mean");
    pdf_draw_text(pen, &head_right, box.x + name + 2 * figure, baseline, 0, "sigma");
    for (int v = 0; v < p; v++) {
        snprintf(text, sizeof text, "%d", v + 1);
        pdf_draw_text(pen, &head_right, x + width * (v + 1), baseline, 0, text);
    }
    for (int v = 0; v < p; v++) {
        int decimals = group->members[v]->decimals < 0 ? 4 : group->members[v]->decimals + 1;
        char label[96];
        baseline += row_height;
        snprintf(label, sizeof label, "%d  %s", v + 1, group->members[v]->name);
        pdf_draw_text(pen, &cell_left, box.x, baseline, name, label);
        pdf_draw_text(pen, &cell_right, box.x + name + figure, baseline, 0, text_number(members[v].mean, decimals, text, sizeof text));
        pdf_draw_text(pen, &cell_right, box.x + name + 2 * figure, baseline, 0, text_number(members[v].sd, decimals + 1, text, sizeof text));
        draw_correlations(pen, x, width, baseline, &members[v], v);
    }
    return baseline - box.y + 4;
}

void pdf_group_signals(struct pen *pen, struct box box, const struct group_study *study)
{
    const struct group_point *points[MOST];
    size_t fit = (size_t)fmax(1, (box.height - 12) / row_height), count = group_facts_signals(study, points, fit < MOST ? fit : MOST);
    const double time_width = 88, point_width = 38, what_width = group_chart_of(study->group)->dispersion ? 180 : 104;
    char heading[64], time[32], number[32], what[160], who[300];
    snprintf(heading, sizeof heading, count < study->signals ? "SIGNALS (the newest %zu of %zu)" : "SIGNALS", count, study->signals);
    pdf_draw_heading(pen, box.x, box.y + 7, box.width, heading);
    double baseline = box.y + 19, x = box.x + time_width + point_width;
    if (count == 0)
        pdf_draw_text(pen, &cell_left, box.x, baseline, 0, study->judged ? "none in the period" : "--");
    for (size_t i = 0; i < count; i++, baseline += row_height) {
        text_time_local(points[i]->time_us, "%Y-%m-%d %H:%M:%S", time, sizeof time);
        snprintf(number, sizeof number, "%lld", (long long)points[i]->number);
        pdf_draw_text(pen, &cell_left, box.x, baseline, time_width, time);
        pdf_draw_text(pen, &cell_right, x - 8, baseline, point_width, number);
        pdf_draw_text(pen, &cell_left, x, baseline, what_width - 6, group_signal_words(study->group, points[i], what, sizeof what));
        group_study_who(study, points[i], who, sizeof who);
        pdf_draw_text(pen, &cell_left, x + what_width, baseline, box.x + box.width - x - what_width, who);
    }
}
