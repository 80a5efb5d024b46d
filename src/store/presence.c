/* Components → assets: posting rows of every bucket, corrected by what is pending, in order of rank; and the same
 * at a time in the past, by taking back what changed since. */
#include "store/presence.h"

#include "store/inside.h"
#include "store/posting.h"
#include "store/state.h"
#include <endian.h>
#include <stdlib.h>

static const struct query q_posting = {"SELECT rank, n, assets FROM posting WHERE bucket = ? AND component = ?"};
static const struct query q_pending = {"SELECT asset, gained, lost FROM pending ORDER BY asset"};
static const struct query q_changes = {
    "SELECT asset, rank_was FROM change WHERE bucket = ? AND component = ? AND at > ? ORDER BY asset, scan"};

/* One component asked for; `order` is its place in the question. */
struct wanted {
    uint32_t component, order;
};

/* A posting row, or a correction to one: sorted by rank (greatest first), order, then bucket or asset. */
struct list {
    uint8_t rank;
    uint32_t order, bucket, n;
    struct str bytes;
};
struct correction {
    uint8_t rank;
    bool comes;
    uint32_t order, asset;
};

struct question {
    struct wanted *wanted; /* by component, each once */
    size_t n;
    const uint32_t *components; /* as asked, by order */
    struct {
        struct list *at;
        size_t n, cap;
    } lists;
    struct {
        struct correction *at;
        size_t n, cap;
    } corrections;
    uint16_t *was, *now, *in, *out; /* room for a list each */
    char *map;                      /* … and for a bitmap */
    presence_visit *visit;
    void *arg;
};

static int by_component(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int by_list(const void *a, const void *b)
{
    const struct list *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->bucket < y->bucket ? -1 : x->bucket > y->bucket;
}

static int by_correction(const void *a, const void *b)
{
    const struct correction *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->asset < y->asset ? -1 : x->asset > y->asset;
}

static void ask(struct arena *mem, const uint32_t *components, size_t n, struct question *ret)
{
    struct question q = {.components = components};
    q.wanted = arena_array(mem, n, sizeof *q.wanted);
    for (size_t i = 0; i < n; i++)
        q.wanted[i] = (struct wanted){components[i], (uint32_t)i};
    if (n > 1)
        qsort(q.wanted, n, sizeof *q.wanted, by_component);
    for (size_t i = 0; i < n; i++)
        if (q.n == 0 || q.wanted[q.n - 1].component != q.wanted[i].component)
            q.wanted[q.n++] = q.wanted[i];
    *ret = q;
}

static enum rc read_lists(struct op *op, struct store *s, struct question *q, const struct wanted *w, uint32_t bucket)
{
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_posting, ARGS(of_int(bucket), of_int(w->component)), &r));
    while ((rc = db_next(op, &r)) == RC_OK) {
        struct list *l = vec_push(op->mem, &q->lists);
        uint32_t rank = row_u32(&r, 0);
        *l = (struct list){(uint8_t)rank, w->order, bucket, row_u32(&r, 1), row_dup(op->mem, &r, 2)};
        if (rank >= RANKS)
            r.bad = true;
        TRY(row_ok(op, &r));
    }
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

/* Where a note's hits go. */
struct note {
    struct arena *mem;
    struct question *q;
    uint32_t asset;
    bool comes;
};

static void noted(void *arg, uint8_t rank, size_t i)
{
    struct note *n = arg;
    *vec_push(n->mem, &n->q->corrections) = (struct correction){rank, n->comes, n->q->wanted[i].order, n->asset};
}

static enum rc read_pending(struct op *op, struct store *s, struct question *q)
{
    uint32_t *ids = arena_array(op->mem, q->n, sizeof *ids);
    struct rows r;
    enum rc rc;
    for (size_t i = 0; i < q->n; i++)
        ids[i] = q->wanted[i].component;
    TRY(db_run(op, s->db, &q_pending, NO_ARGS, &r));
    while ((rc = db_next(op, &r)) == RC_OK) {
        struct note gained = {op->mem, q, row_u32(&r, 0), true}, lost = {op->mem, q, gained.asset, false};
        bool good = members_meet(row_str(&r, 1), ids, q->n, noted, &gained) && members_meet(row_str(&r, 2), ids, q->n, noted, &lost);
        TRY(row_ok(op, &r));
        if (!good)
            return fail(op, RC_INVALID, "pending: damaged: the note of asset %u", gained.asset);
    }
    if (rc != RC_NOTFOUND)
        return rc;
    if (q->corrections.n > 1)
        qsort(q->corrections.at, q->corrections.n, sizeof *q->corrections.at, by_correction);
    return RC_OK;
}

