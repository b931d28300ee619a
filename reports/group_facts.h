#ifndef GEMBA_REPORTS_GROUP_FACTS_H
#define GEMBA_REPORTS_GROUP_FACTS_H

#include "reports/facts.h"
#include "reports/group_study.h"

/* A group's study as labelled words and figures: what the text page and the PDF page both print. */
int group_facts_identity(const struct sheet *sheet, const struct group_study *study, struct fact facts[FACTS_MOST]);
int group_facts_statistics(const struct group_study *study, struct fact facts[FACTS_MOST]);

/* The newest signals, newest first. */
size_t group_facts_signals(const struct group_study *study, const struct group_point **points, size_t most);

#endif
