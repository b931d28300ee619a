#ifndef GEMBA_STORAGE_WRITE_REQUEST_H
#define GEMBA_STORAGE_WRITE_REQUEST_H

#include "storage/store.h"
#include "storage/value.h"

/* What people ask the collector to write into a device, and what became of it. */
enum write_state {
    WRITE_WAITING,
    WRITE_TAKEN, /* on its way to the device */
    WRITE_DONE,
    WRITE_FAILED,
};
struct write_request {
    int64_t id, tag;
    int64_t time_us, until_us; /* plant time; not begun after until_us */
    char value[READING_TEXT], who[32];
    enum write_state state;
    char result[192]; /* words, when done or failed */
};

/* Asks, in a transaction of its own on a STORE_WRITE store; sets request->id. */
int action_write(struct store *store, struct write_request *request, struct error *err);
/* Takes it back when nobody has begun it: it fails with those words. What became of it is in *request afterwards. */
int action_write_withdraw(struct store *store, struct write_request *request, const char *words, struct error *err);
int store_write_request(struct store *store, int64_t id, struct write_request *request, struct error *err); /* ERR_NOT_FOUND */

/* For the collector; each is a transaction of its own. Of what waits, takes up to `most`, *count of them: they are WRITE_TAKEN now. Those that waited
 * too long fail. */
int record_write_take(struct store *store, int64_t now_us, struct write_request *requests, int most, int *count, struct error *err);
/* What a collector that ended left behind fails, because nobody knows what became of it. */
int record_write_forget(struct store *store, struct error *err);

/* What became of a write: with the values as read before and after ("" when unknown), into the audit table too. */
struct write_result {
    int64_t id, time_us;
    const char *who, *tag, *before, *value, *after, *words;
    bool done;
};
int record_write_result(struct store *store, const struct write_result *result, struct error *err);

#endif
