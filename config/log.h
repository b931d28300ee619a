#ifndef GEMBA_CONFIG_LOG_H
#define GEMBA_CONFIG_LOG_H

/* One line on standard error: "2026-11-02T14:31:55Z warning: text" on a terminal or a file; with a journal's <N> prefix
 * under systemd (JOURNAL_STREAM set). Safe from several threads. Callers log changes of state, not each recurrence. */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Below warning nothing is printed when quiet. */
void log_quiet(int quiet);

#endif
