/* Reading the store for people. */
#include "flow/inventory.h"

#include <stdlib.h>
#include "base/time.h"
#include "flow/where.h"
#include "store/component.h"

static enum rc opened(struct op *op, struct session *s, bool write)
{
    enum rc rc = session_store(op, s, write, false);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_NOTFOUND, "nothing was scanned yet: there is no store at " STR_FMT, STR_ARG(s->store_path));
    return rc;
}

enum rc inventory_assets(struct op *op, struct session *s, const struct asset_filter *f, struct asset_list *ret)
{
    TRY(opened(op, s, false));
    return asset_list(op, s->store, f, ret);
}

struct asset_ref asset_ref_parse(struct str text)
{
    struct asset_ref r = {text, STORE_NOW};
    struct str name, date;
    if (str_rsplit(text, '@', &name, &date) && name.n && time_parse(date, &r.at))
        r.name = name;
    else
        r.at = STORE_NOW;
    return r;
}

static enum rc shown_at(struct op *op, struct session *s, const struct asset_ref *ref, struct shown *ret)
{
    struct shown w = {0};
    TRY(asset_meant(op, s->store, ref->name, &w.asset));
    TRY(asset_aliases(op, s->store, w.asset.id, &w.names, &w.digests));
    enum rc rc = asset_members(op, s->store, w.asset.id, ref->at, &w.members);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_NOTFOUND, STR_FMT ": not known at that time; first scanned on " STR_FMT, STR_ARG(w.asset.name),
                    STR_ARG(time_print(op->mem, w.asset.first_seen)));
    TRY(rc);
    *ret = w;
    return RC_OK;
}

enum rc inventory_show(struct op *op, struct session *s, struct str text, struct shown *ret)
{
    struct asset_ref ref = asset_ref_parse(text);
    TRY(opened(op, s, false));
    TRY(store_begin(op, s->store, STORE_READING));
    return store_end(op, s->store, shown_at(op, s, &ref, ret));
}

static enum rc told_of(struct op *op, struct session *s, struct str name, struct told *ret)
{
    struct told t = {0};
    TRY(asset_meant(op, s->store, name, &t.asset));
    TRY(history_scans(op, s->store, t.asset.id, &t.states));
    TRY(history_changes(op, s->store, t.asset.id, INT64_MIN, INT64_MAX, &t.changes));
    t.components = arena_array(op->mem, t.changes.n, sizeof *t.components);
    for (size_t i = 0; i < t.changes.n; i++)
        TRY(component_get(op, s->store, t.changes.at[i].component, &t.components[i]));
    *ret = t;
    return RC_OK;
}

enum rc inventory_history(struct op *op, struct session *s, struct str name, struct told *ret)
{
    TRY(opened(op, s, false));
    TRY(store_begin(op, s->store, STORE_READING));
    return store_end(op, s->store, told_of(op, s, name, ret));
}

/* ---- diff ---- */

/* The same package, whatever its version. */
static int package_compare(const struct component *a, const struct component *b)
{
    int c = str_cmp(a->type, b->type);
    c = c ? c : str_cmp(a->ns, b->ns);
    return c ? c : str_cmp(a->name, b->name);
}

static int component_compare(const void *va, const void *vb)
{
    const struct component *a = *(const struct component *const *)va, *b = *(const struct component *const *)vb;
    int c = package_compare(a, b);
    return c ? c : str_cmp(a->version, b->version);
}

/* What only `bom` has, sorted. */
static size_t only_in(struct op *op, const struct bom *bom, const struct bom *other, const struct component ***ret)
{
    const struct component **list = arena_array(op->mem, bom->components.n, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < bom->components.n; i++)
        if (bom_find(other, &bom->components.at[i]) == COMPONENT_NONE)
            list[n++] = &bom->components.at[i];
    if (n)
        qsort(list, n, sizeof *list, component_compare);
    *ret = list;
    return n;
}

static void diff_boms(struct op *op, const struct bom *a, const struct bom *b, struct diff *ret)
{
    const struct component **gone, **come;
    size_t n_gone = only_in(op, a, b, &gone), n_come = only_in(op, b, a, &come);
    for (size_t i = 0, k = 0; i < n_gone || k < n_come;) {
        int c = i == n_gone ? 1 : k == n_come ? -1 : package_compare(gone[i], come[k]);
        struct diff_line *l = vec_push(op->mem, &ret->lines);
        l->kind = c < 0 ? DIFF_REMOVED : c > 0 ? DIFF_ADDED : DIFF_CHANGED;
        l->before = c <= 0 ? gone[i++] : NULL;
        l->after = c >= 0 ? come[k++] : NULL;
    }
}

enum rc inventory_diff(struct op *op, struct session *s, struct str a, struct str b, struct diff *ret)
{
    struct shown before = {0}, after = {0};
    struct asset_ref ref_a = asset_ref_parse(a), ref_b = asset_ref_parse(b);
    TRY(opened(op, s, false));
    TRY(store_begin(op, s->store, STORE_READING));
    enum rc rc = shown_at(op, s, &ref_a, &before);
    if (rc == RC_OK)
        rc = shown_at(op, s, &ref_b, &after);
    TRY(store_end(op, s->store, rc));
    TRY(rc);
    diff_boms(op, before.members.bom, after.members.bom, ret);
    ret->incomplete = !before.members.scan.complete || !after.members.scan.complete;
    return RC_OK;
}

