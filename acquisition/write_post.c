#include "acquisition/write_post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUESTS_AT_ONCE = 16 };

struct write_post {
    const struct plant *plant;
    bool begun;               /* what a collector before this one left behind is settled */
    struct write_job *own;    /* of the collector itself, not yet handed out */
    struct write_job *answer; /* finished, not yet recorded */
};

struct write_post *write_post_create(const struct plant *plant)
{
    struct write_post *post = memory_zero(1, sizeof *post);
    post->plant = plant;
    return post;
}

void write_post_destroy(struct write_post *post)
{
    if (!post)
        return;
    write_jobs_free(post->own);
    write_jobs_free(post->answer);
    free(post);
}

void write_post_send(struct write_post *post, const struct tag *tag, double value)
{
    write_jobs_append(&post->own, write_job_create(tag, value));
}

static const struct tag *tag_of(const struct plant *plant, int64_t id)
{
    for (size_t i = 0; i < plant->n_instruments; i++)
        for (size_t k = 0; k < plant->instruments[i].n_tags; k++)
            if (plant->instruments[i].tags[k].id == id)
                return &plant->instruments[i].tags[k];
    return NULL;
}

/* The command that asked has looked already; whoever can write into the store can leave the command out, but not be in the group. */
static bool is_allowed(const struct write_job *job)
{
    return !job->id || person_access_of(job->who) == ACCESS_ENGINEER;
}

/* To the link that has the tag; what no link takes is answered at once. */
static void hand_out(struct write_post *post, struct write_job *job, struct link_worker *const *workers, size_t n_workers)
{
    bool allowed = is_allowed(job);
    for (size_t i = 0; allowed && job->tag && i < n_workers; i++)
        if (link_write(workers[i], job))
            return;
    if (allowed)
        snprintf(job->words, sizeof job->words, "the collector's configuration has no such tag on a link: send it SIGHUP to read the file again");
    else
        snprintf(job->words, sizeof job->words, "%s is not in group gemba-engineer, so nothing was written", job->who);
    write_jobs_append(&post->answer, job);
}

static struct write_job *job_of(const struct write_post *post, const struct write_request *request)
{
    struct write_job *job = memory_zero(1, sizeof *job);
    job->id = request->id;
    job->tag = tag_of(post->plant, request->tag);
    snprintf(job->value, sizeof job->value, "%s", request->value);
    snprintf(job->who, sizeof job->who, "%s", request->who);
    return job;
}

static int take_requests(struct write_post *post, struct store *store, struct link_worker *const *workers, size_t n_workers, struct error *err)
{
    struct write_request requests[REQUESTS_AT_ONCE];
    int count;
    if (record_write_take(store, clock_now_us(), requests, REQUESTS_AT_ONCE, &count, err))
        return -1;
    for (int i = 0; i < count; i++)
        hand_out(post, job_of(post, &requests[i]), workers, n_workers);
    return 0;
}

static void log_answer(const struct write_job *job)
{
    const char *name = job->tag ? job->tag->full_name : "a tag";
    if (!job->done)
        log_warning("%s was not set to %s for %s: %s", name, job->value, job->who, job->words);
    else if (job->id)
        log_info("%s was set from %s to %s by %s", name, job->before, job->after, job->who);
}

static int record_answers(struct write_post *post, struct store *store, struct error *err)
{
    for (struct write_job *job; (job = post->answer); free(write_jobs_take(&post->answer))) {
        const struct write_result result = {.id = job->id,
                                            .time_us = clock_now_us(),
                                            .who = job->who,
                                            .tag = job->tag ? job->tag->full_name : "",
                                            .before = job->before,
                                            .value = job->value,
                                            .after = job->after,
                                            .words = job->words,
                                            .done = job->done};
        if (job->id && record_write_result(store, &result, err))
            return -1;
        log_answer(job);
    }
    return 0;
}

int write_post_run(struct write_post *post, struct store *store, struct link_worker *const *workers, size_t n_workers, struct error *err)
{
    if (!post->begun && record_write_forget(store, err))
        return -1;
    post->begun = true;
    for (struct write_job *job; n_workers && (job = write_jobs_take(&post->own));)
        hand_out(post, job, workers, n_workers);
    for (size_t i = 0; i < n_workers; i++) {
        struct write_job *finished = link_written(workers[i]);
        for (struct write_job *job; (job = write_jobs_take(&finished));)
            write_jobs_append(&post->answer, job);
    }
    if (record_answers(post, store, err))
        return -1;
    return n_workers ? take_requests(post, store, workers, n_workers, err) : 0;
}
