/* A tree of path components with, at each place, the version that is there now and the number of live ones below. Every
 * removal descends only where something lives, so that its cost is paid by what it removes. */
#include "source/overlay.h"

#include "base/hash.h"

enum { ROOT = 0, PATH_MOST = 4096 };
#define NONE UINT32_MAX

struct place {
    struct str name;
    uint32_t parent, child, sibling;
    uint32_t live;       /* version that is here, or NONE */
    uint32_t alive;      /* live versions here and below */
    uint32_t cleared_in; /* layer that already removed all lower ones below */
    bool listed;         /* among its parent's children */
};

struct overlay {
    struct arena *mem;
    VEC(struct place) places;
    VEC(struct version) versions;
    uint32_t *slots; /* place + 1, by parent and name */
    size_t slot_count;
};

struct overlay *overlay_open(struct arena *mem)
{
    struct overlay *o = arena_alloc(mem, sizeof *o);
    o->mem = mem;
    *vec_push(mem, &o->places) = (struct place){.parent = NONE, .child = NONE, .sibling = NONE, .live = NONE, .cleared_in = NONE};
    o->slot_count = 64;
    o->slots = arena_array(mem, o->slot_count, sizeof *o->slots);
    return o;
}

struct version *overlay_versions(struct overlay *o, size_t *ret_n)
{
    *ret_n = o->versions.n;
    return o->versions.at;
}

static size_t slot(const struct overlay *o, uint32_t parent, struct str name)
{
    size_t mask = o->slot_count - 1;
    size_t i = hash64_add(parent, name) & mask;
    for (; o->slots[i]; i = (i + 1) & mask) {
        const struct place *p = &o->places.at[o->slots[i] - 1];
        if (p->parent == parent && str_eq(p->name, name))
            break;
    }
    return i;
}

static void grow(struct overlay *o)
{
    if (o->places.n * 2 < o->slot_count)
        return;
    o->slot_count *= 2;
    o->slots = arena_array(o->mem, o->slot_count, sizeof *o->slots);
    for (uint32_t i = 1; i < o->places.n; i++)
        o->slots[slot(o, o->places.at[i].parent, o->places.at[i].name)] = i + 1;
}

static uint32_t child(struct overlay *o, uint32_t parent, struct str name)
{
    grow(o);
    size_t i = slot(o, parent, name);
    uint32_t id = o->slots[i] ? o->slots[i] - 1 : (uint32_t)o->places.n;
    if (!o->slots[i]) {
        *vec_push(o->mem, &o->places) =
            (struct place){.name = name, .parent = parent, .child = NONE, .live = NONE, .cleared_in = NONE};
        o->slots[i] = id + 1;
    }
    struct place *p = &o->places.at[id];
    if (!p->listed) {
        p->listed = true;
        p->sibling = o->places.at[parent].child;
        o->places.at[parent].child = id;
    }
    return id;
}

static void forget(struct overlay *o, uint32_t place, uint32_t layer)
{
    struct version *v = &o->versions.at[o->places.at[place].live];
    if (v->layer == layer)
        v->state = VERSION_DROPPED;
    v->gone_in = layer;
    o->places.at[place].live = NONE;
    for (uint32_t p = place; p != NONE; p = o->places.at[p].parent)
        o->places.at[p].alive--;
}

/* The place of a path, or NONE. Files above it become folders by that: they are gone. */
static uint32_t find(struct overlay *o, struct str path, uint32_t layer)
{
    struct str name;
    uint32_t at = ROOT;
    while (str_cut(&path, '/', &name)) {
        if (o->places.at[at].live != NONE && layer != NONE)
            forget(o, at, layer);
        size_t i = slot(o, at, name);
        if (!o->slots[i])
            return NONE;
        at = o->slots[i] - 1;
    }
    return at;
}

/* Takes dead places off the list at *link: each is passed over once, however often the folder is cleared. */
static uint32_t first_alive(struct place *places, uint32_t *link)
{
    while (*link != NONE && places[*link].alive == 0) {
        struct place *dead = &places[*link];
        *link = dead->sibling;
        dead->listed = false;
    }
    return *link;
}

/* The next place of the subtree in which something lives: down, or along, or up and along. With `down` false the
 * places below `at` are passed over. */
static uint32_t next(struct overlay *o, uint32_t top, uint32_t at, bool down)
{
    struct place *p = o->places.at;
    uint32_t to = down ? first_alive(p, &p[at].child) : NONE;
    while (to == NONE && at != top) {
        to = first_alive(p, &p[at].sibling);
        at = p[at].parent;
    }
    return to;
}

