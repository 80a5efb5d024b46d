/* Open addressing over an insertion-ordered array. */
#include "base/map.h"

#include "base/hash.h"

void map_open(struct map *m, struct arena *mem)
{
    *m = (struct map){.mem = mem};
}

static size_t slot_of(const struct map *m, struct str key, uint64_t h)
{
    size_t mask = m->slot_count - 1, i = (size_t)h & mask;
    for (; m->slots[i]; i = (i + 1) & mask) {
        const struct map_entry *e = &m->entries.at[m->slots[i] - 1];
        if (e->hash == h && str_eq(e->key, key))
            break;
    }
    return i;
}

static void grow(struct map *m)
{
    size_t count = m->slot_count ? m->slot_count * 2 : 16;
    m->slots = arena_array(m->mem, count, sizeof *m->slots);
    m->slot_count = count;
    for (size_t e = 0; e < m->entries.n; e++) {
        size_t i = (size_t)m->entries.at[e].hash & (count - 1);
        while (m->slots[i])
            i = (i + 1) & (count - 1);
        m->slots[i] = (uint32_t)(e + 1);
    }
}

void *map_get(const struct map *m, struct str key)
{
    if (m->slot_count == 0)
        return NULL;
    size_t i = slot_of(m, key, hash64(key));
    return m->slots[i] ? m->entries.at[m->slots[i] - 1].value : NULL;
}

void **map_add(struct map *m, struct str key, bool *ret_new)
{
    if ((m->entries.n + 1) * 3 > m->slot_count * 2)
        grow(m);
    uint64_t h = hash64(key);
    size_t i = slot_of(m, key, h);
    *ret_new = m->slots[i] == 0;
    if (*ret_new) {
        struct map_entry *e = vec_push(m->mem, &m->entries);
        e->key = key;
        e->hash = h;
        m->slots[i] = (uint32_t)m->entries.n;
    }
    return &m->entries.at[m->slots[i] - 1].value;
}

void **map_put(struct map *m, struct str key)
{
    bool is_new;
    return map_add(m, key, &is_new);
}
