/* The inside of a mapped index: sections as bounded slices, and the few ways to take something out of them. */
#ifndef STORE_ADVINDEX_READ_H
#define STORE_ADVINDEX_READ_H

#include "store/advindex.h"
#include "store/advindex_layout.h"
#include "store/blob.h"

struct advindex {
    struct str path, map; /* map.p NULL: closed */
    struct advindex_header header; /* a copy; of format 1 with the sections it lacks, empty */
    struct str section[SECTION_COUNT];
};

/* One row of a section of fixed-size rows; how many there are. */
#define index_rows(ix, s, T) ((const T *)(const void *)(ix)->section[s].p)
#define index_count(ix, s, T) ((ix)->section[s].n / sizeof(T))

/* A text; false when it points outside. */
static inline bool index_text(const struct advindex *ix, struct packed_text t, struct str *ret)
{
    const struct str *all = &ix->section[SECTION_TEXT];
    if (t.at > all->n || t.n > all->n - t.at)
        return false;
    *ret = (struct str){all->p + t.at, t.n};
    return true;
}

COLD enum rc index_damaged(struct op *op, const struct advindex *ix, const char *part);

/* What a record's details say; the lists follow in `rest`. */
struct index_details {
    struct record_view view; /* without lists */
    uint32_t source, block, at, n;
    struct blob rest;
};
bool index_details(const struct advindex *ix, uint32_t record, bool head_only, struct index_details *ret);

/* With its lists, in op->mem. */
MUST_USE enum rc index_record(struct op *op, const struct advindex *ix, uint32_t record, struct index_details *ret);

bool index_superseded(const struct advindex *ix, uint32_t record);

/* Calls visit for every entry of a key. */
typedef enum rc index_visit(struct op *op, void *arg, const struct advisory_view *v);
MUST_USE enum rc index_entries(struct op *op, const struct advindex *ix, const struct advindex_key *key, index_visit *visit,
                               void *arg);

/* The keys of one table of an ecosystem; false when they point outside. */
bool index_keys(const struct advindex *ix, const struct advindex_ecosystem *e, unsigned table, const struct advindex_key **ret,
                uint32_t *ret_n);

/* Takes one entry of the key with this name off the blob. */
bool index_entry(const struct advindex *ix, struct blob *b, struct str name, struct advisory_view *ret);

/* Runs work on the mapping: RC_IO when the file was cut meanwhile; the second answers false instead, with no text. */
MUST_USE enum rc index_guarded(struct op *op, const struct advindex *ix, enum rc (*work)(struct op *, void *), void *arg);
bool index_guarded_quietly(struct op *op, const struct advindex *ix, enum rc (*work)(struct op *, void *), void *arg,
                           enum rc *ret);

/* The compressed bytes of a block; false when they point outside. */
bool index_block(const struct advindex *ix, uint32_t block, struct advindex_block *ret, struct str *ret_packed);

#endif
