#ifndef GEMBA_ACQUISITION_PLAN_H
#define GEMBA_ACQUISITION_PLAN_H

#include "config/config.h"

#include <stdio.h>

enum { PLAN_TURNAROUND_US = 20000 }; /* of a serial unit that was not measured yet */

/* One Modbus read, and the tags it brings: plan->order[first_tag .. first_tag + n_tags), all of one schedule and area. */
struct request {
    enum area area;
    int first, count; /* registers or bits */
    size_t first_tag, n_tags, schedule;
    bool refused; /* its one tag was refused when it was asked for alone */
};

/* How one instrument is read. Pure; owned by one thread. What the unit refuses, and how fast it is, is learned here. */
struct plan {
    const struct instrument *instrument;
    struct request *requests; /* by schedule */
    size_t n_requests;
    const struct tag **order;         /* all tags by schedule, area and address */
    int *cut;                         /* per place in order: 0, or a request must begin here while it is found out what is refused */
    int cuts;                         /* made since the last conclusion */
    size_t *together;                 /* per place in order: the last place of the tags that should come in the same answer */
    int proven[2];                    /* the most registers, and bits, that one answer brought */
    int max_registers, max_bits, gap; /* gap: registers between two tags that are cheaper to read than another request; -1: any */
    double turnaround_us;             /* serial: measured, averaged; 0: not yet */
    int measured;                     /* answers it comes from */
    size_t *offset;                   /* per column: where the tag's registers stand in a poll */
    size_t registers;                 /* of all tags */
    struct lessons lessons;
    bool taught, found; /* lessons are new; a tag was found that is refused by itself */
};

/* Requests with tags of one schedule and area each, a value never split, gaps merged up to the break-even of the line (TCP: up to the limit), by the
 * instrument's limits and lessons. The counter, source and serial of a characteristic, and the state and counters of a machine, come in one
 * request where the limits allow it. */
struct plan *plan_build(const struct plant *plant, const struct instrument *instrument);
void plan_free(struct plan *plan);

/* The unit refused the place of a request (exception 02): cuts it near its middle, at a gap when it has one. True when the plan changed, so that it
 * is worth another try; false when it was a single tag, which is remembered. */
bool plan_bisect(struct plan *plan, size_t request, int64_t now_us);
/* The unit refused the size of a request (exception 03): lowers the limit, which is remembered, to half or to what was answered before. True when
 * that changed the plan. */
bool plan_halve(struct plan *plan, size_t request, int64_t now_us);
/* An answer came: measures the turnaround and what one answer can bring, and forgives a tag that was refused before. Changes no request. */
void plan_answered(struct plan *plan, size_t request, int64_t rtt_us);
/* After a poll that was answered throughout: what its cuts found out becomes a lesson, a limit goes half the way back up to what was refused, lessons
 * that are a day old are tried again, and gaps follow the turnaround. May change all requests. True when the lessons changed since the last call.
 * now_us: plant time. */
bool plan_conclude(struct plan *plan, int64_t now_us);

/* Time on a serial line of one request and its answer, also behind a serial server when its baud is given; 0 otherwise. */
int64_t plan_line_us(const struct link *link, const struct request *request, int64_t turnaround_us);
/* Registers whose transfer costs as much as another request: (13 characters + 2 silences + turnaround) / 2 characters. */
int plan_break_even(const struct link *link, int64_t turnaround_us);

/* What `gemba check` prints of one instrument; each: its requests too. Returns requests a second of real time. */
double plan_print(const struct plan *plan, bool each, FILE *stream);
/* Says which tags that belong together are read in different requests. Returns how many such groups there are. */
int plan_print_torn(const struct plan *plan, const struct plant *plant, FILE *stream);

#endif
