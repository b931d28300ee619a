#include "reports/json_figures.h"

#include <math.h>

void json_index(struct json *json, const char *key, const struct index *index)
{
    json_open(json, key, '{');
    json_number(json, "value", index->value);
    json_number(json, "lower", index->lower);
    json_number(json, "upper", index->upper);
    json_number(json, "lower_bound", index->bound);
    json_text(json, "why", isnan(index->lower) ? index->why : NULL);
    json_close(json, '}');
}

void json_ppm(struct json *json, const char *key, const struct ppm *ppm)
{
    json_open(json, key, '{');
    json_number(json, "below", ppm->below);
    json_number(json, "above", ppm->above);
    json_close(json, '}');
}

void json_p_value(struct json *json, const struct p_value *p)
{
    json_number(json, "p", p->p);
    if (p->relation == '<' || p->relation == '>')
        json_text(json, "relation", (char[]){p->relation, '\0'});
}

void json_fit(struct json *json, const struct fit *fit)
{
    json_text(json, "distribution", fit->distribution->id);
    json_open(json, "parameters", '{');
    for (int i = 0; i < fit->distribution->parameters && !fit->why; i++)
        json_number(json, fit->distribution->parameter[i], fit->parameters[i]);
    json_close(json, '}');
    json_number(json, "log_likelihood", fit->log_likelihood);
    json_number(json, "ad", fit->ad);
    json_p_value(json, &fit->p);
    if (fit->p_why)
        json_text(json, "p_why", fit->p_why);
    json_text(json, "method", fit->method);
    if (fit->why)
        json_text(json, "why", fit->why);
}
