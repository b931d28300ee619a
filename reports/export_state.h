#ifndef GEMBA_REPORTS_EXPORT_STATE_H
#define GEMBA_REPORTS_EXPORT_STATE_H

#include "config/config.h"

/* Where an export that is carried on from run to run stopped: a small text file, "gemba export KIND until TIME". */

/* *until_us: what the file says; left alone when there is no such file yet. Refuses one of another kind. */
int export_state_read(const char *path, const char *kind, int64_t *until_us, struct error *err);
/* Written whole or not at all. */
int export_state_write(const char *path, const char *kind, int64_t until_us, struct error *err);

#endif
