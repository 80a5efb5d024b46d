/* Component rows as advisories ask for them: by kind of package, by source package, by a name in any case. */
#include "store/component.h"

#include "store/inside.h"

static const struct query q_next_type = {"SELECT type FROM component WHERE type > ? ORDER BY type LIMIT 1"};
static const struct query q_next_ns = {"SELECT ns FROM component WHERE type = ? AND ns > ? ORDER BY ns LIMIT 1"};
static const struct query q_first_ns = {"SELECT ns FROM component WHERE type = ? ORDER BY ns LIMIT 1"};
static const struct query q_of_kind = {"SELECT id FROM component WHERE type = ? AND ns = ?"};
static const struct query q_of_type = {"SELECT id FROM component WHERE type = ?"};
static const struct query q_by_source = {
    "SELECT " COMPONENT_COLUMNS "WHERE c.type = ?1 AND c.ns = ?2 AND c.source = ?3 UNION ALL "
    "SELECT " COMPONENT_COLUMNS "WHERE c.type = ?1 AND c.ns = ?2 AND c.source = '' AND instr(c.qualifiers, 'upstream=')"};
static const struct query q_by_folded = {
    "SELECT " COMPONENT_COLUMNS "WHERE c.label IN (SELECT id FROM name WHERE text = ? COLLATE NOCASE) ORDER BY c.id"};

/* ---- kinds ---- */

static enum rc next_text(struct op *op, struct store *s, const struct query *q, const struct value *args, size_t n, struct str *ret)
{
    struct rows r;
    TRY(db_row(op, s->db, q, args, n, &r));
    struct str text = row_dup(op->mem, &r, 0);
    TRY(row_ok(op, &r));
    *ret = text;
    return RC_OK;
}

static enum rc end_of_list(enum rc rc)
{
    return rc == RC_NOTFOUND ? RC_OK : rc;
}

static enum rc types(struct op *op, struct store *s, struct str_list *ret)
{
    struct str type = STR("");
    enum rc rc;
    while ((rc = next_text(op, s, &q_next_type, ARGS(of_text(type)), &type)) == RC_OK)
        *vec_push(op->mem, ret) = type;
    return end_of_list(rc);
}

enum rc component_types(struct op *op, struct store *s, struct str_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, types(op, s, ret));
}

static enum rc namespaces(struct op *op, struct store *s, struct str type, struct str_list *ret)
{
    struct str ns;
    enum rc rc = next_text(op, s, &q_first_ns, ARGS(of_text(type)), &ns);
    for (; rc == RC_OK; rc = next_text(op, s, &q_next_ns, ARGS(of_text(type), of_text(ns)), &ns))
        *vec_push(op->mem, ret) = ns;
    return end_of_list(rc);
}

enum rc component_namespaces(struct op *op, struct store *s, struct str type, struct str_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, namespaces(op, s, type, ret));
}

static enum rc of_kind(struct op *op, struct store *s, struct str type, const struct str *ns, struct id_list *ret)
{
    struct rows r;
    enum rc rc;
    if (ns)
        TRY(db_run(op, s->db, &q_of_kind, ARGS(of_text(type), of_text(*ns)), &r));
    else
        TRY(db_run(op, s->db, &q_of_type, ARGS(of_text(type)), &r));
    while ((rc = db_next(op, &r)) == RC_OK)
        *vec_push(op->mem, ret) = row_u32(&r, 0);
    TRY(end_of_list(rc));
    return row_ok(op, &r);
}

enum rc component_of_kind(struct op *op, struct store *s, struct str type, const struct str *ns, struct id_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, of_kind(op, s, type, ns, ret));
}

/* ---- by name ---- */

enum rc component_by_source(struct op *op, struct store *s, struct str type, struct str ns, struct str source,
                            struct component_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, component_rows(op, s, &q_by_source, ARGS(of_text(type), of_text(ns), of_text(source)), ret));
}

enum rc component_by_folded(struct op *op, struct store *s, struct str label, struct component_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, component_rows(op, s, &q_by_folded, ARGS(of_text(label)), ret));
}
