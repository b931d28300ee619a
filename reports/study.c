#include "reports/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES = 30 };
static const double confidence = 0.95;

/* --- points */

static int load_points(struct study *study, struct store *store, int64_t last, int64_t *before_us, struct error *err)
{
    struct point_cursor *cursor;
    struct point point;
    size_t room = 0;
    int more;
    /* one point more than asked for: where it ends, the values of the first wanted one begin */
    if (point_cursor_open(&cursor, store, study->characteristic->id, study->period.from_us, study->period.to_us, last > 0 ? last + 1 : 0, err))
        return -1;
    while ((more = point_cursor_next(cursor, &point, err)) == 1) {
        memory_grow((void **)&study->points, &room, study->n_points, sizeof point);
        study->points[study->n_points++] = point;
    }
    point_cursor_close(cursor);
    if (last > 0 && study->n_points > (size_t)last) {
        *before_us = study->points[0].time_us;
        memmove(study->points, study->points + 1, --study->n_points * sizeof *study->points);
    }
    return more;
}

static void count_points(struct study *study)
{
    size_t judged = 0;
    for (size_t i = 0; i < study->n_points; i++) {
        const struct point *point = &study->points[i];
        const struct verdict *verdict = &point->verdict;
        study->signals += !point->subgroup.excluded && (verdict->location_rules | verdict->dispersion_rules | verdict->within_rules) != 0;
        study->violations += point->below || point->above;
        study->excluded += point->subgroup.excluded;
        judged += !point->subgroup.excluded && !isnan(point->verdict.location.center);
    }
    study->stable = judged > 0 && study->signals == 0 && chart_tells_control(study->characteristic->chart);
}

