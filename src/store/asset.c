/* Questions about assets. Filters are given to every row in C where SQL has no word for them (tags, globs). */
#include "store/asset.h"

#include "base/glob.h"
#include "store/blob.h"
#include "store/inside.h"
#include <stdlib.h>

#define COLUMNS "id, name, kind, owner, tags, target, tool, first_seen, last_scan, profile, complete, members FROM asset "

static const struct query q_all = {"SELECT " COLUMNS "WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR owner = ?2) ORDER BY name"};
static const struct query q_ids_all = {"SELECT id FROM asset"};
static const struct query q_ids = {"SELECT id FROM asset WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR owner = ?2)"};
static const struct query q_count = {"SELECT count(*) FROM asset"};
static const struct query q_last = {"SELECT coalesce(max(id), 0) FROM asset"};
static const struct query q_profile = {"SELECT id FROM asset WHERE profile = ? ORDER BY id"};
static const struct query q_get = {"SELECT " COLUMNS "WHERE id = ?"};
static const struct query q_named = {"SELECT " COLUMNS "WHERE name = ?"};
static const struct query q_alias_now = {"SELECT DISTINCT asset FROM alias WHERE text = ? AND until = 0 ORDER BY asset"};
static const struct query q_alias_ever = {"SELECT DISTINCT asset FROM alias WHERE text = ? ORDER BY asset"};
static const struct query q_alias_at = {
    "SELECT DISTINCT asset FROM alias WHERE text = ?1 AND kind = 1 AND since <= ?2 AND (until = 0 OR until > ?2) ORDER BY asset"};
static const struct query q_aliases = {"SELECT text, kind FROM alias WHERE asset = ? AND until = 0 ORDER BY text"};
static const struct query q_names = {"SELECT name FROM asset"};
static const struct query q_incomplete = {"SELECT id FROM asset WHERE complete = 0 ORDER BY id"};
static const struct query q_incomplete_at = {
    "SELECT DISTINCT s.asset FROM scan s WHERE s.complete = 0 AND s.since <= ?1 AND NOT EXISTS"
    " (SELECT 1 FROM scan n WHERE n.asset = s.asset AND n.id > s.id AND n.since <= ?1) ORDER BY s.asset"};
/* +id: sorted after the index found them, where SQLite would read all assets in order. */
static const struct query q_stale = {"SELECT id FROM asset WHERE last_scan < ? ORDER BY +id"};
static const struct query q_younger = {"SELECT id FROM asset WHERE first_seen > ? ORDER BY +id"};
static const struct query q_oldest = {"SELECT last_scan FROM asset ORDER BY last_scan LIMIT 1"};

static enum rc read_row(struct op *op, struct rows *r, struct asset *ret)
{
    struct arena *mem = op->mem;
    struct asset a = {.id = row_u32(r, 0), .name = row_dup(mem, r, 1), .kind = row_dup(mem, r, 2), .owner = row_dup(mem, r, 3),
                      .target = row_dup(mem, r, 5), .tool = row_dup(mem, r, 6), .first_seen = row_int(r, 7),
                      .last_scan = row_int(r, 8), .profile = row_u32(r, 9), .complete = row_int(r, 10) != 0, .members = row_u32(r, 11)};
    struct str tags = row_str(r, 4);
    TRY(row_ok(op, r));
    if (!blob_list(mem, tags, &a.tags))
        return fail(op, RC_INVALID, "asset " STR_FMT ": damaged: its tags are no list", STR_ARG(a.name));
    *ret = a;
    return RC_OK;
}

static enum rc one(struct op *op, struct store *s, const struct query *q, struct value arg, struct asset *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, q, ARGS(arg), &r));
    return read_row(op, &r, ret);
}

enum rc asset_get(struct op *op, struct store *s, uint32_t id, struct asset *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, one(op, s, &q_get, of_int(id), ret));
}

enum rc asset_named(struct op *op, struct store *s, struct str name, struct asset *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, one(op, s, &q_named, of_text(name), ret));
}

static bool passes(const struct asset_filter *f, const struct asset *a)
{
    if (f->tag.n && !list_has(&a->tags, f->tag))
        return false;
    return f->name.n == 0 || str_eq(f->name, a->name) || (glob_is(f->name) && glob_match(f->name, a->name));
}

