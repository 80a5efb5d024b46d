/* The whole store: what is stored of findings says which components there is something to say of; those that some asset has
 * are judged in full, each once; details are read only of assets that have something to list, and only its places. */
#include "flow/check_inside.h"

#include <stdlib.h>
#include "base/map.h"
#include "flow/inventory.h"
#include "store/component.h"
#include "store/presence.h"

enum { COMPONENTS_MOST = 1 << 28 };

/* What there is to list of one component, wherever it is. */
struct verdict {
    struct component component;
    uint32_t id;
    size_t first, n;     /* of the templates */
    uint32_t group;      /* the first verdict about the same purl: an asset lists it once */
    uint32_t asset;      /* that it was listed for last, by group */
};

struct whole {
    struct checking k;
    struct store *store;
    struct judged *judged;
    struct check_result templates;
    VEC(struct verdict) verdicts;
    struct map by_purl;       /* purl → group + 1 */
    struct bits said;         /* components: there may be something to list */
    struct bits there;        /* of those, some asset has it */
    uint32_t *verdict;        /* number + 1 per component */
    VEC(uint64_t) places;     /* asset and component */
    struct asset_list assets;
    /* of the asset that is being gathered */
    uint32_t asset;
    VEC(uint32_t) listed;     /* components with a verdict */
    struct op round;
};

/* ---- which components there is something to say of ---- */

/* Statements may turn any finding: then all of them count. */
static enum rc note_said(struct op *op, void *arg, struct str record, const struct finding_list *said)
{
    struct whole *w = arg;
    (void)record;
    vec_each(const struct finding_said, f, &said->list) {
        if (!check_lists(&w->k, (enum finding_state)f->state) && !w->k.vex->said.n)
            continue;
        if (f->component > COMPONENTS_MOST)
            return fail(op, RC_INVALID, "finding: damaged: no component %u", f->component);
        bits_add(w->k.op->mem, &w->said, f->component);
    }
    return RC_OK;
}

static enum rc note_place(struct op *op, void *arg, const struct presence *p)
{
    struct whole *w = arg;
    *vec_push(op->mem, &w->places) = (uint64_t)p->asset << 32 | p->component;
    bits_add(w->k.op->mem, &w->there, p->component);
    return RC_OK;
}

static enum rc find_places(struct whole *w, struct id_list *ids)
{
    for (uint32_t i = 0; i < 8 * w->said.bytes; i++)
        if (bits_has(&w->said, i))
            *vec_push(w->k.op->mem, ids) = i;
    w->verdict = arena_array(w->k.op->mem, 8 * w->said.bytes + 1, sizeof *w->verdict);
    return ids->n ? presence_find(w->k.op, w->store, ids->at, ids->n, STORE_NOW, note_place, w) : RC_OK;
}

static enum rc count_place(struct op *op, void *arg, const struct presence *p)
{
    (void)op;
    (void)p;
    ++*(size_t *)arg;
    return RC_OK;
}

static enum rc count_unmatched(struct whole *w)
{
    struct id_list ids = {NULL, 0, 0};
    struct op round = *w->k.op;
    TRY(judged_unmatched(w->k.op, w->judged, &ids));
    if (ids.n == 0)
        return RC_OK;
    round.mem = arena_child(w->k.op->mem);
    enum rc rc = presence_find(&round, w->store, ids.at, ids.n, STORE_NOW, count_place, &w->k.ret->unmatched);
    if (rc != RC_OK)
        fail(w->k.op, rc, STR_FMT, STR_ARG(round.err.text));
    arena_close(round.mem);
    return rc;
}

/* ---- one component ---- */

static bool anything(const struct checking *k, const struct findings *f)
{
    vec_each(const struct finding, one, &f->list)
        if (check_lists(k, one->state))
            return true;
    return false;
}

/* Tried in memory that is given back: statements may have settled all of it. */
static enum rc tried(struct whole *w, const struct component *c, bool *ret_any)
{
    struct subject s;
    struct findings f = {0};
    struct vex_about about = {.component = c};
    enum rc rc = match_subject(&w->round, c, &s);
    *ret_any = rc == RC_NOTFOUND;
    if (rc != RC_OK)
        return rc == RC_NOTFOUND ? RC_OK : rc;
    TRY(match_find(&w->round, &w->k.look, &s, &f));
    TRY(vex_judge(&w->round, w->k.vex, &w->k.look, &about, &f));
    *ret_any = anything(&w->k, &f) || (w->k.vex->raises && f.list.n);
    return RC_OK;
}

