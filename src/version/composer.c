/* Composer: up to four numbers, then a stability (dev < alpha < beta < RC < stable < patch) with numbers behind it. It makes
 * a normal form of that ("1.2b1" is 1.2.0.0-beta1, "1.x-dev" is 1.9999999.9999999.9999999-dev, a date keeps its own
 * numbers) and lets PHP's version_compare order those: word by word, number by number. */
#include "version/scan.h"
#include "version/version.h"

/* In PHP's order: the end of a version is below a further number and above the words before a release. */
enum rank { DEV, ALPHA, BETA, RC, END, NUMBER, PATCH, OTHER };

struct cursor {
    struct str numbers; /* "1.2.3", still to come */
    size_t missing;     /* then so many times `fill` */
    struct str fill;
    enum rank stability; /* END when none is to come */
    struct str counts;   /* "2", "2.1" behind it */
    bool dev;            /* "-dev" at the end */
    bool strict;         /* all of it is what Composer reads */
    struct str rest;     /* what it would not read */
};

static enum rank rank_of(struct str word)
{
    static const struct {
        const char *text;
        enum rank is;
    } words[] = {{"dev", DEV},      {"alpha", ALPHA}, {"a", ALPHA},   {"beta", BETA}, {"b", BETA}, {"rc", RC},
                 {"stable", END},   {"patch", PATCH}, {"pl", PATCH},  {"p", PATCH}};
    for (size_t i = 0; word.n && i < sizeof words / sizeof *words; i++)
        if (words[i].text[0] == to_lower(word.p[0]) && str_ieq(word, str_of(words[i].text)))
            return words[i].is;
    return OTHER;
}

static bool separates(struct str s, const char *separators)
{
    return s.n && s.p[0] && strchr(separators, s.p[0]);
}

static bool ends_as_dev(struct str s)
{
    if (separates(s, ".-"))
        scan_take(&s, 1);
    return str_ieq(s, STR("dev"));
}

/* "-beta.2-dev": reads the modifiers behind the numbers; false when s is anything else. */
static bool modifiers(struct cursor *c, struct str s)
{
    if (separates(s, "._-"))
        scan_take(&s, 1);
    struct str word = str_upto(s, scan_letters(s));
    if (word.n > 3 && str_ieq(str_from(word, word.n - 3), STR("dev")))
        word = str_but(word, 3); /* "1.0rcdev" */
    enum rank is = word.n ? rank_of(word) : OTHER;
    if (is != OTHER && is != DEV) {
        scan_take(&s, word.n);
        c->stability = is;
        if (s.n && (is_digit(s.p[0]) || (separates(s, ".-") && s.n > 1 && is_digit(s.p[1])))) {
            scan_take(&s, !is_digit(s.p[0]));
            c->counts = scan_take_dotted(&s, ".-");
        }
    }
    c->dev = ends_as_dev(s);
    if (s.n && !c->dev)
        return false;
    if (is == END) { /* "stable" says nothing, nor does what follows it */
        c->dev = false;
        c->counts.n = 0;
    }
    return true;
}

/* yyyy{mm}{n}, with or without . : - between them: such numbers are not filled up. */
static bool is_date(struct str s, size_t *ret_n)
{
    size_t n = scan_digits(s) < 4 ? 0 : 4, pairs = 0;
    while (n && pairs < 6) {
        size_t at = n + separates(str_from(s, n), ".:-");
        if (scan_digits(str_from(s, at)) < 2)
            break;
        n = at + 2;
        pairs++;
    }
    if (pairs == 0)
        return false;
    size_t at = n + separates(str_from(s, n), ".:-"), last = scan_digits(str_from(s, at));
    n = last > 3 ? at + 3 : last ? at + last : n;
    *ret_n = n;
    return true;
}

/* "2.x-dev", "2.1.x": a branch, above all that begins so. */
static bool is_branch(struct str s, size_t given)
{
    size_t at = 0;
    for (; at + 1 < s.n && s.p[at] == '.' && (s.p[at + 1] == 'x' || s.p[at + 1] == 'X' || s.p[at + 1] == '*'); at += 2)
        given++;
    return at && given <= 4 && ends_as_dev(str_from(s, at));
}

static struct str bare(struct str v)
{
    struct str s = str_trim(v), before, after;
    size_t at = str_chr(s, '@');
    if (at != STR_NONE && at + 1 < s.n && rank_of(str_from(s, at + 1)) <= END)
        s = str_upto(s, at);
    if (s.n > 1 && to_lower(s.p[0]) == 'v')
        scan_take(&s, 1);
    return str_split(s, '+', &before, &after) && after.n ? before : s;
}

static struct cursor read(struct str v)
{
    struct str rest = bare(v), numbers = rest;
    size_t n, given = 0;
    numbers = scan_take_dotted(&rest, ".");
    for (size_t i = 0; i < numbers.n; i++)
        given += i == 0 || numbers.p[i] == '.';
    const bool classical = given && given <= 4 && scan_digits(numbers) <= 5;
    const struct cursor plain = {.numbers = numbers, .strict = classical, .missing = given && given < 4 ? 4 - given : 0, .fill = STR("0"), .stability = END};
    struct cursor c = plain;
    if (classical && modifiers(&c, rest))
        return c;
    c = (struct cursor){.strict = true, .fill = STR("0"), .stability = END};
    if (is_date(bare(v), &n) && modifiers(&c, str_from(bare(v), n))) {
        c.numbers = str_upto(bare(v), n);
        return c;
    }
    c = plain;
    c.rest = rest;
    c.strict = given && is_branch(rest, given);
    if (c.strict) {
        c.fill = STR("9999999");
        c.dev = true;
        c.rest.n = 0;
    }
    return c;
}

static enum rank next(struct cursor *c, struct str *ret)
{
    if (c->numbers.n) {
        if (!is_digit(c->numbers.p[0]))
            scan_take(&c->numbers, 1);
        *ret = scan_take(&c->numbers, scan_digits(c->numbers));
        return NUMBER;
    }
    if (c->missing) {
        c->missing--;
        *ret = c->fill;
        return NUMBER;
    }
    enum rank now = c->stability;
    if (now != END) {
        c->stability = END;
        c->numbers = c->counts;
        return now;
    }
    if (c->dev) {
        c->dev = false;
        return DEV;
    }
    return END;
}

static int compare(struct str a, struct str b)
{
    struct cursor x = read(a), y = read(b);
    if (x.numbers.n == 0 || y.numbers.n == 0)
        return x.numbers.n ? 1 : y.numbers.n ? -1 : str_cmp(a, b);
    for (;;) {
        struct str s = {NULL, 0}, t = {NULL, 0};
        enum rank i = next(&x, &s), k = next(&y, &t);
        if (i != k)
            return i < k ? -1 : 1;
        int c = i == NUMBER ? scan_number_cmp(s, t) : 0;
        if (c)
            return c;
        if (i == END)
            return str_cmp(x.rest, y.rest);
    }
}

static enum version_class valid(struct str v)
{
    struct cursor c = read(v);
    if (c.numbers.n == 0 || !scan_only(bare(v), ".+-_~:*"))
        return VERSION_INVALID;
    return c.strict ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"packagist", "php", NULL};

const struct version_scheme version_composer = {
    .name = "composer",
    .help = "PHP packages: Composer's normal form, then the order of PHP's version_compare",
    .syntax = SYNTAX_COMPOSER,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_without_build,
};
