/* Looking at what is stored: assets, their members, their history, and why something is there. */
#ifndef FLOW_INVENTORY_H
#define FLOW_INVENTORY_H

#include "flow/session.h"
#include "store/asset.h"
#include "store/members.h"

/* All of these: RC_NOTFOUND when there is no store or no such asset; the text says which. */

MUST_USE enum rc inventory_assets(struct op *op, struct session *s, const struct asset_filter *f, struct asset_list *ret);

/* "web1", "web1@2024-03-30": the part after the last @ is a date only if it reads as one. */
struct asset_ref {
    struct str name;
    int64_t at; /* STORE_NOW without a date */
};
struct asset_ref asset_ref_parse(struct str text);

struct shown {
    struct asset asset;
    struct str_list names, digests;
    struct members members;
};
MUST_USE enum rc inventory_show(struct op *op, struct session *s, struct str ref, struct shown *ret);

struct told {
    struct asset asset;
    struct scan_states states;
    struct change_list changes;
    struct component *components; /* of each change */
};
MUST_USE enum rc inventory_history(struct op *op, struct session *s, struct str name, struct told *ret);

enum diff_kind { DIFF_REMOVED, DIFF_ADDED, DIFF_CHANGED };

struct diff_line {
    enum diff_kind kind;
    const struct component *before, *after; /* NULL where there is none */
};

struct diff {
    VEC(struct diff_line) lines; /* by name */
    bool incomplete; /* one side's scan was: what seems to be gone may be there */
};
MUST_USE enum rc inventory_diff(struct op *op, struct session *s, struct str a, struct str b, struct diff *ret);

/* One chain from a component nothing depends on down to the one asked about. */
struct why_chain {
    VEC(uint32_t) ids; /* into shown.members.bom, root first */
    bool exact;        /* every edge is */
};

struct why {
    struct shown shown;
    VEC(uint32_t) targets;         /* components that were meant */
    VEC(struct why_chain) chains;  /* shortest first, at most WHY_CHAINS per target */
};
enum { WHY_CHAINS = 5 };
/* `what` as for where, or a part of a name. RC_NOTFOUND when the asset has nothing of it. */
MUST_USE enum rc inventory_why(struct op *op, struct session *s, struct str ref, struct str what, struct why *ret);

MUST_USE enum rc inventory_set(struct op *op, struct session *s, struct str name, const struct asset_change *c);
MUST_USE enum rc inventory_forget(struct op *op, struct session *s, struct str name, struct asset *ret);

/* ---- the store as a whole ---- */
MUST_USE enum rc database_info(struct op *op, struct session *s, struct store_info *ret);
MUST_USE enum rc database_check(struct op *op, struct session *s, struct str_list *ret_problems);
MUST_USE enum rc database_compact(struct op *op, struct session *s);
MUST_USE enum rc database_backup(struct op *op, struct session *s, struct str path);

#endif
