#include "reports/panel.h"
#include "reports/pdf_parts.h"
#include "reports/scale.h"

#include <math.h>
#include <string.h>

enum { FEW_POINTS = 70, MANY_POINTS = 200, CROWD = 1000, GAPS_MOST = 60, LABELS_MOST = 5 };
static const double left_margin = 40, right_margin = 66, title_height = 13, axis_height = 14, between = 8;
static const struct pdf_style tick_style = {.size = 6.5, .color = &color_soft};

struct plot {
    struct pen *pen;
    struct panel panel;
    struct box box; /* of the plot itself, inside its labels */
};

static double x_of(const struct plot *plot, double i)
{
    return plot->box.x + plot->box.width * (i + 0.5) / (double)plot->panel.study->n_points;
}

static double y_of(const struct plot *plot, double value)
{
    return plot->box.y + plot->box.height * (plot->panel.high - value) / (plot->panel.high - plot->panel.low);
}

static bool same_line(const struct limit_line *a, const struct limit_line *b)
{
    return a->center == b->center && a->lcl == b->lcl && a->ucl == b->ucl && a->sigma == b->sigma;
}

/* Calls draw for each stretch of points [first, end) that share their limits. */
static void each_stretch(struct plot *plot, void (*draw)(struct plot *plot, const struct limit_line *line, size_t first, size_t end))
{
    size_t n = plot->panel.study->n_points;
    for (size_t first = 0, end; first < n; first = end) {
        const struct limit_line *line = panel_line(&plot->panel, first);
        for (end = first + 1;
             end < n && (same_line(line, panel_line(&plot->panel, end)) || (isnan(line->center) && isnan(panel_line(&plot->panel, end)->center)));)
            end++;
        if (!isnan(line->center))
            draw(plot, line, first, end);
    }
}

/* One, two and three sigma, ever paler; cut to the limits, which may be clipped at zero. */
static void draw_zones(struct plot *plot, const struct limit_line *line, size_t first, size_t end)
{
    static const struct color tints[] = {{0.966, 0.976, 0.985}, {0.945, 0.961, 0.975}, {0.922, 0.944, 0.964}};
    double x1 = x_of(plot, (double)first - 0.5), x2 = x_of(plot, (double)end - 0.5);
    if (isnan(line->sigma)) /* limits that are not alike on both sides */
        return;
    double width = chart_zone(plot->panel.study->characteristic->chart);
    int zones = (int)(3 / width);
    for (int zone = zones; zone >= 1; zone--) {
        double reach = zone * width * line->sigma, high = fmin(line->center + reach, line->ucl), low = fmax(line->center - reach, line->lcl);
        if (high > low)
            pdf_draw_fill(plot->pen, &tints[zones == 3 ? 3 - zone : 2 * (zones - zone)],
                          (struct box){x1, y_of(plot, high), x2 - x1, y_of(plot, low) - y_of(plot, high)});
    }
}

static void draw_limits(struct plot *plot, const struct limit_line *line, size_t first, size_t end)
{
    double x1 = x_of(plot, (double)first - 0.5), x2 = x_of(plot, (double)end - 0.5);
    pdf_draw_dashes(plot->pen, 4, 2);
    if (!isnan(line->ucl))
        pdf_draw_line(plot->pen, &color_signal, 0.8, x1, y_of(plot, line->ucl), x2, y_of(plot, line->ucl));
    if (panel_has_lcl(&plot->panel, line))
        pdf_draw_line(plot->pen, &color_signal, 0.8, x1, y_of(plot, line->lcl), x2, y_of(plot, line->lcl));
    pdf_draw_dashes(plot->pen, 0, 0);
    pdf_draw_line(plot->pen, &color_soft, 0.7, x1, y_of(plot, line->center), x2, y_of(plot, line->center));
}

/* --- numbers at the right edge, pushed apart where they would overlap */

struct label {
    const char *name;
    double value, y;
};

