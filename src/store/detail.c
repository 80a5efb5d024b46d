/* The blob: a table of layers, the entries in order of their components, the links; compressed by zstd. */
#include "store/detail.h"

#include "store/blob.h"
#include <stdlib.h>
#include <zstd.h>

enum { DETAIL_BYTES = 1 << 30, SHORT_BYTES = 1 << 16, SHORT_TABLE = 12 };
enum { HAS_LAYER = 8, HAS_GONE = 16, HAS_EVIDENCE = 32, SCOPE_BITS = 7, HAS_LINKS = 1 };

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int c = str_cmp(x->path, y->path);
    if (c == 0 && x->scope != y->scope)
        c = x->scope < y->scope ? -1 : 1;
    if (c == 0)
        c = str_cmp(x->evidence, y->evidence);
    if (c == 0)
        c = str_cmp(x->layer, y->layer);
    return c ? c : str_cmp(x->gone_in, y->gone_in);
}

static int by_component(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return x->component < y->component ? -1 : x->component > y->component;
}

static int by_link(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (int)x->exact - (int)y->exact;
}

/* Most of what comes is sorted already. */
static void sort_entries(struct detail *d)
{
    for (size_t i = 1; i < d->entries.n; i++)
        if (d->entries.at[i - 1].component > d->entries.at[i].component) {
            qsort(d->entries.at, d->entries.n, sizeof *d->entries.at, by_component);
            return;
        }
}

static void sort_links(struct detail *d)
{
    for (size_t i = 1; i < d->links.n; i++)
        if (by_link(&d->links.at[i - 1], &d->links.at[i]) > 0) {
            qsort(d->links.at, d->links.n, sizeof *d->links.at, by_link);
            return;
        }
}

void detail_sort(struct detail *d)
{
    size_t n = 0;
    vec_each(struct entry, e, &d->entries)
        if (e->n > 1)
            qsort(e->at, e->n, sizeof *e->at, by_place);
    sort_entries(d);
    sort_links(d);
    for (size_t i = 0; i < d->links.n; i++)
        if (n == 0 || by_link(&d->links.at[n - 1], &d->links.at[i]) != 0)
            d->links.at[n++] = d->links.at[i];
    d->links.n = n;
}

struct entry *detail_find(const struct detail *d, uint32_t component)
{
    struct entry key = {.component = component};
    return d->entries.n ? bsearch(&key, d->entries.at, d->entries.n, sizeof key, by_component) : NULL;
}

struct layer_table {
    struct str_list names;
    size_t last; /* found last: neighbours share it */
};

static size_t layer_index(struct arena *mem, struct layer_table *t, struct str name)
{
    if (t->last < t->names.n && str_eq(t->names.at[t->last], name))
        return t->last;
    for (t->last = 0; t->last < t->names.n; t->last++)
        if (str_eq(t->names.at[t->last], name))
            return t->last;
    *vec_push(mem, &t->names) = name;
    return t->last;
}

static void put_place(struct op *op, struct buf *b, struct layer_table *layers, const struct place *p)
{
    unsigned flags = (unsigned)p->scope & SCOPE_BITS;
    flags |= (p->layer.p ? HAS_LAYER : 0u) | (p->gone_in.p ? HAS_GONE : 0u) | (p->evidence.n ? HAS_EVIDENCE : 0u);
    char *at = buf_room(b, 1 + 4 * INT_MOST + p->evidence.n + p->path.n), *end = at;
    if (!at)
        return;
    *end++ = (char)flags;
    if (flags & HAS_LAYER)
        end = write_int(end, layer_index(op->mem, layers, p->layer));
    if (flags & HAS_GONE)
        end = write_int(end, layer_index(op->mem, layers, p->gone_in));
    if (flags & HAS_EVIDENCE)
        end = write_str(end, p->evidence);
    end = write_str(end, p->path);
    buf_took(b, (size_t)(end - at));
}

static void put_entries(struct op *op, struct buf *b, struct layer_table *layers, const struct detail *d)
{
    uint32_t next = 0;
    put_int(b, d->entries.n);
    vec_each(struct entry, e, &d->entries) {
        char *at = buf_room(b, 3 * INT_MOST), *end = at;
        if (!at)
            return;
        end = write_int(end, e->component - next);
        end = write_int(end, (uint64_t)e->confirmed);
        end = write_int(end, e->n);
        buf_took(b, (size_t)(end - at));
        next = e->component + 1;
        for (size_t i = 0; i < e->n; i++)
            put_place(op, b, layers, &e->at[i]);
    }
}

