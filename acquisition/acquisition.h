/* acquisition/: how values arrive. A value's way, file by file:
 *
 * plan.c      tags of an instrument -> requests (pure; printable)
 * transport.c the table of link kinds: TCP, RTU; connecting, libmodbus, what an error means
 * station.c   one instrument on its link: requests, what a refusal teaches, back-off, statistics
 * link.c      one thread per endpoint or line: schedule, connection
 * codec.c     registers -> readings, one table for reading and writing (pure)
 * trigger.c   a reading -> "a new part was measured", missed, reset, rolled over (pure)
 * poll.c      what one poll brought: registers until they are recorded
 * queue.c     bounded queue of polls between the links and the recorder
 * desk.c      who looks at a poll: measure.c (is it a measurement?), machine.c, the link's alarm
 * judge.c     measurements -> points, limits, verdicts, standings, alarms (spc/ does the judging); judge_restore.c after a restart
 * machine.c   state words and counters -> machine states and counts
 * batch.c     what one transaction writes, judged once, written as often as it takes
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
