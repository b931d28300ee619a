#ifndef GEMBA_TUI_BOARD_ROWS_H
#define GEMBA_TUI_BOARD_ROWS_H

#include "tui/board_indices.h"

/* Rows that more than their own board looks into. */

enum { BOARD_NAME = 64 };

struct overview_row {
    char name[BOARD_NAME], line[BOARD_NAME], worst[BOARD_NAME]; /* worst: the characteristic with the lowest index */
    enum oee_state state;
    int64_t now_us, since_us, data_us;
    struct oee oee;
    double planned;
    struct board_indices index; /* of the worst */
    bool missed, stale;       /* any requirement */
    int signals, new_signals;
};

struct oee_row {
    char name[BOARD_NAME], line[BOARD_NAME], shift[BOARD_NAME];
    enum oee_state state;
    int64_t from_us, to_us, since_us;
    struct oee oee;
    double seconds[OEE_STATES];
    bool stale;
};

struct alarm_row {
    struct alarm alarm;
    char name[24]; /* the id as text */
};

#endif
