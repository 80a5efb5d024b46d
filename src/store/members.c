/* One asset's state at a time: the present one, less what came after, with what went after, and with the places
 * that later scans said otherwise. */
#include "store/members.h"

#include "store/component.h"
#include "store/presence.h"
#include "store/state.h"
#include <stdlib.h>

static const struct query q_members = {"SELECT members FROM bom WHERE asset = ?"};
static const struct query q_detail = {"SELECT detail FROM bom WHERE asset = ?"};
static const struct query q_after = {
    "SELECT component, rank_was FROM change INDEXED BY change_asset WHERE asset = ? AND at > ? ORDER BY scan"};
static const struct query q_undo = {"SELECT undo FROM scan WHERE asset = ? AND since > ? AND length(undo) > 0 ORDER BY id DESC"};
static const struct query q_came = {"SELECT component, at FROM change INDEXED BY change_asset"
                                    " WHERE asset = ? AND rank_was = -1 AND at <= ? ORDER BY scan"};
static const struct query q_came_one = {"SELECT at FROM change WHERE bucket = ? AND component = ? AND asset = ?"
                                        " AND rank_was = -1 AND at <= ? ORDER BY scan DESC LIMIT 1"};
static const struct query q_times = {"SELECT first_seen, last_scan FROM asset WHERE id = ?"};
static const struct query q_until = {"SELECT until FROM scan WHERE asset = ? AND since <= ? ORDER BY id DESC LIMIT 1"};

static enum rc bytes_of(struct op *op, struct store *s, const struct query *q, uint32_t asset, struct str *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, q, ARGS(of_int(asset)), &r));
    struct str bytes = row_dup(op->mem, &r, 0);
    TRY(row_ok(op, &r));
    *ret = bytes;
    return RC_OK;
}

/* Times of the asset; RC_NOTFOUND when it was not yet scanned at the time. `until`: what that state was last seen. */
static enum rc times(struct op *op, struct store *s, uint32_t asset, int64_t at, int64_t *ret_first, int64_t *ret_until)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_times, ARGS(of_int(asset)), &r));
    int64_t first = row_int(&r, 0), until = row_int(&r, 1);
    TRY(row_ok(op, &r));
    if (first > at)
        return RC_NOTFOUND;
    if (at != STORE_NOW) {
        TRY(db_row(op, s->db, &q_until, ARGS(of_int(asset), of_int(at)), &r));
        until = row_int(&r, 0);
        TRY(row_ok(op, &r));
        until = until < at ? until : at;
    }
    *ret_first = first;
    *ret_until = until;
    return RC_OK;
}

struct undone {
    uint32_t component, turn;
    int rank;
};

static int by_undone(const void *a, const void *b)
{
    const struct undone *x = a, *y = b;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

/* The oldest change of a component after the time says what its rank was then. */
static enum rc take_back(struct op *op, struct store *s, uint32_t asset, int64_t at, struct member_set *m)
{
    struct member_set out = {NULL, 0, 0}, in = {NULL, 0, 0};
    VEC(struct undone) all = {NULL, 0, 0};
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_after, ARGS(of_int(asset), of_int(at)), &r));
    while ((rc = db_next(op, &r)) == RC_OK) {
        struct undone u = {row_u32(&r, 0), (uint32_t)all.n, (int)row_int(&r, 1)};
        TRY(row_ok(op, &r));
        *vec_push(op->mem, &all) = u;
    }
    if (rc != RC_NOTFOUND)
        return rc;
    if (all.n > 1)
        qsort(all.at, all.n, sizeof *all.at, by_undone);
    for (size_t i = 0; i < all.n; i++) {
        if (i && all.at[i].component == all.at[i - 1].component)
            continue;
        *vec_push(op->mem, &out) = (struct member){all.at[i].component, 0};
        if (all.at[i].rank >= 0 && all.at[i].rank < RANKS)
            *vec_push(op->mem, &in) = (struct member){all.at[i].component, (uint8_t)all.at[i].rank};
    }
    members_apply(op->mem, m, &out, &in, m);
    return RC_OK;
}

/* As members_at, when the asset is known to have been scanned by then. */
static enum rc members_then(struct op *op, struct store *s, uint32_t asset, int64_t at, struct member_set *ret)
{
    struct member_set m;
    struct str bytes;
    TRY(bytes_of(op, s, &q_members, asset, &bytes));
    TRY(members_get(op, "members", bytes, &m));
    if (at != STORE_NOW)
        TRY(take_back(op, s, asset, at, &m));
    *ret = m;
    return RC_OK;
}