/* Every asset that passes goes to one of the two lists. Rows that do not pass leave nothing in op->mem. */
static enum rc filter(struct op *op, struct store *s, const struct asset_filter *f, struct asset_list *assets, struct id_list *ids)
{
    static const struct asset_filter none = {.kind = {NULL, 0}};
    struct op round = *op;
    struct rows r;
    enum rc rc;
    f = f ? f : &none;
    TRY(db_run(op, s->db, &q_all, ARGS(of_text(f->kind), of_text(f->owner)), &r));
    if (!assets)
        round.mem = arena_child(op->mem);
    while ((rc = db_next(op, &r)) == RC_OK) {
        struct asset a;
        rc = read_row(&round, &r, &a);
        if (rc != RC_OK)
            break;
        if (passes(f, &a) && assets)
            *vec_push(op->mem, assets) = a;
        else if (passes(f, &a))
            *vec_push(op->mem, ids) = a.id;
        if (!assets)
            arena_reset(round.mem);
    }
    if (rc != RC_NOTFOUND && op->err.rc == RC_OK)
        fail(op, rc, STR_FMT, STR_ARG(round.err.text));
    if (!assets)
        arena_close(round.mem);
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

enum rc asset_list(struct op *op, struct store *s, const struct asset_filter *f, struct asset_list *ret)
{
    struct asset_list l = {NULL, 0, 0};
    TRY(store_begin(op, s, STORE_READING));
    TRY(store_end(op, s, filter(op, s, f, &l, NULL)));
    *ret = l;
    return RC_OK;
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The ids a query gives in its first column. */
static enum rc take_ids(struct op *op, struct store *s, const struct query *q, const struct value *args, size_t n, struct id_list *ret)
{
    struct id_list l = {NULL, 0, 0};
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, q, args, n, &r));
    while ((rc = db_next(op, &r)) == RC_OK)
        *vec_push(op->mem, &l) = row_u32(&r, 0);
    if (rc != RC_NOTFOUND)
        return rc;
    TRY(row_ok(op, &r));
    *ret = l;
    return RC_OK;
}

static enum rc ids_alone(struct op *op, struct store *s, const struct query *q, const struct value *args, size_t n, struct id_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, take_ids(op, s, q, args, n, ret));
}

/* Rows are read only for what SQL has no word for. */
static enum rc choose_ids(struct op *op, struct store *s, const struct asset_filter *f, struct id_list *ret)
{
    if (f && (f->tag.n || f->name.n))
        return filter(op, s, f, NULL, ret);
    if (f && (f->kind.n || f->owner.n))
        return take_ids(op, s, &q_ids, ARGS(of_text(f->kind), of_text(f->owner)), ret);
    return take_ids(op, s, &q_ids_all, NO_ARGS, ret);
}

enum rc asset_ids(struct op *op, struct store *s, const struct asset_filter *f, struct id_list *ret)
{
    struct id_list l = {NULL, 0, 0};
    bool sorted = true;
    TRY(store_begin(op, s, STORE_READING));
    TRY(store_end(op, s, choose_ids(op, s, f, &l)));
    for (size_t i = 1; sorted && i < l.n; i++)
        sorted = l.at[i - 1] < l.at[i];
    if (!sorted)
        qsort(l.at, l.n, sizeof *l.at, by_id);
    *ret = l;
    return RC_OK;
}

static enum rc count_all(struct op *op, struct store *s, uint64_t *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_count, NO_ARGS, &r));
    uint64_t n = (uint64_t)row_int(&r, 0);
    TRY(row_ok(op, &r));
    *ret = n;
    return RC_OK;
}

static enum rc extent(struct op *op, struct store *s, uint64_t *ret_n, uint32_t *ret_last)
{
    struct rows r;
    TRY(count_all(op, s, ret_n));
    TRY(db_row(op, s->db, &q_last, NO_ARGS, &r));
    *ret_last = row_u32(&r, 0);
    return row_ok(op, &r);
}

enum rc asset_extent(struct op *op, struct store *s, uint64_t *ret_n, uint32_t *ret_last)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, extent(op, s, ret_n, ret_last));
}

enum rc asset_count(struct op *op, struct store *s, const struct asset_filter *f, uint64_t *ret)
{
    if (!f || (!f->kind.n && !f->owner.n && !f->tag.n && !f->name.n)) {
        TRY(store_begin(op, s, STORE_READING));
        return store_end(op, s, count_all(op, s, ret));
    }
    struct id_list l = {NULL, 0, 0};
    TRY(asset_ids(op, s, f, &l));
    *ret = l.n;
    return RC_OK;
}

