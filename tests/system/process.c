#include "tests/system/process.h"

#include "tests/harness.h"

#include <arpa/inet.h>
#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static void redirect(const char *path, int fd)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0 || dup2(file, fd) < 0)
        _exit(126);
}

struct process process_start(const char *const *argv)
{
    static int number;
    struct process process = {0};
    snprintf(process.out, sizeof process.out, "%s/process-%d.out", test_directory(), ++number);
    snprintf(process.err, sizeof process.err, "%s/process-%d.err", test_directory(), number);
    const char *program = strcmp(argv[0], "gemba") ? argv[0] : getenv("GEMBA");
    ck_assert_msg(program != NULL, "set GEMBA to the program under test");
    pid_t parent = getpid();
    process.pid = fork();
    ck_assert_int_ge(process.pid, 0);
    if (process.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(126);
        int null = open("/dev/null", O_RDONLY);
        dup2(null, 0);
        redirect(process.out, 1);
        redirect(process.err, 2);
        execvp(program, (char *const *)argv);
        dprintf(2, "%s: %s\n", program, strerror(errno));
        _exit(127);
    }
    return process;
}

int process_wait(const struct process *process, int timeout_ms)
{
    for (int waited = 0;; waited += 5) {
        int status;
        pid_t pid = waitpid(process->pid, &status, WNOHANG);
        if (pid == process->pid)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (pid < 0 || waited >= timeout_ms)
            return -1;
        pause_ms(5);
    }
}

void process_kill(const struct process *process, int signal)
{
    kill(process->pid, signal);
}

/* Texts stay until the test's process ends: no test has to free them. */
static char *new_text(size_t size)
{
    static struct kept {
        struct kept *next;
        char text[];
    } * all;
    struct kept *kept = calloc(1, sizeof *kept + size + 1);
    kept->next = all;
    all = kept;
    return kept->text;
}

static char *contents(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return new_text(0);
    struct stat st;
    fstat(fileno(file), &st);
    char *text = new_text((size_t)st.st_size);
    size_t got = fread(text, 1, (size_t)st.st_size, file);
    text[got] = '\0';
    fclose(file);
    return text;
}

char *process_output(const struct process *process)
{
    return contents(process->out);
}

char *process_errors(const struct process *process)
{
    return contents(process->err);
}

int process_run(char **output, char **errors, const char *const *argv)
{
    struct process process = process_start(argv);
    int status = process_wait(&process, 60000);
    if (status < 0) {
        process_kill(&process, SIGKILL);
        process_wait(&process, 5000);
        ck_abort_msg("%s %s did not end within 60 s", argv[0], argv[1] ? argv[1] : "");
    }
    if (output)
        *output = process_output(&process);
    if (errors)
        *errors = process_errors(&process);
    return status;
}

bool process_wait_for(bool (*condition)(void *context), void *context, int timeout_ms)
{
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (;;) {
        if (condition(context))
            return true;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 > timeout_ms)
            return false;
        pause_ms(20);
    }
}

int process_free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* The cell of one row and column, as libcsv reads the table. */
struct lookup {
    const char *name, *column;
    int wanted, at; /* columns; wanted -1 until the header was read */
    long row;
    bool right_row;
    char *found;
};

static void on_cell(void *cell, size_t length, void *context)
{
    struct lookup *lookup = context;
    char text[512];
    snprintf(text, sizeof text, "%.*s", (int)length, cell ? (const char *)cell : "");
    if (lookup->row == 0 && !strcmp(text, lookup->column))
        lookup->wanted = lookup->at;
    if (lookup->row > 0 && lookup->at == 0)
        lookup->right_row = !strcmp(text, lookup->name);
    if (lookup->row > 0 && lookup->right_row && lookup->at == lookup->wanted && !lookup->found)
        lookup->found = strcpy(new_text(length), text);
    lookup->at++;
}

static void on_row(int end, void *context)
{
    (void)end;
    struct lookup *lookup = context;
    lookup->row++;
    lookup->at = 0;
}

char *process_show_cell(const char *config, const char *screen, const char *name, const char *column)
{
    char *table;
    struct csv_parser parser;
    struct lookup lookup = {.name = name, .column = column, .wanted = -1};
    if (process_run(&table, NULL, ARGV("gemba", "show", screen, "--format", "csv", "-c", config)) == 0) {
        ck_assert_int_eq(csv_init(&parser, CSV_STRICT | CSV_APPEND_NULL), 0);
        ck_assert_uint_eq(csv_parse(&parser, table, strlen(table), on_cell, on_row, &lookup), strlen(table));
        csv_fini(&parser, on_cell, on_row, &lookup);
        csv_free(&parser);
        ck_assert_msg(lookup.wanted >= 0, "show %s has no column %s: %.200s", screen, column, table);
    }
    return lookup.found ? lookup.found : new_text(0);
}
