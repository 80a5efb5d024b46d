/* Releases of distributions: what the index has about them, and when endoflife.date says that they end. */
#include "flow/releases.h"

#include "base/time.h"
#include "match/distribution.h"
#include "store/release.h"

enum { NO_DAY_S = 86400 }; /* below: "ended", and nobody says when */

/* Some products are called so with and without "-linux". */
static bool ends(struct op *op, const struct advindex *ix, const char *product, struct str cycle, struct end_of_life *ret)
{
    return advindex_life(ix, str_of(product), cycle, ret) || advindex_life(ix, str_join(op->mem, str_of(product), STR("-linux")), cycle, ret);
}

/* When security support ends; 0 when nobody says. */
static int64_t end_of(struct op *op, const struct advindex *ix, const struct subject *s)
{
    const struct distribution *d = distribution_named(s->ecosystem);
    struct end_of_life e;
    struct str cycle;
    for (unsigned i = 0; d && d->product && distribution_cycle(op->mem, d, s->release, i, &cycle); i++)
        if (ends(op, ix, d->product, cycle, &e))
            return e.security_until;
    return 0;
}

static enum release_state judge(struct op *op, const struct advindex *ix, const struct subject *s, int64_t now, int64_t *ret_ended)
{
    int64_t until = end_of(op, ix, s);
    if (until && until < now) {
        *ret_ended = until > NO_DAY_S ? until : 0;
        return RELEASE_ENDED;
    }
    return advindex_covers(ix, s->ecosystem, s->release, s->same_release) ? RELEASE_COVERED : RELEASE_UNCOVERED;
}

struct release *release_of(struct op *op, const struct advindex *ix, const struct subject *s, int64_t now, struct releases *all)
{
    const struct distribution *d = distribution_named(s->ecosystem);
    if (!d || (s->distribution && s->release.n == 0))
        return NULL;
    vec_each(struct release, r, &all->list)
        if (str_eq(r->ecosystem, s->ecosystem) && str_eq(r->name, s->release))
            return r;
    struct release *r = vec_push(op->mem, &all->list);
    r->ecosystem = str_of(d->ecosystem);
    r->name = str_dup(op->mem, s->release);
    r->state = judge(op, ix, s, now, &r->ended);
    return r;
}

static enum rc meet_kind(struct op *op, struct store *s, const struct release *r, const struct subject *subject,
                         const struct package_kind *kind, release_meet *meet, void *arg)
{
    struct id_list ids = {NULL, 0, 0};
    TRY(release_components(op, s, kind, &ids));
    return ids.n ? meet(op, arg, r, subject, &ids) : RC_OK;
}

enum rc releases_silent(struct op *op, struct store *s, const struct advindex *ix, int64_t now, release_meet *meet, void *arg)
{
    struct package_kinds kinds = {0};
    struct releases all = {0};
    TRY(release_kinds(op, s, &kinds));
    vec_each(const struct package_kind, kind, &kinds.list) {
        struct subject subject;
        enum rc rc = match_subject(op, &kind->sample, &subject);
        op_clear(op);
        const struct release *r = rc == RC_OK ? release_of(op, ix, &subject, now, &all) : NULL;
        if (r && r->state != RELEASE_COVERED)
            TRY(meet_kind(op, s, r, &subject, kind, meet, arg));
    }
    return RC_OK;
}

enum rc release_named(struct op *op, const struct advindex *ix, struct str text, int64_t now, struct release *ret, int64_t *ret_until)
{
    struct subject s;
    struct releases all = {0};
    struct release *r = NULL;
    enum rc rc = match_subject_of(op, text, STR("x"), STR("1"), &s);
    op_clear(op);
    if (rc == RC_OK && s.distribution)
        r = release_of(op, ix, &s, now, &all);
    if (!r)
        return RC_NOTFOUND;
    *ret = *r;
    *ret_until = end_of(op, ix, &s);
    return RC_OK;
}

struct str release_text(struct arena *mem, const struct release *r)
{
    struct str name = r->name.n ? str_join(mem, r->ecosystem, STR(" "), r->name) : r->ecosystem;
    switch (r->state) {
    case RELEASE_COVERED: break;
    case RELEASE_ENDED:
        return r->ended ? str_join(mem, name, STR(" ended on "), str_upto(time_print(mem, r->ended), 10), STR(": no data since"))
                        : str_join(mem, name, STR(" has ended: no data since"));
    case RELEASE_UNCOVERED: return str_join(mem, STR("no imported feed covers "), name);
    }
    return STR("");
}

const char *release_state_name(enum release_state s)
{
    return s == RELEASE_ENDED ? "ended" : s == RELEASE_UNCOVERED ? "no data" : "covered";
}
