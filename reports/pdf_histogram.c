#include "reports/pdf_parts.h"
#include "reports/scale.h"

#include <math.h>

/* A limit farther away than so many widths of the data would leave of them a line: it is named at the edge. */
enum { CURVE_STEPS = 120, REACH = 8 };

struct axes {
    struct pen *pen;
    struct box box;
    double low, high; /* of values */
    double top;       /* of the density scale, as counts */
    const struct study *study;
};

static double x_of(const struct axes *axes, double value)
{
    return axes->box.x + axes->box.width * (value - axes->low) / (axes->high - axes->low);
}

static double y_of(const struct axes *axes, double count)
{
    return axes->box.y + axes->box.height * (1 - count / axes->top);
}

static void include(struct axes *axes, double value)
{
    if (isnan(value))
        return;
    axes->low = fmin(axes->low, value);
    axes->high = fmax(axes->high, value);
}

/* The density as a count a class: what the bars show. */
static double curve(const struct axes *axes, double value, double sd)
{
    const struct histogram *histogram = &axes->study->histogram;
    const struct fit *fit = &axes->study->fit;
    double density = study_is_fitted(axes->study) ? exp(distribution_log_density(fit->distribution, fit->parameters, value))
                                                  : normal_density(value, axes->study->capability.mean, sd);
    return density * histogram->width * (double)histogram->total;
}

static void set_range(struct axes *axes)
{
    const struct study *study = axes->study;
    const struct histogram *histogram = &study->histogram;
    double sd = study->capability.sd;
    axes->low = histogram->low;
    axes->high = histogram->low + histogram->classes * histogram->width;
    if (sd > 0 && study->characteristic->chart->summarise) {
        include(axes, study->capability.mean - 3.5 * sd);
        include(axes, study->capability.mean + 3.5 * sd);
    }
    double reach = REACH * (axes->high - axes->low), low = axes->low - reach, high = axes->high + reach;
    const double limits[] = {study->characteristic->lsl, study->characteristic->usl};
    for (int i = 0; i < 2; i++)
        if (limits[i] >= low && limits[i] <= high)
            include(axes, limits[i]);
    double margin = 0.04 * (axes->high - axes->low);
    axes->low -= margin;
    axes->high += margin;
    double peak = fmax(curve(axes, study->capability.mean, sd), curve(axes, study->capability.mean, study->capability.sigma_within));
    axes->top = 1.1 * fmax((double)histogram->largest, isfinite(peak) ? fmin(peak, 2.5 * (double)histogram->largest) : 0);
}

static void draw_bars(const struct axes *axes)
{
    static const struct color bar = {0.72, 0.81, 0.88};
    const struct histogram *histogram = &axes->study->histogram;
    for (int i = 0; i < histogram->classes; i++) {
        double x1 = x_of(axes, histogram->low + i * histogram->width), x2 = x_of(axes, histogram->low + (i + 1) * histogram->width);
        double y = y_of(axes, (double)histogram->counts[i]);
        struct box box = {x1, y, x2 - x1, axes->box.y + axes->box.height - y};
        if (histogram->counts[i] == 0)
            continue;
        pdf_draw_fill(axes->pen, &bar, box);
        pdf_draw_frame(axes->pen, &color_blue, 0.4, box);
    }
}

static void draw_curve(const struct axes *axes, double sd, bool dashed)
{
    if (!(sd > 0))
        return;
    cairo_t *cairo = axes->pen->cairo;
    cairo_save(cairo);
    cairo_rectangle(cairo, axes->box.x, axes->box.y, axes->box.width, axes->box.height);
    cairo_clip(cairo);
    for (int i = 0; i <= CURVE_STEPS; i++) {
        double value = axes->low + (axes->high - axes->low) * i / CURVE_STEPS;
        cairo_line_to(cairo, x_of(axes, value), y_of(axes, curve(axes, value, sd)));
    }
    pdf_draw_dashes(axes->pen, dashed ? 3 : 0, 2);
    pdf_draw_color(axes->pen, &color_ink);
    cairo_set_line_width(cairo, 0.9);
    cairo_stroke(cairo);
    cairo_restore(cairo);
}

static void draw_line(const struct axes *axes, double value, const struct color *color, bool dashed)
{
    pdf_draw_dashes(axes->pen, dashed ? 1.5 : 0, 1.5);
    pdf_draw_line(axes->pen, color, dashed ? 0.7 : 1.1, x_of(axes, value), axes->box.y, x_of(axes, value), axes->box.y + axes->box.height);
    pdf_draw_dashes(axes->pen, 0, 0);
}

