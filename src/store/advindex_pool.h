/* Distinct pieces of bytes, one after the other, each once: texts, and lists of fixed-size rows. */
#ifndef STORE_ADVINDEX_POOL_H
#define STORE_ADVINDEX_POOL_H

#include "base/buf.h"

struct pool_slot {
    uint32_t at, n, hash; /* n == 0: free */
};

struct pool {
    struct arena *mem;
    struct buf bytes;
    struct pool_slot *slots;
    uint32_t size, used; /* size is a power of two, or 0 */
};

void pool_open(struct pool *p, struct arena *mem, const char *name);

/* Where these bytes are; added when they were not there. 0 for none at all, and once the pool is full (bytes.full). */
uint32_t pool_add(struct pool *p, struct str bytes);

#endif
