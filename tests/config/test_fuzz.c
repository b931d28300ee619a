#include "tests/config/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *fuzz_suite(void);

static unsigned long long seed = 20261102;

static unsigned roll(unsigned below)
{
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(seed >> 33) % below;
}

/* A few edits of the kinds that people and broken editors make. */
static size_t mutate(char *text, size_t length, size_t room)
{
    static const char *const words[] = {"*bore", "&x ", "<<: ", "[",  "]",     "{",   "}",     ": ", "- ", "\n",
                                        "  ",    "\"",  "0x",   "-1", "1e999", "nan", "65536", "\t", "'",  "#"};
    for (unsigned edits = 1 + roll(4); edits > 0; edits--) {
        size_t at = roll((unsigned)length);
        const char *word = words[roll(sizeof words / sizeof words[0])];
        size_t size = strlen(word), cut = 1 + roll(40);
        switch (roll(4)) {
        case 0:
            text[at] = (char)roll(256);
            break;
        case 1:
            if (at + cut < length) {
                memmove(text + at, text + at + cut, length - at - cut);
                length -= cut;
            }
            break;
        default:
            if (length + size < room) {
                memmove(text + at + size, text + at, length - at);
                memcpy(text + at, word, size);
                length += size;
            }
        }
    }
    return length;
}

/* Whatever a file holds: a plant, or problems that have a place in it and words. */
START_TEST(mutations)
{
    const char *path = test_path("fuzz.yaml");
    char text[8192];
    int plants = 0, refused = 0;
    for (int i = 0; i < 4000; i++) {
        size_t length = strlen(sample_text);
        memcpy(text, sample_text, length);
        length = mutate(text, length, sizeof text);
        if (i % 10 == 9) {
            length = roll(400);
            for (size_t k = 0; k < length; k++)
                text[k] = (char)roll(256);
        }
        FILE *file = fopen(path, "wb");
        fwrite(text, 1, length, file);
        fclose(file);
        struct problems problems = {0};
        struct plant *plant = plant_load(path, &problems);
        ck_assert((plant == NULL) == (problems.count > 0));
        for (size_t k = 0; k < problems.count; k++) {
            ck_assert_int_ge(problems.items[k].line, 1);
            ck_assert_int_ge(problems.items[k].column, 1);
            ck_assert_str_ne(problems.items[k].text, "");
        }
        plants += plant != NULL;
        refused += plant == NULL;
        plant_free(plant);
        problems_free(&problems);
    }
    ck_assert_int_gt(plants, 40);
    ck_assert_int_gt(refused, 1000);
}
END_TEST

Suite *fuzz_suite(void)
{
    Suite *suite = suite_create("fuzz");
    suite_add(suite, "mutations of a plant never crash", mutations);
    return suite;
}
