/* Every SQL text, and the two functions that carry values into and out of statements. */
#include "storage/private.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define MEASUREMENT_INSERT "INSERT INTO measurement(characteristic, time_us, sequence, value, quality, serial, point, context, attempt) VALUES"
#define MEASUREMENT_ROW "(?,?,?,?,?,?,?,?,?)"
#define MEASUREMENT_COLUMNS "m.characteristic, m.time_us, m.value, m.quality, m.serial, m.point, m.sequence, m.context, m.attempt"
/* In the order of the frames' columns (chunk.h). */
#define VALUE_COLUMNS "time_us, sequence, quality, point, context, attempt, value, serial"
#define POINT_COLUMNS                                                                                                                                \
    "number, time_us, n, excluded, location_rules, dispersion_rules, third_rules, basis, limits, below, above, location, dispersion,"                \
    " plotted_location, plotted_dispersion, plotted_third, count, size, serial"
#define CHUNK_COLUMNS                                                                                                                                \
    "id, characteristic, first_us, last_us, count, points, first_point, last_point, value_bytes, point_bytes, regular, exclusions, n, mean, m2,"     \
    " m3, m4, min, max, subgroups, ss, ss_df, mr_sum, mr_count, mr_squares, subgroup_n, range_sum, sd_sum, first_value, last_value, lsl, usl,"       \
    " below, above, bad, signals, violations, excluded, judged, gone"
#define CHUNK_SELECT "SELECT " CHUNK_COLUMNS " FROM chunk"
/* Spans never meet: the first to end at ?2 or later is the last that begins by then, or the one after it. */
#define CHUNKS_FROM                                                                                                                                  \
    " WHERE characteristic = ?1 AND last_us >= ?2 AND first_us >="                                                                                   \
    " coalesce((SELECT max(first_us) FROM chunk WHERE characteristic = ?1 AND first_us <= ?2), ?2)"
/* As a line of the audit chain tells of them. */
#define CAUSE_COLUMNS "x.time_us, x.who, c.name || '/' || x.point, x.cause || iif(x.action = '', '', '; ' || x.action)"
#define EXCLUSION_COLUMNS "x.time_us, x.who, c.name || '/' || x.point, x.reason, iif(x.excluded, 'exclude', 'include')"
#define LIMITS_COLUMNS ", center, sigma, points, source, extra, lcl, ucl, first_point, last_point, who, why, superseded_by, made, part FROM limits"
#define LIMITS_SELECT "SELECT id, characteristic, time_us, CASE WHEN superseded_by IS NULL THEN state ELSE 3 END" LIMITS_COLUMNS
#define ALARM_SELECT                                                                                                                                 \
    "SELECT id, kind, key, object, machine, text, priority, characteristic, point, raised_us, last_us, cleared_us, acknowledged_us,"                 \
    " acknowledged_by, count FROM alarm"
#define WRITE_SELECT "SELECT id, tag, time_us, until_us, value, who, state, result FROM write_request"

#define GROUP_MODEL_COLUMNS                                                                                                                          \
    "member_of, number, time_us, settings, first_point, last_point, variables, points, subgroup, df, determinant, center, ucl, lambda, alpha, "      \
    "state,"                                                                                                                                         \
    " superseded_by, who, why, mean, covariance, root"
#define GROUP_POINT_COLUMNS                                                                                                                          \
    "member_of, number, time_us, n, statistic, center, ucl, model, serial, steps, dispersion, dispersion_center, dispersion_lcl, dispersion_ucl,"    \
    " coalesce((SELECT excluded FROM group_exclusion e WHERE e.member_of = p.member_of AND e.point = p.number ORDER BY e.id DESC LIMIT 1), 0),"      \
    " vector, memory"

