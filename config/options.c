#include "config/options.h"

#include "config/config.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "gemba report" of "gemba report [NAME] [options]". */
static int command_length(const struct command_line *line)
{
    size_t length = strspn(line->usage, "abcdefghijklmnopqrstuvwxyz ");
    while (length > 0 && line->usage[length - 1] == ' ')
        length--;
    return (int)length;
}

__attribute__((format(printf, 2, 3))) static int fail(const struct command_line *line, const char *format, ...)
{
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    int length = command_length(line);
    fprintf(stderr, "%.*s: %s (`%.*s --help` lists the options)\n", length, line->usage, text, length, line->usage);
    return -1;
}

static int read_flag(const struct option_row *row, const char *text)
{
    (void)text;
    *(bool *)row->target = true;
    return 0;
}

static int read_text(const struct option_row *row, const char *text)
{
    *(const char **)row->target = text;
    return 0;
}

static int read_integer(const struct option_row *row, const char *text)
{
    char *end;
    errno = 0;
    *(long *)row->target = strtol(text, &end, 10);
    return errno || end == text || *end || isspace((unsigned char)text[0]) ? -1 : 0;
}

static int read_real(const struct option_row *row, const char *text)
{
    char *end;
    *(double *)row->target = strtod(text, &end);
    return end == text || *end || !isfinite(*(double *)row->target) || isspace((unsigned char)text[0]) ? -1 : 0;
}

static int read_duration(const struct option_row *row, const char *text)
{
    return text_duration_parse(text, row->target);
}

static int read_time(const struct option_row *row, const char *text)
{
    return text_time_parse(text, row->target);
}

/* Names are kept for as long as the program runs, like argv itself; the chain keeps hold of them. */
static int read_list(const struct option_row *row, const char *text)
{
    static struct block {
        struct block *next;
        const char **items;
        char *names;
    } * kept;
    struct option_list *list = row->target;
    size_t more = 1;
    for (const char *at = text; *at; at++)
        more += *at == ',';
    struct block *block = memory_zero(1, sizeof *block);
    *block = (struct block){kept, memory_zero(list->count + more, sizeof *block->items), memory_text(text)};
    kept = block;
    if (list->count)
        memcpy(block->items, list->items, list->count * sizeof *list->items);
    list->items = block->items;
    char *rest = block->names;
    for (char *name = strsep(&rest, ","); name; name = strsep(&rest, ",")) {
        if (!*name)
            return -1;
        block->items[list->count++] = name;
    }
    return 0;
}

static const struct kind {
    int (*read)(const struct option_row *row, const char *text);
    const char *wanted;
} kinds[] = {
    [OPTION_FLAG] = {read_flag, NULL},
    [OPTION_TEXT] = {read_text, "a text"},
    [OPTION_INTEGER] = {read_integer, "a whole number"},
    [OPTION_REAL] = {read_real, "a number"},
    [OPTION_DURATION] = {read_duration, "a duration such as 500ms, 4.2s, 5min, 8h or 2d"},
    [OPTION_TIME] = {read_time, "a time such as 2026-11-02, 2026-11-02T14:30 or 2026-11-02T13:30:00Z"},
    [OPTION_LIST] = {read_list, "names parted by commas"},
};

static void print_help(const struct command_line *line)
{
    printf("usage: %s\n", line->usage);
    if (line->summary)
        printf("\n%s\n", line->summary);
    printf("\noptions:\n");
    char head[80];
    for (size_t i = 0; i < line->count; i++) {
        const struct option_row *row = &line->rows[i];
        char letter[8] = "    ";
        if (row->letter)
            snprintf(letter, sizeof letter, "-%c, ", row->letter);
        snprintf(head, sizeof head, "%s--%s%s%s", letter, row->name, row->argument ? " " : "", row->argument ? row->argument : "");
        printf("  %-26s %s\n", head, row->help);
    }
    printf("  %-26s %s\n  %-26s %s\n", "-h, --help", "this text", "    --version", "the version");
    for (size_t kind = OPTION_DURATION; kind <= OPTION_TIME; kind++)
        for (size_t i = 0; i < line->count; i++)
            if (line->rows[i].kind == kind) {
                printf("\n%s is %s.", line->rows[i].argument, kinds[kind].wanted);
                break;
            }
    printf("\n");
}

