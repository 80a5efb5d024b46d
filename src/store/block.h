/* The block list: numbered entries that are ended or replaced but never deleted, so that a number in a log always
 * means the same. It stores what was said; whether something is blocked is judged elsewhere. */
#ifndef STORE_BLOCK_H
#define STORE_BLOCK_H

#include "store/store.h"

struct block {
    uint32_t number;        /* from 1, never used again */
    struct str what;        /* as typed */
    struct str_list except; /* sorted */
    struct str reason, who;
    int64_t at;             /* when it was made */
    int64_t until;          /* its last second; 0: without end */
    int64_t ended_at;       /* 0 while it stands */
    struct str ended_by, ended_reason;
    uint32_t superseded_by; /* number of the entry that took its place; 0 */
};

struct block_list {
    struct block *at;
    size_t n, cap;
};

/* Adds an entry; b->number and the members about its end are not read. When an entry with the same `what` and the
 * same exceptions stands and has not run out at b->at, its number comes back and nothing is written. */
MUST_USE enum rc block_add(struct op *op, struct store *s, const struct block *b, uint32_t *ret_number, bool *ret_new);

/* Ends an entry. RC_NOTFOUND when there is no such number; ending it again changes nothing. */
MUST_USE enum rc block_end(struct op *op, struct store *s, uint32_t number, struct str who, struct str reason, int64_t at);

/* Ends an entry by a new one that takes its place: superseded_by links them. */
MUST_USE enum rc block_supersede(struct op *op, struct store *s, uint32_t number, const struct block *by, uint32_t *ret_number);

/* All entries by number; with `standing_at` not 0 only those that stand and have not run out at that time. */
MUST_USE enum rc block_list(struct op *op, struct store *s, int64_t standing_at, struct block_list *ret);
MUST_USE enum rc block_get(struct op *op, struct store *s, uint32_t number, struct block *ret);

/* Grows with every change of the list: for caches. */
MUST_USE enum rc block_version(struct op *op, struct store *s, uint64_t *ret);

#endif
