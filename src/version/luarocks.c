/* LuaRocks: numbers and words between dots, hyphens and underscores, the revision behind the last hyphen. A word with the
 * number behind it makes one item: alpha < beta < pre < rc < nothing < other words < 1 < cvs < scm < dev. */
#include "version/scan.h"
#include "version/version.h"

/* Where LuaRocks takes an item for a floating-point number, here it is that number times 100,000, exactly. */
enum { SCALE = 100000, DIGITS_MOST = 13 };

struct item {
    int64_t value;
    struct str huge; /* digits of a number that is too long for that; such are above all */
};

static bool is_lone(struct str s)
{
    return s.n && (s.p[0] == '.' || s.p[0] == '-' || s.p[0] == '_');
}

static int64_t word_value(struct str word)
{
    static const struct {
        const char *text;
        int64_t value;
    } words[] = {{"dev", 120000000}, {"scm", 110000000}, {"cvs", 100000000}, {"rc", -1000},
                 {"pre", -10000},    {"beta", -100000},  {"alpha", -1000000}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(word, str_of(words[i].text)))
            return words[i].value * SCALE;
    return (unsigned char)word.p[0] * (SCALE / 1000);
}

static void skip_separators(struct str *s)
{
    size_t n = 0;
    while (n < s->n && is_lone(str_from(*s, n)))
        n++;
    scan_take(s, n);
}

/* False at the end, and where no letter and no digit comes. */
static bool next(struct str *s, struct item *ret)
{
    struct item item = {0};
    bool word = false;
    for (size_t n; (n = scan_letters(*s)) > 0; word = true) { /* of several words in a row the last one counts */
        item.value = word_value(str_upto(*s, n));
        scan_take(s, n);
        skip_separators(s);
    }
    struct str digits = scan_take(s, scan_digits(*s));
    if (digits.n)
        skip_separators(s);
    struct str plain = scan_significant(digits);
    if (plain.n > DIGITS_MOST) {
        item.huge = plain;
    } else {
        int64_t number = 0;
        for (size_t i = 0; i < plain.n; i++)
            number = number * 10 + (plain.p[i] - '0');
        item.value += word ? number : number * SCALE;
    }
    *ret = item;
    return word || digits.n;
}

static struct str cut(struct str v, struct str *ret_revision)
{
    struct str main = str_trim(v), front, revision;
    *ret_revision = (struct str){NULL, 0};
    if (str_rsplit(main, '-', &front, &revision) && revision.n && scan_digits(revision) == revision.n) {
        *ret_revision = revision;
        return front;
    }
    return main;
}

static int compare_main(struct str *x, struct str *y)
{
    struct item i, k;
    for (bool more = true; more;) {
        bool more_x = next(x, &i), more_y = next(y, &k);
        int c = i.huge.n || k.huge.n ? scan_number_cmp(i.huge, k.huge) : 0;
        if (c == 0)
            c = i.value < k.value ? -1 : i.value > k.value;
        if (c)
            return c;
        more = more_x || more_y;
    }
    return str_cmp(*x, *y);
}

/* In an order, no revision is below any. */
static int compare(struct str a, struct str b)
{
    struct str revision_a, revision_b, x = cut(a, &revision_a), y = cut(b, &revision_b);
    int c = compare_main(&x, &y);
    if (c || !revision_a.p != !revision_b.p)
        return c ? c : revision_a.p ? 1 : -1;
    return scan_number_cmp(revision_a, revision_b);
}

/* A revision that only one side has is not looked at. */
static bool same(struct str a, struct str b)
{
    struct str revision_a, revision_b, x = cut(a, &revision_a), y = cut(b, &revision_b);
    return !revision_a.p != !revision_b.p && compare_main(&x, &y) == 0;
}

static enum version_class valid(struct str v)
{
    struct str revision, rest = cut(v, &revision);
    struct item item;
    bool some = false;
    while (next(&rest, &item))
        some = true;
    if (!some || !scan_only(str_trim(v), ".-_+~"))
        return VERSION_INVALID;
    return rest.n == 0 ? VERSION_VALID : VERSION_LENIENT;
}

/* "1.2.3-4" is the fourth rockspec of 1.2.3. */
static struct str upstream(struct arena *mem, struct str v)
{
    struct str revision;
    return upstream_same(mem, cut(v, &revision));
}

static const char *const ecosystems[] = {"lua", "rockspec", NULL};

const struct version_scheme version_luarocks = {
    .name = "luarocks",
    .help = "Lua rocks, as LuaRocks orders them",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .same = same,
    .upstream = upstream,
};
