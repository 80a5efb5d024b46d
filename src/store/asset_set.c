/* Changing and forgetting assets. */
#include "store/blob.h"
#include "store/inside.h"
#include "store/member.h"

static const struct query q_named = {"SELECT id FROM asset WHERE name = ?"};
static const struct query q_set = {"UPDATE asset SET name = ?, kind = ?, owner = ?, tags = ? WHERE id = ?"};
static const struct query q_state = {"SELECT members FROM bom WHERE asset = ?"};
static const struct query q_pending = {"SELECT gained, lost FROM pending WHERE asset = ?"};
static const struct query q_note = {"INSERT INTO pending (asset, gained, lost) VALUES (?, ?, ?)"
                                    " ON CONFLICT (asset) DO UPDATE SET gained = excluded.gained, lost = excluded.lost"};
static const struct query q_settled = {"DELETE FROM pending WHERE asset = ?"};
static const struct query q_forget[] = {{"DELETE FROM bom WHERE asset = ?"},    {"DELETE FROM scan WHERE asset = ?"},
                                        {"DELETE FROM change WHERE bucket = ?1 >> 16 AND (component, asset, scan) IN"
                                         " (SELECT component, asset, scan FROM change WHERE asset = ?1)"},
                                        {"DELETE FROM alias WHERE asset = ?"},  {"DELETE FROM asset WHERE id = ?"}};

static enum rc set(struct op *op, struct store *s, uint32_t id, const struct asset_change *c)
{
    struct asset a;
    struct buf tags;
    TRY(asset_get(op, s, id, &a));
    if (c->name && !str_eq(*c->name, a.name)) {
        struct rows r;
        enum rc rc = db_row(op, s->db, &q_named, ARGS(of_text(*c->name)), &r);
        if (rc == RC_OK)
            return fail(op, RC_DENIED, "an asset is called " STR_FMT " already", STR_ARG(*c->name));
        if (rc != RC_NOTFOUND)
            return rc;
    }
    if (c->name && c->name->n == 0)
        return fail(op, RC_INVALID, "an asset needs a name");
    if (c->tags) {
        a.tags = (struct str_list){NULL, 0, 0};
        for (size_t i = 0; i < c->tags->n; i++)
            *vec_push(op->mem, &a.tags) = c->tags->at[i];
        list_sort(&a.tags);
    }
    buf_open(&tags, op->mem, "tags", 1 << 20);
    put_list(&tags, &a.tags);
    struct str tag_bytes;
    TRY(buf_done(op, &tags, &tag_bytes));
    return db_do(op, s->db, &q_set, ARGS(of_text(c->name ? *c->name : a.name), of_text(c->kind ? *c->kind : a.kind),
                                         of_text(c->owner ? *c->owner : a.owner), of_blob(tag_bytes), of_int(id)));
}

enum rc asset_set(struct op *op, struct store *s, uint32_t id, const struct asset_change *c)
{
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, set(op, s, id, c));
}

enum rc pending_note(struct op *op, struct store *s, uint32_t asset, const struct member_set *was, const struct member_set *now)
{
    struct member_set gained = {NULL, 0, 0}, lost = {NULL, 0, 0}, folded = *was;
    struct rows r;
    enum rc rc = db_row(op, s->db, &q_pending, ARGS(of_int(asset)), &r);
    if (rc == RC_OK) {
        struct str gained_bytes = row_dup(op->mem, &r, 0), lost_bytes = row_dup(op->mem, &r, 1);
        TRY(row_ok(op, &r));
        TRY(members_get(op, "pending", gained_bytes, &gained));
        TRY(members_get(op, "pending", lost_bytes, &lost));
        members_apply(op->mem, was, &gained, &lost, &folded);
    } else if (rc != RC_NOTFOUND) {
        return rc;
    }
    members_diff(op->mem, &folded, now, &gained, &lost);
    if (!gained.n && !lost.n)
        return rc == RC_OK ? db_do(op, s->db, &q_settled, ARGS(of_int(asset))) : RC_OK;
    struct buf b;
    struct str all;
    buf_open(&b, op->mem, "members", 1 << 30);
    members_put_flat(&b, &gained);
    size_t cut = b.n;
    members_put_flat(&b, &lost);
    TRY(buf_done(op, &b, &all));
    return db_do(op, s->db, &q_note, ARGS(of_int(asset), of_blob(str_upto(all, cut)), of_blob(str_from(all, cut))));
}

static enum rc forget(struct op *op, struct store *s, uint32_t id)
{
    struct member_set was = {NULL, 0, 0}, none = {NULL, 0, 0};
    struct asset a;
    struct rows r;
    TRY(asset_get(op, s, id, &a));
    enum rc rc = db_row(op, s->db, &q_state, ARGS(of_int(id)), &r);
    if (rc == RC_OK) {
        struct str bytes = row_dup(op->mem, &r, 0);
        TRY(row_ok(op, &r));
        TRY(members_get(op, "members", bytes, &was));
        TRY(pending_note(op, s, id, &was, &none));
    } else if (rc != RC_NOTFOUND) {
        return rc;
    }
    for (size_t i = 0; i < sizeof q_forget / sizeof *q_forget; i++)
        TRY(db_do(op, s->db, &q_forget[i], ARGS(of_int(id))));
    return RC_OK;
}

enum rc asset_forget(struct op *op, struct store *s, uint32_t id)
{
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, forget(op, s, id));
}