static void put_links(struct buf *b, const struct detail *d)
{
    uint32_t last = 0;
    buf_byte(b, d->has_links ? HAS_LINKS : 0);
    if (!d->has_links)
        return;
    put_int(b, d->links.n);
    vec_each(struct link, l, &d->links) {
        char *at = buf_room(b, 2 * INT_MOST + 1), *end = at;
        if (!at)
            return;
        end = write_int(end, l->from - last);
        end = write_int(end, l->to);
        *end++ = (char)(l->kind << 1 | (l->exact ? 1 : 0));
        buf_took(b, (size_t)(end - at));
        last = l->from;
    }
}

/* A short text needs no long table, and clearing or fetching one costs more than compressing it. */
static size_t zip(ZSTD_CCtx *z, char *out, size_t room, struct str raw)
{
    ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, 1);
    ZSTD_CCtx_setParameter(z, ZSTD_c_hashLog, raw.n <= SHORT_BYTES ? SHORT_TABLE : 0);
    return ZSTD_compress2(z, out, room, raw.p, raw.n);
}

enum rc detail_put(struct op *op, struct store *s, const struct detail *d, struct str *ret)
{
    struct layer_table layers = {{NULL, 0, 0}, 0};
    struct buf body, all;
    buf_open(&body, op->mem, "places of components", DETAIL_BYTES / 2);
    put_entries(op, &body, &layers, d);
    put_links(&body, d);
    buf_open(&all, op->mem, "places of components", DETAIL_BYTES);
    put_list(&all, &layers.names);
    buf_add(&all, buf_str(&body));
    struct str raw;
    TRY(buf_done(op, &body, &raw));
    TRY(buf_done(op, &all, &raw));
    if (!s->zip)
        s->zip = ZSTD_createCCtx();
    size_t room = ZSTD_compressBound(raw.n);
    char *out = arena_alloc(op->mem, room);
    size_t n = s->zip ? zip(s->zip, out, room, raw) : 0;
    if (!s->zip || ZSTD_isError(n))
        return fail(op, RC_LIMIT, "places of components: not compressed");
    *ret = (struct str){out, n};
    return RC_OK;
}

static enum rc unzip(struct op *op, struct store *s, struct str bytes, struct str *ret)
{
    unsigned long long size = ZSTD_getFrameContentSize(bytes.p, bytes.n);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > DETAIL_BYTES)
        return fail(op, RC_INVALID, "detail: damaged: not compressed by zstd");
    if (!s->unzip)
        s->unzip = ZSTD_createDCtx();
    char *out = arena_alloc(op->mem, (size_t)size);
    size_t n = s->unzip ? ZSTD_decompressDCtx(s->unzip, out, (size_t)size, bytes.p, bytes.n) : 0;
    if (!s->unzip || ZSTD_isError(n) || n != size)
        return fail(op, RC_INVALID, "detail: damaged: does not decompress");
    *ret = (struct str){out, n};
    return RC_OK;
}

static struct str layer_of(struct blob *b, const struct str_list *layers)
{
    uint64_t i = blob_int(b);
    if (i < layers->n)
        return layers->at[i];
    b->bad = true;
    return (struct str){NULL, 0};
}

static void get_place(struct blob *b, const struct str_list *layers, struct place *ret)
{
    unsigned flags = blob_byte(b), scope = flags & SCOPE_BITS;
    struct place p = {.scope = (enum scope)scope};
    if (scope > SCOPE_INSTALLED)
        b->bad = true;
    if (flags & HAS_LAYER)
        p.layer = layer_of(b, layers);
    if (flags & HAS_GONE)
        p.gone_in = layer_of(b, layers);
    if (flags & HAS_EVIDENCE)
        p.evidence = blob_str(b);
    p.path = blob_str(b);
    *ret = p;
}

static void skip_places(struct blob *b, const struct str_list *layers, size_t n)
{
    struct place p;
    for (size_t i = 0; i < n && !b->bad; i++)
        get_place(b, layers, &p);
}

