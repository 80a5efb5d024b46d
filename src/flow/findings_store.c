/* Which rows of the store the entries of an advisory may mean, and where the advisories that were imported say nothing. */
#include <stdlib.h>
#include "base/map.h"
#include "flow/findings_inside.h"
#include "match/distribution.h"
#include "store/presence.h"

/* ---- rows ---- */

struct gathering {
    struct op *op;
    struct session *s;
    struct advised *a;
    struct id_list ids;
    struct id_list packages; /* of distributions, that a record names */
};

void findings_ready(struct op *op, struct session *s, struct advised *a)
{
    rematch_before(op, s, a->ix);
}

/* What is said by the records, of whatever component. */
static enum rc add_said(struct gathering *g, struct judged *j)
{
    vec_each(const uint32_t, number, &g->a->records) {
        struct record_view r;
        struct finding_list said;
        TRY(g->a->index.record(g->a->index.arg, g->op, *number, &r));
        TRY(judged_of(g->op, j, r.id, &said));
        vec_each(const struct finding_said, f, &said.list)
            *vec_push(g->op->mem, &g->ids) = f->component;
    }
    return RC_OK;
}

/* What no record of its own ecosystem names, while those of others mean the same project. */
static enum rc add_projects(struct gathering *g)
{
    struct map done;
    if (!g->a->numbered)
        return RC_OK;
    map_open(&done, g->op->mem);
    vec_each(const struct advised_entry, e, &g->a->entries) {
        struct component_list rows = {0};
        if (e->project.n == 0 || map_get(&done, e->project))
            continue;
        *map_put(&done, e->project) = g;
        TRY(component_by_upstream(g->op, g->s->store, e->project, &rows));
        for (size_t i = 0; i < rows.n; i++)
            *vec_push(g->op->mem, &g->ids) = rows.at[i].id;
    }
    return RC_OK;
}

static int id_compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static enum rc add_row(struct gathering *g, uint32_t id, struct candidates *ret, struct finding_whys *whys, struct finding_locals *local)
{
    struct component_row row = {.id = id};
    struct arena *mem = g->op->mem;
    struct finding f;
    TRY(component_get(g->op, g->s->store, id, &row.c));
    TRY(findings_judge(g->op, g->a, &row.c, NULL, &f));
    enum answer answer = finding_answer(&f);
    if (f.rule != RULE_NOTHING && is_os_package(&row.c))
        *vec_push(mem, &g->packages) = id;
    if (findings_place_counts(g->a, &row.c, &f)) {
        *vec_push(mem, &local->list) = (struct finding_local){id, row.c, g->a, f};
        return RC_OK;
    }
    if (answer == ANSWER_NO)
        return RC_OK;
    *vec_push(mem, &ret->rows) = row;
    *vec_push(mem, answer == ANSWER_YES ? &ret->yes : &ret->unknown) = id;
    *vec_push(mem, &whys->list) = (struct finding_why){id, finding_text(g->op, g->a, &f)};
    return RC_OK;
}

static enum rc note_holder(struct op *op, void *arg, const struct presence *p)
{
    struct finding_locals *l = arg;
    bits_add(op->mem, &l->holders, p->asset);
    return RC_OK;
}

enum rc findings_find(struct op *op, struct session *s, struct advised *a, struct candidates *ret, struct finding_whys *whys,
                      struct finding_locals *local)
{
    struct gathering g = {.op = op, .s = s, .a = a};
    size_t before = local->list.n;
    if (!local->judged)
        TRY(judged_open(op, s, a->ix, &local->judged));
    TRY(add_said(&g, local->judged));
    TRY(add_projects(&g));
    if (g.ids.n)
        qsort(g.ids.at, g.ids.n, sizeof *g.ids.at, id_compare);
    for (size_t i = 0; i < g.ids.n; i++)
        if (i == 0 || g.ids.at[i] != g.ids.at[i - 1])
            TRY(add_row(&g, g.ids.at[i], ret, whys, local));
    if (local->list.n == before || g.packages.n == 0)
        return RC_OK;
    return presence_find(op, s->store, g.packages.at, g.packages.n, STORE_NOW, note_holder, local);
}

/* ---- where they lie ---- */

static int local_compare(const void *a, const void *b)
{
    const struct finding_local *x = a, *y = b;
    return x->component < y->component ? -1 : x->component > y->component;
}

void finding_locals_sort(struct finding_locals *l)
{
    if (l->list.n)
        qsort(l->list.at, l->list.n, sizeof *l->list.at, local_compare);
}

static const struct finding_local *first_local(const struct finding_locals *l, uint32_t component)
{
    struct finding_local key = {.component = component};
    const struct finding_local *at = l->list.n ? bsearch(&key, l->list.at, l->list.n, sizeof key, local_compare) : NULL;
    while (at && at > l->list.at && at[-1].component == component)
        at--;
    return at;
}

const struct component *finding_locals_get(const struct finding_locals *l, uint32_t component)
{
    const struct finding_local *at = first_local(l, component);
    return at ? &at->c : NULL;
}

static enum rc read_owners(struct op *op, struct session *s, uint32_t asset, uint32_t component, struct finding_place *ret)
{
    struct presence_places p = {0};
    struct {
        VEC(struct component) list;
    } owners = {{NULL, 0, 0}};
    enum rc rc = presence_places(op, s->store, asset, &component, 1, &p);
    if (rc != RC_OK)
        return rc == RC_NOTFOUND ? RC_OK : rc;
    for (size_t i = 0; i < p.owners.n; i++)
        TRY(component_get(op, s->store, p.owners.at[i].owner, vec_push(op->mem, &owners.list)));
    ret->owners = owners.list.at;
    ret->n_owners = owners.list.n;
    return RC_OK;
}

