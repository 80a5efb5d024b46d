/* Findings of one component: every entry that names it, judged; then the worst of each record. */
#include "match/match.h"

#include <stdlib.h>

/* A finding, and whether the record named the binary package. */
struct judged {
    struct finding f;
    bool binary;
    uint32_t order;
};

struct search {
    const struct subject *subject;
    bool binary;
    VEC(struct judged) found;
};

static enum rc visit(struct op *op, void *arg, const struct advisory_view *v)
{
    struct search *s = arg;
    struct judged *j = vec_push(op->mem, &s->found);
    j->binary = s->binary;
    j->order = (uint32_t)s->found.n;
    match_entry(s->subject, v, &j->f);
    return RC_OK;
}

/* Does the entry speak of this package at all? */
static bool speaks(const struct finding *f)
{
    return f->rule != RULE_OTHER_RELEASE && f->rule != RULE_NOTHING && f->rule != RULE_MODULE;
}

/* By record; what speaks of the package first; the binary package's own entry before its source's; the worst first. */
static int by_weight(const void *a, const void *b)
{
    const struct judged *x = a, *y = b;
    if (x->f.record != y->f.record)
        return x->f.record < y->f.record ? -1 : 1;
    if (speaks(&x->f) != speaks(&y->f))
        return speaks(&x->f) ? -1 : 1;
    if (x->binary != y->binary)
        return x->binary ? -1 : 1;
    if (x->f.state != y->f.state)
        return x->f.state < y->f.state ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Two entries of one record that both affect: only a version that is fixed by both is a fix. */
static void join_fixed(const struct subject *s, struct finding *into, const struct finding *other)
{
    if (into->fixed.n == 0)
        return;
    if (other->fixed.n == 0 || !s->scheme)
        into->fixed = str_upto(into->fixed, 0);
    else if (match_compare(s, other->fixed, into->fixed) > 0)
        into->fixed = other->fixed;
}

static void reduce(struct op *op, struct search *s, struct findings *ret)
{
    struct judged *last = NULL;
    if (s->found.n)
        qsort(s->found.at, s->found.n, sizeof *s->found.at, by_weight);
    vec_each(struct judged, j, &s->found) {
        if (last && last->f.record == j->f.record) {
            if (j->f.state == last->f.state && j->binary == last->binary && j->f.state <= FINDING_POSSIBLE)
                join_fixed(s->subject, &ret->list.at[ret->list.n - 1], &j->f);
            continue;
        }
        *vec_push(op->mem, &ret->list) = j->f;
        last = j;
    }
}

static enum rc look_up(struct op *op, const struct advisory_lookup *look, struct search *search, struct str name)
{
    enum rc rc = look->find(look->arg, op, search->subject->ecosystem, name, visit, search);
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc match_find(struct op *op, const struct advisory_lookup *look, const struct subject *s, struct findings *ret)
{
    struct search search = {.subject = s};
    struct findings found = {{NULL, 0, 0}};
    if (s->ecosystem.n && s->name.n)
        TRY(look_up(op, look, &search, s->name));
    if (s->ecosystem.n && s->binary.n) {
        struct subject binary = *s;
        binary.name = s->binary;
        binary.version = s->binary_version;
        binary.rules &= ~(unsigned)SUBJECT_NO_EPOCH;
        search.subject = &binary;
        search.binary = true;
        TRY(look_up(op, look, &search, s->binary));
        search.subject = s;
    }
    reduce(op, &search, &found);
    *ret = found;
    return RC_OK;
}

const char *finding_state_name(enum finding_state s)
{
    switch (s) {
    case FINDING_AFFECTED: return "affected";
    case FINDING_POSSIBLE: return "possible";
    case FINDING_UNKNOWN: return "unknown";
    case FINDING_FIXED: return "fixed";
    case FINDING_NOT_AFFECTED: return "not affected";
    }
    return "unknown";
}

const char *match_rule_text(enum match_rule r)
{
    switch (r) {
    case RULE_ENUMERATED: return "the record lists this version";
    case RULE_IN_RANGE: return "the version lies in an affected range";
    case RULE_OUT_OF_RANGE: return "the version lies in no affected range and is not listed";
    case RULE_FIXED: return "the version has the fix";
    case RULE_MALICIOUS: return "this version of the package is malicious: remove it";
    case RULE_WITHDRAWN: return "the record was withdrawn";
    case RULE_OTHER_RELEASE: return "the record is about another release of the distribution";
    case RULE_NOT_AFFECTED: return "the distribution says that this package was never affected";
    case RULE_UNIMPORTANT: return "the distribution says that this is of no importance for the package";
    case RULE_NO_VERSION: return "the version is not known";
    case RULE_NO_RELEASE: return "the distribution's release is not known";
    case RULE_UNREADABLE: return "the version cannot be ordered in its ecosystem";
    case RULE_COMMITS_ONLY: return "the record gives commits, no versions";
    case RULE_DEVELOPMENT: return "a development build has no version that could be compared";
    case RULE_OWNED: return "an OS package owns this package, and the distribution has settled the flaw";
    case RULE_UPSTREAM: return "matched by the upstream project's name and version only";
    case RULE_NOTHING: return "the record names no versions at all";
    case RULE_HEADERS: return "headers or documentation of the kernel, no kernel";
    case RULE_MODULE: return "the record is about a module's build of the package, or only about builds outside of modules";
    case RULE_UNDETERMINED: return "the distribution has not determined whether it is affected";
    case RULE_VEX: return "a statement about the product decides";
    case RULE_IN_COMMITS: return "the commit comes after one that brought the flaw in and after none that mends it";
    case RULE_NOT_IN_COMMITS: return "the commit lies in no affected range of commits";
    case RULE_COMMIT_FIXED: return "the commit comes after one that mends the flaw";
    case RULE_COMMIT_LACKING: return "the clone lacks a commit that would decide: fetch, then ask again";
    case RULE_COMMIT_UNCLEAR: return "the clone cannot tell";
    case RULE_NO_COMMIT: return "the version is no commit, and not exactly one tag of the clone fits it";
    case RULE_COUNT: break;
    }
    return "";
}
