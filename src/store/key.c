/* SipHash-1-3 (Aumasson, Bernstein), the 128-bit variant: one round a word, three at the end. */
#include "store/key.h"

#include <endian.h>
#include <sys/random.h>

static inline uint64_t load(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return le64toh(v);
}

/* The n < 8 bytes at p as the low ones of a word; eight bytes that end there may be read when the text has them. */
static inline uint64_t load_tail(const char *p, size_t n, size_t all)
{
    uint64_t v = 0;
    if (n && all >= sizeof v)
        return load(p + n - sizeof v) >> (64 - 8 * n);
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)(unsigned char)p[i] << 8 * i;
    return v;
}

static inline uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline struct sip mix(struct sip s)
{
    s.v0 += s.v1;
    s.v1 = rotate(s.v1, 13) ^ s.v0;
    s.v0 = rotate(s.v0, 32);
    s.v2 += s.v3;
    s.v3 = rotate(s.v3, 16) ^ s.v2;
    s.v0 += s.v3;
    s.v3 = rotate(s.v3, 21) ^ s.v0;
    s.v2 += s.v1;
    s.v1 = rotate(s.v1, 17) ^ s.v2;
    s.v2 = rotate(s.v2, 32);
    return s;
}

static inline struct sip start(const unsigned char key[KEY_BYTES])
{
    uint64_t k0 = load((const char *)key), k1 = load((const char *)key + 8);
    return (struct sip){k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du ^ 0xee, k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
}

static inline struct sip take(struct sip s, uint64_t word)
{
    s.v3 ^= word;
    s = mix(s);
    s.v0 ^= word;
    return s;
}

static inline struct hash128 finish(struct sip s)
{
    struct hash128 h;
    s.v2 ^= 0xee;
    s = mix(mix(mix(s)));
    h.a = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    s.v1 ^= 0xdd;
    s = mix(mix(mix(s)));
    h.b = s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    return h;
}

struct hash128 key_hash(const unsigned char key[KEY_BYTES], struct str s)
{
    struct sip sip = start(key);
    const char *p = s.p;
    size_t n = s.n;
    for (; n >= 8; p += 8, n -= 8)
        sip = take(sip, load(p));
    return finish(take(sip, (uint64_t)s.n << 56 | load_tail(p, n, s.n)));
}

struct hash128 key_hash_words(const unsigned char key[KEY_BYTES], const uint64_t *words, size_t bytes)
{
    struct sip sip = start(key);
    size_t n = bytes / 8;
    for (size_t i = 0; i < n; i++)
        sip = take(sip, words[i]);
    return finish(take(sip, (uint64_t)bytes << 56 | words[n]));
}

bool key_draw(unsigned char ret[KEY_BYTES])
{
    return getrandom(ret, KEY_BYTES, 0) == KEY_BYTES;
}
