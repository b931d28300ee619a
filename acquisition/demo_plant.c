#include "acquisition/demo_plant.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- where the config comes from */

static int find_config(const char *given, char *path, size_t size, struct error *err)
{
    if (given) {
        snprintf(path, size, "%s", given);
        return 0;
    }
    static const char *const places[] = {"%s/config/demo.yaml", "config/demo.yaml", "%s/../share/gemba/demo.yaml"};
    char program[PATH_MAX] = ".";
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 1] = 0;
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        bool here = strncmp(places[i], "%s", 2) != 0;
        snprintf(path, size, "%s%s", here ? "" : program, here ? places[i] : places[i] + 2);
        if (!access(path, R_OK))
            return 0;
    }
    return error_set(err, ERR_NOT_FOUND, "no demo.yaml in %s/config, in ./config or in %s/../share/gemba: name a simulated plant with -c FILE",
                     program, program);
}

static struct plant *load(const char *path, struct error *err)
{
    struct problems problems = {0};
    struct plant *plant = plant_load(path, &problems);
    if (!plant) {
        const struct problem *first = &problems.items[0];
        if (first->line)
            error_set(err, ERR_CONFIG, "%s:%d:%d: %s%s", path, first->line, first->column, first->text,
                      problems.count > 1 ? " (and more: see gemba check)" : "");
        else
            error_set(err, ERR_CONFIG, "%s: %s", path, first->text);
    }
    problems_free(&problems);
    return plant;
}

/* --- the copy */

/* Bound but not listening, with SO_REUSEADDR: nobody is given the port by chance, and the simulator can still bind it. */
static int reserve_port(struct demo_plant *demo, struct error *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) || bind(fd, (struct sockaddr *)&address, size) ||
        getsockname(fd, (struct sockaddr *)&address, &size)) {
        int reason = errno;
        if (fd >= 0)
            close(fd);
        return error_set(err, ERR_IO, "no free port at 127.0.0.1: %s", strerror(reason));
    }
    demo->reserved[demo->n_reserved++] = fd;
    return ntohs(address.sin_port);
}

/* ports[i]: of the i-th link. */
static int reserve_ports(struct demo_plant *demo, const struct plant *plant, int *ports, struct error *err)
{
    demo->reserved = memory_zero(plant->n_links, sizeof *demo->reserved);
    for (size_t i = 0; i < plant->n_links; i++) {
        ports[i] = plant->links[i].kind == LINK_TCP ? reserve_port(demo, err) : 0;
        if (ports[i] < 0)
            return -1;
    }
    return 0;
}

/* The link whose url stands at text, whole. */
static const struct link *link_at(const struct plant *plant, const char *text)
{
    for (size_t i = 0; i < plant->n_links; i++) {
        const struct link *link = &plant->links[i];
        size_t length = strlen(link->url);
        if (link->kind == LINK_TCP && !strncmp(text, link->url, length) && !isalnum((unsigned char)text[length]) && text[length] != ':')
            return link;
    }
    return NULL;
}

static int write_copy(const struct demo_plant *demo, const struct plant *plant, const int *ports, struct error *err)
{
    FILE *file = fopen(demo->config, "wx");
    if (!file && errno == EEXIST)
        return error_set(err, ERR_IO, "%s holds a demo already: name another directory", demo->directory);
    if (!file)
        return error_set(err, ERR_IO, "cannot write %s: %s", demo->config, strerror(errno));
    for (const char *at = plant->text; *at;) {
        const struct link *link = link_at(plant, at);
        if (link) {
            fprintf(file, "tcp://127.0.0.1:%d", ports[link - plant->links]);
            at += strlen(link->url);
        } else {
            fputc(*at++, file);
        }
    }
    bool failed = ferror(file);
    if (fclose(file) || failed)
        return error_set(err, ERR_FULL, "cannot write %s: %s", demo->config, strerror(errno));
    return 0;
}

