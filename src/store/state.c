/* From a bom to a state. The bom may list things in any order and more than once. */
#include "store/state.h"

/* Parts that are hashed have a tag first, so that a path is never taken for a gap. */
enum { HEAR_SCAN = 1, HEAR_COMPONENT, HEAR_PLACE, HEAR_EDGE, HEAR_GAP };

static struct str layer_name(const struct scan *scan, uint32_t i)
{
    return i < scan->layers.n ? scan->layers.at[i] : (struct str){NULL, 0};
}

static void hear(const struct store *s, struct buf *b, struct hash128 *sum)
{
    hash128_sum(sum, key_hash(s->key, buf_str(b)));
    buf_clear(b);
}

static void hear_scan(const struct store *s, struct buf *b, const struct scan *scan, struct hash128 *sum)
{
    buf_byte(b, HEAR_SCAN);
    put_int(b, scan->profile);
    buf_byte(b, scan->complete);
    put_list(b, &scan->names);
    put_list(b, &scan->digests);
    put_list(b, &scan->layers);
    hear(s, b, sum);
}

static uint8_t scope_rank(const struct occurrence *o)
{
    bool on_disk = o->scope == SCOPE_INSTALLED || o->scope == SCOPE_BUNDLED;
    return on_disk && o->gone_in == LAYER_NONE;
}

static void hear_component(const struct store *s, struct hash128 c, uint8_t rank, struct hash128 *sum)
{
    const uint64_t words[] = {HEAR_COMPONENT | c.a << 8, c.a >> 56 | c.b << 8, c.b >> 56 | (uint64_t)rank << 8};
    hash128_sum(sum, key_hash_words(s->key, words, 1 + sizeof c + 1));
}

static void hear_places(const struct store *s, struct buf *b, const struct scan *scan, const struct bom *bom, struct heard *h)
{
    vec_each(const struct occurrence, o, &bom->occurrences) {
        if (o->component >= bom->components.n)
            continue;
        buf_clear(b);
        const struct hash128 *c = &h->components[o->component];
        struct str layer = layer_name(scan, o->layer), gone_in = layer_name(scan, o->gone_in);
        char *at = buf_room(b, 2 + sizeof *c + 5 * INT_MOST + layer.n + gone_in.n + o->path.n + o->evidence.n), *end = at;
        if (!at)
            continue;
        *end++ = HEAR_PLACE;
        memcpy(end, c, sizeof *c);
        end += sizeof *c;
        *end++ = (char)o->scope;
        end = write_str(end, layer);
        end = write_int(end, o->gone_in != LAYER_NONE);
        end = write_str(end, gone_in);
        end = write_str(end, o->path);
        end = write_str(end, o->evidence);
        hash128_sum(&h->seen, key_hash(s->key, (struct str){at, (size_t)(end - at)}));
    }
}

static void hear_edge(const struct store *s, struct hash128 from, struct hash128 to, const struct edge *e, struct hash128 *sum)
{
    const uint64_t words[] = {HEAR_EDGE | from.a << 8, from.a >> 56 | from.b << 8, from.b >> 56 | to.a << 8, to.a >> 56 | to.b << 8,
                              to.b >> 56 | (uint64_t)(uint8_t)(e->kind << 1 | e->exact) << 8};
    hash128_sum(sum, key_hash_words(s->key, words, 1 + sizeof from + sizeof to + 1));
}

void heard_read(struct op *op, struct store *s, const struct scan *scan, const struct bom *bom, struct heard *ret)
{
    struct buf b;
    struct heard h = {.components = arena_array(op->mem, bom->components.n, sizeof *h.components)};
    buf_open(&b, op->mem, "scan", 1 << 30);
    hear_scan(s, &b, scan, &h.seen);
    for (size_t i = 0; i < bom->components.n; i++) {
        h.components[i] = component_key(s, &b, &bom->components.at[i]);
        hear_component(s, h.components[i], scan->ranks ? scan->ranks[i] : 0, &h.seen);
        component_expect(s, h.components[i]);
    }
    hear_places(s, &b, scan, bom, &h);
    vec_each(const struct edge, e, &bom->edges)
        if (e->from < bom->components.n && e->to < bom->components.n)
            hear_edge(s, h.components[e->from], h.components[e->to], e, &h.seen);
    buf_clear(&b);
    vec_each(const struct gap, g, &bom->gaps) {
        buf_byte(&b, HEAR_GAP);
        put_str(&b, g->path);
        put_str(&b, g->why);
        hear(s, &b, &h.seen);
    }
    *ret = h;
}

/* Places of all components in one array, those of a component side by side: counted first, then dealt out. */
static void deal_places(struct op *op, const struct scan *scan, const struct bom *bom, struct entry *entries, uint8_t *ranks)
{
    size_t n = bom->components.n, total = 0;
    struct place *all = arena_array(op->mem, bom->occurrences.n, sizeof *all);
    vec_each(const struct occurrence, o, &bom->occurrences)
        if (o->component < n)
            entries[o->component].n++;
    for (size_t i = 0; i < n; i++) {
        entries[i].at = all + total;
        total += entries[i].n;
        entries[i].n = 0;
    }
    vec_each(const struct occurrence, o, &bom->occurrences) {
        if (o->component >= n)
            continue;
        struct entry *e = &entries[o->component];
        struct place *p = &e->at[e->n++];
        *p = (struct place){o->path, o->evidence, layer_name(scan, o->layer), layer_name(scan, o->gone_in), o->scope};
        if (o->gone_in != LAYER_NONE && !p->gone_in.p)
            p->gone_in = STR("");
        if (!scan->ranks && scope_rank(o) > ranks[o->component])
            ranks[o->component] = scope_rank(o);
    }
}

