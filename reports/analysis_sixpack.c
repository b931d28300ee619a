#include "reports/analysis_sixpack.h"

#include "config/config.h"
#include "reports/pdf_plot.h"

#include <math.h>
#include <stdio.h>

enum { CURVE = 120, CLASSES = 30, GAP = 46, HEAD = 16, FOOT = 22 };

static double x_of(const struct pdf_plot *plot, double value)
{
    return plot->box.x + (value - plot->low) / (plot->high - plot->low) * plot->box.width;
}

static void include(struct pdf_plot *plot, double value)
{
    if (isfinite(value)) {
        plot->low = fmin(plot->low, value);
        plot->high = fmax(plot->high, value);
    }
}

bool analysis_sixpack_has(const struct analysis *analysis)
{
    return analysis_measures(analysis) && analysis->n_values > 1 && analysis->capability.sd > 0 && isfinite(analysis->capability.sd);
}

static void draw_limit(const struct pdf_plot *plot, const char *name, double value)
{
    if (!isfinite(value))
        return;
    pdf_draw_line(plot->pen, &color_signal, 0.9, x_of(plot, value), plot->box.y, x_of(plot, value), plot->box.y + plot->box.height);
    pdf_draw_halo_text(plot->pen, &(struct pdf_style){7, true, &color_signal, PDF_CENTER}, x_of(plot, value), plot->box.y + 9, name);
}

/* ln density of the fit that was asked for, else of the normal distribution. */
static double density(const struct analysis *analysis, double x)
{
    if (analysis->n_fits && !analysis->fits[0].why)
        return exp(distribution_log_density(analysis->fits[0].distribution, analysis->fits[0].parameters, x));
    return normal_density(x, analysis->capability.mean, analysis->capability.sd);
}

static void draw_curve(const struct pdf_plot *plot, const struct analysis *analysis, double per_density, double most, bool within)
{
    const struct capability *c = &analysis->capability;
    double foot = plot->box.y + plot->box.height, before_x = NAN, before_y = NAN;
    pdf_draw_dashes(plot->pen, within ? 3 : 0, within ? 2 : 0);
    for (int i = 0; i <= CURVE; i++) {
        double value = plot->low + (plot->high - plot->low) * i / CURVE;
        double height = per_density * (within ? normal_density(value, c->mean, c->sigma_within) : density(analysis, value));
        double y = foot - fmin(1, height / most) * plot->box.height, x = x_of(plot, value);
        if (i && isfinite(y) && isfinite(before_y))
            pdf_draw_line(plot->pen, &color_ink, 0.8, before_x, before_y, x, y);
        before_x = x;
        before_y = y;
    }
    pdf_draw_dashes(plot->pen, 0, 0);
}

static void draw_histogram(struct pdf_plot *plot, const struct analysis *analysis)
{
    const struct capability *c = &analysis->capability;
    struct histogram histogram = histogram_of(analysis->values, analysis->n_values, CLASSES);
    double per_density = (double)analysis->n_values * histogram.width, most = (double)histogram.largest;
    plot->low = histogram.low;
    plot->high = histogram.low + histogram.classes * histogram.width;
    include(plot, analysis->request.specification.lsl);
    include(plot, analysis->request.specification.usl);
    double margin = (plot->high - plot->low) * 0.04;
    plot->low -= margin;
    plot->high += margin;
    for (int i = 0; i <= CURVE; i++)
        most = fmax(most, fmin(2 * (double)histogram.largest, per_density * density(analysis, plot->low + (plot->high - plot->low) * i / CURVE)));
    most *= 1.08;
    for (int i = 0; i < histogram.classes; i++) {
        double left = x_of(plot, histogram.low + i * histogram.width), right = x_of(plot, histogram.low + (i + 1) * histogram.width);
        double height = (double)histogram.counts[i] / most * plot->box.height;
        pdf_draw_fill(plot->pen, &color_pale, (struct box){left, plot->box.y + plot->box.height - height, right - left, height});
        pdf_draw_frame(plot->pen, &color_blue, 0.5, (struct box){left, plot->box.y + plot->box.height - height, right - left, height});
    }
    draw_curve(plot, analysis, per_density, most, false);
    if (c->sigma_within > 0)
        draw_curve(plot, analysis, per_density, most, true);
    pdf_draw_heading(plot->pen, plot->box.x, plot->box.y - 6, plot->box.width, "Histogram (line: overall, dashes: within)");
    pdf_plot_axis_below(plot, 5);
    pdf_draw_frame(plot->pen, &color_line, 0.6, plot->box);
    draw_limit(plot, "LSL", analysis->request.specification.lsl);
    draw_limit(plot, "USL", analysis->request.specification.usl);
}

