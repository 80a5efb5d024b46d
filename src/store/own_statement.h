/* What this organisation itself says about products and flaws (VEX of our own): numbered, by somebody, until some day.
 * Entries end but are never deleted. It stores what was said; whether it holds for a finding is judged elsewhere. */
#ifndef STORE_OWN_STATEMENT_H
#define STORE_OWN_STATEMENT_H

#include "model/advisory.h"
#include "store/store.h"

struct own_statement {
    uint32_t number;           /* from 1, never used again */
    struct vex_statement said; /* `author` is who made it, `impact` why; action and document are empty */
    int64_t until;             /* its last second; 0: without end */
    int64_t ended_at;          /* 0 while it stands */
    struct str ended_by, ended_reason;
};

struct own_statements {
    struct own_statement *at;
    size_t n, cap;
};

/* Adds an entry; its number and the members about its end are not read. When one stands that says the same of the same
 * until the same time, its number comes back and nothing is written; one that says another thing of the same is ended,
 * with the new number as the reason. */
MUST_USE enum rc own_statement_add(struct op *op, struct store *s, const struct own_statement *o, uint32_t *ret_number, bool *ret_new);

/* RC_NOTFOUND when there is no such number; ending it again changes nothing. */
MUST_USE enum rc own_statement_end(struct op *op, struct store *s, uint32_t number, struct str who, struct str reason, int64_t at);

/* All by number; with `standing_at` not 0 only those that stand and have not run out at that time. */
MUST_USE enum rc own_statement_list(struct op *op, struct store *s, int64_t standing_at, struct own_statements *ret);

#endif
