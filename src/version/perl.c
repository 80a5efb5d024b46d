/* Perl's version objects: v1.2.3 and whatever has two dots is a list of numbers; 1.002003 is a decimal, which means 1.2.3:
 * three digits a number. An underscore is not looked at. */
#include "version/scan.h"
#include "version/version.h"

struct cursor {
    struct str rest;
    bool dotted, fraction;
};

/* A number of a list: a run of digits and underscores, or a group of up to three digits. */
struct number {
    bool there;
    struct str digits;
    unsigned group;
};

static size_t run(struct str s)
{
    size_t n = 0;
    while (n < s.n && (is_digit(s.p[n]) || (n && s.p[n] == '_' && n + 1 < s.n && is_digit(s.p[n + 1]))))
        n++;
    return n;
}

static struct cursor begin(struct str v)
{
    struct cursor c = {.rest = v};
    size_t dots = 0;
    if (v.n > 1 && v.p[0] == 'v' && is_digit(v.p[1])) {
        c.dotted = true;
        scan_take(&c.rest, 1);
    }
    for (struct str s = c.rest; dots < 2;) {
        scan_take(&s, run(s));
        if (!str_take(&s, STR(".")))
            break;
        dots++;
    }
    c.dotted |= dots == 2;
    return c;
}

static struct number next_group(struct cursor *c)
{
    struct number n = {0};
    unsigned digits = 0;
    for (; c->rest.n && digits < 3; scan_take(&c->rest, 1)) {
        if (is_digit(c->rest.p[0]))
            n.group = n.group * 10 + (unsigned)(c->rest.p[0] - '0'), digits++;
        else if (c->rest.p[0] != '_')
            break;
    }
    n.there = digits > 0;
    for (; digits && digits < 3; digits++)
        n.group *= 10;
    return n;
}

static struct number next(struct cursor *c, bool first)
{
    struct number n = {0};
    if (c->fraction)
        return next_group(c);
    if (!first && !str_take(&c->rest, STR(".")))
        return n;
    if (!first && !c->dotted) {
        c->fraction = true;
        return next_group(c);
    }
    n.digits = scan_take(&c->rest, run(c->rest));
    n.there = n.digits.n || (first && c->rest.n && c->rest.p[0] == '.'); /* ".5" */
    return n;
}

/* Significant digits without the underscores, one at a time. */
static char digit_at(struct str *s)
{
    while (s->n && s->p[0] == '_')
        scan_take(s, 1);
    return s->n ? scan_take(s, 1).p[0] : 0;
}

static struct str significant(struct str s)
{
    while (s.n && (s.p[0] == '0' || s.p[0] == '_'))
        s.p++, s.n--;
    return s;
}

static int compare_runs(struct str a, struct str b)
{
    int first = 0;
    a = significant(a);
    b = significant(b);
    for (;;) {
        char x = digit_at(&a), y = digit_at(&b);
        if (!x || !y)
            return x ? 1 : y ? -1 : first;
        if (first == 0)
            first = x - y;
    }
}

/* A group as text, to stand beside a run. */
static struct str text_of(struct number *n, char *out)
{
    if (n->digits.n)
        return n->digits;
    for (unsigned i = 3, rest = n->group; i-- > 0; rest /= 10)
        out[i] = (char)('0' + rest % 10);
    return (struct str){out, 3};
}

static int compare(struct str a, struct str b)
{
    struct cursor x = begin(str_trim(a)), y = begin(str_trim(b));
    for (bool first = true;; first = false) {
        struct number i = next(&x, first), k = next(&y, first);
        if (first && i.there != k.there)
            return i.there ? 1 : -1;
        if (!i.there && !k.there)
            return str_cmp(x.rest, y.rest);
        char left[3], right[3];
        int c = compare_runs(text_of(&i, left), text_of(&k, right));
        if (c)
            return c;
    }
}

static size_t take_digits(struct str *s)
{
    return scan_take(s, scan_digits(*s)).n;
}

/* What Perl itself reads: an underscore and digits only at the end. */
static bool is_lax(struct str s)
{
    bool listed = str_take(&s, STR("v"));
    size_t lead = take_digits(&s), groups = 0;
    while (s.n > 1 && s.p[0] == '.' && is_digit(s.p[1])) {
        scan_take(&s, 1);
        take_digits(&s);
        groups++;
    }
    if (listed ? lead == 0 : lead + groups == 0)
        return false;
    if (!listed && groups == 0)
        str_take(&s, STR("."));
    bool alpha = groups && s.n > 1 && s.p[0] == '_';
    return s.n == 0 || (alpha && scan_digits(str_from(s, 1)) == s.n - 1);
}

static enum version_class valid(struct str v)
{
    struct str text = str_trim(v);
    struct cursor c = begin(text);
    struct number n = next(&c, true);
    if (!n.there || !scan_only(text, "._-+~") || str_eq(text, STR(".")))
        return VERSION_INVALID;
    return is_lax(text) ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"cpan", NULL};

const struct version_scheme version_perl = {
    .name = "perl",
    .help = "Perl modules, as version.pm orders them: 1.002003 = v1.2.3",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