/* The copy must lead nowhere but into its own directory and to its own ports. */
static int check_copy(const struct demo_plant *demo, const int *ports, struct error *err)
{
    const struct plant *plant = demo->plant;
    size_t length = strlen(demo->directory);
    if (strncmp(plant->store_path, demo->directory, length) || strchr(plant->store_path + length + 1, '/'))
        return error_set(err, ERR_CONFIG, "the store %s is not beside the config: a demo writes only into its own directory", plant->store_path);
    for (size_t i = 0; i < plant->n_links; i++)
        if (plant->links[i].kind == LINK_TCP && plant->links[i].port != ports[i])
            return error_set(err, ERR_CONFIG, "link '%s': write its url as tcp://127.0.0.1:PORT, so that the demo can give it a free port",
                             plant->links[i].name);
    return 0;
}

static int use_directory(struct demo_plant *demo, const char *keep, struct error *err)
{
    char path[PATH_MAX];
    if (mkdir(keep, 0700) && errno != EEXIST)
        return error_set(err, ERR_IO, "cannot make %s: %s", keep, strerror(errno));
    if (!realpath(keep, path))
        return error_set(err, ERR_IO, "cannot use %s: %s", keep, strerror(errno));
    if ((size_t)snprintf(demo->directory, sizeof demo->directory, "%s", path) >= sizeof demo->directory)
        return error_set(err, ERR_IO, "cannot use %s: its path is too long", path);
    return 0;
}

static int make_directory(struct demo_plant *demo, struct error *err)
{
    const char *given = getenv("TMPDIR"), *parent = given && *given ? given : "/tmp";
    if ((size_t)snprintf(demo->directory, sizeof demo->directory, "%s/gemba-demo-XXXXXX", parent) < sizeof demo->directory &&
        mkdtemp(demo->directory))
        return 0;
    demo->directory[0] = 0;
    return error_set(err, ERR_IO, "cannot make a directory in %s: %s", parent, strerror(errno));
}

static int copy(struct demo_plant *demo, const struct plant *original, struct error *err)
{
    if (!original->simulated)
        return error_set(err, ERR_CONFIG, "%s has no simulation section: a demo plays simulated plants only", original->file);
    snprintf(demo->config, sizeof demo->config, "%s/plant.yaml", demo->directory);
    int *ports = memory_zero(original->n_links, sizeof *ports);
    int failed = reserve_ports(demo, original, ports, err) || write_copy(demo, original, ports, err) || !(demo->plant = load(demo->config, err)) ||
                 check_copy(demo, ports, err);
    free(ports);
    return failed ? -1 : 0;
}

int demo_plant_make(struct demo_plant *demo, const char *given, const char *keep, struct error *err)
{
    *demo = (struct demo_plant){0};
    char path[PATH_MAX + 64];
    if (find_config(given, path, sizeof path, err))
        return -1;
    struct plant *original = load(path, err);
    if (!original)
        return -1;
    demo->keep = keep != NULL;
    int failed = (keep ? use_directory(demo, keep, err) : make_directory(demo, err)) || copy(demo, original, err);
    plant_free(original);
    if (failed)
        demo_plant_remove(demo);
    return failed ? -1 : 0;
}

void demo_plant_release_ports(struct demo_plant *demo)
{
    for (size_t i = 0; i < demo->n_reserved; i++)
        close(demo->reserved[i]);
    demo->n_reserved = 0;
}

/* Only its own files stand in a temporary directory: config, store, logs. */
static void remove_directory(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;
    while (directory && (entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
            unlinkat(dirfd(directory), entry->d_name, 0);
    if (directory)
        closedir(directory);
    rmdir(path);
}

void demo_plant_remove(struct demo_plant *demo)
{
    demo_plant_release_ports(demo);
    free(demo->reserved);
    if (demo->plant)
        plant_free(demo->plant);
    if (!demo->keep && demo->directory[0])
        remove_directory(demo->directory);
    *demo = (struct demo_plant){0};
}