static enum rc tell_bits(struct op *op, struct question *q, struct presence *p, uint32_t base)
{
    for (uint32_t word = 0; word < BITMAP_BYTES / sizeof(uint64_t); word++) {
        uint64_t bits;
        memcpy(&bits, q->map + word * sizeof bits, sizeof bits);
        for (bits = le64toh(bits); bits; bits &= bits - 1) {
            p->asset = base | (word * 64 + (uint32_t)__builtin_ctzll(bits));
            TRY(q->visit(op, q->arg, p));
        }
    }
    return RC_OK;
}

/* One bucket of one component at one rank: its list (may be NULL) with its n corrections. */
static enum rc tell(struct op *op, struct question *q, const struct list *l, const struct correction *c, size_t n)
{
    uint8_t rank = l ? l->rank : c->rank;
    uint32_t base = (l ? l->bucket : c->asset >> BUCKET_BITS) << BUCKET_BITS;
    struct presence p = {0, q->components[l ? l->order : c->order], rank};
    size_t in = 0, out = 0, len = l ? l->n : 0;
    const uint16_t *at = q->was;
    for (size_t i = 0; i < n; i++)
        if (c[i].comes)
            q->in[in++] = (uint16_t)c[i].asset;
        else
            q->out[out++] = (uint16_t)c[i].asset;
    if (l && l->bytes.n == BITMAP_BYTES) {
        TRY(posting_patch(op, l->bytes, l->n, q->out, out, q->in, in, q->map, &len));
        return tell_bits(op, q, &p, base);
    }
    if (l)
        TRY(posting_get(op, l->bytes, l->n, q->was));
    if (n) {
        len = posting_merge(q->was, len, q->out, out, q->in, in, q->now);
        at = q->now;
    }
    for (size_t i = 0; i < len; i++) {
        p.asset = base | at[i];
        TRY(q->visit(op, q->arg, &p));
    }
    return RC_OK;
}

/* Is the correction for the bucket of the list, for an earlier one (<0) or a later one (>0)? */
static int against(const struct correction *c, const struct list *l)
{
    struct list as = {c->rank, c->order, c->asset >> BUCKET_BITS, 0, {NULL, 0}};
    return by_list(&as, l);
}

static enum rc tell_all(struct op *op, struct question *q)
{
    size_t i = 0, j = 0;
    while (i < q->lists.n || j < q->corrections.n) {
        const struct list *l = i < q->lists.n ? &q->lists.at[i] : NULL;
        const struct correction *c = j < q->corrections.n ? &q->corrections.at[j] : NULL;
        struct list alone = {0, 0, 0, 0, {NULL, 0}};
        size_t n = 0;
        if (c && (!l || against(c, l) < 0)) {
            alone = (struct list){c->rank, c->order, c->asset >> BUCKET_BITS, 0, {NULL, 0}};
            l = NULL;
        } else {
            alone = *l;
            i++;
        }
        while (j + n < q->corrections.n && against(&q->corrections.at[j + n], &alone) == 0 && n < BUCKET_SIZE)
            n++;
        TRY(tell(op, q, l, c, n));
        j += n;
    }
    return RC_OK;
}

static enum rc find_now(struct op *op, struct store *s, struct question *q)
{
    uint32_t buckets = 0;
    TRY(bucket_count(op, s, &buckets));
    for (size_t i = 0; i < q->n; i++)
        for (uint32_t b = 0; b < buckets; b++)
            TRY(read_lists(op, s, q, &q->wanted[i], b));
    if (q->lists.n > 1)
        qsort(q->lists.at, q->lists.n, sizeof *q->lists.at, by_list);
    TRY(read_pending(op, s, q));
    size_t n = q->corrections.n < BUCKET_SIZE ? q->corrections.n : BUCKET_SIZE;
    q->was = arena_array(op->mem, BUCKET_SIZE, sizeof *q->was);
    q->now = n ? arena_array(op->mem, BUCKET_SIZE, sizeof *q->now) : NULL;
    q->in = arena_array(op->mem, n, sizeof *q->in);
    q->out = arena_array(op->mem, n, sizeof *q->out);
    q->map = arena_alloc(op->mem, BITMAP_BYTES);
    return tell_all(op, q);
}

/* ---- the past ---- */

struct past {
    uint32_t asset, order;
    int rank; /* RANK_ABSENT: not there then */
};

struct pasts {
    struct past *at;
    size_t n, cap;
    struct question *q;
};

static int by_order(const void *a, const void *b)
{
    const struct past *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return x->asset < y->asset ? -1 : x->asset > y->asset;
}

static int by_rank(const void *a, const void *b)
{
    const struct past *x = a, *y = b;
    return x->rank != y->rank ? y->rank - x->rank : by_order(a, b);
}

