#ifndef GEMBA_ACQUISITION_IMPORT_SORT_H
#define GEMBA_ACQUISITION_IMPORT_SORT_H

#include "acquisition/import_rows.h"

/* Any number of rows in bounded memory: what is more than a buffer holds goes, sorted, to a file without a name in $TMPDIR (or /var/tmp), and comes
 * back merged. */
struct import_sort;
struct import_sort *import_sort_create(void);
int import_sort_add(struct import_sort *sort, const struct import_row *row, struct error *err); /* copies */
/* After the last. */
int import_sort_finish(struct import_sort *sort, struct error *err);
int64_t import_sort_count(const struct import_sort *sort);
/* By characteristic and instrument, time, sequence where both say one, line: 1 and a row whose texts are valid until the next call, 0, -1. */
int import_sort_next(struct import_sort *sort, struct import_row *row, struct error *err);
void import_sort_free(struct import_sort *sort);

#endif