enum rc members_at(struct op *op, struct store *s, uint32_t asset, int64_t at, struct member_set *ret)
{
    int64_t first = 0, until = 0;
    TRY(times(op, s, asset, at, &first, &until));
    return members_then(op, s, asset, at, ret);
}

/* Where they were: of one component only, when that is not NULL. */
static enum rc detail_at(struct op *op, struct store *s, uint32_t asset, int64_t at, const uint32_t *only, struct detail *ret)
{
    struct detail d;
    struct str bytes;
    struct str_list undos = {NULL, 0, 0};
    TRY(bytes_of(op, s, &q_detail, asset, &bytes));
    TRY(detail_get(op, s, bytes, only, &d));
    if (at != STORE_NOW) {
        struct rows r;
        enum rc rc;
        TRY(db_run(op, s->db, &q_undo, ARGS(of_int(asset), of_int(at)), &r));
        while ((rc = db_next(op, &r)) == RC_OK)
            *vec_push(op->mem, &undos) = row_dup(op->mem, &r, 0);
        if (rc != RC_NOTFOUND)
            return rc;
        TRY(row_ok(op, &r));
    }
    for (size_t i = 0; i < undos.n; i++) {
        struct detail undo;
        TRY(detail_get(op, s, undos.at[i], only, &undo));
        detail_apply(op->mem, &d, &undo);
    }
    *ret = d;
    return RC_OK;
}

/* ---- one component ---- */

static uint32_t layer_in(struct arena *mem, struct str_list *layers, struct str name, bool add)
{
    for (size_t i = 0; i < layers->n; i++)
        if (str_eq(layers->at[i], name))
            return (uint32_t)i;
    if (!add)
        return LAYER_NONE;
    *vec_push(mem, layers) = name;
    return (uint32_t)layers->n - 1;
}

static struct occurrence occurrence_of(struct arena *mem, struct str_list *layers, bool add, uint32_t component, const struct place *p)
{
    return (struct occurrence){component, p->layer.p ? layer_in(mem, layers, p->layer, add) : LAYER_NONE,
                               p->gone_in.p ? layer_in(mem, layers, p->gone_in, add) : LAYER_NONE, p->scope, p->path, p->evidence};
}

static enum rc detail_of_one(struct op *op, struct store *s, uint32_t asset, uint32_t component, int64_t at, struct presence_detail *ret)
{
    struct presence_detail d = {.rank = 0};
    struct member_set m;
    struct detail all;
    struct rows r;
    TRY(times(op, s, asset, at, &d.first_seen, &d.last_confirmed));
    TRY(members_then(op, s, asset, at, &m));
    const struct member *there = members_find(&m, component);
    if (!there)
        return RC_NOTFOUND;
    d.rank = there->rank;
    TRY(detail_at(op, s, asset, at, &component, &all));
    const struct entry *e = detail_find(&all, component);
    for (size_t i = 0; e && i < e->n; i++)
        *vec_push(op->mem, &d.occurrences) = occurrence_of(op->mem, &d.layers, true, component, &e->at[i]);
    if (e && e->confirmed)
        d.last_confirmed = e->confirmed;
    enum rc rc = db_row(op, s->db, &q_came_one, ARGS(of_int(asset >> 16), of_int(component), of_int(asset), of_int(at)), &r);
    if (rc == RC_OK)
        d.first_seen = row_int(&r, 0);
    else if (rc != RC_NOTFOUND)
        return rc;
    if (rc == RC_OK)
        TRY(row_ok(op, &r));
    *ret = d;
    return RC_OK;
}

enum rc presence_detail(struct op *op, struct store *s, uint32_t asset, uint32_t component, int64_t at, struct presence_detail *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, detail_of_one(op, s, asset, component, at, ret));
}

/* ---- some of them, now ---- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static struct presence_place place_of(const struct entry *e)
{
    struct presence_place p = {e->component, STR(""), e->n > 0};
    for (size_t i = 0; i < e->n && p.hidden; i++)
        if (!e->at[i].gone_in.p)
            p = (struct presence_place){e->component, e->at[i].path, false};
    return p;
}

static enum rc places(struct op *op, struct store *s, uint32_t asset, const uint32_t *components, size_t n, struct presence_places *ret)
{
    struct presence_places p = {0};
    struct detail d;
    TRY(detail_at(op, s, asset, STORE_NOW, NULL, &d));
    for (size_t i = 0; i < n; i++) {
        const struct entry *e = detail_find(&d, components[i]);
        if (e)
            *vec_push(op->mem, &p.places) = place_of(e);
    }
    vec_each(const struct link, l, &d.links)
        if (l->kind == EDGE_CONTAINS && n && bsearch(&l->to, components, n, sizeof l->to, by_number))
            *vec_push(op->mem, &p.owners) = (struct presence_owner){l->to, l->from};
    *ret = p;
    return RC_OK;
}

enum rc presence_places(struct op *op, struct store *s, uint32_t asset, const uint32_t *components, size_t n,
                        struct presence_places *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, places(op, s, asset, components, n, ret));
}

/* ---- all of them ---- */

