#include "tui/screen.h"

/* Everything people write goes through here: a store opened for writing for one short transaction, so that a dashboard never holds a lock. */
static struct store *open_for_writing(struct console *console)
{
    struct store *store;
    struct error err;
    if (!store_open(&store, console->plant->store_path, STORE_WRITE, &err))
        return store;
    console_say(console, LOOK_ALARM, "not written: %s", err.text);
    return NULL;
}

static void report(struct console *console, int status, const struct error *err, const char *done)
{
    if (status)
        console_say(console, LOOK_ALARM, "not written: %s", err->text);
    else
        console_say(console, LOOK_OK, "%s (%s)", done, console->person.name);
}

void writing_acknowledge_alarm(struct console *console, int64_t alarm)
{
    struct error err;
    struct store *store = open_for_writing(console);
    if (store)
        report(console, action_acknowledge_alarm(store, alarm, console->person.name, clock_now_us(), &err), &err, "acknowledged");
    store_close(store);
}

void writing_acknowledge_characteristic(struct console *console, const struct characteristic *characteristic)
{
    struct error err;
    int count = 0;
    char done[120];
    struct store *store = open_for_writing(console);
    if (!store)
        return;
    int status = action_acknowledge_characteristic(store, characteristic->id, console->person.name, clock_now_us(), &count, &err);
    snprintf(done, sizeof done, count == 1 ? "%s: %d alarm acknowledged" : "%s: %d alarms acknowledged", characteristic->name, count);
    if (!status && !count)
        console_say(console, LOOK_DEFAULT, "%s has no new alarms", characteristic->name);
    else
        report(console, status, &err, done);
    store_close(store);
}

/* action: of characteristics, or of groups. */
static void write_exclusion(struct console *console, struct exclusion exclusion, const char *reason,
                            int (*action)(struct store *store, const struct exclusion *exclusion, struct error *err))
{
    struct error err;
    char done[120];
    struct store *store = open_for_writing(console);
    if (!store)
        return;
    exclusion.time_us = clock_now_us();
    snprintf(exclusion.who, sizeof exclusion.who, "%s", console->person.name);
    snprintf(exclusion.reason, sizeof exclusion.reason, "%s", reason);
    snprintf(done, sizeof done,
             exclusion.excluded ? "point %lld no longer counts; the limits stay: L calculates new ones" : "point %lld counts again",
             (long long)exclusion.point);
    report(console, action(store, &exclusion, &err), &err, done);
    store_close(store);
}

void writing_exclusion(struct console *console, int64_t point, bool excluded, const char *reason)
{
    write_exclusion(console, (struct exclusion){.characteristic = console->characteristic->id, .point = point, .excluded = excluded}, reason,
                    action_exclude);
}

void writing_group_exclusion(struct console *console, const struct characteristic_group *group, int64_t point, bool excluded, const char *reason)
{
    write_exclusion(console, (struct exclusion){.characteristic = group->id, .point = point, .excluded = excluded}, reason, action_group_exclude);
}

bool writing_group_limits(struct console *console, struct group_proposal *proposal, const char *reason)
{
    struct error err;
    char done[120];
    struct store *store = open_for_writing(console);
    if (!store)
        return false;
    int status = group_limits_decide(proposal, store, console->person.name, reason, &err);
    snprintf(done, sizeof done, "limits %s: the collector takes them over at its next point", limits_state_name(proposal->then.state));
    report(console, status, &err, done);
    store_close(store);
    return !status;
}

bool writing_limits(struct console *console, struct limits_proposal *proposal, const char *reason)
{
    struct error err;
    char done[120];
    struct store *store = open_for_writing(console);
    if (!store)
        return false;
    int status = limits_decide(proposal, store, console->person.name, reason, &err);
    snprintf(done, sizeof done, "limits %s: the collector takes them over at its next point", limits_state_name(proposal->then.state));
    report(console, status, &err, done);
    store_close(store);
    return !status;
}

void writing_cause(struct console *console, int64_t point, const char *cause, const char *action)
{
    struct error err;
    char done[64];
    struct store *store = open_for_writing(console);
    if (!store)
        return;
    snprintf(done, sizeof done, "cause of point %lld written", (long long)point);
    report(console, action_cause(store, console->characteristic->id, point, cause, action, console->person.name, clock_now_us(), &err), &err, done);
    store_close(store);
}

void writing_note(struct console *console, const struct characteristic *characteristic, int64_t about_us, const char *text)
{
    struct error err;
    struct store *store = open_for_writing(console);
    if (!store)
        return;
    report(console, action_note(store, characteristic->name, text, about_us, console->person.name, clock_now_us(), &err), &err, "note written");
    store_close(store);
}
