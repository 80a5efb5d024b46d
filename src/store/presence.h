/* Who has it: components → assets, now or at a time, worst first, from the posting lists and what is not yet
 * folded into them. Detail (paths, scopes) is read by presence_detail, for the lines that are printed. */
#ifndef STORE_PRESENCE_H
#define STORE_PRESENCE_H

#include "model/bom.h"
#include "store/asset.h"

struct presence {
    uint32_t asset;
    uint32_t component;
    uint8_t rank; /* 0 declared, 1 on disk, 2 … 6 see docs: loadable, loaded, listening, beyond loopback, as root */
};

/* Anything but RC_OK stops and is returned. */
typedef enum rc presence_visit(struct op *op, void *arg, const struct presence *p);

/* Every asset that has any of these components at the time, by rank, greatest first, then component as given, then
 * asset. With a time in the past, assets first scanned after it do not appear: asset_younger lists them. The
 * visitor may ask the store other questions. */
MUST_USE enum rc presence_find(struct op *op, struct store *s, const uint32_t *components, size_t n, int64_t at,
                               presence_visit *visit, void *arg);

/* The same for one asset only. RC_NOTFOUND when there is no such asset, or it was first scanned later. */
MUST_USE enum rc presence_in(struct op *op, struct store *s, uint32_t asset, const uint32_t *components, size_t n, int64_t at,
                             presence_visit *visit, void *arg);

/* Every component that every asset has now, asset by asset; in no other order. Reads no details: some ten million a second. */
MUST_USE enum rc presence_all(struct op *op, struct store *s, presence_visit *visit, void *arg);

/* How many assets have any of these components now. */
MUST_USE enum rc presence_count(struct op *op, struct store *s, const uint32_t *components, size_t n, uint64_t *ret);

/* Where one component is in one asset, in op->mem. */
struct presence_detail {
    struct {
        struct occurrence *at; /* `component` is the store's id; `layer`, `gone_in` index into layers */
        size_t n, cap;
    } occurrences;
    struct str_list layers; /* diffIDs */
    uint8_t rank;
    int64_t first_seen;     /* since when without a break */
    int64_t last_confirmed; /* the latest scan that saw it */
};

/* RC_NOTFOUND when the asset did not have it at the time. */
MUST_USE enum rc presence_detail(struct op *op, struct store *s, uint32_t asset, uint32_t component, int64_t at,
                                 struct presence_detail *ret);

/* Where some components are in one asset now, by store id. Much cheaper than asset_members: no component rows. */
struct presence_place {
    uint32_t component;
    struct str path; /* its first one in the final tree; empty when it is nowhere */
    bool hidden;     /* only in layers that a later one removed */
};
struct presence_owner {
    uint32_t component, owner; /* an EDGE_CONTAINS */
};
struct presence_places {
    struct {
        struct presence_place *at; /* in the order of the question; those not there are left out */
        size_t n, cap;
    } places;
    struct {
        struct presence_owner *at;
        size_t n, cap;
    } owners;
};

/* In op->mem; `components` rise. RC_NOTFOUND when there is no such asset. */
MUST_USE enum rc presence_places(struct op *op, struct store *s, uint32_t asset, const uint32_t *components, size_t n,
                                 struct presence_places *ret);

#endif
