#ifndef GEMBA_ACQUISITION_WRITE_H
#define GEMBA_ACQUISITION_WRITE_H

#include "acquisition/transport.h"

/* A value on its way into a device: handed to the link's thread (link_write), done there between two requests, given back (link_written). */
struct write_job {
    struct write_job *next;
    const struct tag *tag;
    int64_t id;               /* of the request in the store; 0: the collector's own, as the acknowledgement of a handshake */
    char value[READING_TEXT]; /* as a person writes it: "12.5", "on", the text of a string */
    char who[32];
    bool done;
    char before[READING_TEXT + 2], after[READING_TEXT + 2]; /* as read before and after, texts in quotes; "" when that was not reached */
    char words[192];                                        /* what was done, or why not and what to do */
};

/* A job of the collector's own; the caller's until it is handed on. Freed with free(). */
struct write_job *write_job_create(const struct tag *tag, double value);

/* Lists of jobs, oldest first: to the end of one; the first of one, NULL when it is empty; frees all of one. */
void write_jobs_append(struct write_job **list, struct write_job *job);
struct write_job *write_jobs_take(struct write_job **list);
void write_jobs_free(struct write_job *list);

/* Only in the thread that owns the open transport. Reads the tag, writes it (functions 5, 6, 16; one bit of a register by 22, else by writing the
 * register as it was read), reads it back and compares. Refuses tags that are not `writable`, and values that the type or low..high do not hold.
 * Fills done, before, after and words; returns the transport's last outcome. */
struct outcome write_tag(struct transport *transport, struct write_job *job);

/* A value as people type it, for a tag: numbers, on/off, true/false; a string tag takes any text. -1 with words. */
int write_parse(const struct tag *tag, const char *text, double *value, char *words, size_t size);

#endif
