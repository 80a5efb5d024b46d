/* Assets about whose distribution's release nobody publishes: no finding there is no answer. */
#include "flow/findings_inside.h"

#include "flow/releases.h"
#include "store/presence.h"

/* Who has packages of one release. */
struct silent {
    struct release release;
    struct bits assets;
};

struct silents {
    VEC(struct silent) list;
    struct store *store;
};

/* What a visitor of presences adds to. */
struct adding {
    struct arena *mem;
    struct bits *assets;
};

static enum rc add_asset(struct op *op, void *arg, const struct presence *p)
{
    struct adding *a = arg;
    (void)op;
    bits_add(a->mem, a->assets, p->asset);
    return RC_OK;
}

static struct silent *silent_of(struct op *op, struct silents *all, const struct release *r)
{
    vec_each(struct silent, one, &all->list)
        if (str_eq(one->release.ecosystem, r->ecosystem) && str_eq(one->release.name, r->name))
            return one;
    struct silent *one = vec_push(op->mem, &all->list);
    one->release = *r;
    return one;
}

static enum rc add_kind(struct op *op, void *arg, const struct release *r, const struct subject *s, const struct id_list *components)
{
    struct silents *all = arg;
    struct adding adding = {op->mem, &silent_of(op, all, r)->assets};
    (void)s;
    return presence_find(op, all->store, components->at, components->n, STORE_NOW, add_asset, &adding);
}

bool findings_numbered(const struct advised *a)
{
    return a->numbered;
}

enum rc findings_silent(struct op *op, struct session *s, const struct advised *a, findings_silent_meet *meet, void *arg)
{
    struct silents all = {.store = s->store};
    TRY(releases_silent(op, s->store, a->ix, s->now, add_kind, &all));
    vec_each(const struct silent, one, &all.list) {
        struct id_list ids = {NULL, 0, 0};
        for (uint32_t i = 0; i < 8 * one->assets.bytes; i++)
            if (bits_has(&one->assets, i))
                *vec_push(op->mem, &ids) = i;
        meet(arg, &ids, release_text(op->mem, &one->release));
    }
    return RC_OK;
}
