/* Varints (seven bits a byte, low first), length-prefixed texts, lists of them. */
#include "store/blob.h"

#include <stdlib.h>

uint64_t blob_long(struct blob *b)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && b->p < b->end; shift += 7) {
        unsigned char c = *b->p++;
        if (shift == 63 && c > 1)
            break;
        v |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80)
            return v;
    }
    b->bad = true;
    b->p = b->end;
    return 0;
}

uint32_t blob_u32(struct blob *b)
{
    uint64_t v = blob_int(b);
    if (v <= UINT32_MAX)
        return (uint32_t)v;
    b->bad = true;
    return 0;
}

unsigned blob_byte(struct blob *b)
{
    if (b->p < b->end)
        return *b->p++;
    b->bad = true;
    return 0;
}

struct str blob_str(struct blob *b)
{
    uint64_t n = blob_int(b);
    if (b->bad || n > (size_t)(b->end - b->p)) {
        b->bad = true;
        return (struct str){"", 0};
    }
    struct str s = {(const char *)b->p, (size_t)n};
    b->p += n;
    return s;
}

size_t blob_count(struct blob *b)
{
    uint64_t n = blob_int(b);
    if (n <= (size_t)(b->end - b->p))
        return (size_t)n;
    b->bad = true;
    return 0;
}

void put_int(struct buf *b, uint64_t v)
{
    char *at = buf_room(b, INT_MOST);
    if (at)
        buf_took(b, (size_t)(write_int(at, v) - at));
}

void put_str(struct buf *b, struct str s)
{
    put_int(b, s.n);
    buf_add(b, s);
}

void put_list(struct buf *b, const struct str_list *l)
{
    put_int(b, l->n);
    for (size_t i = 0; i < l->n; i++)
        put_str(b, l->at[i]);
}

bool blob_list(struct arena *mem, struct str bytes, struct str_list *ret)
{
    struct str_list l = {NULL, 0, 0};
    struct blob b = blob_of(bytes);
    size_t n = bytes.n ? blob_count(&b) : 0;
    l.at = arena_array(mem, n, sizeof *l.at);
    for (l.cap = n; l.n < n && !b.bad; l.n++)
        l.at[l.n] = str_dup(mem, blob_str(&b));
    if (!blob_ended(&b))
        return false;
    *ret = l;
    return true;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void list_sort(struct str_list *l)
{
    size_t n = 0;
    if (l->n > 1)
        qsort(l->at, l->n, sizeof *l->at, by_text);
    for (size_t i = 0; i < l->n; i++)
        if (n == 0 || !str_eq(l->at[n - 1], l->at[i]))
            l->at[n++] = l->at[i];
    l->n = n;
}

bool list_has(const struct str_list *l, struct str s)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->at[i], s))
            return true;
    return false;
}

bool list_same(const struct str_list *a, const struct str_list *b)
{
    bool same = a->n == b->n;
    for (size_t i = 0; same && i < a->n; i++)
        same = str_eq(a->at[i], b->at[i]);
    return same;
}
