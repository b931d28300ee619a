/* A chart for scripts: one JSON object, or its points as CSV. */
#include "tui/board.h"
#include "tui/capability_print.h"
#include "tui/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_capability(struct json *json, const struct chart *chart)
{
    const struct capability *c = &chart->indices.capability;
    json_open(json, "capability", '{');
    json_integer(json, "n", c->n);
    json_number(json, "mean", c->mean);
    json_number(json, "sd", c->sd);
    json_number(json, "sigma_within", c->sigma_within);
    json_text(json, "sigma_method", c->method ? c->method : "");
    json_number(json, "confidence", c->confidence);
    const struct {
        const char *key;
        const struct index *index;
    } indices[] = {{"cp", &c->cp}, {"cpl", &c->cpl}, {"cpu", &c->cpu}, {"cpk", &c->cpk},
                   {"pp", &c->pp}, {"ppl", &c->ppl}, {"ppu", &c->ppu}, {"ppk", &c->ppk}};
    for (size_t i = 0; i < sizeof indices / sizeof indices[0]; i++)
        json_index(json, indices[i].key, indices[i].index);
    json_number(json, "required_cpk", chart->characteristic->required_cpk);
    json_text(json, "judged_by", chart->indices.name);
    json_text(json, "judged_by_why", chart->indices.why);
    json_text(json, "verdict", requirement_words(chart->indices.requirement));
    json_close(json, '}');
}

static void put_line(struct json *json, const char *prefix, const struct limit_line *line)
{
    const struct {
        const char *key;
        double value;
    } values[] = {{"lcl", line->lcl}, {"center", line->center}, {"ucl", line->ucl}};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        char key[40];
        snprintf(key, sizeof key, "%s%s", prefix, values[i].key);
        json_number(json, key, values[i].value);
    }
}

static void put_point(struct json *json, const struct chart *chart, const struct point *point)
{
    char words[400];
    json_open(json, NULL, '{');
    json_integer(json, "number", point->number);
    json_time(json, "time", point->time_us);
    json_integer(json, "n", point->subgroup.n);
    json_number(json, "location", point->verdict.plotted[0]);
    json_number(json, "dispersion", point->verdict.plotted[1]);
    json_number(json, "within", point->verdict.plotted[2]);
    json_number(json, "count", chart->characteristic->n_streams ? NAN : point->subgroup.count);
    json_number(json, "size", point->subgroup.size);
    put_line(json, "", &point->verdict.location);
    put_line(json, "dispersion_", &point->verdict.dispersion);
    put_line(json, "within_", &point->verdict.within);
    json_rules(json, "rules", point->verdict.location_rules);
    json_rules(json, "dispersion_rules", point->verdict.dispersion_rules);
    json_rules(json, "within_rules", point->verdict.within_rules);
    json_text(json, "words", study_rule_words(chart->study, point, words, sizeof words));
    json_integer(json, "limits", point->limits);
    json_boolean(json, "excluded", point->subgroup.excluded);
    json_boolean(json, "below", point->below);
    json_boolean(json, "above", point->above);
    json_text(json, "cause", point->cause);
    json_text(json, "action", point->action);
    json_text(json, "who", point->who);
    json_text(json, "serial", point->serial);
    if (point->part[0])
        json_text(json, "part", point->part);
    if (chart->characteristic->n_streams) {
        static const char *const keys[] = {"largest", "smallest", "widest"};
        json_open(json, "streams", '{');
        for (int place = 0; place < 3; place++)
            json_text(json, keys[place], point->streams[place]);
        json_close(json, '}');
    }
    json_close(json, '}');
}

static void put_limits(struct json *json, const struct limits *limits)
{
    json_open(json, "limits", '{');
    json_text(json, "state", limits->id ? limits_state_name(limits->state) : "none");
    json_time(json, "time", limits->id ? limits->time_us : 0);
    json_number(json, "center", limits->id ? limits_center(limits) : NAN);
    json_number(json, "sigma", limits->id ? limits->sigma : NAN);
    json_integer(json, "points", limits->points);
    json_text(json, "source", limits->source);
    json_text(json, "who", limits->who);
    json_text(json, "why", limits->why);
    json_boolean(json, "provisional", limits->points > 0 && limits->points < LIMITS_FEW);
    json_close(json, '}');
}