/* Components of the bom and, per member, which of them it is: two rows may be one component to a bom. */
static enum rc add_components(struct op *op, struct store *s, const struct member_set *m, struct members *ret, uint32_t *index)
{
    for (size_t i = 0; i < m->n; i++) {
        struct component c;
        enum rc rc = component_get(op, s, m->at[i].component, &c);
        if (rc == RC_NOTFOUND)
            return fail(op, RC_INVALID, STR_FMT ": damaged: no component %u", STR_ARG(s->path), m->at[i].component);
        TRY(rc);
        uint32_t at = index[i] = bom_add_borrowed(ret->bom, &c);
        ret->ids[at] = m->at[i].component;
        if (ret->ranks[at] < m->at[i].rank)
            ret->ranks[at] = m->at[i].rank;
    }
    return RC_OK;
}

static const struct member *index_of(const struct member_set *m, uint32_t component, const uint32_t *index, uint32_t *ret)
{
    const struct member *there = members_find(m, component);
    if (there)
        *ret = index[there - m->at];
    return there;
}

static void add_places(struct op *op, const struct member_set *m, const struct detail *d, const uint32_t *index, struct members *ret)
{
    uint32_t at = 0, to = 0;
    vec_each(const struct entry, e, &d->entries) {
        if (!index_of(m, e->component, index, &at))
            continue;
        if (e->confirmed)
            ret->last_confirmed[at] = e->confirmed;
        for (size_t i = 0; i < e->n; i++)
            *vec_push(op->mem, &ret->bom->occurrences) = occurrence_of(op->mem, &ret->scan.layers, false, at, &e->at[i]);
    }
    vec_each(const struct link, l, &d->links)
        if (index_of(m, l->from, index, &at) && index_of(m, l->to, index, &to))
            *vec_push(op->mem, &ret->bom->edges) = (struct edge){at, to, (enum edge_kind)l->kind, l->exact};
}

static enum rc add_times(struct op *op, struct store *s, uint32_t asset, int64_t at, const struct member_set *m, const uint32_t *index,
                         struct members *ret)
{
    uint32_t here = 0;
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_came, ARGS(of_int(asset), of_int(at)), &r));
    while ((rc = db_next(op, &r)) == RC_OK)
        if (index_of(m, row_u32(&r, 0), index, &here))
            ret->first_seen[here] = row_int(&r, 1);
    return rc == RC_NOTFOUND ? row_ok(op, &r) : rc;
}

static enum rc all_members(struct op *op, struct store *s, uint32_t asset, int64_t at, struct members *ret)
{
    struct members all = {.bom = arena_alloc(op->mem, sizeof *all.bom)};
    struct member_set m;
    struct detail d;
    int64_t first = 0, until = 0;
    TRY(times(op, s, asset, at, &first, &until));
    TRY(members_then(op, s, asset, at, &m));
    TRY(detail_at(op, s, asset, at, NULL, &d));
    TRY(scan_at(op, s, asset, at, &all.scan));
    bom_open(all.bom, op->mem);
    uint32_t *index = arena_array(op->mem, m.n, sizeof *index);
    all.ids = arena_array(op->mem, m.n, sizeof *all.ids);
    all.ranks = arena_array(op->mem, m.n, sizeof *all.ranks);
    all.first_seen = arena_array(op->mem, m.n, sizeof *all.first_seen);
    all.last_confirmed = arena_array(op->mem, m.n, sizeof *all.last_confirmed);
    for (size_t i = 0; i < m.n; i++) {
        all.first_seen[i] = first;
        all.last_confirmed[i] = until;
    }
    TRY(add_components(op, s, &m, &all, index));
    add_places(op, &m, &d, index, &all);
    TRY(add_times(op, s, asset, at, &m, index, &all));
    for (size_t i = 0; i < all.scan.gaps.n; i++)
        bom_gap(all.bom, all.scan.gaps.at[i].path, all.scan.gaps.at[i].why);
    *ret = all;
    return RC_OK;
}

enum rc asset_members(struct op *op, struct store *s, uint32_t asset, int64_t at, struct members *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, all_members(op, s, asset, at, ret));
}
