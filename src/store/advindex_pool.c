/* Open addressing over (place, length, hash); the bytes themselves are compared last. */
#include "store/advindex_pool.h"

#include "base/hash.h"

void pool_open(struct pool *p, struct arena *mem, const char *name)
{
    *p = (struct pool){.mem = mem};
    buf_open(&p->bytes, mem, name, INT32_MAX);
}

static void grow(struct pool *p)
{
    uint32_t size = p->size ? p->size * 2 : 1024;
    struct pool_slot *slots = arena_array(p->mem, size, sizeof *slots);
    for (uint32_t i = 0; i < p->size; i++) {
        if (!p->slots[i].n)
            continue;
        uint32_t at = p->slots[i].hash & (size - 1);
        while (slots[at].n)
            at = (at + 1) & (size - 1);
        slots[at] = p->slots[i];
    }
    p->slots = slots;
    p->size = size;
}

uint32_t pool_add(struct pool *p, struct str bytes)
{
    if (bytes.n == 0)
        return 0;
    if (p->used >= p->size / 2)
        grow(p);
    uint32_t hash = (uint32_t)hash64(bytes), i = hash & (p->size - 1);
    for (; p->slots[i].n; i = (i + 1) & (p->size - 1)) {
        const struct pool_slot *s = &p->slots[i];
        if (s->hash == hash && s->n == bytes.n && memcmp(p->bytes.p + s->at, bytes.p, bytes.n) == 0)
            return s->at;
    }
    size_t at = p->bytes.n;
    buf_add(&p->bytes, bytes);
    if (p->bytes.full)
        return 0;
    p->slots[i] = (struct pool_slot){(uint32_t)at, (uint32_t)bytes.n, hash};
    p->used++;
    return (uint32_t)at;
}
