/* One advisory's id against components: which of the store's are affected by it, which may be. The same rules as `check`,
 * asked from the other end. */
#ifndef FLOW_FINDINGS_H
#define FLOW_FINDINGS_H

#include "base/bits.h"
#include "flow/advisories.h"
#include "flow/rematch.h"
#include "flow/vex.h"
#include "flow/what.h"
#include "match/match.h"

/* The records of one id (by its aliases, and those of distributions that are about it) with all that they name. Lives in
 * op->mem and borrows from the index, which lives there too. */
struct advised;

/* RC_UNSUPPORTED when no advisories were imported or none goes by this id; the text says which and what to do. `*vex`:
 * the statements of the store; NULL: they are read, and kept there for the next question. */
MUST_USE enum rc findings_open(struct op *op, struct session *s, struct str id, struct vex_run **vex, struct advised **ret);

/* Where a component lies: what may settle a flaw there and nowhere else. */
struct finding_place {
    const struct component *owners; /* the packages that own it */
    size_t n_owners;
    const struct str_list *within;  /* names of the asset, of vex_within; may be NULL */
};

/* The worst that its records say of this component, after its owners' verdicts and what statements say; `ret->rule` is
 * RULE_NOTHING when no record names it. `place` NULL: as if it lay alone. A package of whose ecosystem no record names it, while one of
 * another ecosystem is about the same project, is FINDING_POSSIBLE at most. */
MUST_USE enum rc findings_judge(struct op *op, struct advised *a, const struct component *c, const struct finding_place *place,
                                struct finding *ret);

/* May its place change the verdict on a component of this kind, in some asset? `alone`: the verdict without one. */
bool findings_place_counts(const struct advised *a, const struct component *c, const struct finding *alone);

/* Yes: affected; unknown: possible, or it cannot be told. */
enum answer finding_answer(const struct finding *f);

/* "DSA-5649-1 (Debian): the version lies in an affected range; fixed in 5.6.1+really5.4.5-1" */
struct str finding_text(struct op *op, struct advised *a, const struct finding *f);

/* Why a row of the store is a candidate. */
struct finding_why {
    uint32_t component;
    struct str text;
};

struct finding_whys {
    VEC(struct finding_why) list; /* sorted by component after finding_whys_sort */
};

/* Components whose verdict depends on where they lie. */
struct finding_local {
    uint32_t component;
    struct component c;
    struct advised *advised;
    struct finding alone;
};

struct finding_locals {
    VEC(struct finding_local) list; /* sorted by component after finding_locals_sort */
    struct bits holders;            /* assets that have packages which may own some of them */
    struct judged *judged;          /* opened at the first findings_find */
};

/* Judges the rows of the store that nobody judged yet: before findings_find, outside transactions. */
void findings_ready(struct op *op, struct session *s, struct advised *a);

/* As what_find: adds the rows of the store that are or may be affected; those whose place may count go to `local` alone.
 * Within a transaction. */
MUST_USE enum rc findings_find(struct op *op, struct session *s, struct advised *a, struct candidates *ret,
                               struct finding_whys *whys, struct finding_locals *local);

void finding_locals_sort(struct finding_locals *l);

/* The worst verdict on one of these in one asset, and its text when it is not "no". Without `owners` nothing is asked of the
 * packages that own it now. */
MUST_USE enum rc finding_locals_judge(struct op *op, struct session *s, const struct finding_locals *l, uint32_t component,
                                      uint32_t asset, bool owners, enum answer *ret, struct str *ret_text);

/* The row of one of these; NULL. */
const struct component *finding_locals_get(const struct finding_locals *l, uint32_t component);

/* What findings_find said of a row; empty when nothing. */
struct str finding_why(const struct finding_whys *whys, uint32_t component);
void finding_whys_sort(struct finding_whys *whys);

/* Does a scan that sees no installed software miss what its records name? */
bool findings_need_installed(const struct advised *a);

/* Assets that have packages of an ecosystem of which nothing was imported, when a record of it may exist (the flaw has a
 * CVE number): absence proves nothing there. Sorted; `ret_ecosystems` names those. */
MUST_USE enum rc findings_blind(struct op *op, struct store *s, const struct advised *a, struct id_list *ret,
                                struct str_list *ret_ecosystems);

/* The same for one component: its ecosystem when nothing was imported of it and a record of it may exist; else empty. */
struct str findings_blind_to(struct op *op, const struct advised *a, const struct component *c);

/* Has the flaw a CVE number? Then others may have records of it that were not imported. */
bool findings_numbered(const struct advised *a);

/* Assets that have packages of a release that ended or that no feed covers (flow/releases.h): for `meet` once for each release, sorted,
 * with its text. The same for every flaw of the same index. */
typedef void findings_silent_meet(void *arg, const struct id_list *assets, struct str text);
MUST_USE enum rc findings_silent(struct op *op, struct session *s, const struct advised *a, findings_silent_meet *meet, void *arg);

/* The newest record of the stalest feed; 0. */
int64_t findings_stalest(const struct advised *a);

#endif
