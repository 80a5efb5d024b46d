/* What to do about the findings of one component: the smallest version that fixes them, tried again against the index. */
#include "match/match.h"

enum { ROUNDS = 32 }; /* a fix that lies in another record's range leads on to that one's fix, and so on */

static bool counts(const struct finding *f)
{
    return f->state == FINDING_AFFECTED || f->state == FINDING_POSSIBLE;
}

/* The greatest of the smallest fixes; empty when there is none. */
static struct str greatest_fix(const struct subject *s, const struct findings *f)
{
    struct str best = {NULL, 0};
    vec_each(const struct finding, one, &f->list)
        if (counts(one) && one->fixed.n && (!best.p || match_compare(s, one->fixed, best) > 0))
            best = one->fixed;
    return best;
}

static size_t affected(const struct findings *f, bool *ret_malicious)
{
    size_t n = 0;
    vec_each(const struct finding, one, &f->list) {
        n += counts(one);
        *ret_malicious |= counts(one) && (one->flags & ADVISORY_MALICIOUS);
    }
    return n;
}

struct other_releases {
    const struct subject *subject;
    const struct findings *findings;
    struct str found;
};

static bool open_finding(const struct findings *f, uint32_t record)
{
    vec_each(const struct finding, one, &f->list)
        if (counts(one) && one->fixed.n == 0 && one->record == record)
            return true;
    return false;
}

/* A record without a fix for our release that has one for another. */
static enum rc visit_other(struct op *op, void *arg, const struct advisory_view *v)
{
    const unsigned no_fix = INTERVAL_OPEN_END | INTERVAL_INCLUSIVE_END | INTERVAL_LIMIT;
    struct other_releases *o = arg;
    struct finding f;
    struct str suffix;
    (void)op;
    advisory_ecosystem(v->ecosystem, &suffix);
    if (o->found.n || suffix.n == 0 || !open_finding(o->findings, v->record))
        return RC_OK;
    match_entry(o->subject, v, &f);
    if (f.rule != RULE_OTHER_RELEASE)
        return RC_OK;
    for (uint32_t i = 0; i < v->n_intervals; i++)
        if (!(v->intervals[i].flags & no_fix) && v->intervals[i].high.n > 1)
            o->found = suffix;
    return RC_OK;
}

static enum rc elsewhere(struct op *op, const struct advisory_lookup *look, const struct subject *s, const struct findings *f,
    struct str *ret)
{
    struct other_releases o = {s, f, {NULL, 0}};
    *ret = o.found;
    if (!s->distribution || s->release.n == 0)
        return RC_OK;
    enum rc rc = look->find(look->arg, op, s->ecosystem, s->name, visit_other, &o);
    if (rc == RC_NOTFOUND)
        rc = RC_OK;
    if (rc == RC_OK && o.found.n == 0 && s->binary.n)
        rc = look->find(look->arg, op, s->ecosystem, s->binary, visit_other, &o);
    *ret = o.found;
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

/* The subject as it would be at that version. Source and binary packages of one build may number apart: both are asked
 * with the version that the fix names. */
static struct subject at_version(const struct subject *s, struct str version)
{
    struct subject next = *s;
    next.version = version;
    next.binary_version = version;
    next.main_module = false;
    return next;
}

enum rc match_fix(struct op *op, const struct advisory_lookup *look, const struct subject *s, const struct findings *f,
    struct fix *ret)
{
    const struct str none = {NULL, 0};
    bool malicious = false;
    struct fix fix = {FIX_NOT_NEEDED, none, affected(f, &malicious), none};
    if (fix.left == 0 || malicious) {
        fix.kind = malicious ? FIX_REMOVE : FIX_NOT_NEEDED;
        *ret = fix;
        return RC_OK;
    }
    struct str version = s->scheme ? greatest_fix(s, f) : none;
    for (int round = 0; version.n && round < ROUNDS; round++) {
        struct subject next = at_version(s, version);
        struct findings then;
        TRY(match_find(op, look, &next, &then));
        size_t left = affected(&then, &malicious);
        if (malicious)
            break;
        if (left < fix.left) {
            fix.version = version;
            fix.left = left;
        }
        struct str more = left ? greatest_fix(&next, &then) : none;
        version = more.n && match_compare(&next, more, version) > 0 ? more : none;
    }
    fix.kind = fix.version.n == 0 ? FIX_NONE : fix.left ? FIX_PART : FIX_UPGRADE;
    TRY(elsewhere(op, look, s, f, &fix.elsewhere));
    *ret = fix;
    return RC_OK;
}
