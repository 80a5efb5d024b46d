/* Julia: Semantic Versioning, but build numbers order too; the binary wrappers rely on it. */
#include "version/scan.h"
#include "version/semver_parts.h"

static const char *const ecosystems[] = {"julialang", NULL};

const struct version_scheme version_julia = {
    .name = "julia",
    .help = "Julia packages; the build number counts, as in 5.6.0+0 < 5.6.3+0",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = semver_valid,
    .compare = semver_compare_with_build,
    .upstream = upstream_without_build,
};
