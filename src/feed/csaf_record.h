/* The advisory that a distribution's CSAF document amounts to: which rpm packages of which releases are fixed since when, or
 * not fixed at all. For csaf.c. */
#ifndef FEED_CSAF_RECORD_H
#define FEED_CSAF_RECORD_H

#include "feed/csaf_tree.h"

struct csaf_record {
    struct op *op;
    struct op one; /* of one product: its memory */
    struct advisory advisory;
    struct map seen; /* what entries there are: ecosystem, name, end */
    bool single;     /* the document is about one flaw: what is not affected belongs in it too */
};

void csaf_record_open(struct csaf_record *r, struct op *op, bool single);

/* Adds what this product's state says, if it is a package of a distribution that advisories know. */
void csaf_record_add(struct csaf_record *r, struct csaf_product *p, enum vex_state state);

/* A package's name as rpm writes files: name-[epoch:]version-release.arch. */
struct csaf_rpm {
    struct str name, version; /* "1:0.17-65.el7_6" */
    struct str arch;
};
bool csaf_rpm_read(struct str text, struct csaf_rpm *ret);

#endif