static void push_apart(struct label *labels, int count, double top, double bottom)
{
    const double distance = 8.5;
    for (int i = 1; i < count; i++)
        for (int k = i; k > 0 && labels[k].y < labels[k - 1].y; k--) {
            struct label swap = labels[k];
            labels[k] = labels[k - 1];
            labels[k - 1] = swap;
        }
    for (int i = 0; i < count; i++)
        labels[i].y = fmax(labels[i].y, i ? labels[i - 1].y + distance : top);
    for (int i = count; i-- > 0;)
        labels[i].y = fmin(labels[i].y, i + 1 < count ? labels[i + 1].y - distance : bottom);
}

/* Limits of single values belong on a chart of single values only: means spread less. */
static bool shows_specification(const struct plot *plot)
{
    const struct characteristic *c = plot->panel.study->characteristic;
    return plot->panel.place == 0 && c->subgroup == 1 && chart_shows_values(c->chart);
}

static bool fits(const struct plot *plot, double value)
{
    return value >= plot->panel.low && value <= plot->panel.high;
}

static void draw_edge_labels(struct plot *plot)
{
    const struct characteristic *c = plot->panel.study->characteristic;
    const struct limit_line *line = &plot->panel.newest;
    bool specification = shows_specification(plot);
    const struct label all[LABELS_MOST] = {
        {"UCL", line->ucl, 0},
        {"CL", line->center, 0},
        {"LCL", panel_has_lcl(&plot->panel, line) ? line->lcl : NAN, 0},
        {"USL", specification ? c->usl : NAN, 0},
        {"LSL", specification ? c->lsl : NAN, 0},
    };
    struct label labels[LABELS_MOST];
    int count = 0;
    for (int i = 0; i < LABELS_MOST; i++)
        if (fits(plot, all[i].value)) {
            labels[count] = all[i];
            labels[count++].y = y_of(plot, all[i].value);
        }
    push_apart(labels, count, plot->box.y + 2, plot->box.y + plot->box.height);
    for (int i = 0; i < count; i++) {
        const struct pdf_style style = {.size = 7, .bold = true, .color = &color_ink};
        const struct pdf_style number = {.size = 7, .color = &color_ink};
        char text[32];
        pdf_draw_text(plot->pen, &style, plot->box.x + plot->box.width + 4, labels[i].y + 2.5, 0, labels[i].name);
        pdf_draw_text(plot->pen, &number, plot->box.x + plot->box.width + 22, labels[i].y + 2.5, right_margin - 22,
                      text_number(labels[i].value, plot->panel.decimals, text, sizeof text));
    }
}

static void draw_specification(struct plot *plot)
{
    const struct characteristic *c = plot->panel.study->characteristic;
    const double limits[] = {c->lsl, c->usl};
    for (int i = 0; i < 2; i++)
        if (shows_specification(plot) && fits(plot, limits[i]))
            pdf_draw_line(plot->pen, &color_ink, 0.9, plot->box.x, y_of(plot, limits[i]), plot->box.x + plot->box.width, y_of(plot, limits[i]));
}

/* --- points */

/* More points than the page has dots: pale, so that the limits and the signals stay in front. */
static void draw_connection(struct plot *plot)
{
    static const struct color crowd = {0.47, 0.64, 0.77};
    cairo_t *cairo = plot->pen->cairo;
    size_t n = plot->panel.study->n_points;
    bool open = false;
    for (size_t i = 0; i < n; i++) {
        double value = panel_value(&plot->panel, i);
        if (isnan(value)) {
            open = false;
            continue;
        }
        if (open && !panel_is_gap(&plot->panel, i))
            cairo_line_to(cairo, x_of(plot, (double)i), y_of(plot, value));
        else
            cairo_move_to(cairo, x_of(plot, (double)i), y_of(plot, value));
        open = true;
    }
    pdf_draw_color(plot->pen, n > CROWD ? &crowd : &color_blue);
    cairo_set_line_width(cairo, n > CROWD ? 0.3 : n > MANY_POINTS ? 0.45 : 0.7);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(cairo);
}

