/* The stream from a worker to its parent: length-prefixed records, in the order the worker finds things, so that
 * a worker that dies leaves what it had. The parent trusts none of it: every id, enum and length is checked, and
 * the first bad record ends the reading. Not a file format: both ends are the same program. */
#ifndef BOM_WIRE_H
#define BOM_WIRE_H

#include "base/buf.h"
#include "model/asset.h"
#include "model/bom.h"

/* ---- the worker's end ---- */

struct wire {
    struct op *op;
    int fd;
    struct buf out;
    size_t components, occurrences, edges, gaps; /* of the present bom: sent so far */
};

void wire_open(struct wire *w, struct op *op, int fd);

/* A new asset begins; what follows belongs to it. */
MUST_USE enum rc wire_asset(struct wire *w, const struct asset_facts *facts);

/* Sends what was added to the bom since the last call. Ids are those of the bom: do not sort it meanwhile. */
MUST_USE enum rc wire_bom(struct wire *w, const struct bom *bom);

MUST_USE enum rc wire_progress(struct wire *w, uint64_t files, uint64_t bytes);

/* The asset was read to its end. */
MUST_USE enum rc wire_asset_end(struct wire *w);

/* Nothing more comes: all went well (rc RC_OK), or the target as a whole cannot be used. */
MUST_USE enum rc wire_end(struct wire *w, enum rc rc, struct str text);

/* ---- the parent's end ---- */

struct wire_part {
    struct asset_facts facts;
    struct bom bom;
    bool complete; /* its end was seen */
};

struct wire_result {
    VEC(struct wire_part *) parts;
    bool ended;
    enum rc rc;      /* as the worker ended it; RC_OK when it did not */
    struct str text;
    uint64_t files, bytes; /* progress */
};

struct wire_reader {
    struct arena *mem; /* of everything read */
    struct wire_result result;
    char *held; /* bytes of a record that is not complete yet */
    size_t held_n, held_cap;
};

void wire_reader_open(struct wire_reader *r, struct arena *mem);

/* Takes the next bytes of the stream. RC_INVALID at a record that cannot be right: nothing after it counts. */
MUST_USE enum rc wire_feed(struct op *op, struct wire_reader *r, struct str bytes);

#endif