static const struct option_row *find(const struct command_line *line, const char *name, size_t length)
{
    for (size_t i = 0; i < line->count; i++)
        if (strlen(line->rows[i].name) == length && !strncmp(line->rows[i].name, name, length))
            return &line->rows[i];
    return NULL;
}

static int unknown_option(const struct command_line *line, const char *given, size_t length)
{
    char *word = memory_format("%.*s", (int)length, given);
    const char **names = memory_zero(line->count + 2, sizeof *names);
    for (size_t i = 0; i < line->count; i++)
        names[i] = line->rows[i].name;
    names[line->count] = "help";
    names[line->count + 1] = "version";
    const char *nearest = text_nearest(word, names, line->count + 2);
    int result = nearest ? fail(line, "unknown option '--%s': did you mean '--%s'?", word, nearest) : fail(line, "unknown option '--%s'", word);
    free(names);
    free(word);
    return result;
}

/* A following word that is itself an option was not meant as the value; "-" and negative numbers may be. */
static bool may_be_value(const char *text)
{
    return text && (text[0] != '-' || !text[1] || isdigit((unsigned char)text[1]) || text[1] == '.');
}

static int read_value(const struct command_line *line, const struct option_row *row, const char *text)
{
    if (kinds[row->kind].read(row, text) == 0)
        return 0;
    return fail(line, "--%s %s: '%s' is not %s", row->name, row->argument, text, kinds[row->kind].wanted);
}

/* One option at argv[*at]; moves *at to its last word. */
static int read_option(const struct command_line *line, int argc, char **argv, int *at)
{
    const char *word = argv[*at], *value = NULL;
    const struct option_row *row = NULL;
    if (word[1] == '-') {
        size_t length = strcspn(word + 2, "=");
        row = find(line, word + 2, length);
        if (!row)
            return unknown_option(line, word + 2, length);
        value = word[2 + length] == '=' ? word + 3 + length : NULL;
    } else {
        for (size_t i = 0; i < line->count; i++)
            if (line->rows[i].letter && line->rows[i].letter == word[1])
                row = &line->rows[i];
        if (!row)
            return fail(line, "unknown option '%s'", word);
        value = word[2] ? word + 2 : NULL;
    }
    if (row->kind == OPTION_FLAG)
        return value ? fail(line, "--%s takes no value, but got '%s'", row->name, value) : read_flag(row, NULL);
    if (!value) {
        if (*at + 1 >= argc || !may_be_value(argv[*at + 1]))
            return fail(line, "--%s needs a value: --%s %s", row->name, row->name, row->argument);
        value = argv[++*at];
    }
    return read_value(line, row, value);
}

int options_parse(const struct command_line *line, int argc, char **argv, const char **operands)
{
    int n_operands = 0;
    bool ended = false;
    for (int i = 0; i < line->max_operands; i++)
        operands[i] = NULL;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        if (ended || word[0] != '-' || !word[1]) {
            if (n_operands == line->max_operands)
                return fail(line, "unexpected argument '%s'; usage: %s", word, line->usage);
            operands[n_operands++] = word;
        } else if (!strcmp(word, "--"))
            ended = true;
        else if (!strcmp(word, "--help") || !strcmp(word, "-h")) {
            print_help(line);
            return 1;
        } else if (!strcmp(word, "--version")) {
            puts("gemba " GEMBA_VERSION);
            return 1;
        } else if (read_option(line, argc, argv, &i) != 0)
            return -1;
    }
    return 0;
}

int options_failed(const char *command, const struct error *err)
{
    fprintf(stderr, "gemba %s: %s\n", command, err->text);
    return 2;
}
