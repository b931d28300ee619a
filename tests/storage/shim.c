#include "tests/storage/shim.h"

#include "config/config.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    unsigned kinds;
    int left;
    enum shim_way way;
    bool armed, failed;
} state;

/* Whether this call is to fail. */
static bool fails(enum shim_kind kind)
{
    if (!state.armed || !(state.kinds & kind))
        return false;
    if (state.failed)
        return state.way == SHIM_STAYS;
    if (--state.left > 0)
        return false;
    return state.failed = true;
}

/* --- what a disk may forget: everything written to a file since it was last synced, in any selection */

struct change {
    char *path;
    off_t offset, size_before;
    unsigned char *before, *after; /* what a file has there; after NULL: the file was cut off there */
    size_t n_before, n_after;
};
static struct change *changes;
static size_t n_changes, room_changes;
static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER; /* the -wal is copied by a thread of its own */

static void note_change(const char *path, const void *after, size_t size, off_t offset)
{
    struct stat st;
    int fd = path && state.armed && state.way == SHIM_CUTS ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    ck_assert_int_eq(fstat(fd, &st), 0);
    size_t there = st.st_size > offset ? (size_t)(st.st_size - offset) : 0;
    pthread_mutex_lock(&changing);
    memory_grow((void **)&changes, &room_changes, n_changes, sizeof *changes);
    struct change *change = &changes[n_changes++];
    *change = (struct change){.path = memory_text(path), .offset = offset, .size_before = st.st_size, .n_after = size};
    change->n_before = after && size < there ? size : there;
    change->before = memory_zero(change->n_before + 1, 1);
    ck_assert_int_eq(pread(fd, change->before, change->n_before, offset), change->n_before);
    if (after) {
        change->after = memory_zero(size + 1, 1);
        memcpy(change->after, after, size);
    }
    pthread_mutex_unlock(&changing);
    close(fd); /* SQLite's locks on it go too: only the one process that will die has it open */
}

static void note_synced(const char *path)
{
    size_t kept = 0;
    pthread_mutex_lock(&changing);
    for (size_t i = 0; i < n_changes; i++)
        if (!path || strcmp(changes[i].path, path) != 0)
            changes[kept++] = changes[i];
    n_changes = kept;
    pthread_mutex_unlock(&changing);
}

static void apply(const struct change *change, bool undo)
{
    int fd = open(change->path, O_WRONLY | O_CLOEXEC);
    const unsigned char *bytes = undo ? change->before : change->after;
    size_t size = undo ? change->n_before : change->n_after;
    if (fd < 0)
        return; /* deleted since */
    if (bytes)
        ck_assert_int_eq(pwrite(fd, bytes, size, change->offset), size);
    if (undo || !change->after)
        ck_assert_int_eq(ftruncate(fd, undo ? change->size_before : change->offset), 0);
    close(fd);
}

static void cut_power(void)
{
    bool all = rand() % 3 == 0;
    for (size_t i = n_changes; i-- > 0;)
        apply(&changes[i], true);
    for (size_t i = 0; i < n_changes && !all; i++)
        if (rand() % 2)
            apply(&changes[i], false);
}

static void die_if_asked(void)
{
    if (state.way == SHIM_CUTS)
        cut_power();
    if (state.way == SHIM_DIES || state.way == SHIM_CUTS)
        _exit(SHIM_DIED);
}

void shim_arm(unsigned kinds, int n, enum shim_way way)
{
    state.kinds = kinds;
    state.left = n;
    state.way = way;
    state.failed = false;
    state.armed = true;
}

bool shim_disarm(void)
{
    state.armed = false;
    return state.failed;
}

/* --- files */

struct file {
    sqlite3_file base;
    sqlite3_file *real;
    const char *path; /* SQLite's; NULL: a file for a moment */
    bool is_database;
};

static _Thread_local long database_writes;

long shim_database_writes(void)
{
    return database_writes;
}

