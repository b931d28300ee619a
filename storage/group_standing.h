#ifndef GEMBA_STORAGE_GROUP_STANDING_H
#define GEMBA_STORAGE_GROUP_STANDING_H

#include "storage/group.h"

/* A part some of whose values are there. */
struct group_part {
    char serial[READING_TEXT];
    int64_t since;  /* counts up */
    uint64_t there; /* bit of each member; 0: the place is free */
    double values[MULTIVARIATE_MAX];
};
enum { GROUP_WAITING = 64 }; /* parts that may wait for values of other instruments; the one that waited longest gives way */

/* Where the collector stands with a group: one row, replaced with every commit, so that a restart changes nothing. */
struct group_standing {
    int64_t group;
    char settings[400];  /* under which all of this was collected */
    int64_t first_point; /* that a baseline may begin with */
    int64_t model;       /* number of the one that it judges by; 0: none */
    int64_t stage_point; /* the first one judged by its figures: what MEWMA remembers goes back to it */
    int64_t exclusion;   /* id of the newest that it knows */
    struct mewma_state memory;
    int64_t incomplete;    /* parts that were not judged since some of their values were not there, ever */
    int64_t incomplete_us; /* when the newest of them was seen; 0: none */
    char lacks[200];       /* ... and what it lacked */
    char no_model[200];    /* why the baseline, though long enough, gives no limits; "" */
    int n_vectors;         /* of the point that is being filled */
    double vectors[GROUP_VECTORS];
    int64_t arrivals;
    struct group_part waiting[GROUP_WAITING];
};

int record_group_standing(struct store *store, const struct group_standing *standing, int p, struct error *err); /* inside a transaction */
/* p: members, that its vectors are of. ERR_NOT_FOUND. */
int store_group_standing(struct store *store, int64_t group, int p, struct group_standing *standing, struct error *err);

#endif
