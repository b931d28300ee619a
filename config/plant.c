#include "config/plant.h"

#include "config/clock.h"
#include "config/memory.h"
#include "config/reader.h"
#include "config/resolve.h"
#include "config/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 16 * 1024 * 1024 };

/* The whole file with a NUL behind it, or NULL with a problem at line 0. */
static char *read_file(const char *path, size_t *length, struct arena *arena, struct problems *problems)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    if (!file || fstat(fileno(file), &st) != 0) {
        problems_add_at(problems, 0, 0, "cannot be opened: %s", strerror(errno));
        if (file)
            fclose(file);
        return NULL;
    }
    char *text = NULL;
    size_t room = 0;
    *length = 0;
    if (S_ISDIR(st.st_mode))
        problems_add_at(problems, 0, 0, "is a directory, not a file");
    while (!S_ISDIR(st.st_mode) && *length <= FILE_MAX_BYTES) {
        if (*length + 4096 > room)
            text = memory_resize(text, room = room * 2 + 8192, 1);
        size_t got = fread(text + *length, 1, room - *length - 1, file);
        if (got == 0)
            break;
        *length += got;
    }
    char *kept = NULL;
    if (ferror(file))
        problems_add_at(problems, 0, 0, "cannot be read: %s", strerror(errno));
    else if (*length > FILE_MAX_BYTES)
        problems_add_at(problems, 0, 0, "is larger than %d MB", FILE_MAX_BYTES / 1024 / 1024);
    else if (text) {
        kept = arena_zero(arena, *length + 1, 1);
        memcpy(kept, text, *length);
    }
    free(text);
    fclose(file);
    return kept;
}

static void resolve(struct resolver *resolver)
{
    static void (*const steps[])(struct resolver * resolver) = {resolve_plant,    resolve_shifts,   resolve_links,     resolve_instruments,
                                                                resolve_virtuals, resolve_machines, resolve_rule_sets, resolve_characteristics,
                                                                resolve_groups,   resolve_reports,  resolve_simulation};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        steps[i](resolver);
}

struct plant *plant_load(const char *path, struct problems *problems)
{
    struct arena *arena = arena_create(), *scratch = arena_create();
    struct plant *plant = arena_zero(arena, 1, sizeof *plant);
    struct file_draft *draft = arena_zero(scratch, 1, sizeof *draft);
    size_t length, before = problems->count;
    char *text = read_file(path, &length, arena, problems);
    plant->arena = arena;
    plant->file = arena_text(arena, path);
    plant->text = text;
    node *root;
    if (text && document_parse(text, length, &root, scratch, problems) == 0 && reader_read(draft, root, arena, scratch, problems) == 0)
        resolve(&(struct resolver){plant, draft, arena, problems});
    arena_destroy(scratch);
    problems_sort(problems);
    if (problems->count == before)
        return plant;
    plant_free(plant);
    return NULL;
}

void plant_free(struct plant *plant)
{
    if (plant)
        arena_destroy(plant->arena); /* the plant itself lies in it */
}

/* The places that are looked at without an explicit path, in this order. */
static const char *find_file(void)
{
    static const char *const places[] = {"plant.yaml", "/etc/gemba/plant.yaml"};
    const char *named = getenv("GEMBA_CONFIG");
    if (named && *named)
        return named;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (access(places[i], F_OK) == 0)
            return places[i];
    fputs("gemba: no configuration: looked at $GEMBA_CONFIG (not set), ./plant.yaml and /etc/gemba/plant.yaml.\n"
          "Name one with -c FILE, write one (`gemba check --keys` prints every key), or see a simulated plant with `gemba demo`.\n",
          stderr);
    return NULL;
}

static void print_problems(const char *path, const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *problem = &problems->items[i];
        if (problem->line > 0)
            fprintf(stderr, "%s:%d:%d: %s\n", path, problem->line, problem->column, problem->text);
        else
            fprintf(stderr, "%s: %s\n", path, problem->text);
    }
    fprintf(stderr, "%zu %s: nothing was started\n", problems->count, problems->count == 1 ? "problem" : "problems");
}

