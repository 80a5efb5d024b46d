/* Multiply-and-fold over eight bytes at a time, keyed from the kernel once per process; SHA-256 by OpenSSL. */
#include "base/hash.h"

#include <openssl/evp.h>
#include <sys/random.h>

/* The seeds are set before main so that threads and forked workers only read them. */
static uint64_t seed_a = 0x9e3779b97f4a7c15u, seed_b = 0xd1b54a32d192ed03u;

static __attribute__((constructor)) void seed(void)
{
    uint64_t s[2];
    if (getrandom(s, sizeof s, GRND_NONBLOCK) == (ssize_t)sizeof s) {
        seed_a = s[0];
        seed_b = s[1] | 1;
    }
}

static uint64_t fold(uint64_t a, uint64_t b)
{
    __uint128_t m = (__uint128_t)a * b;
    return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static uint64_t load(const char *p, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}

uint64_t hash64_add(uint64_t h, struct str s)
{
    h ^= fold(s.n ^ seed_a, seed_b);
    const char *p = s.p;
    size_t n = s.n;
    for (; n > 8; p += 8, n -= 8)
        h = fold(h ^ load(p, 8), seed_b ^ 0x8ebc6af09c88c6e3u);
    h = fold(h ^ (n ? load(p, n) : 0), seed_b ^ 0x589965cc75374cc3u);
    return fold(h ^ seed_a, 0xe7037ed1a0b428dbu ^ seed_b);
}

uint64_t hash64(struct str s)
{
    return hash64_add(seed_b, s);
}

struct sha256 {
    EVP_MD_CTX *ctx;
};

static void close_ctx(void *p)
{
    EVP_MD_CTX_free(p);
}

struct sha256 *sha256_open(struct arena *mem)
{
    struct sha256 *h = arena_alloc(mem, sizeof *h);
    h->ctx = EVP_MD_CTX_new();
    arena_defer(mem, close_ctx, h->ctx);
    EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL);
    return h;
}

void sha256_add(struct sha256 *h, struct str bytes)
{
    EVP_DigestUpdate(h->ctx, bytes.p, bytes.n);
}

void sha256_done(struct sha256 *h, unsigned char ret[SHA256_BYTES])
{
    EVP_DigestFinal_ex(h->ctx, ret, NULL);
    EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL);
}

void sha256_of(struct str bytes, unsigned char ret[SHA256_BYTES])
{
    EVP_Digest(bytes.p ? bytes.p : "", bytes.n, ret, NULL, EVP_sha256(), NULL);
}

struct str sha256_text(struct arena *mem, const unsigned char digest[SHA256_BYTES])
{
    static const char hex[] = "0123456789abcdef";
    char *p = arena_alloc(mem, 7 + 2 * SHA256_BYTES + 1);
    memcpy(p, "sha256:", 7);
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        p[7 + 2 * i] = hex[digest[i] >> 4];
        p[8 + 2 * i] = hex[digest[i] & 15];
    }
    return (struct str){p, 7 + 2 * SHA256_BYTES};
}

bool digest_valid(struct str s)
{
    struct str algorithm, hex;
    if (!str_split(s, ':', &algorithm, &hex))
        return false;
    size_t want = str_eq(algorithm, STR("sha256")) ? 64 : str_eq(algorithm, STR("sha512")) ? 128 : str_eq(algorithm, STR("sha1")) ? 40 : 0;
    if (want == 0 || hex.n != want)
        return false;
    for (size_t i = 0; i < hex.n; i++)
        if (!is_digit(hex.p[i]) && !(hex.p[i] >= 'a' && hex.p[i] <= 'f'))
            return false;
    return true;
}
