#include "acquisition/counting.h"
#include "acquisition/recall.h"
#include "tests/acquisition/fixture.h"

#include <math.h>
#include <stdio.h>

Suite *counting_suite(void);

/* What goes on counting, as samples and as events; with a store that remembers where the counters stood. */
enum { BAD, TOTAL, LOT, TAGS };

struct counter {
    struct plant *plant;
    const struct characteristic *characteristic;
    struct store *store;
    struct counting counting;
    struct reading readings[TAGS];
    int64_t time_us;
};

static void start(struct counter *counter, const char *settings)
{
    struct error err;
    *counter = (struct counter){.time_us = 1000000 * SECOND_US};
    counter->plant = fixture_plant("links: {hall: {url: \"tcp://127.0.0.1:502\"}}\ninstruments:\n  g:\n    link: hall\n    tags:\n"
                                   "      bad: {address: \"holding:0\"}\n      total: {address: \"holding:1\"}\n"
                                   "      lot: {address: \"holding:2\", names: {3: L-03}}\ncharacteristics:\n  c: {source: g.bad, %s}\n",
                                   settings);
    counter->characteristic = &counter->plant->characteristics[0];
    ck_assert_msg(!store_open(&counter->store, counter->plant->store_path, STORE_RECORD, &err), "%s", err.text);
    ck_assert(!store_identify(counter->store, counter->plant, &err));
    ck_assert(!counting_init(&counter->counting, counter->characteristic, counter->store, 0, &err));
}

static void stop(struct counter *counter)
{
    store_close(counter->store);
    plant_free(counter->plant);
}

/* A poll a minute, recorded as the recorder does. Returns the events. */
static int64_t see(struct counter *counter, double bad, double total)
{
    struct error err;
    counter->time_us += 60 * SECOND_US;
    counter->readings[BAD] = (struct reading){.value = bad};
    counter->readings[TOTAL] = (struct reading){.value = total};
    counter->readings[LOT] = (struct reading){.value = 3};
    ck_assert_msg(!record_journal(counter->store, &counter->plant->instruments[0], counter->time_us, counter->readings, &err), "%s", err.text);
    return counting_see(&counter->counting, counter->readings);
}

static void restart(struct counter *counter)
{
    struct error err;
    int64_t last_us = counter->counting.last_us;
    ck_assert_msg(!counting_init(&counter->counting, counter->characteristic, counter->store, last_us, &err), "%s", err.text);
}

START_TEST(running_counters_make_samples)
{
    for (int restarted = 0; restarted < 2; restarted++) {
        struct counter c;
        struct reading value;
        double size;
        start(&c, "chart: p, every: 60s, size: g.total");
        see(&c, 65530, 100);
        ck_assert(!counting_sample(&c.counting, c.time_us, c.readings, &value, &size)); /* from here on */
        see(&c, 65533, 120);
        if (restarted)
            restart(&c);
        see(&c, 2, 150); /* over the end of 16 bits */
        ck_assert(counting_sample(&c.counting, c.time_us, c.readings, &value, &size));
        ck_assert_double_eq(value.value, 8);
        ck_assert_double_eq(size, 50);
        see(&c, 2, 150);
        ck_assert(!counting_sample(&c.counting, c.time_us, c.readings, &value, &size)); /* nothing was made */
        see(&c, 3, 151);
        ck_assert(counting_sample(&c.counting, c.time_us, c.readings, &value, &size));
        ck_assert_double_eq(value.value, 1);
        ck_assert_double_eq(size, 1);
        stop(&c);
        remove(test_path("plant.db"));
    }
}
END_TEST

START_TEST(samples_are_taken_as_they_are)
{
    struct counter c;
    struct reading value;
    double size;
    start(&c, "chart: u, counts: sample, every: 60s, size: g.total");
    see(&c, 7, 40);
    ck_assert(counting_sample(&c.counting, c.time_us, c.readings, &value, &size));
    ck_assert_double_eq(value.value, 7);
    ck_assert_double_eq(size, 40);
    c.readings[BAD].quality = QUALITY_BAD_TIMEOUT;
    ck_assert(!counting_sample(&c.counting, c.time_us, c.readings, &value, &size));
    stop(&c);
}
END_TEST

START_TEST(events_and_what_lies_between)
{
    for (int parts = 0; parts < 2; parts++) {
        struct counter c;
        struct reading value;
        start(&c, parts ? "chart: g, size: g.total" : "chart: t");
        ck_assert_int_eq(see(&c, 5, 100), 0);
        ck_assert_int_eq(see(&c, 6, 130), 1);
        ck_assert(!counting_event(&c.counting, c.time_us, &value)); /* nobody knows when the one before was */
        see(&c, 6, 150);
        restart(&c);
        see(&c, 6, 160);
        ck_assert_int_eq(see(&c, 7, 171), 1);
        ck_assert(counting_event(&c.counting, c.time_us, &value));
        ck_assert_double_eq(value.value, parts ? 40 : 3.0 / 60);
        ck_assert_int_eq(see(&c, 9, 172), 2);
        ck_assert(counting_event(&c.counting, c.time_us, &value));
        ck_assert_double_eq(value.value, parts ? 0 : 1.0 / 60);
        ck_assert(counting_event(&c.counting, c.time_us, &value));
        ck_assert_double_eq(value.value, 0);
        stop(&c);
        remove(test_path("plant.db"));
    }
}
END_TEST

START_TEST(the_store_remembers_what_a_tag_said)
{
    struct counter c;
    struct reading reading;
    struct error err;
    char words[32];
    start(&c, "chart: c, every: 60s");
    see(&c, 1, 10);
    see(&c, 2, 20);
    ck_assert(!recall_reading(c.store, &c.plant->instruments[0].tags[TOTAL], c.time_us - 30 * SECOND_US, &reading, &err));
    ck_assert_double_eq(reading.value, 10);
    ck_assert(!recall_reading(c.store, &c.plant->instruments[0].tags[LOT], c.time_us, &reading, &err));
    ck_assert_str_eq(reading_words(&c.plant->instruments[0].tags[LOT], &reading, words, sizeof words), "L-03");
    ck_assert(!recall_reading(c.store, &c.plant->instruments[0].tags[LOT], c.time_us - 7200 * SECOND_US, &reading, &err));
    ck_assert(quality_is_bad(reading.quality));
    stop(&c);
}
END_TEST

Suite *counting_suite(void)
{
    const struct named_test cases[] = {{"running counters make samples", running_counters_make_samples},
                                       {"samples are taken as they are", samples_are_taken_as_they_are},
                                       {"events, and what lies between", events_and_what_lies_between},
                                       {"the store remembers what a tag said", the_store_remembers_what_a_tag_said}};
    return SUITE_OF("counting", 30, cases);
}
