#ifndef GEMBA_TUI_BOARD_INDICES_H
#define GEMBA_TUI_BOARD_INDICES_H

#include "reports/reports.h"

/* How a characteristic stands, by its running figures. */
struct board_indices {
    struct standing standing;
    bool has_limits;
    enum limits_state limits;
    struct capability capability; /* Cp, Cpl, Cpu, Cpk are absent where the process is not known to be in control */
    enum requirement requirement;
    struct index index; /* that counts, and that the requirement is judged by; absent of counts */
    const char *name;   /* of it: "Cpk" while there are limits and no signal is open, else "Ppk"; "" of counts */
    const char *why;    /* it is not Cpk, or absent; "" */
};

#endif
