/* The order for projects without a scheme of their own: numbers as numbers, words as words, separators only separate.
 * Words of pre-releases and what follows a ~ come before the end; zeros at the end of a run of numbers do not count,
 * so 1.0 = 1.0.0 and 1.0rc1 = 1.0.0-rc1. */
#include "version/generic.h"

#include "version/scan.h"
#include "version/version.h"

enum kind { TILDE, EARLY, END, WORD, NUMBER };

struct token {
    enum kind kind;
    int early; /* which word of a pre-release */
    struct str text;
};

struct cursor {
    struct str rest;
    bool started;      /* the first number counts even when it is 0 */
    const char *zeros; /* end of a run of zeros that is followed by another number: they count */
};

static int early(struct str word, struct str after)
{
    static const struct {
        const char *text;
        int rank;
    } words[] = {{"dev", 0},       {"nightly", 1}, {"snapshot", 2}, {"git", 3},  {"svn", 3}, {"hg", 3}, {"alpha", 4}, {"beta", 5},
                 {"milestone", 6}, {"pre", 7},     {"preview", 7},  {"rc", 8},   {"cr", 8}};
    if (word.n == 1 && after.n && is_digit(after.p[0]))
        return word.p[0] == 'a' ? 4 : word.p[0] == 'b' ? 5 : -1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].text[0] == to_lower(word.p[0]) && str_ieq(word, str_of(words[i].text)))
            return words[i].rank;
    return -1;
}

static void separators(struct str *s)
{
    size_t i = 0;
    while (i < s->n && !is_alnum(s->p[i]) && s->p[i] != '~')
        i++;
    scan_take(s, i);
}

/* Does another number than 0 follow this run of numbers that starts with zeros? Looked up once for a whole run. */
static bool zeros_count(struct cursor *c)
{
    if (c->zeros && c->zeros >= c->rest.p)
        return true;
    struct str s = c->rest;
    for (;;) {
        separators(&s);
        size_t n = scan_digits(s);
        if (n == 0)
            return false;
        struct str digits = scan_take(&s, n);
        if (!scan_is_zero(digits)) {
            c->zeros = digits.p;
            return true;
        }
    }
}

static void skip_zeros(struct cursor *c)
{
    for (;;) {
        separators(&c->rest);
        size_t n = scan_digits(c->rest);
        if (n == 0 || !scan_is_zero(str_upto(c->rest, n)))
            return;
        scan_take(&c->rest, n);
    }
}

static struct token word(struct cursor *c)
{
    struct token t = {.kind = WORD};
    t.text = scan_take(&c->rest, scan_letters(c->rest));
    t.early = early(t.text, c->rest);
    if (t.early >= 0)
        t.kind = EARLY;
    return t;
}

static struct token next(struct cursor *c)
{
    separators(&c->rest);
    if (c->started && c->rest.n && c->rest.p[0] == '0' && !zeros_count(c))
        skip_zeros(c);
    if (c->rest.n == 0)
        return (struct token){.kind = END};
    char first = c->rest.p[0];
    if (first == '~') {
        scan_take(&c->rest, 1);
        return (struct token){.kind = TILDE};
    }
    if (!is_digit(first))
        return word(c);
    c->started = true;
    return (struct token){.kind = NUMBER, .text = scan_take(&c->rest, scan_digits(c->rest))};
}

static struct str bare(struct str v)
{
    bool prefix = v.n > 1 && (v.p[0] == 'v' || v.p[0] == 'V') && is_digit(v.p[1]);
    return prefix ? str_from(v, 1) : v;
}

int generic_compare(struct str a, struct str b)
{
    struct cursor x = {.rest = bare(a)}, y = {.rest = bare(b)};
    for (;;) {
        struct token s = next(&x), t = next(&y);
        int c = (int)s.kind - (int)t.kind;
        if (c == 0 && s.kind == NUMBER)
            c = scan_number_cmp(s.text, t.text);
        else if (c == 0 && s.kind == EARLY)
            c = s.early - t.early;
        else if (c == 0 && s.kind == WORD)
            c = scan_text_icmp(s.text, t.text);
        if (c || s.kind == END)
            return c;
    }
}

/* Only what starts with a number can be placed: "master" or "RELEASE" is not below or above 5.6. */
static enum version_class valid(struct str v)
{
    struct str s = bare(v);
    if (s.n == 0 || !is_digit(s.p[0]))
        return VERSION_INVALID;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return VERSION_INVALID;
    return scan_only(s, ".+-_~^:") ? VERSION_VALID : VERSION_LENIENT;
}

static struct str upstream(struct arena *mem, struct str v)
{
    (void)mem;
    const struct str none = {NULL, 0};
    return valid(v) == VERSION_INVALID ? none : bare(v);
}

static const char *const ecosystems[] = {
    "vcpkg", "homebrew", "brew", "linux", "yocto", NULL,
};

const struct version_scheme version_generic = {
    .name = "generic",
    .help = "projects without a scheme of their own: numbers and words in natural order, pre-release words before the end",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = generic_compare,
    .upstream = upstream,
};
