#include "reports/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int failed(struct error *err, const char *doing, const char *path)
{
    static const struct {
        int number;
        enum error_code code;
        const char *way_out;
    } ways[] = {
        {ENOSPC, ERR_FULL, ": free some space, or write elsewhere with -o"},
        {EDQUOT, ERR_FULL, ": the quota is used up; free some space, or write elsewhere with -o"},
        {EACCES, ERR_READ_ONLY, ": give this account write permission there, or write elsewhere with -o"},
        {EPERM, ERR_READ_ONLY, ": give this account write permission there, or write elsewhere with -o"},
        {EROFS, ERR_READ_ONLY, ": write elsewhere with -o"},
        {ENOENT, ERR_NOT_FOUND, ": make the directory, or write elsewhere with -o"},
    };
    int number = errno;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (ways[i].number == number)
            return error_set(err, ways[i].code, "cannot %s %s: %s%s", doing, path, strerror(number), ways[i].way_out);
    return error_set(err, ERR_IO, "cannot %s %s: %s", doing, path, strerror(number));
}

static char *directory_of(const char *path)
{
    char *copy = memory_text(path);
    char *directory = memory_text(dirname(copy));
    free(copy);
    return directory;
}

static mode_t usual_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* A device or a pipe is written as it is: renaming a file over /dev/null would be a poor joke. */
static int open_special(struct output_file *file, struct error *err)
{
    file->stream = fopen(file->path, "w");
    return file->stream ? 0 : failed(err, "write to", file->path);
}

static int open_temporary(struct output_file *file, struct error *err)
{
    char *directory = directory_of(file->path), *copy = memory_text(file->path);
    file->temporary = memory_format("%s/.%s.XXXXXX", directory, basename(copy));
    free(copy);
    free(directory);
    int fd = mkstemp(file->temporary);
    if (fd >= 0 && (fchmod(fd, usual_mode()) || !(file->stream = fdopen(fd, "w")))) {
        int number = errno;
        unlink(file->temporary);
        close(fd);
        errno = number;
        fd = -1;
    }
    if (fd >= 0)
        return 0;
    free(file->temporary);
    file->temporary = NULL;
    return failed(err, "make", file->path);
}

int output_file_open(struct output_file *file, const char *path, struct error *err)
{
    *file = (struct output_file){0};
    if (!strcmp(path, "-")) {
        file->stream = stdout;
        file->path = memory_text("standard output");
        return 0;
    }
    /* through a link to where it points, so that the link stays */
    char *real = realpath(path, NULL);
    file->path = real ? real : memory_text(path);
    struct stat st;
    bool special = real && stat(real, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
    if (special ? open_special(file, err) : open_temporary(file, err)) {
        output_file_abandon(file);
        return -1;
    }
    return 0;
}

/* A rename is only there after a crash when the directory is on the disk too. */
static int sync_directory(const char *path)
{
    char *directory = directory_of(path);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);
    if (fd < 0)
        return -1;
    int status = fsync(fd);
    close(fd);
    return status;
}

int output_file_settle(struct output_file *file, struct error *err)
{
    bool bad = fflush(file->stream) || ferror(file->stream);
    if (!bad && file->temporary)
        bad = fsync(fileno(file->stream)) || (sync_directory(file->path) && errno != EINVAL);
    return bad ? failed(err, "write", file->path) : 0;
}

int output_file_publish(struct output_file *file, struct error *err)
{
    if (!file->temporary)
        return 0;
    if (rename(file->temporary, file->path))
        return failed(err, "write", file->path);
    free(file->temporary);
    file->temporary = NULL;
    return sync_directory(file->path) && errno != EINVAL ? failed(err, "make sure of", file->path) : 0;
}

int output_file_commit(struct output_file *file, struct error *err)
{
    int result = output_file_settle(file, err) || output_file_publish(file, err) ? -1 : 0;
    output_file_abandon(file);
    return result;
}

void output_file_abandon(struct output_file *file)
{
    if (file->stream && file->stream != stdout)
        fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct output_file){0};
}
