#ifndef GEMBA_CONFIG_READER_H
#define GEMBA_CONFIG_READER_H

#include "config/draft.h"

/* Reads the document into a draft by schema_file: shapes, known and missing keys, types, units and ranges. Texts belong to the arena, the
 * draft's lists to scratch. What is wrong goes to problems, and the draft is filled as far as it can be. -1 when it is too empty or too large to be
 * worth resolving. */
int reader_read(struct file_draft *draft, node *root, struct arena *arena, struct arena *scratch, struct problems *problems);

#endif
