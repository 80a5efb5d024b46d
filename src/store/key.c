/* SipHash-1-3 (Aumasson, Bernstein), the 128-bit variant: one round a word, three at the end. */
#include "store/key.h"

#include <endian.h>
#include <sys/random.h>

static inline uint64_t load(const char *p, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return le64toh(v);
}

static inline uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static inline void mix(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

static uint64_t finish(uint64_t v[4])
{
    mix(v);
    mix(v);
    mix(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct hash128 key_hash(const unsigned char key[KEY_BYTES], struct str s)
{
    uint64_t k0 = load((const char *)key, 8), k1 = load((const char *)key + 8, 8);
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du ^ 0xee, k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
    const char *p = s.p;
    size_t n = s.n;
    for (; n >= 8; p += 8, n -= 8) {
        uint64_t m = load(p, 8);
        v[3] ^= m;
        mix(v);
        v[0] ^= m;
    }
    uint64_t last = (uint64_t)s.n << 56 | (n ? load(p, n) : 0);
    v[3] ^= last;
    mix(v);
    v[0] ^= last;
    v[2] ^= 0xee;
    struct hash128 h = {finish(v), 0};
    v[1] ^= 0xdd;
    h.b = finish(v);
    return h;
}

bool key_draw(unsigned char ret[KEY_BYTES])
{
    return getrandom(ret, KEY_BYTES, 0) == KEY_BYTES;
}
