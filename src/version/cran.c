/* CRAN: numbers between dots or hyphens; more of them are newer. */
#include "version/numbers.h"
#include "version/scan.h"

static int compare(struct str a, struct str b)
{
    return numbers_compare(a, b, ".-");
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
