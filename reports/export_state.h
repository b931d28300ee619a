#ifndef GEMBA_REPORTS_EXPORT_STATE_H
#define GEMBA_REPORTS_EXPORT_STATE_H

#include "storage/storage.h"

/* Where an export that is carried on from run to run stopped: a small text file STATE with a line for each series. That the rows of a run and its
 * STATE appear together, or neither, is ensured by STATE.next: written when the rows are on the disk under a temporary name, it holds from the moment
 * on at which that name is gone. */

/* marks: what the file says, freed by the caller; since_us 0 and no mark when there is no such file yet. Settles what a run before left half done.
 * Refuses a file of another kind. */
int export_state_read(const char *path, const char *kind, struct feed_marks *marks, struct error *err);
/* temporary: of the rows' file, or NULL: they are written already. */
int export_state_promise(const char *path, const char *kind, const struct feed_marks *marks, const char *temporary, struct error *err);
int export_state_keep(const char *path, struct error *err);
void export_state_withdraw(const char *path);

#endif
