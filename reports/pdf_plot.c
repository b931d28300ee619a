#include "reports/pdf_plot.h"

#include "config/config.h"
#include "reports/scale.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

enum { CURVE = 120, DOTS = 600, REACH = 4 };

static double x_of(const struct pdf_plot *plot, double value)
{
    return plot->box.x + (value - plot->low) / (plot->high - plot->low) * plot->box.width;
}

static double y_of(const struct pdf_plot *plot, double value)
{
    return plot->box.y + (plot->high - value) / (plot->high - plot->low) * plot->box.height;
}

static void include(struct pdf_plot *plot, double value)
{
    if (isfinite(value)) {
        plot->low = fmin(plot->low, value);
        plot->high = fmax(plot->high, value);
    }
}

static void widen(struct pdf_plot *plot, double share)
{
    double margin = plot->high > plot->low ? (plot->high - plot->low) * share : 1;
    plot->low -= margin;
    plot->high += margin;
}

static void draw_dot(struct pen *pen, const struct color *color, double x, double y, double radius)
{
    cairo_new_path(pen->cairo);
    cairo_arc(pen->cairo, x, y, radius, 0, 2 * M_PI);
    pdf_draw_color(pen, color);
    cairo_fill(pen->cairo);
}

/* --- axes */

void pdf_plot_axis_below(const struct pdf_plot *plot, int most)
{
    const struct pdf_style style = {plot->size, false, &color_soft, PDF_CENTER};
    struct scale scale = scale_of(plot->low, plot->high, most);
    double foot = plot->box.y + plot->box.height;
    char text[40];
    for (int i = 0; i < scale.count; i++) {
        double value = scale.first + i * scale.step, x = x_of(plot, value);
        pdf_draw_line(plot->pen, &color_line, 0.6, x, foot, x, foot + 3);
        pdf_draw_text(plot->pen, &style, x, foot + 4 + plot->size, 0, text_number(value, scale.decimals, text, sizeof text));
    }
}

void pdf_plot_axis_left(const struct pdf_plot *plot, int most)
{
    const struct pdf_style style = {plot->size, false, &color_soft, PDF_RIGHT};
    struct scale scale = scale_of(plot->low, plot->high, most);
    char text[40];
    for (int i = 0; i < scale.count; i++) {
        double value = scale.first + i * scale.step, y = y_of(plot, value);
        pdf_draw_line(plot->pen, &color_pale, 0.6, plot->box.x, y, plot->box.x + plot->box.width, y);
        pdf_draw_text(plot->pen, &style, plot->box.x - 5, y + 0.35 * plot->size, 0, text_number(value, scale.decimals, text, sizeof text));
    }
}

/* --- the last subgroups */

/* A specification far away would leave of the values a line. */
static void include_limit(struct pdf_plot *plot, double limit, double low, double high)
{
    double reach = REACH * (high - low);
    if (limit >= low - reach && limit <= high + reach)
        include(plot, limit);
}

static void draw_level(const struct pdf_plot *plot, const char *name, double value, const struct color *color)
{
    const struct pdf_style style = {plot->size, true, color, PDF_LEFT};
    double right = plot->box.x + plot->box.width, y = y_of(plot, value);
    if (!(value >= plot->low && value <= plot->high))
        return;
    pdf_draw_line(plot->pen, color, 0.8, plot->box.x, y, right, y);
    pdf_draw_text(plot->pen, &style, right + 4, y + 0.35 * plot->size, 0, name);
}

static void draw_subgroup(const struct pdf_plot *plot, const struct last_values *of, int place, double width, bool numbered)
{
    const struct last_subgroup *group = &of->last->of[place];
    const struct pdf_style style = {plot->size, false, &color_soft, PDF_CENTER};
    double x = plot->box.x + (place + 0.5) * width, low = INFINITY, high = -INFINITY;
    char text[24];
    for (size_t i = 0; i < group->n; i++) {
        low = fmin(low, of->values[group->first + i]);
        high = fmax(high, of->values[group->first + i]);
    }
    if (group->n > 1)
        pdf_draw_line(plot->pen, &color_line, 0.7, x, y_of(plot, low), x, y_of(plot, high));
    for (size_t i = 0; i < group->n; i++) {
        double value = of->values[group->first + i];
        draw_dot(plot->pen, value < of->lsl || value > of->usl ? &color_signal : &color_blue, x, y_of(plot, value), 1.5);
    }
    snprintf(text, sizeof text, "%lld", (long long)group->number);
    if (numbered)
        pdf_draw_text(plot->pen, &style, x, plot->box.y + plot->box.height + 4 + plot->size, 0, text);
}