static void draw_dot(struct pen *pen, double x, double y, double radius, const struct color *color, bool hollow)
{
    cairo_new_path(pen->cairo);
    cairo_arc(pen->cairo, x, y, radius, 0, 2 * M_PI);
    pdf_draw_color(pen, hollow ? &color_paper : color);
    cairo_fill_preserve(pen->cairo);
    pdf_draw_color(pen, color);
    cairo_set_line_width(pen->cairo, hollow ? 0.7 : 0.2);
    cairo_stroke(pen->cairo);
}

static void draw_diamond(struct pen *pen, double x, double y, double radius)
{
    cairo_move_to(pen->cairo, x, y - radius);
    cairo_line_to(pen->cairo, x + radius, y);
    cairo_line_to(pen->cairo, x, y + radius);
    cairo_line_to(pen->cairo, x - radius, y);
    cairo_close_path(pen->cairo);
    pdf_draw_color(pen, &color_signal);
    cairo_fill(pen->cairo);
}

static void draw_ring(struct pen *pen, double x, double y, double radius)
{
    pdf_draw_color(pen, &color_ink);
    cairo_set_line_width(pen->cairo, 0.8);
    cairo_new_path(pen->cairo);
    cairo_arc(pen->cairo, x, y, radius, 0, 2 * M_PI);
    cairo_stroke(pen->cairo);
}

/* The number of the most severe rule, on the far side of the centre; left out where it would touch the one before. */
static void draw_rule_number(struct plot *plot, size_t i, double x, double y, double *free_from)
{
    const struct pdf_style style = {.size = 6.2, .bold = true, .color = &color_ink, .align = PDF_CENTER};
    char text[16];
    const struct study *study = plot->panel.study;
    int number = rule_most_severe(study_rule_set(study, &study->points[i]), panel_rules(&plot->panel, i));
    bool over = plot->panel.floor || panel_value(&plot->panel, i) >= panel_line(&plot->panel, i)->center;
    if (x < *free_from)
        return;
    snprintf(text, sizeof text, "%d", number);
    pdf_draw_halo_text(plot->pen, &style, x, over ? y - 5 : y + 9.5, text);
    *free_from = x + 7;
}

/* Whose it is, above the largest and below the smallest, where there is room for it, and at signals. */
static void draw_stream(struct plot *plot, size_t i, double x, double y, bool signal)
{
    const struct pdf_style style = {.size = 5.5, .color = signal ? &color_ink : &color_soft, .align = PDF_CENTER};
    const char *name = study_stream(plot->panel.study, &plot->panel.study->points[i], plot->panel.place, true);
    double advance = plot->box.width / (double)plot->panel.study->n_points;
    if (*name && (signal || advance > 3.4 * (double)strlen(name) + 1))
        pdf_draw_halo_text(plot->pen, &style, x, plot->panel.place == STREAM_LOW ? y + (signal ? 15 : 8) : y - (signal ? 11 : 4), name);
}

static void draw_points(struct plot *plot)
{
    size_t n = plot->panel.study->n_points;
    double radius = n <= FEW_POINTS ? 1.9 : 1.2, signal_radius = n <= MANY_POINTS ? 3.2 : 2.2, free_from = 0;
    for (size_t i = 0; i < n; i++) {
        const struct point *point = &plot->panel.study->points[i];
        double value = panel_value(&plot->panel, i);
        if (isnan(value))
            continue;
        double x = x_of(plot, (double)i), y = y_of(plot, value);
        if (point->subgroup.excluded)
            draw_dot(plot->pen, x, y, radius + 0.4, &color_soft, true);
        else if (panel_rules(&plot->panel, i)) {
            draw_diamond(plot->pen, x, y, signal_radius);
            draw_rule_number(plot, i, x, y, &free_from);
        } else if (n <= MANY_POINTS)
            draw_dot(plot->pen, x, y, radius, &color_blue, false);
        draw_stream(plot, i, x, y, panel_rules(&plot->panel, i) != 0);
        if (plot->panel.place == 0 && (point->below || point->above))
            draw_ring(plot->pen, x, y, signal_radius + 1.2);
    }
}

