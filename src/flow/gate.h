/* The block list, and the gate that holds a target or a stored asset against it. */
#ifndef FLOW_GATE_H
#define FLOW_GATE_H

#include "flow/scan.h"
#include "flow/what.h"
#include "store/block.h"

struct block_request {
    struct str_list whats, excepts;
    struct str reason, who;
    int64_t until; /* 0: without end */
};

struct block_made {
    struct str what;
    uint32_t number;
    bool is_new;
    uint64_t holders; /* stored assets that hold it now */
};

struct block_result {
    VEC(struct block_made) made;
};

/* One numbered entry per WHAT. All are checked before any is written. */
MUST_USE enum rc block_make(struct op *op, struct session *s, const struct block_request *rq, struct block_result *ret);

/* RC_NOTFOUND when there is no such number. */
MUST_USE enum rc block_lift(struct op *op, struct session *s, uint32_t number, struct str who, struct str reason);

MUST_USE enum rc block_all(struct op *op, struct session *s, bool ended_too, struct block_list *ret);

enum gate_word { GATE_ALLOW, GATE_DENY, GATE_UNKNOWN };

/* One reason of the decision. */
struct gate_reason {
    enum gate_word word;
    const struct component *component; /* NULL: about the target as a whole */
    uint32_t block;   /* number of the entry; 0: none */
    struct str blocked; /* what the entry says */
    struct str reason;  /* of the entry, or what is missing */
    struct str path, layer;
};

struct gate_decision {
    enum gate_word word; /* deny before unknown before allow */
    struct str asset;
    VEC(struct gate_reason) reasons;
    size_t components, blocks; /* how many of each were held against each other */
    bool advised;              /* some block names an advisory: what feeds say decided, too */
};

/* Judges the final tree of one target, in every scope, without storing it; or a stored asset as last scanned.
 * Errors as of scan_read. */
MUST_USE enum rc gate_check(struct op *op, struct session *s, const struct target *t, const struct scan_options *o, struct gate_decision *ret);

#endif
