/* Findings that stay with components: every component row is judged once, and again only where the index (or the program
 * that judges) changed. Statements, owners and places belong to assets: they are applied to what this says, when asked. */
#ifndef FLOW_REMATCH_H
#define FLOW_REMATCH_H

#include "flow/session.h"
#include "store/advindex_diff.h"
#include "store/finding.h"

struct rematch_result {
    bool whole;            /* everything was judged again: there was no former index, or another program judged */
    uint64_t names;        /* names of packages of which the indexes say different things */
    uint64_t components;   /* judged */
    uint64_t found;        /* findings that were not there before */
};

/* In place of advindex_commit: puts the new index in its place, then judges what differs. When that fails, the new index
 * stands all the same, and the next question judges. `ret` may be NULL. */
MUST_USE enum rc rematch_commit(struct op *op, struct session *s, struct advindex_writer *w, struct rematch_result *ret);

/* After a scan: judges the components that nobody judged yet. Needs an open store; without advisories nothing happens, and
 * trouble is left to the next question. Outside transactions. */
void rematch_new(struct op *op, struct session *s);

/* The same before a question, for an index that is open: what cannot be written is judged for this question alone. Outside
 * transactions. */
void rematch_before(struct op *op, struct session *s, const struct advindex *ix);

/* What is said of all component rows by this index: stored, and what of it had to be judged for this question. To be used
 * within the transaction in which it was opened. Lives in op->mem. */
struct judged;
MUST_USE enum rc judged_open(struct op *op, struct session *s, const struct advindex *ix, struct judged **ret);

/* As finding_all (of one record perhaps in two calls) and finding_of. */
MUST_USE enum rc judged_all(struct op *op, struct judged *j, finding_visit *visit, void *arg);
MUST_USE enum rc judged_of(struct op *op, struct judged *j, struct str record, struct finding_list *ret);

/* The components of kinds that no advisory speaks of; rise. */
MUST_USE enum rc judged_unmatched(struct op *op, struct judged *j, struct id_list *ret);

#endif
