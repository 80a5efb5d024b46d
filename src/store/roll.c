/* The whole roll: what every asset has now, read from the members of each, without where it was found. */
#include "store/presence.h"

#include "store/inside.h"
#include "store/member.h"

static const struct query q_after = {"SELECT asset, members FROM bom WHERE asset > ? ORDER BY asset LIMIT 1"};

/* One at a time, so that the visitor may ask the store what it likes; the bytes are kept while it does. */
static enum rc next_asset(struct op *op, struct store *s, uint32_t after, struct buf *bytes, uint32_t *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_after, ARGS(of_int(after)), &r));
    uint32_t asset = row_u32(&r, 0);
    struct str members = row_str(&r, 1);
    TRY(row_ok(op, &r));
    buf_clear(bytes);
    buf_add(bytes, members);
    if (bytes->full)
        return fail(op, RC_INVALID, "bom: damaged: the members of asset %u take %zu bytes", asset, members.n);
    *ret = asset;
    return RC_OK;
}

static enum rc visit_asset(struct op *op, uint32_t asset, struct str bytes, presence_visit *visit, void *arg)
{
    struct member_walk w = members_walk(bytes);
    while (members_next(&w))
        TRY(visit(op, arg, &(struct presence){asset, w.at.component, w.at.rank}));
    return w.b.bad ? fail(op, RC_INVALID, "bom: damaged: the members of asset %u", asset) : RC_OK;
}

static enum rc visit_all(struct op *op, struct store *s, presence_visit *visit, void *arg)
{
    struct buf bytes;
    uint32_t asset = 0;
    enum rc rc;
    buf_open(&bytes, op->mem, "members", (size_t)1 << 30);
    while ((rc = next_asset(op, s, asset, &bytes, &asset)) == RC_OK)
        TRY(visit_asset(op, asset, buf_str(&bytes), visit, arg));
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc presence_all(struct op *op, struct store *s, presence_visit *visit, void *arg)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, visit_all(op, s, visit, arg));
}
