/* Pub: Semantic Versioning, but build metadata orders too. */
#include "version/scan.h"
#include "version/semver_parts.h"

/* Three numbers, whose zeros in front do not matter, and no v before them. */
static enum version_class valid(struct str v)
{
    return semver_valid_like(v, &(struct semver_grammar){.least = 3, .zeros = true});
}

static const char *const ecosystems[] = {"dart", "flutter", NULL};

const struct version_scheme version_pub = {
    .name = "pub",
    .help = "Dart packages, as pub_semver orders them; the build part counts",
    .syntax = SYNTAX_PUB,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = semver_compare_with_build,
    .upstream = upstream_without_build,
};
