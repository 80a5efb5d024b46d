/* Component rows by what tells their distribution's release: type, namespace and qualifiers. */
#include "store/release.h"

#include "store/component.h"
#include "store/inside.h"

/* The last term is what the index component_kind is made for. */
#define OF_SYSTEMS " AND type IN ('deb', 'rpm', 'apk') "

static const struct query q_first = {
    "SELECT qualifiers FROM component WHERE type = ? AND ns = ?" OF_SYSTEMS "ORDER BY qualifiers LIMIT 1"};
static const struct query q_next = {
    "SELECT qualifiers FROM component WHERE type = ? AND ns = ? AND qualifiers > ?" OF_SYSTEMS "ORDER BY qualifiers LIMIT 1"};
static const struct query q_of_kind = {
    "SELECT id FROM component WHERE type = ? AND ns = ? AND qualifiers = ?" OF_SYSTEMS "ORDER BY id"};

static enum rc end_of_list(enum rc rc)
{
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

/* From kind to kind through the index: there are a handful, of very many components. */
static enum rc kinds_of(struct op *op, struct store *s, struct str type, struct str ns, struct package_kinds *ret)
{
    const struct str none = STR("");
    struct rows r;
    enum rc rc = db_row(op, s->db, &q_first, ARGS(of_text(type), of_text(ns)), &r);
    while (rc == RC_OK) {
        struct str qualifiers = row_dup(op->mem, &r, 0);
        TRY(row_ok(op, &r));
        vec_push(op->mem, &ret->list)->sample = (struct component){.type = type, .ns = ns, .qualifiers = qualifiers, .name = STR("x"),
            .version = STR("1"), .source = none, .source_version = none, .digest = none};
        rc = db_row(op, s->db, &q_next, ARGS(of_text(type), of_text(ns), of_text(qualifiers)), &r);
    }
    return end_of_list(rc);
}

static enum rc kinds(struct op *op, struct store *s, struct package_kinds *ret)
{
    const struct str types[] = {STR("apk"), STR("deb"), STR("rpm")};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        struct str_list namespaces = {0};
        TRY(component_namespaces(op, s, types[t], &namespaces));
        for (size_t i = 0; i < namespaces.n; i++)
            TRY(kinds_of(op, s, types[t], namespaces.at[i], ret));
    }
    return RC_OK;
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
