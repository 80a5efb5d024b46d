/* What several ways of packaging share: epoch, version and release; dpkg's order of a part. Inside src/version only. */
#ifndef VERSION_PACKAGING_H
#define VERSION_PACKAGING_H

#include "base/str.h"

struct evr {
    struct str epoch, version, release;
    bool has_release;
};

/* "1:2.0-3": digits before the first colon, and what stands behind the last hyphen. */
struct evr evr_cut(struct str v);

/* One segment of each, both non-empty: a run of digits or of letters, a number above text; both are taken off. */
int evr_compare_segment(struct str *a, struct str *b);

/* Runs of other characters (~ below the end, letters below the rest) and runs of digits in turn. */
int dpkg_compare_part(struct str a, struct str b);

/* "9.6_p1-r2" of Alpine and Gentoo is the project's own 9.6p1. */
struct str upstream_suffixed(struct arena *mem, struct str v);

#endif
