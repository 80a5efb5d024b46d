/* What judging one target and judging the whole store share. */
#ifndef FLOW_CHECK_INSIDE_H
#define FLOW_CHECK_INSIDE_H

#include "flow/check.h"
#include "flow/vex.h"

struct checking {
    struct op *op;
    struct advindex *ix;
    struct advisory_lookup look;
    const struct check_options *options;
    struct check_result *ret;
    struct str asset;
    struct vex_run *vex;
    const struct str_list *within; /* how statements may name the asset; NULL: no asset is meant */
};

MUST_USE enum rc check_open(struct checking *k, struct session *s);

/* Would a finding in that state be listed? */
bool check_lists(const struct checking *k, enum finding_state s);

/* Adds a component's flaws to the result, each weighed. */
MUST_USE enum rc check_add(struct checking *k, const struct component *c, struct str path, const struct subject *s,
                           struct findings *f);

/* The same for a component of no ecosystem: by its upstream's name. */
MUST_USE enum rc check_upstream(struct checking *k, const struct component *c, struct str path);

/* A component with the packages that own it. */
struct owned {
    const struct component *component, *owners;
    size_t n_owners;
};

/* What its owners (distributions' packages) have settled, then what statements say. */
MUST_USE enum rc check_settle(struct checking *k, const struct owned *o, const struct subject *s, struct findings *f);

#endif
