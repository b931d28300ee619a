#include "reports/analysis.h"

#include <math.h>
#include <string.h>

/* What a rendering asks of an analysis: its charts, their limits and rules by place, and the settings line. */

int analysis_panels(const struct analysis *analysis, struct analysis_panel panels[3])
{
    const struct spc_chart *chart = analysis->request.chart;
    int count = 0;
    panels[count++] = (struct analysis_panel){"location", chart->location, 0, -1};
    if (chart->dispersion)
        panels[count++] = (struct analysis_panel){"dispersion", chart->dispersion, 1, chart_has_streams(chart) ? 0 : -1};
    if (chart_third(chart))
        panels[count++] = (struct analysis_panel){"within", chart_third(chart), 2, -1};
    return count;
}

const char *analysis_stream_name(const struct analysis *analysis, const struct analysis_panel *panel, const struct subgroup *point, bool *several)
{
    int stream = analysis->input->n_streams ? streams_at(point, (enum stream_place)panel->place, several) : -1;
    return stream < 0 ? "" : analysis->input->stream_names[stream];
}

void analysis_leads(const struct analysis *analysis, struct analysis_lead *leads)
{
    for (size_t i = 0; i < analysis->n_points; i++)
        for (int place = STREAM_HIGH; place <= STREAM_WIDEST && !analysis->points[i].excluded; place++) {
            bool several = false;
            int stream = streams_at(&analysis->points[i], (enum stream_place)place, &several);
            if (stream < 0 || several)
                continue;
            struct analysis_lead *lead = &leads[stream];
            ++*(place == STREAM_HIGH ? &lead->largest : place == STREAM_LOW ? &lead->smallest : &lead->widest);
        }
}

const struct limit_line *analysis_panel_line(const struct analysis_panel *panel, const struct verdict *verdict)
{
    return panel->place == 0 ? &verdict->location : panel->place == 1 ? &verdict->dispersion : &verdict->within;
}

uint32_t analysis_panel_rules(const struct analysis_panel *panel, const struct verdict *verdict)
{
    return panel->place == 0 ? verdict->location_rules : panel->place == 1 ? verdict->dispersion_rules : verdict->within_rules;
}

const struct limit_line *analysis_line(const struct analysis *analysis, const struct analysis_panel *panel, size_t i)
{
    return analysis_panel_line(panel, &analysis->verdicts[i]);
}

uint32_t analysis_rules(const struct analysis *analysis, const struct analysis_panel *panel, size_t i)
{
    return analysis_panel_rules(panel, &analysis->verdicts[i]);
}

double analysis_value(const struct analysis *analysis, const struct analysis_panel *panel, size_t i)
{
    return analysis->verdicts[i].plotted[panel->place];
}

enum { POINT_WORDS = 192 };

char *analysis_settings(const struct analysis *analysis, char *out, size_t size)
{
    const struct analysis_request *request = &analysis->request;
    char chart[POINT_WORDS], from[64] = "all points";
    int streams = analysis->input->n_streams * analysis->input->stream_n, n = streams                                  ? streams
                                                                              : analysis->points && analysis->n_points ? analysis->points[0].n
                                                                              : analysis->input->spool                 ? (int)analysis->input->group
                                                                                                                       : 1;
    if (!isnan(request->settings.center) && !isnan(request->settings.spread))
        snprintf(from, sizeof from, "given centre and sigma");
    else if (request->baseline_last)
        snprintf(from, sizeof from, "points %ld-%ld", request->baseline_first, request->baseline_last);
    char alarms[64] = "";
    if (isfinite(analysis->false_alarm))
        snprintf(alarms, sizeof alarms, "; false alarm 1 in %.0f points", analysis->false_alarm);
    snprintf(out, size, "%s%s; limits from %s; %sconfidence %.4g %%",
             analysis->input->vector_p ? analysis_vector_words(analysis, chart, sizeof chart)
                                       : chart_words(request->chart, &request->settings, analysis->rules, n, chart, sizeof chart),
             alarms, from, streams && !request->settings.sigma ? "capability over all streams of a point together; " : "", 100 * request->confidence);
    return out;
}
