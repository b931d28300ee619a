/* acquisition/: how values arrive. A value's way, file by file:
 *
 * plan.c      tags of an instrument -> requests (pure); plan_line.c a serial line's arithmetic, plan_learn.c what units refuse, plan_print.c
 * transport.c the table of link kinds: TCP, RTU, RTU over TCP; connect.c opens them, stream.c moves bytes, mbap.c and rtu.c frame them,
 *             pdu.c is what they frame (pure), outcome.c what an error means
 * station.c   one instrument on its link: schedules, back-off; station_poll.c a poll, a request at a time; station_figures.c statistics
 * link.c      one thread per connection or line: schedule, connection
 * codec.c     registers -> readings and back (pure): codec_number.c the ways of writing a number, codec_text.c strings
 * trigger.c   a reading -> "a new part was measured", missed, reset, rolled over (pure)
 * poll.c      what one poll brought: registers until they are recorded
 * queue.c     bounded queue of polls between the links and the recorder
 * desk.c      who looks at a poll: measure.c (is it a measurement?), machine.c, the link's alarm
 * frozen.c    a value that stands still while it should move
 * judge.c     measurements -> points, limits, verdicts, standings, alarms (spc/ does the judging); judge_restore.c after a restart
 * group.c     vectors of characteristics charted together -> points and verdicts; group_match.c values -> vectors, group_restore.c restart, decisions
 * machine.c   state words and counters -> machine states and counts
 * batch.c     what one transaction writes, judged once, written as often as it takes
 * recorder.c  the one thread that writes: drains, judges, commits at most 250 ms apart
 * virtual.c   tags that are calculated from others, whenever one of these arrives
 * write.c     a value into a device, read back and compared; write_post.c between the store and the links; write_command.c `gemba write`
 * scout.c     a link by its URL alone: scan*.c `gemba scan`, read.c `gemba read`, trace.c frames in hexadecimal and words
 * retest.c    a part measured again: its first value stays the judged one
 * import.c    `gemba import`: import_csv.c, import_json.c files -> records, import_rows.c records -> checked rows; lock.c one at a time judges
 * collect.c   `gemba collect`        check.c  `gemba check`
 * sim_*.c     the simulator: the plant (floor, scenario, signal, bank) and its lines (door, channel, frame, answer, fault, server, log)
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
int write_command(int argc, char **argv);
int scan_command(int argc, char **argv);
int read_command(int argc, char **argv);
int import_command(int argc, char **argv);

#endif
