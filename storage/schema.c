/* The database's structure as numbered steps. A step that was ever released is never edited: a new one follows it. */
#include "storage/private.h"

#include <stdio.h>

enum { APPLICATION_ID = 0x474d4241 }; /* "GMBA" */

static const char *const migrations[] = {
    /* Things: an id is given once by name and outlives the config. */
    "CREATE TABLE link(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE instrument(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE tag(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, instrument INTEGER NOT NULL REFERENCES instrument);"
    "CREATE TABLE machine(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE characteristic(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE config_revision(id INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL, hash INTEGER NOT NULL, text TEXT NOT NULL);"
    "CREATE TABLE anchor(id INTEGER PRIMARY KEY CHECK (id = 1), real_us INTEGER NOT NULL, plant_us INTEGER NOT NULL, speed REAL NOT NULL);"

    /* Readings: one row a poll; layout.columns says what the bytes are: "tag:code tag:code ...". */
    "CREATE TABLE layout(id INTEGER PRIMARY KEY AUTOINCREMENT, instrument INTEGER NOT NULL REFERENCES instrument, columns TEXT NOT NULL);"
    "CREATE INDEX layout_instrument ON layout(instrument);"
    /* Rows lie in the order they came, for full pages; a tree of (instrument, time) would grow in as many places as there are instruments. */
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, instrument INTEGER NOT NULL REFERENCES instrument, time_us INTEGER NOT NULL,"
    " layout INTEGER NOT NULL REFERENCES layout, data BLOB NOT NULL);"
    "CREATE UNIQUE INDEX journal_key ON journal(instrument, time_us);"

    /* Judged values. basis: chart, rule set and limit lines that many points share. */
    "CREATE TABLE measurement(characteristic INTEGER NOT NULL REFERENCES characteristic, time_us INTEGER NOT NULL, sequence INTEGER NOT NULL,"
    " value REAL, quality INTEGER NOT NULL, serial TEXT NOT NULL, point INTEGER NOT NULL,"
    " PRIMARY KEY(characteristic, time_us, sequence)) WITHOUT ROWID;"
    "CREATE TABLE limits(id INTEGER PRIMARY KEY AUTOINCREMENT, characteristic INTEGER NOT NULL REFERENCES characteristic, time_us INTEGER NOT NULL,"
    " state INTEGER NOT NULL, center REAL, sigma REAL, points INTEGER NOT NULL, source TEXT NOT NULL, superseded_by INTEGER REFERENCES limits);"
    "CREATE INDEX limits_characteristic ON limits(characteristic, superseded_by);"
    "CREATE INDEX limits_superseded ON limits(superseded_by);"
    "CREATE TABLE basis(id INTEGER PRIMARY KEY AUTOINCREMENT, characteristic INTEGER NOT NULL REFERENCES characteristic, chart TEXT NOT NULL,"
    " rules TEXT NOT NULL, location_center REAL, location_lcl REAL, location_ucl REAL, location_sigma REAL,"
    " dispersion_center REAL, dispersion_lcl REAL, dispersion_ucl REAL, dispersion_sigma REAL);"
    "CREATE INDEX basis_characteristic ON basis(characteristic);"
    "CREATE TABLE point(characteristic INTEGER NOT NULL REFERENCES characteristic, number INTEGER NOT NULL, time_us INTEGER NOT NULL,"
    " n INTEGER NOT NULL, location REAL, dispersion REAL, excluded INTEGER NOT NULL, location_rules INTEGER NOT NULL,"
    " dispersion_rules INTEGER NOT NULL, basis INTEGER NOT NULL REFERENCES basis, limits INTEGER REFERENCES limits,"
    " below INTEGER NOT NULL, above INTEGER NOT NULL, serial TEXT NOT NULL, PRIMARY KEY(characteristic, number)) WITHOUT ROWID;"
    "CREATE INDEX point_time ON point(characteristic, time_us, number);"
    "CREATE TABLE cause(id INTEGER PRIMARY KEY AUTOINCREMENT, characteristic INTEGER NOT NULL, point INTEGER NOT NULL, time_us INTEGER NOT NULL,"
    " who TEXT NOT NULL, cause TEXT NOT NULL, action TEXT NOT NULL, FOREIGN KEY(characteristic, point) REFERENCES point(characteristic, number));"
    "CREATE INDEX cause_point ON cause(characteristic, point);"
    "CREATE TABLE standing(characteristic INTEGER PRIMARY KEY REFERENCES characteristic, time_us INTEGER NOT NULL, last REAL, quality INTEGER NOT "
    "NULL,"
    " points INTEGER NOT NULL, n INTEGER NOT NULL, mean REAL, m2 REAL, m3 REAL, m4 REAL, min REAL, max REAL, subgroups INTEGER NOT NULL, ss REAL,"
    " ss_df REAL, mr_sum REAL, mr_count INTEGER NOT NULL, below INTEGER NOT NULL, above INTEGER NOT NULL, signals INTEGER NOT NULL,"
    " location_rules INTEGER NOT NULL, dispersion_rules INTEGER NOT NULL, limits INTEGER REFERENCES limits);"

    /* Machines, alarms, the plant's log. */
    "CREATE TABLE machine_state(machine INTEGER NOT NULL REFERENCES machine, time_us INTEGER NOT NULL, state INTEGER NOT NULL,"
    " PRIMARY KEY(machine, time_us)) WITHOUT ROWID;"
    "CREATE TABLE machine_count(machine INTEGER NOT NULL REFERENCES machine, minute_us INTEGER NOT NULL, parts INTEGER NOT NULL,"
    " rejects INTEGER NOT NULL, PRIMARY KEY(machine, minute_us)) WITHOUT ROWID;"
    "CREATE TABLE alarm(id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, object TEXT NOT NULL, machine TEXT,"
    " text TEXT NOT NULL, priority INTEGER NOT NULL, characteristic INTEGER REFERENCES characteristic, point INTEGER NOT NULL,"
    " raised_us INTEGER NOT NULL, last_us INTEGER NOT NULL, cleared_us INTEGER NOT NULL, acknowledged_us INTEGER NOT NULL, acknowledged_by TEXT,"
    " count INTEGER NOT NULL);"
    "CREATE INDEX alarm_key ON alarm(key);"
    "CREATE INDEX alarm_open ON alarm(id) WHERE cleared_us = 0 OR acknowledged_us = 0;"
    "CREATE TABLE event(id INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL, kind TEXT NOT NULL, object TEXT NOT NULL, text TEXT NOT "
    "NULL);"
    "CREATE INDEX event_time ON event(time_us);"
    "CREATE TABLE link_status(instrument INTEGER PRIMARY KEY REFERENCES instrument, time_us INTEGER NOT NULL, last_answer_us INTEGER NOT NULL,"
    " last_error_us INTEGER NOT NULL, state TEXT NOT NULL, last_error TEXT NOT NULL, requests INTEGER NOT NULL, answers INTEGER NOT NULL,"
    " timeouts INTEGER NOT NULL, exceptions INTEGER NOT NULL, disconnects INTEGER NOT NULL, protocol_errors INTEGER NOT NULL,"
    " skipped INTEGER NOT NULL, rtt_ms REAL, rtt_mean_ms REAL, rtt_max_ms REAL, lateness_p99_ms REAL, next_us INTEGER NOT NULL,"
    " address TEXT NOT NULL);"
    "CREATE TABLE collector_status(id INTEGER PRIMARY KEY CHECK (id = 1), time_us INTEGER NOT NULL, started_us INTEGER NOT NULL,"
    " pid INTEGER NOT NULL, queued INTEGER NOT NULL, dropped INTEGER NOT NULL, commits INTEGER NOT NULL, readings INTEGER NOT NULL,"
    " measurements INTEGER NOT NULL, commit_ms_mean REAL, commit_ms_max REAL);"

    /* Who did what: rows are only ever added. */
    "CREATE TABLE audit(id INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, object TEXT NOT NULL,"
    " text TEXT NOT NULL);"
    "CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'audit rows are never deleted'); END;"
    "CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'audit rows are never changed'); END;"

    "PRAGMA application_id = 0x474d4241;",
    /* What units taught, the newest row of each layout of an instrument whose tags come at different times, and the line's figures. */
    "CREATE TABLE lesson(instrument INTEGER NOT NULL REFERENCES instrument, kind INTEGER NOT NULL, area INTEGER NOT NULL, first INTEGER NOT NULL,"
    " last INTEGER NOT NULL, time_us INTEGER NOT NULL, PRIMARY KEY(instrument, kind, area, first, last)) WITHOUT ROWID;"
    "CREATE TABLE newest(layout INTEGER PRIMARY KEY REFERENCES layout, instrument INTEGER NOT NULL REFERENCES instrument, time_us INTEGER NOT NULL);"
    "CREATE INDEX newest_instrument ON newest(instrument);"
    "ALTER TABLE link_status ADD COLUMN requests_s REAL;"
    "ALTER TABLE link_status ADD COLUMN line_use REAL;"
    "ALTER TABLE link_status ADD COLUMN rtt_p50_ms REAL;"
    "ALTER TABLE link_status ADD COLUMN rtt_p99_ms REAL;"
    "ALTER TABLE link_status ADD COLUMN turnaround_ms REAL;"
    "ALTER TABLE link_status ADD COLUMN plan_requests INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE link_status ADD COLUMN plan_registers INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE link_status ADD COLUMN rtt_histogram TEXT NOT NULL DEFAULT '';",
    /* Writes into devices that people ask for; the collector picks them up. */
    "CREATE TABLE write_request(id INTEGER PRIMARY KEY AUTOINCREMENT, tag INTEGER NOT NULL REFERENCES tag, time_us INTEGER NOT NULL,"
    " until_us INTEGER NOT NULL, value TEXT NOT NULL, who TEXT NOT NULL, state INTEGER NOT NULL, result TEXT NOT NULL);"
    "CREATE INDEX write_request_open ON write_request(state) WHERE state < 2;",
    /* What a measurement came with, what a chart shows beside location and dispersion, and who decided on limits, exclusions and notes. */
    "CREATE TABLE context(id INTEGER PRIMARY KEY AUTOINCREMENT, lot TEXT NOT NULL, work_order TEXT NOT NULL, operator TEXT NOT NULL,"
    " gauge TEXT NOT NULL, UNIQUE(lot, work_order, operator, gauge));"
    "CREATE INDEX context_order ON context(work_order);"
    "ALTER TABLE measurement ADD COLUMN context INTEGER REFERENCES context;"
    "ALTER TABLE measurement ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE point ADD COLUMN plotted_location REAL;"
    "ALTER TABLE point ADD COLUMN plotted_dispersion REAL;"
    "ALTER TABLE point ADD COLUMN plotted_third REAL;"
    "ALTER TABLE point ADD COLUMN third_rules INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE point ADD COLUMN count REAL;"
    "ALTER TABLE point ADD COLUMN size REAL;"
    "ALTER TABLE basis ADD COLUMN third_center REAL;"
    "ALTER TABLE basis ADD COLUMN third_lcl REAL;"
    "ALTER TABLE basis ADD COLUMN third_ucl REAL;"
    "ALTER TABLE basis ADD COLUMN third_sigma REAL;"
    "ALTER TABLE basis ADD COLUMN settings TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE limits ADD COLUMN who TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE limits ADD COLUMN why TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE limits ADD COLUMN first_point INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE limits ADD COLUMN last_point INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE limits ADD COLUMN extra REAL;"
    "ALTER TABLE limits ADD COLUMN lcl REAL;"
    "ALTER TABLE limits ADD COLUMN ucl REAL;"
    "CREATE TABLE exclusion(id INTEGER PRIMARY KEY AUTOINCREMENT, characteristic INTEGER NOT NULL REFERENCES characteristic, point INTEGER NOT NULL,"
    " time_us INTEGER NOT NULL, who TEXT NOT NULL, excluded INTEGER NOT NULL, reason TEXT NOT NULL);"
    "CREATE INDEX exclusion_point ON exclusion(characteristic, point);"
    "CREATE TABLE note(id INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL, written_us INTEGER NOT NULL, object TEXT NOT NULL,"
    " who TEXT NOT NULL, text TEXT NOT NULL);"
    "CREATE INDEX note_time ON note(object, time_us);",
    /* The audit chain: a row's seal is the SHA-256 of its fields and of the seal before. Old rows get theirs between these two steps. */
    "ALTER TABLE audit ADD COLUMN seal BLOB NOT NULL DEFAULT x'';"
    "DROP TRIGGER audit_is_fixed;",
    "CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'audit rows are never changed'); END;",
    /* What retention took away: of a class (and in it of a series, or 0), everything before an instant. */
    "CREATE TABLE dropped(class TEXT NOT NULL, series INTEGER NOT NULL, until_us INTEGER NOT NULL, count INTEGER NOT NULL,"
    " PRIMARY KEY(class, series)) WITHOUT ROWID;",
    /* Chunks: a characteristic's measurements and points of a closed span of time, as columns (chunk.h); spans of one characteristic never meet.
     * chunk is the index: what a period's figures need, without the blobs. value_bytes 0: the values were dropped, their figures stay. */
    "CREATE TABLE chunk(characteristic INTEGER NOT NULL REFERENCES characteristic, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL,"
    " id INTEGER NOT NULL, count INTEGER NOT NULL, points INTEGER NOT NULL, first_point INTEGER NOT NULL, last_point INTEGER NOT NULL,"
    " value_bytes INTEGER NOT NULL, point_bytes INTEGER NOT NULL, regular INTEGER NOT NULL, exclusions INTEGER NOT NULL,"
    " n INTEGER NOT NULL, mean REAL, m2 REAL, m3 REAL, m4 REAL, min REAL, max REAL,"
    " subgroups INTEGER NOT NULL, ss REAL, ss_df REAL, mr_sum REAL, mr_count INTEGER NOT NULL, mr_squares REAL,"
    " subgroup_n INTEGER NOT NULL, range_sum REAL, sd_sum REAL, first_value REAL, last_value REAL,"
    " lsl REAL, usl REAL, below INTEGER NOT NULL, above INTEGER NOT NULL, bad INTEGER NOT NULL, signals INTEGER NOT NULL,"
    " violations INTEGER NOT NULL, excluded INTEGER NOT NULL, judged INTEGER NOT NULL, PRIMARY KEY(characteristic, first_us)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX chunk_id ON chunk(id);"
    "CREATE TABLE chunk_values(id INTEGER PRIMARY KEY, data BLOB NOT NULL);"
    "CREATE TABLE chunk_points(id INTEGER PRIMARY KEY, data BLOB NOT NULL);"
    /* Which chunks hold a serial number (its text before the closing digits, and their number / 4096; -1 without digits) or a context. */
    "CREATE TABLE chunk_serial(prefix TEXT NOT NULL, block INTEGER NOT NULL, chunk INTEGER NOT NULL,"
    " PRIMARY KEY(prefix, block, chunk)) WITHOUT ROWID;"
    "CREATE TABLE chunk_context(context INTEGER NOT NULL REFERENCES context, chunk INTEGER NOT NULL, PRIMARY KEY(context, chunk)) WITHOUT ROWID;"
    "CREATE INDEX measurement_serial ON measurement(serial) WHERE serial <> '';"
    "CREATE INDEX measurement_context ON measurement(context) WHERE context IS NOT NULL;"
    /* Polls of one layout, as columns. Spans of one layout never meet. */
    "CREATE TABLE journal_chunk(layout INTEGER NOT NULL REFERENCES layout, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL,"
    " id INTEGER NOT NULL, polls INTEGER NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY(layout, first_us)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX journal_chunk_id ON journal_chunk(id);"
    "CREATE TABLE journal_data(id INTEGER PRIMARY KEY, data BLOB NOT NULL);"
    "DROP INDEX journal_key;"
    "CREATE UNIQUE INDEX journal_key ON journal(instrument, time_us, layout);"
    /* A packed point has no row that a cause could refer to. */
    "CREATE TABLE point_cause(id INTEGER PRIMARY KEY AUTOINCREMENT, characteristic INTEGER NOT NULL REFERENCES characteristic,"
    " point INTEGER NOT NULL, time_us INTEGER NOT NULL, who TEXT NOT NULL, cause TEXT NOT NULL, action TEXT NOT NULL);"
    "INSERT INTO point_cause SELECT id, characteristic, point, time_us, who, cause, action FROM cause;"
    "DROP TABLE cause;"
    "ALTER TABLE point_cause RENAME TO cause;"
    "CREATE INDEX cause_point ON cause(characteristic, point);",
    /* Alarms and notes by what and when they are about. */
    "CREATE INDEX alarm_characteristic ON alarm(characteristic, raised_us) WHERE characteristic IS NOT NULL;"
    "CREATE INDEX note_when ON note(time_us);",
    /* Characteristics charted together. A model is what a baseline said of them; its number, like a point's, counts from 1 in its group. */
    "CREATE TABLE characteristic_group(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE group_model(member_of INTEGER NOT NULL REFERENCES characteristic_group, number INTEGER NOT NULL, time_us INTEGER NOT NULL,"
    " settings TEXT NOT NULL, first_point INTEGER NOT NULL, last_point INTEGER NOT NULL, variables INTEGER NOT NULL, points INTEGER NOT NULL,"
    " subgroup INTEGER NOT NULL, df REAL NOT NULL, determinant REAL NOT NULL, center REAL NOT NULL, ucl REAL NOT NULL, lambda REAL NOT NULL,"
    " mean BLOB NOT NULL, covariance BLOB NOT NULL, root BLOB NOT NULL, PRIMARY KEY(member_of, number)) WITHOUT ROWID;"
    "CREATE TABLE group_point(member_of INTEGER NOT NULL REFERENCES characteristic_group, number INTEGER NOT NULL, time_us INTEGER NOT NULL,"
    " n INTEGER NOT NULL, statistic REAL, center REAL, ucl REAL, model INTEGER NOT NULL, serial TEXT NOT NULL, vector BLOB NOT NULL, memory BLOB,"
    " steps REAL NOT NULL, PRIMARY KEY(member_of, number)) WITHOUT ROWID;"
    "CREATE INDEX group_point_time ON group_point(member_of, time_us, number);",
    /* What limits were made for, and up to which point excluded points had counted when the collector took their exclusion over. */
    "ALTER TABLE limits ADD COLUMN made TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE standing ADD COLUMN exclusion INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE standing ADD COLUMN exclusion_point INTEGER NOT NULL DEFAULT 0;",
    /* Groups: decisions on their limits and points; |S|, and the vectors that a point is of (parts; NULL: its one vector); where the collector stands
     * with one: what it waits for, and why it cannot judge. The number of points of a baseline is no part of what a model was made for. */
    "ALTER TABLE group_model ADD COLUMN alpha REAL;"
    "ALTER TABLE group_model ADD COLUMN state INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE group_model ADD COLUMN who TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE group_model ADD COLUMN why TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE group_model ADD COLUMN superseded_by INTEGER;"
    "UPDATE group_model SET superseded_by = number + 1 WHERE number < (SELECT max(number) FROM group_model m WHERE m.member_of ="
    " group_model.member_of);"
    "UPDATE group_model SET settings = substr(settings, 1, instr(settings, ', baseline of ') - 1) || substr(settings, instr(settings, ' points:') + "
    "7)"
    " WHERE instr(settings, ', baseline of ') > 0 AND instr(settings, ' points:') > instr(settings, ', baseline of ');"
    "ALTER TABLE group_point ADD COLUMN dispersion REAL;"
    "ALTER TABLE group_point ADD COLUMN dispersion_center REAL;"
    "ALTER TABLE group_point ADD COLUMN dispersion_lcl REAL;"
    "ALTER TABLE group_point ADD COLUMN dispersion_ucl REAL;"
    "ALTER TABLE group_point ADD COLUMN parts BLOB;"
    "CREATE TABLE group_exclusion(id INTEGER PRIMARY KEY AUTOINCREMENT, member_of INTEGER NOT NULL REFERENCES characteristic_group,"
    " point INTEGER NOT NULL, time_us INTEGER NOT NULL, who TEXT NOT NULL, excluded INTEGER NOT NULL, reason TEXT NOT NULL);"
    "CREATE INDEX group_exclusion_point ON group_exclusion(member_of, point);"
    "CREATE TABLE group_standing(member_of INTEGER PRIMARY KEY REFERENCES characteristic_group, settings TEXT NOT NULL,"
    " first_point INTEGER NOT NULL, model INTEGER NOT NULL, stage_point INTEGER NOT NULL, exclusion INTEGER NOT NULL, steps REAL NOT NULL,"
    " memory BLOB, incomplete INTEGER NOT NULL, incomplete_us INTEGER NOT NULL, lacks TEXT NOT NULL, no_model TEXT NOT NULL,"
    " arrivals INTEGER NOT NULL, vectors BLOB, waiting BLOB);",
    /* Keys of rows that came when their series had newer ones (late.h), a row for each transaction and series. */
    "CREATE TABLE late(id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, series INTEGER NOT NULL, last_us INTEGER NOT NULL,"
    " keys BLOB NOT NULL);"
    "CREATE INDEX late_series ON late(kind, series);",
    /* Points of streams name them by their place: what they were called then, a line each. Points of z-mr: the part. Limits of a part. */
    "ALTER TABLE basis ADD COLUMN names TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE limits ADD COLUMN part TEXT NOT NULL DEFAULT '';",
    /* Of a chunk's values: how many retention let go of. Those that came late stay beside figures that know more than they. */
    "ALTER TABLE chunk ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;"
    "UPDATE chunk SET gone = count WHERE value_bytes = 0;",
};
enum { SCHEMA_VERSION = sizeof migrations / sizeof migrations[0] };