/* Two components of a bom may be one row (equal but for what does not identify): their places come together. */
static void merge_entries(struct arena *mem, struct detail *d)
{
    size_t n = 0, all = d->entries.n;
    for (size_t i = 0; i < d->entries.n; i++) {
        struct entry *e = &d->entries.at[i], *last = n ? &d->entries.at[n - 1] : NULL;
        if (!last || last->component != e->component) {
            d->entries.at[n++] = *e;
            continue;
        }
        struct place *both = arena_array(mem, last->n + e->n, sizeof *both);
        memcpy(both, last->at, last->n * sizeof *both);
        memcpy(both + last->n, e->at, e->n * sizeof *both);
        last->at = both;
        last->n += e->n;
    }
    d->entries.n = n;
    if (n < all)
        detail_sort(d);
}

enum rc state_build(struct op *op, struct store *s, const struct scan *scan, const struct bom *bom, const struct heard *heard,
                    struct state *ret)
{
    size_t n = bom->components.n;
    struct state st = {.detail = {.has_links = true}};
    uint8_t *ranks = arena_array(op->mem, n, 1);
    st.members = (struct member_set){arena_array(op->mem, n, sizeof(struct member)), n, n};
    st.detail.entries.at = arena_array(op->mem, n, sizeof(struct entry));
    st.detail.entries.n = st.detail.entries.cap = n;
    deal_places(op, scan, bom, st.detail.entries.at, ranks);
    for (size_t i = 0; i < n; i++) {
        uint32_t id = 0;
        TRY(component_resolve(op, s, &bom->components.at[i], heard->components[i], &id));
        uint8_t rank = scan->ranks ? scan->ranks[i] : ranks[i];
        st.members.at[i] = (struct member){id, rank < RANKS ? rank : RANKS - 1};
        st.detail.entries.at[i].component = id;
    }
    st.detail.links.at = arena_array(op->mem, bom->edges.n, sizeof *st.detail.links.at);
    st.detail.links.cap = bom->edges.n;
    vec_each(const struct edge, e, &bom->edges)
        if (e->from < n && e->to < n)
            *vec_push(op->mem, &st.detail.links) =
                (struct link){st.members.at[e->from].component, st.members.at[e->to].component, (uint8_t)e->kind, e->exact};
    members_sort(&st.members);
    detail_sort(&st.detail);
    merge_entries(op->mem, &st.detail);
    *ret = st;
    return RC_OK;
}

static bool place_same(const struct place *a, const struct place *b)
{
    return a->scope == b->scope && str_eq(a->path, b->path);
}

/* Further places of a member, where this scan may not have looked. */
static void join_places(struct arena *mem, struct entry *now, const struct entry *was)
{
    struct place *both = NULL;
    size_t n = now->n;
    for (size_t i = 0, j = 0; i < was->n; i++) {
        while (j < now->n && str_cmp(now->at[j].path, was->at[i].path) < 0)
            j++;
        bool there = false;
        for (size_t k = j; k < now->n && !there && str_eq(now->at[k].path, was->at[i].path); k++)
            there = place_same(&now->at[k], &was->at[i]);
        if (there)
            continue;
        if (!both) {
            both = arena_array(mem, now->n + was->n, sizeof *both);
            memcpy(both, now->at, now->n * sizeof *both);
        }
        both[n++] = was->at[i];
    }
    if (both) {
        now->at = both;
        now->n = n;
    }
}

static void join_links(struct arena *mem, struct state *now, const struct state *was, const struct member_set *reached)
{
    vec_each(const struct link, l, &was->detail.links)
        if (!members_find(reached, l->from))
            *vec_push(mem, &now->detail.links) = *l;
}

void state_join(struct arena *mem, struct state *now, const struct state *was, int64_t was_confirmed, uint32_t *ret_unreached)
{
    struct member_set reached = now->members, none = {NULL, 0, 0}, missing = {NULL, 0, 0};
    vec_each(const struct entry, e, &was->detail.entries) {
        struct entry *there = detail_find(&(struct detail){.entries = {now->detail.entries.at, reached.n, reached.n}}, e->component);
        if (there) {
            join_places(mem, there, e);
            continue;
        }
        struct entry *kept = vec_push(mem, &now->detail.entries);
        *kept = *e;
        if (!kept->confirmed)
            kept->confirmed = was_confirmed;
    }
    for (size_t i = 0; i < was->members.n; i++) {
        const struct member *m = &was->members.at[i], *here = members_find(&reached, m->component);
        if (!here)
            *vec_push(mem, &missing) = *m;
        else if (here->rank < m->rank)
            reached.at[here - reached.at].rank = m->rank;
    }
    members_apply(mem, &reached, &none, &missing, &now->members);
    join_links(mem, now, was, &reached);
    detail_sort(&now->detail);
    *ret_unreached = (uint32_t)missing.n;
}
