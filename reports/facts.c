#include "reports/facts.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

int facts_decimals(const struct study *study)
{
    const struct characteristic *c = study->characteristic;
    if (c->decimals >= 0)
        return c->decimals;
    double span = c->usl - c->lsl;
    if (isnan(span) && study->n_values)
        span = study->moments.max - study->moments.min;
    if (!(span > 0))
        return 3;
    int decimals = 2 - (int)floor(log10(span));
    return decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
}

void facts_add(struct fact *facts, int *count, const char *label, const char *format, ...)
{
    va_list arguments;
    struct fact *fact = &facts[(*count)++];
    fact->label = label;
    va_start(arguments, format);
    vsnprintf(fact->value, sizeof fact->value, format, arguments);
    va_end(arguments);
}

static void add_number(struct fact *facts, int *count, const char *label, double value, int decimals, const char *suffix)
{
    char text[32];
    text_number(value, decimals, text, sizeof text);
    facts_add(facts, count, label, "%s%s%s", text, *suffix && !isnan(value) ? " " : "", isnan(value) ? "" : suffix);
}

int facts_identity(const struct sheet *sheet, const struct study *study, struct fact facts[FACTS_MOST])
{
    static const char *const classes[] = {[CLASS_MINOR] = "minor", [CLASS_MAJOR] = "major", [CLASS_CRITICAL] = "critical"};
    const struct characteristic *c = study->characteristic;
    bool described = c->description && *c->description;
    char made[48], first[32], last[32], sampling[96];
    int count = 0;
    text_time_local(sheet->made_us, "%Y-%m-%d %H:%M %Z", made, sizeof made);
    facts_add(facts, &count, "Characteristic", "%s", c->name);
    if (described)
        facts_add(facts, &count, "Description", "%s", c->description);
    facts_add(facts, &count, "Part", "%s", c->part && *c->part ? c->part : "--");
    facts_add(facts, &count, "Customer", "%s", *sheet->customer ? sheet->customer : "--");
    facts_add(facts, &count, "Class", "%s", classes[c->class]);
    facts_add(facts, &count, "Plant", "%s", study->plant->name);
    facts_add(facts, &count, "Machine", "%s%s%s", c->machine ? c->machine->name : "--", c->machine && c->machine->line ? ", line " : "",
              c->machine && c->machine->line ? c->machine->line : "");
    facts_add(facts, &count, "Period", "%s", study->period.words);
    if (c->stream_tags)
        facts_add(facts, &count, "Measured by", "%s and %d more", c->stream_tags[0]->full_name, c->n_streams - 1);
    else
        facts_add(facts, &count, "Measured by", "%s", c->source ? c->source->full_name : "--");
    facts_add(facts, &count, "Chart", "%s, %s", c->chart->name, study_sampling(c, sampling, sizeof sampling));
    facts_add(facts, &count, "Made", "%s", made);
    if (study->n_values)
        facts_add(facts, &count, "Values", "%s to %s", text_time_local(study->times[0], "%Y-%m-%d %H:%M", first, sizeof first),
                  text_time_local(study->times[study->n_values - 1], "%Y-%m-%d %H:%M", last, sizeof last));
    else
        facts_add(facts, &count, "Values", "none in the period");
    return count;
}

int facts_specification(const struct study *study, struct fact facts[FACTS_MOST])
{
    const struct characteristic *c = study->characteristic;
    const char *unit = c->unit ? c->unit : "";
    int decimals = facts_decimals(study), count = 0;
    add_number(facts, &count, "Nominal", c->nominal, decimals, unit);
    add_number(facts, &count, c->lsl_natural ? "LSL (bound)" : "LSL", c->lsl, decimals, unit);
    add_number(facts, &count, c->usl_natural ? "USL (bound)" : "USL", c->usl, decimals, unit);
    if (!isnan(c->target) && c->target != c->nominal)
        add_number(facts, &count, "Target", c->target, decimals, unit);
    add_number(facts, &count, "Required Cpk", c->required_cpk, 2, "");
    return count;
}