static void draw_gaps(struct plot *plot)
{
    int gaps = 0;
    pdf_draw_dashes(plot->pen, 1, 2);
    for (size_t i = 1; i < plot->panel.study->n_points && gaps < GAPS_MOST; i++)
        if (panel_is_gap(&plot->panel, i)) {
            double x = x_of(plot, (double)i - 0.5);
            pdf_draw_line(plot->pen, &color_line, 0.6, x, plot->box.y, x, plot->box.y + plot->box.height);
            gaps++;
        }
    pdf_draw_dashes(plot->pen, 0, 0);
}

/* --- frame, axes, legend */

static void draw_value_axis(struct plot *plot)
{
    struct scale scale = scale_of(plot->panel.low, plot->panel.high, (int)(plot->box.height / 22));
    const struct pdf_style style = {.size = tick_style.size, .color = tick_style.color, .align = PDF_RIGHT};
    char text[32];
    for (int i = 0; i < scale.count; i++) {
        double value = scale.first + i * scale.step, y = y_of(plot, value);
        pdf_draw_line(plot->pen, &color_line, 0.5, plot->box.x - 3, y, plot->box.x, y);
        pdf_draw_text(plot->pen, &style, plot->box.x - 5, y + 2.3, 0, text_number(value, scale.decimals, text, sizeof text));
    }
}

/* The point from which on the mean is another. */
static void draw_change(struct plot *plot)
{
    const struct course *course = &plot->panel.study->course;
    const struct pdf_style style = {.size = 6.2, .bold = true, .color = &color_blue, .align = PDF_CENTER};
    for (size_t i = 0; !course->change.why && i < plot->panel.study->n_points; i++)
        if (plot->panel.study->points[i].number == course->point) {
            double x = x_of(plot, (double)i - 0.5);
            pdf_draw_dashes(plot->pen, 2, 1.5);
            pdf_draw_line(plot->pen, &color_blue, 0.9, x, plot->box.y, x, plot->box.y + plot->box.height);
            pdf_draw_dashes(plot->pen, 0, 0);
            pdf_draw_halo_text(plot->pen, &style, x, plot->box.y - 2, "change");
        }
}

static void draw_panel(struct pen *pen, struct box box, const struct study *study, const struct study_panel *panels, int at)
{
    const struct study_panel *which = &panels[at];
    struct plot plot = {.pen = pen, .panel = panel_of(study, which)};
    const struct pdf_style title = {.size = 7.5, .bold = true, .color = &color_blue}, note = {.size = 7, .color = &color_soft, .align = PDF_RIGHT};
    char text[96], name[48];
    bool unit = *plot.panel.unit;
    snprintf(text, sizeof text, "%s%s%.40s%s", study_panel_title(panels, at, name, sizeof name), unit ? " [" : "", plot.panel.unit, unit ? "]" : "");
    plot.box = (struct box){box.x + left_margin, box.y + title_height, box.width - left_margin - right_margin, box.height - title_height};
    pdf_draw_text(pen, &title, plot.box.x, box.y + 8, 0, text);
    if (isnan(plot.panel.newest.center))
        pdf_draw_text(pen, &note, plot.box.x + plot.box.width, box.y + 8, 0, "no control limits yet");
    if (which->place == 0 && chart_has_zones(study->characteristic->chart))
        each_stretch(&plot, draw_zones);
    draw_gaps(&plot);
    if (which->place == 0)
        draw_change(&plot);
    each_stretch(&plot, draw_limits);
    draw_specification(&plot);
    cairo_save(pen->cairo);
    cairo_rectangle(pen->cairo, plot.box.x - 4, plot.box.y - 12, plot.box.width + 8, plot.box.height + 24);
    cairo_clip(pen->cairo);
    draw_connection(&plot);
    draw_points(&plot);
    if (which->twin >= 0) {
        plot.panel = panel_twin(&plot.panel);
        draw_connection(&plot);
        draw_points(&plot);
        plot.panel.place = which->place;
    }
    cairo_restore(pen->cairo);
    pdf_draw_frame(pen, &color_line, 0.5, plot.box);
    draw_value_axis(&plot);
    draw_edge_labels(&plot);
}

