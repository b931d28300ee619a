/* What the files of storage/ share and nobody else sees. */
#ifndef GEMBA_STORAGE_PRIVATE_H
#define GEMBA_STORAGE_PRIVATE_H

#include "storage/query.h"
#include "storage/storage.h"

#include <sys/stat.h>

/* How one column is stored: value = what the code holds * scale + offset. */
struct column {
    unsigned char code; /* of pack.c's table */
    double scale, offset;
};

/* How the values of a journal row are packed: for each column its tag and storage code (layout.c). */
struct layout {
    int64_t id, instrument;
    size_t count;
    int64_t *tags;
    struct column *codes;
    char **names;
    bool packed_known; /* how far its polls are packed (polls.c) */
    int64_t packed_us;
    struct layout *next; /* in its bucket of the store */
};
enum { LAYOUT_BUCKETS = 1024 };

/* What a characteristic is judged by now, and the row of `basis` that says so (0: not looked up yet). */
struct basis {
    int64_t characteristic, id;
    const struct spc_chart *chart;
    const struct spc_rule_set *rules;
    char settings[POINT_SETTINGS];
    char part[READING_TEXT];    /* of z-mr: of the newest point */
    const char *const *streams; /* of group: their names */
    int n_streams;
    double lsl, usl;
    struct limit_line location, dispersion, third;
};

/* That of a characteristic: found or added; valid until the next is added. */
struct basis *basis_of(struct store *store, int64_t characteristic);

/* A plant's own set, from the text that a basis keeps of it. */
struct rule_set_text {
    char *text, *cut; /* cut: what set points into */
    struct spc_rule_set *set;
};

struct name {
    int64_t id;
    char *text;
};

/* Of a characteristic's id, owned by the store; ERR_NOT_FOUND. For what must not be written without it. */
int characteristic_name(struct store *store, int64_t characteristic, const char **name, struct error *err);

/* How far a characteristic is packed into chunks (chunk.c). */
struct horizon {
    bool known;
    int64_t last_us, last_point;
};

/* The chunk that a measurement was last looked for in (chunk.c). */
struct unpacked;

/* A series that may have something to be packed (packer.c). */
struct turn {
    int64_t id;
    bool is_layout; /* else a characteristic */
};

/* By id of a characteristic or layout: how many rows it lacks of what is worth packing; 0 and less: enough, or not known (packer.c). */
struct missing {
    int64_t *rows;
    size_t count, room;
};

struct store {
    char *path;
    enum store_mode mode;
    sqlite3 *db;
    sqlite3_stmt *statements[QUERY_COUNT];
    bool alone;                 /* opened without locks, which need permissions that a reader may not have: see store_generation */
    struct stat seen, seen_wal; /* the files as they were then */
    int64_t reopened;           /* times */
    int restart_frames;         /* of the -wal, at which its restart is tried again: see wal.c */
    bool wal_warned;
    int wal_frames;            /* after this connection's newest commit; 0: nobody has to wait for them */
    struct wal_copier *copier; /* NULL until the -wal is long enough */
    int busy_ms;               /* how long it waits for another program's lock: see store_patience */
    bool in_transaction;       /* by store_begin; SQLite may have ended it after an error */
    struct layout **layouts;
    size_t n_layouts, layouts_room;
    struct layout *buckets[LAYOUT_BUCKETS]; /* the same, by what they hold */
    struct basis *bases;                    /* sorted by characteristic */
    size_t n_bases, bases_room;
    struct horizon *horizons; /* by characteristic */
    size_t horizons_room;
    struct unpacked *unpacked; /* NULL: none */
    int64_t horizons_version; /* of the data they were read from */
    struct turn *turns;       /* of the packer, in this round */
    size_t n_turns, turns_room, turn;
    int64_t listed_us;               /* monotonic, when the turns were listed */
    struct missing missing[2];       /* of characteristics, of layouts */
    int64_t missing_keep;            /* the `keep` that they are told for */
    _Atomic int64_t packed;          /* chunks, by this connection */
    struct rule_set_text *rule_sets; /* plants' own, as points were judged by */
    size_t n_rule_sets, rule_sets_room;
    struct late *late;  /* late.c */
    struct name *names; /* of characteristics */
    size_t n_names, names_room;
};

enum { RECORD_BUSY_MS = 2000 }; /* how long a recorder waits for another program's write */
/* From now on; 0: not at all. Returns what it was. */
int store_patience(struct store *store, int busy_ms);

/* From now on what a recorder commits is copied from the -wal into the file, by a thread of its own, until wal_unwatch. */
void wal_watch(struct store *store);
void wal_unwatch(struct store *store);
/* When the -wal is long: waits, until the monotonic until_us at most, for what is committed to be copied, so that the next transaction may begin it
 * anew. */
void wal_settle(struct store *store, int64_t until_us);

/* So many rows were recorded of a layout, or of a characteristic. */
void packer_recorded(struct store *store, bool is_layout, int64_t id, int64_t rows);

/* Words and code for what SQLite says about the store's last call (rc: its result, when the connection does not know). Returns -1. */
int fault_set(struct error *err, const char *path, sqlite3 *db, int rc);