/* Removes what lives below `top`; `lower_only` spares what this layer has put there. */
static void clear_below(struct overlay *o, uint32_t top, uint32_t layer, bool lower_only)
{
    if (o->places.at[top].alive == 0 || (lower_only && o->places.at[top].cleared_in == layer))
        return;
    for (uint32_t at = next(o, top, top, true); at != NONE;) {
        struct place *p = &o->places.at[at];
        bool skip = lower_only && p->cleared_in == layer;
        if (p->live != NONE && !(lower_only && o->versions.at[p->live].layer == layer))
            forget(o, at, layer);
        if (lower_only)
            p->cleared_in = layer;
        at = next(o, top, at, !skip);
    }
    if (lower_only)
        o->places.at[top].cleared_in = layer;
}

void overlay_replace(struct overlay *o, struct str path, uint32_t layer)
{
    uint32_t at = find(o, path, layer);
    if (at == NONE)
        return;
    if (o->places.at[at].live != NONE)
        forget(o, at, layer);
    clear_below(o, at, layer, false);
}

void overlay_folder(struct overlay *o, struct str path, uint32_t layer)
{
    uint32_t at = path.n ? find(o, path, layer) : NONE;
    if (at != NONE && o->places.at[at].live != NONE)
        forget(o, at, layer);
}

void overlay_whiteout(struct overlay *o, struct str path, uint32_t layer)
{
    uint32_t at = find(o, path, NONE);
    if (at == NONE)
        return;
    uint32_t live = o->places.at[at].live;
    if (live != NONE && o->versions.at[live].layer != layer)
        forget(o, at, layer);
    clear_below(o, at, layer, true);
}

void overlay_opaque(struct overlay *o, struct str folder, uint32_t layer)
{
    uint32_t at = folder.n ? find(o, folder, NONE) : ROOT;
    if (at != NONE)
        clear_below(o, at, layer, true);
}

struct version *overlay_add(struct overlay *o, struct str path, uint32_t layer)
{
    struct str name, rest = str_dup(o->mem, path);
    uint32_t at = ROOT, id = (uint32_t)o->versions.n;
    struct version *v = vec_push(o->mem, &o->versions);
    *v = (struct version){.path = rest, .layer = layer, .gone_in = LAYER_NONE};
    while (str_cut(&rest, '/', &name))
        at = child(o, at, name);
    v->place = at;
    o->places.at[at].live = id;
    for (uint32_t p = at; p != NONE; p = o->places.at[p].parent)
        o->places.at[p].alive++;
    return v;
}

struct version *overlay_get(struct overlay *o, struct str path)
{
    uint32_t at = find(o, path, NONE);
    return at == NONE || o->places.at[at].live == NONE ? NULL : &o->versions.at[o->places.at[at].live];
}

static bool is_plain(struct str s)
{
    if (s.p[0] == '/' || s.p[s.n - 1] == '/')
        return false;
    if ((s.p[0] == '.' && (s.n == 1 || s.p[1] == '/' || s.p[1] == '.')) || memchr(s.p, 0, s.n))
        return false;
    for (const char *p = s.p; (p = memchr(p, '/', s.n - (size_t)(p - s.p))) != NULL; p++)
        if (p[1] == '/' || p[1] == '.')
            return false;
    return true;
}

bool path_clean(struct arena *mem, struct str raw, struct str *ret)
{
    struct str name, rest = raw;
    if (raw.n == 0 || raw.n > PATH_MOST)
        return false;
    while (str_take(&rest, STR("./")) || str_take(&rest, STR("/")))
        ;
    while (str_ends(rest, STR("/")))
        rest = str_but(rest, 1);
    if (rest.n == 0 || str_eq(rest, STR("."))) {
        *ret = (struct str){"", 0};
        return true;
    }
    if (is_plain(rest)) {
        *ret = rest;
        return true;
    }
    if (str_chr(rest, 0) != STR_NONE)
        return false;
    char *p = arena_alloc(mem, rest.n);
    size_t n = 0;
    while (str_cut(&rest, '/', &name)) {
        if (name.n == 0 || str_eq(name, STR(".")))
            continue;
        if (str_eq(name, STR("..")))
            return false;
        if (n)
            p[n++] = '/';
        memcpy(p + n, name.p, name.n);
        n += name.n;
    }
    *ret = (struct str){p, n};
    return true;
}
