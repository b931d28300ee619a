/* `gemba limits` and `gemba exclude`: what engineers decide, from the command line. */
#include "reports/group_limits.h"
#include "reports/output.h"
#include "reports/reports.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_DONE, EXIT_REFUSED, EXIT_FAILED };

struct limits_request {
    struct plant *plant;
    struct store *store;
    struct person person;
    const struct characteristic *characteristic;
    const struct characteristic_group *group; /* instead */
    const char *reason;
    bool json, only_try;
    struct limits_wish wish;
};

static int say(int status, const char *command, const char *format, ...) __attribute__((format(printf, 3, 4)));
static int say(int status, const char *command, const char *format, ...)
{
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(stderr, "gemba %s: %s\n", command, text);
    return status;
}

static int fail(const char *command, const struct error *err)
{
    return say(err->code == ERR_USAGE ? EXIT_REFUSED : EXIT_FAILED, command, "%s", err->text);
}

static const struct characteristic *find(const struct plant *plant, const char *command, const char *name)
{
    const struct characteristic *found = plant_characteristic(plant, name);
    if (found)
        return found;
    const char *nearest = plant_nearest_characteristic(plant, name);
    if (nearest)
        say(0, command, "no characteristic '%s': did you mean '%s'?", name, nearest);
    else
        say(0, command, "no characteristic '%s': `gemba show characteristics` lists them", name);
    return NULL;
}

/* --- showing */

static void put_limits(struct json *json, const char *key, const struct characteristic *c, const struct limits *limits)
{
    struct limit_line line = limits_line(c, limits);
    json_open(json, key, '{');
    json_integer(json, "id", limits->id);
    if (limits->part[0])
        json_text(json, "part", limits->part);
    json_text(json, "state", limits_state_name(limits->state));
    json_time(json, "time", limits->time_us);
    json_number(json, "center", limits_center(limits));
    json_number(json, "sigma", limits->sigma);
    json_number(json, "lcl", line.lcl);
    json_number(json, "ucl", line.ucl);
    json_boolean(json, "entered", limits_estimate(limits).entered || (!limits->points && limits->who[0]));
    json_integer(json, "points", limits->points);
    json_integer(json, "first_point", limits->first_point);
    json_integer(json, "last_point", limits->last_point);
    json_boolean(json, "provisional", limits->points > 0 && limits->points < LIMITS_FEW);
    json_text(json, "source", limits->source);
    json_text(json, "who", limits->who);
    json_text(json, "why", limits->why);
    json_integer(json, "superseded_by", limits->superseded_by);
    json_close(json, '}');
}

static void print_limits(const struct characteristic *c, const struct limits *limits)
{
    char words[400], numbers[200];
    printf("%4lld  %s%s\n      %s\n", (long long)limits->id, limits_words(limits, words, sizeof words), limits->superseded_by ? "; superseded" : "",
           limits_numbers(c, limits, numbers, sizeof numbers));
}

static int show(struct limits_request *request, bool history)
{
    struct limits *list;
    struct error err;
    size_t count;
    if (store_limits_history(request->store, request->characteristic->id, &list, &count, &err))
        return fail("limits", &err);
    struct json json = {.stream = stdout, .first = {true}};
    size_t shown = 0;
    if (request->json)
        json_open(&json, NULL, '[');
    for (size_t i = 0; i < count; i++) {
        if ((!history && list[i].superseded_by) || (request->wish.part && strcmp(list[i].part, request->wish.part) != 0))
            continue;
        shown++;
        if (request->json)
            put_limits(&json, NULL, request->characteristic, &list[i]);
        else
            print_limits(request->characteristic, &list[i]);
    }
    if (request->json)
        json_close(&json, ']');
    free(list);
    return shown ? EXIT_DONE : say(EXIT_REFUSED, "limits", "%s has no limits yet", request->characteristic->name);
}

/* --- deciding */

static void print_proposal(const struct limits_request *request, const struct limits_proposal *proposal, bool done)
{
    const struct characteristic *c = proposal->characteristic;
    char text[400];
    if (request->json) {
        struct json json = {.stream = stdout, .first = {true}};
        json_open(&json, NULL, '{');
        json_text(&json, "characteristic", c->name);
        json_text(&json, "decision", limits_decisions[proposal->decision]);
        json_boolean(&json, "written", done);
        if (proposal->now.id)
            put_limits(&json, "before", c, &proposal->now);
        put_limits(&json, "after", c, &proposal->then);
        json_integer(&json, "points_judged", proposal->judged);
        json_integer(&json, "signals_before", proposal->signals_now);
        json_integer(&json, "signals_after", proposal->signals_then);
        json_close(&json, '}');
        return;
    }
    if (proposal->now.id)
        printf("before  %s\n        %s\n", limits_words(&proposal->now, text, sizeof text), limits_numbers(c, &proposal->now, (char[200]){0}, 200));
    else
        printf("before  none\n");
    printf("after   %s; %s%s\n", limits_state_name(proposal->then.state), proposal->then.source,
           proposal->then.points > 0 && proposal->then.points < LIMITS_FEW ? " (provisional: under 20 subgroups)" : "");
    printf("        %s\n", limits_numbers(c, &proposal->then, text, sizeof text));
    printf("        %s\n", limits_effect(proposal, text, sizeof text));
    puts(done ? "written: the collector takes them over at its next point" : "only tried: nothing was written");
}

