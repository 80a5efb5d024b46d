/* The Haskell Package Versioning Policy: numbers between dots; more of them are newer. */
#include "version/numbers.h"
#include "version/scan.h"

static int compare(struct str a, struct str b)
{
    return numbers_compare(a, b, ".", false);
}

static enum version_class valid(struct str v)
{
    enum version_class class = numbers_valid(v, ".", 1);
    return class == VERSION_VALID && numbers_zeros(v) ? VERSION_LENIENT : class; /* Cabal refuses 1.01 */
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