static void get_entries(struct arena *mem, struct blob *b, const struct str_list *layers, const uint32_t *only, struct detail *d)
{
    size_t n = blob_count(b);
    uint64_t next = 0;
    d->entries.cap = only ? 1 : n;
    d->entries.at = arena_array(mem, d->entries.cap, sizeof *d->entries.at);
    for (size_t i = 0; i < n && !b->bad; i++) {
        uint64_t id = next + blob_u32(b), confirmed = blob_int(b);
        size_t places = blob_count(b);
        b->bad = b->bad || id > UINT32_MAX;
        next = id + 1;
        if (only && id > *only)
            return;
        if (only && *only != id) {
            skip_places(b, layers, places);
            continue;
        }
        struct entry *e = &d->entries.at[d->entries.n++];
        *e = (struct entry){(uint32_t)id, (int64_t)confirmed, arena_array(mem, places, sizeof *e->at), 0};
        for (; e->n < places && !b->bad; e->n++)
            get_place(b, layers, &e->at[e->n]);
    }
}

static void get_links(struct arena *mem, struct blob *b, struct detail *d)
{
    d->has_links = blob_byte(b) == HAS_LINKS;
    size_t n = d->has_links ? blob_count(b) : 0;
    uint64_t from = 0;
    d->links.at = arena_array(mem, n, sizeof *d->links.at);
    d->links.cap = n;
    for (; d->links.n < n && !b->bad; d->links.n++) {
        struct link *l = &d->links.at[d->links.n];
        from += blob_u32(b);
        l->from = (uint32_t)from;
        l->to = blob_u32(b);
        unsigned kind = blob_byte(b);
        l->kind = (uint8_t)(kind >> 1);
        l->exact = kind & 1;
        b->bad = b->bad || from > UINT32_MAX || kind >> 1 > EDGE_CONTAINS;
    }
}

enum rc detail_get(struct op *op, struct store *s, struct str bytes, const uint32_t *only, struct detail *ret)
{
    struct detail d = {.has_links = false};
    struct str raw = {NULL, 0};
    if (bytes.n == 0) {
        *ret = d;
        return RC_OK;
    }
    TRY(unzip(op, s, bytes, &raw));
    struct blob b = blob_of(raw);
    struct str_list layers = {NULL, 0, 0};
    size_t n = blob_count(&b);
    layers.at = arena_array(op->mem, n, sizeof *layers.at);
    for (; layers.n < n && !b.bad; layers.n++)
        layers.at[layers.n] = blob_str(&b);
    get_entries(op->mem, &b, &layers, only, &d);
    if (!only)
        get_links(op->mem, &b, &d);
    if (b.bad || (!only && !blob_ended(&b)))
        return fail(op, RC_INVALID, "detail: damaged: its bytes make no sense");
    *ret = d;
    return RC_OK;
}

/* The layer alone is no difference: a rebuilt image has others throughout. */
static bool entry_same(const struct entry *a, const struct entry *b)
{
    bool same = a->n == b->n && a->confirmed == b->confirmed;
    for (size_t i = 0; same && i < a->n; i++) {
        const struct place *x = &a->at[i], *y = &b->at[i];
        same = x->scope == y->scope && !x->gone_in.p == !y->gone_in.p && str_eq(x->path, y->path) && str_eq(x->evidence, y->evidence);
    }
    return same;
}

void detail_undo(struct arena *mem, const struct detail *was, const struct detail *is, struct detail *ret)
{
    struct detail d = {.has_links = was->links.n != is->links.n};
    size_t j = 0;
    vec_each(const struct entry, e, &was->entries) {
        while (j < is->entries.n && is->entries.at[j].component < e->component)
            j++;
        if (j == is->entries.n || is->entries.at[j].component != e->component || !entry_same(e, &is->entries.at[j]))
            *vec_push(mem, &d.entries) = *e;
    }
    for (size_t i = 0; !d.has_links && i < was->links.n; i++)
        d.has_links = by_link(&was->links.at[i], &is->links.at[i]) != 0;
    if (d.has_links)
        memcpy(&d.links, &was->links, sizeof d.links);
    *ret = d;
}

void detail_apply(struct arena *mem, struct detail *d, const struct detail *undo)
{
    size_t n = d->entries.n;
    vec_each(const struct entry, e, &undo->entries) {
        struct detail sorted = {.has_links = false};
        sorted.entries.at = d->entries.at;
        sorted.entries.n = n;
        struct entry *there = detail_find(&sorted, e->component);
        if (there)
            *there = *e;
        else
            *vec_push(mem, &d->entries) = *e;
    }
    if (d->entries.n > n)
        qsort(d->entries.at, d->entries.n, sizeof *d->entries.at, by_component);
    if (undo->has_links)
        memcpy(&d->links, &undo->links, sizeof d->links);
}
