/* Of each literal the three rarest neighbouring bytes are looked for: sixteen places at once by table look-ups on half
 * bytes where the processor has them, one place at a time by a bitmap of byte pairs elsewhere. Literals share eight
 * buckets; a place that passes is compared with those of its buckets. */
#include "catalog/anchors.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_SHUFFLE 1
#endif

enum { BUCKETS = 8, WINDOW = 3 };

struct literal {
    struct str text;
    size_t window; /* offset of the three bytes that are looked for */
};

struct anchors {
    struct literal literals[ANCHORS_MOST];
    size_t n;
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

struct anchors *anchors_open(struct arena *mem, const struct str *literals, size_t n)
{
    struct anchors *a = arena_alloc(mem, sizeof *a);
    for (a->n = 0; a->n < n && a->n < ANCHORS_MOST; a->n++) {
        struct literal *l = &a->literals[a->n];
        *l = (struct literal){literals[a->n], rarest(literals[a->n])};
        unsigned char bit = (unsigned char)(1u << (a->n % BUCKETS));
        const unsigned char *w = (const unsigned char *)l->text.p + l->window;
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

/* The window of some literal of these buckets may stand at `at`. */
static void compare(const struct search *s, size_t at, unsigned buckets)
{
    for (size_t i = 0; i < s->a->n; i++) {
        const struct literal *l = &s->a->literals[i];
        if (!(buckets >> (i % BUCKETS) & 1) || at < l->window)
            continue;
        size_t from = at - l->window;
        if (s->bytes.n - from >= l->text.n && memcmp(s->bytes.p + from, l->text.p, l->text.n) == 0)
            s->hit(s->arg, i, from);
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
__attribute__((target("ssse3"))) static __m128i buckets_of(__m128i bytes, const unsigned char *low, const unsigned char *high)
{
    const __m128i nibble = _mm_set1_epi8(15);
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
        __m128i b = buckets_of(_mm_loadu_si128((const __m128i *)(const void *)(p + i)), a->low[0], a->high[0]);
        b = _mm_and_si128(b, buckets_of(_mm_loadu_si128((const __m128i *)(const void *)(p + i + 1)), a->low[1], a->high[1]));
        b = _mm_and_si128(b, buckets_of(_mm_loadu_si128((const __m128i *)(const void *)(p + i + 2)), a->low[2], a->high[2]));
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
#endif

void anchors_find(const struct anchors *a, struct str bytes, void (*hit)(void *arg, size_t which, size_t at), void *arg)
{
    struct search s = {a, bytes, hit, arg};
    size_t from = 0;
#ifdef HAVE_SHUFFLE
    if (__builtin_cpu_supports("ssse3"))
        from = find_shuffled(&s);
#endif
    find_plain(&s, from);
}
