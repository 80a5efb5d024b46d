/* Questions about component rows, and deriving their upstreams again. */
#include "store/component.h"

#include "store/inside.h"

#define COLUMNS COMPONENT_COLUMNS

static const struct query q_get = {"SELECT " COLUMNS "WHERE c.id = ?"};
static const struct query q_by_upstream = {"SELECT " COLUMNS "WHERE c.upstream = (SELECT id FROM name WHERE text = ?) ORDER BY c.id"};
static const struct query q_by_label = {"SELECT " COLUMNS "WHERE c.label = (SELECT id FROM name WHERE text = ?) ORDER BY c.id"};
static const struct query q_by_digest = {"SELECT " COLUMNS "WHERE c.digest = ? AND c.digest <> '' ORDER BY c.id"};
static const struct query q_namesakes = {"SELECT " COLUMNS "WHERE c.label = (SELECT id FROM name WHERE text = ?1)"
                                         " AND c.upstream <> (SELECT id FROM name WHERE text = ?1) ORDER BY c.id"};
static const struct query q_by_glob = {"SELECT " COLUMNS "WHERE c.id IN ("
                                       "SELECT c.id FROM name n JOIN component c ON c.upstream = n.id WHERE n.text GLOB ?1 UNION "
                                       "SELECT c.id FROM name n JOIN component c ON c.label = n.id WHERE n.text GLOB ?1) ORDER BY c.id"};
static const struct query q_names = {"SELECT text FROM name"};
static const struct query q_after = {"SELECT " COLUMNS "WHERE c.id > ? ORDER BY c.id LIMIT 1000"};
static const struct query q_identify = {"UPDATE component SET upstream = ?, upstream_version = ? WHERE id = ?"};

static enum rc read_row(struct op *op, struct rows *r, struct component_row *ret)
{
    struct arena *mem = op->mem;
    struct component_row row = {.id = row_u32(r, 0),
                                .c = {.type = row_dup(mem, r, 1), .ns = row_dup(mem, r, 2), .name = row_dup(mem, r, 3),
                                      .version = row_dup(mem, r, 4), .qualifiers = row_dup(mem, r, 5), .source = row_dup(mem, r, 6),
                                      .source_version = row_dup(mem, r, 7), .upstream = row_dup(mem, r, 8),
                                      .upstream_version = row_dup(mem, r, 9), .digest = row_dup(mem, r, 10)}};
    TRY(row_ok(op, r));
    *ret = row;
    return RC_OK;
}

static enum rc get(struct op *op, struct store *s, uint32_t id, struct component *ret)
{
    struct rows r;
    struct component_row row;
    TRY(db_row(op, s->db, &q_get, ARGS(of_int(id)), &r));
    TRY(read_row(op, &r, &row));
    *ret = row.c;
    return RC_OK;
}

enum rc component_get(struct op *op, struct store *s, uint32_t id, struct component *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, get(op, s, id, ret));
}

enum rc component_rows(struct op *op, struct store *s, const struct query *q, const struct value *args, size_t n, struct component_list *ret)
{
    struct component_list l = {NULL, 0, 0};
    struct rows r;
    TRY(db_run(op, s->db, q, args, n, &r));
    for (;;) {
        enum rc rc = db_next(op, &r);
        if (rc == RC_NOTFOUND)
            break;
        TRY(rc);
        TRY(read_row(op, &r, vec_push(op->mem, &l)));
    }
    *ret = l;
    return RC_OK;
}

static enum rc list(struct op *op, struct store *s, const struct query *q, struct value arg, struct component_list *ret)
{
    return component_rows(op, s, q, ARGS(arg), ret);
}

static enum rc list_alone(struct op *op, struct store *s, const struct query *q, struct str arg, struct component_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, list(op, s, q, of_text(arg), ret));
}

enum rc component_by_upstream(struct op *op, struct store *s, struct str upstream, struct component_list *ret)
{
    return list_alone(op, s, &q_by_upstream, upstream, ret);
}

enum rc component_by_label(struct op *op, struct store *s, struct str label, struct component_list *ret)
{
    return list_alone(op, s, &q_by_label, label, ret);
}

enum rc component_by_digest(struct op *op, struct store *s, struct str digest, struct component_list *ret)
{
    return list_alone(op, s, &q_by_digest, digest, ret);
}