/* Its flaws, in memory that stays: at the end of the result. */
static enum rc judge(struct whole *w, const struct owned *o, uint32_t id)
{
    struct subject s;
    struct findings f = {0};
    w->k.id = id;
    enum rc rc = match_subject(w->k.op, o->component, &s);
    if (rc == RC_NOTFOUND)
        return check_upstream(&w->k, o->component, STR(""));
    TRY(rc);
    TRY(match_find(w->k.op, &w->k.look, &s, &f));
    TRY(check_settle(&w->k, o, &s, &f));
    return f.list.n ? check_add(&w->k, o->component, STR(""), &s, &f) : RC_OK;
}

static uint32_t group_of(struct whole *w, const struct component *c, uint32_t verdict)
{
    void **slot = map_put(&w->by_purl, component_purl(w->k.op->mem, c));
    if (!*slot)
        *slot = (void *)((uintptr_t)verdict + 1);
    return (uint32_t)((uintptr_t)*slot - 1);
}

static enum rc judge_row(struct whole *w, uint32_t id)
{
    struct check_result *result = w->k.ret;
    struct component row;
    bool any;
    arena_reset(w->round.mem);
    TRY(component_get(&w->round, w->store, id, &row));
    TRY(tried(w, &row, &any));
    if (!any)
        return RC_OK;
    size_t first = w->templates.findings.n;
    struct component *c = arena_alloc(w->k.op->mem, sizeof *c);
    *c = component_dup(w->k.op->mem, &row);
    w->k.ret = &w->templates;
    enum rc rc = judge(w, &(struct owned){.component = c}, id);
    w->k.ret = result;
    TRY(rc);
    if (w->templates.findings.n == first && !w->k.vex->raises)
        return RC_OK;
    uint32_t number = (uint32_t)w->verdicts.n;
    struct verdict *v = vec_push(w->k.op->mem, &w->verdicts);
    *v = (struct verdict){.component = *c, .id = id, .first = first, .n = w->templates.findings.n - first};
    v->group = group_of(w, c, number);
    w->verdict[id] = number + 1;
    return RC_OK;
}

/* ---- where they are ---- */

static int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* One that packages own here, or in an asset that statements name: judged again beside them. */
static enum rc judge_here(struct whole *w, const struct verdict *v, const struct presence_places *p)
{
    VEC(struct component) owners = {0};
    for (size_t i = 0; i < p->owners.n; i++)
        if (p->owners.at[i].component == v->id)
            TRY(component_get(w->k.op, w->store, p->owners.at[i].owner, vec_push(w->k.op->mem, &owners)));
    return judge(w, &(struct owned){&v->component, owners.at, owners.n}, v->id);
}

static bool is_owned(const struct presence_places *p, uint32_t component)
{
    for (size_t i = 0; i < p->owners.n; i++)
        if (p->owners.at[i].component == component)
            return true;
    return false;
}

static enum rc list_place(struct whole *w, const struct presence_place *place, const struct presence_places *all)
{
    struct verdict *v = &w->verdicts.at[w->verdict[place->component] - 1];
    struct verdict *group = &w->verdicts.at[v->group];
    struct check_result *r = w->k.ret;
    size_t first = r->findings.n;
    if (place->hidden || group->asset == w->asset)
        return RC_OK;
    group->asset = w->asset;
    if (w->k.within || is_owned(all, place->component))
        TRY(judge_here(w, v, all));
    else
        for (size_t i = 0; i < v->n; i++)
            *vec_push(w->k.op->mem, &r->findings) = w->templates.findings.at[v->first + i];
    struct str path = first < r->findings.n ? str_dup(w->k.op->mem, place->path) : place->path;
    for (size_t i = first; i < r->findings.n; i++) {
        r->findings.at[i].asset = w->k.asset;
        r->findings.at[i].path = path;
    }
    return RC_OK;
}

