/* The state a scan leaves an asset in, before it is written: members and where they are. */
#ifndef STORE_STATE_H
#define STORE_STATE_H

#include "store/detail.h"
#include "store/member.h"
#include "store/scan.h"

struct state {
    struct member_set members;
    struct detail detail;
};

/* What a scan said, hashed: each component, and all of it whatever its order. */
struct heard {
    struct hash128 *components; /* component_key of each */
    struct hash128 seen;
};
void heard_read(struct op *op, struct store *s, const struct scan *scan, const struct bom *bom, struct heard *ret);

/* Resolves the components to ids (making rows for new ones) and gathers members, places and links. */
MUST_USE enum rc state_build(struct op *op, struct store *s, const struct scan *scan, const struct bom *bom, const struct heard *heard,
                             struct state *ret);

/* Adds to what an incomplete scan reached all that was there before: whole members that it did not see, with the
 * time of their last confirmation, and further places of those it saw. */
void state_join(struct arena *mem, struct state *now, const struct state *was, int64_t was_confirmed, uint32_t *ret_unreached);

#endif
