/* Ownership as a set of keyed hashes, no text kept. Paths are stored as the package wrote them; a question is asked once
 * for every spelling that the known folder links make equal, so links may be declared before or after the paths. */
#include "base/hash.h"
#include "base/map.h"
#include "catalog/catalog.h"

enum {
    SHARDS = 64,       /* each grows alone, so that growing never holds two copies of all */
    SHARD_FIRST = 256, /* slots */
    SPELLINGS = 16,    /* of one path */
    LINK_DEPTH = 2,    /* components of a link's own path: distributions link only near the top */
    TARGET_DEPTH = 4,  /* components of what it leads to */
    LINKS_MOST = 1024, /* of two components at most: a real system has about ten */
    PATH_MOST = 4096,
    QUEUE = 16, /* paths on their way into the set */
};

/* Twelve bytes, so that a look costs one line of cache. */
struct slot {
    uint32_t low, high; /* of the key; low 0: free */
    uint32_t owner;
};

struct shard {
    struct arena *mem;
    struct slot *slots;
    uint32_t size; /* a power of two */
    uint32_t n;
};

/* The set. What is added waits in a ring while its place is fetched from memory: a quarter less time for 160,000 paths. */
struct set {
    struct arena *mem;
    struct shard shards[SHARDS];
    struct slot queue[QUEUE];
    size_t first, queued;
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
    struct set *set;
};

struct catalog_owners *catalog_owners_open(struct arena *mem)
{
    struct catalog_owners *o = arena_alloc(mem, sizeof *o);
    o->mem = mem;
    o->set = arena_alloc(mem, sizeof *o->set);
    o->set->mem = mem;
    map_open(&o->same, mem);
    return o;
}

static struct str tidy(struct str path)
{
    while (path.n && (path.p[0] == '/' || (path.p[0] == '.' && path.n > 1 && path.p[1] == '/')))
        path = str_from(path, 1);
    while (path.n && path.p[path.n - 1] == '/')
        path.n--;
    return path;
}

static size_t depth(struct str path)
{
    size_t n = path.n != 0;
    for (size_t i = 0; i < path.n; i++)
        n += path.p[i] == '/';
    return n;
}

/* ---- the set ---- */

static uint32_t slot_first(const struct shard *s, uint32_t low)
{
    return low >> 1 & (s->size - 1);
}

/* Where the key is, or the free slot where it belongs. */
static struct slot *slot_of(const struct shard *s, uint32_t low, uint32_t high)
{
    uint32_t i = slot_first(s, low);
    while ((s->slots[i].low != low || s->slots[i].high != high) && s->slots[i].low)
        i = (i + 1) & (s->size - 1);
    return &s->slots[i];
}

static void grow(struct shard *s, struct arena *parent)
{
    struct shard old = *s;
    s->size = old.size ? old.size * 2 : SHARD_FIRST;
    s->mem = arena_child(parent);
    s->slots = arena_array(s->mem, s->size, sizeof *s->slots);
    for (uint32_t i = 0; i < old.size; i++)
        if (old.slots[i].low)
            *slot_of(s, old.slots[i].low, old.slots[i].high) = old.slots[i];
    arena_close(old.mem);
}

static struct shard *shard_of(struct set *set, const struct slot *key)
{
    return &set->shards[key->high >> 26];
}

static struct slot key_in(struct catalog_folder folder, struct str name)
{
    uint64_t h = hash64_add(folder.hash, name);
    return (struct slot){(uint32_t)h | 1, (uint32_t)(h >> 32), 0}; /* never that of a free slot */
}

static struct slot key_of(struct str path)
{
    return key_in(catalog_folder_of(str_dir(path)), str_base(path));
}

struct catalog_folder catalog_folder_of(struct str path)
{
    return (struct catalog_folder){hash64(tidy(path))};
}

/* Moves the oldest of the queue to its place; a path that is there already keeps its first owner. */
static void settle(struct set *set)
{
    struct slot *key = &set->queue[set->first];
    struct shard *s = shard_of(set, key);
    struct slot *slot = slot_of(s, key->low, key->high);
    set->first = (set->first + 1) % QUEUE;
    set->queued--;
    if (slot->low)
        return;
    *slot = *key;
    s->n++;
}

static void settle_all(struct set *set)
{
    while (set->queued)
        settle(set);
}

static void add(struct set *set, struct slot key, uint32_t component)
{
    struct shard *s = shard_of(set, &key);
    if (((uint64_t)s->n + QUEUE) * 5 >= (uint64_t)s->size * 4)
        grow(s, set->mem);
    if (set->queued == QUEUE)
        settle(set);
    key.owner = component;
    set->queue[(set->first + set->queued++) % QUEUE] = key;
    __builtin_prefetch(&s->slots[slot_first(s, key.low)]);
}

void catalog_own(struct catalog_owners *o, struct str path, uint32_t component)
{
    path = tidy(path);
    if (path.n)
        add(o->set, key_of(path), component);
}

void catalog_own_in(struct catalog_owners *o, struct catalog_folder folder, struct str name, uint32_t component)
{
    if (name.n)
        add(o->set, key_in(folder, name), component);
}

static bool look(const struct catalog_owners *o, struct str path, uint32_t *ret)
{
    const struct slot key = key_of(path);
    const struct shard *s = shard_of(o->set, &key);
    if (s->size == 0)
        return false;
    const struct slot *slot = slot_of(s, key.low, key.high);
    if (!slot->low)
        return false;
    *ret = slot->owner;
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
    settle_all(o->set);
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
