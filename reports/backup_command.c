/* `gemba backup`: a copy beside its place, proved, then given its name. */
#include "reports/output.h"
#include "reports/reports.h"
#include "storage/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_progress(int64_t done, int64_t total, void *context)
{
    int *shown = context, percent = total > 0 ? (int)(100 * done / total) : 0;
    if (percent != *shown)
        fprintf(stderr, "\rcopying %3d %%\033[K", percent);
    *shown = percent;
}

static void take_finding(const struct verify_finding *finding, void *context)
{
    struct error *first = context;
    if (!first->code)
        error_set(first, ERR_CORRUPT, "%s: %s %s: %s", finding->check, finding->table, finding->series, finding->text);
}

/* What a restored file must pass; the checks that read every value are `gemba verify`'s. */
static int prove(const char *path, struct error *err)
{
    static const char *const needed[] = {"file", "references", "audit"};
    struct store *copy;
    struct error wrong = {0};
    struct verify_hooks hooks = {take_finding, NULL, &wrong};
    struct verify_outcome outcome;
    if (store_open(&copy, path, STORE_READ, err))
        return -1;
    int failed = 0;
    for (size_t i = 0; i < verify_count() && !failed; i++)
        for (size_t j = 0; j < sizeof needed / sizeof needed[0]; j++)
            if (!strcmp(needed[j], verify_name(i)))
                failed |= verify_run(copy, i, &hooks, &outcome, err);
    store_close(copy);
    if (!failed && wrong.code)
        return error_set(err, ERR_CORRUPT, "the copy is not whole (%.300s): `gemba verify` says whether the store is", wrong.text);
    return failed ? -1 : 0;
}

static int same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int may_write(const char *path, const char *store, bool force, struct error *err)
{
    struct stat st;
    if (same_file(path, store))
        return error_set(err, ERR_USAGE, "%s is the store itself: name another file", path);
    if (lstat(path, &st))
        return 0;
    if (S_ISDIR(st.st_mode))
        return error_set(err, ERR_USAGE, "%s is a directory: name a file in it", path);
    if (!force)
        return error_set(err, ERR_USAGE, "%s exists: --force overwrites it, when the new copy is whole", path);
    return 0;
}

/* The rename lasts when its directory is on the disk too. */
static int give_name(const char *temporary, const char *path, struct error *err)
{
    if (rename(temporary, path))
        return error_set(err, ERR_IO, "cannot give the copy its name %s: %s", path, strerror(errno));
    char *copy = memory_text(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(copy);
    return 0;
}

static void remove_copy(const char *temporary)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char *path = memory_format("%s%s", temporary, ends[i]);
        unlink(path);
        free(path);
    }
}

static int backup(struct store *store, const char *path, bool quiet, struct error *err)
{
    char *temporary = memory_format("%s.part-%ld", path, (long)getpid());
    bool shows = !quiet && isatty(STDERR_FILENO);
    int shown = -1;
    int failed = store_backup(store, temporary, shows ? show_progress : NULL, &shown, err);
    if (shows)
        fputs("\r\033[K", stderr);
    failed = failed || prove(temporary, err) || give_name(temporary, path, err);
    remove_copy(temporary);
    free(temporary);
    return failed ? -1 : 0;
}

int backup_command(int argc, char **argv)
{
    const char *config = NULL, *operands[1];
    bool force = false, quiet = false;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"force", 0, OPTION_FLAG, NULL, "overwrite FILE", &force},
        {"quiet", 'q', OPTION_FLAG, NULL, "say nothing when all is well (cron)", &quiet},
    };
    const struct command_line line = {
        .usage = "gemba backup FILE [options]",
        .summary = "Copies the store while the collector records, checks the copy, and only then gives it its name. To restore: stop the collector,\n"
                   "remove the store and its -wal and -shm files, copy the backup to the store's place, start the collector.\n"
                   "Exit status: 0 the copy is there and whole, 2 it is not.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
        .max_operands = 1,
    };
    struct error err = {0};
    int parsed = options_parse(&line, argc, argv, operands);
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (!operands[0]) {
        error_set(&err, ERR_USAGE, "to which file? gemba backup FILE");
        return options_failed("backup", &err);
    }
    struct plant *plant = plant_open(config);
    if (!plant)
        return 2;
    struct store *store = NULL;
    struct stat st = {0};
    int status = 0;
    if (may_write(operands[0], plant->store_path, force, &err) || store_open(&store, plant->store_path, STORE_READ, &err) ||
        backup(store, operands[0], quiet, &err))
        status = options_failed("backup", &err);
    store_close(store);
    if (status == 0 && !quiet && stat(operands[0], &st) == 0)
        printf("%s: %.1f MB, whole\n", operands[0], (double)st.st_size / 1e6);
    plant_free(plant);
    return status;
}