static enum rc collect(struct op *op, void *arg, const struct presence *p)
{
    struct pasts *all = arg;
    struct wanted key = {p->component, 0};
    size_t lo = 0, hi = all->q->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (by_component(&all->q->wanted[mid], &key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    *vec_push(op->mem, all) = (struct past){p->asset, all->q->wanted[lo].order, p->rank};
    return RC_OK;
}

/* The first change of an asset after the time says what its rank was before it. */
static enum rc take_back(struct op *op, struct store *s, const struct wanted *w, uint32_t bucket, int64_t at, struct pasts *all, size_t n)
{
    uint32_t last = 0;
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_changes, ARGS(of_int(bucket), of_int(w->component), of_int(at)), &r));
    while ((rc = db_next(op, &r)) == RC_OK) {
        struct past then = {row_u32(&r, 0), w->order, (int)row_int(&r, 1)};
        TRY(row_ok(op, &r));
        if (then.asset == last)
            continue;
        last = then.asset;
        struct past *there = n ? bsearch(&then, all->at, n, sizeof then, by_order) : NULL;
        if (there)
            there->rank = then.rank;
        else if (then.rank >= 0 && then.rank < RANKS)
            *vec_push(op->mem, all) = then;
    }
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static enum rc tell_past(struct op *op, struct pasts *all, const struct id_list *younger, presence_visit *visit, void *arg)
{
    if (all->n > 1)
        qsort(all->at, all->n, sizeof *all->at, by_rank);
    for (size_t i = 0; i < all->n; i++) {
        const struct past *p = &all->at[i];
        if (p->rank < 0 || (younger->n && bsearch(&p->asset, younger->at, younger->n, sizeof *younger->at, by_id)))
            continue;
        TRY(visit(op, arg, &(struct presence){p->asset, all->q->components[p->order], (uint8_t)p->rank}));
    }
    return RC_OK;
}

static enum rc find_past(struct op *op, struct store *s, struct question *q, int64_t at)
{
    struct pasts all = {NULL, 0, 0, q};
    struct id_list younger = {NULL, 0, 0};
    uint32_t buckets = 0;
    presence_visit *visit = q->visit;
    void *arg = q->arg;
    q->visit = collect;
    q->arg = &all;
    TRY(find_now(op, s, q));
    TRY(bucket_count(op, s, &buckets));
    TRY(asset_younger(op, s, at, &younger));
    size_t n = all.n;
    if (n > 1)
        qsort(all.at, n, sizeof *all.at, by_order);
    for (size_t i = 0; i < q->n; i++)
        for (uint32_t b = 0; b < buckets; b++)
            TRY(take_back(op, s, &q->wanted[i], b, at, &all, n));
    return tell_past(op, &all, &younger, visit, arg);
}

enum rc presence_find(struct op *op, struct store *s, const uint32_t *components, size_t n, int64_t at, presence_visit *visit, void *arg)
{
    struct question q;
    ask(op->mem, components, n, &q);
    q.visit = visit;
    q.arg = arg;
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, at == STORE_NOW ? find_now(op, s, &q) : find_past(op, s, &q, at));
}

/* ---- one asset; counting ---- */

static enum rc find_in(struct op *op, struct store *s, uint32_t asset, int64_t at, struct question *q)
{
    struct member_set m;
    struct pasts all = {NULL, 0, 0, q};
    struct id_list younger = {NULL, 0, 0};
    TRY(members_at(op, s, asset, at, &m));
    for (size_t i = 0; i < q->n; i++) {
        const struct member *there = members_find(&m, q->wanted[i].component);
        if (there)
            *vec_push(op->mem, &all) = (struct past){asset, q->wanted[i].order, there->rank};
    }
    return tell_past(op, &all, &younger, q->visit, q->arg);
}

enum rc presence_in(struct op *op, struct store *s, uint32_t asset, const uint32_t *components, size_t n, int64_t at,
                    presence_visit *visit, void *arg)
{
    struct question q;
    ask(op->mem, components, n, &q);
    q.visit = visit;
    q.arg = arg;
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, find_in(op, s, asset, at, &q));
}

struct counted {
    unsigned char *seen; /* a bit per asset */
    uint64_t n;
    size_t bytes;
};

static enum rc count(struct op *op, void *arg, const struct presence *p)
{
    struct counted *c = arg;
    size_t at = p->asset >> 3;
    if (at >= c->bytes)
        return fail(op, RC_INVALID, "posting: damaged: no asset %u", p->asset);
    unsigned bit = 1u << (p->asset & 7);
    c->n += !(c->seen[at] & bit);
    c->seen[at] |= (unsigned char)bit;
    return RC_OK;
}

static enum rc count_all(struct op *op, struct store *s, const uint32_t *components, size_t n, uint64_t *ret)
{
    struct counted c = {NULL, 0, 0};
    uint32_t buckets = 0;
    TRY(bucket_count(op, s, &buckets));
    c.bytes = (size_t)buckets * BITMAP_BYTES;
    c.seen = arena_alloc(op->mem, c.bytes);
    TRY(presence_find(op, s, components, n, STORE_NOW, count, &c));
    *ret = c.n;
    return RC_OK;
}

enum rc presence_count(struct op *op, struct store *s, const uint32_t *components, size_t n, uint64_t *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, count_all(op, s, components, n, ret));
}
