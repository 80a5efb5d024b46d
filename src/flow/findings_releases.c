/* Assets about whose distribution's release nobody publishes: no finding there is no answer. */
#include "flow/findings_inside.h"

#include "flow/releases.h"
#include "store/presence.h"
#include "store/release.h"

/* The packages of one release, and who has them. */
struct silent {
    const struct release *release;
    struct id_list components, assets;
};

struct silents {
    VEC(struct silent) list;
};

static struct silent *silent_of(struct op *op, const struct release *r, struct silents *all)
{
    vec_each(struct silent, one, &all->list)
        if (str_eq(one->release->ecosystem, r->ecosystem) && str_eq(one->release->name, r->name))
            return one;
    struct silent *one = vec_push(op->mem, &all->list);
    *one = (struct silent){.release = r};
    return one;
}

/* Presences of several components come in runs of assets that rise: what came last is not added again. */
static enum rc add_asset(struct op *op, void *arg, const struct presence *p)
{
    struct id_list *l = arg;
    if (l->n == 0 || l->at[l->n - 1] != p->asset)
        *vec_push(op->mem, l) = p->asset;
    return RC_OK;
}

static enum rc add_kind(struct op *op, struct session *s, const struct advised *a, const struct package_kind *kind, struct silents *all)
{
    struct releases seen = {0};
    struct subject subject;
    struct id_list ids = {NULL, 0, 0};
    enum rc rc = match_subject(op, &kind->sample, &subject);
    op_clear(op);
    const struct release *r = rc == RC_OK ? release_of(op, a->ix, &subject, s->now, &seen) : NULL;
    if (!r || r->state == RELEASE_COVERED)
        return RC_OK;
    struct silent *one = silent_of(op, r, all);
    TRY(release_components(op, s->store, kind, &ids));
    for (size_t i = 0; i < ids.n; i++)
        *vec_push(op->mem, &one->components) = ids.at[i];
    return RC_OK;
}

enum rc findings_silent(struct op *op, struct session *s, const struct advised *a, findings_silent_meet *meet, void *arg)
{
    struct package_kinds kinds = {0};
    struct silents all = {0};
    if (!a->numbered)
        return RC_OK;
    TRY(release_kinds(op, s->store, &kinds));
    vec_each(const struct package_kind, kind, &kinds.list)
        TRY(add_kind(op, s, a, kind, &all));
    vec_each(struct silent, one, &all.list) {
        TRY(presence_find(op, s->store, one->components.at, one->components.n, STORE_NOW, add_asset, &one->assets));
        meet(arg, &one->assets, release_text(op->mem, one->release));
    }
    return RC_OK;
}
