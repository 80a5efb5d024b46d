/* Conan: items between dots, zeros at the end do not count; a pre-release behind the first hyphen, a build behind the last
 * plus. Text is above numbers, 1.4.rc2 > 1.4.0: only a hyphen makes a pre-release. Conan compares an item that is a number
 * with one that is not (10 with 1n) as texts, which is no order: here such an item counts by its number first. */
#include "version/scan.h"
#include "version/version.h"

struct items {
    struct str text;
    bool none; /* not even an empty item */
};

struct parts {
    struct items main, pre, build;
    bool has_pre, has_build;
};

/* Without items at the end that are zero. */
static struct items trimmed(struct str items)
{
    size_t end = items.n;
    for (;;) {
        size_t at = end;
        while (at && items.p[at - 1] == '0')
            at--;
        if (at == end || (at && items.p[at - 1] != '.'))
            return (struct items){str_upto(items, end), false};
        if (at == 0)
            return (struct items){str_upto(items, 0), true};
        end = at - 1;
    }
}

static struct parts cut(struct str v)
{
    struct str main = v, pre = {v.p, 0}, build = {v.p, 0};
    struct parts p = {0};
    p.has_build = str_rsplit(v, '+', &main, &build);
    p.has_pre = str_split(main, '-', &main, &pre);
    p.main = trimmed(main);
    p.pre = trimmed(pre);
    p.build = trimmed(build);
    return p;
}

/* Nothing below a number (with or without text behind it) below text. */
static int compare_item(struct str a, struct str b)
{
    struct str x = scan_take(&a, scan_digits(a)), y = scan_take(&b, scan_digits(b));
    int kind_x = x.n ? 1 : a.n ? 2 : 0, kind_y = y.n ? 1 : b.n ? 2 : 0;
    if (kind_x != kind_y)
        return kind_x - kind_y;
    int c = scan_number_cmp(x, y);
    return c ? c : str_cmp(a, b);
}

static int compare_items(struct items x_items, struct items y_items)
{
    struct str a = x_items.text, b = y_items.text;
    bool more_a = !x_items.none, more_b = !y_items.none;
    while (more_a && more_b) {
        struct str x = a, y = b;
        more_a = str_split(a, '.', &x, &a);
        more_b = str_split(b, '.', &y, &b);
        int c = compare_item(x, y);
        if (c)
            return c;
    }
    return more_a ? 1 : more_b ? -1 : 0;
}

static int compare(struct str a, struct str b)
{
    struct parts x = cut(a), y = cut(b);
    int c = compare_items(x.main, y.main);
    if (c == 0 && x.has_pre != y.has_pre)
        return x.has_pre ? -1 : 1;
    if (c == 0)
        c = compare_items(x.pre, y.pre);
    if (c == 0 && x.has_build != y.has_build)
        return x.has_build ? 1 : -1;
    return c ? c : compare_items(x.build, y.build);
}

/* "cci.20240223" is the day a recipe was made, not a version of the project. */
static enum version_class valid(struct str v)
{
    if (v.n == 0 || !scan_only(v, ".+-_"))
        return VERSION_INVALID;
    if (is_digit(v.p[0]))
        return VERSION_VALID;
    str_take(&v, STR("cci."));
    return scan_digits(v) ? VERSION_LENIENT : VERSION_INVALID;
}

static const char *const ecosystems[] = {"conancenter", NULL};

const struct version_scheme version_conan = {
    .name = "conan",
    .help = "Conan packages: items between dots, text above numbers, a pre-release behind a hyphen",
    .syntax = SYNTAX_CONAN,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_without_build,
};
