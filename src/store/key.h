/* A keyed hash that may be stored: SipHash-1-3 with 128 bits of result, under a key that each store draws for
 * itself, so that names cannot be chosen to collide. The same on every machine. */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "base/str.h"

enum { KEY_BYTES = 16 };

struct hash128 {
    uint64_t a, b;
};

/* A key of the moment, for what is not stored; false when there is no randomness. */
bool key_draw(unsigned char ret[KEY_BYTES]);

struct hash128 key_hash(const unsigned char key[KEY_BYTES], struct str s);

/* The same of a text of `bytes` bytes that is in words already, the low byte first; the last word holds what is left over,
 * fewer than eight bytes. */
struct hash128 key_hash_words(const unsigned char key[KEY_BYTES], const uint64_t *words, size_t bytes);

/* Sums of hashes stand for sets whose order does not matter. */
static inline void hash128_sum(struct hash128 *sum, struct hash128 h)
{
    sum->a += h.a;
    sum->b += h.b;
}

#endif
