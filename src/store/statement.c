/* Statements about products: rows that are replaced source by source and read whole. */
#include "store/statement.h"

#include "store/inside.h"

#define COLUMNS                                                                                                                \
    "source, vulnerability, product, subcomponent, state, justification, impact, action, author, at, document FROM statement "

static const struct query q_clear = {"DELETE FROM statement WHERE source = ?"};
static const struct query q_add = {
    "INSERT INTO statement (source, vulnerability, product, subcomponent, state, justification, impact, action, author, at,"
    " document, imported_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"};
static const struct query q_all = {"SELECT " COLUMNS "ORDER BY id"};
static const struct query q_of = {"SELECT " COLUMNS "WHERE source = ? ORDER BY id"};
static const struct query q_sources = {"SELECT source, count(*), max(imported_at) FROM statement GROUP BY source ORDER BY source"};

static enum rc replace(struct op *op, struct store *s, struct str source, const struct vex_statement *all, size_t n, int64_t at)
{
    TRY(db_do(op, s->db, &q_clear, ARGS(of_text(source))));
    for (size_t i = 0; i < n; i++) {
        const struct vex_statement *v = &all[i];
        TRY(db_do(op, s->db, &q_add,
                  ARGS(of_text(source), of_text(v->vulnerability), of_text(v->product), of_text(v->subcomponent), of_int(v->state),
                       of_text(v->justification), of_text(v->impact), of_text(v->action), of_text(v->author), of_int(v->at),
                       of_text(v->document), of_int(at))));
    }
    return RC_OK;
}

enum rc statement_replace(struct op *op, struct store *s, struct str source, const struct vex_statement *all, size_t n, int64_t at)
{
    if (n > STATEMENTS_MOST)
        return fail(op, RC_LIMIT, STR_FMT ": more than %d statements", STR_ARG(source), STATEMENTS_MOST);
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, replace(op, s, source, all, n, at));
}

/* Documents repeat their author and their reasons: the same text as in the row before is kept once. */
static struct str text(struct arena *mem, struct rows *r, unsigned column, struct str before)
{
    struct str s = row_str(r, column);
    return before.n && str_eq(s, before) ? before : str_dup(mem, s);
}

static enum rc read_row(struct op *op, struct rows *r, const struct statement_row *before, struct statement_row *ret)
{
    struct arena *mem = op->mem;
    const struct vex_statement *b = &before->said;
    int64_t state = row_int(r, 4);
    struct statement_row row = {.source = text(mem, r, 0, before->source)};
    row.said = (struct vex_statement){
        .vulnerability = text(mem, r, 1, b->vulnerability), .product = text(mem, r, 2, b->product),
        .subcomponent = text(mem, r, 3, b->subcomponent), .justification = text(mem, r, 5, b->justification),
        .impact = text(mem, r, 6, b->impact), .action = text(mem, r, 7, b->action), .author = text(mem, r, 8, b->author),
        .at = row_int(r, 9), .document = text(mem, r, 10, b->document)};
    TRY(row_ok(op, r));
    if (state < VEX_NOT_AFFECTED || state > VEX_UNDER_INVESTIGATION)
        return fail(op, RC_INVALID, "statements: damaged: %lld is no state", (long long)state);
    row.said.state = (enum vex_state)state;
    *ret = row;
    return RC_OK;
}

static enum rc list(struct op *op, struct store *s, struct str source, struct statement_list *ret)
{
    struct statement_list l = {NULL, 0, 0};
    struct statement_row row = {.source = {NULL, 0}};
    struct rows r;
    enum rc rc;
    if (source.n)
        TRY(db_run(op, s->db, &q_of, ARGS(of_text(source)), &r));
    else
        TRY(db_run(op, s->db, &q_all, NO_ARGS, &r));
    while ((rc = db_next(op, &r)) == RC_OK) {
        if (l.n == STATEMENTS_LOADED_MOST)
            return fail(op, RC_LIMIT, "more than %d statements are stored: import fewer", STATEMENTS_LOADED_MOST);
        TRY(read_row(op, &r, &row, &row));
        *vec_push(op->mem, &l) = row;
    }
    if (rc != RC_NOTFOUND)
        return rc;
    *ret = l;
    return RC_OK;
}

enum rc statement_list(struct op *op, struct store *s, struct str source, struct statement_list *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, list(op, s, source, ret));
}

static enum rc sources(struct op *op, struct store *s, struct statement_sources *ret)
{
    struct statement_sources l = {NULL, 0, 0};
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_sources, NO_ARGS, &r));
    while ((rc = db_next(op, &r)) == RC_OK) {
        struct statement_source one = {row_dup(op->mem, &r, 0), (uint64_t)row_int(&r, 1), row_int(&r, 2)};
        TRY(row_ok(op, &r));
        *vec_push(op->mem, &l) = one;
    }
    if (rc != RC_NOTFOUND)
        return rc;
    *ret = l;
    return RC_OK;
}

enum rc statement_sources(struct op *op, struct store *s, struct statement_sources *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, sources(op, s, ret));
}
