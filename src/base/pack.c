/* LEB128 and length-prefixed texts. */
#include "base/pack.h"

void pack_number(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_byte(b, (char)(v | 0x80));
    buf_byte(b, (char)v);
}

void pack_signed(struct buf *b, int64_t v)
{
    pack_number(b, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

void pack_text(struct buf *b, struct str s)
{
    pack_number(b, s.n);
    buf_add(b, s);
}

uint64_t unpack_number(struct unpack *u)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64 && u->rest.n; shift += 7) {
        unsigned char c = (unsigned char)u->rest.p[0];
        u->rest = str_from(u->rest, 1);
        v |= (uint64_t)(c & 0x7f) << shift;
        if (!(c & 0x80))
            return v;
    }
    u->bad = true;
    return 0;
}

int64_t unpack_signed(struct unpack *u)
{
    uint64_t v = unpack_number(u);
    return (int64_t)((v >> 1) ^ (v & 1 ? UINT64_MAX : 0));
}

uint64_t unpack_below(struct unpack *u, uint64_t end)
{
    uint64_t v = unpack_number(u);
    if (v >= end)
        u->bad = true;
    return u->bad ? 0 : v;
}

struct str unpack_text(struct unpack *u)
{
    uint64_t n = unpack_number(u);
    if (u->bad || n > u->rest.n) {
        u->bad = true;
        return (struct str){"", 0};
    }
    struct str s = str_upto(u->rest, (size_t)n);
    u->rest = str_from(u->rest, (size_t)n);
    return s;
}

uint64_t unpack_count(struct unpack *u, size_t each)
{
    return unpack_below(u, u->rest.n / each + 1);
}

size_t record_begin(struct buf *b, int type)
{
    size_t at = b->n;
    buf_add(b, (struct str){"\0\0\0\0", 4});
    buf_byte(b, (char)type);
    return at;
}

void record_end(struct buf *b, size_t at)
{
    if (b->full)
        return;
    size_t n = b->n - at - 4;
    for (size_t i = 0; i < 4; i++)
        b->p[at + i] = (char)(n >> 8 * i);
}

bool record_cut(struct str *rest, int *ret_type, struct unpack *ret_fields, bool *ret_bad)
{
    const unsigned char *h = (const unsigned char *)rest->p;
    if (rest->n < RECORD_HEAD)
        return false;
    size_t n = (size_t)h[0] | (size_t)h[1] << 8 | (size_t)h[2] << 16 | (size_t)h[3] << 24;
    *ret_bad = n == 0 || n > RECORD_MOST;
    if (*ret_bad || n > rest->n - 4)
        return false;
    *ret_type = h[4];
    *ret_fields = (struct unpack){{rest->p + RECORD_HEAD, n - 1}, false};
    *rest = str_from(*rest, 4 + n);
    return true;
}
