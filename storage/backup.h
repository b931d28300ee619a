#ifndef GEMBA_STORAGE_BACKUP_H
#define GEMBA_STORAGE_BACKUP_H

#include "storage/store.h"

/* Copies the store as it is at this moment to a new file, page by page, while others go on reading and writing: their commits are not in the copy and
 * do not make it begin again. The copy is in `path` whole and synced to the disk when this returns 0, else there is no such file. A file of that name
 * must not exist. progress may be NULL. */
int store_backup(struct store *store, const char *path, void (*progress)(int64_t done, int64_t total, void *context), void *context,
                 struct error *err);

#endif