/* What was counted, and in how much. */
static int count_statistics(const struct study *study, struct fact facts[FACTS_MOST])
{
    double events = 0, size = 0, least = INFINITY, most = 0;
    int count = 0, decimals = facts_decimals(study);
    bool attribute = chart_is_attribute(study->characteristic->chart);
    for (size_t i = 0; i < study->n_points; i++) {
        const struct subgroup *point = &study->points[i].subgroup;
        if (point->excluded || isnan(point->count))
            continue;
        events += point->count;
        size += point->size;
        least = fmin(least, point->size);
        most = fmax(most, point->size);
    }
    facts_add(facts, &count, attribute ? "Samples" : "Events", "%zu", study->n_points);
    if (attribute) {
        add_number(facts, &count, "Counted", study->n_points ? events : NAN, 0, "");
        add_number(facts, &count, "In", study->n_points ? size : NAN, 0, "");
        add_number(facts, &count, "Rate", size > 0 ? events / size : NAN, 6, "");
        facts_add(facts, &count, "Samples of", least < most ? "%.10g to %.10g" : "%.10g", least <= most ? least : 0, most);
    } else
        add_number(facts, &count, "Mean between", study->n_values ? study->moments.mean : NAN, decimals + 1, study->characteristic->unit);
    facts_add(facts, &count, "Signals", "%zu", study->signals);
    facts_add(facts, &count, "Excluded", "%zu", study->excluded);
    facts_add(facts, &count, "Bad values", "%lld", (long long)study->bad_values);
    return count;
}

int facts_statistics(const struct study *study, struct fact facts[FACTS_MOST])
{
    if (!study->characteristic->chart->summarise)
        return count_statistics(study, facts);

    const struct capability *capability = &study->capability;
    int decimals = facts_decimals(study), count = 0;
    char within[160];
    text_number(capability->sigma_within, decimals + 2, within, sizeof within);
    bool named = !isnan(capability->sigma_within) && capability->method;
    facts_add(facts, &count, "Values (n)", "%lld", (long long)study->n_values);
    add_number(facts, &count, "Mean", study->n_values ? capability->mean : NAN, decimals + 1, "");
    facts_add(facts, &count, "s within", "%s%s%s%s", within, named ? " (" : "", named ? capability->method : "", named ? ")" : "");
    add_number(facts, &count, "s overall", capability->sd, decimals + 2, "");
    add_number(facts, &count, "Minimum", study->n_values ? study->moments.min : NAN, decimals, "");
    add_number(facts, &count, "Maximum", study->n_values ? study->moments.max : NAN, decimals, "");
    facts_add(facts, &count, "Points", "%zu", study->n_points);
    facts_add(facts, &count, "Signals", "%zu", study->signals);
    facts_add(facts, &count, "Beyond spec.", "%zu", study->violations);
    facts_add(facts, &count, "Excluded", "%zu", study->excluded);
    facts_add(facts, &count, "Bad values", "%lld", (long long)study->bad_values);
    if (study->sorted)
        facts_add(facts, &count, "Distribution", "%s", study_fit_words(study, within, sizeof within));
    return count;
}

void facts_indices(const struct study *study, struct fact_index indices[FACTS_INDICES])
{
    struct capability shaped = study_capability(study);
    const struct capability *c = &shaped;
    if (study_is_fitted(study)) { /* within subgroups there is no distribution to go by */
        shaped = capability_without_within(shaped, "the values are not taken as normal");
        shaped.pp = study->shape.pp;
        shaped.ppl = study->shape.ppl;
        shaped.ppu = study->shape.ppu;
        shaped.ppk = study->shape.ppk;
    }
    const struct fact_index all[FACTS_INDICES] = {
        {"Cp", c->cp}, {"Cpl", c->cpl}, {"Cpu", c->cpu}, {"Cpk", c->cpk}, {"Pp", c->pp}, {"Ppl", c->ppl}, {"Ppu", c->ppu}, {"Ppk", c->ppk},
    };
    memcpy(indices, all, sizeof all);
}

char *facts_index_text(double value, char *out, size_t size)
{
    int decimals = fabs(value) < 100 ? 3 : fabs(value) < 10000 ? 1 : 0;
    return text_number(value, decimals, out, size);
}

