/* Clones that a person has, beside what is published: ranges over commits are judged by ancestry in them. */
#ifndef FLOW_CLONE_H
#define FLOW_CLONE_H

#include "flow/session.h"
#include "match/match.h"

struct clones;

struct clones_named {
    struct str_list list;  /* `DIR` or `URL=DIR` each */
    struct limits limits;  /* of reading one: time and memory */
};

/* Opens each: `DIR`, whose remotes say whose clone it is, or `URL=DIR`. One that cannot be read is no failure: what it would
 * have decided is unknown, and clones_notes says why. RC_INVALID when a name is no repository at all. */
MUST_USE enum rc clones_open(struct op *op, const struct advisory_lookup *look, const struct clones_named *named, struct clones **ret);

/* What the person should know of them. */
const struct str_list *clones_notes(const struct clones *c);

/* Judges the component by the ranges over commits of its package (`s`; NULL: it is of no ecosystem) and of its repository, and
 * puts that into the findings. NULL clones do nothing. */
void clones_judge(struct op *op, struct clones *all, const struct component *c, const struct subject *s, struct findings *f);

/* A component's repository as a subject, for what no ecosystem speaks of; false when it names none. */
bool clones_subject(struct op *op, const struct component *c, struct subject *ret);

#endif
