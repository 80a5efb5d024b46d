/* Gentoo, by the Package Manager Specification: numbers, a letter, suffixes, a revision. From the second number on, one
 * that begins with 0 is read as digits behind a decimal point: 1.1 > 1.09, 1.10 > 1.1. */
#include "version/packaging.h"
#include "version/scan.h"
#include "version/version.h"

/* The end of the suffixes is above those of a pre-release and below _p. */
enum suffix { ALPHA, BETA, PRE, RC, END, PATCH };


static bool take_number(struct str *s, bool first, struct str *ret)
{
    struct str rest = *s;
    if (!first && !str_take(&rest, STR(".")))
        return false;
    *ret = scan_take(&rest, scan_digits(rest));
    if (ret->n)
        *s = rest;
    return ret->n > 0;
}

static int compare_number(struct str a, struct str b, bool first)
{
    if (first || (a.p[0] != '0' && b.p[0] != '0'))
        return scan_number_cmp(a, b);
    return str_cmp(scan_fraction(a), scan_fraction(b));
}

static int compare_numbers(struct str *a, struct str *b)
{
    for (bool first = true;; first = false) {
        struct str x, y;
        bool has_x = take_number(a, first, &x), has_y = take_number(b, first, &y);
        if (!has_x || !has_y)
            return has_x ? 1 : has_y ? -1 : 0;
        int c = compare_number(x, y, first);
        if (c)
            return c;
    }
}

static int take_letter(struct str *s)
{
    bool letter = s->n && s->p[0] >= 'a' && s->p[0] <= 'z' && (s->n == 1 || !is_alpha(s->p[1]));
    return letter ? scan_take(s, 1).p[0] : 0;
}

static enum suffix take_suffix(struct str *s, struct str *ret)
{
    static const char *const names[] = {[ALPHA] = "_alpha", [BETA] = "_beta", [PRE] = "_pre", [RC] = "_rc", [PATCH] = "_p"};
    *ret = (struct str){NULL, 0};
    for (enum suffix i = ALPHA; i <= PATCH; i++) {
        struct str rest = *s;
        if (i == END || !str_take(&rest, str_of(names[i])) || (rest.n && is_alpha(rest.p[0])))
            continue;
        *ret = scan_take(&rest, scan_digits(rest));
        *s = rest;
        return i;
    }
    return END;
}

static int compare_suffixes(struct str *a, struct str *b)
{
    for (;;) {
        struct str x, y;
        enum suffix i = take_suffix(a, &x), k = take_suffix(b, &y);
        if (i != k)
            return i < k ? -1 : 1;
        int c = scan_number_cmp(x, y);
        if (c || i == END)
            return c;
    }
}

static struct str take_revision(struct str *s)
{
    struct str rest = *s, digits = {NULL, 0};
    if (str_take(&rest, STR("-r")) && scan_digits(rest)) {
        digits = scan_take(&rest, scan_digits(rest));
        *s = rest;
    }
    return digits;
}

/* What lies outside the grammar is compared at the end, byte by byte. */
static int compare(struct str a, struct str b)
{
    int c = compare_numbers(&a, &b);
    if (c)
        return c;
    int x = take_letter(&a), y = take_letter(&b);
    if (x != y)
        return x - y;
    c = compare_suffixes(&a, &b);
    if (c == 0)
        c = scan_number_cmp(take_revision(&a), take_revision(&b));
    return c ? c : str_cmp(a, b);
}

static enum version_class valid(struct str v)
{
    struct str rest = v, part;
    if (v.n == 0 || !is_digit(v.p[0]) || !scan_only(v, "._-+~"))
        return VERSION_INVALID;
    for (bool first = true; take_number(&rest, first, &part);)
        first = false;
    take_letter(&rest);
    while (take_suffix(&rest, &part) != END)
        continue;
    take_revision(&rest);
    return rest.n == 0 ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"ebuild", "portage", NULL};

const struct version_scheme version_gentoo = {
    .name = "gentoo",
    .help = "Gentoo packages, as the Package Manager Specification orders them",
    .syntax = SYNTAX_RELATION,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_suffixed,
};
