/* Of each literal the four rarest neighbouring bytes are looked for: sixteen or thirty-two places at once by table look-ups
 * on half bytes where the processor has them, one place at a time by a bitmap of byte pairs elsewhere. Literals share eight
 * buckets; a place that passes is compared with those of its buckets. */
#include "catalog/anchors.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_SHUFFLE 1
#endif

enum { BUCKETS = 8, WINDOW = 4 };

struct literal {
    struct str text;
    size_t which; /* as the caller counts them */
    size_t window; /* offset of the bytes that are looked for */
};

struct anchors {
    struct literal literals[BUCKETS][ANCHORS_MOST];
    size_t n[BUCKETS];
    unsigned char low[WINDOW][16], high[WINDOW][16]; /* half byte → buckets it may belong to */
    unsigned char pairs[65536];                      /* first two bytes of a window → buckets */
};

/* How seldom a byte is in text and data, roughly. */
static unsigned rarity(unsigned char c)
{
    if (c == 0 || c == ' ' || c == 'e' || c == 't')
        return 0;
    if (c >= 'a' && c <= 'z')
        return memchr("aionrsl", c, 7) ? 1 : 3;
    return c >= '0' && c <= '9' ? 4 : c >= 'A' && c <= 'Z' ? 5 : 6;
}

static size_t rarest(struct str s)
{
    size_t best = 0;
    unsigned most = 0;
    for (size_t i = 0; i + WINDOW <= s.n; i++) {
        unsigned score = 1;
        for (size_t k = 0; k < WINDOW; k++)
            score += rarity((unsigned char)s.p[i + k]);
        if (score > most) {
            most = score;
            best = i;
        }
    }
    return best;
}

/* How many windows of bytes pass for this bucket, had it this one too. */
static size_t passing(const struct anchors *a, size_t bucket, const unsigned char *w)
{
    size_t all = 1;
    for (size_t k = 0; k < WINDOW; k++) {
        size_t low = 0, high = 0;
        for (size_t i = 0; i < 16; i++) {
            low += (a->low[k][i] >> bucket & 1) || (w && (w[k] & 15) == i);
            high += (a->high[k][i] >> bucket & 1) || (w && w[k] >> 4 == i);
        }
        all *= low * high;
    }
    return all;
}

/* Like goes to like: half bytes that a bucket has already let no more pass. */
static size_t best_bucket(const struct anchors *a, const unsigned char *w)
{
    size_t best = 0, least = SIZE_MAX;
    for (size_t i = 0; i < BUCKETS; i++) {
        size_t more = passing(a, i, w) - passing(a, i, NULL);
        if (more < least) {
            least = more;
            best = i;
        }
    }
    return best;
}

struct anchors *anchors_open(struct arena *mem, const struct str *literals, size_t n)
{
    struct anchors *a = arena_alloc(mem, sizeof *a);
    for (size_t i = 0; i < n && i < ANCHORS_MOST; i++) {
        struct literal l = {literals[i], i, rarest(literals[i])};
        const unsigned char *w = (const unsigned char *)l.text.p + l.window;
        size_t bucket = best_bucket(a, w);
        unsigned char bit = (unsigned char)(1u << bucket);
        a->literals[bucket][a->n[bucket]++] = l;
        for (size_t k = 0; k < WINDOW; k++) {
            a->low[k][w[k] & 15] |= bit;
            a->high[k][w[k] >> 4] |= bit;
        }
        a->pairs[w[0] << 8 | w[1]] |= bit;
    }
    return a;
}

struct search {
    const struct anchors *a;
    struct str bytes;
    void (*hit)(void *arg, size_t which, size_t at);
    void *arg;
};

