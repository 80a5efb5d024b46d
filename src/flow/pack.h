/* All that was imported, in one file to be carried to where there is no network. A line that says what it is, one record with
 * the table of its members, the SHA-256 of both, then the members: for each source its items as workers hand them over
 * (flow/feed_wire.h), compressed. The table has each member's length and SHA-256, so that any other byte anywhere is seen; the
 * same index and statements give the same bytes. */
#ifndef FLOW_PACK_H
#define FLOW_PACK_H

#include "flow/advisories.h"

#define PACK_MAGIC "muster advisories 1\n"

struct pack_source {
    struct str name;
    int64_t imported_at, as_of; /* as of: 0 when its newest record says it */
    uint64_t items;
    uint64_t plain, bytes;      /* of the member, before and after compression */
    struct str sha256;          /* of the compressed bytes */
};

struct pack_table {
    VEC(struct pack_source) list;
};

/* Does a file begin like one? */
bool pack_is(struct str head);

/* Writes everything to `path` (beside it first, then renamed). *ret says what is in it. */
MUST_USE enum rc pack_write(struct op *op, struct session *s, struct str path, struct pack_table *ret, uint64_t *ret_bytes);

/* Who takes what is read: a source, then its items as records of FEED_RECORD_ITEM. */
struct pack_taker {
    enum rc (*source)(struct op *op, void *arg, const struct pack_source *s);
    enum rc (*item)(struct op *op, void *arg, struct str fields);
    void *arg;
};

/* Reads one, all checksums first: RC_INVALID when a byte is not as it was written, RC_UNSUPPORTED for one of a newer
 * program. */
MUST_USE enum rc pack_read(struct op *op, struct str name, struct str bytes, const struct pack_taker *t);

#endif
