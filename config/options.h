#ifndef GEMBA_CONFIG_OPTIONS_H
#define GEMBA_CONFIG_OPTIONS_H

#include "config/error.h"

#include <stdbool.h>
#include <stddef.h>

/* A command's options are a const-shaped table; parsing, --help, nearest names and the manual come from it. */
enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_INTEGER, OPTION_REAL, OPTION_DURATION, OPTION_TIME, OPTION_LIST };

struct option_list { /* for OPTION_LIST: the option may be given several times, each with names parted by commas */
    const char **items;
    size_t count;
};

struct option_row {
    const char *name;      /* "format", given as --format X or --format=X */
    char letter;           /* 'f' or 0 */
    enum option_kind kind; /* target: bool*, const char**, long*, double*, int64_t* (us), int64_t* (us UTC), struct option_list* */
    const char *argument;  /* what help shows: "FILE"; NULL for a flag */
    const char *help;
    void *target;
};

struct command_line {
    const char *usage;   /* "gemba report [NAME] [options]" */
    const char *summary; /* a paragraph for --help */
    const struct option_row *rows;
    size_t count;
    int max_operands;
};

#define OPTIONS_CONFIG(target)                                                                                                                       \
    {                                                                                                                                                \
        "config", 'c', OPTION_TEXT, "FILE", "the plant's configuration ($GEMBA_CONFIG, ./plant.yaml, /etc/gemba/plant.yaml)", target                 \
    }

/* Parses argv[1..argc-1]. Operands are collected into operands (max_operands places, NULL-filled). `--` ends options.
 * Returns 0: go on; 1: --help was printed, exit 0; -1: an error that names the nearest option was printed, exit 2. */
int options_parse(const struct command_line *line, int argc, char **argv, const char **operands);
/* Says "gemba COMMAND: why" on standard error. Returns the exit status of a command that could not do its work: 2. */
int options_failed(const char *command, const struct error *err);

#endif
