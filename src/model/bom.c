/* A bom in memory: an insertion-ordered set of components, and lists beside it. */
#include "model/bom.h"

#include <stdlib.h>

static const char *const scope_names[] = {"test", "build", "declared", "bundled", "installed"};

const char *scope_name(enum scope s)
{
    return scope_names[s];
}

bool scope_parse(struct str name, enum scope *ret)
{
    for (size_t i = 0; i < sizeof scope_names / sizeof *scope_names; i++)
        if (str_eq(name, str_of(scope_names[i]))) {
            *ret = (enum scope)i;
            return true;
        }
    return false;
}

const char *profile_name(unsigned profile)
{
    switch (profile & PROFILE_ALL) {
    case PROFILE_INSTALLED: return "installed";
    case PROFILE_DECLARED: return "declared";
    default: return "all";
    }
}

void bom_open(struct bom *b, struct arena *mem)
{
    *b = (struct bom){.mem = mem};
}

static void grow(struct bom *b)
{
    size_t count = b->slot_count ? b->slot_count * 2 : 64;
    uint32_t *slots = arena_array(b->mem, count, sizeof *slots);
    for (size_t i = 0; i < b->components.n; i++) {
        size_t s = (size_t)component_hash(&b->components.at[i]) & (count - 1);
        while (slots[s])
            s = (s + 1) & (count - 1);
        slots[s] = (uint32_t)i + 1;
    }
    b->slots = slots;
    b->slot_count = count;
}

/* The slot of this component, or the free one where it belongs. */
static uint32_t *slot_of(struct bom *b, const struct component *c)
{
    if ((b->components.n + 1) * 3 > b->slot_count * 2)
        grow(b);
    size_t mask = b->slot_count - 1, s = (size_t)component_hash(c) & mask;
    while (b->slots[s] && !component_same(&b->components.at[b->slots[s] - 1], c))
        s = (s + 1) & mask;
    return &b->slots[s];
}

uint32_t bom_find(const struct bom *b, const struct component *c)
{
    if (b->slot_count == 0)
        return COMPONENT_NONE;
    size_t mask = b->slot_count - 1, s = (size_t)component_hash(c) & mask;
    while (b->slots[s] && !component_same(&b->components.at[b->slots[s] - 1], c))
        s = (s + 1) & mask;
    return b->slots[s] ? b->slots[s] - 1 : COMPONENT_NONE;
}

static void fill(struct bom *b, struct str *mine, struct str theirs)
{
    if (mine->n == 0 && theirs.n)
        *mine = str_dup(b->mem, theirs);
}

static uint32_t add(struct bom *b, const struct component *c, bool copy)
{
    uint32_t *slot = slot_of(b, c);
    if (*slot) {
        struct component *mine = &b->components.at[*slot - 1];
        fill(b, &mine->source, c->source);
        fill(b, &mine->source_version, c->source_version);
        fill(b, &mine->upstream, c->upstream);
        fill(b, &mine->upstream_version, c->upstream_version);
        fill(b, &mine->digest, c->digest);
        return *slot - 1;
    }
    struct component *mine = vec_push(b->mem, &b->components);
    *mine = copy ? component_dup(b->mem, c) : *c;
    *slot = (uint32_t)b->components.n;
    return *slot - 1;
}

uint32_t bom_add(struct bom *b, const struct component *c)
{
    return add(b, c, true);
}

uint32_t bom_add_borrowed(struct bom *b, const struct component *c)
{
    return add(b, c, false);
}

struct occurrence *bom_note(struct bom *b, uint32_t component, enum scope scope, struct str path, uint32_t layer)
{
    /* Catalogers note many components of one file in a row: keep one copy of its path. */
    struct occurrence *last = b->occurrences.n ? &b->occurrences.at[b->occurrences.n - 1] : NULL;
    struct str kept = last && str_eq(last->path, path) ? last->path : str_dup(b->mem, path);
    struct occurrence *o = vec_push(b->mem, &b->occurrences);
    *o = (struct occurrence){.component = component, .layer = layer, .gone_in = LAYER_NONE, .scope = scope, .path = kept};
    return o;
}

