/* How old what feeds say is. A feed that `advisories update` fetched from its own address tells of the moment at which that was
 * last confirmed, from a mirror of the mirror's; what came from a file tells of its newest record (without dated records: of its
 * import). One that tells of more than a week ago is stale. */
#ifndef FLOW_AGES_H
#define FLOW_AGES_H

#include "flow/advisories.h"

enum { FEED_STALE_S = 7 * 86400 };

struct feed_age {
    struct advindex_source source;
    int64_t as_of; /* the moment of which it tells */
    bool stale;
};

struct feed_ages {
    VEC(struct feed_age) list; /* by name */
    const struct feed_age *stalest; /* NULL when there is none */
};

/* Texts are borrowed from the index. */
MUST_USE enum rc feed_ages(struct op *op, const struct session *s, const struct advindex *ix, struct feed_ages *ret);

/* The same for the index that is there now; the texts are copies. */
MUST_USE enum rc feed_ages_now(struct op *op, const struct session *s, struct feed_ages *ret);

#endif
