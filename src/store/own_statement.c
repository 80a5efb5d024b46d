/* Statements of our own. */
#include "store/own_statement.h"

#include "store/inside.h"

#define COLUMNS                                                                                                                \
    "number, vulnerability, product, subcomponent, state, justification, reason, who, at, until, ended_at, ended_by,"          \
    " ended_reason FROM own_statement "

static const struct query q_all = {"SELECT " COLUMNS "ORDER BY number"};
static const struct query q_get = {"SELECT " COLUMNS "WHERE number = ?"};
static const struct query q_same = {
    "SELECT " COLUMNS "WHERE vulnerability = ? AND product = ? AND subcomponent = ? AND ended_at = 0 ORDER BY number DESC LIMIT 1"};
static const struct query q_add = {
    "INSERT INTO own_statement (vulnerability, product, subcomponent, state, justification, reason, who, at, until, ended_at,"
    " ended_by, ended_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '')"};
static const struct query q_end = {
    "UPDATE own_statement SET ended_at = ?, ended_by = ?, ended_reason = ? WHERE number = ? AND ended_at = 0"};

static enum rc read_row(struct op *op, struct rows *r, struct own_statement *ret)
{
    struct arena *mem = op->mem;
    int64_t state = row_int(r, 4);
    struct own_statement o = {.number = row_u32(r, 0), .until = row_int(r, 9), .ended_at = row_int(r, 10),
                              .ended_by = row_dup(mem, r, 11), .ended_reason = row_dup(mem, r, 12)};
    o.said = (struct vex_statement){
        .vulnerability = row_dup(mem, r, 1), .product = row_dup(mem, r, 2), .subcomponent = row_dup(mem, r, 3),
        .justification = row_dup(mem, r, 5), .impact = row_dup(mem, r, 6), .action = STR(""), .author = row_dup(mem, r, 7),
        .at = row_int(r, 8), .document = STR("")};
    TRY(row_ok(op, r));
    if (state < VEX_NOT_AFFECTED || state > VEX_UNDER_INVESTIGATION)
        return fail(op, RC_INVALID, "statement %u of our own: damaged: %lld is no state", o.number, (long long)state);
    o.said.state = (enum vex_state)state;
    *ret = o;
    return RC_OK;
}

static enum rc list(struct op *op, struct store *s, int64_t standing_at, struct own_statements *ret)
{
    struct own_statements l = {NULL, 0, 0};
    struct rows r;
    enum rc rc;
    TRY(db_run(op, s->db, &q_all, NO_ARGS, &r));
    while ((rc = db_next(op, &r)) == RC_OK) {
        struct own_statement o;
        TRY(read_row(op, &r, &o));
        if (standing_at == 0 || (o.ended_at == 0 && (o.until == 0 || o.until >= standing_at)))
            *vec_push(op->mem, &l) = o;
    }
    if (rc != RC_NOTFOUND)
        return rc;
    *ret = l;
    return RC_OK;
}

enum rc own_statement_list(struct op *op, struct store *s, int64_t standing_at, struct own_statements *ret)
{
    TRY(store_begin(op, s, STORE_READING));
    return store_end(op, s, list(op, s, standing_at, ret));
}

static enum rc end(struct op *op, struct store *s, uint32_t number, struct str who, struct str reason, int64_t at)
{
    struct rows r;
    struct own_statement there;
    TRY(db_row(op, s->db, &q_get, ARGS(of_int(number)), &r));
    TRY(read_row(op, &r, &there));
    return db_do(op, s->db, &q_end, ARGS(of_int(at), of_text(who), of_text(reason), of_int(number)));
}

enum rc own_statement_end(struct op *op, struct store *s, uint32_t number, struct str who, struct str reason, int64_t at)
{
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, end(op, s, number, who, reason, at));
}

static bool says_the_same(const struct own_statement *a, const struct own_statement *b)
{
    return a->said.state == b->said.state && str_eq(a->said.justification, b->said.justification) && a->until == b->until;
}

static enum rc add(struct op *op, struct store *s, const struct own_statement *o, uint32_t *ret_number, bool *ret_new)
{
    const struct vex_statement *v = &o->said;
    struct own_statement there = {.number = 0};
    struct rows r;
    uint32_t number = 0;
    enum rc rc = db_row(op, s->db, &q_same, ARGS(of_text(v->vulnerability), of_text(v->product), of_text(v->subcomponent)), &r);
    if (rc == RC_OK)
        TRY(read_row(op, &r, &there));
    else if (rc != RC_NOTFOUND)
        return rc;
    bool runs = there.number && (there.until == 0 || there.until >= v->at);
    if (runs && says_the_same(&there, o)) {
        *ret_number = there.number;
        *ret_new = false;
        return RC_OK;
    }
    TRY(db_insert(op, s->db, &q_add,
                  ARGS(of_text(v->vulnerability), of_text(v->product), of_text(v->subcomponent), of_int(v->state),
                       of_text(v->justification), of_text(v->impact), of_text(v->author), of_int(v->at), of_int(o->until)),
                  &number));
    if (there.number)
        TRY(end(op, s, there.number, v->author, str_print(op->mem, "replaced by %u", number), v->at));
    *ret_number = number;
    *ret_new = true;
    return RC_OK;
}

enum rc own_statement_add(struct op *op, struct store *s, const struct own_statement *o, uint32_t *ret_number, bool *ret_new)
{
    TRY(store_begin(op, s, STORE_WRITING));
    return store_end(op, s, add(op, s, o, ret_number, ret_new));
}
