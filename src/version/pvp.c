/* The Haskell Package Versioning Policy: numbers between dots; more of them are newer. */
#include "version/numbers.h"
#include "version/scan.h"

static int compare(struct str a, struct str b)
{
    return numbers_compare(a, b, ".");
}

static enum version_class valid(struct str v)
{
    return numbers_valid(v, ".", 1);
}

static const char *const ecosystems[] = {"hackage", "ghc", "haskell", NULL};

const struct version_scheme version_pvp = {
    .name = "pvp",
    .help = "Haskell packages, as Cabal orders them",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
