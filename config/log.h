#ifndef GEMBA_CONFIG_LOG_H
#define GEMBA_CONFIG_LOG_H

#include <stdbool.h>
#include <stdint.h>

/* One line on standard error: "2026-11-02T14:31:55Z warning: text" on a terminal or a file; with a journal's <N> prefix
 * under systemd (JOURNAL_STREAM set). Safe from several threads. Callers log changes of state, not each recurrence. */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For what may change its state without end, like an instrument on a loose contact: 10 lines in a minute, then one a minute while it goes on, the
 * last of them when it is still. changed: there is something to say; ask without, too, so that what was held back is told in the end. held: how many
 * lines were not said before this one. now_us: monotonic. Zero-initialised has said nothing yet. */
struct log_voice {
    int64_t since_us;
    int said, held;
};
bool log_may(struct log_voice *voice, bool changed, int64_t now_us, int *held);

/* Below warning nothing is printed when quiet. */
void log_quiet(int quiet);

#endif