static const char *const texts[QUERY_COUNT] = {
    [QUERY_BEGIN] = "BEGIN IMMEDIATE",
    [QUERY_BEGIN_READ] = "BEGIN",
    [QUERY_COMMIT] = "COMMIT",
    [QUERY_ROLLBACK] = "ROLLBACK",
    [QUERY_DATA_VERSION] = "PRAGMA data_version",
    [QUERY_APPLICATION_ID] = "PRAGMA application_id",
    [QUERY_USER_VERSION] = "PRAGMA user_version",
    [QUERY_HAS_TABLES] = "SELECT count(*) FROM sqlite_master",

    [QUERY_LINK_ADD] = "INSERT INTO link(name) VALUES (?1)",
    [QUERY_LINK_NAMES] = "SELECT id, name FROM link ORDER BY name",
    [QUERY_INSTRUMENT_ADD] = "INSERT INTO instrument(name) VALUES (?1)",
    [QUERY_INSTRUMENT_ID] = "SELECT id FROM instrument WHERE name = ?1",
    [QUERY_INSTRUMENT_NAMES] = "SELECT id, name FROM instrument ORDER BY name",
    [QUERY_TAG_ADD] = "INSERT INTO tag(name, instrument) VALUES (?1, ?2)",
    [QUERY_TAG_NAMES] = "SELECT id, name FROM tag ORDER BY name",
    [QUERY_MACHINE_ADD] = "INSERT INTO machine(name) VALUES (?1)",
    [QUERY_MACHINE_NAMES] = "SELECT id, name FROM machine ORDER BY name",
    [QUERY_CHARACTERISTIC_ADD] = "INSERT INTO characteristic(name) VALUES (?1)",
    [QUERY_CHARACTERISTIC_ID] = "SELECT id FROM characteristic WHERE name = ?1",
    [QUERY_CHARACTERISTIC_NAMES] = "SELECT id, name FROM characteristic ORDER BY name",
    [QUERY_CHARACTERISTIC_NAME] = "SELECT name FROM characteristic WHERE id = ?1",
    [QUERY_REVISION_ADD] = "INSERT INTO config_revision(time_us, hash, text) VALUES (?1, ?2, ?3)",
    [QUERY_REVISION_NEWEST] = "SELECT hash FROM config_revision ORDER BY id DESC LIMIT 1",
    [QUERY_ANCHOR_SET] = "INSERT OR REPLACE INTO anchor(id, real_us, plant_us, speed) VALUES (1, ?1, ?2, ?3)",
    [QUERY_ANCHOR] = "SELECT real_us, plant_us, speed FROM anchor",

    [QUERY_LAYOUT_ADD] = "INSERT INTO layout(instrument, columns) VALUES (?1, ?2)",
    [QUERY_LAYOUT_FIND] = "SELECT id FROM layout WHERE instrument = ?1 AND columns = ?2",
    [QUERY_LAYOUT] = "SELECT instrument, columns FROM layout WHERE id = ?1",
    [QUERY_TAG_NAME] = "SELECT name FROM tag WHERE id = ?1",
    [QUERY_TAG_INSTRUMENT] = "SELECT instrument FROM tag WHERE id = ?1",
    [QUERY_INSTRUMENT] = "SELECT id FROM instrument WHERE id = ?1",
    [QUERY_INSTRUMENTS] = "SELECT id FROM instrument ORDER BY id",
    [QUERY_JOURNAL_ADD] = "INSERT INTO journal(instrument, time_us, layout, data) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    [QUERY_JOURNAL] = "SELECT time_us, layout, data FROM journal WHERE instrument = ?1 AND time_us >= ?2 AND time_us < ?3"
                      " AND (?4 = 0 OR layout = ?4) ORDER BY time_us",
    [QUERY_JOURNAL_NEWEST] = "SELECT time_us, layout, data FROM journal WHERE instrument = ?1 ORDER BY time_us DESC LIMIT 1",

    [QUERY_MEASUREMENT_ADD] = MEASUREMENT_INSERT MEASUREMENT_ROW " ON CONFLICT DO NOTHING",
    [QUERY_MEASUREMENTS_ADD] =
        MEASUREMENT_INSERT MEASUREMENT_ROW "," MEASUREMENT_ROW "," MEASUREMENT_ROW "," MEASUREMENT_ROW "," MEASUREMENT_ROW "," MEASUREMENT_ROW
                                           "," MEASUREMENT_ROW "," MEASUREMENT_ROW " ON CONFLICT DO NOTHING",
    [QUERY_CONTEXT_ADD] = "INSERT INTO context(lot, work_order, operator, gauge) VALUES (?1, ?2, ?3, ?4)",
    [QUERY_CONTEXT_FIND] = "SELECT id FROM context WHERE lot = ?1 AND work_order = ?2 AND operator = ?3 AND gauge = ?4",
    [QUERY_CONTEXT] = "SELECT lot, work_order, operator, gauge FROM context WHERE id = ?1",
    [QUERY_PENDING] = "SELECT " MEASUREMENT_COLUMNS " FROM measurement m WHERE m.characteristic = ?1 AND m.time_us >= ?2 AND m.point > ?3"
                      " ORDER BY m.time_us, m.sequence LIMIT ?4",
    /* The newest key of a series: of its rows, and of what was packed or let go. */
    [QUERY_LATE_VALUE] = "SELECT time_us, sequence FROM measurement WHERE characteristic = ?1 ORDER BY time_us DESC, sequence DESC LIMIT 1",
    [QUERY_LATE_POINT] = "SELECT time_us, number FROM point WHERE characteristic = ?1 ORDER BY time_us DESC, number DESC LIMIT 1",
    [QUERY_LATE_CHUNK] = "SELECT max(key) FROM (SELECT (SELECT last_us FROM chunk WHERE characteristic = ?1 ORDER BY first_us DESC LIMIT 1) AS key"
                         " UNION ALL SELECT until_us - 1 FROM dropped WHERE class = 'values' AND series = ?1)",
    [QUERY_LATE_POLL] = "SELECT j.time_us, 0 FROM layout l JOIN journal j ON j.instrument = l.instrument AND j.layout = l.id WHERE l.id = ?1"
                        " ORDER BY j.time_us DESC LIMIT 1",
    [QUERY_LATE_POLL_CHUNK] = "SELECT max(key) FROM (SELECT (SELECT last_us FROM journal_chunk WHERE layout = ?1 ORDER BY first_us DESC LIMIT 1)"
                              " AS key UNION ALL SELECT until_us - 1 FROM dropped WHERE class = 'readings')",
    [QUERY_LATE_ADD] = "INSERT INTO late(kind, series, last_us, keys) VALUES (?1, ?2, ?3, ?4)",
    [QUERY_LATE_SINCE] = "SELECT id, keys FROM late WHERE kind = ?1 AND series = ?2 AND id > ?3 ORDER BY id",
    [QUERY_LATE_COUNT] = "SELECT seq FROM sqlite_sequence WHERE name = 'late'",
    [QUERY_LATE_POLLS_DROP] = "DELETE FROM late WHERE id IN (SELECT id FROM late WHERE kind = 2 AND last_us < ?1 LIMIT ?2)",
    [QUERY_LATE_VALUES_DROP] = "DELETE FROM late WHERE kind = 0 AND series = ?1 AND last_us <= ?2",
    [QUERY_BASIS_ADD] = "INSERT INTO basis(characteristic, chart, rules, location_center, location_lcl, location_ucl, location_sigma,"
                        " dispersion_center, dispersion_lcl, dispersion_ucl, dispersion_sigma, third_center, third_lcl, third_ucl, third_sigma,"
                        " settings, names) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    [QUERY_BASIS_FIND] = "SELECT id FROM basis WHERE characteristic = ?1 AND chart = ?2 AND rules = ?3 AND location_center IS ?4 AND"
                         " location_lcl IS ?5 AND location_ucl IS ?6 AND location_sigma IS ?7 AND dispersion_center IS ?8 AND"
                         " dispersion_lcl IS ?9 AND dispersion_ucl IS ?10 AND dispersion_sigma IS ?11 AND third_center IS ?12 AND"
                         " third_lcl IS ?13 AND third_ucl IS ?14 AND third_sigma IS ?15 AND settings = ?16 AND names = ?17 LIMIT 1",
    [QUERY_POINT_ADD] = "INSERT INTO point(characteristic, number, time_us, n, location, dispersion, excluded, location_rules, dispersion_rules,"
                        " basis, limits, below, above, serial, plotted_location, plotted_dispersion, plotted_third, third_rules, count, size)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)"
                        " ON CONFLICT DO NOTHING",
    [QUERY_POINT_NEWEST] = "SELECT number, time_us FROM point WHERE characteristic = ?1 ORDER BY number DESC LIMIT 1",
    [QUERY_POINT_EXISTS] = "SELECT number FROM point WHERE characteristic = ?1 AND number = ?2",
    [QUERY_LIMITS_ADD] = "INSERT INTO limits(characteristic, time_us, state, center, sigma, points, source, extra, lcl, ucl, first_point, last_point,"
                         " who, why, made, part) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    [QUERY_LIMITS_SUPERSEDE] = "UPDATE limits SET superseded_by = ?2 WHERE characteristic = ?1 AND superseded_by IS NULL AND id <> ?2 AND part = ?3",
    [QUERY_LIMITS_DECIDED] = "SELECT id FROM limits WHERE characteristic = ?1 AND superseded_by IS NULL AND who <> '' AND part = ?2",
    [QUERY_LIMITS_YIELD] = "UPDATE limits SET superseded_by = ?2 WHERE id = ?1",
    [QUERY_LIMITS_HISTORY] = "SELECT id, characteristic, time_us, state" LIMITS_COLUMNS " WHERE characteristic = ?1 ORDER BY id",
    [QUERY_GROUP_ADD] = "INSERT INTO characteristic_group(name) VALUES (?1)",
    [QUERY_GROUP_NAMES] = "SELECT id, name FROM characteristic_group ORDER BY name",
    [QUERY_GROUP_NAME] = "SELECT name FROM characteristic_group WHERE id = ?1",
    [QUERY_GROUP_MODEL_ADD] = "INSERT INTO group_model(" GROUP_MODEL_COLUMNS ")"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
    [QUERY_GROUP_MODEL] = "SELECT " GROUP_MODEL_COLUMNS " FROM group_model WHERE member_of = ?1 AND number = ?2",
    [QUERY_GROUP_MODEL_IN_FORCE] = "SELECT " GROUP_MODEL_COLUMNS " FROM group_model WHERE member_of = ?1 AND superseded_by IS NULL"
                                   " ORDER BY number DESC LIMIT 1",
    [QUERY_GROUP_MODELS] = "SELECT " GROUP_MODEL_COLUMNS " FROM group_model WHERE member_of = ?1 ORDER BY number",
    [QUERY_GROUP_MODEL_NEXT] = "SELECT coalesce(max(number), 0) + 1 FROM group_model WHERE member_of = ?1",
    [QUERY_GROUP_MODEL_DECIDED] = "SELECT number FROM group_model WHERE member_of = ?1 AND superseded_by IS NULL AND who <> '' AND settings = ?2",
    [QUERY_GROUP_MODEL_SUPERSEDE] = "UPDATE group_model SET superseded_by = ?2 WHERE member_of = ?1 AND superseded_by IS NULL AND number <> ?2",
    [QUERY_GROUP_MODEL_YIELD] = "UPDATE group_model SET superseded_by = ?3 WHERE member_of = ?1 AND number = ?2",
    [QUERY_GROUP_POINT_ADD] = "INSERT INTO group_point(member_of, number, time_us, n, statistic, center, ucl, model, serial, vector, memory, steps,"
                              " dispersion, dispersion_center, dispersion_lcl, dispersion_ucl, parts)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) ON CONFLICT DO NOTHING",
    [QUERY_GROUP_POINT_EXISTS] = "SELECT number FROM group_point WHERE member_of = ?1 AND number = ?2",
    [QUERY_GROUP_POINTS] =
        "SELECT * FROM (SELECT " GROUP_POINT_COLUMNS
        " FROM group_point p WHERE member_of = ?1 AND time_us >= ?2 AND time_us < ?3 ORDER BY number DESC LIMIT ?4) ORDER BY number",
    [QUERY_GROUP_VECTORS] = "SELECT * FROM (SELECT " GROUP_POINT_COLUMNS ", parts FROM group_point p WHERE member_of = ?1 AND number >= ?2 AND"
                            " number <= ?3 ORDER BY number DESC LIMIT ?4) ORDER BY number",
    [QUERY_GROUP_EXCLUSION_ADD] = "INSERT INTO group_exclusion(member_of, point, time_us, who, excluded, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [QUERY_GROUP_EXCLUSION] =
        "SELECT time_us, who, excluded, reason FROM group_exclusion WHERE member_of = ?1 AND point = ?2 ORDER BY id DESC LIMIT 1",
    [QUERY_GROUP_EXCLUSION_NEWEST] = "SELECT coalesce(max(id), 0) FROM group_exclusion WHERE member_of = ?1",
    [QUERY_GROUP_STANDING] = "SELECT member_of, settings, first_point, model, stage_point, exclusion, steps, incomplete, incomplete_us, lacks,"
                             " no_model, arrivals, memory, vectors, waiting FROM group_standing WHERE member_of = ?1",
    [QUERY_GROUP_STANDING_SET] =
        "INSERT OR REPLACE INTO group_standing(member_of, settings, first_point, model, stage_point, exclusion, steps, incomplete, incomplete_us,"
        " lacks, no_model, arrivals, memory, vectors, waiting) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    [QUERY_DECISIONS] = "SELECT (SELECT coalesce(max(id), 0) FROM limits WHERE who <> ''), (SELECT coalesce(max(id), 0) FROM exclusion),"
                        " (SELECT count(*) FROM group_model WHERE who <> ''), (SELECT coalesce(max(id), 0) FROM group_exclusion)",
    [QUERY_POINT_IS_EXCLUDED] = "SELECT coalesce((SELECT excluded FROM exclusion WHERE characteristic = ?1 AND point = ?2 ORDER BY id DESC LIMIT 1),"
                                " (SELECT excluded FROM point WHERE characteristic = ?1 AND number = ?2), 0)",
    [QUERY_EXCLUSION_ADD] = "INSERT INTO exclusion(characteristic, point, time_us, who, excluded, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [QUERY_EXCLUSION] = "SELECT time_us, who, excluded, reason FROM exclusion WHERE characteristic = ?1 AND point = ?2 ORDER BY id DESC LIMIT 1",
    [QUERY_EXCLUSION_OLDEST] = "SELECT coalesce(min(point), 0) FROM exclusion WHERE characteristic = ?1",
    [QUERY_EXCLUSION_NEWEST] = "SELECT coalesce(max(id), 0) FROM exclusion WHERE characteristic = ?1",
    [QUERY_LIMITS] = LIMITS_SELECT " WHERE id = ?1",
    [QUERY_LIMITS_IN_FORCE] = LIMITS_SELECT " WHERE characteristic = ?1 AND superseded_by IS NULL AND part = ?2",
    [QUERY_STANDING_SET] =
        "INSERT OR REPLACE INTO standing(characteristic, time_us, last, quality, points, n, mean, m2, m3, m4, min, max,"
        " subgroups, ss, ss_df, mr_sum, mr_count, below, above, signals, location_rules, dispersion_rules, limits,"
        " exclusion, exclusion_point)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25)",
    [QUERY_STANDING] = "SELECT characteristic, time_us, last, quality, points, n, mean, m2, m3, m4, min, max, subgroups, ss, ss_df, mr_sum,"
                       " mr_count, below, above, signals, location_rules, dispersion_rules, limits, exclusion, exclusion_point FROM standing WHERE "
                       "characteristic = ?1",

    [QUERY_MACHINE_STATE_ADD] = "INSERT INTO machine_state(machine, time_us, state) SELECT ?1, ?2, ?3 WHERE ?3 IS NOT"
                                " (SELECT state FROM machine_state WHERE machine = ?1 AND time_us <= ?2 ORDER BY time_us DESC LIMIT 1)"
                                " ON CONFLICT DO NOTHING",
    [QUERY_MACHINE_STATES] = "SELECT time_us, state FROM machine_state WHERE machine = ?1 AND time_us > ?2 AND time_us < ?3 ORDER BY time_us",
    [QUERY_MACHINE_STATE_AT] = "SELECT time_us, state FROM machine_state WHERE machine = ?1 AND time_us <= ?2 ORDER BY time_us DESC LIMIT 1",
    [QUERY_STATE_LOST] = "INSERT INTO machine_state(machine, time_us, state) SELECT id, ?1, 0 FROM machine WHERE"
                         " (SELECT state FROM machine_state WHERE machine = id ORDER BY time_us DESC LIMIT 1) <> 0 AND"
                         " (SELECT max(time_us) FROM machine_state WHERE machine = id) < ?1",
    [QUERY_MACHINE_COUNT_ADD] = "INSERT INTO machine_count(machine, minute_us, parts, rejects) VALUES (?1, ?2, ?3, ?4)"
                                " ON CONFLICT DO UPDATE SET parts = parts + excluded.parts, rejects = rejects + excluded.rejects",
    [QUERY_MACHINE_COUNTS] =
        "SELECT coalesce(sum(parts), 0), coalesce(sum(rejects), 0) FROM machine_count WHERE machine = ?1 AND minute_us >= ?2 AND minute_us < ?3",
    [QUERY_EVENT_ADD] = "INSERT INTO event(time_us, kind, object, text) VALUES (?1, ?2, ?3, ?4)",
    [QUERY_EVENTS] = "SELECT time_us, kind, object, text FROM event WHERE time_us >= ?1 AND time_us < ?2 ORDER BY time_us DESC, id DESC LIMIT ?3",

    [QUERY_ALARM_NEWEST] = "SELECT id, cleared_us, acknowledged_us FROM alarm WHERE key = ?1 ORDER BY id DESC LIMIT 1",
    [QUERY_ALARM_ADD] = "INSERT INTO alarm(kind, key, object, machine, text, priority, characteristic, point, raised_us, last_us, cleared_us,"
                        " acknowledged_us, count) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9, 0, 0, 1)",
    [QUERY_ALARM_AGAIN] = "UPDATE alarm SET text = ?2, priority = ?3, point = ?4, last_us = ?5, cleared_us = 0, count = count + 1 WHERE id = ?1",
    [QUERY_ALARM_CLEAR] = "UPDATE alarm SET cleared_us = ?2 WHERE key = ?1 AND cleared_us = 0",
    [QUERY_ALARMS_OPEN] = ALARM_SELECT " WHERE cleared_us = 0 OR acknowledged_us = 0"
                                       " ORDER BY acknowledged_us <> 0, priority DESC, last_us DESC, id DESC LIMIT ?1",
    [QUERY_ALARMS_HISTORY] = ALARM_SELECT " ORDER BY id DESC LIMIT ?1",
    [QUERY_ALARM_KEY] = "SELECT acknowledged_us, key FROM alarm WHERE id = ?1",
    [QUERY_ALARM_ACKNOWLEDGE] = "UPDATE alarm SET acknowledged_us = ?2, acknowledged_by = ?3 WHERE id = ?1 AND acknowledged_us = 0",
    [QUERY_ALARMS_OF_CHARACTERISTIC] = "SELECT id FROM alarm WHERE (cleared_us = 0 OR acknowledged_us = 0) AND acknowledged_us = 0 AND"
                                       " characteristic = ?1 AND kind IN ('signal', 'specification') ORDER BY id",
    [QUERY_CAUSE_ADD] = "INSERT INTO cause(characteristic, point, time_us, who, cause, action) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [QUERY_AUDIT_ADD] = "INSERT INTO audit(id, time_us, who, what, object, text, seal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [QUERY_AUDIT_NEWEST] = "SELECT seq, (SELECT seal FROM audit ORDER BY id DESC LIMIT 1) FROM sqlite_sequence WHERE name = 'audit'",
    [QUERY_AUDIT_ALL] = "SELECT id, time_us, who, what, object, text, seal FROM audit ORDER BY id",
    [QUERY_AUDIT_SEAL] = "UPDATE audit SET seal = ?2 WHERE id = ?1",
    [QUERY_AUDIT_LINE] = "SELECT seal FROM audit WHERE id = ?1",
    [QUERY_PLANT_NEWEST] = "SELECT object FROM audit WHERE what = 'config' ORDER BY id DESC LIMIT 1",
    [QUERY_REVISIONS] = "SELECT id, time_us, hash, text FROM config_revision ORDER BY id",
    [QUERY_REVISION_LINE] = "SELECT text FROM audit WHERE what = 'config' AND time_us = ?1 AND text LIKE ?2",
    [QUERY_REVISION_LOST] = "SELECT time_us, id, object FROM audit WHERE what = 'config' AND time_us NOT IN (SELECT time_us FROM config_revision)",
    [QUERY_NOTE_LOST] = "SELECT time_us, id, object FROM audit WHERE what = 'note' AND (time_us, who, object, text) NOT IN"
                        " (SELECT written_us, who, object, text FROM note)",
    [QUERY_NOTE_UNSAID] = "SELECT written_us, id, object FROM note WHERE (written_us, who, object, text) NOT IN"
                          " (SELECT time_us, who, object, text FROM audit WHERE what = 'note')",
    [QUERY_CAUSE_LOST] = "SELECT time_us, id, object FROM audit WHERE what = 'cause' AND (time_us, who, object, text) NOT IN (SELECT " CAUSE_COLUMNS
                         " FROM cause x JOIN characteristic c ON c.id = x.characteristic)",
    [QUERY_CAUSE_UNSAID] = "SELECT x.time_us, x.id, c.name FROM cause x JOIN characteristic c ON c.id = x.characteristic"
                           " WHERE (" CAUSE_COLUMNS ") NOT IN (SELECT time_us, who, object, text FROM audit WHERE what = 'cause')",
    [QUERY_EXCLUSION_LOST] =
        "SELECT time_us, id, object FROM audit WHERE what IN ('exclude', 'include') AND"
        " (time_us, who, object, text, what) NOT IN (SELECT " EXCLUSION_COLUMNS " FROM exclusion x JOIN characteristic c ON c.id = x.characteristic)",
    [QUERY_EXCLUSION_UNSAID] = "SELECT x.time_us, x.id, c.name FROM exclusion x JOIN characteristic c ON c.id = x.characteristic"
                               " WHERE (" EXCLUSION_COLUMNS ") NOT IN"
                               " (SELECT time_us, who, object, text, what FROM audit WHERE what IN ('exclude', 'include'))",
    [QUERY_LIMITS_LOST] = "SELECT time_us, id, object FROM audit WHERE what = 'limits' AND (time_us, who, object) NOT IN"
                          " (SELECT l.time_us, l.who, c.name FROM limits l JOIN characteristic c ON c.id = l.characteristic)",
    [QUERY_LIMITS_UNSAID] = "SELECT l.time_us, l.id, c.name FROM limits l JOIN characteristic c ON c.id = l.characteristic WHERE l.who <> '' AND"
                            " (l.time_us, l.who, c.name) NOT IN (SELECT time_us, who, object FROM audit WHERE what = 'limits')",
    [QUERY_LIMITS_LINES] = "SELECT l.time_us, l.id, c.name, a.text, l.state, l.center, l.sigma, l.lcl, l.ucl, l.why FROM limits l"
                           " JOIN characteristic c ON c.id = l.characteristic"
                           " JOIN audit a ON a.what = 'limits' AND a.time_us = l.time_us AND a.who = l.who AND a.object = c.name WHERE l.who <> ''",

    /* Retention: rows, chunks, bytes, first and last time of what lies before ?1; and at most ?2 of it. */
    [QUERY_DROPPED_ADD] = "INSERT INTO dropped(class, series, until_us, count) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET"
                          " until_us = max(until_us, excluded.until_us), count = count + excluded.count",
    [QUERY_DROPPED_UNTIL] = "SELECT until_us FROM dropped WHERE class = 'values' AND series = ?1",
    [QUERY_RETAIN_POLLS] = "SELECT count(*), 0, coalesce(sum(length(data)), 0), coalesce(min(time_us), 0), coalesce(max(time_us), 0) FROM journal"
                           " WHERE time_us < ?1",
    [QUERY_RETAIN_POLL_CHUNKS] = "SELECT coalesce(sum(polls), 0), count(*), coalesce(sum(bytes), 0), coalesce(min(first_us), 0),"
                                 " coalesce(max(last_us), 0) FROM journal_chunk WHERE last_us < ?1",
    [QUERY_RETAIN_VALUES] = "SELECT coalesce(sum(count - gone), 0), count(*), coalesce(sum(value_bytes), 0), coalesce(min(first_us), 0),"
                            " coalesce(max(last_us), 0) FROM chunk WHERE last_us < ?1 AND value_bytes > 0",
    [QUERY_RETAIN_EVENTS] = "SELECT count(*), 0, coalesce(sum(length(text)), 0), coalesce(min(time_us), 0), coalesce(max(time_us), 0) FROM event"
                            " WHERE time_us < ?1",
    [QUERY_RETAIN_COUNTS] = "SELECT count(*), 0, 0, coalesce(min(minute_us), 0), coalesce(max(minute_us), 0) FROM machine_count WHERE minute_us < ?1",
    [QUERY_RETAIN_POLLS_DROP] = "DELETE FROM journal WHERE id IN (SELECT j.id FROM instrument i CROSS JOIN journal j ON j.instrument = i.id AND"
                                " j.time_us < ?1 LIMIT ?2)",
    [QUERY_RETAIN_POLL_CHUNKS_OLD] =
        "SELECT c.id, c.layout, c.first_us, c.polls FROM layout l CROSS JOIN journal_chunk c ON c.layout = l.id AND c.first_us < ?1"
        " WHERE c.last_us < ?1 LIMIT ?2",
    [QUERY_RETAIN_VALUES_OLD] = "SELECT id FROM chunk WHERE last_us < ?1 AND value_bytes > 0",
    [QUERY_RETAIN_EVENTS_DROP] = "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE time_us < ?1 LIMIT ?2)",
    [QUERY_RETAIN_COUNTS_DROP] = "DELETE FROM machine_count WHERE (machine, minute_us) IN (SELECT c.machine, c.minute_us FROM machine m CROSS JOIN"
                                 " machine_count c ON c.machine = m.id AND c.minute_us < ?1 LIMIT ?2)",

    /* The conditions beside the first are those of partial indexes. */
    [QUERY_MEASUREMENTS_SERIAL] = "SELECT " MEASUREMENT_COLUMNS " FROM measurement m WHERE m.serial = ?1 AND m.serial <> ''",
    [QUERY_MEASUREMENTS_CONTEXT] = "SELECT " MEASUREMENT_COLUMNS " FROM measurement m WHERE m.context = ?1 AND m.context IS NOT NULL",
    [QUERY_CHUNKS_SERIAL] = "SELECT chunk FROM chunk_serial WHERE prefix = ?1 AND block = ?2",
    [QUERY_CHUNKS_CONTEXT] = "SELECT chunk FROM chunk_context WHERE context = ?1",
    [QUERY_CONTEXTS_LOT] = "SELECT id FROM context WHERE lot = ?1 ORDER BY id",
    [QUERY_CONTEXTS_ORDER] = "SELECT id FROM context WHERE work_order = ?1 ORDER BY id",
    [QUERY_ALARMS_AT] = ALARM_SELECT " WHERE characteristic = ?1 AND raised_us <= ?3 AND (cleared_us = 0 OR cleared_us >= ?2) ORDER BY raised_us, id",
    [QUERY_NOTE_ADD] = "INSERT INTO note(time_us, written_us, object, who, text) VALUES (?1, ?2, ?3, ?4, ?5)",
    [QUERY_NOTES] = "SELECT id, time_us, written_us, object, who, text FROM note WHERE time_us >= ?1 AND time_us < ?2 ORDER BY time_us DESC, id DESC"
                    " LIMIT ?3",
    [QUERY_NOTES_OBJECT] = "SELECT id, time_us, written_us, object, who, text FROM note WHERE object = ?1 AND time_us >= ?2 AND time_us < ?3"
                           " ORDER BY time_us, id LIMIT ?4",

    [QUERY_INTEGRITY] = "PRAGMA integrity_check(100)",
    [QUERY_PAGE_COUNT] = "PRAGMA page_count",
    [QUERY_REFERENCES] = "PRAGMA foreign_key_check",
    [QUERY_CHARACTERISTICS] = "SELECT c.id, c.name, coalesce(d.until_us, 0) FROM characteristic c LEFT JOIN dropped d ON d.class = 'values' AND"
                              " d.series = c.id ORDER BY c.id",
    [QUERY_JOURNAL_ALL] =
        "SELECT j.id, i.name, j.time_us, j.layout, j.data FROM journal j LEFT JOIN instrument i ON i.id = j.instrument ORDER BY j.id",
    /* About how many: for progress only. */
    [QUERY_JOURNAL_COUNT] = "SELECT coalesce(max(id) - min(id) + 1, 0) FROM journal",
    [QUERY_CHUNK_COUNT] = "SELECT count(*) FROM chunk_points",
    [QUERY_POINT_COUNT] = "SELECT coalesce(sum(points), 0) FROM standing",
    [QUERY_MEASUREMENT_COUNT] = "SELECT coalesce(sum(n), 0) FROM standing",

    [QUERY_WRITE_ADD] = "INSERT INTO write_request(tag, time_us, until_us, value, who, state, result) VALUES (?1, ?2, ?3, ?4, ?5, 0, '')",
    [QUERY_WRITE] = WRITE_SELECT " WHERE id = ?1",
    [QUERY_WRITE_END] = "UPDATE write_request SET state = ?2, result = ?3 WHERE id = ?1 AND state = ?4",
    [QUERY_WRITES_WAITING] = WRITE_SELECT " WHERE state = 0 ORDER BY id",
    [QUERY_WRITES_FORGET] = "UPDATE write_request SET state = ?1, result = ?2 WHERE state = ?3",

    [QUERY_LINK_STATUS_SET] = "INSERT OR REPLACE INTO link_status(instrument, time_us, last_answer_us, last_error_us, state, last_error, requests,"
                              " answers, timeouts, exceptions, disconnects, protocol_errors, skipped, rtt_ms, rtt_mean_ms, rtt_max_ms,"
                              " lateness_p99_ms, next_us, address, requests_s, line_use, rtt_p50_ms, rtt_p99_ms, turnaround_ms, plan_requests,"
                              " plan_registers, rtt_histogram) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
                              " ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)",
    [QUERY_LINK_STATUS] = "SELECT instrument, time_us, last_answer_us, last_error_us, state, last_error, requests, answers, timeouts, exceptions,"
                          " disconnects, protocol_errors, skipped, rtt_ms, rtt_mean_ms, rtt_max_ms, lateness_p99_ms, next_us, address,"
                          " requests_s, line_use, rtt_p50_ms, rtt_p99_ms, turnaround_ms, plan_requests, plan_registers, rtt_histogram"
                          " FROM link_status WHERE instrument = ?1",
    [QUERY_LESSONS_FORGET] = "DELETE FROM lesson WHERE instrument = ?1",
    [QUERY_LESSON_ADD] = "INSERT OR REPLACE INTO lesson(instrument, kind, area, first, last, time_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [QUERY_LESSONS] = "SELECT kind, area, first, last, time_us FROM lesson WHERE instrument = ?1 ORDER BY kind, area, first, last",
    [QUERY_NEWEST_SET] = "INSERT OR REPLACE INTO newest(layout, instrument, time_us) VALUES (?1, ?2, ?3)",
    [QUERY_NEWEST] = "SELECT j.time_us, j.layout, j.data FROM newest n JOIN journal j ON j.instrument = n.instrument AND j.time_us = n.time_us AND"
                     " j.layout = n.layout WHERE n.instrument = ?1 ORDER BY j.time_us DESC",
    [QUERY_COLLECTOR_STATUS_SET] = "INSERT OR REPLACE INTO collector_status(id, time_us, started_us, pid, queued, dropped, commits, readings,"
                                   " measurements, commit_ms_mean, commit_ms_max) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [QUERY_COLLECTOR_STATUS] = "SELECT time_us, started_us, pid, queued, dropped, commits, readings, measurements, commit_ms_mean, commit_ms_max"
                               " FROM collector_status",

    [QUERY_HOLD] = "SELECT 1 FROM sqlite_master",
    [QUERY_MEASUREMENT_ROWS] = "SELECT " VALUE_COLUMNS " FROM measurement WHERE characteristic = ?1 AND (time_us, sequence) > (?2, ?3) AND"
                               " time_us < ?4 ORDER BY time_us, sequence LIMIT ?5",
    [QUERY_MEASUREMENT_ROWS_LAST] = "SELECT " VALUE_COLUMNS " FROM measurement WHERE characteristic = ?1 AND time_us >= ?2 AND time_us < ?3"
                                    " ORDER BY time_us DESC, sequence DESC LIMIT ?4",
    [QUERY_MEASUREMENT_ROOM] = "SELECT ?2 - count(*) FROM (SELECT 1 FROM measurement WHERE characteristic = ?1 LIMIT ?2)",
    [QUERY_MEASUREMENTS_FORGET] = "DELETE FROM measurement WHERE characteristic = ?1 AND time_us <= ?2",
    [QUERY_POINT_ROWS] = "SELECT " POINT_COLUMNS " FROM point WHERE characteristic = ?1 AND (time_us, number) > (?2, ?3) AND time_us < ?4"
                         " ORDER BY time_us, number LIMIT ?5",
    [QUERY_POINT_ROWS_LAST] = "SELECT " POINT_COLUMNS " FROM point WHERE characteristic = ?1 AND time_us >= ?2 AND time_us < ?3"
                              " ORDER BY time_us DESC, number DESC LIMIT ?4",
    [QUERY_POINTS_FORGET] = "DELETE FROM point WHERE characteristic = ?1 AND time_us >= ?2 AND time_us <= ?3",
    [QUERY_BASIS] = "SELECT chart, rules, location_center, location_lcl, location_ucl, location_sigma, dispersion_center, dispersion_lcl,"
                    " dispersion_ucl, dispersion_sigma, third_center, third_lcl, third_ucl, third_sigma, settings, names FROM basis WHERE id = ?1",
    [QUERY_BASIS_HAS_CENTER] = "SELECT location_center IS NOT NULL FROM basis WHERE id = ?1",
    [QUERY_CAUSE] = "SELECT cause, action, who FROM cause WHERE characteristic = ?1 AND point = ?2 ORDER BY id DESC LIMIT 1",
    [QUERY_CAUSE_SPAN] = "SELECT coalesce(min(point), 1), coalesce(max(point), 0) FROM cause WHERE characteristic = ?1",
    [QUERY_EXCLUSIONS] = "SELECT point, excluded, id FROM exclusion WHERE characteristic = ?1 AND point >= ?2 AND point <= ?3 ORDER BY point, id",
    [QUERY_CHUNK] = CHUNK_SELECT " WHERE id = ?1 AND ?2 = 0",
    [QUERY_CHUNK_AT] = CHUNK_SELECT CHUNKS_FROM " ORDER BY first_us LIMIT 1",
    [QUERY_CHUNK_BEFORE] = CHUNK_SELECT " WHERE characteristic = ?1 AND first_us < ?2 ORDER BY first_us DESC LIMIT 1",
    [QUERY_CHUNKS] = CHUNK_SELECT CHUNKS_FROM " AND first_us < ?3 ORDER BY first_us",
    [QUERY_CHUNK_HORIZON] = "SELECT max(last_us), max(last_point) FROM chunk WHERE characteristic = ?1",
    [QUERY_CHUNK_ADD] = "INSERT INTO chunk(" CHUNK_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
                        " ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40)",
    [QUERY_CHUNK_REMOVE] = "DELETE FROM chunk WHERE characteristic = ?1 AND first_us = ?2",
    [QUERY_CHUNK_VALUES] = "SELECT data FROM chunk_values WHERE id = ?1",
    [QUERY_CHUNK_VALUES_ADD] = "INSERT INTO chunk_values(id, data) VALUES (?1, ?2)",
    [QUERY_CHUNK_VALUES_REMOVE] = "DELETE FROM chunk_values WHERE id = ?1",
    [QUERY_CHUNK_POINTS] = "SELECT data FROM chunk_points WHERE id = ?1",
    [QUERY_CHUNK_POINTS_ADD] = "INSERT INTO chunk_points(data) VALUES (?1)",
    [QUERY_CHUNK_POINTS_REMOVE] = "DELETE FROM chunk_points WHERE id = ?1",
    [QUERY_CHUNK_SERIAL_ADD] = "INSERT INTO chunk_serial(prefix, block, chunk) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    [QUERY_CHUNK_SERIAL_REMOVE] = "DELETE FROM chunk_serial WHERE prefix = ?1 AND block = ?2 AND chunk = ?3",
    [QUERY_CHUNK_CONTEXT_ADD] = "INSERT INTO chunk_context(context, chunk) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    [QUERY_CHUNK_CONTEXT_REMOVE] = "DELETE FROM chunk_context WHERE context = ?1 AND chunk = ?2",
    [QUERY_LAYOUTS] = "SELECT id FROM layout ORDER BY id",
    [QUERY_LAYOUTS_OF] = "SELECT id FROM layout WHERE instrument = ?1 ORDER BY id",
    [QUERY_JOURNAL_ROOM] = "SELECT ?3 - count(*) FROM (SELECT 1 FROM journal WHERE instrument = ?1 AND layout = ?2 ORDER BY time_us LIMIT ?3)",
    [QUERY_JOURNAL_FIRST] = "SELECT time_us FROM journal WHERE instrument = ?1 AND layout = ?2 ORDER BY time_us LIMIT 1",
    [QUERY_JOURNAL_LAST] = "SELECT time_us FROM journal WHERE instrument = ?1 AND layout = ?2 ORDER BY time_us DESC LIMIT 1",
    [QUERY_JOURNAL_OLDEST] = "SELECT time_us, data FROM journal WHERE instrument = ?1 AND layout = ?2 AND time_us < ?3 ORDER BY time_us LIMIT ?4",
    [QUERY_JOURNAL_FORGET] = "DELETE FROM journal WHERE instrument = ?1 AND layout = ?2 AND time_us <= ?3",
    [QUERY_POLL_CHUNK_AT] = "SELECT id, layout, first_us, last_us, polls, bytes FROM journal_chunk WHERE layout = ?1 AND last_us >= ?2 AND"
                            " first_us >= coalesce((SELECT max(first_us) FROM journal_chunk WHERE layout = ?1 AND first_us <= ?2), ?2)"
                            " ORDER BY first_us LIMIT 1",
    [QUERY_POLL_CHUNK_ADD] = "INSERT INTO journal_chunk(id, layout, first_us, last_us, polls, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [QUERY_POLL_CHUNK_REMOVE] = "DELETE FROM journal_chunk WHERE layout = ?1 AND first_us = ?2",
    [QUERY_POLL_HORIZON] = "SELECT last_us FROM journal_chunk WHERE layout = ?1 ORDER BY first_us DESC LIMIT 1",
    [QUERY_POLL_DATA] = "SELECT data FROM journal_data WHERE id = ?1",
    [QUERY_POLL_DATA_ADD] = "INSERT INTO journal_data(data) VALUES (?1)",
    [QUERY_POLL_DATA_REMOVE] = "DELETE FROM journal_data WHERE id = ?1",
};

static int prepare(struct store *store, enum query query, unsigned flags, sqlite3_stmt **statement, struct error *err)
{
    if (!store->db)
        return error_set(err, ERR_IO, "the store %s could be read before and cannot be opened again: is it being replaced?", store->path);
    int rc = sqlite3_prepare_v3(store->db, texts[query], -1, flags, statement, NULL);
    return rc == SQLITE_OK ? 0 : fault_set(err, store->path, store->db, rc);
}

/* SQLite would forget the sign of -0.0: it goes as the eight bytes it is. */
static int bind_double(sqlite3_stmt *statement, int i, double value)
{
    if (value != 0 || !signbit(value))
        return sqlite3_bind_double(statement, i, value);
    return sqlite3_bind_blob(statement, i, &value, sizeof value, SQLITE_TRANSIENT);
}

double query_double(sqlite3_stmt *statement, int i)
{
    switch (sqlite3_column_type(statement, i)) {
    case SQLITE_NULL:
        return (double)NAN;
    case SQLITE_BLOB:
        return -0.0;
    default:
        return sqlite3_column_double(statement, i);
    }
}

static int bind(sqlite3_stmt *statement, int first, const char *letters, va_list values)
{
    int rc = SQLITE_OK;
    for (int i = first; letters[i - first] && rc == SQLITE_OK; i++) {
        int64_t integer;
        const void *bytes;
        switch (letters[i - first]) {
        case 'i':
            rc = sqlite3_bind_int64(statement, i, va_arg(values, int64_t));
            break;
        case 'n':
            integer = va_arg(values, int64_t);
            rc = integer ? sqlite3_bind_int64(statement, i, integer) : sqlite3_bind_null(statement, i);
            break;
        case 'w':
            rc = sqlite3_bind_int64(statement, i, va_arg(values, int));
            break;
        case 'd':
            rc = bind_double(statement, i, va_arg(values, double));
            break;
        case 't':
            rc = sqlite3_bind_text(statement, i, va_arg(values, const char *), -1, SQLITE_STATIC);
            break;
        case 'b':
            bytes = va_arg(values, const void *);
            rc = sqlite3_bind_blob64(statement, i, bytes, va_arg(values, size_t), SQLITE_STATIC);
            break;
        default:
            rc = SQLITE_MISUSE;
        }
    }
    return rc;
}

static sqlite3_stmt *start(struct store *store, enum query query, struct error *err, const char *letters, va_list values)
{
    sqlite3_stmt **statement = &store->statements[query];
    /* After some errors SQLite ends the transaction itself: what follows must not be kept row by row. */
    if (store->in_transaction && sqlite3_get_autocommit(store->db)) {
        error_set(err, ERR_IO, "the store %s could not be read within a transaction: nothing of it was kept, it must be recorded again", store->path);
        return NULL;
    }
    if (!*statement && prepare(store, query, SQLITE_PREPARE_PERSISTENT, statement, err))
        return NULL;
    sqlite3_reset(*statement);
    int rc = bind(*statement, 1, letters, values);
    if (rc == SQLITE_OK)
        return *statement;
    fault_set(err, store->path, store->db, rc);
    return NULL;
}

sqlite3_stmt *query_start(struct store *store, enum query query, struct error *err, const char *letters, ...)
{
    va_list values;
    va_start(values, letters);
    sqlite3_stmt *statement = start(store, query, err, letters, values);
    va_end(values);
    return statement;
}

int query_bind(struct store *store, sqlite3_stmt *statement, int first, struct error *err, const char *letters, ...)
{
    va_list values;
    va_start(values, letters);
    int rc = bind(statement, first, letters, values);
    va_end(values);
    return rc == SQLITE_OK ? 0 : fault_set(err, store->path, store->db, rc);
}

void query_end(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
}

sqlite3_stmt *query_open(struct store *store, enum query query, struct error *err, const char *letters, ...)
{
    sqlite3_stmt *statement = NULL;
    if (prepare(store, query, 0, &statement, err))
        return NULL;
    va_list values;
    va_start(values, letters);
    int rc = bind(statement, 1, letters, values);
    va_end(values);
    if (rc == SQLITE_OK)
        return statement;
    fault_set(err, store->path, store->db, rc);
    sqlite3_finalize(statement);
    return NULL;
}

int query_next(struct store *store, sqlite3_stmt *statement, struct error *err)
{
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        return 1;
    if (rc == SQLITE_DONE)
        return 0;
    fault_set(err, store->path, sqlite3_db_handle(statement), rc);
    sqlite3_reset(statement);
    return -1;
}

int query_run(struct store *store, enum query query, struct error *err, const char *letters, ...)
{
    va_list values;
    va_start(values, letters);
    sqlite3_stmt *statement = start(store, query, err, letters, values);
    va_end(values);
    if (!statement)
        return -1;
    int result = query_next(store, statement, err);
    sqlite3_reset(statement);
    return result < 0 ? -1 : 0;
}

int query_integer(struct store *store, enum query query, int64_t *integer, struct error *err, const char *letters, ...)
{
    va_list values;
    va_start(values, letters);
    sqlite3_stmt *statement = start(store, query, err, letters, values);
    va_end(values);
    if (!statement)
        return -1;
    int result = query_next(store, statement, err);
    if (result == 1)
        *integer = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return result;
}

void query_row(sqlite3_stmt *statement, const char *letters, ...)
{
    va_list places;
    va_start(places, letters);
    for (int i = 0; letters[i]; i++) {
        char *text;
        const unsigned char *stored;
        switch (letters[i]) {
        case 'i':
            *va_arg(places, int64_t *) = sqlite3_column_int64(statement, i);
            break;
        case 'w':
            *va_arg(places, int *) = sqlite3_column_int(statement, i);
            break;
        case 'u':
            *va_arg(places, unsigned *) = (unsigned)sqlite3_column_int64(statement, i);
            break;
        case 'b':
            *va_arg(places, bool *) = sqlite3_column_int(statement, i) != 0;
            break;
        case 'd':
            *va_arg(places, double *) = query_double(statement, i);
            break;
        case 't':
            text = va_arg(places, char *);
            stored = sqlite3_column_text(statement, i);
            snprintf(text, va_arg(places, size_t), "%s", stored ? (const char *)stored : "");
            break;
        }
    }
    va_end(places);
}
