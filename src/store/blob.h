/* Bytes of our own making in columns: varints, texts, lists. Reading trusts nothing: a lie sets `bad`, which is
 * asked once at the end, and no count is believed that the bytes left could not hold. */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "base/buf.h"
#include "store/store.h"

struct blob {
    const unsigned char *p, *end;
    bool bad;
};

static inline struct blob blob_of(struct str s)
{
    return (struct blob){(const unsigned char *)s.p, (const unsigned char *)s.p + s.n, false};
}

uint64_t blob_long(struct blob *b);

static inline uint64_t blob_int(struct blob *b)
{
    const unsigned char *p = b->p;
    if (p < b->end && *p < 0x80) {
        b->p = p + 1;
        return *p;
    }
    if (b->end - p >= 2 && p[1] < 0x80) {
        b->p = p + 2;
        return (uint64_t)(p[0] & 0x7f) | (uint64_t)p[1] << 7;
    }
    return blob_long(b);
}

uint32_t blob_u32(struct blob *b);
unsigned blob_byte(struct blob *b);
struct str blob_str(struct blob *b); /* borrowed */

/* A count of things that take at least one byte each. */
size_t blob_count(struct blob *b);

static inline bool blob_ended(const struct blob *b)
{
    return !b->bad && b->p == b->end;
}

/* Writing where the caller has made room: INT_MOST for a number, as many more as a text is long; what comes behind. */
enum { INT_MOST = 10 };

static inline char *write_int(char *at, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *at++ = (char)(v | 0x80);
    *at++ = (char)v;
    return at;
}

static inline char *write_str(char *at, struct str s)
{
    at = write_int(at, s.n);
    if (s.n)
        memcpy(at, s.p, s.n);
    return at + s.n;
}

void put_int(struct buf *b, uint64_t v);
void put_str(struct buf *b, struct str s);

/* Lists of texts: a count, then each. Empty bytes are the empty list. */
void put_list(struct buf *b, const struct str_list *l);
bool blob_list(struct arena *mem, struct str bytes, struct str_list *ret); /* copied; false when damaged */

/* Sorts a list and drops repeats. */
void list_sort(struct str_list *l);
bool list_has(const struct str_list *l, struct str s);
bool list_same(const struct str_list *a, const struct str_list *b);

#endif