enum rc component_namesakes(struct op *op, struct store *s, struct str upstream, struct component_list *ret)
{
    return list_alone(op, s, &q_namesakes, upstream, ret);
}

enum rc component_by_glob(struct op *op, struct store *s, struct str glob, struct component_list *ret)
{
    return list_alone(op, s, &q_by_glob, glob, ret);
}

enum rc component_by_purl(struct op *op, struct store *s, const struct component *purl, struct component_list *ret)
{
    struct component_list all, l = {NULL, 0, 0};
    TRY(component_by_label(op, s, component_name(op->mem, purl), &all));
    vec_each(const struct component_row, row, &all) {
        const struct component *c = &row->c;
        bool same = str_eq(c->type, purl->type) && str_eq(c->ns, purl->ns) && str_eq(c->name, purl->name);
        same = same && (purl->version.n == 0 || str_eq(c->version, purl->version));
        if (same && (purl->qualifiers.n == 0 || str_eq(c->qualifiers, purl->qualifiers)))
            *vec_push(op->mem, &l) = *row;
    }
    *ret = l;
    return RC_OK;
}

enum rc component_by_package(struct op *op, struct store *s, struct str type, struct str ns, struct str name, struct component_list *ret)
{
    struct component c = {.type = type, .ns = ns, .name = name};
    return component_by_purl(op, s, &c, ret);
}

enum rc component_after(struct op *op, struct store *s, uint32_t id, struct component_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, list(op, s, &q_after, of_int(id), ret));
}

static enum rc suggest(struct op *op, struct store *s, struct str name, struct str_list *ret)
{
    struct near near;
    struct rows r;
    near_open(&near, op->mem, name);
    TRY(db_run(op, s->db, &q_names, NO_ARGS, &r));
    for (;;) {
        enum rc rc = db_next(op, &r);
        if (rc == RC_NOTFOUND)
            break;
        TRY(rc);
        near_offer(&near, op->mem, row_str(&r, 0));
    }
    TRY(row_ok(op, &r));
    near_list(&near, op->mem, ret);
    return RC_OK;
}

enum rc component_suggest(struct op *op, struct store *s, struct str name, struct str_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, suggest(op, s, name, ret));
}

static enum rc derive_row(struct op *op, struct store *s, const struct component_row *row, component_identify *identify)
{
    struct component c = row->c;
    uint32_t upstream = 0;
    identify(op->mem, &c);
    if (str_eq(c.upstream, row->c.upstream) && str_eq(c.upstream_version, row->c.upstream_version))
        return RC_OK;
    TRY(name_resolve(op, s, c.upstream, &upstream));
    return db_do(op, s->db, &q_identify, ARGS(of_int(upstream), of_text(c.upstream_version), of_int(row->id)));
}

static enum rc derive_all(struct op *op, struct store *s, struct str version, component_identify *identify)
{
    struct component_list some = {NULL, 0, 0};
    struct op round = *op;
    enum rc rc = RC_OK;
    uint32_t last = 0;
    round.mem = arena_child(op->mem);
    do {
        arena_reset(round.mem);
        rc = list(&round, s, &q_after, of_int(last), &some);
        for (size_t i = 0; rc == RC_OK && i < some.n; i++)
            rc = derive_row(&round, s, &some.at[i], identify);
        last = some.n ? some.at[some.n - 1].id : last;
    } while (rc == RC_OK && some.n);
    if (rc != RC_OK && op->err.rc == RC_OK)
        fail(op, rc, STR_FMT, STR_ARG(round.err.text));
    arena_close(round.mem);
    TRY(rc);
    return meta_set(op, s, "identity", of_text(version));
}

static enum rc is_derived(struct op *op, struct store *s, struct str version, bool *ret)
{
    struct value v;
    enum rc rc = meta_get(op, s, "identity", &v);
    if (rc != RC_OK && rc != RC_NOTFOUND)
        return rc;
    *ret = rc == RC_OK && str_eq(v.s, version);
    return RC_OK;
}

enum rc component_derive(struct op *op, struct store *s, struct str table_version, component_identify *identify)
{
    bool done = false;
    TRY(store_begin(op, s, STORE_READING));
    TRY(store_end(op, s, is_derived(op, s, table_version, &done)));
    if (done || !(s->flags & STORE_WRITE))
        return RC_OK;
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, derive_all(op, s, table_version, identify));
}
