#ifndef GEMBA_TUI_BOARD_H
#define GEMBA_TUI_BOARD_H

#include "reports/reports.h"
#include "tui/board_rows.h"
#include "tui/look.h"

/* The rows of a list screen, loaded from the store: pure data. The screen and `gemba show` share them, so they cannot disagree. */

struct board_source {
    struct store *store;
    const struct plant *plant;
    int64_t now_us;
    bool history; /* alarms: closed ones too */
    const struct alarm *alarms; /* open ones of all kinds, while rows are filled */
    size_t n_alarms;
};

struct board {
    const char *id;               /* "overview": the screen's and the script's name */
    const char *empty;            /* what an empty board says */
    const struct column *columns; /* key NULL: only on the screen; title NULL: only in scripts. Most important first. */
    size_t n_columns;
    size_t row_size;
    /* Rows are flat structs in one block, which the caller frees. */
    int (*load)(const struct board_source *source, void **rows, size_t *count, struct error *err);
    const char *(*name)(const void *row);                    /* stands for the row while it lives, unique */
    enum look (*look)(const void *row);                      /* of the whole row */
    void (*detail)(const void *row, char *out, size_t size); /* a line that says more: reasons, who, why */
    const char *(*target)(const void *row);                  /* the characteristic that Enter opens; NULL: none */
};

extern const struct board board_overview, board_characteristics, board_alarms, board_links, board_oee, board_tags, board_groups;

/* More about a row of board_links, line by line: false after the last. */
bool board_links_line(const void *row, int line, char *out, size_t size);

/* How old the newest good answer of an instrument is: by its link's status, or by its newest good reading. 0: never. */
int64_t board_answer_us(struct store *store, const struct instrument *instrument);
/* Whether what a machine's instrument says is old, or a characteristic's newest value; where a new part brings the value, parts may be rare: then it
 * is the instrument's answer that counts. */
bool board_machine_is_stale(const struct board_source *source, const struct machine *machine, int64_t *data_us);
bool board_characteristic_is_stale(const struct board_source *source, const struct characteristic *characteristic, int64_t time_us);
/* Open alarms of all kinds; freed by the caller. */
int board_open_alarms(struct store *store, struct alarm **alarms, size_t *count, struct error *err);
/* board.load of a board with a row for each of n things of the plant: fill makes the i-th one into zeroed bytes, order sorts them (NULL: as they
 * are). */
struct board_filling {
    size_t n, row_size;
    int (*fill)(const struct board_source *source, size_t i, void *row, struct error *err);
    int (*order)(const void *a, const void *b);
};
int board_load(const struct board_filling *filling, const struct board_source *source, void **rows, size_t *count, struct error *err);
/* Signal and specification alarms that are open for a characteristic id, and how many of them nobody has seen. */
void board_count_signals(const struct board_source *source, int64_t characteristic, int *open, int *new);
/* By running figures and open alarms. */
void board_indices(struct board_indices *indices, const struct board_source *source, const struct characteristic *characteristic);
int board_indices_of(struct board_indices *indices, const struct board_source *source, const struct characteristic *characteristic,
                     struct error *err); /* likewise; reads the alarms itself */
/* "Ppk 1.12!": the mark says that the requirement is missed. Returns out. */
char *board_index_words(const struct board_indices *indices, char *out, size_t size);
const char *board_text(char *out, size_t size, const char *text); /* copies, cut */

#endif
