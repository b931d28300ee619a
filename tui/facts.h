#ifndef GEMBA_TUI_FACTS_H
#define GEMBA_TUI_FACTS_H

#include "tui/list.h"

/* What every screen shows: alarms, the lines' OEE, the collector's sign of life. */
enum { LINES_MOST = 4 };
struct facts {
    struct alarm newest; /* the most urgent open alarm */
    int open, new;
    struct {
        char name[BOARD_NAME];
        double oee;
    } lines[LINES_MOST];
    int n_lines;
    int64_t collector_us; /* plant time; 0 never */
};

/* overview: freshly loaded; its rows are summed by line, never averaged. */
int facts_load(struct facts *facts, struct store *store, const struct plant *plant, const struct list *overview, struct error *err);

#endif
