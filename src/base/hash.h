/* A keyed 64-bit hash for tables (a new key in every process, so that hostile names cannot be chosen to
 * collide), and SHA-256 for digests. The table hash is never stored or sent. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/op.h"

uint64_t hash64(struct str s);

/* Combines a running hash with another slice; the order counts, and so do the borders between slices. */
uint64_t hash64_add(uint64_t so_far, struct str s);

enum { SHA256_BYTES = 32 };

struct sha256; /* a running digest */

/* A new running digest; closed with the arena. */
struct sha256 *sha256_open(struct arena *mem);
void sha256_add(struct sha256 *h, struct str bytes);
/* Gives the digest of what was added and starts over. */
void sha256_done(struct sha256 *h, unsigned char ret[SHA256_BYTES]);
void sha256_of(struct str bytes, unsigned char ret[SHA256_BYTES]);

/* "sha256:" and 64 lower-case hex digits, in the arena. */
struct str sha256_text(struct arena *mem, const unsigned char digest[SHA256_BYTES]);

/* Is s "sha256:" (or "sha512:", "sha1:") and the right number of hex digits? */
bool digest_valid(struct str s);

#endif
