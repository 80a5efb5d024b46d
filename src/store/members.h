/* All components of one asset, now or at a time, with where they were and their edges. */
#ifndef STORE_MEMBERS_H
#define STORE_MEMBERS_H

#include "model/bom.h"
#include "store/history.h"

struct members {
    struct bom *bom;  /* components in order of their store ids, occurrences, edges, gaps; in op->mem */
    uint32_t *ids;    /* store id of each bom component */
    uint8_t *ranks;   /* of each bom component */
    int64_t *first_seen;     /* of each bom component */
    int64_t *last_confirmed; /* of each bom component */
    struct scan_state scan;  /* the scan that state comes from; its layers are what occurrence.layer indexes */
};

/* RC_NOTFOUND when there is no such asset, or `at` lies before its first scan. Layers of the past may be unknown
 * (LAYER_NONE) where only the layer changed since. */
MUST_USE enum rc asset_members(struct op *op, struct store *s, uint32_t asset, int64_t at, struct members *ret);

#endif
