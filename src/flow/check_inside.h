/* What judging one target and judging the whole store share. */
#ifndef FLOW_CHECK_INSIDE_H
#define FLOW_CHECK_INSIDE_H

#include "base/bits.h"
#include "flow/check.h"
#include "flow/rematch.h"
#include "flow/vex.h"

/* When a finding of a stored component came up first. */
struct found_at {
    uint32_t component, record;
    int64_t since;
};

struct checking {
    struct op *op;
    struct session *session;
    struct advindex *ix;
    struct advisory_lookup look;
    const struct check_options *options;
    struct check_result *ret;
    struct str asset;
    struct vex_run *vex;
    const struct str_list *within; /* how statements may name the asset; NULL: no asset is meant */
    struct map *stored;            /* what tells a component of a stored asset → its id; NULL: nobody asks */
    uint32_t id;                   /* of the component at hand in the store; 0: it is not stored */
    VEC(struct found_at) times;    /* of stored components; sorted after check_times */
};

MUST_USE enum rc check_open(struct checking *k, struct session *s);

/* Counts packages of a distribution by its release. */
void check_release(struct checking *k, const struct subject *s, size_t n);

/* The same for every package of the store, counted where it is. */
MUST_USE enum rc check_releases(struct checking *k);

/* Would a finding in that state be listed? */
bool check_lists(const struct checking *k, enum finding_state s);

/* Reads since when the findings of these components are there. */
MUST_USE enum rc check_times(struct checking *k, struct judged *j, const struct bits *wanted);

/* Was one of the findings that make the flaw what it is not there before the time asked about? */
bool check_is_new(struct checking *k, const struct findings *f, const struct flaw *flaw);

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
