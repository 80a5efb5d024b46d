/* The merge: notes of many assets sorted by component, then one posting row after the other read, merged, written.
 * Doing 256 at once costs an eighth of doing them one by one. */
#include "store/fold.h"

#include "store/inside.h"
#include "store/member.h"
#include "store/posting.h"
#include <stdlib.h>

/* One transaction takes so many single changes: a second of work or two, so that no writer waits too long. */
enum { ROUND_STEPS = 1 << 20 };

static const struct query q_count = {"SELECT count(*) FROM (SELECT 1 FROM pending LIMIT 256)"};
static const struct query q_pending = {"SELECT asset, gained, lost FROM pending ORDER BY asset"};
static const struct query q_done = {"DELETE FROM pending WHERE asset <= ?"};
static const struct query q_get = {"SELECT n, assets FROM posting WHERE bucket = ? AND component = ? AND rank = ?"};
static const struct query q_add = {"INSERT INTO posting (bucket, component, rank, n, assets) VALUES (?, ?, ?, ?, ?)"};
static const struct query q_set = {"UPDATE posting SET n = ?, assets = ? WHERE bucket = ? AND component = ? AND rank = ?"};
static const struct query q_drop = {"DELETE FROM posting WHERE bucket = ? AND component = ? AND rank = ?"};

/* One asset comes to a list or leaves it, packed so that numbers sort as lists do: component, rank, low half of the
 * asset, whether it comes. */
struct steps {
    uint64_t *at;
    size_t n, cap;
};

static uint64_t step_of(const struct member *m, uint32_t asset, bool comes)
{
    return (uint64_t)m->component << 20 | (uint64_t)m->rank << 17 | (uint64_t)(asset & (BUCKET_SIZE - 1)) << 1 | comes;
}

