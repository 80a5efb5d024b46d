/* The builder: doubles in its arena, stops for good at its ceiling. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

void buf_open(struct buf *b, struct arena *mem, const char *name, size_t ceiling)
{
    *b = (struct buf){.mem = mem, .name = name, .ceiling = ceiling};
}

char *buf_room(struct buf *b, size_t n)
{
    if (b->full || n > b->ceiling - b->n) {
        b->full = true;
        return NULL;
    }
    if (!b->p || b->cap - b->n < n) {
        size_t cap = b->cap ? b->cap * 2 : 256;
        while (cap - b->n < n)
            cap *= 2;
        b->p = arena_grow(b->mem, b->p, b->cap, cap);
        b->cap = cap;
    }
    return b->p + b->n;
}

void buf_took(struct buf *b, size_t n)
{
    b->n += n;
}

void buf_add(struct buf *b, struct str s)
{
    char *at = buf_room(b, s.n);
    if (at && s.n) {
        memcpy(at, s.p, s.n);
        b->n += s.n;
    }
}

void buf_byte(struct buf *b, char c)
{
    char *at = buf_room(b, 1);
    if (at) {
        *at = c;
        b->n++;
    }
}

void buf_print(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *at = n < 0 ? NULL : buf_room(b, (size_t)n + 1);
    if (at) {
        vsnprintf(at, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->full = false;
}

enum rc buf_done(struct op *op, const struct buf *b, struct str *ret)
{
    if (b->full)
        return fail(op, RC_LIMIT, "%s: more than %zu bytes", b->name, b->ceiling);
    *ret = buf_str(b);
    return RC_OK;
}
