/* Julia: Semantic Versioning, but build numbers order too; the binary wrappers rely on it. An empty pre-release, "1.2-", is
 * below all of 1.2, an empty build, "1.2+", above. */
#include "version/scan.h"
#include "version/semver_parts.h"

static int open_end(struct str v, const struct semver *s)
{
    char last = v.n && s->class != VERSION_INVALID ? v.p[v.n - 1] : 0;
    return last == '-' && s->pre.n == 0 && s->build.n == 0 ? -1 : last == '+' && s->build.n == 0 ? 1 : 0;
}

static int compare(struct str a, struct str b)
{
    struct semver x = semver_read(a), y = semver_read(b);
    if (x.class == VERSION_INVALID || y.class == VERSION_INVALID)
        return semver_compare(a, b);
    int c = semver_compare_numbers(x.numbers, y.numbers);
    if (c)
        return c;
    int end_x = open_end(a, &x), end_y = open_end(b, &y);
    if (end_x < 0 || end_y < 0)
        return (end_x >= 0) - (end_y >= 0);
    c = semver_compare_pre(x.pre, y.pre);
    if (c == 0)
        c = (end_x > 0) - (end_y > 0);
    return c ? c : semver_compare_ids(x.build, y.build);
}

static enum version_class valid(struct str v)
{
    return semver_valid_like(v, &(struct semver_grammar){.least = 1, .zeros = true, .prefix = true, .open = true});
}

static const char *const ecosystems[] = {"julialang", NULL};

const struct version_scheme version_julia = {
    .name = "julia",
    .help = "Julia packages; the build number counts, as in 5.6.0+0 < 5.6.3+0",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_without_build,
};
