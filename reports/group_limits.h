#ifndef GEMBA_REPORTS_GROUP_LIMITS_H
#define GEMBA_REPORTS_GROUP_LIMITS_H

#include "reports/limits.h"

/* Decisions about the limits of characteristics charted together, as limits.h has them for one. They are calculated, never entered: a covariance is
 * nothing to be typed. */
struct group_proposal {
    enum limits_decision decision;
    const struct characteristic_group *group;
    struct group_model now, then;  /* now.number 0: none */
    struct limits_proposal effect; /* its judged, signals_now, signals_then, for limits_effect */
};
int group_limits_propose(struct group_proposal *proposal, struct store *store, const struct characteristic_group *group,
                         enum limits_decision decision, const struct limits_wish *wish, struct error *err);
int group_limits_decide(struct group_proposal *proposal, struct store *store, const char *who, const char *reason, struct error *err);

/* "T2 limit 13.2, centre 1.41; |S| 0.0021, limits 0 to 0.0084; 50 points of 5". Returns out. */
char *group_limits_numbers(const struct group_model *model, char *out, size_t size);

/* `gemba limits GROUP ...`: show, history, or a decision. */
struct group_limits_request {
    struct store *store;
    const struct person *person;
    const struct characteristic_group *group;
    const char *what, *reason;
    bool json, only_try;
    struct limits_wish wish;
};
int group_limits_run(const struct group_limits_request *request);

#endif
