/* Bitnami: three numbers as in Semantic Versioning, but what stands behind the hyphen is the packaging's revision and makes
 * the version newer: 1.2.3 < 1.2.3-1. */
#include "version/scan.h"
#include "version/semver_parts.h"

static int compare(struct str a, struct str b)
{
    struct semver x = semver_read(a), y = semver_read(b);
    if (x.class == VERSION_INVALID || y.class == VERSION_INVALID)
        return semver_compare(a, b);
    int c = semver_compare_numbers(x.numbers, y.numbers);
    return c ? c : semver_compare_ids(x.pre, y.pre);
}

static struct str upstream(struct arena *mem, struct str v)
{
    struct str base = upstream_without_build(mem, v), front, revision;
    bool revised = str_rsplit(base, '-', &front, &revision) && scan_digits(revision) == revision.n;
    return revised ? front : base;
}

static const char *const ecosystems[] = {NULL};

const struct version_scheme version_bitnami = {
    .name = "bitnami",
    .help = "Bitnami's builds: Semantic Versioning with a revision behind the hyphen, which makes it newer",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = semver_valid,
    .compare = compare,
    .upstream = upstream,
};
