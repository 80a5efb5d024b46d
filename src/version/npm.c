/* npm: Semantic Versioning, with ranges of its own. */
#include "version/scan.h"
#include "version/semver_parts.h"

static const char *const ecosystems[] = {"npm", "node", NULL};

const struct version_scheme version_npm = {
    .name = "npm",
    .help = "npm packages, as node-semver orders them",
    .syntax = SYNTAX_NPM,
    .ecosystems = ecosystems,
    .valid = semver_valid,
    .compare = semver_compare,
    .upstream = upstream_without_build,
};
