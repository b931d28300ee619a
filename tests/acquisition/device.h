#ifndef GEMBA_TESTS_DEVICE_H
#define GEMBA_TESTS_DEVICE_H

/* A Modbus TCP device that misbehaves as told: a thread on a free loopback port. A register's value is 1000 * function + address. */
enum manner {
    MANNER_NORMAL,
    MANNER_MUTE,
    MANNER_GARBAGE,
    MANNER_OTHER_TRANSACTION,
    MANNER_HALF,      /* hangs up in the middle of an answer */
    MANNER_LATE,      /* answers after the client's patience */
    MANNER_DRIP,      /* a byte now and then */
    MANNER_FAILURE,   /* exception 4 */
    MANNER_NO_TARGET, /* exception 11 */
    MANNER_SMALL,     /* exception 3 for more than 8 registers */
    MANNER_HOLE,      /* exception 2 when address 50 is asked for */
};

struct device;
struct device *device_start(int *port);
void device_behave(struct device *device, enum manner manner);
int device_requests(struct device *device);
void device_stop(struct device *device);

#endif
