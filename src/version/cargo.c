/* Cargo: Semantic Versioning by precedence, with requirements of its own. */
#include "version/scan.h"
#include "version/semver_parts.h"

static const char *const ecosystems[] = {"crates.io", "crates", "rust", NULL};

const struct version_scheme version_cargo = {
    .name = "cargo",
    .help = "Rust crates, by the precedence of Semantic Versioning",
    .syntax = SYNTAX_CARGO,
    .ecosystems = ecosystems,
    .valid = semver_valid,
    .compare = semver_compare,
    .upstream = upstream_without_build,
};
