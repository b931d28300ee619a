#include "reports/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *open_nameless(void)
{
    const char *directory = getenv("TMPDIR");
    char *path = memory_format("%s/gemba-study-XXXXXX", directory && *directory ? directory : "/tmp");
    int file = mkstemp(path);
    if (file >= 0)
        unlink(path);
    free(path);
    return file >= 0 ? fdopen(file, "w+b") : NULL;
}

static void write_waiting(struct spool *spool)
{
    if (!spool->file)
        spool->file = open_nameless();
    if (!spool->file || fwrite(spool->held, sizeof *spool->held, spool->waiting, spool->file) != spool->waiting)
        spool->failed = true;
    spool->waiting = 0;
}

void spool_add(struct spool *spool, double value)
{
    memory_grow((void **)&spool->held, &spool->room, spool->waiting, sizeof *spool->held);
    spool->held[spool->waiting++] = value;
    spool->count++;
    if (spool->waiting == SPOOL_HELD)
        write_waiting(spool);
}

int spool_end(struct spool *spool, struct error *err)
{
    if (spool->file || spool->failed)
        write_waiting(spool);
    if (spool->failed || (spool->file && fflush(spool->file)))
        return error_set(err, ERR_IO, "the temporary file for so many values cannot be written (%s): set TMPDIR to a folder with room for %zu MB",
                         strerror(errno), spool->count * sizeof *spool->held >> 20);
    return 0;
}

size_t spool_read(struct spool *spool, size_t first, double *out, size_t most)
{
    size_t left = first < spool->count ? spool->count - first : 0, wanted = left < most ? left : most;
    if (spool->file)
        return fseeko(spool->file, (off_t)(first * sizeof *out), SEEK_SET) ? 0 : fread(out, sizeof *out, wanted, spool->file);
    if (wanted)
        memcpy(out, spool->held + first, wanted * sizeof *out);
    return wanted;
}

void spool_free(struct spool *spool)
{
    if (spool->file)
        fclose(spool->file);
    free(spool->held);
}
