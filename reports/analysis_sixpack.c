#include "reports/analysis_sixpack.h"

#include "reports/scale.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>

enum { CURVE = 120, DOTS = 600, CLASSES = 30, GAP = 46, HEAD = 16, FOOT = 22 };

/* A plot whose x are values. */
struct plot {
    struct pen *pen;
    const struct analysis *analysis;
    struct box box;
    double low, high;
};

static double x_of(const struct plot *plot, double value)
{
    return plot->box.x + (value - plot->low) / (plot->high - plot->low) * plot->box.width;
}

static void include(struct plot *plot, double value)
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

static void draw_ground(struct plot *plot, const char *title)
{
    struct pdf_style style = {7.5, false, &color_soft, PDF_CENTER};
    struct scale scale = scale_of(plot->low, plot->high, 5);
    double foot = plot->box.y + plot->box.height;
    char text[40];
    pdf_draw_heading(plot->pen, plot->box.x, plot->box.y - 6, plot->box.width, title);
    for (int i = 0; i < scale.count; i++) {
        double value = scale.first + i * scale.step;
        pdf_draw_line(plot->pen, &color_line, 0.6, x_of(plot, value), foot, x_of(plot, value), foot + 3);
        pdf_draw_text(plot->pen, &style, x_of(plot, value), foot + 12, 0, text_number(value, scale.decimals, text, sizeof text));
    }
    pdf_draw_frame(plot->pen, &color_line, 0.6, plot->box);
}

static void draw_limit(struct plot *plot, const char *name, double value)
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

static void draw_curve(struct plot *plot, double per_density, double most, bool within)
{
    const struct capability *c = &plot->analysis->capability;
    double foot = plot->box.y + plot->box.height, before_x = NAN, before_y = NAN;
    pdf_draw_dashes(plot->pen, within ? 3 : 0, within ? 2 : 0);
    for (int i = 0; i <= CURVE; i++) {
        double value = plot->low + (plot->high - plot->low) * i / CURVE;
        double height = per_density * (within ? normal_density(value, c->mean, c->sigma_within) : density(plot->analysis, value));
        double y = foot - fmin(1, height / most) * plot->box.height, x = x_of(plot, value);
        if (i && isfinite(y) && isfinite(before_y))
            pdf_draw_line(plot->pen, &color_ink, 0.8, before_x, before_y, x, y);
        before_x = x;
        before_y = y;
    }
    pdf_draw_dashes(plot->pen, 0, 0);
}

static void draw_histogram(struct plot *plot)
{
    const struct analysis *analysis = plot->analysis;
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
    draw_curve(plot, per_density, most, false);
    if (c->sigma_within > 0)
        draw_curve(plot, per_density, most, true);
    draw_ground(plot, "Histogram (line: overall, dashes: within)");
    draw_limit(plot, "LSL", analysis->request.specification.lsl);
    draw_limit(plot, "USL", analysis->request.specification.usl);
}

/* Probability as height: z of the median ranks (i - 0.3)/(n + 0.4) (Benard and Bos-Levenbach 1953). On the line lies what is normal, or distributed
 * as the fit. */
static void draw_probability(struct plot *plot)
{
    static const double marks[] = {0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999};
    const struct analysis *analysis = plot->analysis;
    const struct fit *fit = analysis->n_fits && !analysis->fits[0].why ? &analysis->fits[0] : NULL;
    const struct capability *c = &analysis->capability;
    size_t n = analysis->n_values, step = (n + DOTS - 1) / DOTS;
    double most = fmax(3.3, gsl_cdf_ugaussian_Pinv(1 - 0.7 / ((double)n + 0.4)) * 1.05), before_x = NAN, before_y = NAN;
    char text[80];
    plot->low = analysis->sorted[0];
    plot->high = analysis->sorted[n - 1];
    double margin = (plot->high - plot->low) * 0.1;
    plot->low -= margin;
    plot->high += margin;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        double y = plot->box.y + (1 - (gsl_cdf_ugaussian_Pinv(marks[i]) / most + 1) / 2) * plot->box.height;
        snprintf(text, sizeof text, "%g %%", 100 * marks[i]);
        pdf_draw_line(plot->pen, &color_pale, 0.6, plot->box.x, y, plot->box.x + plot->box.width, y);
        pdf_draw_text(plot->pen, &(struct pdf_style){7, false, &color_soft, PDF_RIGHT}, plot->box.x - 4, y + 2.5, 0, text);
    }
    for (int i = 0; i <= CURVE; i++) {
        double z = most * (2.0 * i / CURVE - 1);
        double value = fit ? distribution_quantile(fit->distribution, fit->parameters, gsl_cdf_ugaussian_P(z)) : c->mean + z * c->sd;
        double x = x_of(plot, value), y = plot->box.y + (1 - (z / most + 1) / 2) * plot->box.height;
        bool inside = value >= plot->low && value <= plot->high;
        if (inside && isfinite(before_x))
            pdf_draw_line(plot->pen, &color_ink, 0.8, before_x, before_y, x, y);
        before_x = inside ? x : NAN;
        before_y = y;
    }
    pdf_draw_color(plot->pen, &color_blue);
    for (size_t i = 0; i < n; i += i < 20 || i + 20 >= n ? 1 : step) {
        double z = gsl_cdf_ugaussian_Pinv(((double)i + 0.7) / ((double)n + 0.4));
        cairo_new_path(plot->pen->cairo);
        cairo_arc(plot->pen->cairo, x_of(plot, analysis->sorted[i]), plot->box.y + (1 - (z / most + 1) / 2) * plot->box.height, 1.4, 0, 2 * M_PI);
        cairo_fill(plot->pen->cairo);
    }
    snprintf(text, sizeof text, "Probability plot: %.40s", fit ? fit->distribution->name : "normal");
    draw_ground(plot, text);
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
    char text[64];
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
        snprintf(text, sizeof text, "%.3f, p %c %.4f", ad->statistic, ad->p.relation ? ad->p.relation : '=', ad->p.p);
        y = line(pen, box.x, y, "A2 normal", text);
    }
    if (analysis->model.id)
        line(pen, box.x, y, "model", analysis->model.id);
}

void analysis_sixpack(struct pen *pen, const struct analysis *analysis, struct box box)
{
    double width = (box.width - 2 * GAP) / 3, height = box.height - HEAD - FOOT;
    struct plot plot = {.pen = pen, .analysis = analysis, .box = {box.x, box.y + HEAD, width, height}};
    draw_histogram(&plot);
    plot.box.x += width + GAP;
    draw_probability(&plot);
    draw_figures(pen, analysis, (struct box){plot.box.x + width + 20, plot.box.y, width + 26, height});
}
