/* Semantic Versioning where no ecosystem adds rules of its own. */
#include "version/scan.h"
#include "version/semver_parts.h"

static const char *const ecosystems[] = {
    "swifturl", "swift", "github actions", "githubactions", "vscode", "kubernetes", "semantic",
    "vscode-extension", "docker hardened images", NULL,
};

const struct version_scheme version_semver = {
    .name = "semver",
    .help = "Semantic Versioning 2.0.0; missing or extra parts are read leniently",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = semver_valid,
    .compare = semver_compare,
    .upstream = upstream_without_build,
};
