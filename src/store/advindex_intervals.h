/* The events of OSV ranges → intervals of affected versions, as OSV's evaluation reads them. */
#ifndef STORE_ADVINDEX_INTERVALS_H
#define STORE_ADVINDEX_INTERVALS_H

#include "store/advindex.h"

struct interval {
    struct str low, high;
    unsigned flags; /* enum interval_flags */
};

struct intervals {
    VEC(struct interval) list;
};

/* Adds what a range of versions (not of commits) says. compare NULL: the events count in the order of the file. */
void intervals_add(struct arena *mem, struct intervals *list, const struct advisory_range *range, advindex_compare *compare);

#endif