struct plant *plant_open(const char *path)
{
    struct problems problems = {0};
    if (!path)
        path = find_file();
    if (!path)
        return NULL;
    struct plant *plant = plant_load(path, &problems);
    if (!plant)
        print_problems(path, &problems);
    problems_free(&problems);
    if (plant && plant->simulated && !clock_set_from_environment()) {
        int64_t now_us = clock_now_us();
        clock_set_anchor((struct clock_anchor){now_us, now_us, plant->simulation_speed});
    }
    return plant;
}

const struct characteristic *plant_characteristic(const struct plant *plant, const char *name)
{
    for (size_t i = 0; i < plant->n_characteristics; i++)
        if (!strcmp(plant->characteristics[i].name, name))
            return &plant->characteristics[i];
    return NULL;
}

const struct machine *plant_machine(const struct plant *plant, const char *name)
{
    for (size_t i = 0; i < plant->n_machines; i++)
        if (!strcmp(plant->machines[i].name, name))
            return &plant->machines[i];
    return NULL;
}

const struct characteristic_group *plant_group(const struct plant *plant, const char *name)
{
    for (size_t i = 0; i < plant->n_groups; i++)
        if (!strcmp(plant->groups[i].name, name))
            return &plant->groups[i];
    return NULL;
}

const struct tag *plant_tag(const struct plant *plant, const char *full_name)
{
    for (size_t i = 0; i < plant->n_instruments; i++) {
        const struct instrument *instrument = &plant->instruments[i];
        size_t length = strlen(instrument->name);
        if (instrument->tags[0].formula && !strcmp(instrument->name, full_name))
            return &instrument->tags[0];
        if (strncmp(full_name, instrument->name, length) != 0 || full_name[length] != '.')
            continue;
        for (size_t k = 0; k < instrument->n_tags; k++)
            if (!strcmp(instrument->tags[k].name, full_name + length + 1))
                return &instrument->tags[k];
    }
    return NULL;
}

const struct spc_rule_set *plant_rule_set(const struct plant *plant, const char *id)
{
    for (size_t i = 0; i < plant->n_rule_sets; i++)
        if (!strcmp(plant->rule_sets[i].id, id))
            return &plant->rule_sets[i];
    return spc_rule_set_find(id);
}

const char *plant_nearest_characteristic(const struct plant *plant, const char *word)
{
    const char **names = memory_zero(plant->n_characteristics + 1, sizeof *names);
    for (size_t i = 0; i < plant->n_characteristics; i++)
        names[i] = plant->characteristics[i].name;
    const char *nearest = text_nearest(word, names, plant->n_characteristics);
    free(names);
    return nearest;
}

const char *plant_nearest_tag(const struct plant *plant, const char *word)
{
    size_t count = 0;
    for (size_t i = 0; i < plant->n_instruments; i++)
        count += plant->instruments[i].n_tags;
    const char **names = memory_zero(count + 1, sizeof *names);
    count = 0;
    for (size_t i = 0; i < plant->n_instruments; i++)
        for (size_t k = 0; k < plant->instruments[i].n_tags; k++)
            names[count++] = plant->instruments[i].tags[k].full_name;
    const char *nearest = text_nearest(word, names, count);
    free(names);
    return nearest;
}

const char *keep_class_name(enum keep_class class)
{
    static const char *const names[KEEP_CLASSES] = {"readings", "values", "events", "counts"};
    return names[class];
}

const char *fault_kind_name(enum fault_kind kind)
{
    return word_name(schema_faults, (int)kind);
}

const char *area_name(enum area area)
{
    return word_name(schema_areas, (int)area);
}

const char *tag_type_name(enum tag_type type)
{
    return word_name(schema_types, (int)type);
}

const char *tag_order_name(const struct tag *tag)
{
    return !tag_types[tag->type].ordered ? "" : tag->order == ORDER_LETTERS ? tag->letters : byte_order_name(tag->order);
}

const char *tag_value_name(const struct tag *tag, double value)
{
    for (size_t i = 0; i < tag->names.count; i++)
        if (value == (double)tag->names.items[i].value)
            return tag->names.items[i].name;
    return NULL;
}

struct specification characteristic_specification(const struct characteristic *c)
{
    return (struct specification){.lsl = c->lsl_natural ? NAN : c->lsl, .usl = c->usl_natural ? NAN : c->usl, .target = c->target};
}