static void draw_time_axis(struct pen *pen, struct box box, const struct study *study)
{
    struct panel_tick ticks[PANEL_TICKS];
    int count = panel_ticks(study, 6, ticks);
    double width = box.width - left_margin - right_margin, free_from = 0;
    for (int i = 0; i < count; i++) {
        double x = box.x + left_margin + width * ((double)ticks[i].point + 0.5) / (double)study->n_points;
        double length = pdf_draw_text_width(pen, &tick_style, ticks[i].text);
        double left = fmin(x - length / 2, box.x + left_margin + width - length);
        pdf_draw_line(pen, &color_line, 0.5, x, box.y, x, box.y + 3);
        if (left < free_from)
            continue;
        pdf_draw_text(pen, &tick_style, left, box.y + 10, 0, ticks[i].text);
        free_from = left + length + 8;
    }
}

/* What the marks mean, at the right of the heading. */
static void draw_legend(struct pen *pen, const struct characteristic *c, double right, double baseline)
{
    static const char *const words[] = {"signal, with its rule", "beyond specification", "excluded"};
    for (int i = 2; i >= 0; i--) {
        if (i == 1 && isnan(c->lsl) && isnan(c->usl))
            continue;
        right -= pdf_draw_text_width(pen, &tick_style, words[i]);
        pdf_draw_text(pen, &tick_style, right, baseline, 0, words[i]);
        right -= 7;
        if (i == 0)
            draw_diamond(pen, right, baseline - 2.3, 3);
        else if (i == 1)
            draw_ring(pen, right, baseline - 2.3, 3);
        else
            draw_dot(pen, right, baseline - 2.3, 2.2, &color_soft, true);
        right -= 12;
    }
}

/* Lines under the charts; returns their height. */
static double draw_course(struct pen *pen, struct box box, const struct study *study)
{
    const struct pdf_style style = {.size = 6.8, .color = &color_ink};
    const double line_height = 9;
    char lines[FACTS_COURSE][FACTS_COURSE_WORDS];
    int count = facts_course(study, lines);
    double height = count * line_height;
    for (int i = 0; i < count; i++)
        pdf_draw_text(pen, &style, box.x, box.y + box.height - height + (i + 0.9) * line_height, box.width, lines[i]);
    return height;
}

void pdf_chart(struct pen *pen, struct box box, const struct study *study)
{
    const struct pdf_style nothing = {.size = 10, .color = &color_soft, .align = PDF_CENTER};
    pdf_draw_heading(pen, box.x, box.y + 7, box.width, "CONTROL CHARTS");
    draw_legend(pen, study->characteristic, box.x + box.width, box.y + 7);
    box.y += 15;
    box.height -= 15;
    if (study->n_points == 0) {
        pdf_draw_frame(pen, &color_line, 0.5, box);
        pdf_draw_text(pen, &nothing, box.x + box.width / 2, box.y + box.height / 2, box.width, "no points in the period");
        return;
    }
    box.height -= draw_course(pen, box, study);
    static const double shares[STUDY_PANELS][STUDY_PANELS] = {{1}, {0.62, 0.38}, {0.44, 0.28, 0.28}};
    struct study_panel panels[STUDY_PANELS];
    int count = study_panels(study->characteristic->chart, panels);
    int drawn = 0, next = 0;
    for (int i = 0; i < count; i++)
        drawn += !panels[i].inside;
    double plots = box.height - axis_height - (drawn - 1) * between, y = box.y;
    for (int i = 0; i < count; i++) {
        if (panels[i].inside)
            continue;
        double height = plots * shares[drawn - 1][next++];
        draw_panel(pen, (struct box){box.x, y, box.width, height}, study, panels, i);
        y += height + between;
    }
    draw_time_axis(pen, (struct box){box.x, box.y + box.height - axis_height, box.width, axis_height}, study);
}
