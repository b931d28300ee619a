/* The schema as a commented example: what must be given stands there, what may be is commented out with its default. */
#include "config/plant.h"
#include "config/schema.h"
#include "config/text.h"

#include <stdio.h>
#include <string.h>

enum { COMMENT_COLUMN = 56 };

static const char *kind_words(const struct field *field, char *out, size_t size)
{
    static const char *const names[] = {
        [FIELD_TEXT] = "text",
        [FIELD_INTEGER] = "integer",
        [FIELD_COUNT] = "integer",
        [FIELD_REAL] = "number",
        [FIELD_DURATION] = "duration",
        [FIELD_SECONDS] = "duration",
        [FIELD_CLOCK] = "time of day",
        [FIELD_WORD] = "word",
        [FIELD_WORDS] = "list of words",
        [FIELD_TEXTS] = "list of texts",
        [FIELD_NUMBERS] = "list of integers",
        [FIELD_NAMES] = "map of integers to texts",
        [FIELD_RECORD] = "settings",
        [FIELD_TABLE] = "names",
    };
    char list[200];
    const char *name = names[field->kind];
    if (field->words)
        snprintf(out, size, "%s: %s", name, word_list(field->words, list, sizeof list));
    else if (field->kind == FIELD_DURATION || field->kind == FIELD_SECONDS)
        snprintf(out, size, "%s %gs..%gs", name, field->least, field->most);
    else if (field->least < field->most && field->most < 1e300)
        snprintf(out, size, "%s %.10g..%.10g", name, field->least, field->most);
    else
        snprintf(out, size, "%s", name);
    return out;
}

static void print_line(int depth, bool active, const struct field *field, const char *example)
{
    char line[200], kind[300];
    int used = snprintf(line, sizeof line, "%*s%s%s:%s%s", depth * 2, "", active ? "" : "# ", field->key, *example ? " " : "", example);
    int gap = used < COMMENT_COLUMN ? COMMENT_COLUMN - used : 1;
    printf("%s%*s# %s; %s", line, gap, "", field->help, kind_words(field, kind, sizeof kind));
    if (field->required)
        printf("; required");
    else if (field->standard)
        printf("; default %s", *field->standard ? field->standard : "none");
    printf("\n");
}

static void print_section(const struct section *section, int depth, bool active)
{
    for (const struct field *field = section->fields; field->key; field++) {
        bool shown = active && field->required;
        if (depth == 0)
            printf("\n");
        if (!field->section) {
            print_line(depth, shown, field, field->example ? field->example : "");
            continue;
        }
        print_line(depth, shown, field, "");
        if (field->kind == FIELD_TABLE)
            printf("%*s%s%s:\n", depth * 2 + 2, "", shown ? "" : "# ", field->section->example_name);
        print_section(field->section, depth + (field->kind == FIELD_TABLE ? 2 : 1), shown);
    }
}

void plant_print_schema(void)
{
    printf("# plant.yaml: every section and key. What is commented out may be left out.\n"
           "# Durations have a unit: us, ms, s, min, h or d. Names are made of letters, digits, - and _.\n");
    print_section(&schema_file, 0, true);
}

/* --- the same for the manual, in mdoc */

static void print_text(const char *text)
{
    for (; *text; text++)
        printf(*text == '\\' ? "\\e" : "%c", *text);
}

static void print_entry(const struct field *field)
{
    char kind[300];
    printf(".It Cm %s\n\\&", field->key);
    print_text(field->help);
    printf(" (%s", kind_words(field, kind, sizeof kind));
    if (field->required)
        printf("; required");
    else if (field->standard)
        printf("; default %s", *field->standard ? field->standard : "none");
    printf(")\n");
}

static void print_manual(const struct section *section, const char *path)
{
    char below[200];
    printf(".Ss %s\n.Bl -tag -width Ds -compact\n", path);
    for (const struct field *field = section->fields; field->key; field++)
        if (!field->section)
            print_entry(field);
    printf(".El\n");
    for (const struct field *field = section->fields; field->key; field++)
        if (field->section) {
            snprintf(below, sizeof below, "%s.%s%s", path, field->key, field->kind == FIELD_TABLE ? ".NAME" : "");
            print_manual(field->section, below);
        }
}

void plant_print_manual(void)
{
    char path[100];
    printf(".Sh CONFIGURATION KEYS\n");
    for (const struct field *field = schema_file.fields; field->key; field++) {
        snprintf(path, sizeof path, "%s%s", field->key, field->kind == FIELD_TABLE ? ".NAME" : "");
        print_manual(field->section, path);
    }
}