static int run_group(const struct limits_request *request, const char *what)
{
    struct group_limits_request group = {.store = request->store,
                                         .person = &request->person,
                                         .group = request->group,
                                         .what = what,
                                         .reason = request->reason,
                                         .json = request->json,
                                         .only_try = request->only_try,
                                         .wish = request->wish};
    return group_limits_run(&group);
}

static int decide(struct limits_request *request, enum limits_decision decision)
{
    struct limits_proposal proposal;
    struct error err;
    if (!request->only_try && request->person.access != ACCESS_ENGINEER)
        return say(EXIT_REFUSED, "limits", "%s may not: limits are for engineers, the accounts of group gemba-engineer and root",
                   request->person.name);
    if (!request->only_try && (!request->reason || !*request->reason))
        return say(EXIT_FAILED, "limits", "a reason is needed: --reason \"after the new tool\"");
    if (request->group)
        return run_group(request, limits_decisions[decision]);
    if (limits_propose(&proposal, request->store, request->characteristic, decision, &request->wish, &err) ||
        (!request->only_try && limits_decide(&proposal, request->store, request->person.name, request->reason, &err)))
        return fail("limits", &err);
    print_proposal(request, &proposal, !request->only_try);
    return EXIT_DONE;
}

static int run_limits(struct limits_request *request, const char *what)
{
    const char *words[LIMITS_DECISIONS + 2];
    memcpy(words, limits_decisions, sizeof limits_decisions);
    words[LIMITS_DECISIONS] = "show";
    words[LIMITS_DECISIONS + 1] = "history";
    for (int i = 0; i < LIMITS_DECISIONS; i++)
        if (!strcmp(what, words[i]))
            return decide(request, (enum limits_decision)i);
    if (!strcmp(what, "show") || !strcmp(what, "history"))
        return request->group ? run_group(request, what) : show(request, what[0] == 'h');
    const char *nearest = text_nearest(what, words, LIMITS_DECISIONS + 2);
    if (nearest)
        return say(EXIT_FAILED, "limits", "unknown '%s': did you mean '%s'?", what, nearest);
    return say(EXIT_FAILED, "limits", "unknown '%s': it is one of show, history, calculate, approve, lock, unlock, enter", what);
}

/* Reading needs no permission to write. */
static bool only_reads(const struct limits_request *request, const char *what)
{
    return request->only_try || !strcmp(what, "show") || !strcmp(what, "history");
}

int limits_command(int argc, char **argv)
{
    const char *config = NULL, *format = "text", *operands[2];
    struct limits_request request = {.wish = limits_no_wish};
    long first = 0, last = 0;
    enum output_format output;
    struct error err;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"from", 0, OPTION_INTEGER, "N", "calculate: the first point", &first},
        {"to", 0, OPTION_INTEGER, "M", "calculate: the last point", &last},
        {"center", 0, OPTION_REAL, "X", "enter: the centre", &request.wish.center},
        {"sigma", 0, OPTION_REAL, "X", "enter: of single values, within subgroups; of i-mr-r and i-mr-s: of means", &request.wish.sigma},
        {"within", 0, OPTION_REAL, "X", "enter: of i-mr-r and i-mr-s, sigma within subgroups", &request.wish.extra},
        {"sigma-z", 0, OPTION_REAL, "X", "enter: of laney-p and laney-u", &request.wish.extra},
        {"lcl", 0, OPTION_REAL, "X", "enter: the lower limit of the location chart", &request.wish.lcl},
        {"ucl", 0, OPTION_REAL, "X", "enter: the upper limit of the location chart", &request.wish.ucl},
        {"part", 0, OPTION_TEXT, "NAME", "of a Z-MR chart that learns its parts: whose limits", &request.wish.part},
        {"reason", 'r', OPTION_TEXT, "TEXT", "why; every decision needs one", &request.reason},
        {"try", 0, OPTION_FLAG, NULL, "say what would change, and write nothing", &request.only_try},
        {"format", 'f', OPTION_TEXT, "FORMAT", "text or json", &format},
    };
    const struct command_line line = {
        "gemba limits CHARACTERISTIC|GROUP [show|history|calculate|approve|lock|unlock|enter] [options]",
        "Control limits: shows those in force or all that ever were, calculates them from a range of points, takes them by hand (limits may be on "
        "one "
        "side, or not symmetric), approves, locks and unlocks them. A decision is for engineers, needs a reason, supersedes what held before, and is "
        "taken over by a running collector at its next point. Limits in plant.yaml win over all of these. Exit status: 0 done, 1 refused, 2 it could "
        "not be done.",
        rows, sizeof rows / sizeof rows[0], 2};
    int status = options_parse(&line, argc, argv, operands);
    if (status)
        return status < 0 ? EXIT_FAILED : EXIT_DONE;
    const char *what = operands[1] ? operands[1] : "show";
    if (!operands[0])
        return say(EXIT_FAILED, "limits", "a characteristic is wanted, as in `gemba limits bore-dia`");
    if (output_format_parse(format, &output, &err))
        return say(EXIT_FAILED, "limits", "%s", err.text);
    if (output == OUTPUT_CSV)
        return say(EXIT_FAILED, "limits", "--format is text or json");
    if (!(request.plant = plant_open(config)))
        return EXIT_FAILED;
    request.json = output == OUTPUT_JSON;
    request.wish.first = first;
    request.wish.last = last;
    request.person = person_of_account(request.plant->store_path);
    request.group = plant_group(request.plant, operands[0]);
    request.characteristic = request.group ? NULL : find(request.plant, "limits", operands[0]);
    request.store =
        request.group || request.characteristic ? store_open_plant(request.plant, only_reads(&request, what) ? STORE_READ : STORE_WRITE) : NULL;
    status = request.store ? run_limits(&request, what) : EXIT_FAILED;
    store_close(request.store);
    plant_free(request.plant);
    return status;
}

