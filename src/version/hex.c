/* Hex: Semantic Versioning as Elixir reads it, with requirements of its own. */
#include "version/scan.h"
#include "version/semver_parts.h"

static const char *const ecosystems[] = {"erlang", "elixir", "otp", NULL};

const struct version_scheme version_hex = {
    .name = "hex",
    .help = "Erlang and Elixir packages, as Elixir orders them",
    .syntax = SYNTAX_HEX,
    .ecosystems = ecosystems,
    .valid = semver_valid,
    .compare = semver_compare,
    .upstream = upstream_without_build,
};