static const struct point *find_point(const struct study *study, int64_t number)
{
    size_t low = 0, high = study->n_points;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (study->points[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < study->n_points && study->points[low].number == number ? &study->points[low] : NULL;
}

/* --- values, and sigma within from the same values in one pass */

struct reader {
    struct study *study;
    size_t values_room, times_room;
    int64_t subgroup; /* the point whose values are being collected */
    size_t first;     /* its first value's place */
    double previous;  /* the value before, for the moving range; NAN after a gap */
};

static void end_subgroup(struct reader *reader)
{
    struct study *study = reader->study;
    size_t n = study->n_values - reader->first;
    if (study->characteristic->subgroup > 1 && n > 1)
        within_add_subgroup(&study->within, study->values + reader->first, (int)n);
    if (find_point(study, reader->subgroup))
        last_subgroups_add(&study->last, reader->subgroup, reader->first, n);
    reader->first = study->n_values;
}

/* No moving range over a bad value, an excluded point, or where the judge saw a gap. */
static void add_moving_range(struct reader *reader, double value, const struct point *point)
{
    bool gap = isnan(reader->previous) || (point && isnan(point->subgroup.dispersion));
    if (reader->study->characteristic->subgroup == 1 && !gap)
        within_add_moving_range(&reader->study->within, fabs(value - reader->previous));
    reader->previous = value;
}

static void add_value(struct reader *reader, const struct measurement *measurement)
{
    struct study *study = reader->study;
    if (measurement->point == 0 || quality_is_bad(measurement->quality) || !isfinite(measurement->value)) {
        study->bad_values++;
        if (quality_is_bad(measurement->quality))
            reader->previous = NAN;
        return;
    }
    const struct point *point = find_point(study, measurement->point);
    if (measurement->point != reader->subgroup) {
        end_subgroup(reader);
        reader->subgroup = measurement->point;
    }
    if (point && point->subgroup.excluded) {
        reader->previous = NAN;
        return;
    }
    memory_grow((void **)&study->values, &reader->values_room, study->n_values, sizeof *study->values);
    memory_grow((void **)&study->times, &reader->times_room, study->n_values, sizeof *study->times);
    study->values[study->n_values] = measurement->value;
    study->times[study->n_values++] = measurement->time_us;
    add_moving_range(reader, measurement->value, point);
}

/* A NAN limit compares false: nothing is beyond a limit that is not there. */
static void count_beyond(struct study *study)
{
    for (size_t i = 0; i < study->n_values; i++) {
        study->below += study->values[i] < study->characteristic->lsl;
        study->above += study->values[i] > study->characteristic->usl;
    }
}

static int load_values(struct study *study, struct store *store, int64_t last, int64_t before_us, struct error *err)
{
    struct reader reader = {.study = study, .previous = NAN};
    struct measurement_cursor *cursor;
    struct measurement measurement;
    int more;
    int64_t first = 0, newest = INT64_MAX;
    if (last > 0 && study->n_points) {
        first = study->points[0].number;
        newest = study->points[study->n_points - 1].number;
    }
    int64_t from_us = before_us ? before_us : study->period.from_us;
    if (measurement_cursor_open(&cursor, store, study->characteristic->id, from_us, study->period.to_us, 0, err))
        return -1;
    while ((more = measurement_cursor_next(cursor, &measurement, err)) == 1)
        if (measurement.point == 0 || (measurement.point >= first && measurement.point <= newest))
            add_value(&reader, &measurement);
    measurement_cursor_close(cursor);
    end_subgroup(&reader);
    count_beyond(study);
    return more;
}

/* --- what follows from both */

/* Those in force now, unless they came after the period: then those that held for its last point. */
static int load_limits(struct study *study, struct store *store, struct error *err)
{
    struct error none = {0};
    bool many = study->characteristic->learns_parts; /* as many as parts: those of the last point tell more */
    if (!many && store_limits_in_force(store, study->characteristic->id, &study->limits, &none) == 0) {
        if (study->limits.time_us < study->period.to_us)
            return 0;
    } else if (!many && none.code != ERR_NOT_FOUND) {
        if (err)
            *err = none;
        return -1;
    }
    study->limits = (struct limits){.center = NAN, .sigma = NAN, .extra = NAN, .lcl = NAN, .ucl = NAN};
    if (study->n_points && study->points[study->n_points - 1].limits)
        return store_limits(store, study->points[study->n_points - 1].limits, &study->limits, err);
    return 0;
}

static char *index_reason(const struct study *study)
{
    if (study->moments.n == 0)
        return memory_text("no values in the period");
    if (study->signals)
        return memory_format("not in control: %zu signal%s in the period", study->signals, study->signals == 1 ? "" : "s");
    if (study->stable && study->characteristic->chart->summarise && strcmp(study->index_used, "Cpk") != 0)
        return memory_format("Cpk is not known: %s", study->capability.cpk.why);
    if (study->stable)
        return memory_text("in control: no signals in the period");
    if (!chart_tells_control(study->characteristic->chart))
        return memory_format("not known to be in control: the chart %s does not show it", study->characteristic->chart->id);
    return memory_text("no control limits yet: not known to be in control");
}

static void judge_requirement(struct study *study)
{
    const struct characteristic *c = study->characteristic;
    study->capability = capability_of(&study->moments, &study->within, characteristic_specification(c), study->below, study->above, confidence);
    study->requirement = capability_requirement(&study->capability, c->required_cpk, study->stable, &study->index_used);
    study->index_reason = index_reason(study);
}

struct capability study_capability(const struct study *study)
{
    return study->stable ? study->capability : capability_without_within(study->capability, study->index_reason);
}

const struct index *study_index(const struct study *study)
{
    if (study->index_used && !strcmp(study->index_used, "Cpk"))
        return &study->capability.cpk;
    return study_is_fitted(study) ? &study->shape.ppk : &study->capability.ppk;
}

static void write_settings(struct study *study)
{
    const struct characteristic *c = study->characteristic;
    char chart[POINT_SETTINGS], alarms[96], words[360], limits[368] = "no limits yet", sigma[128] = "";
    double df;
    const char *method, *why;
    double within = within_sigma(&study->within, &df, &method, &why);
    if (!isnan(within) && c->chart->summarise)
        snprintf(sigma, sizeof sigma, "; capability by sigma %s (df %.10g)%s, confidence %.0f %%", method, df,
                 c->n_streams ? " of all streams together" : "", 100 * confidence);
    else if (c->chart->summarise)
        snprintf(sigma, sizeof sigma, "; sigma within not known (%.60s)", why ? why : "no values");
    if (c->lsl_natural || c->usl_natural)
        snprintf(sigma + strlen(sigma), sizeof sigma - strlen(sigma), "; %s a natural bound", c->lsl_natural ? "LSL" : "USL");
    if (chart_goes_by_specification(c->chart))
        snprintf(limits, sizeof limits, "limits are the specification");
    else if (study->limits.id)
        snprintf(limits, sizeof limits, "limits %s", limits_words(&study->limits, words, sizeof words));
    char detection[96];
    study_detection(c, detection, sizeof detection);
    snprintf(study->settings, sizeof study->settings, "%s; %s; %s%s%s%s",
             chart_words(c->chart, &c->settings, c->rules, c->subgroup, chart, sizeof chart), study_false_alarms(c, alarms, sizeof alarms), limits,
             sigma, *detection ? "; " : "", detection);
}

static struct study *begin(const struct plant *plant, const struct characteristic *characteristic, const struct period *period)
{
    struct study *study = memory_zero(1, sizeof *study);
    *study = (struct study){.plant = plant, .characteristic = characteristic, .period = *period, .made_us = clock_now_us()};
    study->course.change.why = study->course.forecast.why = "not asked for";
    return study;
}

int study_make(struct study **out, struct store *store, const struct plant *plant, const struct characteristic *characteristic,
               const struct period *period, int64_t last, struct error *err)
{
    struct study *study = begin(plant, characteristic, period);
    int64_t before_us = 0;
    study->limits = (struct limits){.center = NAN, .sigma = NAN, .extra = NAN, .lcl = NAN, .ucl = NAN};
    *out = NULL;
    /* id 0: the collector has not met it yet, so there is nothing to read */
    if (characteristic->id &&
        (load_points(study, store, last, &before_us, err) || load_values(study, store, last, before_us, err) || load_limits(study, store, err))) {
        study_free(study);
        return -1;
    }
    count_points(study);
    study->moments = moments_of(study->values, study->n_values);
    study->histogram = histogram_of(study->values, study->n_values, CLASSES);
    judge_requirement(study);
    write_settings(study);
    *out = study;
    return 0;
}

/* --- figures only */

static int sum_up(struct study *study, struct store *store, struct error *err)
{
    const struct characteristic *c = study->characteristic;
    struct summary summary = {.tally = {.count = 0}};
    const struct tally *tally = &summary.tally;
    if (c->id && store_summary(store, c->id, study->period.from_us, study->period.to_us, c->lsl, c->usl, &summary, err))
        return -1;
    study->n_points = (size_t)tally->points;
    study->signals = (size_t)tally->signals;
    study->violations = (size_t)tally->violations;
    study->excluded = (size_t)tally->excluded;
    study->stable = tally->judged > 0 && tally->signals == 0 && chart_tells_control(c->chart);
    study->n_values = (size_t)tally->moments.n;
    study->bad_values = tally->bad;
    study->moments = tally->moments;
    study->within = tally->within;
    study->below = tally->below;
    study->above = tally->above;
    study->coarse = summary.coarse;
    judge_requirement(study);
    return 0;
}

int study_figures(struct study **out, struct store *store, const struct plant *plant, const struct characteristic *characteristic,
                  const struct period *period, struct error *err)
{
    if (characteristic->chart->summarise && (characteristic->distribution || characteristic->fitted)) {
        if (study_make(out, store, plant, characteristic, period, 0, err))
            return -1;
        study_fit(*out);
        return 0;
    }
    struct study *study = begin(plant, characteristic, period);
    *out = NULL;
    if (sum_up(study, store, err)) {
        study_free(study);
        return -1;
    }
    *out = study;
    return 0;
}

int study_course(struct study *study, struct store *store, struct error *err)
{
    course_free(&study->course);
    return course_of(&study->course, store, study->characteristic, study->points, study->n_points, err);
}

void study_free(struct study *study)
{
    if (!study)
        return;
    course_free(&study->course);
    free((char *)study->index_reason);
    free(study->points);
    free(study->values);
    free(study->times);
    free(study->sorted);
    free(study);
}
