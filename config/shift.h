#ifndef GEMBA_CONFIG_SHIFT_H
#define GEMBA_CONFIG_SHIFT_H

#include "config/plant.h"

/* One occurrence of a shift: [from_us, to_us) in UTC, and its planned breaks, cut to it. */
struct shift_window {
    const char *name; /* the shift's, or "day" when the plant has no shifts, or "no shift" between shifts */
    bool working;     /* false for "no shift" */
    int64_t from_us, to_us;
    struct {
        int64_t from_us, to_us;
    } breaks[SHIFT_BREAKS];
    int n_breaks;
};

/* The window that holds time_us, in the plant's zone: edges are local wall times, so a shift over a DST change is an hour longer or shorter.
 * A wall time that comes twice means the first, one that the change leaves out the change itself. Windows never overlap and leave no gap. */
struct shift_window shift_at(const struct plant *plant, int64_t time_us);

/* Microseconds of [from, to) that lie in breaks of the window. */
int64_t shift_break_us(const struct shift_window *window, int64_t from_us, int64_t to_us);

#endif
