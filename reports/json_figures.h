#ifndef GEMBA_REPORTS_JSON_FIGURES_H
#define GEMBA_REPORTS_JSON_FIGURES_H

#include "reports/output.h"
#include "spc/spc.h"

/* Figures as JSON: the same keys in `gemba study` and `gemba show`. */

/* {"value", "lower", "upper", "lower_bound", "why": of what is absent, else null} */
void json_index(struct json *json, const char *key, const struct index *index);
void json_ppm(struct json *json, const char *key, const struct ppm *ppm);
/* "p", and "relation" where it is only known to be below or above that. */
void json_p_value(struct json *json, const struct p_value *p);
/* "distribution", "parameters": {by name}, "log_likelihood", "ad", "p", "method": into the object that is open. */
void json_fit(struct json *json, const struct fit *fit);

#endif
