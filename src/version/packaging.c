/* Epoch, version and release; dpkg's order of a part; the project's version inside an Alpine or Gentoo one. */
#include "version/packaging.h"

#include "base/arena.h"
#include "version/scan.h"

struct evr evr_cut(struct str v)
{
    struct evr p = {.version = v};
    size_t digits = scan_digits(v);
    if (scan_is(v, digits, ':')) {
        p.epoch = str_upto(v, digits);
        p.version = str_from(v, digits + 1);
    }
    p.has_release = str_rsplit(p.version, '-', &p.version, &p.release);
    return p;
}

int evr_compare_segment(struct str *a, struct str *b)
{
    bool number = is_digit(a->p[0]);
    struct str x = scan_take(a, number ? scan_digits(*a) : scan_letters(*a));
    struct str y = scan_take(b, number ? scan_digits(*b) : scan_letters(*b));
    if (y.n == 0)
        return number ? 1 : -1;
    return number ? scan_number_cmp(x, y) : str_cmp(x, y);
}

/* ~ below the end, then letters, then the rest; digits end a run and count as its end. */
static int rank(struct str s, size_t at)
{
    if (at >= s.n || is_digit(s.p[at]))
        return 0;
    unsigned char c = (unsigned char)s.p[at];
    if (c == '~')
        return -1;
    return is_alpha((char)c) ? c : c + 256;
}

int dpkg_compare_part(struct str a, struct str b)
{
    while (a.n || b.n) {
        size_t i = 0;
        for (;; i++) {
            int x = rank(a, i), y = rank(b, i);
            if (x != y)
                return x < y ? -1 : 1;
            if (x == 0)
                break;
        }
        a = str_from(a, i);
        b = str_from(b, i);
        struct str na = scan_take(&a, scan_digits(a)), nb = scan_take(&b, scan_digits(b));
        int c = scan_number_cmp(na, nb);
        if (c)
            return c;
    }
    return 0;
}

/* "9.6_p1" is the project's own 9.6p1, while _p with three digits or more counts or dates a snapshot. */
static struct str with_suffix(struct arena *mem, struct str base, struct str suffix)
{
    struct str digits = str_from(suffix, scan_letters(suffix));
    struct str word = str_upto(suffix, scan_letters(suffix));
    bool patch = str_eq(word, STR("p")) && digits.n >= 1 && digits.n <= 2;
    bool own = patch || str_eq(word, STR("alpha")) || str_eq(word, STR("beta")) || str_eq(word, STR("pre")) || str_eq(word, STR("rc"));
    return own ? str_join(mem, base, suffix) : base;
}

struct str upstream_suffixed(struct arena *mem, struct str v)
{
    size_t dash = str_find(v, STR("-r"));
    if (dash != STR_NONE && dash + 2 < v.n && scan_digits(str_from(v, dash + 2)) == v.n - dash - 2)
        v = str_upto(v, dash);
    size_t tilde = str_chr(v, '~');
    if (tilde != STR_NONE)
        v = str_upto(v, tilde);
    size_t end = str_chr(v, '_');
    struct str base = upstream_plain(end == STR_NONE ? v : str_upto(v, end));
    if (!base.p || end == STR_NONE)
        return base;
    struct str suffix = str_from(v, end + 1);
    size_t more = str_chr(suffix, '_');
    return with_suffix(mem, base, more == STR_NONE ? suffix : str_upto(suffix, more));
}