static double line(struct pen *pen, double x, double y, const char *name, const char *value)
{
    pdf_draw_text(pen, &(struct pdf_style){8, false, &color_soft, PDF_LEFT}, x, y, 0, name);
    pdf_draw_text(pen, &(struct pdf_style){8, true, &color_ink, PDF_LEFT}, x + 52, y, 0, value);
    return y + 11.5;
}

static double index_line(struct pen *pen, double x, double y, const char *name, const struct index *index)
{
    char text[64];
    if (isnan(index->value))
        return y;
    if (isnan(index->lower))
        snprintf(text, sizeof text, "%.3f", index->value);
    else
        snprintf(text, sizeof text, "%.3f (%.3f to %.3f)", index->value, index->lower, index->upper);
    return line(pen, x, y, name, text);
}

static void draw_figures(struct pen *pen, const struct analysis *analysis, struct box box)
{
    const struct capability *c = &analysis->capability;
    const struct normality *ad = &analysis->normality[0];
    double y = box.y + 8;
    char text[64], why[160], judged[200];
    pdf_draw_heading(pen, box.x, box.y - 6, box.width, "Capability");
    snprintf(text, sizeof text, "%lld", (long long)c->n);
    y = line(pen, box.x, y, "n", text);
    snprintf(text, sizeof text, "%.6g", c->mean);
    y = line(pen, box.x, y, "mean", text);
    snprintf(text, sizeof text, "%.5g", c->sd);
    y = line(pen, box.x, y, "overall", text);
    if (isfinite(c->sigma_within)) {
        snprintf(text, sizeof text, "%.5g (%s)", c->sigma_within, c->method);
        y = line(pen, box.x, y, "within", text);
    }
    y = index_line(pen, box.x, y, "Cp", &c->cp);
    y = index_line(pen, box.x, y, "Cpk", &c->cpk);
    y = index_line(pen, box.x, y, "Pp", &c->pp);
    y = index_line(pen, box.x, y, "Ppk", &c->ppk);
    y = index_line(pen, box.x, y, "Cpm", &analysis->cpm);
    if (analysis->n_fits)
        y = index_line(pen, box.x, y, "Ppk, fit", &analysis->shape.ppk);
    if (!ad->why) {
        bool tiny = ad->p.p < 0.0001;
        snprintf(text, sizeof text, "%.3f, p %c %.4f", ad->statistic, tiny ? '<' : ad->p.relation ? ad->p.relation : '=', tiny ? 0.0001 : ad->p.p);
        y = line(pen, box.x, y, "A2 normal", text);
    }
    if (analysis->model.id)
        y = line(pen, box.x, y, "model", analysis->model.id);
    const char *index = analysis_index(analysis, why, sizeof why);
    snprintf(judged, sizeof judged, "Judge by %s. %c%s.", index, why[0] - 'a' + 'A', why + 1);
    pdf_draw_paragraph(pen, &(struct pdf_style){8, false, &color_soft, PDF_LEFT}, box.x, y, box.width, 3, judged);
}

static struct last_subgroups last_subgroups_of(const struct analysis *analysis)
{
    struct last_subgroups last = {0};
    size_t first = 0;
    for (size_t i = 0; i < analysis->n_points; i++) {
        size_t n = analysis->points[i].excluded || analysis->points[i].n < 1 ? 0 : analysis_value_count(analysis, i);
        last_subgroups_add(&last, (int64_t)i + 1, first, n);
        first += n;
    }
    return last;
}

void analysis_sixpack_last(struct pen *pen, const struct analysis *analysis, struct box box)
{
    struct last_subgroups last = last_subgroups_of(analysis);
    const struct specification *s = &analysis->request.specification;
    pdf_plot_last_subgroups(pen, box, 8, &(struct last_values){&last, analysis->values, analysis->capability.mean, s->lsl, s->usl});
}

void analysis_sixpack(struct pen *pen, const struct analysis *analysis, struct box box)
{
    const struct capability *c = &analysis->capability;
    double width = (box.width - 2 * GAP) / 3, height = box.height - HEAD - FOOT;
    struct pdf_plot plot = {.pen = pen, .box = {box.x, box.y + HEAD, width, height}, .size = 7.5};
    const struct fit *fit = analysis->n_fits && !analysis->fits[0].why ? &analysis->fits[0] : NULL;
    draw_histogram(&plot, analysis);
    plot.box.x += width + GAP;
    pdf_plot_probability(pen, plot.box, 7, &(struct probability_plot){analysis->sorted, analysis->n_values, fit, c->mean, c->sd, NULL});
    draw_figures(pen, analysis, (struct box){plot.box.x + width + 20, plot.box.y, width + 26, height});
}
