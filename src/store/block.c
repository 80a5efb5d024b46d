/* The block list. */
#include "store/block.h"

#include "store/blob.h"
#include "store/inside.h"

#define COLUMNS "number, what, exceptions, reason, who, at, until, ended_at, ended_by, ended_reason, superseded_by FROM block "

static const struct query q_all = {"SELECT " COLUMNS "ORDER BY number"};
static const struct query q_get = {"SELECT " COLUMNS "WHERE number = ?"};
static const struct query q_same = {
    "SELECT number FROM block WHERE what = ? AND exceptions = ? AND ended_at = 0 AND (until = 0 OR until >= ?) ORDER BY number"};
static const struct query q_add = {
    "INSERT INTO block (what, exceptions, reason, who, at, until, ended_at, ended_by, ended_reason, superseded_by)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, '', '', 0)"};
static const struct query q_end = {
    "UPDATE block SET ended_at = ?, ended_by = ?, ended_reason = ?, superseded_by = ? WHERE number = ? AND ended_at = 0"};

static enum rc read_row(struct op *op, struct rows *r, struct block *ret)
{
    struct arena *mem = op->mem;
    struct block b = {.number = row_u32(r, 0), .what = row_dup(mem, r, 1), .reason = row_dup(mem, r, 3), .who = row_dup(mem, r, 4),
                      .at = row_int(r, 5), .until = row_int(r, 6), .ended_at = row_int(r, 7), .ended_by = row_dup(mem, r, 8),
                      .ended_reason = row_dup(mem, r, 9), .superseded_by = row_u32(r, 10)};
    struct str except = row_str(r, 2);
    TRY(row_ok(op, r));
    if (!blob_list(mem, except, &b.except))
        return fail(op, RC_INVALID, "block %u: damaged: its exceptions are no list", b.number);
    *ret = b;
    return RC_OK;
}

static enum rc list(struct op *op, struct store *s, int64_t standing_at, struct block_list *ret)
{
    struct block_list l = {NULL, 0, 0};
    struct rows r;
    TRY(db_run(op, s->db, &q_all, NO_ARGS, &r));
    for (;;) {
        struct block b;
        enum rc rc = db_next(op, &r);
        if (rc == RC_NOTFOUND)
            break;
        TRY(rc);
        TRY(read_row(op, &r, &b));
        if (standing_at == 0 || (b.ended_at == 0 && (b.until == 0 || b.until >= standing_at)))
            *vec_push(op->mem, &l) = b;
    }
    *ret = l;
    return RC_OK;
}

enum rc block_list(struct op *op, struct store *s, int64_t standing_at, struct block_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, list(op, s, standing_at, ret));
}

static enum rc get(struct op *op, struct store *s, uint32_t number, struct block *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_get, ARGS(of_int(number)), &r));
    return read_row(op, &r, ret);
}

enum rc block_get(struct op *op, struct store *s, uint32_t number, struct block *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, get(op, s, number, ret));
}

static enum rc version(struct op *op, struct store *s, uint64_t *ret)
{
    struct value v;
    TRY(meta_get(op, s, "block version", &v));
    if (v.kind != VALUE_INT || v.i < 0)
        return fail(op, RC_INVALID, "block list: damaged: its version is no number");
    *ret = (uint64_t)v.i;
    return RC_OK;
}

enum rc block_version(struct op *op, struct store *s, uint64_t *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, version(op, s, ret));
}

static enum rc changed(struct op *op, struct store *s)
{
    uint64_t v = 0;
    TRY(version(op, s, &v));
    return meta_set(op, s, "block version", of_int((int64_t)(v + 1)));
}

static enum rc add(struct op *op, struct store *s, const struct block *b, uint32_t *ret_number, bool *ret_new)
{
    struct str_list except = {NULL, 0, 0};
    struct buf bytes;
    struct str list_bytes;
    struct rows r;
    if (b->what.n == 0)
        return fail(op, RC_INVALID, "a block needs something to block");
    for (size_t i = 0; i < b->except.n; i++)
        *vec_push(op->mem, &except) = b->except.at[i];
    list_sort(&except);
    buf_open(&bytes, op->mem, "exceptions", 1 << 20);
    put_list(&bytes, &except);
    TRY(buf_done(op, &bytes, &list_bytes));
    enum rc rc = db_row(op, s->db, &q_same, ARGS(of_text(b->what), of_blob(list_bytes), of_int(b->at)), &r);
    uint32_t number = 0;
    bool fresh = rc == RC_NOTFOUND;
    if (fresh) {
        TRY(db_insert(op, s->db, &q_add,
                      ARGS(of_text(b->what), of_blob(list_bytes), of_text(b->reason), of_text(b->who), of_int(b->at), of_int(b->until)),
                      &number));
        TRY(changed(op, s));
    } else {
        TRY(rc);
        number = row_u32(&r, 0);
        TRY(row_ok(op, &r));
    }
    *ret_number = number;
    *ret_new = fresh;
    return RC_OK;
}

enum rc block_add(struct op *op, struct store *s, const struct block *b, uint32_t *ret_number, bool *ret_new)
{
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, add(op, s, b, ret_number, ret_new));
}

static enum rc end(struct op *op, struct store *s, uint32_t number, struct str who, struct str reason, int64_t at, uint32_t by)
{
    struct block there;
    TRY(get(op, s, number, &there));
    if (there.ended_at)
        return RC_OK;
    TRY(db_do(op, s->db, &q_end, ARGS(of_int(at), of_text(who), of_text(reason), of_int(by), of_int(number))));
    return changed(op, s);
}

enum rc block_end(struct op *op, struct store *s, uint32_t number, struct str who, struct str reason, int64_t at)
{
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, end(op, s, number, who, reason, at, 0));
}

static enum rc supersede(struct op *op, struct store *s, uint32_t number, const struct block *by, uint32_t *ret_number)
{
    struct block there;
    uint32_t next = 0;
    bool fresh = false;
    TRY(get(op, s, number, &there));
    TRY(end(op, s, number, by->who, by->reason, by->at, 0));
    TRY(add(op, s, by, &next, &fresh));
    if (there.ended_at == 0) {
        static const struct query q_link = {"UPDATE block SET superseded_by = ? WHERE number = ?"};
        TRY(db_do(op, s->db, &q_link, ARGS(of_int(next), of_int(number))));
    }
    *ret_number = next;
    return RC_OK;
}

enum rc block_supersede(struct op *op, struct store *s, uint32_t number, const struct block *by, uint32_t *ret_number)
{
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, supersede(op, s, number, by, ret_number));
}