/* What a step needs beside SQL, run after it. */
static int (*const completions[SCHEMA_VERSION])(struct store *store, struct error *err) = {[4] = audit_seal_old};

static int integer(struct store *store, enum query query, int64_t *value, struct error *err)
{
    *value = 0;
    return query_integer(store, query, value, err, "") < 0 ? -1 : 0;
}

int schema_inspect(struct store *store, int64_t *version, struct error *err)
{
    int64_t application, tables;
    if (integer(store, QUERY_APPLICATION_ID, &application, err) || integer(store, QUERY_USER_VERSION, version, err) ||
        integer(store, QUERY_HAS_TABLES, &tables, err))
        return -1;
    if (application != APPLICATION_ID && (tables > 0 || application != 0 || *version != 0))
        return error_set(err, ERR_NOT_GEMBA, "%s is a database of another program, not a gemba store: set store: {path: ...} in the configuration",
                         store->path);
    if (*version > SCHEMA_VERSION)
        return error_set(err, ERR_TOO_NEW, "%s was written by a newer gemba (schema %d; this one, version %s, knows up to %d): install that version",
                         store->path, (int)*version, GEMBA_VERSION, SCHEMA_VERSION);
    return 0;
}

static int set_version(struct store *store, int64_t version)
{
    char text[64];
    snprintf(text, sizeof text, "PRAGMA user_version = %d", (int)version);
    return sqlite3_exec(store->db, text, NULL, NULL, NULL);
}

