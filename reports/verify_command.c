/* `gemba verify`: what the store's checks found, as text or JSON. */
#include "reports/output.h"
#include "reports/reports.h"
#include "storage/storage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct findings {
    struct verify_finding *items;
    size_t count, room;
};

static void take_finding(const struct verify_finding *finding, void *context)
{
    struct findings *findings = context;
    memory_grow((void **)&findings->items, &findings->room, findings->count, sizeof *findings->items);
    findings->items[findings->count++] = *finding;
}

static void show_progress(const char *check, int64_t done, int64_t total, void *context)
{
    (void)context;
    double percent = total > 0 ? 100 * (double)done / (double)total : 0;
    if (total > 0)
        fprintf(stderr, "\r%-12s %3.0f %%\033[K", check, percent < 99 ? percent : 99);
    else
        fprintf(stderr, "\r%-12s ...\033[K", check);
}

/* "standing bore-dia row 4 2026-11-02T...: text"; without what is not known. */
static void print_finding(const struct verify_finding *f)
{
    char when[32];
    printf("  %s: %s", f->check, f->table[0] ? f->table : "file");
    if (f->series[0])
        printf(" %s", f->series);
    if (f->time_us)
        printf(" %s", text_time_iso(f->time_us, when, sizeof when));
    if (f->row)
        printf(" row %lld", (long long)f->row);
    printf(": %s\n", f->text);
}

struct head {
    int64_t number;
    char seal[65];
};

static void print_text(const char *path, const struct verify_outcome *outcomes, size_t count, const struct findings *findings,
                       const struct head *head)
{
    for (size_t i = 0; i < count; i++)
        printf("%-12s %12lld %-58s %s\n", outcomes[i].check, (long long)outcomes[i].examined, outcomes[i].words,
               outcomes[i].findings ? "WRONG" : "right");
    if (head->number)
        printf("audit line %lld has the seal %s\n", (long long)head->number, head->seal);
    if (findings->count)
        printf("%s: %zu thing%s wrong\n", path, findings->count, findings->count == 1 ? " is" : "s are");
    else
        printf("%s is whole\n", path);
    for (size_t i = 0; i < findings->count; i++)
        print_finding(&findings->items[i]);
    if (findings->count)
        printf(
            "All else in it is right, and recording goes on. Keep a copy of this file as it is (gemba backup, or cp while gemba is stopped); then\n"
            "restore a backup for which `gemba verify FILE` finds nothing: `man gemba`, at backup, says how.\n");
}

