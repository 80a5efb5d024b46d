/* Composer: up to four numbers, then a stability (dev < alpha < beta < RC < stable < patch) with numbers behind it. */
#include "version/scan.h"
#include "version/semver_parts.h"
#include "version/version.h"

enum stability { DEV, ALPHA, BETA, RC, STABLE, PATCH, OTHER };

struct parts {
    struct str numbers;
    enum stability stability;
    struct str counts; /* "2", "2.1" behind the word */
    bool dev;          /* "-dev" behind another word */
    struct str rest;   /* what Composer would not read */
};

static enum stability stability_of(struct str word)
{
    static const struct {
        const char *text;
        enum stability is;
    } words[] = {{"dev", DEV},     {"alpha", ALPHA}, {"a", ALPHA},     {"beta", BETA}, {"b", BETA},
                 {"rc", RC},       {"c", RC},        {"stable", STABLE}, {"patch", PATCH}, {"pl", PATCH},
                 {"p", PATCH}};
    for (size_t i = 0; word.n && i < sizeof words / sizeof *words; i++)
        if (words[i].text[0] == to_lower(word.p[0]) && str_ieq(word, str_of(words[i].text)))
            return words[i].is;
    return OTHER;
}

static void separator(struct str *s)
{
    if (s->n && (s->p[0] == '.' || s->p[0] == '-' || s->p[0] == '_'))
        scan_take(s, 1);
}

/* digits{.digits}, and a date's hyphens: "2010-01-02". */
static struct str dotted(struct str *s, const char *separators)
{
    size_t at = scan_digits(*s);
    while (at && at + 1 < s->n && s->p[at] && strchr(separators, s->p[at]) && is_digit(s->p[at + 1]))
        at += 1 + scan_digits(str_from(*s, at + 1));
    return scan_take(s, at);
}

static struct parts cut(struct str v)
{
    struct parts p = {.stability = STABLE};
    struct str s = str_trim(v), build;
    if (s.n > 1 && to_lower(s.p[0]) == 'v')
        scan_take(&s, 1);
    str_split(s, '+', &s, &build);
    p.numbers = dotted(&s, ".-");
    p.rest = s;
    separator(&s);
    struct str word = scan_take(&s, scan_letters(s));
    enum stability is = stability_of(word);
    if (word.n == 0 || is == OTHER)
        return p;
    p.stability = is;
    separator(&s);
    p.counts = dotted(&s, ".-");
    if (s.n) {
        struct str more = s;
        separator(&more);
        p.dev = str_ieq(more, STR("dev"));
        if (p.dev)
            s = str_from(s, s.n);
    }
    p.rest = s;
    return p;
}

static int compare(struct str a, struct str b)
{
    struct parts x = cut(a), y = cut(b);
    bool is_x = x.numbers.n, is_y = y.numbers.n;
    if (!is_x || !is_y)
        return is_x ? 1 : is_y ? -1 : str_cmp(a, b);
    int c = semver_compare_numbers(x.numbers, y.numbers);
    if (c == 0)
        c = (int)x.stability - (int)y.stability;
    if (c == 0)
        c = semver_compare_numbers(x.counts, y.counts);
    if (c == 0)
        c = y.dev - x.dev;
    return c ? c : str_cmp(x.rest, y.rest);
}

static enum version_class valid(struct str v)
{
    struct parts p = cut(v);
    if (p.numbers.n == 0 || !scan_only(str_trim(v), ".+-_~"))
        return VERSION_INVALID;
    return p.rest.n == 0 ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"packagist", "php", NULL};

const struct version_scheme version_composer = {
    .name = "composer",
    .help = "PHP packages: Composer's normal form, then the order of its stabilities",
    .syntax = SYNTAX_COMPOSER,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_without_build,
};
