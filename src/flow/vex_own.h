/* Statements of our own about flaws: made, ended, listed. They prevail over everybody else's (match/vex.h), and those that
 * name a package without a version hold for its later versions as well, until they run out. */
#ifndef FLOW_VEX_OWN_H
#define FLOW_VEX_OWN_H

#include "flow/session.h"
#include "store/own_statement.h"

struct own_request {
    struct str vulnerability;
    struct str_list purls; /* may be empty when `within` is named: then about all of it */
    struct str within;     /* name of an asset; may be empty */
    enum vex_state state;
    struct str justification, reason, who;
    int64_t until;
};

struct own_made {
    struct own_statement statement; /* its number and what it says */
    bool is_new;
};

struct own_result {
    VEC(struct own_made) made;
    bool unknown_id; /* no advisory that was imported is called so, by id or alias */
};

/* One statement for each purl. All are checked before any is written: RC_INVALID for what is no purl. RC_NOTFOUND when
 * there is no such asset. */
MUST_USE enum rc own_make(struct op *op, struct session *s, const struct own_request *rq, struct own_result *ret);

/* RC_NOTFOUND when there is no such number. */
MUST_USE enum rc own_end(struct op *op, struct session *s, uint32_t number, struct str who, struct str reason);

MUST_USE enum rc own_all(struct op *op, struct session *s, bool ended_too, struct own_statements *ret);

/* "not_affected" → the state; false for another word. */
bool own_state(struct str word, enum vex_state *ret);

/* Is it one of OpenVEX's five justifications? */
bool own_justification(struct str word);
extern const char *const own_justifications[]; /* NULL at the end */

#endif
