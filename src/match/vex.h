/* Statements about products applied to findings: which statement speaks of which finding, which of several prevails, which
 * contradict each other, and which spoke of nothing. */
#ifndef MATCH_VEX_H
#define MATCH_VEX_H

#include "base/map.h"
#include "match/match.h"

/* Who says it; a smaller value prevails. Our own decisions come first because somebody here answers for them, and they
 * end; then whoever made the thing. */
enum vex_origin {
    VEX_OURS,
    VEX_VENDOR, /* the product's maker, or the distribution that built the package */
    VEX_THIRD_PARTY,
};

struct vex_source {
    const struct vex_statement *statement;
    enum vex_origin origin;
    int64_t until; /* 0: no end; after it the statement counts no more */
};

/* Prepared statements. */
struct vex_table {
    const struct vex_source *at; /* borrowed */
    size_t n;
    struct component *products, *parts; /* parsed purls; type empty when it is none */
    bool *used;                         /* it spoke of a finding, and could settle it */
    struct map by_flaw;
    int64_t now;
};

/* Two applicable statements that say different things: `kept` prevailed over `against`. `tie`: nothing ranked one above
 * the other, and the worse state was taken. */
struct vex_conflict {
    uint32_t finding, kept, against;
    bool tie;
};

struct vex_conflicts {
    VEC(struct vex_conflict) list;
};

/* Indexes the statements, which must outlive the table. Ended ones are left out, as are those that their author replaced by
 * a later one on the same flaw and product. */
MUST_USE enum rc vex_open(struct op *op, const struct vex_source *statements, size_t n, int64_t now, struct vex_table *ret);

/* Whose findings: the component, and the names (purls, digests) of what it lies in. */
struct vex_subject {
    const struct component *component;
    const struct str *within;
    size_t n_within;
};

/* Applies what speaks of these findings. A statement matches by the record's id, aliases and upstream, and by product: the
 * component itself (a statement without a version is about all of them), or what it lies in, with the component or
 * nothing as subcomponent. Findings about which a statement says "affected" become affected, also those that were
 * unknown or not affected; "under investigation" makes them unknown. Malicious ones only change by VEX_OURS. */
MUST_USE enum rc vex_apply(struct op *op, struct vex_table *t, const struct advisory_lookup *look, const struct vex_subject *s,
                           struct findings *f, struct vex_conflicts *conflicts);

/* Does the statement still stand unmatched, after all components were applied? */
static inline bool vex_unmatched(const struct vex_table *t, size_t i)
{
    return !t->used[i];
}

#endif
