/* acquisition/: how values arrive. A value's way, file by file:
 *
 * plan.c      tags of an instrument -> requests (pure; printable)
 * transport.c the table of link kinds: TCP, RTU; connecting, libmodbus, what an error means
 * link.c      one thread per endpoint or line: schedule, request, time, back-off
 * codec.c     registers -> readings, one table for reading and writing (pure)
 * trigger.c   a reading -> "a new part was measured", missed, reset, rolled over (pure)
 * queue.c     bounded queue of polls between the links and the recorder
 * judge.c     measurements -> points, limits, verdicts, standings (spc/ does the judging)
 * machine.c   state words and counters -> machine states and counts
 * recorder.c  the one thread that writes: drains, judges, commits at most 250 ms apart
 * collect.c   `gemba collect`        check.c  `gemba check`
 * simulate.c  `gemba simulate`       demo.c   `gemba demo`
 *
 * The collector and the simulator are separate processes; the store is where everybody meets. */
#ifndef GEMBA_ACQUISITION_H
#define GEMBA_ACQUISITION_H

#include "storage/storage.h"

/* Commands: argv[0] is the command's name. They return the exit status. */
int collect_command(int argc, char **argv);
int check_command(int argc, char **argv);
int simulate_command(int argc, char **argv);
int demo_command(int argc, char **argv);

#endif
