#ifndef GEMBA_TESTS_LINE_DEVICE_H
#define GEMBA_TESTS_LINE_DEVICE_H

/* Modbus RTU units that misbehave as told: a thread at the far end of a pseudo-terminal, or of a TCP connection. A register's value is
 * 10000 * unit + 1000 * function + address, in 16 bits. */
enum habit {
    HABIT_NORMAL,
    HABIT_MUTE,
    HABIT_LATE,           /* answers each request in turn, after the client's patience */
    HABIT_DOUBLE,         /* answers twice */
    HABIT_CUT,            /* the first half of an answer */
    HABIT_DRIP,           /* a byte now and then */
    HABIT_CHECKSUM,       /* a bit flipped */
    HABIT_OTHER_UNIT,     /* another unit answers */
    HABIT_OTHER_FUNCTION, /* an answer to another question */
    HABIT_NOISE,          /* garbage alone */
    HABIT_CROWD,          /* noise, the request's echo, another unit's answer, and then the right one */
    HABIT_NO_TARGET,      /* exception 11 */
};

struct line_device;
/* path: of the terminal's slave side, which keeps its settings; or port: of a listening socket. The other is NULL. */
struct line_device *line_device_start(const char **path, int *port);
void line_device_behave(struct line_device *device, int unit, enum habit habit);
int line_device_requests(struct line_device *device, int unit);
void line_device_stop(struct line_device *device);

/* What a good read of a register brings. */
int line_device_value(int unit, int function, int address);

/* A raw pseudo-terminal; *keeper is its slave side, held open so that the master never reads an end. Returns the master. */
int line_device_terminal(int *keeper, const char **path);

#endif
