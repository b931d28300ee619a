/* `gemba limits GROUP`: what limits_command.c does for one characteristic. */
#include "reports/group_limits.h"
#include "reports/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_DONE, EXIT_REFUSED, EXIT_FAILED };

static int fail(const struct error *err)
{
    fprintf(stderr, "gemba limits: %s\n", err->text);
    return err->code == ERR_USAGE ? EXIT_REFUSED : EXIT_FAILED;
}

static void put_matrix(struct json *json, const char *key, const double *values, int p)
{
    json_open(json, key, '[');
    for (int v = 0; v < p; v++) {
        json_open(json, NULL, '[');
        for (int w = 0; w < p; w++)
            json_number(json, NULL, values[v * p + w]);
        json_close(json, ']');
    }
    json_close(json, ']');
}

static void put_model(struct json *json, const char *key, const struct group_model *model)
{
    double lcl, center, ucl;
    generalised_variance_limits(&model->t2, &lcl, &center, &ucl);
    json_open(json, key, '{');
    json_integer(json, "id", model->number);
    json_text(json, "state", limits_state_name(model->state));
    json_time(json, "time", model->time_us);
    json_text(json, "settings", model->settings);
    json_number(json, "center", model->center);
    json_number(json, "ucl", model->ucl);
    json_number(json, "dispersion_center", center);
    json_number(json, "dispersion_lcl", lcl);
    json_number(json, "dispersion_ucl", ucl);
    json_integer(json, "points", model->t2.m);
    json_integer(json, "first_point", model->first_point);
    json_integer(json, "last_point", model->last_point);
    json_boolean(json, "provisional", model->t2.m < LIMITS_FEW);
    json_text(json, "who", model->who);
    json_text(json, "why", model->why);
    json_integer(json, "superseded_by", model->superseded_by);
    json_open(json, "means", '[');
    for (int v = 0; v < model->t2.p; v++)
        json_number(json, NULL, model->t2.mean[v]);
    json_close(json, ']');
    put_matrix(json, "covariance", model->t2.covariance, model->t2.p);
    json_close(json, '}');
}

static void print_model(const struct group_model *model)
{
    char words[400], numbers[300];
    printf("%4lld  %s%s\n      %s; %s\n", (long long)model->number, group_model_words(model, words, sizeof words),
           model->superseded_by ? "; superseded" : "", group_limits_numbers(model, numbers, sizeof numbers), model->settings);
}

static int show(const struct group_limits_request *request, bool history)
{
    struct group_model *models;
    struct json json = {.stream = stdout, .first = {true}};
    struct error err;
    size_t count, shown = 0;
    if (store_group_models(request->store, request->group->id, &models, &count, &err))
        return fail(&err);
    if (request->json)
        json_open(&json, NULL, '[');
    for (size_t i = 0; i < count; i++) {
        if (!history && models[i].superseded_by)
            continue;
        shown++;
        if (request->json)
            put_model(&json, NULL, &models[i]);
        else
            print_model(&models[i]);
    }
    if (request->json)
        json_close(&json, ']');
    free(models);
    if (!shown)
        fprintf(stderr, "gemba limits: %s has no limits yet\n", request->group->name);
    return shown ? EXIT_DONE : EXIT_REFUSED;
}

static void print_json(const struct group_limits_request *request, const struct group_proposal *proposal)
{
    struct json json = {.stream = stdout, .first = {true}};
    json_open(&json, NULL, '{');
    json_text(&json, "group", request->group->name);
    json_text(&json, "decision", limits_decisions[proposal->decision]);
    json_boolean(&json, "written", !request->only_try);
    if (proposal->now.number)
        put_model(&json, "before", &proposal->now);
    put_model(&json, "after", &proposal->then);
    json_integer(&json, "points_judged", proposal->effect.judged);
    json_integer(&json, "signals_before", proposal->effect.signals_now);
    json_integer(&json, "signals_after", proposal->effect.signals_then);
    json_close(&json, '}');
}

static void print_text(const struct group_limits_request *request, const struct group_proposal *proposal)
{
    char text[400];
    printf("before  %s\n", proposal->now.number ? group_model_words(&proposal->now, text, sizeof text) : "none");
    if (proposal->now.number)
        printf("        %s\n", group_limits_numbers(&proposal->now, text, sizeof text));
    printf("after   %s; calculated from points %lld-%lld%s\n", limits_state_name(proposal->then.state), (long long)proposal->then.first_point,
           (long long)proposal->then.last_point, proposal->then.t2.m < LIMITS_FEW ? " (provisional: under 20 points)" : "");
    printf("        %s\n", group_limits_numbers(&proposal->then, text, sizeof text));
    printf("        %s\n", limits_effect(&proposal->effect, text, sizeof text));
    puts(request->only_try ? "only tried: nothing was written" : "written: the collector takes them over at its next point");
}

static int decide(const struct group_limits_request *request, enum limits_decision decision)
{
    struct group_proposal proposal;
    struct error err;
    if (group_limits_propose(&proposal, request->store, request->group, decision, &request->wish, &err) ||
        (!request->only_try && group_limits_decide(&proposal, request->store, request->person->name, request->reason, &err)))
        return fail(&err);
    if (request->json)
        print_json(request, &proposal);
    else
        print_text(request, &proposal);
    return EXIT_DONE;
}

int group_limits_run(const struct group_limits_request *request)
{
    for (int i = 0; i < LIMITS_DECISIONS; i++)
        if (!strcmp(request->what, limits_decisions[i]))
            return decide(request, (enum limits_decision)i);
    return show(request, !strcmp(request->what, "history"));
}
