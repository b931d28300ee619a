#ifndef GEMBA_TUI_TIMELINE_H
#define GEMBA_TUI_TIMELINE_H

#include "storage/storage.h"

/* A machine's states over a window, in cells: pure. A cell shows the state that held longest in it, but a fault of any length is not lost; -1:
 * the time has not come yet. */
void timeline_cells(int *cells, int columns, const struct state_interval *intervals, size_t count, int64_t from_us, int64_t to_us);
/* One character that stands for a state in every tier. */
char timeline_mark(int state);

#endif
