/* Encoding, decoding and merging of one list. */
#include "store/posting.h"

#include <endian.h>

static void put_bitmap(struct buf *b, const uint16_t *at, size_t n)
{
    char *map = buf_room(b, BITMAP_BYTES);
    if (!map)
        return;
    memset(map, 0, BITMAP_BYTES);
    for (size_t i = 0; i < n; i++)
        map[at[i] >> 3] = (char)(map[at[i] >> 3] | 1 << (at[i] & 7));
    buf_took(b, BITMAP_BYTES);
}

void posting_put(struct buf *b, const uint16_t *at, size_t n)
{
    size_t bytes = 0;
    uint32_t next = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t d = at[i] - next;
        bytes += d < 1 << 7 ? 1 : d < 1 << 14 ? 2 : 3;
        next = at[i] + 1u;
    }
    if (bytes >= BITMAP_BYTES) {
        put_bitmap(b, at, n);
        return;
    }
    next = 0;
    for (size_t i = 0; i < n; i++) {
        put_int(b, at[i] - next);
        next = at[i] + 1u;
    }
}

static size_t get_bitmap(struct str bytes, uint16_t *ret)
{
    size_t n = 0;
    for (size_t word = 0; word < BITMAP_BYTES / 8; word++) {
        uint64_t bits;
        memcpy(&bits, bytes.p + word * 8, sizeof bits);
        for (bits = le64toh(bits); bits; bits &= bits - 1)
            ret[n++] = (uint16_t)(word * 64 + (size_t)__builtin_ctzll(bits));
    }
    return n;
}

enum rc posting_get(struct op *op, struct str bytes, size_t n, uint16_t *ret)
{
    if (bytes.n == BITMAP_BYTES) {
        if (get_bitmap(bytes, ret) == n)
            return RC_OK;
        return fail(op, RC_INVALID, "posting: damaged: not %zu assets", n);
    }
    struct blob b = blob_of(bytes);
    uint64_t id = 0;
    size_t i = 0;
    for (; i < n && n <= BUCKET_SIZE && !b.bad; i++) {
        id += blob_int(&b);
        if (id >= BUCKET_SIZE)
            break;
        ret[i] = (uint16_t)id++;
    }
    if (i != n || !blob_ended(&b))
        return fail(op, RC_INVALID, "posting: damaged: not %zu assets", n);
    return RC_OK;
}

static size_t count_bits(const char *map)
{
    size_t n = 0;
    for (size_t i = 0; i < BITMAP_BYTES; i += sizeof(uint64_t)) {
        uint64_t bits;
        memcpy(&bits, map + i, sizeof bits);
        n += (size_t)__builtin_popcountll(bits);
    }
    return n;
}

enum rc posting_patch(struct op *op, struct str bitmap, size_t n, const uint16_t *out, size_t out_n, const uint16_t *in, size_t in_n,
                      char ret[BITMAP_BYTES], size_t *ret_n)
{
    if (bitmap.n != BITMAP_BYTES || count_bits(bitmap.p) != n)
        return fail(op, RC_INVALID, "posting: damaged: not %zu assets", n);
    memcpy(ret, bitmap.p, BITMAP_BYTES);
    for (size_t i = 0; i < out_n; i++)
        ret[out[i] >> 3] = (char)(ret[out[i] >> 3] & ~(1 << (out[i] & 7)));
    for (size_t i = 0; i < in_n; i++)
        ret[in[i] >> 3] = (char)(ret[in[i] >> 3] | 1 << (in[i] & 7));
    *ret_n = count_bits(ret);
    return RC_OK;
}

size_t posting_merge(const uint16_t *at, size_t n, const uint16_t *out, size_t out_n, const uint16_t *in, size_t in_n, uint16_t *ret)
{
    size_t i = 0, j = 0, k = 0, len = 0;
    while (i < n || k < in_n) {
        bool take_in = i == n || (k < in_n && in[k] <= at[i]);
        uint16_t v = take_in ? in[k] : at[i];
        if (i < n && at[i] == v)
            i++;
        if (k < in_n && in[k] == v)
            k++;
        while (j < out_n && out[j] < v)
            j++;
        if (take_in || j == out_n || out[j] != v)
            ret[len++] = v;
    }
    return len;
}