static enum rc read_names(struct op *op, struct session *s, const struct vex_run *vex, uint32_t asset, struct finding_place *ret)
{
    struct asset a;
    struct str_list names = {0}, digests = {0}, *within = arena_alloc(op->mem, sizeof *within);
    TRY(asset_get(op, s->store, asset, &a));
    TRY(asset_aliases(op, s->store, asset, &names, &digests));
    vex_within(op, a.name, &names, &digests, within);
    if (vex_names(op, vex, within))
        ret->within = within;
    return RC_OK;
}

static enum rc judge_local(struct op *op, struct session *s, const struct finding_locals *l, const struct finding_local *one,
                           uint32_t asset, bool owners, struct finding *ret)
{
    struct finding_place place = {0};
    const struct advised *a = one->advised;
    bool holder = a->owners_named || bits_has(&l->holders, asset);
    if (owners && holder && !is_os_package(&one->c))
        TRY(read_owners(op, s, asset, one->component, &place));
    if (a->wholes)
        TRY(read_names(op, s, a->vex, asset, &place));
    if (place.n_owners == 0 && !place.within) {
        *ret = one->alone;
        return RC_OK;
    }
    return findings_judge(op, one->advised, &one->c, &place, ret);
}

enum rc finding_locals_judge(struct op *op, struct session *s, const struct finding_locals *l, uint32_t component, uint32_t asset,
                             bool owners, enum answer *ret, struct str *ret_text)
{
    struct op round = *op;
    enum answer worst = ANSWER_NO;
    enum rc rc = RC_OK;
    round.mem = arena_child(op->mem);
    for (const struct finding_local *one = first_local(l, component);
         rc == RC_OK && one && one < l->list.at + l->list.n && one->component == component; one++) {
        struct finding f;
        rc = judge_local(&round, s, l, one, asset, owners, &f);
        enum answer answer = rc == RC_OK ? finding_answer(&f) : ANSWER_NO;
        if (answer == ANSWER_NO || worst == ANSWER_YES || answer == worst)
            continue;
        worst = answer;
        *ret_text = str_dup(op->mem, finding_text(&round, one->advised, &f));
    }
    if (rc != RC_OK && op->err.rc == RC_OK)
        fail(op, rc, STR_FMT, STR_ARG(round.err.text));
    arena_close(round.mem);
    *ret = worst;
    return rc;
}

/* ---- what the records cannot say ---- */

bool findings_need_installed(const struct advised *a)
{
    vec_each(const struct advised_entry, e, &a->entries)
        if (distribution_named(e->ecosystem))
            return true;
    return false;
}

struct blindness {
    struct op *op;
    struct store *s;
    const struct advised *advised;
    struct bits components;
    struct str_list *ecosystems;
    struct id_list *assets;
};

static void mark_ecosystem(struct blindness *b, struct str ecosystem)
{
    for (size_t i = 0; i < b->ecosystems->n; i++)
        if (str_eq(b->ecosystems->at[i], ecosystem))
            return;
    *vec_push(b->op->mem, b->ecosystems) = ecosystem;
}

/* Packages of this type and namespace: is there an ecosystem for them that nothing was imported of? */
static enum rc look_at_kind(struct blindness *b, struct str type, const struct str *ns)
{
    struct component one = {.type = type, .ns = ns ? *ns : STR(""), .name = STR("x"), .version = STR("1")};
    struct id_list ids = {0};
    struct str ecosystem = findings_blind_to(b->op, b->advised, &one);
    if (ecosystem.n == 0)
        return RC_OK;
    TRY(component_of_kind(b->op, b->s, type, ns, &ids));
    for (size_t i = 0; i < ids.n; i++)
        bits_add(b->op->mem, &b->components, ids.at[i]);
    mark_ecosystem(b, ecosystem);
    return RC_OK;
}

static enum rc look_at_type(struct blindness *b, struct str type)
{
    struct str_list namespaces = {0};
    if (!str_eq(type, STR("deb")) && !str_eq(type, STR("rpm")) && !str_eq(type, STR("apk")))
        return look_at_kind(b, type, NULL);
    TRY(component_namespaces(b->op, b->s, type, &namespaces));
    for (size_t i = 0; i < namespaces.n; i++)
        TRY(look_at_kind(b, type, &namespaces.at[i]));
    return RC_OK;
}

static enum rc meet(struct op *op, void *arg, const struct presence *p)
{
    struct blindness *b = arg;
    struct id_list *l = b->assets;
    if (bits_has(&b->components, p->component) && (l->n == 0 || l->at[l->n - 1] != p->asset))
        *vec_push(op->mem, l) = p->asset;
    return RC_OK;
}

enum rc findings_blind(struct op *op, struct store *s, const struct advised *a, struct id_list *ret, struct str_list *ret_ecosystems)
{
    struct blindness b = {.op = op, .s = s, .advised = a, .ecosystems = ret_ecosystems, .assets = ret};
    struct str_list types = {0};
    if (!a->numbered)
        return RC_OK;
    TRY(component_types(op, s, &types));
    for (size_t i = 0; i < types.n; i++)
        TRY(look_at_type(&b, types.at[i]));
    return b.components.bytes ? presence_all(op, s, meet, &b) : RC_OK;
}