void bom_edge(struct bom *b, uint32_t from, uint32_t to, enum edge_kind kind, bool exact)
{
    *vec_push(b->mem, &b->edges) = (struct edge){from, to, kind, exact};
}

void bom_gap(struct bom *b, struct str path, struct str why)
{
    *vec_push(b->mem, &b->gaps) = (struct gap){str_dup(b->mem, path), str_dup(b->mem, why)};
}

struct keyed {
    struct str purl;
    uint32_t id;
};

static int keyed_compare(const void *a, const void *b)
{
    return str_cmp(((const struct keyed *)a)->purl, ((const struct keyed *)b)->purl);
}

static int by_number(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int occurrence_compare(const void *va, const void *vb)
{
    const struct occurrence *a = va, *b = vb;
    int c = by_number(a->component, b->component);
    c = c ? c : str_cmp(a->path, b->path);
    c = c ? c : by_number(a->layer, b->layer);
    c = c ? c : by_number(a->gone_in, b->gone_in);
    c = c ? c : by_number((uint64_t)b->scope, (uint64_t)a->scope);
    return c ? c : str_cmp(b->evidence, a->evidence);
}

static int edge_compare(const void *va, const void *vb)
{
    const struct edge *a = va, *b = vb;
    int c = by_number(a->from, b->from);
    c = c ? c : by_number(a->to, b->to);
    c = c ? c : by_number((uint64_t)a->kind, (uint64_t)b->kind);
    return c ? c : by_number(!a->exact, !b->exact);
}

static void renumber(struct bom *b, const uint32_t *new_id)
{
    vec_each(struct occurrence, o, &b->occurrences)
        o->component = new_id[o->component];
    vec_each(struct edge, e, &b->edges) {
        e->from = new_id[e->from];
        e->to = new_id[e->to];
    }
}

static void sort_components(struct bom *b)
{
    struct arena *mem = arena_child(b->mem);
    size_t n = b->components.n;
    struct keyed *keys = arena_array(mem, n, sizeof *keys);
    uint32_t *new_id = arena_array(mem, n, sizeof *new_id);
    struct component *old = arena_array(mem, n, sizeof *old);
    for (size_t i = 0; i < n; i++)
        keys[i] = (struct keyed){component_purl(mem, &b->components.at[i]), (uint32_t)i};
    qsort(keys, n, sizeof *keys, keyed_compare);
    if (n)
        memcpy(old, b->components.at, n * sizeof *old);
    for (size_t i = 0; i < n; i++) {
        new_id[keys[i].id] = (uint32_t)i;
        b->components.at[i] = old[keys[i].id];
    }
    renumber(b, new_id);
    memset(b->slots, 0, b->slot_count * sizeof *b->slots);
    for (size_t i = 0; i < n; i++)
        *slot_of(b, &b->components.at[i]) = (uint32_t)i + 1;
    arena_close(mem);
}

void bom_sort(struct bom *b)
{
    if (b->components.n == 0)
        return;
    sort_components(b);
    if (b->occurrences.n)
        qsort(b->occurrences.at, b->occurrences.n, sizeof *b->occurrences.at, occurrence_compare);
    size_t kept = 0;
    for (size_t i = 0; i < b->occurrences.n; i++) {
        struct occurrence *o = &b->occurrences.at[i], *last = kept ? &b->occurrences.at[kept - 1] : NULL;
        bool same = last && last->component == o->component && last->layer == o->layer && last->gone_in == o->gone_in
            && str_eq(last->path, o->path);
        if (!same)
            b->occurrences.at[kept++] = *o;
    }
    b->occurrences.n = kept;
    if (b->edges.n)
        qsort(b->edges.at, b->edges.n, sizeof *b->edges.at, edge_compare);
    kept = 0;
    for (size_t i = 0; i < b->edges.n; i++) {
        struct edge *e = &b->edges.at[i], *last = kept ? &b->edges.at[kept - 1] : NULL;
        if (!last || last->from != e->from || last->to != e->to || last->kind != e->kind)
            b->edges.at[kept++] = *e;
    }
    b->edges.n = kept;
}
