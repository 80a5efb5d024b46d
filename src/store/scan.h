/* Writing down what a scan found. An equal rescan moves the time of the last confirmation and nothing else; a
 * different one becomes the asset's state, and the differences its history. An incomplete scan adds and confirms
 * but never removes: what it did not reach stays, with its last confirmation. */
#ifndef STORE_SCAN_H
#define STORE_SCAN_H

#include "model/bom.h"
#include "store/store.h"

struct scan {
    struct str name;      /* of the asset */
    struct str kind;      /* empty: as before, else "unknown" */
    struct str owner;     /* empty: as before */
    struct str_list tags; /* added to those it has */
    struct str_list names, digests; /* all else that finds this asset; replace those of the scan before */
    struct str_list layers;         /* diffIDs: what occurrence.layer is an index into */
    int64_t at;           /* when; a clock that went back counts as the scan before */
    unsigned profile;     /* PROFILE_… */
    struct str target;    /* as written */
    struct str tool;      /* name and version of what scanned */
    bool complete;        /* everything was read; bom->gaps says what was not */
    bool replace;         /* another profile may take the place of the stored one, and what was not reached goes */
    const uint8_t *ranks; /* rank 0..7 of each component of the bom; NULL: from the scopes (0 declared, 1 on disk) */
};

enum scan_outcome { SCAN_NEW, SCAN_CHANGED, SCAN_UNCHANGED };

struct scan_result {
    uint32_t asset;
    enum scan_outcome outcome;
    uint32_t members;        /* components it has now */
    uint32_t added, removed; /* against the state before */
    uint32_t unreached;      /* kept although an incomplete scan did not see them */
    uint32_t pending;        /* assets waiting to be folded: at FOLD_AT or more call store_fold (fold.h) */
};

/* Components are identified by type, namespace, name, version, qualifiers, source and digest; their upstream is
 * stored as given (identity comes first). The bom may be in any order. RC_DENIED when the asset was scanned
 * under another profile and `replace` is not set. */
MUST_USE enum rc scan_write(struct op *op, struct store *s, const struct scan *scan, const struct bom *bom, struct scan_result *ret);

/* Would scan_write be denied for its profile? For asking before the work is done: RC_OK or RC_DENIED. */
MUST_USE enum rc scan_allowed(struct op *op, struct store *s, const struct scan *scan);

#endif
