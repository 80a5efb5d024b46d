/* Ownership as a set of keyed hashes, no text kept. Paths are stored as the package wrote them; a question is asked once
 * for every spelling that the known folder links make equal, so links may be declared before or after the paths. */
#include "base/hash.h"
#include "base/map.h"
#include "catalog/catalog.h"

enum {
    SHARDS = 64,       /* each grows alone, so that growing never holds two copies of all */
    SHARD_FIRST = 64,  /* slots */
    SPELLINGS = 16,    /* of one path */
    LINK_DEPTH = 2,    /* components of a link's own path: distributions link only near the top */
    TARGET_DEPTH = 4,  /* components of what it leads to */
    LINKS_MOST = 1024, /* of two components at most: a real system has about ten */
    PATH_MOST = 4096,
};

struct shard {
    struct arena *mem;
    uint64_t *keys; /* 0 is free */
    uint32_t *owners;
    uint32_t size; /* a power of two, or 0 */
    uint32_t n;
};

/* `other` is another spelling of the folder that it is filed under. */
struct same {
    struct same *next;
    struct str other;
};

struct catalog_owners {
    struct arena *mem;
    struct map same; /* folder → struct same */
    size_t links;
    struct shard shards[SHARDS];
};

struct catalog_owners *catalog_owners_open(struct arena *mem)
{
    struct catalog_owners *o = arena_alloc(mem, sizeof *o);
    o->mem = mem;
    map_open(&o->same, mem);
    return o;
}

static struct str tidy(struct str path)
{
    while (str_take(&path, STR("/")) || str_take(&path, STR("./"))) {}
    while (str_ends(path, STR("/")))
        path = str_but(path, 1);
    return path;
}

static size_t depth(struct str path)
{
    size_t n = path.n != 0;
    for (size_t i = 0; i < path.n; i++)
        n += path.p[i] == '/';
    return n;
}

static uint64_t key_of(struct str path)
{
    uint64_t key = hash64(path);
    return key ? key : 1;
}

/* ---- the set ---- */

static uint32_t slot_of(const struct shard *s, uint64_t key)
{
    uint32_t i = (uint32_t)key & (s->size - 1);
    while (s->keys[i] && s->keys[i] != key)
        i = (i + 1) & (s->size - 1);
    return i;
}

static void grow(struct shard *s, struct arena *parent)
{
    struct shard old = *s;
    s->size = old.size ? old.size * 2 : SHARD_FIRST;
    s->mem = arena_child(parent);
    s->keys = arena_array(s->mem, s->size, sizeof *s->keys + sizeof *s->owners);
    s->owners = (uint32_t *)(void *)(s->keys + s->size);
    for (uint32_t i = 0; i < old.size; i++)
        if (old.keys[i]) {
            uint32_t at = slot_of(s, old.keys[i]);
            s->keys[at] = old.keys[i];
            s->owners[at] = old.owners[i];
        }
    arena_close(old.mem);
}

void catalog_own(struct catalog_owners *o, struct str path, uint32_t component)
{
    path = tidy(path);
    if (path.n == 0)
        return;
    uint64_t key = key_of(path);
    struct shard *s = &o->shards[key >> 58];
    if ((uint64_t)s->n * 5 >= (uint64_t)s->size * 4)
        grow(s, o->mem);
    uint32_t at = slot_of(s, key);
    if (s->keys[at] == 0) {
        s->keys[at] = key;
        s->owners[at] = component;
        s->n++;
    }
}

static bool look(const struct catalog_owners *o, struct str path, uint32_t *ret)
{
    uint64_t key = key_of(path);
    const struct shard *s = &o->shards[key >> 58];
    if (s->size == 0)
        return false;
    uint32_t at = slot_of(s, key);
    if (s->keys[at] == 0)
        return false;
    *ret = s->owners[at];
    return true;
}

/* ---- links ---- */

/* Where the link leads, from the root; false when that is outside or the root itself. */
static bool resolve(struct arena *mem, struct str from, struct str to, struct str *ret)
{
    struct str rest = to, part, dir = str_starts(to, STR("/")) ? str_upto(from, 0) : str_dir(from);
    char *p = arena_alloc(mem, from.n + to.n + 2);
    size_t n = dir.n;
    memcpy(p, dir.p, n);
    while (str_cut(&rest, '/', &part)) {
        if (part.n == 0 || str_eq(part, STR(".")))
            continue;
        if (str_eq(part, STR(".."))) {
            if (n == 0)
                return false;
            n = str_dir((struct str){p, n}).n;
            continue;
        }
        if (n)
            p[n++] = '/';
        memcpy(p + n, part.p, part.n);
        n += part.n;
    }
    *ret = (struct str){p, n};
    return n != 0;
}

static void file_under(struct catalog_owners *o, struct str folder, struct str other)
{
    struct same **list = (struct same **)map_put(&o->same, folder);
    for (struct same *s = *list; s; s = s->next)
        if (str_eq(s->other, other))
            return;
    struct same *s = arena_alloc(o->mem, sizeof *s);
    *s = (struct same){*list, other};
    *list = s;
}

void catalog_owners_link(struct catalog_owners *o, struct str from, struct str to)
{
    struct str folder;
    from = tidy(from);
    if (from.n == 0 || to.n > PATH_MOST || depth(from) > LINK_DEPTH || o->links >= LINKS_MOST)
        return;
    if (!resolve(o->mem, from, to, &folder) || depth(folder) > TARGET_DEPTH || str_eq(folder, from))
        return;
    o->links++;
    from = str_dup(o->mem, from);
    file_under(o, from, folder);
    file_under(o, folder, from);
}

/* The spellings of one path: those not yet looked at follow those that were. */
struct spellings {
    size_t n;
    struct str at[SPELLINGS];
};

/* A spelling that would not fit or is there already is left out. */
static void spell(struct spellings *all, char *room, struct str head, struct str tail)
{
    if (all->n == SPELLINGS || head.n + tail.n > PATH_MOST)
        return;
    char *p = room + all->n * PATH_MOST;
    memcpy(p, head.p, head.n);
    memcpy(p + head.n, tail.p, tail.n);
    struct str s = {p, head.n + tail.n};
    for (size_t i = 0; i < all->n; i++)
        if (str_eq(all->at[i], s))
            return;
    all->at[all->n++] = s;
}

/* Adds the spellings that one link makes of `path`. */
static void respell(const struct catalog_owners *o, struct spellings *all, char *room, struct str path)
{
    size_t level = 0;
    for (size_t i = 1; i < path.n && level < TARGET_DEPTH; i++) {
        if (path.p[i] != '/')
            continue;
        level++;
        for (const struct same *s = map_get(&o->same, str_upto(path, i)); s && all->n < SPELLINGS; s = s->next)
            spell(all, room, s->other, str_from(path, i));
    }
}

bool catalog_owner(const struct catalog_owners *o, struct str path, uint32_t *ret_component)
{
    char room[SPELLINGS * PATH_MOST];
    struct spellings all;
    path = tidy(path);
    all.n = 1;
    all.at[0] = path;
    for (size_t i = 0; i < all.n; i++) {
        if (look(o, all.at[i], ret_component))
            return true;
        if (o->links)
            respell(o, &all, room, all.at[i]);
    }
    return false;
}
