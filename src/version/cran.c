/* CRAN and Bioconductor: numbers between dots or hyphens. R has two orders: package_version, which decides what may be
 * installed, reads a missing number as 0; compareVersion holds the longer one for newer. This is the first. */
#include "version/numbers.h"
#include "version/scan.h"

static int compare(struct str a, struct str b)
{
    return numbers_compare(a, b, ".-", true);
}

static enum version_class valid(struct str v)
{
    return numbers_valid(v, ".-", 2);
}

static const char *const ecosystems[] = {"bioconductor", "r", NULL};

const struct version_scheme version_cran = {
    .name = "cran",
    .help = "R packages, as package_version orders them",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = compare,
    .upstream = upstream_same,
};
