/* scan: a target → what is in it → the store. The target's bytes are parsed by a worker in the sandbox; this side
 * opens the target, checks what comes back, adds the upstream identity and writes. */
#ifndef FLOW_SCAN_H
#define FLOW_SCAN_H

#include "bom/wire.h"
#include "flow/session.h"
#include "flow/survey.h"
#include "flow/target.h"
#include "store/scan.h"

struct scan_options {
    struct str as, kind, owner;
    struct str_list tags;
    bool replace;
    struct survey_request survey; /* profile, platform, all_layers, one_file_system, digests, excludes */
    struct limits limits;
};

/* One asset that was read. */
struct scanned {
    struct str name, kind;
    const struct wire_part *part; /* facts and bom; the bom is sorted and has identities */
    unsigned profile;
    bool complete;
    struct scan_result stored; /* when it was stored */
};

struct scan_report {
    VEC(struct scanned) assets;
    bool landlock;
};

/* Reads one target without storing it. RC_INVALID: it is not what it claims to be (nothing of it counts);
 * RC_NOTFOUND, RC_DENIED, RC_IO: it cannot be reached. */
MUST_USE enum rc scan_read(struct op *op, struct session *s, const struct target *t, const struct scan_options *o, struct scan_report *ret);

/* Writes what was read, each asset one transaction; folds when enough is pending. */
MUST_USE enum rc scan_store(struct op *op, struct session *s, const struct target *t, const struct scan_options *o, struct scan_report *r);

/* What a component looks like on one line: its occurrences put together. */
struct scan_line {
    const struct component *component;
    enum scope scope; /* the strongest */
    struct str layer; /* diffID of the last layer that changed it; may be empty */
    VEC(struct str) paths; /* distinct, sorted; of the strongest scope's tree, hidden ones only when nothing else is there */
    bool hidden;      /* only in layers that a later one removed */
    struct str gone_in; /* diffID, when hidden */
};

struct scan_lines {
    VEC(struct scan_line) list;
};

/* One line per component that was found somewhere, in the bom's order, in op->mem. */
void scan_lines(struct op *op, const struct bom *bom, const struct layer *layers, size_t n_layers, struct scan_lines *ret);

#endif
