/* What others say about products and flaws (VEX), as imported: kept by source, replaced source by source. It stores what was
 * said; whether it holds for a finding is judged elsewhere. */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

#include "model/advisory.h"
#include "store/store.h"

enum {
    STATEMENTS_MOST = 250000,        /* of one source: the caller leaves out the rest, and says so */
    STATEMENTS_LOADED_MOST = 1 << 20,
};

struct statement_row {
    struct str source; /* the feed's name */
    struct vex_statement said;
};

struct statement_list {
    struct statement_row *at;
    size_t n, cap;
};

struct statement_source {
    struct str name;
    uint64_t count;
    int64_t imported_at;
};

struct statement_sources {
    struct statement_source *at;
    size_t n, cap;
};

/* Puts these in the place of all that this source said, in one transaction; none: the source is gone. RC_LIMIT for more than
 * STATEMENTS_MOST. */
MUST_USE enum rc statement_replace(struct op *op, struct store *s, struct str source, const struct vex_statement *all, size_t n, int64_t at);

/* All of one source, or of every source (empty), in the order they were said, in op->mem. RC_LIMIT for more than
 * STATEMENTS_LOADED_MOST: part of them would answer wrongly. */
MUST_USE enum rc statement_list(struct op *op, struct store *s, struct str source, struct statement_list *ret);

/* The sources that said something, by name. */
MUST_USE enum rc statement_sources(struct op *op, struct store *s, struct statement_sources *ret);

#endif
