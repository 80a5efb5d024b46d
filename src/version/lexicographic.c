/* VERS's lexicographic: the bytes themselves. */
#include "version/scan.h"
#include "version/version.h"

static enum version_class valid(struct str v)
{
    return v.n ? VERSION_VALID : VERSION_INVALID;
}

static const char *const ecosystems[] = {NULL};

const struct version_scheme version_lexicographic = {
    .name = "lexicographic",
    .help = "the bytes of the text, as VERS defines lexicographic",
    .syntax = SYNTAX_COMPARATORS,
    .ecosystems = ecosystems,
    .valid = valid,
    .compare = str_cmp,
    .upstream = upstream_same,
};