static void put_change(struct json *json, const struct course *course)
{
    const struct change_point *change = &course->change;
    if (change->why) {
        json_text(json, "change", NULL);
        return;
    }
    json_open(json, "change", '{');
    json_text(json, "kind", change->kind == CHANGE_STEP ? "step" : "drift");
    json_integer(json, "point", course->point);
    json_integer(json, "first_point", course->first_point);
    json_integer(json, "last_point", course->last_point);
    json_time(json, "time", course->time_us);
    json_number(json, "before", change->before);
    json_number(json, "after", change->after);
    json_number(json, "slope", change->slope);
    json_number(json, "p", change->p);
    json_open(json, "events", '[');
    for (int i = 0; i < course->n_events; i++) {
        json_open(json, NULL, '{');
        json_time(json, "time", course->events[i].time_us);
        json_text(json, "words", course->events[i].words);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

static void put_forecast(struct json *json, const struct course *course)
{
    const struct forecast *forecast = &course->forecast;
    json_open(json, "forecast", '{');
    json_text(json, "why", forecast->why);
    json_text(json, "limit", forecast->why ? NULL : forecast->limit > 0 ? "usl" : "lsl");
    json_number(json, "points", forecast->why ? NAN : forecast->distance);
    json_number(json, "points_lower", forecast->why ? NAN : forecast->lower);
    json_number(json, "points_upper", forecast->why ? NAN : forecast->upper);
    json_number(json, "seconds", forecast->why ? NAN : forecast->distance * course->interval_s);
    json_number(json, "slope", forecast->slope);
    json_close(json, '}');
}

/* When the mean changed, where it drifts to, and what people noted. */
static void put_course(struct json *json, const struct course *course)
{
    put_change(json, course);
    put_forecast(json, course);
    json_open(json, "notes", '[');
    for (size_t i = 0; i < course->n_notes; i++) {
        json_open(json, NULL, '{');
        json_time(json, "time", course->notes[i].time_us);
        json_text(json, "object", course->notes[i].object);
        json_text(json, "who", course->notes[i].who);
        json_text(json, "text", course->notes[i].text);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void chart_print_json(const struct chart *chart, const struct study *capability, FILE *stream)
{
    const struct characteristic *c = chart->characteristic;
    struct json json = {.stream = stream, .first = {true}};
    json_open(&json, NULL, '{');
    json_text(&json, "name", c->name);
    json_text(&json, "part", c->part);
    json_text(&json, "machine", c->machine ? c->machine->name : "");
    json_text(&json, "unit", c->unit);
    json_text(&json, "chart", c->chart->id);
    json_text(&json, "rule_set", c->rules->id);
    json_integer(&json, "subgroup", c->subgroup);
    json_text(&json, "settings", chart->study->settings);
    json_number(&json, "lsl", c->lsl);
    json_number(&json, "usl", c->usl);
    json_number(&json, "nominal", c->nominal);
    put_limits(&json, &chart->study->limits);
    put_capability(&json, chart);
    capability_put_fit(&json, capability);
    put_course(&json, &chart->study->course);
    json_open(&json, "points", '[');
    for (size_t i = 0; i < chart->count; i++)
        put_point(&json, chart, &chart->points[i]);
    json_close(&json, ']');
    json_close(&json, '}');
}

struct point_row {
    const struct chart *chart;
    const struct point *point;
};

#define GET(name, expression)                                                                                                                        \
    static void get_##name(const void *data, struct cell *cell)                                                                                      \
    {                                                                                                                                                \
        const struct point *point = ((const struct point_row *)data)->point;                                                                         \
        expression;                                                                                                                                  \
    }
GET(number, cell->integer = point->number)
GET(time, cell->integer = point->time_us)
GET(n, cell->integer = point->subgroup.n)
GET(location, cell->number = point->verdict.plotted[0])
GET(dispersion, cell->number = point->verdict.plotted[1])
GET(within, cell->number = point->verdict.plotted[2])
GET(count, cell->number = point->streams[0][0] ? (double)NAN : point->subgroup.count)
GET(part, snprintf(cell->text, sizeof cell->text, "%s", point->part))
GET(largest, snprintf(cell->text, sizeof cell->text, "%s", point->streams[0]))
GET(smallest, snprintf(cell->text, sizeof cell->text, "%s", point->streams[1]))
GET(widest, snprintf(cell->text, sizeof cell->text, "%s", point->streams[2]))
GET(size, cell->number = point->subgroup.size)
GET(within_lcl, cell->number = point->verdict.within.lcl)
GET(within_center, cell->number = point->verdict.within.center)
GET(within_ucl, cell->number = point->verdict.within.ucl)
GET(within_rules, cell_rules(cell, point->verdict.within_rules))
GET(settings, cell_text(cell, point->settings))
GET(lcl, cell->number = point->verdict.location.lcl)
GET(center, cell->number = point->verdict.location.center)
GET(ucl, cell->number = point->verdict.location.ucl)
GET(dispersion_lcl, cell->number = point->verdict.dispersion.lcl)
GET(dispersion_center, cell->number = point->verdict.dispersion.center)
GET(dispersion_ucl, cell->number = point->verdict.dispersion.ucl)
GET(rules, cell_rules(cell, point->verdict.location_rules))
GET(dispersion_rules, cell_rules(cell, point->verdict.dispersion_rules))
GET(words, study_rule_words(((const struct point_row *)data)->chart->study, point, cell->text, sizeof cell->text))
GET(excluded, cell->integer = point->subgroup.excluded)
GET(cause, cell_text(cell, point->cause))
GET(action, cell_text(cell, point->action))
GET(serial, cell_text(cell, point->serial))

static const struct column columns[] = {
    {"number", NULL, COLUMN_INTEGER, 6, get_number},
    {"time", NULL, COLUMN_TIME, 8, get_time},
    {"n", NULL, COLUMN_INTEGER, 3, get_n},
    {"location", NULL, COLUMN_NUMBER, 10, get_location},
    {"dispersion", NULL, COLUMN_NUMBER, 10, get_dispersion},
    {"lcl", NULL, COLUMN_NUMBER, 10, get_lcl},
    {"center", NULL, COLUMN_NUMBER, 10, get_center},
    {"ucl", NULL, COLUMN_NUMBER, 10, get_ucl},
    {"dispersion_lcl", NULL, COLUMN_NUMBER, 10, get_dispersion_lcl},
    {"dispersion_center", NULL, COLUMN_NUMBER, 10, get_dispersion_center},
    {"dispersion_ucl", NULL, COLUMN_NUMBER, 10, get_dispersion_ucl},
    {"rules", NULL, COLUMN_LIST, 8, get_rules},
    {"dispersion_rules", NULL, COLUMN_LIST, 8, get_dispersion_rules},
    {"words", NULL, COLUMN_TEXT, 40, get_words},
    {"excluded", NULL, COLUMN_BOOLEAN, 5, get_excluded},
    {"cause", NULL, COLUMN_TEXT, 20, get_cause},
    {"action", NULL, COLUMN_TEXT, 20, get_action},
    {"serial", NULL, COLUMN_TEXT, 16, get_serial},
    {"within", NULL, COLUMN_NUMBER, 10, get_within},
    {"within_lcl", NULL, COLUMN_NUMBER, 10, get_within_lcl},
    {"within_center", NULL, COLUMN_NUMBER, 10, get_within_center},
    {"within_ucl", NULL, COLUMN_NUMBER, 10, get_within_ucl},
    {"within_rules", NULL, COLUMN_LIST, 8, get_within_rules},
    {"count", NULL, COLUMN_NUMBER, 6, get_count},
    {"size", NULL, COLUMN_NUMBER, 6, get_size},
    {"settings", NULL, COLUMN_TEXT, 60, get_settings},
    {"largest", NULL, COLUMN_TEXT, 8, get_largest},
    {"smallest", NULL, COLUMN_TEXT, 8, get_smallest},
    {"widest", NULL, COLUMN_TEXT, 8, get_widest},
    {"part", NULL, COLUMN_TEXT, 8, get_part},
};

int chart_print_csv(const struct chart *chart, FILE *stream, struct error *err)
{
    struct output *output = output_begin(stream, OUTPUT_CSV, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < chart->count; i++)
        output_row(output, &(struct point_row){chart, &chart->points[i]});
    return output_end(output, err);
}
