#ifndef GEMBA_CONFIG_ERROR_H
#define GEMBA_CONFIG_ERROR_H

/* What kind of thing went wrong, for callers that act on it; the text is for people. */
enum error_code {
    ERR_NONE = 0,
    ERR_USAGE,     /* the command line */
    ERR_CONFIG,    /* plant.yaml */
    ERR_NOT_FOUND, /* a file, a name */
    ERR_IO,        /* the disk or a stream */
    ERR_FULL,      /* no space left */
    ERR_LOCKED,    /* the store is held by another program */
    ERR_READ_ONLY, /* no permission to write */
    ERR_TOO_NEW,   /* the store was written by a newer gemba */
    ERR_NOT_GEMBA, /* the file is no gemba store */
    ERR_CORRUPT,   /* the store is damaged */
    ERR_MEMORY,    /* none left; it may come back */
    ERR_COMMUNICATION,
    ERR_INTERNAL,
};

/* Filled by the function that fails: the text names the thing, the place and the way out. */
struct error {
    enum error_code code;
    char text[512];
};

/* Sets err (which may be NULL) and returns -1, so that a function can end with it. */
int error_set(struct error *err, enum error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
