/* Where each member of an asset was found, and what depends on what: one compressed blob an asset, and one a scan
 * for what the state before said otherwise. Layers are kept as their digests, so that blobs stand alone. */
#ifndef STORE_DETAIL_H
#define STORE_DETAIL_H

#include "model/bom.h"
#include "store/inside.h"

struct place {
    struct str path, evidence;
    struct str layer, gone_in; /* p NULL: none */
    enum scope scope;
};

struct entry {
    uint32_t component;
    int64_t confirmed; /* when last seen, if not by the asset's latest scan; else 0 */
    struct place *at;  /* sorted by path, scope, evidence */
    size_t n;
};

struct link {
    uint32_t from, to; /* components */
    uint8_t kind;      /* enum edge_kind */
    bool exact;
};

struct detail {
    struct {
        struct entry *at; /* sorted by component */
        size_t n, cap;
    } entries;
    struct {
        struct link *at; /* sorted */
        size_t n, cap;
    } links;
    bool has_links; /* false in an undo that leaves the links as they are */
};

void detail_sort(struct detail *d);
struct entry *detail_find(const struct detail *d, uint32_t component);

/* Compressed bytes in op->mem. */
MUST_USE enum rc detail_put(struct op *op, struct store *s, const struct detail *d, struct str *ret);

/* RC_INVALID when damaged. Slices live in op->mem. Empty bytes: an empty detail without links. With `only` not NULL the
 * entries of other components and the links are passed over. */
MUST_USE enum rc detail_get(struct op *op, struct store *s, struct str bytes, const uint32_t *only, struct detail *ret);

/* What `was` says otherwise than `is`: entries gone or changed (a change of the layer alone is none), and the links
 * when they differ. */
void detail_undo(struct arena *mem, const struct detail *was, const struct detail *is, struct detail *ret);

/* Brings `d` back by an undo. Entries that are not in `members` then are dropped by the caller. */
void detail_apply(struct arena *mem, struct detail *d, const struct detail *undo);

#endif