void facts_ppm(const struct study *study, struct fact_ppm rows[FACTS_PPM])
{
    static const struct ppm none = {NAN, NAN};
    const struct capability *c = &study->capability;
    bool fitted = study_is_fitted(study);
    const struct {
        const char *name;
        const struct ppm *ppm;
    } sources[FACTS_PPM] = {{"observed", &c->observed},
                            {"expected within", fitted ? &none : &c->within},
                            {"expected overall", fitted ? &study->shape.overall : &c->overall}};
    for (int i = 0; i < FACTS_PPM; i++) {
        double below = sources[i].ppm->below, above = sources[i].ppm->above;
        double total = isnan(below) ? above : isnan(above) ? below : below + above;
        rows[i] = (struct fact_ppm){sources[i].name, below, above, total};
    }
}

const char *facts_verdict(const struct study *study)
{
    static const char *const words[] = {
        [REQUIREMENT_NONE] = "NO REQUIREMENT",
        [REQUIREMENT_MET] = "MET",
        [REQUIREMENT_MET_UNSURE] = "MET, LOWER BOUND BELOW",
        [REQUIREMENT_MISSED] = "MISSED",
        [REQUIREMENT_UNKNOWN] = "CANNOT BE JUDGED",
    };
    return words[study->requirement];
}

char *facts_verdict_basis(const struct study *study, char *out, size_t size)
{
    const struct index *index = study_index(study);
    char required[48] = "";
    if (!isnan(study->characteristic->required_cpk))
        snprintf(required, sizeof required, ", required %.2f", study->characteristic->required_cpk);
    char value[32], bound[32];
    facts_index_text(index->value, value, sizeof value);
    facts_index_text(index->bound, bound, sizeof bound);
    if (!study->characteristic->chart->summarise)
        snprintf(out, size, "counts: %zu signal%s in %zu points", study->signals, study->signals == 1 ? "" : "s", study->n_points);
    else if (isnan(index->value))
        snprintf(out, size, "%s not known: %s", study->index_used, index->why ? index->why : "no values");
    else if (isnan(index->bound))
        snprintf(out, size, "%s %s%s", study->index_used, value, required);
    else
        snprintf(out, size, "%s %s (lower bound %s)%s", study->index_used, value, bound, required);
    return out;
}

void facts_tell_missed(const char *command, const struct study *study)
{
    char basis[160];
    fprintf(stderr, "gemba %s: %s misses its requirement: %s (%s; %s)\n", command, study->characteristic->name,
            facts_verdict_basis(study, basis, sizeof basis), study->index_reason, study->period.words);
}

static bool is_signal(const struct point *point)
{
    return study_rules(point, 0) || study_rules(point, 1) || study_rules(point, 2) || point->below || point->above;
}

size_t facts_signal_count(const struct study *study)
{
    size_t count = 0;
    for (size_t i = 0; i < study->n_points; i++)
        count += is_signal(&study->points[i]);
    return count;
}

size_t facts_signals(const struct study *study, const struct point **points, size_t most)
{
    size_t count = 0;
    for (size_t i = study->n_points; i-- > 0 && count < most;)
        if (is_signal(&study->points[i]))
            points[count++] = &study->points[i];
    return count;
}

/* The specification outranks the control limits. */
char *facts_signal_words(const struct study *study, const struct point *point, char *out, size_t size)
{
    char rules[384];
    study_rule_words(study, point, rules, sizeof rules);
    const char *side = point->below && point->above ? "beyond LSL and USL" : point->below ? "below LSL" : point->above ? "above USL" : "";
    snprintf(out, size, "%s%s%s", side, *side && *rules ? "; " : "", rules);
    return out;
}

char *facts_cause(const struct point *point, char *out, size_t size)
{
    bool both = *point->cause && *point->action;
    snprintf(out, size, "%s%s%s%s%s%s", point->cause, both ? "; " : "", point->action, *point->who ? " (" : "", point->who, *point->who ? ")" : "");
    return out;
}

int facts_course(const struct study *study, char lines[FACTS_COURSE][FACTS_COURSE_WORDS])
{
    const struct course *course = &study->course;
    char words[FACTS_COURSE_WORDS / 2];
    int count = 0, decimals = facts_decimals(study);
    if (*course_change_words(course, decimals + 1, lines[count], FACTS_COURSE_WORDS)) {
        size_t used = strlen(lines[count]);
        if (*course_events_words(course, words, sizeof words))
            snprintf(lines[count] + used, FACTS_COURSE_WORDS - used, "; near it: %s", words);
        count++;
    }
    if (*course_forecast_words(course, decimals, lines[count], FACTS_COURSE_WORDS))
        count++;
    return count;
}
