/* The whole store: how many of its packages are of releases that nobody publishes about. */
#include "flow/check_inside.h"

#include "store/presence.h"

static enum rc count_place(struct op *op, void *arg, const struct presence *p)
{
    (void)op;
    (void)p;
    ++*(size_t *)arg;
    return RC_OK;
}

static enum rc count_kind(struct op *op, void *arg, const struct release *r, const struct subject *s, const struct id_list *components)
{
    struct checking *k = arg;
    struct op round = *op;
    size_t n = 0;
    (void)r;
    round.mem = arena_child(op->mem);
    enum rc rc = presence_find(&round, k->session->store, components->at, components->n, STORE_NOW, count_place, &n);
    if (rc != RC_OK)
        return fail(op, rc, STR_FMT, STR_ARG(round.err.text));
    arena_close(round.mem);
    if (n)
        check_release(k, s, n);
    return RC_OK;
}

enum rc check_releases(struct checking *k)
{
    return releases_silent(k->op, k->session->store, k->ix, k->session->now, count_kind, k);
}