static enum rc find(struct op *op, struct store *s, struct str text, struct asset_list *ret)
{
    struct asset_list l = {NULL, 0, 0};
    struct id_list ids = {NULL, 0, 0};
    struct asset a;
    enum rc rc = one(op, s, &q_named, of_text(text), &a);
    if (rc == RC_OK)
        *vec_push(op->mem, &l) = a;
    else if (rc != RC_NOTFOUND)
        return rc;
    else
        TRY(take_ids(op, s, &q_alias_now, ARGS(of_text(text)), &ids));
    if (!l.n && !ids.n)
        TRY(take_ids(op, s, &q_alias_ever, ARGS(of_text(text)), &ids));
    for (size_t i = 0; i < ids.n; i++) {
        rc = one(op, s, &q_get, of_int(ids.at[i]), &a);
        if (rc == RC_OK)
            *vec_push(op->mem, &l) = a;
        else if (rc != RC_NOTFOUND)
            return rc;
    }
    if (!l.n)
        return RC_NOTFOUND;
    *ret = l;
    return RC_OK;
}

enum rc asset_find(struct op *op, struct store *s, struct str text, struct asset_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, find(op, s, text, ret));
}

enum rc asset_by_digest(struct op *op, struct store *s, struct str digest, int64_t at, struct id_list *ret)
{
    return ids_alone(op, s, &q_alias_at, ARGS(of_text(digest), of_int(at)), ret);
}

enum rc asset_incomplete(struct op *op, struct store *s, int64_t at, struct id_list *ret)
{
    if (at == STORE_NOW)
        return ids_alone(op, s, &q_incomplete, NO_ARGS, ret);
    return ids_alone(op, s, &q_incomplete_at, ARGS(of_int(at)), ret);
}

enum rc asset_stale(struct op *op, struct store *s, int64_t before, struct id_list *ret)
{
    return ids_alone(op, s, &q_stale, ARGS(of_int(before)), ret);
}

enum rc asset_of_profile(struct op *op, struct store *s, unsigned profile, struct id_list *ret)
{
    return ids_alone(op, s, &q_profile, ARGS(of_int(profile)), ret);
}

enum rc asset_younger(struct op *op, struct store *s, int64_t after, struct id_list *ret)
{
    return ids_alone(op, s, &q_younger, ARGS(of_int(after)), ret);
}

static enum rc oldest(struct op *op, struct store *s, int64_t *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, &q_oldest, NO_ARGS, &r));
    int64_t t = row_int(&r, 0);
    TRY(row_ok(op, &r));
    *ret = t;
    return RC_OK;
}

enum rc asset_oldest_scan(struct op *op, struct store *s, int64_t *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, oldest(op, s, ret));
}

static enum rc aliases(struct op *op, struct store *s, uint32_t id, struct str_list *ret_names, struct str_list *ret_digests)
{
    struct str_list lists[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_aliases, ARGS(of_int(id)), &r));
    while ((rc = db_next(op, &r)) == RC_OK)
        *vec_push(op->mem, &lists[row_int(&r, 1) == 1]) = row_dup(op->mem, &r, 0);
    if (rc != RC_NOTFOUND)
        return rc;
    TRY(row_ok(op, &r));
    *ret_names = lists[0];
    *ret_digests = lists[1];
    return RC_OK;
}

enum rc asset_aliases(struct op *op, struct store *s, uint32_t id, struct str_list *ret_names, struct str_list *ret_digests)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, aliases(op, s, id, ret_names, ret_digests));
}

static enum rc suggest(struct op *op, struct store *s, struct str name, struct str_list *ret)
{
    struct near near;
    struct rows r;
    enum rc rc;
    near_open(&near, op->mem, name);
    TRY(db_run(op, s->db, &q_names, NO_ARGS, &r));
    while ((rc = db_next(op, &r)) == RC_OK)
        near_offer(&near, op->mem, row_str(&r, 0));
    if (rc != RC_NOTFOUND)
        return rc;
    TRY(row_ok(op, &r));
    near_list(&near, op->mem, ret);
    return RC_OK;
}

enum rc asset_suggest(struct op *op, struct store *s, struct str name, struct str_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, suggest(op, s, name, ret));
}
