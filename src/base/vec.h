/* Growing arrays in an arena: { T *at; size_t n, cap; }. Elements move when the array grows: keep indexes. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#define VEC(T)         \
    struct {           \
        T *at;         \
        size_t n, cap; \
    }

/* Adds one zeroed element and gives its address. */
#define vec_push(mem, v) \
    (((v)->at = vec_room_(mem, (v)->at, (v)->n, &(v)->cap, sizeof *(v)->at)), &(v)->at[(v)->n++])

#define vec_each(T, it, v) \
    for (T *it = (v)->at, *it##_end_ = (v)->at ? (v)->at + (v)->n : NULL; it != it##_end_; it++)

static inline void *vec_room_(struct arena *mem, void *at, size_t n, size_t *cap, size_t each)
{
    if (n < *cap)
        return at;
    size_t more = *cap ? *cap * 2 : 8;
    at = arena_grow(mem, at, *cap * each, more * each);
    *cap = more;
    return at;
}

#endif