/* The specification's limits and nominal; labels of limits that stand close lean outwards, and the nominal's gives way. */
static void draw_marks(const struct axes *axes)
{
    const struct characteristic *c = axes->study->characteristic;
    bool close = x_of(axes, c->usl) - x_of(axes, c->lsl) < 70;
    const struct {
        const char *name;
        double value;
        const struct color *color;
        bool nominal;
        enum pdf_align align;
    } marks[] = {
        {"Nominal", c->nominal, &color_soft, true, PDF_CENTER},
        {"LSL", c->lsl, &color_ink, false, close ? PDF_RIGHT : PDF_CENTER},
        {"USL", c->usl, &color_ink, false, close ? PDF_LEFT : PDF_CENTER},
    };
    double edge = axes->box.y + 8;
    for (int i = 0; i < 3; i++) {
        struct pdf_style style = {.size = 6.5, .bold = true, .color = marks[i].color, .align = marks[i].align};
        bool right = marks[i].value > axes->high, outside = right || marks[i].value < axes->low;
        char text[32];
        bool covered = fabs(x_of(axes, c->nominal) - x_of(axes, c->lsl)) < 40 || fabs(x_of(axes, c->nominal) - x_of(axes, c->usl)) < 40;
        if (isnan(marks[i].value) || (marks[i].nominal && (close || outside || covered)))
            continue;
        if (!outside) {
            draw_line(axes, marks[i].value, marks[i].color, marks[i].nominal);
            pdf_draw_text(axes->pen, &style, x_of(axes, marks[i].value), axes->box.y - 2.5, 0, marks[i].name);
            continue;
        }
        style.align = right ? PDF_RIGHT : PDF_LEFT;
        snprintf(text, sizeof text, right ? "%s >>" : "<< %s", marks[i].name);
        pdf_draw_text(axes->pen, &style, right ? axes->box.x + axes->box.width - 2 : axes->box.x + 2, edge, 0, text);
        edge += 9;
    }
}

static void draw_axis(const struct axes *axes)
{
    const struct pdf_style style = {.size = 6.5, .color = &color_soft, .align = PDF_CENTER};
    struct scale scale = scale_of(axes->low, axes->high, 6);
    double bottom = axes->box.y + axes->box.height;
    char text[32];
    pdf_draw_line(axes->pen, &color_soft, 0.6, axes->box.x, bottom, axes->box.x + axes->box.width, bottom);
    for (int i = 0; i < scale.count; i++) {
        double value = scale.first + i * scale.step;
        pdf_draw_line(axes->pen, &color_soft, 0.5, x_of(axes, value), bottom, x_of(axes, value), bottom + 3);
        pdf_draw_text(axes->pen, &style, x_of(axes, value), bottom + 10, 0, text_number(value, scale.decimals, text, sizeof text));
    }
}

static void draw_legend(struct pen *pen, double x, double baseline, const struct study *study)
{
    bool fitted = study_is_fitted(study);
    const char *const words[] = {fitted ? study->fit.distribution->name : "normal, s overall", "s within"};
    const struct pdf_style style = {.size = 6.5, .color = &color_soft};
    for (int i = 0; i < (fitted ? 1 : 2); i++) {
        pdf_draw_dashes(pen, i ? 3 : 0, 2);
        pdf_draw_line(pen, &color_ink, 0.9, x, baseline - 2.2, x + 14, baseline - 2.2);
        pdf_draw_dashes(pen, 0, 0);
        pdf_draw_text(pen, &style, x + 17, baseline, 0, words[i]);
        x += 17 + pdf_draw_text_width(pen, &style, words[i]) + 10;
    }
}

void pdf_histogram(struct pen *pen, struct box box, const struct study *study)
{
    const struct pdf_style nothing = {.size = 9, .color = &color_soft, .align = PDF_CENTER};
    struct axes axes = {.pen = pen, .box = {box.x + 2, box.y + 24, box.width - 4, box.height - 48}, .study = study};
    pdf_draw_heading(pen, box.x, box.y + 7, box.width, "HISTOGRAM");
    if (study->histogram.classes == 0) {
        pdf_draw_text(pen, &nothing, box.x + box.width / 2, box.y + box.height / 2, box.width, "no values in the period");
        return;
    }
    set_range(&axes);
    draw_bars(&axes);
    if (study->characteristic->chart->summarise)
        draw_curve(&axes, study->capability.sd, false);
    if (!study_is_fitted(study))
        draw_curve(&axes, study->capability.sigma_within, true);
    draw_marks(&axes);
    draw_axis(&axes);
    if (study->characteristic->chart->summarise)
        draw_legend(pen, box.x + 2, box.y + box.height - 3, study);
}
