/* The sets and their bytes: rank, count, first id, then differences less one. */
#include "store/member.h"

#include <stdlib.h>

static int by_component(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return (int)y->rank - (int)x->rank;
}

void members_sort(struct member_set *m)
{
    size_t n = 0;
    if (m->n > 1)
        qsort(m->at, m->n, sizeof *m->at, by_component);
    for (size_t i = 0; i < m->n; i++)
        if (n == 0 || m->at[n - 1].component != m->at[i].component)
            m->at[n++] = m->at[i];
    m->n = n;
}

void members_put(struct buf *b, const struct member_set *m)
{
    size_t counts[RANKS] = {0};
    for (size_t i = 0; i < m->n; i++)
        counts[m->at[i].rank & (RANKS - 1)]++;
    for (int rank = RANKS - 1; rank >= 0; rank--) {
        uint32_t next = 0;
        if (!counts[rank])
            continue;
        buf_byte(b, (char)rank);
        put_int(b, counts[rank]);
        for (size_t i = 0; i < m->n; i++)
            if (m->at[i].rank == rank) {
                put_int(b, m->at[i].component - next);
                next = m->at[i].component + 1;
            }
    }
}

bool members_next(struct member_walk *w)
{
    struct blob *b = &w->b;
    bool fresh = false;
    if (w->left == 0) {
        if (b->bad || b->p == b->end)
            return false;
        unsigned rank = blob_byte(b);
        w->left = blob_count(b);
        if (b->bad || w->left == 0 || rank >= RANKS || (w->started && rank >= w->at.rank)) {
            b->bad = true;
            w->left = 0;
            return false;
        }
        w->at.rank = (uint8_t)rank;
        w->started = fresh = true;
    }
    uint64_t component = (fresh ? 0 : (uint64_t)w->at.component + 1) + blob_int(b);
    if (b->bad || component > UINT32_MAX) {
        b->bad = true;
        w->left = 0;
        return false;
    }
    w->left--;
    w->at.component = (uint32_t)component;
    return true;
}

enum rc members_get(struct op *op, const char *what, struct str bytes, struct member_set *ret)
{
    struct member_set m = {arena_array(op->mem, bytes.n, sizeof *m.at), 0, bytes.n};
    bool one_rank = true;
    struct member_walk w = members_walk(bytes);
    while (members_next(&w)) {
        one_rank = one_rank && (m.n == 0 || m.at[m.n - 1].rank == w.at.rank);
        m.at[m.n++] = w.at;
    }
    if (!blob_ended(&w.b))
        return fail(op, RC_INVALID, "%s: damaged: no set of components", what);
    size_t n = m.n;
    if (!one_rank)
        members_sort(&m);
    if (m.n != n)
        return fail(op, RC_INVALID, "%s: damaged: the same component twice", what);
    *ret = m;
    return RC_OK;
}

const struct member *members_find(const struct member_set *m, uint32_t component)
{
    size_t lo = 0, hi = m->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (m->at[mid].component < component)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < m->n && m->at[lo].component == component ? &m->at[lo] : NULL;
}

void members_diff(struct arena *mem, const struct member_set *was, const struct member_set *now, struct member_set *ret_gained,
                  struct member_set *ret_lost)
{
    struct member_set gained = {arena_array(mem, now->n, sizeof(struct member)), 0, now->n};
    struct member_set lost = {arena_array(mem, was->n, sizeof(struct member)), 0, was->n};
    size_t i = 0, j = 0;
    while (i < was->n || j < now->n) {
        const struct member *a = i < was->n ? &was->at[i] : NULL, *b = j < now->n ? &now->at[j] : NULL;
        if (a && b && a->component == b->component) {
            if (a->rank != b->rank) {
                lost.at[lost.n++] = *a;
                gained.at[gained.n++] = *b;
            }
            i++;
            j++;
        } else if (!b || (a && a->component < b->component)) {
            lost.at[lost.n++] = *a;
            i++;
        } else {
            gained.at[gained.n++] = *b;
            j++;
        }
    }
    *ret_gained = gained;
    *ret_lost = lost;
}

void members_apply(struct arena *mem, const struct member_set *m, const struct member_set *out, const struct member_set *in,
                   struct member_set *ret)
{
    struct member_set r = {arena_array(mem, m->n + in->n, sizeof *r.at), 0, m->n + in->n};
    size_t i = 0, j = 0;
    while (i < m->n || j < in->n) {
        if (i < m->n && members_find(out, m->at[i].component)) {
            i++;
        } else if (j == in->n || (i < m->n && m->at[i].component < in->at[j].component)) {
            r.at[r.n++] = m->at[i++];
        } else {
            if (i < m->n && m->at[i].component == in->at[j].component)
                i++;
            r.at[r.n++] = in->at[j++];
        }
    }
    *ret = r;
}
