/* Component rows by what tells their distribution's release: type, namespace and qualifiers. */
#include "store/release.h"

#include "store/inside.h"

static const struct query q_kinds = {
    "SELECT type, ns, qualifiers FROM component WHERE type IN ('deb', 'rpm', 'apk') GROUP BY type, ns, qualifiers"};
static const struct query q_of_kind = {
    "SELECT id FROM component WHERE type = ? AND ns = ? AND qualifiers = ? ORDER BY id"};

static enum rc end_of_list(enum rc rc)
{
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc kinds(struct op *op, struct store *s, struct package_kinds *ret)
{
    const struct str none = STR("");
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_kinds, NO_ARGS, &r));
    while ((rc = db_next(op, &r)) == RC_OK)
        vec_push(op->mem, &ret->list)->sample = (struct component){.type = row_dup(op->mem, &r, 0), .ns = row_dup(op->mem, &r, 1),
            .qualifiers = row_dup(op->mem, &r, 2), .name = STR("x"), .version = STR("1"), .source = none, .source_version = none, .digest = none};
    TRY(end_of_list(rc));
    return row_ok(op, &r);
}

enum rc release_kinds(struct op *op, struct store *s, struct package_kinds *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, kinds(op, s, ret));
}

static enum rc components(struct op *op, struct store *s, const struct package_kind *k, struct id_list *ret)
{
    const struct component *c = &k->sample;
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_of_kind, ARGS(of_text(c->type), of_text(c->ns), of_text(c->qualifiers)), &r));
    while ((rc = db_next(op, &r)) == RC_OK)
        *vec_push(op->mem, ret) = row_u32(&r, 0);
    TRY(end_of_list(rc));
    return row_ok(op, &r);
}

enum rc release_components(struct op *op, struct store *s, const struct package_kind *k, struct id_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, components(op, s, k, ret));
}
