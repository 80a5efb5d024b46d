/* Which repository and commit a component is of, as its purl says; and which tags its version may be. */
#ifndef FLOW_COMMIT_H
#define FLOW_COMMIT_H

#include "model/component.h"

struct commit_of {
    struct str repository; /* in advisory_name's form; empty: not known */
    struct str commit;     /* the whole name or the beginning of one; empty: not known */
    struct str folder;     /* of a Go module in the repository: its tags begin so; empty: the top */
    bool whole;            /* the component is the repository itself, no package out of it */
};

void commit_of(struct arena *mem, const struct component *c, struct commit_of *ret);

/* The i-th name that a tag for the component's version may have; empty after the last. */
struct str commit_tag(struct arena *mem, const struct component *c, const struct commit_of *of, size_t i);

#endif
