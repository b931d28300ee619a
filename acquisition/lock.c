#include "acquisition/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int lock_store(const char *store_path, struct error *err)
{
    char *path = memory_format("%s.lock", store_path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fd < 0)
        error_set(err, ERR_READ_ONLY, "%s cannot be made (%s): the collector needs write permission beside its store", path, strerror(errno));
    else if (fcntl(fd, F_SETLK, &lock)) {
        if (fcntl(fd, F_GETLK, &lock) || lock.l_type == F_UNLCK)
            lock.l_pid = 0;
        error_set(err, ERR_LOCKED, "another collector (pid %d) records into %s: stop it first, or give this plant its own store", (int)lock.l_pid,
                  store_path);
        close(fd);
        fd = -1;
    }
    free(path);
    return fd;
}