static void json_checks(struct json *json, const struct verify_outcome *outcomes, size_t count)
{
    json_open(json, "checks", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "check", outcomes[i].check);
        json_integer(json, "examined", outcomes[i].examined);
        json_integer(json, "findings", outcomes[i].findings);
        json_number(json, "seconds", outcomes[i].seconds);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void print_json(const char *path, const struct verify_outcome *outcomes, size_t count, const struct findings *findings,
                       const struct head *head)
{
    struct json json = {.stream = stdout};
    json_open(&json, NULL, '{');
    json_text(&json, "store", path);
    json_boolean(&json, "whole", findings->count == 0);
    json_integer(&json, "audit_line", head->number);
    json_text(&json, "audit_seal", head->seal);
    json_checks(&json, outcomes, count);
    json_open(&json, "findings", '[');
    for (size_t i = 0; i < findings->count; i++) {
        const struct verify_finding *f = &findings->items[i];
        json_open(&json, NULL, '{');
        json_text(&json, "check", f->check);
        json_text(&json, "table", f->table);
        json_text(&json, "series", f->series);
        json_time(&json, "time", f->time_us);
        json_integer(&json, "row", f->row);
        json_text(&json, "text", f->text);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    fputc('\n', stdout);
}

static bool is_wanted(const struct option_list *only, size_t check)
{
    for (size_t i = 0; i < only->count; i++)
        if (!strcmp(only->items[i], verify_name(check)))
            return true;
    return only->count == 0;
}

static int check_names(const struct option_list *only)
{
    for (size_t i = 0; i < only->count; i++) {
        const char *names[32];
        size_t n = verify_count(), at = 0;
        for (size_t j = 0; j < n; j++)
            names[j] = verify_name(j);
        while (at < n && strcmp(names[at], only->items[i]) != 0)
            at++;
        if (at < n)
            continue;
        const char *nearest = text_nearest(only->items[i], names, n);
        fprintf(stderr, "gemba verify: there is no check '%s'%s%s%s: `gemba verify` runs them all and names them\n", only->items[i],
                nearest ? ": did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
        return -1;
    }
    return 0;
}

/* "12:5e8f...", as somebody kept it. */
struct kept {
    int64_t number;
    char seal[65];
};

static int parse_kept(const char *text, struct kept *kept, struct error *err)
{
    int used = 0;
    *kept = (struct kept){0};
    if (text && (sscanf(text, "%" SCNd64 ":%64[0-9a-f]%n", &kept->number, kept->seal, &used) != 2 || text[used] || strlen(kept->seal) != 64))
        return error_set(err, ERR_USAGE, "--seal %s: a line's number and its seal are wanted, as `gemba verify` printed them: 12:5e8f... (64 digits)",
                         text);
    return 0;
}

static int compare_kept(struct store *store, const struct kept *kept, struct findings *findings, struct error *err)
{
    struct verify_finding finding = {.check = "audit", .table = "audit", .row = kept->number};
    char seal[65];
    if (!kept->number)
        return 0;
    if (verify_audit_line(store, kept->number, seal, err))
        return -1;
    if (!strcmp(seal, kept->seal))
        return 0;
    snprintf(finding.text, sizeof finding.text,
             *seal ? "the line has another seal than the one that was kept: the chain was written anew"
                   : "the line whose seal was kept is missing: the chain was cut off or written anew");
    take_finding(&finding, findings);
    return 0;
}

static int run(struct store *store, const char *path, const struct option_list *only, const struct kept *kept, enum output_format format)
{
    struct findings findings = {0};
    struct verify_hooks hooks = {take_finding, isatty(STDERR_FILENO) ? show_progress : NULL, &findings};
    struct verify_outcome outcomes[32];
    struct head head;
    struct error err;
    size_t count = 0;
    int status =
        verify_audit_head(store, &head.number, head.seal, &err) || compare_kept(store, kept, &findings, &err) ? options_failed("verify", &err) : 0;
    for (size_t i = 0; i < verify_count() && status == 0; i++)
        if (is_wanted(only, i) && verify_run(store, i, &hooks, &outcomes[count++], &err))
            status = options_failed("verify", &err);
    if (hooks.progress)
        fputs("\r\033[K", stderr);
    if (status == 0) {
        (format == OUTPUT_JSON ? print_json : print_text)(path, outcomes, count, &findings, &head);
        status = findings.count ? 1 : 0;
    }
    if (fflush(stdout) && status < 2) {
        fprintf(stderr, "gemba verify: the answer could not be written\n");
        status = 2;
    }
    free(findings.items);
    return status;
}

int verify_command(int argc, char **argv)
{
    const char *config = NULL, *format_name = "text", *seal = NULL, *operands[1];
    struct option_list only = {0};
    struct kept kept;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"format", 'f', OPTION_TEXT, "FORMAT", "text (default) or json", &format_name},
        {"only", 0, OPTION_LIST, "CHECK,...", "only these checks", &only},
        {"seal", 0, OPTION_TEXT, "NUMBER:SEAL", "that line of the audit chain must still have the seal that was kept of it", &seal},
    };
    const struct command_line line = {
        .usage = "gemba verify [FILE] [options]",
        .summary = "Reads the store (or FILE, such as a backup) and says what is wrong in it and where: pages and indexes, references, the audit\n"
                   "chain, decisions against it, every poll, every point against its values, every characteristic's figures. It may run while the "
                   "collector records.\n"
                   "Exit status: 0 whole, 1 something is wrong, 2 it could not be checked.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
        .max_operands = 1,
    };
    int parsed = options_parse(&line, argc, argv, operands);
    enum output_format format;
    struct error err;
    if (parsed)
        return parsed > 0 ? 0 : 2;
    if (output_format_parse(format_name, &format, &err))
        return options_failed("verify", &err);
    if (format == OUTPUT_CSV) {
        error_set(&err, ERR_USAGE, "what is wrong has no columns: --format text or json");
        return options_failed("verify", &err);
    }
    if (parse_kept(seal, &kept, &err))
        return options_failed("verify", &err);
    if (check_names(&only))
        return 2;
    struct plant *plant = operands[0] ? NULL : plant_open(config);
    if (!operands[0] && !plant)
        return 2;
    const char *path = plant ? plant->store_path : operands[0];
    struct store *store;
    int status = store_open(&store, path, STORE_READ, &err) ? options_failed("verify", &err) : run(store, path, &only, &kept, format);
    store_close(store);
    plant_free(plant);
    return status;
}
