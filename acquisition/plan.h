#ifndef GEMBA_ACQUISITION_PLAN_H
#define GEMBA_ACQUISITION_PLAN_H

#include "config/config.h"

#include <stdio.h>

/* One Modbus read, and the tags it brings: plan->order[first_tag .. first_tag + n_tags). */
struct request {
    enum area area;
    int first, count; /* registers or bits */
    size_t first_tag, n_tags;
};

/* How one instrument is read. Pure; owned by one thread. What the device refuses is learned here, until the plan is freed. */
struct plan {
    const struct instrument *instrument;
    struct request *requests;
    size_t n_requests;
    const struct tag **order;         /* all tags by area and address */
    bool *cut;                        /* per place in order: a request must begin here (learned) */
    size_t *together;                 /* per place in order: the last place of the tags that should come in the same answer */
    int max_registers, max_bits, gap; /* gap: registers between two tags that are cheaper to read than another request */
    size_t *offset;                   /* per column: where the tag's registers stand in a poll */
    size_t registers;                 /* of all tags */
};

/* Requests with tags of one area each, a value never split, gaps merged up to the break-even of the line (TCP: up to the limit). The counter,
 * source and serial of a characteristic, and the state and counters of a machine, come in one request where the limit allows it. */
struct plan *plan_build(const struct plant *plant, const struct instrument *instrument);
void plan_free(struct plan *plan);

/* The device refused the place of a request (exception 02): cuts at its gaps, else in the middle. True when the plan changed, so that
 * it is worth another try; false when the request holds nothing more to cut. */
bool plan_bisect(struct plan *plan, size_t request);
/* The device refused the size of a request (exception 03): halves the limit. */
bool plan_halve(struct plan *plan, size_t request);

/* Time on a serial line of one request and its answer, with an assumed turnaround; 0 on TCP. */
int64_t plan_line_us(const struct link *link, const struct request *request);
/* Registers whose transfer costs as much as another request: (13 characters + 2 silences + turnaround) / 2 characters. */
int plan_break_even(const struct link *link, int64_t turnaround_us);

/* What `gemba check` prints of one instrument; returns requests a second of real time. */
double plan_print(const struct plan *plan, FILE *stream);
/* Says which tags that belong together are read in different requests. Returns how many such groups there are. */
int plan_print_torn(const struct plan *plan, const struct plant *plant, FILE *stream);

#endif
