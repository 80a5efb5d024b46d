/* Chrome and its extensions: up to four numbers, a missing one is 0. */
#include "version/numbers.h"
#include "version/scan.h"

static int compare(struct str a, struct str b)
{
    return numbers_compare(a, b, ".", true);
}

static enum version_class valid(struct str v)
{
    enum version_class class = numbers_valid(v, ".", 1);
    size_t dots = 0;
    for (size_t i = 0; i < v.n; i++)
        dots += v.p[i] == '.';
    return class == VERSION_VALID && (dots > 3 || numbers_zeros(v)) ? VERSION_LENIENT : class;
}

static const char *const ecosystems[] = {"chromium", "chrome-extension", "edge", NULL};

const struct version_scheme version_chrome = {
    .name = "chrome",
    .help = "Chrome and its extensions: four numbers, a missing one is 0",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
