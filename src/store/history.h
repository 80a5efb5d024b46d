/* What was when: the distinct states of an asset, and what came and went between them. */
#ifndef STORE_HISTORY_H
#define STORE_HISTORY_H

#include "model/bom.h"
#include "store/store.h"

/* One state, seen by one scan or by several equal ones. Slices live in the op->mem of the call. */
struct scan_state {
    uint32_t id;
    int64_t from, until;     /* first and last scan that saw it */
    unsigned profile;
    bool complete;
    uint32_t members, added, removed; /* against the state before; the first adds nothing */
    struct str target, tool;
    struct {
        struct gap *at;
        size_t n, cap;
    } gaps;
    struct str_list layers;  /* diffIDs, lowest first; empty outside images */
};

struct scan_states {
    struct scan_state *at;
    size_t n, cap;
};

/* All states of an asset, oldest first. RC_NOTFOUND when there is no such asset. */
MUST_USE enum rc history_scans(struct op *op, struct store *s, uint32_t asset, struct scan_states *ret);

/* The state an asset was in at the time: RC_NOTFOUND when it was first scanned later (or never). */
MUST_USE enum rc scan_at(struct op *op, struct store *s, uint32_t asset, int64_t at, struct scan_state *ret);

enum { RANK_ABSENT = -1 };

/* A component came (before is RANK_ABSENT), went (after is), or changed its rank. */
struct change {
    uint32_t scan;
    int64_t at;
    uint32_t component;
    int before, after;
};

struct change_list {
    struct change *at;
    size_t n, cap;
};

/* The changes with from < at <= until, oldest first, then by component. What the first scan found is no change. */
MUST_USE enum rc history_changes(struct op *op, struct store *s, uint32_t asset, int64_t from, int64_t until, struct change_list *ret);

#endif
