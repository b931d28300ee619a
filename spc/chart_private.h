/* Private to chart*.c. */
#ifndef GEMBA_SPC_CHART_PRIVATE_H
#define GEMBA_SPC_CHART_PRIVATE_H

#include "spc/chart_settings.h"

enum chart_family { CHART_VARIABLE, CHART_ATTRIBUTE, CHART_EVENT };
enum chart_panel { CHART_LOCATION, CHART_DISPERSION, CHART_THIRD, CHART_PANELS };

/* One point as a panel shows it. z: its distance from the centre in sigmas of its side, 3 at a limit; value NAN: missing. */
struct plotted {
    double value, z;
    struct limit_line line;
    int stream; /* of group: whose it is, from 1; 0: nobody's, or several streams' */
};

struct chart_frame {
    struct chart_state *state;
    const struct chart_settings *settings;
    const struct chart_estimate *process;
    const struct subgroup *point;
    const struct spc_chart *chart;
};

/* Patterns that mean something on the location panel: all, those of dispersion charts, points beyond only (neighbours are not independent), or those
 * and rows of one stream. */
enum chart_patterns { PATTERNS_ALL, PATTERNS_DISPERSION, PATTERNS_BEYOND, PATTERNS_STREAMS };

struct chart_kind {
    enum chart_family family;
    enum chart_patterns patterns;
    bool unlimited;                   /* judged by its centre alone */
    const char *third;                /* name of the third chart, or NULL */
    const struct spc_rule_set *rules; /* its own, or NULL */
    /* Fills center, sigma, extra; NULL: weighted mean and the estimator. */
    void (*measure)(const struct subgroup *points, size_t count, const struct chart_settings *settings, struct chart_estimate *estimate);
    /* Fills what the panels show; called for excluded points too (frame->point->excluded), which must leave the state alone. */
    void (*plot)(const struct chart_frame *frame, struct plotted panels[CHART_PANELS]);
};

extern const struct chart_kind chart_kind_single, chart_kind_range, chart_kind_sd, chart_kind_median, chart_kind_run, chart_kind_ewma,
    chart_kind_cusum, chart_kind_ma, chart_kind_z, chart_kind_three_r, chart_kind_three_s, chart_kind_acceptance, chart_kind_pre_control,
    chart_kind_group;
extern const struct chart_kind chart_kind_p, chart_kind_np, chart_kind_c, chart_kind_u, chart_kind_laney_p, chart_kind_laney_u, chart_kind_dpmo,
    chart_kind_g, chart_kind_t;

bool chart_counts(const struct subgroup *point);           /* for centre and sigma */
struct limit_line chart_line(double center, double sigma); /* 3 sigma */
/* z of a value, upper and lower sides with their own sigma. What stands on a line as the chart shows it, a limit or a whole or half number of sigmas
 * from the centre, has that number exactly: 10.3 is not beyond a limit of 10.3, whatever the difference and the quotient round to. */
double chart_z_by_line(double value, double z, double place, const struct limit_line *line, double side);
static inline double chart_z(double value, const struct limit_line *line, double up, double down)
{
    const double near = 1e-5, round = 0x1.8p52; /* adding and taking away the latter leaves the nearest whole number */
    const double distance = value - line->center;
    const double sides[] = {down, up}; /* by place: which side a value falls on cannot be predicted, and a wrong guess costs more than the rest */
    const double side = sides[distance > 0], z = distance == 0 ? 0 : distance / side, place = (2 * z + round - round) / 2;
    return __builtin_expect(__builtin_fabs(z - place) < near, 0) ? chart_z_by_line(value, z, place, line, side) : z;
}
/* A third of the distance to limits that leave alpha outside, in sigmas; alpha 0: of 3 sigma. */
double chart_reach(double alpha);
/* Chance of a point beyond s sigma where the limits, 3 of them, leave alpha outside. */
double chart_beyond_chance(double s, double alpha);
/* The centre and spread limits that a Shewhart chart's points share, made anew when what they come from changes; and a value among them. */
bool chart_limits_hold(const struct chart_frame *frame);
struct chart_limits chart_location_limits(const struct chart_frame *frame, double center, double sigma);
struct chart_limits chart_spread_limits(const struct chart_frame *frame, double sigma, int n, bool is_range);
void chart_show(const struct chart_frame *frame, enum chart_panel at, double value, struct plotted *panels);
/* Limits of a mean: 3 sigma, or by probability. */
struct limit_line chart_location_line(double center, double sigma_of_mean, double alpha);

#endif