static sqlite3_vfs *system_vfs;

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *buffer, int size, sqlite3_int64 offset)
{
    if (fails(SHIM_READ)) {
        die_if_asked();
        return SQLITE_IOERR_READ;
    }
    return real_of(file)->pMethods->xRead(real_of(file), buffer, size, offset);
}

static int file_write(sqlite3_file *file, const void *buffer, int size, sqlite3_int64 offset)
{
    database_writes += ((struct file *)file)->is_database;
    bool failing = fails(SHIM_WRITE);
    note_change(((struct file *)file)->path, buffer, (size_t)(failing ? size / 2 : size), offset);
    if (failing) {
        real_of(file)->pMethods->xWrite(real_of(file), buffer, size / 2, offset);
        die_if_asked();
        return SQLITE_IOERR_WRITE;
    }
    return real_of(file)->pMethods->xWrite(real_of(file), buffer, size, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    if (fails(SHIM_TRUNCATE)) {
        die_if_asked();
        return SQLITE_IOERR_TRUNCATE;
    }
    note_change(((struct file *)file)->path, NULL, 0, size);
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
    if (fails(SHIM_SYNC)) {
        die_if_asked();
        return SQLITE_IOERR_FSYNC;
    }
    int rc = real_of(file)->pMethods->xSync(real_of(file), flags);
    if (rc == SQLITE_OK)
        note_synced(((struct file *)file)->path);
    return rc;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_is_reserved(sqlite3_file *file, int *result)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int file_sector(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_traits(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int file_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **memory)
{
    if (fails(SHIM_SHARED)) {
        die_if_asked();
        *memory = NULL;
        return SQLITE_IOERR_SHMMAP;
    }
    return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, memory);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {
    2,           file_close,   file_read,     file_write,       file_truncate,  file_sync,
    file_size,   file_lock,    file_unlock,   file_is_reserved, file_control,   file_sector,
    file_traits, file_shm_map, file_shm_lock, file_shm_barrier, file_shm_unmap, NULL,
    NULL,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *got)
{
    (void)vfs;
    struct file *wrapped = (struct file *)file;
    wrapped->base.pMethods = NULL;
    wrapped->real = (sqlite3_file *)(wrapped + 1);
    wrapped->path = name;
    wrapped->is_database = flags & SQLITE_OPEN_MAIN_DB;
    if (fails(SHIM_OPEN)) {
        die_if_asked();
        return SQLITE_CANTOPEN;
    }
    int rc = system_vfs->xOpen(system_vfs, name, wrapped->real, flags, got);
    wrapped->base.pMethods = wrapped->real->pMethods ? &methods : NULL;
    return rc;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    if (fails(SHIM_DELETE)) {
        die_if_asked();
        return SQLITE_IOERR_DELETE;
    }
    return system_vfs->xDelete(system_vfs, name, sync);
}

/* --- memory */

static sqlite3_mem_methods system_memory;

static void *memory_malloc(int size)
{
    return fails(SHIM_MEMORY) ? NULL : system_memory.xMalloc(size);
}

static void *memory_realloc(void *old, int size)
{
    return fails(SHIM_MEMORY) ? NULL : system_memory.xRealloc(old, size);
}

void shim_install(void)
{
    static sqlite3_vfs vfs;
    sqlite3_shutdown();
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &system_memory);
    sqlite3_mem_methods memory = system_memory;
    memory.xMalloc = memory_malloc;
    memory.xRealloc = memory_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* every allocation counts */
    sqlite3_initialize();
    system_vfs = sqlite3_vfs_find(NULL);
    vfs = *system_vfs;
    vfs.zName = "shim";
    vfs.szOsFile = (int)sizeof(struct file) + system_vfs->szOsFile;
    vfs.pNext = NULL;
    vfs.xOpen = vfs_open;
    vfs.xDelete = vfs_delete;
    sqlite3_vfs_register(&vfs, 1);
}
