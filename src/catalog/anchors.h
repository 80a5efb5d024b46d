/* Looks for many short literals at once in a few hundred megabytes of read-only data. */
#ifndef CATALOG_ANCHORS_H
#define CATALOG_ANCHORS_H

#include "base/op.h"

struct anchors;

enum { ANCHORS_MOST = 64 };

/* Prepares the search for `n` (at most ANCHORS_MOST) literals of at least four bytes, which must live as long. */
struct anchors *anchors_open(struct arena *mem, const struct str *literals, size_t n);

/* Calls hit(arg, which, at) for every place where literal `which` stands, in order of place. */
void anchors_find(const struct anchors *a, struct str bytes, void (*hit)(void *arg, size_t which, size_t at), void *arg);

#endif
