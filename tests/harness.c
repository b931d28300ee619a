/* Runs the suites of one folder in fork mode, and says how to run a failing test alone. */
#include "tests/harness.h"

#include <ctype.h>
#include <dirent.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char root[256];

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

const char *test_directory(void)
{
    static char directory[300];
    static pid_t owner;
    if (owner != getpid()) {
        owner = getpid();
        snprintf(directory, sizeof directory, "%s/%d-XXXXXX", root, (int)owner);
        ck_assert_ptr_nonnull(mkdtemp(directory));
    }
    return directory;
}

const char *test_path(const char *name)
{
    static char ring[8][400];
    static int next;
    char *path = ring[next++ % 8];
    snprintf(path, sizeof ring[0], "%s/%s", test_directory(), name);
    return path;
}

const char *test_file(const char *name, const char *text)
{
    const char *path = test_path(name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

static const char *manual(void)
{
    static char text[262144];
    FILE *file = *text ? NULL : fopen("gemba.1", "r");
    if (file) {
        text[fread(text, 1, sizeof text - 1, file)] = 0;
        fclose(file);
    }
    ck_assert_msg(*text != 0, "gemba.1 cannot be read: run the tests where it is");
    return text;
}

static bool is_key_letter(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool is_documented(const char *key)
{
    size_t length = strlen(key);
    const char *text = manual();
    for (const char *found = text; (found = strstr(found, key)); found++) {
        const char *line = found;
        while (line > text && line[-1] != '\n')
            line--;
        if (*line == '.' && !is_key_letter(found[-1]) && !is_key_letter(found[length]))
            return true;
    }
    return false;
}

const char *test_undocumented(const char *json)
{
    static char key[80];
    for (const char *at = json; (at = strchr(at, '"')); at++) {
        const char *end = ++at;
        while (*end && *end != '"')
            end += 1 + (*end == '\\' && end[1]);
        size_t length = (size_t)(end - at);
        bool is_key = *end == '"' && end[1] == ':' && length < sizeof key;
        if (is_key) {
            memcpy(key, at, length);
            key[length] = 0;
            if (!is_documented(key))
                return key;
            if (!strcmp(key, "parameters") && strchr(end, '}'))
                end = strchr(end, '}');
        }
        at = end;
        if (!*at)
            break;
    }
    return "";
}

Suite *suite_of(const char *name, double timeout_s, const struct named_test *tests, size_t count)
{
    Suite *suite = suite_create(name);
    for (size_t i = 0; i < count; i++) {
        TCase *tcase = tcase_create(tests[i].name);
        tcase_set_timeout(tcase, timeout_s);
        tcase_add_test(tcase, tests[i].test);
        suite_add_tcase(suite, tcase);
    }
    return suite;
}

int main(int argc, char **argv)
{
    (void)argc;
    snprintf(root, sizeof root, "%s/gemba-test-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(root)) {
        perror(root);
        return 2;
    }
    setenv("TZ", "UTC", 0);
    setenv("CK_DEFAULT_TIMEOUT", "60", 0); /* s: it ends what hangs; a busy machine is no reason to fail */
    SRunner *runner = srunner_create(NULL);
    for (size_t i = 0; suites[i]; i++)
        srunner_add_suite(runner, suites[i]());
    if (srunner_fork_status(runner) == CK_NOFORK)
        fprintf(stderr, "warning: without fork a failing test ends the run\n");
    printf("%s: ", strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0]);
    fflush(stdout);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    TestResult **failures = srunner_failures(runner);
    for (int i = 0; i < failed; i++)
        printf("  to run it alone: CK_RUN_CASE='%s' %s\n", tr_tcname(failures[i]), argv[0]);
    free(failures);
    srunner_free(runner);
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return failed ? 1 : 0;
}
