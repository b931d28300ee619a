#include "config/log.h"

#include "config/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct level {
    const char *name, *journal;
};
static const struct level info = {"info", "<6>"}, warning = {"warning", "<4>"}, failure = {"error", "<3>"};

static int quiet;

void log_quiet(int on)
{
    quiet = on;
}

/* systemd names the stream by device and inode, because a child may have standard error redirected and the variable inherited. */
static bool to_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat st;
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

/* The line leaves in one write, so lines of several threads and processes stay whole. Real time, as in all other logs of the machine. */
static void say(const struct level *level, const char *format, va_list arguments)
{
    char line[1200], stamp[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    size_t room = sizeof line - 1; /* for the newline */
    int used = to_journal() ? snprintf(line, room, "%s", level->journal) : snprintf(line, room, "%s %s: ", stamp, level->name);
    int more = vsnprintf(line + used, room - (size_t)used, format, arguments);
    size_t length = more < 0 ? (size_t)used : (size_t)used + (size_t)more;
    if (length > room - 1)
        length = room - 1;
    for (size_t i = (size_t)used; i < length; i++)
        if (line[i] == '\n')
            line[i] = ' ';
    line[length++] = '\n';
    if (write(STDERR_FILENO, line, length) < 0)
        return; /* nowhere left to say it */
}

bool log_may(struct log_voice *voice, bool changed, int64_t now_us, int *held)
{
    enum { BURST = 10 };
    if (!changed && !voice->held)
        return false;
    if (now_us - voice->since_us >= MINUTE_US) {
        voice->since_us = now_us;
        voice->said = voice->held ? BURST - 1 : 0; /* it still goes on */
    }
    if (voice->said == BURST) {
        voice->held += changed;
        return false;
    }
    *held = voice->held;
    voice->held = 0;
    voice->said++;
    return true;
}

void log_info(const char *format, ...)
{
    if (quiet)
        return;
    va_list arguments;
    va_start(arguments, format);
    say(&info, format, arguments);
    va_end(arguments);
}

void log_warning(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(&warning, format, arguments);
    va_end(arguments);
}

void log_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(&failure, format, arguments);
    va_end(arguments);
}
