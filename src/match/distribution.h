/* Distributions as advisories name them: which ecosystem, how its releases are written, whether it publishes by source or
 * by binary package. For src/match, and for finding the packages that a record may mean. */
#ifndef MATCH_DISTRIBUTION_H
#define MATCH_DISTRIBUTION_H

#include "match/match.h"

struct distribution {
    const char *type;       /* purl type */
    const char *const *ids; /* os-release IDs and purl namespaces; NULL at the end */
    const char *ecosystem;  /* OSV's name */
    bool releases;          /* its records are about releases */
    bool binaries;          /* it publishes by binary name too */
    /* OSV's suffix from what os-release or a purl says ("3.19.1", "bookworm"); empty when it cannot be known. NULL: as it
     * is written. */
    struct str (*release)(struct arena *mem, struct str written);
    bool (*same_release)(struct str ours, struct str theirs); /* NULL: equal bytes */
    const char *product; /* endoflife.date's name; NULL: it has none */
};

/* How endoflife.date may write this release as a cycle, the most exact first: "9.2", then "9". False after the last. */
bool distribution_cycle(struct arena *mem, const struct distribution *d, struct str release, unsigned i, struct str *ret);

/* By purl type and id; by OSV's name in any case. NULL when advisories do not know it. */
const struct distribution *distribution_find(struct str type, struct str id);
const struct distribution *distribution_named(struct str ecosystem);

#endif
