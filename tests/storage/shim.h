#ifndef GEMBA_TESTS_STORAGE_SHIM_H
#define GEMBA_TESTS_STORAGE_SHIM_H

#include <stdbool.h>

/* Makes the n-th call that SQLite makes of the system, or of the allocator, fail. One test's process installs it, before its first store. */
enum shim_kind {
    SHIM_READ = 1,
    SHIM_WRITE = 2,
    SHIM_SYNC = 4,
    SHIM_TRUNCATE = 8,
    SHIM_OPEN = 16,
    SHIM_DELETE = 32,
    SHIM_SHARED = 64, /* mapping the -shm file */
    SHIM_MEMORY = 128,
    SHIM_DISK = SHIM_READ | SHIM_WRITE | SHIM_SYNC | SHIM_TRUNCATE | SHIM_OPEN | SHIM_DELETE | SHIM_SHARED,
};

enum shim_way {
    SHIM_ONCE,  /* that call fails */
    SHIM_STAYS, /* and all after it */
    SHIM_DIES,  /* the process ends there, in the middle of a write when it is one: half of the bytes are written */
    SHIM_CUTS,  /* likewise, as when the power goes: some or all of what was written since, and not synced, is not there (as rand() says) */
};
enum { SHIM_DIED = 99 }; /* the exit status then */

void shim_install(void);
/* From now on the n-th call of these kinds fails (1: the next). */
void shim_arm(unsigned kinds, int n, enum shim_way way);
/* True when a call has failed since shim_arm. */
bool shim_disarm(void);
/* How often the calling thread has written into a database itself, not into its -wal. */
long shim_database_writes(void);

#endif