/* The window of some literal of these buckets may stand at `at`: most often it does not, so its bytes come first. */
static void compare(const struct search *s, size_t at, unsigned buckets)
{
    const char *p = s->bytes.p + at;
    for (; buckets; buckets &= buckets - 1) {
        size_t bucket = (size_t)__builtin_ctz(buckets);
        for (size_t i = 0; i < s->a->n[bucket]; i++) {
            const struct literal *l = &s->a->literals[bucket][i];
            if (memcmp(p, l->text.p + l->window, WINDOW) != 0 || at < l->window)
                continue;
            size_t from = at - l->window;
            if (s->bytes.n - from >= l->text.n && memcmp(s->bytes.p + from, l->text.p, l->text.n) == 0)
                s->hit(s->arg, l->which, from);
        }
    }
}

static void find_plain(const struct search *s, size_t from)
{
    const unsigned char *p = (const unsigned char *)s->bytes.p;
    for (size_t i = from; i + WINDOW <= s->bytes.n; i++) {
        unsigned buckets = s->a->pairs[p[i] << 8 | p[i + 1]];
        if (buckets)
            compare(s, i, buckets);
    }
}

#ifdef HAVE_SHUFFLE
__attribute__((target("ssse3"))) static __m128i buckets_of(const char *p, const unsigned char *low, const unsigned char *high)
{
    const __m128i nibble = _mm_set1_epi8(15);
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i l = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)low), _mm_and_si128(bytes, nibble));
    __m128i h = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)high),
                                 _mm_and_si128(_mm_srli_epi16(bytes, 4), nibble));
    return _mm_and_si128(l, h);
}

/* Returns where it stopped: too near to the end for whole blocks. */
__attribute__((target("ssse3"))) static size_t find_shuffled(const struct search *s)
{
    const struct anchors *a = s->a;
    const char *p = s->bytes.p;
    size_t i = 0;
    for (; i + 16 + WINDOW - 1 <= s->bytes.n; i += 16) {
        __m128i b = buckets_of(p + i, a->low[0], a->high[0]);
        for (size_t k = 1; k < WINDOW; k++)
            b = _mm_and_si128(b, buckets_of(p + i + k, a->low[k], a->high[k]));
        unsigned some = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(b, _mm_setzero_si128())) ^ 0xffff;
        unsigned char each[16];
        if (!some)
            continue;
        _mm_storeu_si128((__m128i *)(void *)each, b);
        for (; some; some &= some - 1) {
            unsigned k = (unsigned)__builtin_ctz(some);
            compare(s, i + k, each[k]);
        }
    }
    return i;
}

__attribute__((target("avx2"))) static __m256i twice(const unsigned char *table)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

__attribute__((target("avx2"))) static __m256i buckets_of_32(const char *p, const unsigned char *low, const unsigned char *high)
{
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i l = _mm256_shuffle_epi8(twice(low), _mm256_and_si256(bytes, nibble));
    __m256i h = _mm256_shuffle_epi8(twice(high), _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
    return _mm256_and_si256(l, h);
}

__attribute__((target("avx2"))) static size_t find_shuffled_32(const struct search *s)
{
    const struct anchors *a = s->a;
    const char *p = s->bytes.p;
    size_t i = 0;
    for (; i + 32 + WINDOW - 1 <= s->bytes.n; i += 32) {
        __m256i b = buckets_of_32(p + i, a->low[0], a->high[0]);
        for (size_t k = 1; k < WINDOW; k++)
            b = _mm256_and_si256(b, buckets_of_32(p + i + k, a->low[k], a->high[k]));
        unsigned some = ~(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, _mm256_setzero_si256()));
        unsigned char each[32];
        if (!some)
            continue;
        _mm256_storeu_si256((__m256i *)(void *)each, b);
        for (; some; some &= some - 1) {
            unsigned k = (unsigned)__builtin_ctz(some);
            compare(s, i + k, each[k]);
        }
    }
    return i;
}
#endif

void anchors_find(const struct anchors *a, struct str bytes, void (*hit)(void *arg, size_t which, size_t at), void *arg)
{
    struct search s = {a, bytes, hit, arg};
    size_t from = 0;
#ifdef HAVE_SHUFFLE
    if (__builtin_cpu_supports("avx2"))
        from = find_shuffled_32(&s);
    else if (__builtin_cpu_supports("ssse3"))
        from = find_shuffled(&s);
#endif
    find_plain(&s, from);
}