/* Names of the asset that some statement is about; NULL: none is. */
static enum rc name_asset(struct whole *w)
{
    struct op *op = w->k.op;
    struct str_list names = {0}, digests = {0}, *within = arena_alloc(op->mem, sizeof *within);
    w->k.within = NULL;
    if (w->k.vex->said.n == 0)
        return RC_OK;
    TRY(asset_aliases(op, w->store, w->asset, &names, &digests));
    vex_within(op, w->k.asset, &names, &digests, within);
    if (vex_names(op, w->k.vex, within))
        w->k.within = within;
    return RC_OK;
}

static enum rc list_asset(struct whole *w)
{
    struct presence_places p = {0};
    if (w->listed.n == 0)
        return RC_OK;
    qsort(w->listed.at, w->listed.n, sizeof *w->listed.at, by_id);
    TRY(name_asset(w));
    arena_reset(w->round.mem);
    TRY(presence_places(&w->round, w->store, w->asset, w->listed.at, w->listed.n, &p));
    for (size_t i = 0; i < p.places.n; i++)
        TRY(list_place(w, &p.places.at[i], &p));
    w->listed.n = 0;
    return RC_OK;
}

static int by_asset(const void *a, const void *b)
{
    return by_id(&((const struct asset *)a)->id, &((const struct asset *)b)->id);
}

static struct str name_of(const struct whole *w, uint32_t id)
{
    struct asset key = {.id = id};
    const struct asset *there = w->assets.n ? bsearch(&key, w->assets.at, w->assets.n, sizeof key, by_asset) : NULL;
    return there ? there->name : STR("");
}

static int by_place(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static enum rc list_places(struct whole *w)
{
    if (w->places.n)
        qsort(w->places.at, w->places.n, sizeof *w->places.at, by_place);
    for (size_t i = 0; i < w->places.n; i++) {
        uint32_t asset = (uint32_t)(w->places.at[i] >> 32), component = (uint32_t)w->places.at[i];
        if (asset != w->asset) {
            TRY(list_asset(w));
            w->asset = asset;
            w->k.asset = name_of(w, asset);
        }
        if (w->verdict[component])
            *vec_push(w->k.op->mem, &w->listed) = component;
    }
    return list_asset(w);
}

static enum rc check_store(struct whole *w)
{
    struct id_list ids = {NULL, 0, 0};
    TRY(judged_open(w->k.op, w->k.session, w->k.ix, &w->judged));
    TRY(judged_all(w->k.op, w->judged, note_said, w));
    TRY(count_unmatched(w));
    TRY(check_releases(&w->k));
    TRY(find_places(w, &ids));
    if (w->k.options->since)
        TRY(check_times(&w->k, w->judged, &w->there));
    for (size_t i = 0; i < ids.n; i++)
        if (bits_has(&w->there, ids.at[i]))
            TRY(judge_row(w, ids.at[i]));
    return list_places(w);
}

enum rc check_all(struct op *op, struct session *s, const struct check_options *c, struct check_result *ret)
{
    struct whole w = {.k = {.op = op, .options = c, .ret = ret}, .round = *op};
    TRY(check_open(&w.k, s));
    TRY(inventory_assets(op, s, NULL, &w.assets));
    rematch_before(op, s, w.k.ix);
    w.store = s->store;
    w.round.mem = arena_child(op->mem);
    map_open(&w.by_purl, op->mem);
    for (size_t i = 0; i < w.assets.n; i++) {
        const struct asset *a = &w.assets.at[i];
        if (ret->oldest_scan == 0 || a->last_scan < ret->oldest_scan)
            ret->oldest_scan = a->last_scan;
        ret->incomplete |= !a->complete;
        ret->components += a->members;
    }
    ret->assets += w.assets.n;
    if (w.assets.n)
        qsort(w.assets.at, w.assets.n, sizeof *w.assets.at, by_asset);
    TRY(store_begin(op, w.store, STORE_READING));
    enum rc rc = store_end(op, w.store, check_store(&w));
    if (rc != RC_OK && op->err.rc == RC_OK && w.round.err.rc != RC_OK)
        return fail(op, rc, STR_FMT, STR_ARG(w.round.err.text));
    return rc;
}
