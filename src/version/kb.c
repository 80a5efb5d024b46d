/* Windows updates: the number of the article, with or without its KB. */
#include "version/scan.h"
#include "version/version.h"

static struct str number(struct str v)
{
    if (v.n > 2 && str_ieq(str_upto(v, 2), STR("kb")))
        v = str_from(v, 2);
    return scan_digits(v) == v.n ? v : str_upto(v, 0);
}

static int compare(struct str a, struct str b)
{
    struct str x = number(a), y = number(b);
    if (x.n == 0 || y.n == 0)
        return x.n ? 1 : y.n ? -1 : str_cmp(a, b);
    return scan_number_cmp(x, y);
}

static enum version_class valid(struct str v)
{
    return number(v).n ? VERSION_VALID : VERSION_INVALID;
}

static struct str upstream(struct arena *mem, struct str v)
{
    (void)mem;
    return number(v);
}

static const char *const ecosystems[] = {"windows", "windows kb", "msrc", NULL};

const struct version_scheme version_kb = {
    .name = "kb",
    .help = "Windows updates by the number of their article",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream,
};
