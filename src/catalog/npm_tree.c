/* One table from (parent, name) to node; looking a name up costs one probe per level, whatever the paths' lengths. */
#include "catalog/npm_tree.h"

#include "base/hash.h"

/* Room for as many as a text of this size has in practice. */
static size_t expected(size_t text_bytes, size_t bytes_each)
{
    enum { MOST = 1 << 17 };
    size_t n = text_bytes / bytes_each + 16;
    return n < MOST ? n : MOST;
}

void npm_tree_open(struct npm_tree *t, struct arena *mem, size_t text_bytes)
{
    *t = (struct npm_tree){.mem = mem};
    t->nodes.cap = expected(text_bytes, 600);
    t->nodes.at = arena_array(mem, t->nodes.cap, sizeof *t->nodes.at);
    t->wishes.cap = expected(text_bytes, 160);
    t->wishes.at = arena_array(mem, t->wishes.cap, sizeof *t->wishes.at);
    *vec_push(mem, &t->nodes) = (struct npm_node){.component = COMPONENT_NONE, .link = NPM_NONE};
}

/* The name's keyed hash, spread by the parent. */
static uint64_t place_hash(uint64_t name_hash, uint32_t parent, bool package)
{
    uint64_t h = name_hash + ((uint64_t)parent << 1 | package) * 0x9e3779b97f4a7c15u;
    return (h ^ h >> 32) * 0xd6e8feb86659fd93u;
}

/* A slot holds half of the hash beside the node's number, so that most misses do not touch the node. */
static uint64_t slot_value(uint64_t h, size_t node)
{
    return (h & 0xffffffff00000000u) | (uint32_t)(node + 1);
}

static size_t slot_node(uint64_t slot)
{
    return (size_t)(uint32_t)slot - 1;
}

/* Where this place is, or belongs. Names are compared by their keyed 64-bit hash alone. */
static size_t slot_of(const struct npm_tree *t, uint64_t h, uint32_t parent, bool package)
{
    size_t mask = t->slot_count - 1, s = (size_t)(h >> 12) & mask;
    for (; t->slots[s]; s = (s + 1) & mask) {
        if ((t->slots[s] ^ h) >> 32)
            continue;
        const struct npm_node *n = &t->nodes.at[slot_node(t->slots[s])];
        if (n->hash == h && n->parent == parent && n->package == package)
            break;
    }
    return s;
}

static void grow(struct npm_tree *t)
{
    size_t count = t->slot_count ? t->slot_count * 2 : 256;
    t->slots = arena_array(t->mem, count, sizeof *t->slots);
    t->slot_count = count;
    for (size_t i = 1; i < t->nodes.n; i++) {
        uint64_t h = t->nodes.at[i].hash;
        size_t s = (size_t)(h >> 12) & (count - 1);
        while (t->slots[s])
            s = (s + 1) & (count - 1);
        t->slots[s] = slot_value(h, i);
    }
}

static uint32_t child(struct npm_tree *t, uint32_t parent, bool package, struct str name)
{
    if (t->nodes.n * 2 >= t->slot_count)
        grow(t);
    uint64_t h = place_hash(hash64(name), parent, package);
    size_t s = slot_of(t, h, parent, package);
    if (t->slots[s])
        return (uint32_t)slot_node(t->slots[s]);
    uint16_t depth = (uint16_t)(t->nodes.at[parent].depth + 1);
    if (depth > NPM_DEEPEST)
        return NPM_NONE;
    *vec_push(t->mem, &t->nodes) = (struct npm_node){.name = name, .hash = h, .parent = parent, .component = COMPONENT_NONE,
        .link = NPM_NONE, .depth = depth, .package = package};
    t->slots[s] = slot_value(h, t->nodes.n - 1);
    t->nodes.at[parent].holds |= package;
    return (uint32_t)t->nodes.n - 1;
}

uint32_t npm_tree_package(struct npm_tree *t, uint32_t parent, struct str name)
{
    return child(t, parent, true, name);
}

uint32_t npm_tree_place(struct npm_tree *t, struct str path)
{
    uint32_t at = NPM_ROOT;
    struct str rest = path, part, more;
    bool package = false;
    while (at != NPM_NONE && str_cut(&rest, '/', &part)) {
        if (part.n == 0)
            continue;
        if (!package && str_eq(part, STR("node_modules"))) {
            package = true;
            continue;
        }
        if (package && part.p[0] == '@' && str_cut(&rest, '/', &more))
            part.n += 1 + more.n;
        at = child(t, at, package, part);
        package = false;
    }
    return at;
}

void npm_tree_wishes(struct npm_tree *t, struct json *j, uint32_t from, enum edge_kind kind)
{
    struct str name;
    if (!json_object(j))
        return;
    while (json_key(j, &name))
        *vec_push(t->mem, &t->wishes) = (struct npm_wish){hash64(name), from, kind};
}

bool npm_wish_kind(struct str member, enum edge_kind *ret)
{
    static const struct {
        struct str member;
        enum edge_kind kind;
    } kinds[] = {
        {{"dependencies", 12}, EDGE_RUNTIME},
        {{"devDependencies", 15}, EDGE_DEV},
        {{"peerDependencies", 16}, EDGE_PEER},
        {{"optionalDependencies", 20}, EDGE_OPTIONAL},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(kinds[i].member, member)) {
            *ret = kinds[i].kind;
            return true;
        }
    return false;
}

/* What a wish comes to: a component, or COMPONENT_NONE. */
static uint32_t resolve(const struct npm_tree *t, const struct npm_wish *w)
{
    for (uint32_t at = w->from;; at = t->nodes.at[at].parent) {
        const struct npm_node *n = NULL;
        if (t->nodes.at[at].holds) {
            size_t s = slot_of(t, place_hash(w->name_hash, at, true), at, true);
            n = t->slots[s] ? &t->nodes.at[slot_node(t->slots[s])] : NULL;
        }
        if (n && n->link != NPM_NONE)
            n = &t->nodes.at[n->link];
        if (n && n->component != COMPONENT_NONE)
            return n->component;
        if (at == NPM_ROOT)
            return COMPONENT_NONE;
    }
}

void npm_tree_edges(const struct npm_tree *t, struct bom *bom)
{
    if (t->slot_count == 0)
        return;
    /* Most wishes end at the root: its slots are fetched some wishes ahead. */
    enum { AHEAD = 12 };
    vec_each(const struct npm_wish, w, &t->wishes) {
        if (w + AHEAD < t->wishes.at + t->wishes.n)
            __builtin_prefetch(&t->slots[place_hash(w[AHEAD].name_hash, NPM_ROOT, true) >> 12 & (t->slot_count - 1)]);
        uint32_t from = t->nodes.at[w->from].component;
        if (from == COMPONENT_NONE)
            continue;
        uint32_t to = resolve(t, w);
        if (to != COMPONENT_NONE)
            bom_edge(bom, from, to, w->kind, true);
    }
}

struct component npm_component(struct str name, struct str version)
{
    const struct str none = STR("");
    struct component c = {STR("npm"), none, name, version, none, none, none, none, none, none};
    struct str scope, rest;
    if (name.n && name.p[0] == '@' && str_split(name, '/', &scope, &rest) && rest.n) {
        c.ns = scope;
        c.name = rest;
    }
    return c;
}

bool npm_is_version(struct str s)
{
    return s.n && is_digit(s.p[0]) && s.n <= 256 && str_chr(s, '/') == STR_NONE && str_chr(s, ':') == STR_NONE;
}