static int migrate(struct store *store, int64_t version, struct error *err)
{
    if (query_run(store, QUERY_BEGIN, err, ""))
        return -1;
    /* Another program may have been faster: the version counts that holds inside the transaction. */
    if (schema_inspect(store, &version, err))
        goto failed;
    for (; version < SCHEMA_VERSION; version++) {
        if (sqlite3_exec(store->db, migrations[version], NULL, NULL, NULL) != SQLITE_OK || set_version(store, version + 1) != SQLITE_OK) {
            fault_set(err, store->path, store->db, SQLITE_OK);
            goto failed;
        }
        if (completions[version] && completions[version](store, err))
            goto failed;
    }
    if (!query_run(store, QUERY_COMMIT, err, ""))
        return 0;
failed:
    store_rollback(store);
    return -1;
}

int schema_prepare(struct store *store, struct error *err)
{
    int64_t version;
    if (schema_inspect(store, &version, err))
        return -1;
    if (version == SCHEMA_VERSION)
        return 0;
    if (store->mode != STORE_RECORD && version == 0)
        return error_set(err, ERR_NOT_GEMBA, "%s is empty: `gemba collect` fills it", store->path);
    if (store->mode != STORE_RECORD)
        return error_set(err, ERR_READ_ONLY, "%s was written by an older gemba (schema %d of %d): starting `gemba collect` once brings it up to date",
                         store->path, (int)version, SCHEMA_VERSION);
    return migrate(store, version, err);
}
