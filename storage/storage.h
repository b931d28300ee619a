/* storage/: what happened. The only code that speaks SQL (SQLite, WAL, synchronous=FULL).
 *
 * store.h    open, close, transactions, migrations, identity of the plant's things
 * value.h    quality, readings, measurements, points, limits: what is stored
 * record.h   what the collector writes, inside one transaction
 * action.h   what people write: acknowledge, cause, note
 * write_request.h   what they ask to be written into devices
 * cursor.h   reading back: samples, measurements, points, signals
 * feed.h     reading what was recorded since the last time
 * backup.h   an online copy
 * retain.h   letting go of what is old
 * trace.h    one part's history, alarms of a time, notes
 * verify.h   whether what is stored is whole and agrees with itself
 * summary.h  the figures of a period, without reading its values
 * packer.h   old rows become chunks
 * limits.h   control limits and excluded points: reading, deciding
 * stream_round.h  group charts: which stream brought what
 * group.h    characteristics charted together: models, which are their limits, and points; group_standing.h: where the collector stands
 * state.h    the present: standings, alarms, links and their lessons, machine states and counts
 *
 * Every function that returns int returns 0, or -1 with err filled; cursors' next returns 1 for a row, 0 at the end. */
#ifndef GEMBA_STORAGE_H
#define GEMBA_STORAGE_H

#include "storage/action.h"
#include "storage/backup.h"
#include "storage/cursor.h"
#include "storage/feed.h"
#include "storage/group.h"
#include "storage/group_standing.h"
#include "storage/limits.h"
#include "storage/packer.h"
#include "storage/record.h"
#include "storage/retain.h"
#include "storage/state.h"
#include "storage/store.h"
#include "storage/stream_round.h"
#include "storage/summary.h"
#include "storage/trace.h"
#include "storage/value.h"
#include "storage/verify.h"
#include "storage/write_request.h"

#endif