/* Of a characteristic or, where that is NULL, of a group. */
static int exclude(struct store *store, const struct characteristic *c, const struct characteristic_group *group, struct exclusion *exclusion)
{
    struct error err;
    const char *name = c ? c->name : group->name;
    exclusion->characteristic = c ? c->id : group->id;
    if (c ? action_exclude(store, exclusion, &err) : action_group_exclude(store, exclusion, &err))
        return fail("exclude", &err);
    printf("point %lld of %s %s; the limits stay: `gemba limits %s calculate` makes new ones\n", (long long)exclusion->point, name,
           exclusion->excluded ? "is excluded: it stays drawn and no longer counts" : "counts again", name);
    return EXIT_DONE;
}

int exclude_command(int argc, char **argv)
{
    const char *config = NULL, *reason = NULL, *operands[2];
    bool undo = false;
    const struct option_row rows[] = {
        OPTIONS_CONFIG(&config),
        {"reason", 'r', OPTION_TEXT, "TEXT", "why", &reason},
        {"undo", 'u', OPTION_FLAG, NULL, "let it count again", &undo},
    };
    const struct command_line line = {"gemba exclude CHARACTERISTIC|GROUP POINT --reason TEXT [--undo]",
                                      "Takes a point out of centre, sigma, capability and the moving ranges that touch it; it stays drawn, hollow. "
                                      "For engineers. Exit status: 0 done, "
                                      "1 refused, 2 it could not be done.",
                                      rows, sizeof rows / sizeof rows[0], 2};
    int status = options_parse(&line, argc, argv, operands);
    if (status)
        return status < 0 ? EXIT_FAILED : EXIT_DONE;
    char *end = NULL;
    long long point = operands[1] ? strtoll(operands[1], &end, 10) : 0;
    if (!operands[1] || *end || point < 1)
        return say(EXIT_FAILED, "exclude",
                   "a characteristic and the number of a point are wanted, as in `gemba exclude bore-dia 118 --reason \"wrong part\"`");
    if (!reason || !*reason)
        return say(EXIT_FAILED, "exclude", "a reason is needed: --reason \"wrong part measured\"");
    struct plant *plant = plant_open(config);
    if (!plant)
        return EXIT_FAILED;
    struct person person = person_of_account(plant->store_path);
    const struct characteristic_group *group = plant_group(plant, operands[0]);
    const struct characteristic *c = group ? NULL : find(plant, "exclude", operands[0]);
    struct exclusion exclusion = {.point = point, .time_us = clock_now_us(), .excluded = !undo};
    struct store *store = NULL;
    snprintf(exclusion.who, sizeof exclusion.who, "%s", person.name);
    snprintf(exclusion.reason, sizeof exclusion.reason, "%s", reason);
    if ((c || group) && person.access != ACCESS_ENGINEER)
        status = say(EXIT_REFUSED, "exclude", "%s may not: this is for engineers, the accounts of group gemba-engineer and root", person.name);
    else
        status = (c || group) && (store = store_open_plant(plant, STORE_WRITE)) ? exclude(store, c, group, &exclusion) : EXIT_FAILED;
    store_close(store);
    plant_free(plant);
    return status;
}
