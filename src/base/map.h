/* One map: from a slice to a pointer, in order of insertion, so that output is stable. Keys are borrowed. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/vec.h"
#include "base/str.h"

struct map_entry {
    struct str key;
    uint64_t hash;
    void *value;
};

struct map {
    struct arena *mem;
    VEC(struct map_entry) entries; /* walk these */
    uint32_t *slots;               /* index + 1 into entries; 0 is free */
    size_t slot_count;             /* a power of two, or 0 */
};

void map_open(struct map *m, struct arena *mem);

/* The value, or NULL when the key is not there. */
void *map_get(const struct map *m, struct str key);

/* Where the value of this key lives: made, and NULL, when the key is new. Valid until the next map_put. */
void **map_put(struct map *m, struct str key);

/* As map_put, with ret_new saying whether the key was new; the key must outlive the map. */
void **map_add(struct map *m, struct str key, bool *ret_new);

#endif
