#include "acquisition/sim_scenario.h"

int64_t sim_scenario_occurrence(const struct scenario *scenario, int64_t elapsed_us, int64_t *into_us)
{
    *into_us = elapsed_us - scenario->after_us;
    if (*into_us < 0)
        return -1;
    int64_t occurrence = 0;
    if (scenario->every_us > 0) {
        occurrence = *into_us / scenario->every_us;
        *into_us %= scenario->every_us;
    }
    bool over = scenario->lasts_us > 0 && *into_us >= scenario->lasts_us && scenario->kind != SCENARIO_OUTLIER;
    return over ? -1 : occurrence;
}

struct sim_effect sim_scenario_effect(const struct plant *plant, const struct characteristic *characteristic, int64_t elapsed_us, int64_t *played)
{
    struct sim_effect effect = {0, 1, false};
    for (size_t i = 0; i < plant->n_scenarios; i++) {
        const struct scenario *scenario = &plant->scenarios[i];
        if (scenario->characteristic != characteristic)
            continue;
        int64_t into_us, occurrence = sim_scenario_occurrence(scenario, elapsed_us, &into_us);
        if (occurrence < 0)
            continue;
        if (scenario->kind == SCENARIO_DRIFT)
            effect.offset += scenario->size * (double)into_us / (double)HOUR_US;
        else if (scenario->kind == SCENARIO_SHIFT)
            effect.offset += scenario->size;
        else if (scenario->kind == SCENARIO_WEAR)
            effect.offset += scenario->size * (double)into_us / (double)scenario->every_us;
        else if (scenario->kind == SCENARIO_STICK)
            effect.stuck = true;
        else if (scenario->kind == SCENARIO_SPREAD)
            effect.spread *= scenario->size;
        else if (scenario->kind == SCENARIO_OUTLIER && played[i] <= occurrence) {
            effect.offset += scenario->size;
            played[i] = occurrence + 1;
        }
    }
    return effect;
}

bool sim_scenario_silences(const struct plant *plant, const struct instrument *instrument, int64_t elapsed_us)
{
    for (size_t i = 0; i < plant->n_scenarios; i++) {
        const struct scenario *scenario = &plant->scenarios[i];
        int64_t into_us;
        if (scenario->kind == SCENARIO_SILENCE && scenario->instrument == instrument && sim_scenario_occurrence(scenario, elapsed_us, &into_us) >= 0)
            return true;
    }
    return false;
}

bool sim_scenario_stops(const struct plant *plant, const struct machine *machine, int64_t elapsed_us)
{
    for (size_t i = 0; i < plant->n_scenarios; i++) {
        const struct scenario *scenario = &plant->scenarios[i];
        int64_t into_us;
        if (scenario->kind == SCENARIO_STOP && scenario->machine == machine && sim_scenario_occurrence(scenario, elapsed_us, &into_us) >= 0)
            return true;
    }
    return false;
}
