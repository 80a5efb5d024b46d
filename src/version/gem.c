/* RubyGems: runs of digits and of letters; text is below numbers, so any letter makes a pre-release; a hyphen stands
 * for ".pre."; zeros before the first text and at the end do not count. */
#include "version/scan.h"
#include "version/version.h"

struct segment {
    bool text;
    bool end;
    struct str s;
};

struct cursor {
    struct str rest;
    size_t hyphens;    /* so many ".pre." are due */
    const char *zeros; /* up to here zeros are known to count */
    bool in_text;      /* past the first text: only zeros at the very end are dropped */
};

static void separators(struct cursor *c)
{
    size_t i = 0;
    while (i < c->rest.n && !is_alnum(c->rest.p[i])) {
        c->hyphens += c->rest.p[i] == '-';
        i++;
    }
    scan_take(&c->rest, i);
}

/* Are the zeros ahead followed by something that makes them count? Looked up once for a whole run. */
static bool zeros_count(struct cursor *c)
{
    if (c->zeros && c->zeros >= c->rest.p)
        return true;
    size_t i = 0;
    while (i < c->rest.n && c->rest.p[i] != '-' && (c->rest.p[i] == '0' || !is_alnum(c->rest.p[i])))
        i++;
    if (i == c->rest.n || (!is_digit(c->rest.p[i]) && !c->in_text))
        return false;
    c->zeros = c->rest.p + i;
    return true;
}

static struct segment next(struct cursor *c)
{
    struct segment g = {.end = true};
    for (;;) {
        separators(c);
        if (c->hyphens) {
            c->hyphens--;
            c->in_text = true;
            return (struct segment){.text = true, .s = STR("pre")};
        }
        if (c->rest.n == 0)
            return g;
        g.end = false;
        if (is_alpha(c->rest.p[0])) {
            c->in_text = g.text = true;
            g.s = scan_take(&c->rest, scan_letters(c->rest));
            return g;
        }
        size_t n = scan_digits(c->rest);
        bool zero = scan_is_zero(str_upto(c->rest, n)), counts = !zero || zeros_count(c);
        g.s = scan_take(&c->rest, n);
        if (counts)
            return g;
        g.end = true;
    }
}

static int compare_segments(const struct segment *a, const struct segment *b)
{
    if (a->end || b->end) {
        const struct segment *left = a->end ? b : a;
        int sign = a->end ? -1 : 1;
        return left->text ? -sign : scan_is_zero(left->s) ? 0 : sign;
    }
    if (a->text != b->text)
        return a->text ? -1 : 1;
    return a->text ? str_cmp(a->s, b->s) : scan_number_cmp(a->s, b->s);
}

static int compare(struct str a, struct str b)
{
    struct cursor x = {.rest = str_trim(a)}, y = {.rest = str_trim(b)};
    for (;;) {
        struct segment s = next(&x), t = next(&y);
        if (s.end && t.end)
            return 0;
        int c = compare_segments(&s, &t);
        if (c)
            return c;
    }
}

/* [0-9]+(.[0-9a-zA-Z]+)*(-[0-9A-Za-z-]+(.[0-9A-Za-z-]+)*)? */
static enum version_class valid(struct str v)
{
    struct str s = str_trim(v), rest = s, part, label = {NULL, 0};
    bool bare = str_split(s, '-', &rest, &label) && label.n == 0;
    for (bool first = true; str_cut(&rest, '.', &part); first = false)
        if (part.n == 0 || !scan_only(part, "") || (first && scan_digits(part) != part.n))
            return VERSION_INVALID;
    while (str_cut(&label, '.', &part))
        if (part.n == 0 || !scan_only(part, "-"))
            return VERSION_INVALID;
    return bare ? VERSION_LENIENT : VERSION_VALID;
}

static const char *const ecosystems[] = {"rubygems", "ruby", "cocoapods", NULL};

const struct version_scheme version_gem = {
    .name = "gem",
    .help = "Ruby gems, as Gem::Version orders them",
    .syntax = SYNTAX_GEM,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
