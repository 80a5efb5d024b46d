/* Scans of an asset, the state it was in at a time, and the changes between. */
#include "store/history.h"

#include "store/blob.h"
#include "store/inside.h"

#define COLUMNS "id, since, until, profile, complete, members, added, removed, target, tool, gaps, layers FROM scan "

static const struct query q_scans = {"SELECT " COLUMNS "WHERE asset = ? ORDER BY id"};
static const struct query q_at = {"SELECT " COLUMNS "WHERE asset = ? AND since <= ? ORDER BY id DESC LIMIT 1"};
static const struct query q_changes = {
    "SELECT scan, at, component, rank_was, rank_is FROM change INDEXED BY change_asset"
    " WHERE asset = ? AND at > ? AND at <= ? ORDER BY scan, component"};

static enum rc read_gaps(struct op *op, struct str bytes, struct scan_state *ret)
{
    struct blob b = blob_of(bytes);
    size_t n = blob_count(&b);
    ret->gaps.at = arena_array(op->mem, n, sizeof *ret->gaps.at);
    for (ret->gaps.cap = n; ret->gaps.n < n && !b.bad; ret->gaps.n++) {
        ret->gaps.at[ret->gaps.n].path = str_dup(op->mem, blob_str(&b));
        ret->gaps.at[ret->gaps.n].why = str_dup(op->mem, blob_str(&b));
    }
    return blob_ended(&b) ? RC_OK : fail(op, RC_INVALID, "scan %u: damaged: its gaps are no list", ret->id);
}

static enum rc read_row(struct op *op, struct rows *r, struct scan_state *ret)
{
    struct scan_state s = {.id = row_u32(r, 0), .from = row_int(r, 1), .until = row_int(r, 2), .profile = row_u32(r, 3),
                           .complete = row_int(r, 4) != 0, .members = row_u32(r, 5), .added = row_u32(r, 6), .removed = row_u32(r, 7),
                           .target = row_dup(op->mem, r, 8), .tool = row_dup(op->mem, r, 9)};
    struct str gaps = row_str(r, 10), layers = row_str(r, 11);
    TRY(row_ok(op, r));
    TRY(read_gaps(op, gaps, &s));
    if (!blob_list(op->mem, layers, &s.layers))
        return fail(op, RC_INVALID, "scan %u: damaged: its layers are no list", s.id);
    *ret = s;
    return RC_OK;
}

static enum rc scans(struct op *op, struct store *s, uint32_t asset, struct scan_states *ret)
{
    struct scan_states l = {NULL, 0, 0};
    struct rows r;
    TRY(db_run(op, s->db, &q_scans, ARGS(of_int(asset)), &r));
    for (;;) {
        enum rc rc = db_next(op, &r);
        if (rc == RC_NOTFOUND)
            break;
        TRY(rc);
        TRY(read_row(op, &r, vec_push(op->mem, &l)));
    }
    if (!l.n)
        return RC_NOTFOUND;
    *ret = l;
    return RC_OK;
}

enum rc history_scans(struct op *op, struct store *s, uint32_t asset, struct scan_states *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, scans(op, s, asset, ret));
}

static enum rc state_at(struct op *op, struct store *s, uint32_t asset, int64_t at, struct scan_state *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_at, ARGS(of_int(asset), of_int(at)), &r));
    return read_row(op, &r, ret);
}

enum rc scan_at(struct op *op, struct store *s, uint32_t asset, int64_t at, struct scan_state *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, state_at(op, s, asset, at, ret));
}

static enum rc changes(struct op *op, struct store *s, uint32_t asset, int64_t from, int64_t until, struct change_list *ret)
{
    struct change_list l = {NULL, 0, 0};
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_changes, ARGS(of_int(asset), of_int(from), of_int(until)), &r));
    while ((rc = db_next(op, &r)) == RC_OK) {
        struct change *c = vec_push(op->mem, &l);
        *c = (struct change){row_u32(&r, 0), row_int(&r, 1), row_u32(&r, 2), (int)row_int(&r, 3), (int)row_int(&r, 4)};
        if (c->before < RANK_ABSENT || c->before > 7 || c->after < RANK_ABSENT || c->after > 7)
            r.bad = true;
    }
    if (rc != RC_NOTFOUND)
        return rc;
    TRY(row_ok(op, &r));
    *ret = l;
    return RC_OK;
}

enum rc history_changes(struct op *op, struct store *s, uint32_t asset, int64_t from, int64_t until, struct change_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, changes(op, s, asset, from, until, ret));
}
