/* Conan: items between dots or hyphens, numbers above text; a pre-release behind a hyphen, a build behind a plus. */
#include "version/scan.h"
#include "version/semver_parts.h"

static struct str bare(struct str v)
{
    str_take(&v, STR("cci."));
    return v;
}

/* "1.1.1n" has the letter in its last item, and that makes it newer. */
static int compare(struct str a, struct str b)
{
    struct str x = a, y = b, pre_a = {NULL, 0}, pre_b = {NULL, 0}, build;
    str_split(bare(x), '+', &x, &build);
    str_split(bare(y), '+', &y, &build);
    str_split(x, '-', &x, &pre_a);
    str_split(y, '-', &y, &pre_b);
    while (x.n || y.n) {
        size_t i = str_chr(x, '.'), j = str_chr(y, '.');
        struct str s = scan_take(&x, i == STR_NONE ? x.n : i), t = scan_take(&y, j == STR_NONE ? y.n : j);
        struct str ns = scan_take(&s, scan_digits(s)), nt = scan_take(&t, scan_digits(t));
        bool text_s = s.n && ns.n == 0, text_t = t.n && nt.n == 0;
        int c = text_t - text_s; /* an item that is all text is below a number */
        if (c == 0)
            c = scan_number_cmp(ns, nt);
        if (c == 0)
            c = scan_text_icmp(s, t);
        if (c)
            return c;
        x = str_from(x, 1);
        y = str_from(y, 1);
    }
    return semver_compare_pre(pre_a, pre_b, true);
}

/* "cci.20240223" is the day a recipe was made, not a version of the project. */
static enum version_class valid(struct str v)
{
    if (v.n == 0 || !scan_only(v, ".+-_"))
        return VERSION_INVALID;
    if (is_digit(v.p[0]))
        return VERSION_VALID;
    return scan_digits(bare(v)) ? VERSION_LENIENT : VERSION_INVALID;
}

static const char *const ecosystems[] = {"conancenter", NULL};

const struct version_scheme version_conan = {
    .name = "conan",
    .help = "Conan packages: items between dots, numbers above text",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_without_build,
};
