/* CRAN: numbers between dots or hyphens; more of them are newer. */
#include "version/scan.h"
#include "version/version.h"

static bool is_separator(char c)
{
    return c == '.' || c == '-';
}

static int compare(struct str a, struct str b)
{
    while (a.n && b.n) {
        size_t i = scan_digits(a), j = scan_digits(b);
        if (i == 0 || j == 0) /* not of this scheme: below a number, among themselves by their bytes */
            return i ? 1 : j ? -1 : str_cmp(a, b);
        struct str x = scan_take(&a, i), y = scan_take(&b, j);
        int c = scan_number_cmp(x, y);
        if (c)
            return c;
        bool next_a = a.n && is_separator(a.p[0]), next_b = b.n && is_separator(b.p[0]);
        if (!next_a || !next_b)
            break;
        scan_take(&a, 1);
        scan_take(&b, 1);
    }
    return a.n && b.n ? str_cmp(a, b) : a.n ? 1 : b.n ? -1 : 0;
}

static enum version_class valid(struct str v)
{
    struct str s = v;
    size_t count = 0;
    for (size_t n; (n = scan_digits(s)) > 0;) {
        count++;
        scan_take(&s, n);
        if (s.n < 2 || !is_separator(s.p[0]) || !is_digit(s.p[1]))
            break;
        scan_take(&s, 1);
    }
    if (count == 0 || !scan_only(v, ".+-_~"))
        return VERSION_INVALID;
    return s.n == 0 && count > 1 ? VERSION_VALID : VERSION_LENIENT;
}

static const char *const ecosystems[] = {"bioconductor", "r", NULL};

const struct version_scheme version_cran = {
    .name = "cran",
    .help = "R packages, as package_version orders them",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