/* The set that a basis names: a published one, a chart's own, or a plant's own, whose definition stands there; NULL when it is unknown. */
const struct spc_rule_set *rule_set_of(struct store *store, const struct spc_chart *chart, const char *text);
void rule_sets_free(struct store *store);

/* Refuses what is no gemba store, or of a newer gemba; *version is 0 for an empty file. */
int schema_inspect(struct store *store, int64_t *version, struct error *err);
/* That, and creates or brings up to date (STORE_RECORD). */
int schema_prepare(struct store *store, struct error *err);

/* Until when a machine's newest state, of newest_us, is known: 10 s after it or the collector's last sign of life, and 2 s of real time where
 * plant time runs faster. 0 when there is neither. */
int store_known_until(struct store *store, int64_t newest_us, int64_t *until_us, struct error *err);

/* The audit chain (audit.c). A row's seal is the SHA-256 of its fields and of the seal of the row before (zeroes before the first). */
enum { AUDIT_SEAL = 32 };
struct audit_row {
    int64_t id, time_us;
    const char *who, *what, *object, *text;
};
int audit_seal(const struct audit_row *row, const unsigned char before[AUDIT_SEAL], unsigned char seal[AUDIT_SEAL], struct error *err);
/* Adds a line, inside the transaction of what it tells about. */
int audit_add(struct store *store, int64_t time_us, const char *who, const char *what, const char *object, const char *text, struct error *err);
/* All rows, oldest first, with the seals they carry; each ends it with nonzero. */
int audit_each(struct store *store, int (*each)(const struct audit_row *row, const unsigned char *seal, void *context), void *context,
               struct error *err);
/* Number and seal of the newest row that was ever added; 0 and zeroes when there is none. */
int audit_newest(struct store *store, int64_t *id, unsigned char seal[AUDIT_SEAL], struct error *err);
/* The line about a configuration that was live: "revision 3, SHA-256 5e8f...". Returns out; NULL with err. */
enum { AUDIT_REVISION = 120 };
const char *audit_revision(int64_t revision, const char *text, char out[AUDIT_REVISION], struct error *err);
/* Of a configuration's text, as config_revision keeps it. */
int64_t revision_hash(const char *text);
/* "center 25 sigma 0.1 ucl 25.3", as the line about a decision on limits ends. Returns out. */
char *audit_limits(const struct limits *limits, char *out, size_t size);
/* Gives every row its seal: of a store from before there was a chain. */
int audit_seal_old(struct store *store, struct error *err);

bool decide_is_blank(const char *text);
/* A point that somebody wants to exclude, or to take back: filled by look, inside the transaction. */
struct decided_point {
    const char *name; /* of its characteristic or group */
    char room[96];    /* for a name that has to be kept */
    bool there, excluded;
    enum query add; /* what writes the decision down */
};
typedef int decide_look(struct store *store, const struct exclusion *exclusion, struct decided_point *point, struct error *err);
/* One transaction: a row, and its line in the audit chain. Refused without a reason, and where it changes nothing. */
int decide_exclusion(struct store *store, const struct exclusion *exclusion, decide_look *look, struct error *err);
/* The newest word about a point, by a query of a series and a point; blank without any. */
int decide_newest(struct store *store, enum query query, int64_t series, int64_t point, struct exclusion *exclusion, struct error *err);

/* The rows of a started statement that selects alarms; NULL: it could not be started, err says why. */
int alarm_rows(struct store *store, sqlite3_stmt *statement, struct alarm **alarms, size_t *count, struct error *err);

/* The highest number of a point, 0 without any. */
int newest_point(struct store *store, int64_t characteristic, int64_t *number, int64_t *time_us, struct error *err);
/* 1 there is such a point, 0, -1. */
int point_exists(struct store *store, int64_t characteristic, int64_t number, struct error *err);

/* The layout that fits those of the instrument's tags whose reading is not absent: found or added. Owned by the store. */
const struct layout *layout_for(struct store *store, const struct instrument *instrument, const struct reading *readings, struct error *err);
const struct layout *layout_get(struct store *store, int64_t id, struct error *err);
/* Forgets all: after a rollback, which may have taken new ones away. */
void layouts_forget(struct store *store);

/* A journal row's readings, readings[layout->count]; ERR_CORRUPT when it is damaged. */
int journal_unpack(struct store *store, const struct layout *layout, int64_t time_us, const void *data, size_t size, struct reading *readings,
                   struct error *err);

/* values and texts of one poll <-> bytes (pack.c). out has PACK_MAX(count) bytes; returns the bytes used. pack_unpack: -1 when data are damaged. */
#define PACK_MAX(count) (2 + (count) * (2 + sizeof(double) + READING_TEXT))
struct column pack_code(const struct tag *tag);
bool pack_code_same(struct column a, struct column b);
/* A column in words: its code, and how it is scaled when it is. pack_code_parse: the characters that it took, 0 when they are no column. */
enum { PACK_CODE_TEXT = 80 };
const char *pack_code_text(struct column column, char text[PACK_CODE_TEXT]);
int pack_code_parse(const char *text, struct column *column);
size_t pack_readings(const struct column *codes, size_t count, const struct reading *readings, unsigned char *out);
int pack_unpack(const struct column *codes, size_t count, const unsigned char *data, size_t size, struct reading *readings);

#endif
