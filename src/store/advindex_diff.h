/* What an import changed: the difference of two advisory indexes, by names of packages. */
#ifndef STORE_ADVINDEX_DIFF_H
#define STORE_ADVINDEX_DIFF_H

#include "store/advindex.h"

/* A name of which two indexes say different things, or one of them nothing; borrowed from the index that has it. */
struct advindex_change {
    struct str ecosystem, name; /* without suffix; in normal form */
};
struct advindex_changes {
    VEC(struct advindex_change) list; /* one name may be there twice */
};

/* What matching reads differs for these: ranges, versions, ids, flags, withdrawal. Reads all entries of both. */
MUST_USE enum rc advindex_diff(struct op *op, const struct advindex *was, const struct advindex *is, struct advindex_changes *ret);

/* Bytes that stand for all an index holds: equal for equal content only, up to accident. */
MUST_USE enum rc advindex_mark(struct op *op, const struct advindex *ix, struct str *ret);

#endif