static enum rc read_steps(struct op *op, struct steps *steps, uint32_t asset, struct str bytes, bool comes)
{
    struct member_walk w = members_walk(bytes);
    while (members_next(&w))
        *vec_push(op->mem, steps) = step_of(&w.at, asset, comes);
    return w.b.bad ? fail(op, RC_INVALID, "pending: damaged: the note of asset %u", asset) : RC_OK;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Room for one list before and after, and for what comes and goes. */
struct room {
    uint16_t was[BUCKET_SIZE], now[BUCKET_SIZE], in[BUCKET_SIZE], out[BUCKET_SIZE];
    char map[BITMAP_BYTES];
    struct buf bytes;
};

struct patch {
    uint32_t bucket;
    struct value component, rank;
    struct str bytes;
    size_t was, in, out;
};

/* A list so long that no other form of it is shorter. */
static enum rc fold_bitmap(struct op *op, struct store *s, struct room *room, const struct patch *p)
{
    size_t now = 0;
    TRY(posting_patch(op, p->bytes, p->was, room->out, p->out, room->in, p->in, room->map, &now));
    struct value assets = of_blob((struct str){room->map, BITMAP_BYTES});
    return db_do(op, s->db, &q_set, ARGS(of_int((int64_t)now), assets, of_int(p->bucket), p->component, p->rank));
}

static enum rc fold_list(struct op *op, struct store *s, struct room *room, uint32_t bucket, const uint64_t *steps, size_t n)
{
    struct value component = of_int((int64_t)(steps[0] >> 20)), rank = of_int((int64_t)(steps[0] >> 17 & 7));
    size_t was = 0, in = 0, out = 0;
    struct rows r;
    for (size_t i = 0; i < n; i++)
        if (steps[i] & 1)
            room->in[in++] = (uint16_t)(steps[i] >> 1);
        else
            room->out[out++] = (uint16_t)(steps[i] >> 1);
    enum rc rc = db_row(op, s->db, &q_get, ARGS(of_int(bucket), component, rank), &r);
    if (rc == RC_OK) {
        was = row_u32(&r, 0);
        struct str bytes = row_str(&r, 1);
        TRY(row_ok(op, &r));
        if (was >= BITMAP_BYTES + out) /* stays a bitmap whatever comes */
            return fold_bitmap(op, s, room, &(struct patch){bucket, component, rank, bytes, was, in, out});
        TRY(posting_get(op, bytes, was, room->was));
    } else if (rc != RC_NOTFOUND) {
        return rc;
    }
    size_t now = posting_merge(room->was, was, room->out, out, room->in, in, room->now);
    if (now == 0)
        return was ? db_do(op, s->db, &q_drop, ARGS(of_int(bucket), component, rank)) : RC_OK;
    buf_clear(&room->bytes);
    posting_put(&room->bytes, room->now, now);
    struct value n_now = of_int((int64_t)now), assets = of_blob(buf_str(&room->bytes));
    if (was)
        return db_do(op, s->db, &q_set, ARGS(n_now, assets, of_int(bucket), component, rank));
    return db_do(op, s->db, &q_add, ARGS(of_int(bucket), component, rank, n_now, assets));
}

static enum rc fold_bucket(struct op *op, struct store *s, struct room *room, uint32_t bucket, struct steps *steps)
{
    if (steps->n > 1)
        qsort(steps->at, steps->n, sizeof *steps->at, by_number);
    for (size_t i = 0, j; i < steps->n; i = j) {
        for (j = i + 1; j < steps->n && steps->at[j] >> 17 == steps->at[i] >> 17 && j - i < BUCKET_SIZE; j++)
            ;
        TRY(fold_list(op, s, room, bucket, steps->at + i, j - i));
    }
    steps->n = 0;
    return RC_OK;
}

/* Folds notes in order of their assets until a round is full; *ret_more says whether some are left. */
static enum rc fold_round(struct op *op, struct store *s, bool *ret_more)
{
    struct room *room = arena_alloc(op->mem, sizeof *room);
    struct steps steps = {NULL, 0, 0};
    uint32_t bucket = 0, last = 0;
    size_t taken = 0;
    struct rows r;
    enum rc rc;
    buf_open(&room->bytes, op->mem, "posting", 1 << 20);
    TRY(db_run(op, s->db, &q_pending, NO_ARGS, &r));
    while ((rc = db_next(op, &r)) == RC_OK && taken < ROUND_STEPS) {
        uint32_t asset = row_u32(&r, 0);
        TRY(row_ok(op, &r));
        if (asset >> BUCKET_BITS != bucket)
            TRY(fold_bucket(op, s, room, bucket, &steps));
        bucket = asset >> BUCKET_BITS;
        size_t before = steps.n;
        TRY(read_steps(op, &steps, asset, row_str(&r, 1), true));
        TRY(read_steps(op, &steps, asset, row_str(&r, 2), false));
        TRY(row_ok(op, &r));
        taken += steps.n - before;
        last = asset;
    }
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    *ret_more = rc == RC_OK;
    TRY(fold_bucket(op, s, room, bucket, &steps));
    return db_do(op, s->db, &q_done, ARGS(of_int(last)));
}

static enum rc is_due(struct op *op, struct store *s, bool *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_count, NO_ARGS, &r));
    *ret = row_int(&r, 0) >= FOLD_AT;
    return row_ok(op, &r);
}

static enum rc one_round(struct op *op, struct store *s, bool *ret_more)
{
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, fold_round(op, s, ret_more));
}

enum rc store_fold(struct op *op, struct store *s, bool force)
{
    bool more = force;
    struct op round = *op;
    enum rc rc = RC_OK;
    if (!force) {
        TRY(store_begin(op, s, STORE_READING));
        TRY(store_end(op, s, is_due(op, s, &more)));
    }
    round.mem = arena_child(op->mem);
    while (rc == RC_OK && more) {
        arena_reset(round.mem);
        rc = one_round(&round, s, &more);
    }
    if (rc != RC_OK && op->err.rc == RC_OK)
        fail(op, rc, STR_FMT, STR_ARG(round.err.text));
    arena_close(round.mem);
    return rc;
}