void pdf_plot_last_subgroups(struct pen *pen, struct box box, double size, const struct last_values *of)
{
    struct pdf_plot plot = {pen, box, INFINITY, -INFINITY, size};
    int count = of->last->count;
    bool single = true;
    char title[64];
    for (int i = 0; i < count; i++) {
        single &= of->last->of[i].n == 1;
        for (size_t k = 0; k < of->last->of[i].n; k++)
            include(&plot, of->values[of->last->of[i].first + k]);
    }
    snprintf(title, sizeof title, "Last %d %s", count, single ? "values" : "subgroups: their values");
    pdf_draw_heading(pen, box.x, box.y - 6, box.width, title);
    pdf_draw_frame(pen, &color_line, 0.6, box);
    if (!count)
        return;
    double low = plot.low, high = plot.high;
    include(&plot, of->mean);
    include_limit(&plot, of->lsl, low, high);
    include_limit(&plot, of->usl, low, high);
    widen(&plot, 0.08);
    pdf_plot_axis_left(&plot, (int)(box.height / 22));
    pdf_draw_frame(pen, &color_line, 0.6, box);
    draw_level(&plot, "mean", of->mean, &color_blue);
    draw_level(&plot, "LSL", of->lsl, &color_signal);
    draw_level(&plot, "USL", of->usl, &color_signal);
    double width = box.width / count;
    snprintf(title, sizeof title, " %lld ", (long long)of->last->of[count - 1].number);
    int step = (int)ceil(pdf_draw_text_width(pen, &(struct pdf_style){size, false, &color_soft, PDF_CENTER}, title) / width);
    for (int i = 0; i < count; i++)
        draw_subgroup(&plot, of, i, width, (count - 1 - i) % step == 0);
}

/* --- probability */

static double quantile(const struct probability_plot *of, double z)
{
    return of->fit ? distribution_quantile(of->fit->distribution, of->fit->parameters, gsl_cdf_ugaussian_P(z)) : of->mean + z * of->sd;
}

/* Height is z, and most of it the edge. */
static double height_of(const struct pdf_plot *plot, double z, double most)
{
    return plot->box.y + (1 - (z / most + 1) / 2) * plot->box.height;
}

static void draw_marks(const struct pdf_plot *plot, double most)
{
    static const double marks[] = {0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999};
    const struct pdf_style style = {plot->size, false, &color_soft, PDF_RIGHT};
    double before = INFINITY;
    char text[24];
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        double y = height_of(plot, gsl_cdf_ugaussian_Pinv(marks[i]), most);
        pdf_draw_line(plot->pen, &color_pale, 0.6, plot->box.x, y, plot->box.x + plot->box.width, y);
        if (before - y < plot->size)
            continue;
        snprintf(text, sizeof text, "%g %%", 100 * marks[i]);
        pdf_draw_text(plot->pen, &style, plot->box.x - 4, y + 0.35 * plot->size, 0, text);
        before = y;
    }
}

static void draw_expected(const struct pdf_plot *plot, const struct probability_plot *of, double most)
{
    double before_x = NAN, before_y = NAN;
    for (int i = 0; i <= CURVE; i++) {
        double z = most * (2.0 * i / CURVE - 1), value = quantile(of, z), x = x_of(plot, value), y = height_of(plot, z, most);
        bool inside = value >= plot->low && value <= plot->high;
        if (inside && isfinite(before_x))
            pdf_draw_line(plot->pen, &color_ink, 0.8, before_x, before_y, x, y);
        before_x = inside ? x : NAN;
        before_y = y;
    }
}

/* Heights of the values: z of the median ranks (i - 0.3)/(n + 0.4) (Benard and Bos-Levenbach 1953). Of many, all at the ends and some between. */
void pdf_plot_probability(struct pen *pen, struct box box, double size, const struct probability_plot *of)
{
    size_t n = of->n, step = (n + DOTS - 1) / DOTS;
    double most = fmax(3.3, gsl_cdf_ugaussian_Pinv(1 - 0.7 / ((double)n + 0.4)) * 1.05);
    struct pdf_plot plot = {pen, box, of->sorted[0], of->sorted[n - 1], size};
    char title[80];
    widen(&plot, 0.1);
    snprintf(title, sizeof title, of->words ? "Probability plot" : "Probability plot: %.40s", of->fit ? of->fit->distribution->name : "normal");
    pdf_draw_heading(pen, box.x, box.y - 6, box.width, title);
    if (of->words)
        pdf_draw_text(pen, &(struct pdf_style){size, false, &color_soft, PDF_RIGHT}, box.x + box.width, box.y - 6, box.width - 75, of->words);
    draw_marks(&plot, most);
    draw_expected(&plot, of, most);
    for (size_t i = 0; i < n; i += i < 20 || i + 20 >= n ? 1 : step)
        draw_dot(pen, &color_blue, x_of(&plot, of->sorted[i]), height_of(&plot, gsl_cdf_ugaussian_Pinv(((double)i + 0.7) / ((double)n + 0.4)), most),
                 1.4);
    pdf_plot_axis_below(&plot, 5);
    pdf_draw_frame(pen, &color_line, 0.6, box);
}
