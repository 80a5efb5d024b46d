/* UTF-8 checks: ASCII sixteen bytes at a time, the rest one character at a time. */
#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool tail(struct str s, size_t i)
{
    return i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80;
}

size_t utf8_len(struct str s)
{
    if (s.n == 0)
        return 0;
    unsigned char c = (unsigned char)s.p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xc2 || c > 0xf4 || !tail(s, 1))
        return 0;
    if (c < 0xe0)
        return 2;
    unsigned char d = (unsigned char)s.p[1];
    if (c < 0xf0) {
        if ((c == 0xe0 && d < 0xa0) || (c == 0xed && d > 0x9f) || !tail(s, 2))
            return 0;
        return 3;
    }
    if ((c == 0xf0 && d < 0x90) || (c == 0xf4 && d > 0x8f) || !tail(s, 2) || !tail(s, 3))
        return 0;
    return 4;
}

static size_t skip_ascii(struct str s, size_t i)
{
#ifdef __SSE2__
    while (i + 16 <= s.n && _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + i))) == 0)
        i += 16;
#endif
    while (i < s.n && (unsigned char)s.p[i] < 0x80)
        i++;
    return i;
}

size_t utf8_invalid(struct str s)
{
    for (size_t i = skip_ascii(s, 0); i < s.n; i = skip_ascii(s, i)) {
        size_t n = utf8_len(str_from(s, i));
        if (n == 0)
            return i;
        i += n;
    }
    return STR_NONE;
}

size_t utf8_write(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}
