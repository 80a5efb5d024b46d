/* The whole store: which releases its packages are of that nobody publishes about. Kinds of packages are few; only of those that
 * matter is it counted where they are. */
#include "flow/check_inside.h"

#include "store/presence.h"
#include "store/release.h"

static enum rc count_place(struct op *op, void *arg, const struct presence *p)
{
    (void)op;
    (void)p;
    ++*(size_t *)arg;
    return RC_OK;
}

static enum rc count_kind(struct op *op, struct store *s, const struct package_kind *k, size_t *ret)
{
    struct id_list ids = {NULL, 0, 0};
    TRY(release_components(op, s, k, &ids));
    return ids.n ? presence_find(op, s, ids.at, ids.n, STORE_NOW, count_place, ret) : RC_OK;
}

enum rc check_releases(struct checking *k, struct store *s)
{
    struct package_kinds kinds = {0};
    struct releases all = {0};
    TRY(release_kinds(k->op, s, &kinds));
    vec_each(const struct package_kind, kind, &kinds.list) {
        struct subject subject;
        struct op round = *k->op;
        size_t n = 0;
        enum rc rc = match_subject(k->op, &kind->sample, &subject);
        op_clear(k->op);
        const struct release *r = rc == RC_OK ? release_of(k->op, k->ix, &subject, k->session->now, &all) : NULL;
        if (!r || r->state == RELEASE_COVERED)
            continue;
        round.mem = arena_child(k->op->mem);
        rc = count_kind(&round, s, kind, &n);
        if (rc != RC_OK)
            return fail(k->op, rc, STR_FMT, STR_ARG(round.err.text));
        arena_close(round.mem);
        if (n)
            check_release(k, &subject, n);
    }
    return RC_OK;
}
