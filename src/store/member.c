/* The sets and their bytes: a section holds the first id, then differences less one. */
#include "store/member.h"

#include <endian.h>
#include <stdlib.h>

enum { FLAT_BYTES = sizeof(uint32_t) };

static int by_component(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return (int)y->rank - (int)x->rank;
}

void members_sort(struct member_set *m)
{
    size_t n = 0, rising = 1;
    while (rising < m->n && m->at[rising - 1].component < m->at[rising].component)
        rising++;
    if (rising >= m->n)
        return;
    qsort(m->at, m->n, sizeof *m->at, by_component);
    for (size_t i = 0; i < m->n; i++)
        if (n == 0 || m->at[n - 1].component != m->at[i].component)
            m->at[n++] = m->at[i];
    m->n = n;
}

static size_t varint_bytes(uint32_t v)
{
    return v < 1u << 7 ? 1 : v < 1u << 14 ? 2 : v < 1u << 21 ? 3 : v < 1u << 28 ? 4 : 5;
}

static void put_section(struct buf *b, const struct member_set *m, uint8_t rank)
{
    size_t n = 0, bytes = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->at[i].rank == rank) {
            n++;
            bytes += varint_bytes(m->at[i].component - next);
            next = m->at[i].component + 1;
        }
    if (n == 0)
        return;
    buf_byte(b, (char)rank);
    put_int(b, n);
    put_int(b, bytes);
    next = 0;
    for (size_t i = 0; i < m->n; i++)
        if (m->at[i].rank == rank) {
            put_int(b, m->at[i].component - next);
            next = m->at[i].component + 1;
        }
}

void members_put(struct buf *b, const struct member_set *m)
{
    unsigned ranks = 0;
    for (size_t i = 0; i < m->n; i++)
        ranks |= 1u << (m->at[i].rank & (RANKS - 1));
    for (unsigned rank = RANKS; rank-- > 0;)
        if (ranks & 1u << rank)
            put_section(b, m, (uint8_t)rank);
}

static void put_flat(struct buf *b, const struct member_set *m, uint8_t rank)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++)
        n += m->at[i].rank == rank;
    if (n == 0)
        return;
    buf_byte(b, (char)rank);
    put_int(b, n);
    put_int(b, n * FLAT_BYTES);
    char *to = buf_room(b, n * FLAT_BYTES);
    for (size_t i = 0; to && i < m->n; i++)
        if (m->at[i].rank == rank) {
            uint32_t component = htole32(m->at[i].component);
            memcpy(to, &component, FLAT_BYTES);
            to += FLAT_BYTES;
        }
    if (to)
        buf_took(b, n * FLAT_BYTES);
}

void members_put_flat(struct buf *b, const struct member_set *m)
{
    unsigned ranks = 0;
    for (size_t i = 0; i < m->n; i++)
        ranks |= 1u << (m->at[i].rank & (RANKS - 1));
    if (ranks)
        buf_byte(b, (char)MEMBERS_FLAT);
    for (unsigned rank = RANKS; rank-- > 0;)
        if (ranks & 1u << rank)
            put_flat(b, m, (uint8_t)rank);
}

static uint32_t flat_at(const unsigned char *p, size_t i)
{
    uint32_t component;
    memcpy(&component, p + i * FLAT_BYTES, FLAT_BYTES);
    return le32toh(component);
}

/* The head of a section: its rank (below the one before), its count, where it ends. */
static bool section(struct blob *b, unsigned below, unsigned *ret_rank, size_t *ret_n, const unsigned char **ret_end)
{
    if (b->bad || b->p == b->end)
        return false;
    unsigned rank = blob_byte(b);
    uint64_t n = blob_int(b);
    size_t bytes = blob_count(b);
    if (b->bad || rank >= below || n == 0 || n > bytes) {
        b->bad = true;
        return false;
    }
    *ret_rank = rank;
    *ret_n = (size_t)n;
    *ret_end = b->p + bytes;
    return true;
}

static uint32_t flat_next(struct blob *b)
{
    if (b->end - b->p < FLAT_BYTES) {
        b->bad = true;
        return 0;
    }
    b->p += FLAT_BYTES;
    return flat_at(b->p - FLAT_BYTES, 0);
}

bool members_next(struct member_walk *w)
{
    struct blob *b = &w->b;
    uint64_t base = (uint64_t)w->at.component + 1;
    if (w->left == 0) {
        unsigned rank = 0;
        if (w->section && b->p != w->section)
            b->bad = true;
        if (!section(b, w->section ? w->at.rank : RANKS, &rank, &w->left, &w->section))
            return false;
        w->at.rank = (uint8_t)rank;
        base = 0;
    }
    uint64_t component = w->flat ? flat_next(b) : base + blob_int(b);
    if (b->bad || component > UINT32_MAX || component < base) {
        b->bad = true;
        w->left = 0;
        return false;
    }
    w->left--;
    w->at.component = (uint32_t)component;
    return true;
}

/* Each wanted one is searched for in what lies behind the one before. */
static void meet_flat(const unsigned char *at, size_t left, unsigned rank, const uint32_t *wanted, size_t n,
                      void (*hit)(void *arg, uint8_t rank, size_t i), void *arg)
{
    size_t from = 0;
    for (size_t i = 0; i < n && from < left; i++) {
        size_t step = 1, low = from, high;
        while (low + step < left && flat_at(at, low + step) < wanted[i]) {
            low += step;
            step *= 2;
        }
        high = low + step < left ? low + step : left;
        while (low < high) {
            size_t mid = low + (high - low) / 2;
            if (flat_at(at, mid) < wanted[i])
                low = mid + 1;
            else
                high = mid;
        }
        from = low;
        if (low < left && flat_at(at, low) == wanted[i])
            hit(arg, (uint8_t)rank, i);
    }
}

bool members_meet(struct str bytes, const uint32_t *wanted, size_t n, void (*hit)(void *arg, uint8_t rank, size_t i), void *arg)
{
    bool flat = bytes.n && (unsigned char)bytes.p[0] == MEMBERS_FLAT;
    struct blob b = blob_of(flat ? str_from(bytes, 1) : bytes);
    const unsigned char *end = NULL;
    unsigned rank = RANKS;
    size_t left = 0;
    while (section(&b, rank, &rank, &left, &end)) {
        if (flat) {
            b.bad |= (size_t)(end - b.p) != left * FLAT_BYTES;
            if (!b.bad)
                meet_flat(b.p, left, rank, wanted, n, hit, arg);
            b.p = end;
            continue;
        }
        uint64_t component = 0;
        for (size_t i = 0; left && i < n && !b.bad; left--, component++) {
            component += blob_int(&b);
            while (i < n && wanted[i] < component)
                i++;
            if (i < n && wanted[i] == component)
                hit(arg, (uint8_t)rank, i);
        }
        b.p = end;
    }
    return !b.bad;
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
