/* What judging one target and judging the whole store share. */
#ifndef FLOW_CHECK_INSIDE_H
#define FLOW_CHECK_INSIDE_H

#include "flow/check.h"

struct checking {
    struct op *op;
    struct advindex *ix;
    struct advisory_lookup look;
    const struct check_options *options;
    struct check_result *ret;
    struct str asset;
};

MUST_USE enum rc check_open(struct checking *k, struct session *s);

/* Would a finding in that state be listed? */
bool check_lists(const struct checking *k, enum finding_state s);

/* Adds a component's flaws to the result, each weighed. */
MUST_USE enum rc check_add(struct checking *k, const struct component *c, struct str path, const struct subject *s,
                           const struct findings *f);

/* The same for a component of no ecosystem: by its upstream's name. */
MUST_USE enum rc check_upstream(struct checking *k, const struct component *c, struct str path);

/* Where an OS package owns the language package that `f` is about, the distribution's verdict first. */
MUST_USE enum rc check_owned(struct checking *k, const struct component *owner, const struct subject *s, struct findings *f);

#endif
