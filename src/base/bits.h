/* A set of small numbers, a bit each, that grows as they are added. Starts as {0}. */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"

struct bits {
    unsigned char *at;
    size_t bytes; /* numbers from 8 × bytes on are not in it */
};

static inline bool bits_has(const struct bits *b, uint32_t i)
{
    return i >> 3 < b->bytes && b->at[i >> 3] >> (i & 7) & 1;
}

/* False when it was there. */
static inline bool bits_add(struct arena *mem, struct bits *b, uint32_t i)
{
    if (i >> 3 >= b->bytes) {
        size_t more = ((size_t)i >> 3) * 2 + 128;
        b->at = arena_grow(mem, b->at, b->bytes, more);
        b->bytes = more;
    }
    unsigned char bit = (unsigned char)(1u << (i & 7)), *byte = &b->at[i >> 3];
    bool is_new = !(*byte & bit);
    *byte |= bit;
    return is_new;
}

#endif
