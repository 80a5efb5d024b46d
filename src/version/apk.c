/* Alpine's order: number{.number}…{letter}{_suffix{number}}…{~hash}{-r#}. What does not fit the grammar is ordered
 * by apk up to there and by runs of digits and text from there on. */
#include "version/packaging.h"
#include "version/scan.h"
#include "version/version.h"

enum kind { FIRST, NUMBER, LETTER, SUFFIX, SUFFIX_NUMBER, HASH, REVISION, END, BROKEN };

/* In order; those before NONE make a version older. */
enum suffix { NO_SUFFIX, ALPHA, BETA, PRE, RC, NONE, CVS, SVN, GIT, HG, PATCH };

struct token {
    enum kind kind;
    enum suffix suffix;
    struct str text;
};

static enum suffix suffix_of(struct str s)
{
    static const char *const names[] = {[ALPHA] = "alpha", [BETA] = "beta", [PRE] = "pre", [RC] = "rc", [CVS] = "cvs",
                                        [SVN] = "svn",     [GIT] = "git",   [HG] = "hg",   [PATCH] = "p"};
    for (enum suffix i = ALPHA; i <= PATCH; i++)
        if (names[i] && str_eq(s, str_of(names[i])))
            return i;
    return NO_SUFFIX;
}

static struct token number(struct str *rest, enum kind kind)
{
    size_t n = scan_digits(*rest);
    if (n == 0)
        return (struct token){.kind = BROKEN};
    return (struct token){.kind = kind, .text = scan_take(rest, n)};
}

static struct token named_suffix(struct str *rest)
{
    scan_take(rest, 1);
    size_t n = 0;
    while (n < rest->n && rest->p[n] >= 'a' && rest->p[n] <= 'z')
        n++;
    struct token t = {.text = str_upto(*rest, n)};
    t.suffix = suffix_of(t.text);
    t.kind = t.suffix == NO_SUFFIX ? BROKEN : SUFFIX;
    if (t.kind == SUFFIX)
        scan_take(rest, n);
    return t;
}

static struct token hash(struct str *rest)
{
    scan_take(rest, 1);
    size_t n = 0;
    while (n < rest->n && (is_digit(rest->p[n]) || (rest->p[n] >= 'a' && rest->p[n] <= 'f')))
        n++;
    return (struct token){.kind = n ? HASH : BROKEN, .text = scan_take(rest, n)};
}

/* The token after one of kind `last`. */
static struct token next(struct str *rest, enum kind last)
{
    if (rest->n == 0)
        return (struct token){.kind = END};
    char c = rest->p[0];
    if (c >= 'a' && c <= 'z' && last <= NUMBER)
        return (struct token){.kind = LETTER, .text = scan_take(rest, 1)};
    if (c == '.' && last <= NUMBER) {
        scan_take(rest, 1);
        return number(rest, NUMBER);
    }
    if (is_digit(c) && last == SUFFIX)
        return number(rest, SUFFIX_NUMBER);
    if (c == '_' && last <= SUFFIX_NUMBER)
        return named_suffix(rest);
    if (c == '~' && last < HASH)
        return hash(rest);
    if (c == '-' && last < REVISION && str_take(rest, STR("-r")))
        return number(rest, REVISION);
    return (struct token){.kind = BROKEN};
}

static int compare_token(const struct token *a, const struct token *b)
{
    switch (a->kind) {
    case NUMBER:
        if (a->text.p[0] == '0' || b->text.p[0] == '0')
            return str_cmp(a->text, b->text);
        return scan_number_cmp(a->text, b->text);
    case FIRST:
    case SUFFIX_NUMBER:
    case REVISION: return scan_number_cmp(a->text, b->text);
    case SUFFIX: return (int)a->suffix - (int)b->suffix;
    case LETTER:
    case HASH: return str_cmp(a->text, b->text);
    case END:
    case BROKEN: break;
    }
    return 0;
}

static int compare_runs(struct str a, struct str b)
{
    while (a.n && b.n) {
        bool digits = is_digit(a.p[0]);
        int c;
        if (digits && is_digit(b.p[0])) {
            struct str x = scan_take(&a, scan_digits(a)), y = scan_take(&b, scan_digits(b));
            c = scan_number_cmp(x, y);
        } else {
            c = (unsigned char)a.p[0] - (unsigned char)b.p[0];
            scan_take(&a, 1);
            scan_take(&b, 1);
        }
        if (c)
            return c;
    }
    return a.n ? 1 : b.n ? -1 : 0;
}

static int compare(struct str a, struct str b)
{
    struct str at_a = a, at_b = b;
    struct token x = number(&a, FIRST), y = number(&b, FIRST);
    while (x.kind == y.kind && x.kind < END) {
        int c = compare_token(&x, &y);
        if (c)
            return c;
        at_a = a;
        at_b = b;
        x = next(&a, x.kind);
        y = next(&b, y.kind);
    }
    if (x.kind == y.kind)
        return x.kind == BROKEN ? compare_runs(at_a, at_b) : 0;
    if (x.kind == SUFFIX && x.suffix < NONE)
        return -1;
    if (y.kind == SUFFIX && y.suffix < NONE)
        return 1;
    return x.kind > y.kind ? -1 : 1;
}

static enum version_class valid(struct str v)
{
    struct str rest = v;
    struct token t = number(&rest, FIRST);
    while (t.kind < END)
        t = next(&rest, t.kind);
    if (t.kind == END)
        return VERSION_VALID;
    return v.n && is_digit(v.p[0]) && scan_only(v, ".+-_~:") ? VERSION_LENIENT : VERSION_INVALID;
}

static const char *const ecosystems[] = {
    "alpine", "wolfi", "chainguard", "minimos", "alpaquita", "bellsoft hardened containers", "cleanstart", NULL,
};

const struct version_scheme version_apk = {
    .name = "apk",
    .help = "Alpine, Wolfi and their relatives, as apk orders them",
    .syntax = SYNTAX_RELATION,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_suffixed,
};