/* ---- why ---- */

/* Who depends on whom, turned round: edges by what they lead to. */
struct incoming {
    uint32_t *first; /* per component: index + 1 of an edge */
    uint32_t *next;  /* per edge: index + 1 of the next one to the same component */
};

static struct incoming incoming_of(struct op *op, const struct bom *bom)
{
    struct incoming in = {arena_array(op->mem, bom->components.n, sizeof *in.first), arena_array(op->mem, bom->edges.n, sizeof *in.next)};
    for (size_t i = bom->edges.n; i-- > 0;) {
        in.next[i] = in.first[bom->edges.at[i].to];
        in.first[bom->edges.at[i].to] = (uint32_t)i + 1;
    }
    return in;
}

static void chain_add(struct op *op, uint32_t root, uint32_t target, const uint32_t *below, bool exact, struct why *ret)
{
    struct why_chain *c = vec_push(op->mem, &ret->chains);
    c->exact = exact;
    for (uint32_t at = root;; at = below[at] - 1) {
        *vec_push(op->mem, &c->ids) = at;
        if (at == target)
            return;
    }
}

/* Breadth-first upwards from the target, so that the shortest chains come first. */
static void chains_to(struct op *op, const struct bom *bom, const struct incoming *in, uint32_t target, struct why *ret)
{
    size_t n = bom->components.n, head = 0, tail = 0, found = 0;
    uint32_t *below = arena_array(op->mem, n, sizeof *below); /* index + 1: the next one down to the target */
    uint32_t *queue = arena_array(op->mem, n, sizeof *queue);
    bool *inexact = arena_array(op->mem, n, sizeof *inexact);
    queue[tail++] = target;
    below[target] = target + 1;
    while (head < tail && found < WHY_CHAINS) {
        uint32_t at = queue[head++];
        bool root = true;
        for (uint32_t i = in->first[at]; i; i = in->next[i - 1]) {
            const struct edge *e = &bom->edges.at[i - 1];
            if (e->from == at)
                continue;
            root = false;
            if (below[e->from])
                continue;
            below[e->from] = at + 1;
            inexact[e->from] = inexact[at] || !e->exact;
            queue[tail++] = e->from;
        }
        if (root) {
            chain_add(op, at, target, below, !inexact[at], ret);
            found++;
        }
    }
    if (found == 0)
        chain_add(op, target, target, below, true, ret); /* only cycles lead to it */
}

static bool meant(struct op *op, const struct what *w, struct str text, const struct component *c)
{
    if (what_is(op, w, c) != ANSWER_NO)
        return true;
    return str_eq(component_name(op->mem, c), text) || str_eq(c->name, text);
}

enum rc inventory_why(struct op *op, struct session *s, struct str ref, struct str text, struct why *ret)
{
    struct what w;
    TRY(what_parse(op, text, false, &w));
    TRY(inventory_show(op, s, ref, &ret->shown));
    const struct bom *bom = ret->shown.members.bom;
    for (uint32_t i = 0; i < bom->components.n; i++)
        if (meant(op, &w, text, &bom->components.at[i]))
            *vec_push(op->mem, &ret->targets) = i;
    if (ret->targets.n == 0)
        return fail(op, RC_NOTFOUND, STR_FMT ": nothing of '" STR_FMT "' is in it%s", STR_ARG(ret->shown.asset.name), STR_ARG(text),
                    ret->shown.members.scan.complete ? "" : ", as far as it was read");
    struct incoming in = incoming_of(op, bom);
    vec_each(uint32_t, t, &ret->targets)
        chains_to(op, bom, &in, *t, ret);
    return RC_OK;
}

/* ---- changing ---- */

enum rc inventory_set(struct op *op, struct session *s, struct str name, const struct asset_change *c)
{
    struct asset a;
    TRY(opened(op, s, true));
    TRY(asset_meant(op, s->store, name, &a));
    return asset_set(op, s->store, a.id, c);
}

enum rc inventory_forget(struct op *op, struct session *s, struct str name, struct asset *ret)
{
    TRY(opened(op, s, true));
    TRY(asset_meant(op, s->store, name, ret));
    return asset_forget(op, s->store, ret->id);
}

enum rc database_info(struct op *op, struct session *s, struct store_info *ret)
{
    TRY(opened(op, s, false));
    return store_info(op, s->store, true, ret);
}

enum rc database_check(struct op *op, struct session *s, struct str_list *ret)
{
    TRY(opened(op, s, false));
    return store_check(op, s->store, ret);
}

enum rc database_compact(struct op *op, struct session *s)
{
    TRY(opened(op, s, true));
    return store_compact(op, s->store);
}

enum rc database_backup(struct op *op, struct session *s, struct str path)
{
    TRY(opened(op, s, false));
    return store_backup(op, s->store, path);
}
