/* What the schemes share: runs of digits compared as numbers of any length without converting them, and the
 * cutting of packaging marks off an upstream version. Inside src/version only. */
#ifndef VERSION_SCAN_H
#define VERSION_SCAN_H

#include "base/str.h"

/* Length of the run of digits (of ASCII letters) at the front. */
static inline size_t scan_digits(struct str s)
{
    size_t i = 0;
    while (i < s.n && is_digit(s.p[i]))
        i++;
    return i;
}
static inline size_t scan_letters(struct str s)
{
    size_t i = 0;
    while (i < s.n && is_alpha(s.p[i]))
        i++;
    return i;
}

/* Takes the first n bytes off *s. */
static inline struct str scan_take(struct str *s, size_t n)
{
    struct str head = {s->p, n};
    *s = n ? (struct str){s->p + n, s->n - n} : *s;
    return head;
}

static inline bool scan_is(struct str s, size_t at, char c)
{
    return at < s.n && s.p[at] == c;
}

/* Takes digits{separator digits}; nothing when no digit comes first. */
static inline struct str scan_take_dotted(struct str *s, const char *separators)
{
    size_t at = scan_digits(*s);
    while (at && at + 1 < s->n && s->p[at] && strchr(separators, s->p[at]) && is_digit(s->p[at + 1]))
        at += 1 + scan_digits((struct str){s->p + at + 1, s->n - at - 1});
    return scan_take(s, at);
}

/* Without leading zeros; "" for zero. */
static inline struct str scan_significant(struct str digits)
{
    while (digits.n && digits.p[0] == '0')
        digits.p++, digits.n--;
    return digits;
}

/* Digits behind a decimal point without those at the end that do not matter. */
static inline struct str scan_fraction(struct str digits)
{
    while (digits.n && digits.p[digits.n - 1] == '0')
        digits.n--;
    return digits;
}

static inline bool scan_is_zero(struct str digits)
{
    return scan_significant(digits).n == 0;
}

/* Two runs of digits as numbers; an empty run is 0. */
static inline int scan_number_cmp(struct str a, struct str b)
{
    a = scan_significant(a);
    b = scan_significant(b);
    if (a.n != b.n)
        return a.n < b.n ? -1 : 1;
    return a.n ? memcmp(a.p, b.p, a.n) : 0;
}

/* str_cmp with letters of either case equal. */
static inline int scan_text_icmp(struct str a, struct str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++) {
        int d = (unsigned char)to_lower(a.p[i]) - (unsigned char)to_lower(b.p[i]);
        if (d)
            return d;
    }
    return a.n < b.n ? -1 : a.n > b.n;
}

/* Is every byte a letter, a digit or one of `extra`? */
static inline bool scan_only(struct str s, const char *extra)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_alnum(s.p[i]) && (!s.p[i] || !strchr(extra, s.p[i])))
            return false;
    return true;
}

/* The number after a run of digits, of the same width where that suffices: "09" gives "10". See numbers.c. */
struct str scan_plus_one(struct arena *mem, struct str digits);

/* ---- upstream versions, see upstream.c ---- */

/* What the project itself calls "1.2.3+dfsg" (1.2.3), "5.6.1+really5.4.5" (5.4.5), "1.0~rc1" (1.0rc1), "1.1.1n": epoch
 * and packaging revision are off already. {NULL, 0} when it does not start with a digit or holds other bytes. */
struct str upstream_unpacked(struct arena *mem, struct str v);

/* v when it reads as a version (starts with a digit, after an optional v), else {NULL, 0}. */
struct str upstream_plain(struct str v);

/* The upstream functions of schemes whose versions are the project's own, and of those that append "+build". */
struct str upstream_same(struct arena *mem, struct str v);
struct str upstream_without_build(struct arena *mem, struct str v);

#endif
