/* Statements of our own. */
#include "flow/vex_own.h"

#include "flow/advisories.h"
#include "flow/inventory.h"
#include "flow/vex.h"

/* OpenVEX 0.2.0, "Status Justifications". */
const char *const own_justifications[] = {
    "component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist", NULL};

bool own_justification(struct str word)
{
    for (const char *const *j = own_justifications; *j; j++)
        if (str_eq(word, str_of(*j)))
            return true;
    return false;
}

bool own_state(struct str word, enum vex_state *ret)
{
    static const enum vex_state states[] = {VEX_NOT_AFFECTED, VEX_AFFECTED, VEX_FIXED, VEX_UNDER_INVESTIGATION};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (str_eq(word, str_of(vex_state_name(states[i])))) {
            *ret = states[i];
            return true;
        }
    return false;
}

/* A statement about an id that nobody publishes is kept, for the advisory may still come; but it may be a slip. */
static enum rc look_up(struct op *op, struct session *s, struct str id, bool *ret_known)
{
    struct advindex *ix;
    struct advisory_lookup look;
    uint32_t record;
    size_t n = 0;
    enum rc rc = advisories_open(op, s, &ix);
    *ret_known = false;
    if (rc == RC_NOTFOUND) {
        op_clear(op);
        return RC_OK;
    }
    TRY(rc);
    advindex_lookup(ix, &look);
    rc = look.by_id(look.arg, op, id, &record, 1, &n);
    if (rc == RC_NOTFOUND) {
        op_clear(op);
        return RC_OK;
    }
    *ret_known = n > 0;
    return rc;
}

static enum rc check(struct op *op, struct session *s, const struct own_request *rq, struct str *ret_within)
{
    struct shown w = {.asset = {.name = STR("")}};
    for (size_t i = 0; i < rq->purls.n; i++) {
        struct component c;
        if (!str_starts(rq->purls.at[i], STR("pkg:")))
            return fail(op, RC_INVALID, STR_FMT ": expected a purl (pkg:TYPE/NAME, with @VERSION for that version only)", STR_ARG(rq->purls.at[i]));
        TRY(component_parse(op, rq->purls.at[i], &c));
    }
    TRY(session_store(op, s, true, true));
    if (rq->within.n)
        TRY(inventory_show(op, s, rq->within, &w));
    *ret_within = w.asset.name;
    return RC_OK;
}

enum rc own_make(struct op *op, struct session *s, const struct own_request *rq, struct own_result *ret)
{
    struct str within;
    bool known;
    TRY(check(op, s, rq, &within));
    TRY(look_up(op, s, rq->vulnerability, &known));
    ret->unknown_id = !known;
    for (size_t i = 0; i < rq->purls.n || (i == 0 && within.n); i++) {
        struct str purl = i < rq->purls.n ? rq->purls.at[i] : STR("");
        struct own_made *m = vec_push(op->mem, &ret->made);
        m->statement = (struct own_statement){.until = rq->until};
        m->statement.said = (struct vex_statement){
            .vulnerability = rq->vulnerability, .product = within.n ? within : purl, .subcomponent = within.n ? purl : STR(""),
            .state = rq->state, .justification = rq->justification, .impact = rq->reason, .action = STR(""), .author = rq->who,
            .at = s->now, .document = STR("")};
        TRY(own_statement_add(op, s->store, &m->statement, &m->statement.number, &m->is_new));
    }
    return RC_OK;
}

enum rc own_end(struct op *op, struct session *s, uint32_t number, struct str who, struct str reason)
{
    enum rc rc = session_store(op, s, true, false);
    if (rc == RC_OK)
        rc = own_statement_end(op, s->store, number, who, reason, s->now);
    if (rc == RC_NOTFOUND)
        return fail(op, RC_NOTFOUND, "there is no statement %u; `muster vex list --all` lists them", number);
    return rc;
}

enum rc own_all(struct op *op, struct session *s, bool ended_too, struct own_statements *ret)
{
    enum rc rc = session_store(op, s, false, false);
    if (rc == RC_NOTFOUND) {
        op_clear(op);
        return RC_OK; /* no store: nothing was said */
    }
    TRY(rc);
    return own_statement_list(op, s->store, ended_too ? 0 : s->now, ret);
}
