/* Ranges over commits, judged by ancestry. Pure: the commit graph is asked through a function. */
#ifndef MATCH_COMMITS_H
#define MATCH_COMMITS_H

#include "match/match.h"

enum commit_answer {
    COMMIT_NO,
    COMMIT_YES,
    COMMIT_LACKING, /* the graph does not have the one asked for */
    COMMIT_UNCLEAR, /* it cannot say: cut off, damaged */
};

struct commit_graph {
    void *arg;
    /* Is `commit` the commit `in`, or one of its ancestors? */
    enum commit_answer (*holds)(void *arg, struct str commit, struct str in);
};

/* Judges an entry over commits (ADVISORY_GIT) for one commit, as OSV evaluates a range, with "is an ancestor" for "is lower":
 * affected from each `introduced` on, until a `fixed` (or past a `last_affected`) that is not itself before that
 * `introduced`; with limits only what is before one of them. What the graph cannot say makes the verdict unknown where
 * it matters. Sets `commit` of the result to the one that decided: the introducing, the fixing, or the lacking one. */
void match_commits(const struct commit_graph *g, struct str commit, const struct advisory_view *v, struct finding *ret);

/* Puts the verdict about commits into the finding that versions led to (of the same record): OSV counts a component as affected
 * when either says so. `exact`: the component is known by its commit, of which a list of versions says nothing. */
void match_commits_join(struct finding *versions, const struct finding *commits, bool exact);

#endif
