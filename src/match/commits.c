/* OSV's evaluation over a graph: for each commit that introduces, is there one after it that mends? */
#include "match/commits.h"

enum {
    EVENTS_MOST = 1 << 14, /* of one entry */
    PAIRS_MOST = 1 << 14,  /* questions about the order of two events */
};

/* Three values, in the order in which they win. */
enum tri { TRI_NO, TRI_UNKNOWN, TRI_YES };

struct walk {
    const struct commit_graph *graph;
    const struct advisory_view *view;
    struct str commit;
    uint32_t first, end; /* the range's events */
    uint32_t pairs;
    enum match_rule why; /* of what is not known */
    struct str lacking, introduced, mended;
    bool by_fix, limited;
};

static struct str hash_of(const struct walk *w, uint32_t i)
{
    return view_text(w->view, w->view->intervals[i].low);
}

static enum tri holds(struct walk *w, struct str commit, struct str in)
{
    enum commit_answer a = w->graph->holds(w->graph->arg, commit, in);
    if (a == COMMIT_YES || a == COMMIT_NO)
        return a == COMMIT_YES ? TRI_YES : TRI_NO;
    if (w->why != RULE_COMMIT_LACKING || a == COMMIT_LACKING)
        w->lacking = commit;
    w->why = a == COMMIT_LACKING ? RULE_COMMIT_LACKING : w->why == RULE_COMMIT_LACKING ? w->why : RULE_COMMIT_UNCLEAR;
    return TRI_UNKNOWN;
}

static bool zero(struct str hash)
{
    return str_eq(hash, STR("0"));
}

/* Strictly before: for an event that ended what an earlier `introduced` had begun. */
static enum tri before(struct walk *w, struct str a, struct str b)
{
    if (zero(b) || str_ieq(a, b))
        return TRI_NO;
    return ++w->pairs > PAIRS_MOST ? TRI_UNKNOWN : holds(w, a, b);
}

/* Does the commit have what ends the flaw? */
static enum tri ended_by(struct walk *w, uint32_t i, struct str introduced)
{
    struct str hash = hash_of(w, i);
    bool fix = w->view->intervals[i].flags & INTERVAL_FIXED;
    if (!fix && str_ieq(hash, w->commit))
        return TRI_NO;
    enum tri has = holds(w, hash, w->commit);
    enum tri earlier = has == TRI_YES ? before(w, hash, introduced) : TRI_NO;
    if (has == TRI_YES && earlier == TRI_NO && (fix || !w->by_fix)) {
        w->mended = hash;
        w->by_fix = fix;
    }
    return has != TRI_YES ? has : earlier == TRI_NO ? TRI_YES : earlier == TRI_YES ? TRI_NO : TRI_UNKNOWN;
}

/* Is the commit affected by what this event introduced? */
static enum tri affected_since(struct walk *w, uint32_t at)
{
    struct str introduced = hash_of(w, at);
    enum tri in = zero(introduced) ? TRI_YES : holds(w, introduced, w->commit), ended = TRI_NO;
    if (in == TRI_NO)
        return TRI_NO;
    for (uint32_t i = w->first; i < w->end && ended != TRI_YES; i++) {
        enum tri e = w->view->intervals[i].flags & (INTERVAL_FIXED | INTERVAL_LAST_AFFECTED) ? ended_by(w, i, introduced) : TRI_NO;
        ended = e > ended ? e : ended;
    }
    if (in == TRI_YES && ended == TRI_NO)
        w->introduced = introduced;
    return ended == TRI_YES ? TRI_NO : in == TRI_YES && ended == TRI_NO ? TRI_YES : TRI_UNKNOWN;
}

static enum tri below_limits(struct walk *w)
{
    enum tri best = TRI_NO;
    bool any = false;
    for (uint32_t i = w->first; i < w->end && best != TRI_YES; i++) {
        struct str limit = hash_of(w, i);
        if (!(w->view->intervals[i].flags & INTERVAL_BELOW_LIMIT))
            continue;
        any = true;
        enum tri below = str_eq(limit, STR("*")) ? TRI_YES : str_ieq(limit, w->commit) ? TRI_NO : holds(w, w->commit, limit);
        best = below > best ? below : best;
    }
    w->limited |= any && best == TRI_NO;
    return any ? best : TRI_YES;
}

static enum tri range(struct walk *w)
{
    enum tri best = TRI_NO, below = below_limits(w);
    if (below == TRI_NO)
        return TRI_NO;
    for (uint32_t i = w->first; i < w->end && best != TRI_YES; i++) {
        enum tri one = w->view->intervals[i].flags & INTERVAL_INTRODUCED ? affected_since(w, i) : TRI_NO;
        best = one > best ? one : best;
    }
    return best < below ? best : below;
}

static void conclude(const struct walk *w, enum tri affected, struct finding *f)
{
    if (affected == TRI_YES) {
        f->state = FINDING_AFFECTED;
        f->rule = RULE_IN_COMMITS;
        f->commit = w->introduced;
    } else if (affected == TRI_UNKNOWN) {
        f->state = FINDING_UNKNOWN;
        f->rule = w->why;
        f->commit = w->lacking;
    } else {
        f->state = w->mended.n && w->by_fix ? FINDING_FIXED : FINDING_NOT_AFFECTED;
        f->rule = f->state == FINDING_FIXED ? RULE_COMMIT_FIXED : RULE_NOT_IN_COMMITS;
        f->commit = w->mended;
    }
}

void match_commits(const struct commit_graph *g, struct str commit, const struct advisory_view *v, struct finding *ret)
{
    struct finding f = {.record = v->record, .id = v->id, .flags = v->flags, .ecosystem = v->ecosystem, .name = v->name};
    struct walk w = {.graph = g, .view = v, .commit = commit, .why = RULE_COMMIT_UNCLEAR};
    enum tri affected = v->n_intervals > EVENTS_MOST ? TRI_UNKNOWN : TRI_NO;
    f.compared = commit;
    for (uint32_t i = 0; i < v->n_intervals && v->n_intervals <= EVENTS_MOST && affected != TRI_YES; i = w.end) {
        w.first = i;
        for (w.end = i + 1; w.end < v->n_intervals && !(v->intervals[w.end].flags & INTERVAL_NEXT_RANGE);)
            w.end++;
        enum tri one = range(&w);
        affected = one > affected ? one : affected;
    }
    conclude(&w, affected, &f);
    if (v->withdrawn) {
        f.state = FINDING_NOT_AFFECTED;
        f.rule = RULE_WITHDRAWN;
    } else if (v->flags & ADVISORY_MALICIOUS && f.state == FINDING_AFFECTED) {
        f.rule = RULE_MALICIOUS;
    }
    *ret = f;
}

void match_commits_join(struct finding *versions, const struct finding *commits, bool exact)
{
    bool stands = versions->state == FINDING_AFFECTED || versions->rule == RULE_WITHDRAWN;
    bool silent = versions->state == FINDING_UNKNOWN || versions->rule == RULE_NOTHING || versions->rule == RULE_OTHER_RELEASE;
    bool worse = commits->state < versions->state && (commits->state != FINDING_UNKNOWN || exact);
    if (!stands && (silent ? commits->state != FINDING_UNKNOWN || versions->rule == RULE_COMMITS_ONLY : worse))
        *versions = *commits;
}
