#include "reports/export_state.h"

#include "reports/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int export_state_read(const char *path, const char *kind, int64_t *until_us, struct error *err)
{
    FILE *file = fopen(path, "r");
    char line[128] = "", stored[32], when[48];
    int64_t until;
    if (!file && errno == ENOENT)
        return 0;
    if (!file)
        return error_set(err, ERR_IO, "cannot read where the export stopped from %s: %s", path, strerror(errno));
    bool read = fgets(line, sizeof line, file) && sscanf(line, "gemba export %31s until %47s", stored, when) == 2 && !text_time_parse(when, &until);
    fclose(file);
    if (!read)
        return error_set(err, ERR_USAGE, "%s does not say where an export stopped: name another file, or remove it to begin anew", path);
    if (strcmp(stored, kind) != 0)
        return error_set(err, ERR_USAGE, "%s is of an export of %s, not of %s: each kind needs a file of its own", path, stored, kind);
    *until_us = until;
    return 0;
}

int export_state_write(const char *path, const char *kind, int64_t until_us, struct error *err)
{
    struct output_file file;
    char when[40];
    if (output_file_open(&file, path, err))
        return -1;
    fprintf(file.stream, "gemba export %s until %s\n", kind, text_time_iso(until_us, when, sizeof when));
    return output_file_commit(&file, err);
}
